// The names in Snowflake's connections.toml and which keys each entry has; values stay in the file.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'smol-toml';
import { readTextFile } from '../../base';
import { connectionFolders } from '../../warehouse';

export interface ListedConnection {
  readonly name: string;
  readonly keys: ReadonlySet<string>;
  readonly authenticator: string | undefined;
}

export interface Connections {
  /** Absolute; the one that is looked for where there is none. */
  readonly file: string;
  readonly entries: readonly ListedConnection[];
  readonly problem?: string;
}

/** In config.toml the entries stand below `connections`. */
const NAMES = ['connections.toml', 'config.toml'] as const;

const MAXIMUM_BYTES = 1_000_000;

/** Reads the entries; never throws for what the file is or holds, and never repeats what it holds. */
export async function readConnections(environment: NodeJS.ProcessEnv): Promise<Connections> {
  const file = connectionsFile(environment);
  const read = await readTextFile(file, basename(file), MAXIMUM_BYTES);
  switch (read.kind) {
    case 'missing':
      return { file, entries: [] };
    case 'unreadable':
      return { file, entries: [], problem: `${read.message} ${read.remedy}` };
    case 'text':
      return parsed(file, read.text);
    default:
      return read satisfies never;
  }
}

function parsed(file: string, text: string): Connections {
  try {
    const document = parse(text);
    const inner = document['connections'];
    const all = isTable(inner) ? { ...document, ...inner } : document;
    const entries = Object.entries(all).flatMap(([name, value]): readonly ListedConnection[] => {
      if (name === 'connections' || !isTable(value)) return [];
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
    return { file, entries: [], problem: `${basename(file)} is not TOML${line}.` };
  }
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The first that is there, as a login looks for it; else the one that a person would make. */
function connectionsFile(environment: NodeJS.ProcessEnv): string {
  const folders = connectionFolders(environment);
  const files = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return files.find((path) => existsSync(path)) ?? files[0] ?? '';
}
