// 30 row-level rules against count(*) over the CSV of the same rows, first without and then with rejects.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, quoteLiteral, type Connection } from '../../src/engine/base/duckdb';
import type { Rule } from '../../src/engine/model';
import { evaluateRules } from '../../src/engine/rules';
import { brand, column, config, rule, settingsIn, table } from '../support/model';
import { inTurn, median, timed, type Line } from './measure';

export const COLUMNS: Readonly<Record<string, string>> = {
  playback_id: 'VARCHAR',
  user_id: 'VARCHAR',
  device_id: 'VARCHAR',
  channel: 'VARCHAR',
  device_type: 'VARCHAR',
  country: 'VARCHAR',
  started_at: 'TIMESTAMP',
  ended_at: 'TIMESTAMP',
  duration_s: 'BIGINT',
  position_s: 'BIGINT',
  bitrate: 'INTEGER',
  buffer_ms: 'INTEGER',
  price: 'DECIMAL(10,2)',
  rating: 'DOUBLE',
  is_live: 'BOOLEAN',
  // Brings a row to some 160 bytes of CSV, the width of the measured day of seven tables.
  title: 'VARCHAR',
};

/** Every `every`-th row breaks a rule of each column; 0: none does. */
export const select = (rows: number, every: number): string => `
  SELECT ${every === 0 ? `'P' || i` : `CASE WHEN i % ${every} = 0 THEN NULL ELSE 'P' || i END`} AS playback_id,
    'U' || lpad(CAST(i * 7919 % 500000 AS VARCHAR), 8, '0') AS user_id,
    'D' || lpad(CAST(i * 104729 % 800000 AS VARCHAR), 8, '0') AS device_id,
    'channel ' || (i % 200) AS channel,
    ['STB', 'MOBILE', 'TV', 'WEB'][1 + i % 4] AS device_type,
    ['CZ', 'SK', 'NL', 'BE', 'DE'][1 + i % 5] AS country,
    TIMESTAMP '2024-11-15' + to_seconds(i % 86400) AS started_at,
    TIMESTAMP '2024-11-15' + to_seconds(i % 86400 + ${every === 0 ? '' : `CASE WHEN i % ${every} = 3 THEN -1 ELSE 1 END * `}(1 + i % 7200)) AS ended_at,
    CAST(1 + i % 7200 AS BIGINT) AS duration_s,
    CAST(i % 7000 AS BIGINT) AS position_s,
    CAST(500 + i % 8000 AS INTEGER) AS bitrate,
    CAST(${every === 0 ? '' : `CASE WHEN i % ${every} = 5 THEN -1 ELSE 1 END * `}(i % 900) AS INTEGER) AS buffer_ms,
    CAST(i % 500 / 100.0 AS DECIMAL(10,2)) AS price,
    (i % 50) / 10.0 AS rating,
    i % 3 = 0 AS is_live,
    'The programme number ' || (i * 31 % 90000) || ', part ' || (i % 12) || ', again' AS title
  FROM range(${rows}) AS r(i)`;

function thirtyRules(): readonly Rule[] {
  const made: Rule[] = [];
  const add = (
    kind: string,
    columns: readonly string[],
    parameters: Readonly<Record<string, unknown>> = {},
  ): void => void made.push(rule('Playback', kind, { id: `r${made.length + 1}`, columns, parameters }));
  for (const name of [
    'playback_id',
    'user_id',
    'device_id',
    'channel',
    'started_at',
    'duration_s',
    'bitrate',
    'is_live',
  ])
    add('not_null', [name]);
  add('range', ['duration_s'], { min: 0, max: 86400 });
  add('range', ['position_s'], { min: 0, max: 86400 });
  add('range', ['bitrate'], { min: 100, max: 20000 });
  add('range', ['buffer_ms'], { min: 0 });
  add('range', ['price'], { min: 0, max: 100 });
  add('range', ['rating'], { min: 0, max: 5 });
  add('range', ['started_at'], { min: '2024-11-14', max: '2024-11-17' });
  add('enum', ['device_type'], { values: ['STB', 'MOBILE', 'TV', 'WEB'] });
  add('enum', ['country'], { values: ['CZ', 'SK', 'NL', 'BE', 'DE'] });
  add('not_enum', ['channel'], { values: ['test', 'unknown'] });
  add('length', ['user_id'], { min: 9, max: 9 });
  add('length', ['device_id'], { min: 9, max: 9 });
  add('length', ['playback_id'], { max: 20 });
  add('length', ['channel'], { max: 40 });
  add('regex', ['user_id'], { pattern: 'U[0-9]{8}' });
  add('regex', ['device_id'], { pattern: 'D[0-9]{8}' });
  add('not_regex', ['channel'], { pattern: '.*<.*' });
  add('compare', ['ended_at'], { operator: '>=', other_column: 'started_at' });
  add('compare', ['position_s'], { operator: '<=', other_column: 'bitrate' });
  add('expression', [], { expression: 'duration_s > 0 OR is_live' });
  add('expression', [], { expression: 'price >= 0 AND price < 1000' });
  add('expression', [], { expression: 'bitrate > 0' });
  // compare of position and bitrate is meant to hold in this data.
  return made.map((r) =>
    r.kind === 'compare' && r.columns[0] === 'position_s' ? { ...r, filter: 'position_s < 500' } : r,
  );
}

async function evaluate(connection: Connection, parquet: string): Promise<number> {
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW gold AS SELECT * EXCLUDE (file_row_number), 'SKL' AS brand_code, 'Skylink' AS _brand, 'f.csv' AS _source_file, file_row_number + 1 AS _source_row, file_row_number AS _row FROM read_parquet(${quoteLiteral(parquet)}, file_row_number = true)`,
  );
  const columns = Object.entries(COLUMNS).map(([name, type]) => column(name, type));
  const playback = table('Playback', columns, { primaryKey: ['playback_id'] });
  const rules = thirtyRules();
  const result = await evaluateRules({
    connection,
    table: playback,
    rules,
    config: config([brand('Skylink')], [playback], rules),
    settings: settingsIn('/nowhere'),
    date: '20241115',
    relation: 'gold',
    others: () => Promise.resolve(undefined),
    history: () => Promise.resolve([]),
    layers: { landing: 0, raw: 0, silver: 0, gold: 0 },
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  const wrong = result.findings.find((f) => f.status === 'error');
  if (wrong !== undefined) throw new Error(`${wrong.id}: ${String(wrong.message)}`);
  return result.rejected;
}

export async function rules(folder: string, rows: number, repetitions: number): Promise<Line[]> {
  const out = join(folder, 'rules');
  mkdirSync(out);
  const database = await openDatabase({ folders: [out] });
  const connection = await database.connect();
  try {
    const clean = join(out, 'clean.parquet');
    const faulty = join(out, 'faulty.parquet');
    const csv = join(out, 'clean.csv');
    await connection.run(
      `COPY (${select(rows, 0)}) TO ${quoteLiteral(clean)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await connection.run(
      `COPY (${select(rows, Math.floor(rows / 100))}) TO ${quoteLiteral(faulty)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await connection.run(`COPY (FROM read_parquet(${quoteLiteral(clean)})) TO ${quoteLiteral(csv)} (HEADER)`);
    const names = `{${Object.keys(COLUMNS)
      .map((c) => `'${c}': 'VARCHAR'`)
      .join(', ')}}`;
    const count = `SELECT count(*) FROM read_csv(${quoteLiteral(csv)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = ${names})`;
    let rejected = 0;
    const seconds = await inTurn(repetitions, {
      count: () => timed(() => connection.rows(count)),
      rules: () => timed(() => evaluate(connection, clean)),
      'rules with rejects': () =>
        timed(async () => {
          rejected = await evaluate(connection, faulty);
        }),
    });
    const floor = median(seconds['count'] ?? []);
    const million = rows / 1e6;
    const line = (name: string, what: string, limit: number): Line => {
      const own = median(seconds[name] ?? []);
      return {
        what: `${what}: ${(own / million).toFixed(3)} s per million rows, where count(*) of the CSV takes ${(floor / million).toFixed(3)} s`,
        measured: `${(own / floor).toFixed(2)} ×`,
        limit: `${limit.toFixed(2)} ×`,
        holds: own / floor <= limit,
      };
    };
    return [
      line('rules', '30 row-level rules', 0.35 / 0.3),
      line('rules with rejects', `30 row-level rules, ${rejected} rows rejected`, 0.7 / 0.3),
    ];
  } finally {
    connection.close();
    database.close();
    rmSync(out, { recursive: true, force: true });
  }
}
