// connections.toml, the file in which Snowflake's own tools keep how to log in: found, read and given under our names.
import { shellWord } from '../../base';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { PipelineError, type Where, defined, ownValue } from '../../model';

/** An entry's values under the names of our settings, and what the driver wants besides. */
export interface ConnectionEntry {
  readonly file: string;
  readonly name: string;
  readonly account?: string;
  readonly user?: string;
  readonly password?: string;
  readonly passcode?: string;
  readonly authenticator?: string;
  readonly token?: string;
  readonly privateKey?: string;
  readonly privateKeyPath?: string;
  readonly privateKeyPassphrase?: string;
  readonly role?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly accessUrl?: string;
  readonly oauthClientId?: string;
  readonly oauthClientSecret?: string;
  readonly oauthAuthorizationUrl?: string;
  readonly oauthTokenRequestUrl?: string;
  readonly oauthRedirectUri?: string;
  readonly oauthScope?: string;
  /** May others on this machine read the file? */
  readonly readableByOthers: boolean;
}

/** Keys of the file by our names; the first that is there counts. */
const KEYS = {
  account: ['account', 'accountname'],
  user: ['user', 'username'],
  password: ['password', 'pwd'],
  passcode: ['passcode'],
  authenticator: ['authenticator'],
  token: ['token'],
  privateKey: ['private_key_raw'],
  privateKeyPath: ['private_key_file', 'private_key_path'],
  privateKeyPassphrase: ['private_key_file_pwd', 'private_key_passphrase', 'private_key_pwd'],
  role: ['role', 'rolename'],
  warehouse: ['warehouse', 'warehousename'],
  database: ['database', 'dbname', 'databasename'],
  oauthClientId: ['oauth_client_id'],
  oauthClientSecret: ['oauth_client_secret'],
  oauthAuthorizationUrl: ['oauth_authorization_url'],
  oauthTokenRequestUrl: ['oauth_token_request_url'],
  oauthRedirectUri: ['oauth_redirect_uri'],
  oauthScope: ['oauth_scope'],
} as const;

const MOST_BYTES = 1_000_000;

/** Folders that are looked into, in the order of Snowflake's own tools. */
export function connectionFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const home = environment['HOME'] ?? homedir();
  const own = environment['SNOWFLAKE_HOME'];
  if (own !== undefined && own !== '') return [resolve(own.replace(/^~(?=\/|$)/, home))];
  const config = environment['XDG_CONFIG_HOME'];
  return [
    join(home, '.snowflake'),
    join(config !== undefined && config !== '' ? config : join(home, '.config'), 'snowflake'),
    ...(process.platform === 'darwin' ? [join(home, 'Library', 'Application Support', 'snowflake')] : []),
  ];
}

/**
 * The entry of a name. A token file it names is read, too.
 * @param where the setting that names the entry.
 * @throws PipelineError SETTINGS_INVALID when there is no such file or entry, or it cannot be read, or others than
 * its owner may write to it.
 */
export function readConnection(
  name: string,
  environment: NodeJS.ProcessEnv,
  where: Where | undefined,
): ConnectionEntry {
  const wrong = (message: string, remedy: string, at: Where | undefined = where): PipelineError =>
    new PipelineError('SETTINGS_INVALID', message, remedy, at === undefined ? {} : { where: at });
  const folders = connectionFolders(environment);
  const file = folders
    .flatMap((folder) => [join(folder, 'connections.toml'), join(folder, 'config.toml')])
    .find((path) => existsSync(path));
  if (file === undefined)
    throw wrong(
      `The connection ${name} is set, but there is no connections.toml in ${folders.join(' or ')}.`,
      'Make the file, set SNOWFLAKE_HOME to its folder, or set account and login in .env.',
    );
  const found = statSync(file);
  if (!found.isFile() || found.size > MOST_BYTES)
    throw wrong(
      `${file} is not a connections file: it is a folder, or larger than 1 MB.`,
      'Move it away or set SNOWFLAKE_HOME to another folder.',
    );
  const guarded = process.platform !== 'win32';
  if (guarded && (found.mode & 0o022) !== 0)
    throw wrong(
      `${file} may be written by others than its owner, who could read along with another account.`,
      `Run: chmod 600 ${shellWord(file)}`,
      { file },
    );
  const { entries, names } = entriesOf(file, wrong);
  const entry = ownValue(entries, name);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw wrong(
      `${file} has no connection ${name}.`,
      names.length === 0 ? 'Add it there.' : `It has: ${names.join(', ')}.`,
    );
  const values = new Map(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value as unknown]));
  const text = (keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const value = values.get(key);
      if (typeof value === 'string' && value !== '') return value;
    }
    return undefined;
  };
  const given: Record<string, string> = {};
  for (const [ours, theirs] of Object.entries(KEYS)) {
    const value = text(theirs);
    if (value !== undefined) given[ours] = value;
  }
  if (given['privateKeyPath'] !== undefined)
    given['privateKeyPath'] = pathFrom(file, given['privateKeyPath'], environment);
  const tokenFile = text(['token_file_path']);
  if (given['token'] === undefined && tokenFile !== undefined)
    given['token'] = readToken(pathFrom(file, tokenFile, environment), wrong, { file });
  const accessUrl = addressOf(values);
  return {
    ...given,
    ...defined({ accessUrl }),
    file,
    name,
    readableByOthers: guarded && (found.mode & 0o044) !== 0,
  };
}

type ConnectionFault = (message: string, remedy: string, at?: Where) => PipelineError;

/** connections.toml has the entries at its top, config.toml below "connections". */
function entriesOf(
  file: string,
  wrong: ConnectionFault,
): { readonly entries: Readonly<Record<string, unknown>>; readonly names: readonly string[] } {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser's message shows the lines around: they may hold a password.
    const line = (error as { readonly line?: unknown }).line;
    throw wrong(`${file} is not TOML.`, 'Correct it: text values need double quotes.', {
      file,
      ...(typeof line === 'number' ? { line } : {}),
    });
  }
  const inner = document['connections'];
  const entries = typeof inner === 'object' && inner !== null ? { ...document, ...inner } : document;
  const names = Object.keys(entries).filter(
    (key) => key !== 'connections' && typeof entries[key] === 'object',
  );
  return { entries, names };
}

function readToken(path: string, wrong: ConnectionFault, where: Where): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw wrong(
      `The token file ${path} cannot be read.`,
      'Correct token_file_path, or make the file.',
      where,
    );
  }
}

/** Relative paths are meant from the file that names them. */
const pathFrom = (file: string, path: string, environment: NodeJS.ProcessEnv): string =>
  resolve(dirname(file), path.replace(/^~(?=\/|$)/, environment['HOME'] ?? homedir()));

function addressOf(values: ReadonlyMap<string, unknown>): string | undefined {
  const host = values.get('host');
  if (typeof host !== 'string' || host === '') return undefined;
  const protocol = values.get('protocol');
  const port = values.get('port');
  return `${typeof protocol === 'string' ? protocol : 'https'}://${host}${
    typeof port === 'number' || (typeof port === 'string' && port !== '') ? `:${port}` : ''
  }`;
}
