// "Run this rule" over a gold of ten million rows: from the call to the failing rows in a file of their own.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openEditing } from '../../src/engine';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import { openLake } from '../../src/engine/lake/lake';
import { settingsIn } from '../support/model';
import { inTurn, median, timed, type Line } from './measure';
import { COLUMNS, select } from './rules';

const DATE = '20241115';
/** What a user waits for without thinking of something else. */
const SECONDS = 2;

const RULES: Readonly<Record<string, string>> = {
  range: '"rule": "range", "column": "buffer_ms", "min": 0',
  regex: '"rule": "regex", "column": "user_id", "pattern": "U[0-9]{8}"',
  enum: '"rule": "enum", "column": "device_type", "values": ["STB", "MOBILE", "TV"]',
  compare: '"rule": "compare", "column": "ended_at", "operator": ">=", "other_column": "started_at"',
  expression: '"rule": "expression", "expression": "duration_s > 0 OR is_live"',
};

/** A workspace with one gold of so many rows, written past the pipeline: only the rule is measured. */
async function workspace(folder: string, rows: number): Promise<void> {
  const columns = Object.fromEntries(Object.entries(COLUMNS).map(([name, type]) => [name, { type }]));
  const files = {
    '.env': 'EXPECTED_TABLES=Playback\n',
    'config/brand_configs.json': JSON.stringify({ brands: { Skylink: 'SKL' } }),
    'config/table_schemas.json': JSON.stringify({ tables: { Playback: { columns } } }),
    'config/validation_rules.json': '{ "tables": {} }',
  };
  mkdirSync(join(folder, 'config'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const lake = openLake(settingsIn(folder));
  const gold = lake.goldFile(DATE, 'Playback');
  mkdirSync(dirname(gold), { recursive: true });
  const database = await openDatabase({ folders: [folder] });
  const connection = await database.connect();
  await connection.run(
    `COPY (SELECT *, 'Skylink' AS _brand, 'f.csv' AS _source_file, row_number() OVER () AS _source_row FROM (${select(rows, 100_000)})) TO ${quoteLiteral(gold)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  connection.close();
  database.close();
  const manifest = {
    version: 1,
    layer: 'gold',
    date: DATE,
    table: 'Playback',
    key: 'bench',
    output: { path: lake.relative(gold), bytes: statSync(gold).size, rows },
    inputs: [],
    edges: [],
  } as const;
  mkdirSync(dirname(lake.manifestFile(manifest)), { recursive: true });
  writeFileSync(lake.manifestFile(manifest), JSON.stringify(manifest));
}

export async function tryRule(folder: string, rows: number, repetitions: number): Promise<Line[]> {
  const place = join(folder, 'try');
  await workspace(place, rows);
  const editing = openEditing({ directory: place, environment: { SETTLE: '0' } });
  const failing: Record<string, number> = {};
  try {
    const attempt = (name: string, rule: string) => () =>
      timed(async () => {
        const text = `{ "tables": { "Playback": { "rules": [ { "id": "one", ${rule} } ] } } }`;
        const trial = await editing.tryRule(
          { file: 'validation_rules', text },
          { table: 'Playback', rule: 'one', date: DATE },
          { signal: new AbortController().signal, progress: () => undefined },
        );
        if (trial.finding.status === 'error') throw new Error(trial.finding.message);
        failing[name] = trial.finding.failing;
      });
    const seconds = await inTurn(
      repetitions,
      Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, attempt(name, rule)])),
    );
    return Object.keys(RULES).map((name) => {
      const own = median(seconds[name] ?? []);
      return {
        what: `a ${name} rule of a draft on ${rows / 1e6} million rows, ${String(failing[name])} failing`,
        measured: `${own.toFixed(2)} s`,
        limit: `${SECONDS.toFixed(2)} s`,
        holds: own <= SECONDS,
      };
    });
  } finally {
    editing.close();
    rmSync(place, { recursive: true, force: true });
  }
}
