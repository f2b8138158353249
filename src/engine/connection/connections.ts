// The names in Snowflake's connections.toml and which keys each entry has; values stay in the file.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { readTextFile } from '../config/problem';

export interface ConnectionEntry {
  readonly name: string;
  readonly keys: ReadonlySet<string>;
  readonly authenticator: string | undefined;
}

export interface Connections {
  /** Absolute; the one that is looked for where there is none. */
  readonly file: string;
  readonly entries: readonly ConnectionEntry[];
  readonly trouble?: string;
}

const MAXIMUM_BYTES = 1_000_000;

/** Reads the entries; never throws for what the file is or holds, and never repeats what it holds. */
export async function readConnections(environment: NodeJS.ProcessEnv): Promise<Connections> {
  const file = connectionsFile(environment);
  const read = await readTextFile(file, 'connections.toml', MAXIMUM_BYTES);
  switch (read.kind) {
    case 'missing':
      return { file, entries: [] };
    case 'unreadable':
      return { file, entries: [], trouble: `${read.message} ${read.remedy}` };
    case 'text':
      return parsed(file, read.text);
    default:
      return read satisfies never;
  }
}

function parsed(file: string, text: string): Connections {
  try {
    const entries = Object.entries(parse(text)).flatMap(([name, value]): readonly ConnectionEntry[] => {
      if (!isTable(value)) return [];
      const authenticator = value['authenticator'];
      return [
        {
          name,
          keys: new Set(Object.keys(value).map((key) => key.toLowerCase())),
          authenticator: typeof authenticator === 'string' ? authenticator : undefined,
        },
      ];
    });
    return { file, entries };
  } catch (error) {
    // The parser's message quotes the lines around the fault, which may hold a password.
    const line = error instanceof Error && 'line' in error ? ` (line ${String(error.line)})` : '';
    return { file, entries: [], trouble: `connections.toml is not TOML${line}.` };
  }
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Where Snowflake's own tools look for it. */
function connectionsFile(environment: NodeJS.ProcessEnv): string {
  const home = environment['SNOWFLAKE_HOME'];
  if (home !== undefined && home !== '') return join(home, 'connections.toml');
  const usual = join(environment['HOME'] ?? homedir(), '.snowflake');
  if (existsSync(join(usual, 'connections.toml'))) return join(usual, 'connections.toml');
  const config = environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? homedir(), '.config');
  const other = join(config, 'snowflake', 'connections.toml');
  return existsSync(other) ? other : join(usual, 'connections.toml');
}
