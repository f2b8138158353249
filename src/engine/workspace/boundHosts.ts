// A secret that is not the folder's own is bound to the host it was first used with: a folder that names another is refused.
import { shellWord } from '../base';
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { PipelineError, type Settings, type Where } from '../model';
import type { SettingName } from './settings/settingsCatalogue';

/** What a host is asked for. */
export type HostPurpose = 'snowflake' | 'mail' | 'lineage';

/** A host that a secret of somebody else than the folder goes to. */
interface HostUse {
  readonly purpose: HostPurpose;
  /** Host, and what else decides who reads along: a port of its own, a scheme without encryption, an authority. */
  readonly host: string;
  readonly setting: SettingName;
  readonly secret: SettingName;
  /** Where the folder names it; undefined: the environment alone does, which may move it as it likes. */
  readonly where: Where | undefined;
  /** What the environment itself names beside the folder: that is where the secret belongs. */
  readonly own?: string | undefined;
}

/** A host that is another one than the secret was used with before. */
export interface HostChange {
  readonly purpose: HostPurpose;
  readonly secret: string;
  readonly from: string;
  readonly to: string;
}

type Hosts = Readonly<Record<string, Readonly<Partial<Record<HostPurpose, string>>>>>;

/** Names a host that is accepted in place of the one before: for servers, and what `--accept-host` sets. */
export const ACCEPT_HOST = 'M7_ACCEPT_HOST';

/**
 * The file in which hosts are remembered: in the user's home, never in the folder, which is what an attacker writes.
 */
export function boundHostsFile(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment['HOME'] ?? homedir();
  const given = process.platform === 'win32' ? environment['APPDATA'] : environment['XDG_STATE_HOME'];
  const base = given !== undefined && given !== '' ? given : join(home, '.local', 'state');
  return join(base, 'm7-pipeline', 'hosts.json');
}

/**
 * Remembers the host at its first use, and refuses another one afterwards.
 * @throws PipelineError HOST_CHANGED
 */
export function requireBoundHost(settings: Settings, purpose: HostPurpose): void {
  const use = hostUses(settings).find((one) => one.purpose === purpose);
  if (use === undefined) return;
  const folder = realFolder(settings.workspace);
  const hosts = readHosts();
  const before = hosts[folder]?.[purpose];
  if (before === use.host) return;
  const bound = before ?? use.own;
  if (
    use.where !== undefined &&
    bound !== undefined &&
    bound !== use.host &&
    process.env[ACCEPT_HOST] !== use.host
  )
    throw new PipelineError(
      'HOST_CHANGED',
      `${use.secret} was used with ${bound} so far, and ${use.setting} now names ${use.host}: it is not sent there.`,
      `If you know why, accept it: m7 check --accept-host ${shellWord(use.host)}. Else restore ${use.setting}.`,
      { where: use.where },
    );
  writeHosts({ ...hosts, [folder]: { ...hosts[folder], [purpose]: use.host } });
}

/** Hosts of a folder that would be refused. */
export function hostChanges(settings: Settings): readonly HostChange[] {
  const known = readHosts()[realFolder(settings.workspace)];
  return hostUses(settings).flatMap(({ purpose, host, secret, where, own }) => {
    const from = known?.[purpose] ?? own;
    return where === undefined || from === undefined || from === host
      ? []
      : [{ purpose, secret, from, to: host }];
  });
}

/** Takes a host in place of the one before. */
export function acceptHost(settings: Settings, purpose: HostPurpose, host: string): void {
  const folder = realFolder(settings.workspace);
  const hosts = readHosts();
  writeHosts({ ...hosts, [folder]: { ...hosts[folder], [purpose]: host } });
}

const LOGIN: readonly SettingName[] = [
  'SNOWFLAKE_PASSWORD',
  'SNOWFLAKE_TOKEN',
  'SNOWFLAKE_PRIVATE_KEY',
  'SNOWFLAKE_PRIVATE_KEY_PATH',
];

/**
 * Where secrets go that do not stand in .env. Where the folder gives both there is nothing to bind; where the
 * environment does, it is remembered what it named, so that no folder can name another one beside it.
 */
function hostUses(settings: Settings): readonly HostUse[] {
  const { snowflake, mail, lineage, mockSnowflake } = settings;
  const uses: HostUse[] = [];
  const add = (
    purpose: HostPurpose,
    host: string,
    {
      names,
      secrets,
      own,
    }: {
      readonly names: readonly SettingName[];
      readonly secrets: readonly SettingName[];
      readonly own?: string | undefined;
    },
  ): void => {
    const secret = secrets.find((name) => isForeign(settings, name));
    const [first] = names;
    if (secret === undefined || first === undefined) return;
    // The folder has its say where it gives any of the settings.
    const setting = names.find((name) => placeIn(settings, name) !== undefined) ?? first;
    uses.push({ purpose, host, setting, secret, where: placeIn(settings, setting), own });
  };
  const { connection, account, accessUrl } = snowflake;
  const byAccount = account === undefined ? undefined : accountHost(account);
  if (mockSnowflake) {
    // Nobody is asked.
  } else if (connection !== undefined)
    // The entry has an address of its own, and none stands beside it; a secret of the environment may.
    add('snowflake', `connections.toml/${connection}`, { names: ['SNOWFLAKE_CONNECTION'], secrets: LOGIN });
  else if (accessUrl !== undefined)
    add('snowflake', hostOf(accessUrl), {
      names: ['SNOWFLAKE_ACCESS_URL'],
      secrets: LOGIN,
      own: settings.origins['SNOWFLAKE_ACCOUNT'] === 'environment' ? byAccount : undefined,
    });
  else if (byAccount !== undefined)
    add('snowflake', byAccount, { names: ['SNOWFLAKE_ACCOUNT'], secrets: LOGIN });
  if (mail.server !== undefined)
    add('mail', mailHost(mail), {
      names: ['SMTP_SERVER', 'SMTP_SECURITY', 'SMTP_PORT', 'SMTP_CA_FILE'],
      secrets: ['SMTP_PASSWORD'],
    });
  if (lineage.to === 'http' && lineage.url !== undefined)
    add('lineage', hostOf(lineage.url), { names: ['OPENLINEAGE_URL'], secrets: ['OPENLINEAGE_API_KEY'] });
  return uses;
}

/** Where the folder gives a setting. */
function placeIn({ origins }: Settings, name: SettingName): Where | undefined {
  const origin = origins[name];
  return origin === 'environment' ? undefined : origin;
}

/** Host and port of an address; with its scheme where that is not https. */
function hostOf(address: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, host } = new URL(address);
  return protocol === 'https:' ? host : `${protocol}//${host}`;
}

/** The host to which Snowflake's driver makes of an account identifier. */
const accountHost = (account: string): string => `${account.toLowerCase()}.snowflakecomputing.com`;

/** The ports of mail that every server has. */
const MAIL_PORTS: readonly number[] = [25, 465, 587];

function mailHost({ server = '', port, security, caFile }: Settings['mail']): string {
  const host = `${server.toLowerCase()}${MAIL_PORTS.includes(port) ? '' : `:${port}`}`;
  const place = security === 'none' ? `smtp-without-tls://${host}` : host;
  return caFile === undefined ? place : `${place}?ca=${caFile}`;
}

/** Is it given, and by somebody else than the folder? A key file outside of it is its owner's. */
function isForeign({ origins, snowflake, workspace }: Settings, name: SettingName): boolean {
  if (origins[name] === 'environment') return true;
  if (name !== 'SNOWFLAKE_PRIVATE_KEY_PATH' || snowflake.privateKeyPath === undefined) return false;
  const path = relative(workspace, snowflake.privateKeyPath);
  return path.startsWith(`..${sep}`) || isAbsolute(path);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** What is remembered; nothing where there is no file, or it is none of ours. */
function readHosts(): Hosts {
  try {
    const read: unknown = JSON.parse(readFileSync(boundHostsFile(), 'utf8'));
    return isHosts(read) ? read.hosts : {};
  } catch {
    return {};
  }
}

function isHosts(value: unknown): value is { readonly hosts: Hosts } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'hosts' in value &&
    typeof value.hosts === 'object' &&
    value.hosts !== null
  );
}

/** A home that cannot be written to remembers nothing: each use there is the first. */
function writeHosts(hosts: Hosts): void {
  const file = boundHostsFile();
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const next = `${file}.${process.pid}`;
    writeFileSync(next, `${JSON.stringify({ version: 1, hosts }, undefined, 2)}\n`, { mode: 0o600 });
    chmodSync(next, 0o600);
    renameSync(next, file);
  } catch {
    // Said in the manual: without a home nothing is bound.
  }
}
