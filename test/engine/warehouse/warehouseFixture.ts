// A small workspace with gold in it, for the tests of warehouse, last stage, trace and maintenance.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { convertCsv, decideFormat } from '../../../src/engine/csv';
import {
  openDatabase,
  quoteIdentifier,
  quoteLiteral,
  type Connection,
  type Database,
} from '../../../src/engine/base/duckdb';
import { CONTINUE } from '../../../src/engine/stages/inspector';
import { openLake, type Lake } from '../../../src/engine/lake/lake';
import type { Manifest } from '../../../src/engine/lake/manifest';
import type { Brand, Column, Config, Rule, Settings } from '../../../src/engine/model';
import type { LoadInput, StageContext } from '../../../src/engine/stages/stage';
import * as model from '../../support/model';
import { settingsIn, table } from '../../support/model';

/** An open workspace; `close` removes it. */
export interface Fixture {
  readonly root: string;
  readonly settings: Settings;
  readonly lake: Lake;
  readonly database: Database;
  readonly connection: Connection;
  close(): void;
}

/** Settings of a workspace at `root`, without a list of expected tables. */
export function settingsAt(root: string, changes: Partial<Settings> = {}): Settings {
  return settingsIn(root, { expectedTables: [], memoryLimit: undefined, ...changes });
}

export async function openFixture(changes: Partial<Settings> = {}, at?: string): Promise<Fixture> {
  const root = at ?? mkdtempSync(join(tmpdir(), "m7 ware'house-"));
  const settings = settingsAt(root, changes);
  await mkdir(join(settings.dataDir, '.state', 'tmp'), { recursive: true });
  const database = await openDatabase({ folders: [settings.dataDir] });
  const connection = await database.connect();
  return {
    root,
    settings,
    lake: openLake(settings),
    database,
    connection,
    close: () => {
      connection.close();
      database.close();
      if (at === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}

export function column(name: string, type = 'VARCHAR', changes: Partial<Column> = {}): Column {
  return model.column(name, type, changes);
}

export function brand(name: string, code: string): Brand {
  return model.brand(name, { code });
}

export function rule(tableName: string, id: string, kind: string, changes: Partial<Rule> = {}): Rule {
  return model.rule(tableName, kind, { id, ...changes });
}

/** Users: an id, a name and a fee. */
export const USER = table('User', [
  column('user_id', 'BIGINT', { required: true }),
  column('name'),
  column('fee', 'DECIMAL(10,2)'),
]);

export const CONFIG: Config = {
  brands: [brand('Skylink', 'SKL'), brand("O'Neil; DROP", 'O\'N"')],
  tables: [USER],
  rules: [],
};

export const key = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);

/** A SELECT of gold rows of User: id 1 to `rows`, all of brand Skylink. */
export function users(rows: number, name = "'n' || i"): string {
  return `SELECT i AS user_id, ${name} AS name, CAST(i / 2 AS DECIMAL(10,2)) AS fee,
  'Skylink' AS _brand, 'Skylink_User.csv' AS _source_file, i AS _source_row
FROM range(1, ${rows + 1}) AS r(i)`;
}

/** Publishes the rows of a SELECT as gold, with a manifest whose edges tell one silver file of as many rows. */
export async function publishGold(
  fixture: Fixture,
  date: string,
  tableName: string,
  select: string,
  goldKey: string,
): Promise<Manifest> {
  const { lake, connection } = fixture;
  const final = lake.goldFile(date, tableName);
  const temporary = join(lake.temporaryDir, `gold-${date}-${goldKey.slice(0, 6)}.parquet`);
  const rows = await connection.run(
    `COPY (${select}) TO ${quoteLiteral(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const manifest: Manifest = {
    version: 1,
    layer: 'gold',
    date,
    table: tableName,
    key: goldKey,
    output: { path: lake.relative(final), bytes: (await stat(temporary)).size, rows },
    inputs: [],
    edges: [{ from: 'silver', to: 'gold', in: rows, out: rows, rejected: 0, duplicates: 0, balanced: true }],
  };
  await mkdir(dirname(final), { recursive: true });
  await lake.publish(
    { files: [{ temporary, final, rows }], absent: [], manifest, adopts: false },
    connection,
  );
  return manifest;
}

/** A step's context in this workspace. */
export async function stepContext(
  fixture: Fixture,
  config: Config,
  changes: Partial<StageContext> = {},
): Promise<StageContext> {
  const temporary = join(fixture.lake.temporaryDir, 'step');
  await mkdir(temporary, { recursive: true });
  return {
    settings: fixture.settings,
    config,
    connection: fixture.connection,
    lake: fixture.lake,
    temporary,
    runId: 'run-1',
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    inspect: () => Promise.resolve(CONTINUE),
    ...changes,
  };
}

export function loadInput(gold: Manifest, inputKey = gold.key): LoadInput {
  return { date: gold.date, table: gold.table, gold, silver: [], raw: [], key: inputKey };
}

/** Rows of a table of the attached warehouse, ordered by all columns. */
export function warehouseRows(
  connection: Connection,
  tableName: string,
  schema = 'STG_SG',
): Promise<readonly Record<string, unknown>[]> {
  return connection.rows(
    `SELECT * FROM warehouse.${quoteIdentifier(schema)}.${quoteIdentifier(tableName)} ORDER BY ALL`,
  );
}

/** One landing file of a day: brand, name in landing, and its text (user_id,name,fee). */
export interface Delivery {
  readonly brand: string;
  readonly file: string;
  readonly content: string | Buffer;
}

/** A day of User with all its layers, read by the real CSV reader; silver and gold are made by plain casts. */
export async function publishDay(
  fixture: Fixture,
  date: string,
  deliveries: readonly Delivery[],
): Promise<LoadInput> {
  const { lake, connection } = fixture;
  const temporary = join(lake.temporaryDir, `day-${date}`);
  await mkdir(temporary, { recursive: true });
  const raw: Manifest[] = [];
  for (const { brand: brandName, file, content } of deliveries) {
    const part = raw.filter((m) => m.brand === brandName).length + 1;
    const original = lake.rawFile({ date, brand: brandName, table: 'User', part }, 'csv');
    await mkdir(dirname(original), { recursive: true });
    await writeFile(original, content);
    const decided = await decideFormat(original, {
      knownColumns: USER.columns.map((c) => [c.name]),
      temporary,
    });
    if (decided.kind !== 'csv') throw new Error(`${file}: ${JSON.stringify(decided)}`);
    const output = join(temporary, `${String(raw.length)}.parquet`);
    const converted = await convertCsv({
      file: original,
      format: decided.format,
      connection,
      output,
      rejects: `${output}.rejects`,
      temporary,
      brand: brandName,
      sourceFile: file,
    });
    if (converted.kind !== 'converted') throw new Error(`${file}: ${JSON.stringify(converted)}`);
    const { records, rows, rejected, sha256, bytes } = converted;
    const final = lake.rawFile({ date, brand: brandName, table: 'User', part }, 'parquet');
    const manifest: Manifest = {
      version: 1,
      layer: 'raw',
      date,
      brand: brandName,
      table: 'User',
      part,
      key: key(`raw ${date} ${sha256.slice(0, 16)}`),
      output: { path: lake.relative(final), bytes: (await stat(output)).size, rows },
      inputs: [],
      edges: [
        {
          ...{
            from: 'landing',
            to: 'raw',
            brand: brandName,
            in: records,
            out: rows,
            rejected,
            duplicates: 0,
          },
          ...{ other: { ...converted.other }, balanced: true },
        },
      ],
      source: { file, sha256, bytes, original: lake.relative(original), format: decided.format },
    };
    await lake.publish(
      { files: [{ temporary: output, final, rows }], absent: [], manifest, adopts: false },
      connection,
    );
    raw.push(manifest);
  }
  const typed = (m: Manifest): string =>
    `SELECT CAST(user_id AS BIGINT) AS user_id, name, CAST(fee AS DECIMAL(10,2)) AS fee,
  ${quoteLiteral(m.brand ?? '')} AS _brand, ${quoteLiteral(m.source?.file ?? '')} AS _source_file,
  file_row_number + 1 AS _source_row FROM read_parquet(${quoteLiteral(lake.absolute(m.output.path))}, file_row_number = true)`;
  const layer = async (
    name: 'silver' | 'gold',
    inputs: readonly Manifest[],
    selects: readonly string[],
    final: string,
    brandName?: string,
  ): Promise<Manifest> => {
    const output = join(temporary, `${name}.parquet`);
    const rows = await connection.run(
      `COPY (${selects.join(' UNION ALL ')}) TO ${quoteLiteral(output)} (FORMAT parquet)`,
    );
    const edge = { in: rows, out: rows, rejected: 0, duplicates: 0, balanced: true };
    const manifest: Manifest = {
      version: 1,
      layer: name,
      date,
      ...(brandName === undefined ? {} : { brand: brandName }),
      table: 'User',
      key: key(`${name} ${brandName ?? ''} ${inputs.map((i) => i.key.slice(8, 40)).join(' ')}`),
      output: { path: lake.relative(final), bytes: (await stat(output)).size, rows },
      inputs: inputs.map((m) => ({ path: m.output.path, key: m.key, rows: m.output.rows })),
      edges: [
        name === 'gold'
          ? { from: 'silver', to: 'gold', ...edge }
          : { from: 'raw', to: 'silver', brand: brandName ?? '', ...edge },
      ],
    };
    await lake.publish(
      { files: [{ temporary: output, final, rows }], absent: [], manifest, adopts: false },
      connection,
    );
    return manifest;
  };
  const silver: Manifest[] = [];
  for (const name of new Set(raw.map((m) => m.brand ?? ''))) {
    const parts = raw.filter((m) => m.brand === name);
    silver.push(await layer('silver', parts, parts.map(typed), lake.silverFile(date, name, 'User'), name));
  }
  const selects = silver.map(
    (m) => `SELECT * FROM read_parquet(${quoteLiteral(lake.absolute(m.output.path))})`,
  );
  const gold = await layer('gold', silver, selects, lake.goldFile(date, 'User'));
  return { ...loadInput(gold), silver, raw };
}
