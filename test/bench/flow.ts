// landing → gold against the bare DuckDB statements that do the same conversions on the same files.
import { linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openDatabase, quoteIdentifier, quoteLiteral, type Connection } from '../../src/engine/base/duckdb';
import { openWorkspace, run, type OpenWorkspace, type Table } from '../../src/engine';
import { writeSample, type SampleTruth } from '../../src/sample';
import { inTurn, median, timed, type Line } from './measure';

const DATE = '20241115';
const STAGES = ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'] as const;

/** Drains a run of the three stages; throws when it does not end well. */
async function engineRun(workspace: OpenWorkspace): Promise<void> {
  const events = run(workspace, { dates: [DATE], stages: STAGES });
  for (;;) {
    const next = await events.next();
    if (next.done !== true) {
      if (next.value.event === 'step_finished' && next.value.status === 'failed')
        throw new Error(JSON.stringify(next.value));
      continue;
    }
    if (next.value.status !== 'ok') throw new Error(`The run ended as ${next.value.status}.`);
    return;
  }
}

export async function flow(folder: string, rows: number, repetitions: number): Promise<Line[]> {
  const source = join(folder, 'flow');
  process.stderr.write(`  writing the sample, ${rows} rows for each brand\n`);
  const truth = await writeSample({ workspace: source, date: DATE, rows, clean: true });
  const files = truth.files.filter((f) => f.fate === 'read');
  const bytes = files.reduce((sum, f) => sum + statSync(join(source, 'data/landing', f.file)).size, 0);
  const work = join(folder, 'flow-run');
  const engine = async (): Promise<number> => {
    rmSync(work, { recursive: true, force: true });
    for (const name of ['config', 'data/landing']) mkdirSync(join(work, name), { recursive: true });
    for (const f of files) {
      const to = join(work, 'data/landing', f.file);
      mkdirSync(dirname(to), { recursive: true });
      linkSync(join(source, 'data/landing', f.file), to);
    }
    for (const name of ['brand_configs.json', 'table_schemas.json', 'validation_rules.json'])
      linkSync(join(source, 'config', name), join(work, 'config', name));
    const workspace = await openWorkspace({ directory: work, environment: { SETTLE: '0' } });
    return timed(() => engineRun(workspace));
  };
  const { config } = await openWorkspace({ directory: source, environment: { SETTLE: '0' } });
  const bare = async (): Promise<number> => {
    const out = join(folder, 'flow-bare');
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    const database = await openDatabase({ folders: [source, out] });
    const connection = await database.connect();
    try {
      return await timed(() =>
        bareStatements(connection, config.tables, files, join(source, 'data/landing'), out),
      );
    } finally {
      connection.close();
      database.close();
      rmSync(out, { recursive: true, force: true });
    }
  };
  const seconds = await inTurn(repetitions, { bare, engine });
  rmSync(work, { recursive: true, force: true });
  rmSync(source, { recursive: true, force: true });
  const [floor, own] = [median(seconds['bare'] ?? []), median(seconds['engine'] ?? [])];
  const ratio = own / floor;
  return [
    {
      what: `landing → gold, ${(bytes / 1e6).toFixed(0)} MB of CSV (${own.toFixed(1)} s) to bare statements (${floor.toFixed(1)} s)`,
      measured: `${ratio.toFixed(2)} ×`,
      limit: '1.50 ×',
      holds: ratio <= 1.5,
    },
  ];
}

/** CSV → text Parquet, text → typed Parquet, all brands → one Parquet without duplicate keys: nothing else. */
async function bareStatements(
  connection: Connection,
  tables: readonly Table[],
  files: SampleTruth['files'],
  landing: string,
  out: string,
): Promise<void> {
  const copy = (select: string, to: string): Promise<number> =>
    connection.run(`COPY (${select}) TO ${quoteLiteral(to)} (FORMAT parquet, COMPRESSION zstd)`);
  for (const table of tables) {
    const silver: string[] = [];
    for (const file of files.filter((f) => f.table === table.name)) {
      const columns = file.style?.columns ?? [];
      const stem = join(out, basename(file.file));
      const names = `{${columns.map((c) => `${quoteLiteral(c)}: 'VARCHAR'`).join(', ')}}`;
      await copy(
        `FROM read_csv(${quoteLiteral(join(landing, file.file))}, auto_detect = false, header = true, delim = ${quoteLiteral(file.style?.delimiter ?? ',')}, quote = '"', escape = '"', columns = ${names})`,
        `${stem}.raw`,
      );
      await copy(typedSelect(table, columns, `${stem}.raw`), `${stem}.silver`);
      silver.push(`${stem}.silver`);
    }
    if (silver.length === 0) continue;
    const list = `[${silver.map(quoteLiteral).join(', ')}]`;
    // A key with `_brand` is one per brand, and so one per file.
    const key = table.primaryKey.map((k) => quoteIdentifier(k === '_brand' ? 'filename' : k)).join(', ');
    const all = `read_parquet(${list}, filename = true)`;
    const doubled = `SELECT ${key} FROM ${all} GROUP BY ALL HAVING count(*) > 1`;
    const once =
      key === ''
        ? `FROM read_parquet(${list})`
        : `SELECT * EXCLUDE (filename) FROM ${all} ANTI JOIN (${doubled}) USING (${key})`;
    await copy(once, join(out, `${table.name}.gold`));
  }
}

/** What one would write by hand for a table's columns: transform, map, convert and derive, and nothing checked. */
function typedSelect(table: Table, headers: readonly string[], raw: string): string {
  const read = table.columns.filter((c) => c.derived === undefined);
  const texts = read.map((c) => {
    const known = [c.name, ...c.source].map(fold);
    const header = headers.find((h) => known.includes(fold(h)));
    return `${header === undefined ? 'CAST(NULL AS VARCHAR)' : quoteIdentifier(header)} AS ${quoteIdentifier(c.name)}`;
  });
  const typed = read.map((c) => {
    const text = c.transform === undefined ? quoteIdentifier(c.name) : `(${c.transform})`;
    const pairs = Object.entries(c.map).map(
      ([from, to]) => `WHEN ${quoteLiteral(from)} THEN ${quoteLiteral(to)}`,
    );
    const mapped = pairs.length === 0 ? text : `CASE ${text} ${pairs.join(' ')} ELSE ${text} END`;
    const value =
      c.formats.length === 0
        ? mapped
        : `try_strptime(${mapped}, [${c.formats.map(quoteLiteral).join(', ')}])`;
    return `TRY_CAST(${value} AS ${c.type}) AS ${quoteIdentifier(c.name)}`;
  });
  const derived = table.columns.flatMap((c) =>
    c.derived === undefined ? [] : [`TRY_CAST((${c.derived}) AS ${c.type}) AS ${quoteIdentifier(c.name)}`],
  );
  const inner = `SELECT ${typed.join(', ')} FROM (SELECT ${texts.join(', ')} FROM read_parquet(${quoteLiteral(raw)}))`;
  return derived.length === 0 ? inner : `SELECT *, ${derived.join(', ')} FROM (${inner})`;
}

const fold = (name: string): string => name.toLowerCase().replace(/[\s_]/g, '');
