// A secret that is not the folder's own is bound to the host it was first used with: a folder that names another is refused.
import { shellWord } from '../base';
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { PipelineError, type Settings, type Where } from '../model';
import type { SettingName } from './settings/settingsCatalogue';

/** What a host is asked for. */
export type HostPurpose = 'snowflake' | 'mail' | 'lineage';

/** A host that the folder names, and the secret of somebody else that would go there. */
interface HostUse {
  readonly purpose: HostPurpose;
  readonly host: string;
  readonly setting: SettingName;
  readonly secret: SettingName;
  readonly where: Where;
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
  if (before !== undefined && process.env[ACCEPT_HOST] !== use.host)
    throw new PipelineError(
      'HOST_CHANGED',
      `${use.secret} was used with ${before} so far, and ${use.setting} now names ${use.host}: it is not sent there.`,
      `If you know why, accept it: m7 check --accept-host ${shellWord(use.host)}. Else restore ${use.setting}.`,
      { where: use.where },
    );
  writeHosts({ ...hosts, [folder]: { ...hosts[folder], [purpose]: use.host } });
}

/** Hosts of a folder that would be refused. */
export function hostChanges(settings: Settings): readonly HostChange[] {
  const known = readHosts()[realFolder(settings.workspace)];
  return hostUses(settings).flatMap(({ purpose, host, secret }) => {
    const from = known?.[purpose];
    return from === undefined || from === host ? [] : [{ purpose, secret, from, to: host }];
  });
}

/** Takes a host in place of the one before. */
export function acceptHost(settings: Settings, purpose: HostPurpose, host: string): void {
  const folder = realFolder(settings.workspace);
  const hosts = readHosts();
  writeHosts({ ...hosts, [folder]: { ...hosts[folder], [purpose]: host } });
}

/**
 * Hosts that .env names for secrets that do not stand in it. Where one owner gives both, the folder by .env or the
 * user by the environment, there is nothing to bind.
 */
function hostUses(settings: Settings): readonly HostUse[] {
  const { snowflake, mail, lineage } = settings;
  const uses: HostUse[] = [];
  const add = (
    purpose: HostPurpose,
    host: string,
    setting: SettingName,
    secrets: readonly SettingName[],
  ): void => {
    const where = settings.origins[setting];
    const secret = secrets.find((name) => isForeign(settings, name));
    if (where !== undefined && where !== 'environment' && secret !== undefined)
      uses.push({ purpose, host, setting, secret, where });
  };
  const login: readonly SettingName[] = [
    'SNOWFLAKE_PASSWORD',
    'SNOWFLAKE_TOKEN',
    'SNOWFLAKE_PRIVATE_KEY',
    'SNOWFLAKE_PRIVATE_KEY_PATH',
  ];
  // An entry of connections.toml has an address of its own, and none stands beside it.
  if (!settings.mockSnowflake && snowflake.connection === undefined) {
    if (snowflake.accessUrl !== undefined)
      add('snowflake', hostOf(snowflake.accessUrl), 'SNOWFLAKE_ACCESS_URL', login);
    else if (snowflake.account !== undefined)
      add('snowflake', snowflake.account.toLowerCase(), 'SNOWFLAKE_ACCOUNT', login);
  }
  if (mail.server !== undefined) add('mail', mail.server.toLowerCase(), 'SMTP_SERVER', ['SMTP_PASSWORD']);
  if (lineage.to === 'http' && lineage.url !== undefined)
    add('lineage', hostOf(lineage.url), 'OPENLINEAGE_URL', ['OPENLINEAGE_API_KEY']);
  return uses;
}

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);

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
