// What a data folder holds, as plain data to compare: every file by hash, reports without their run and times,
// the warehouse by its rows.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openDatabase, quoteIdentifier, quoteLiteral } from '../../src/engine/base/duckdb';

export type Snapshot = Readonly<Record<string, string>>;

/** What differs between two runs of the same work by nature. */
const VOLATILE = new Set(['run_id', 'started_at', 'finished_at', 'seconds', 'modified_ms']);

const OF_CONFIG = ['config_sha', 'config_line'];

/** @param options withoutConfig: reports without the hash of the config and lines in it, which may change beside them. */
export async function snapshot(
  dataDir: string,
  options: {
    readonly withoutConfig?: boolean;
    /** SQL condition of the rows of a warehouse table that count. */
    readonly rows?: (table: string) => string | undefined;
  } = {},
): Promise<Snapshot> {
  const volatile = new Set([...VOLATILE, ...(options.withoutConfig === true ? OF_CONFIG : [])]);
  const found: Record<string, string> = {};
  for (const path of files(dataDir)) {
    const name = relative(dataDir, path);
    if (/^logs\/runs\/|^\.state\/ledger$|^\.state\/cache\/|^warehouse\.duckdb$/.test(name)) continue;
    const told = /^logs\/reports\/|^\.state\/manifests\//.test(name);
    found[name] = hash(
      told
        ? steady(readFileSync(path, 'utf8'), /reports|validated/.test(name), volatile)
        : readFileSync(path),
    );
  }
  return { ...found, ...(await warehouse(dataDir, options.rows ?? (() => undefined))) };
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((e) => (e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)]));
}

const hash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

/** `report`: a report, or the manifest that tells its bytes, which vary with the length of its times. */
function steady(text: string, report: boolean, volatile: ReadonlySet<string>): string {
  return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    volatile.has(key) || (report && key === 'bytes') ? undefined : value,
  );
}

async function warehouse(
  dataDir: string,
  counting: (table: string) => string | undefined,
): Promise<Record<string, string>> {
  const path = join(dataDir, 'warehouse.duckdb');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return {};
  const database = await openDatabase({ folders: [dataDir] });
  const connection = await database.connect();
  try {
    await connection.run(`ATTACH ${quoteLiteral(path)} AS w (READ_ONLY)`);
    const tables = await connection.rows<{ s: string; t: string }>(
      `SELECT schema_name AS s, table_name AS t FROM duckdb_tables() WHERE database_name = 'w' ORDER BY ALL`,
    );
    const found: Record<string, string> = {};
    for (const { s, t } of tables) {
      const name = `w.${quoteIdentifier(s)}.${quoteIdentifier(t)}`;
      const what =
        t === 'LOADS'
          ? `(SELECT TABLE_NAME, LOAD_DATE, STATUS, ROWS_SOURCE, ROWS_LOADED, FILE_SHA256, LOAD_ID FROM ${name})`
          : `(SELECT * FROM ${name} WHERE ${counting(t) ?? 'true'})`;
      const [row] = await connection.rows<{ n: number; h: string }>(
        `SELECT count(*) AS n, CAST(sum(hash(x)::HUGEINT) AS VARCHAR) AS h FROM ${what} AS x`,
      );
      found[`warehouse ${s}.${t}`] = `${String(row?.n)} rows, ${String(row?.h)}`;
    }
    return found;
  } finally {
    connection.close();
    database.close();
  }
}

/** Names that differ between two snapshots, with what each has. */
export function differences(expected: Snapshot, actual: Snapshot): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((name) => expected[name] !== actual[name])
    .sort()
    .map((name) => `${name}: ${expected[name] ?? 'not there'} → ${actual[name] ?? 'not there'}`);
}

/** Files that a run must not leave behind. */
export function leftovers(dataDir: string): string[] {
  return files(dataDir)
    .map((path) => relative(dataDir, path))
    .filter((name) => /^\.state\/(tmp\/|lock)|\.wal$|\.moving$|\.tmp$/.test(name));
}
