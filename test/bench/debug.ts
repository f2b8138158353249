// From F5 to the first stop at a failing rule, on a date of ten million rows whose gold is there.
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import { goldKey, rawKey, silverKey } from '../../src/engine/stages/outputKeys';
import { openLake } from '../../src/engine/lake/lake';
import type { Manifest } from '../../src/engine/lake/manifest';
import { openWorkspace } from '../../src/engine/workspace/open';
import { Conversation } from '../debug/adapter';
import { median, timed, type Line } from './measure';
import { COLUMNS, select } from './rules';

const DATE = '20241115';
/** From pressing F5 to the first stop. */
const SECONDS = 5;

/** A workspace with raw, silver and gold of so many rows, written past the pipeline and up to date by its manifests. */
async function workspace(folder: string, rows: number): Promise<void> {
  const columns = Object.fromEntries(Object.entries(COLUMNS).map(([name, type]) => [name, { type }]));
  const rules = [
    { rule: 'not_null', column: 'user_id' },
    { id: 'buffer', rule: 'range', column: 'buffer_ms', min: 0, error: 0 },
    { rule: 'enum', column: 'device_type', values: ['STB', 'MOBILE', 'TV'] },
  ];
  const files = {
    '.env': 'EXPECTED_TABLES=Playback\n',
    'config/brand_configs.json': JSON.stringify({ brands: { Skylink: 'SKL' } }),
    'config/table_schemas.json': JSON.stringify({ tables: { Playback: { columns } } }),
    'config/validation_rules.json': JSON.stringify({ tables: { Playback: { rules } } }),
  };
  mkdirSync(join(folder, 'config'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { config, settings } = await openWorkspace({ directory: folder, environment: { SETTLE: '0' } });
  const lake = openLake(settings);
  const [table] = config.tables;
  if (table === undefined) throw new Error('The config has no table.');
  const place = { date: DATE, table: 'Playback', brand: 'Skylink' };
  const raw = lake.rawFile({ date: DATE, brand: 'Skylink', table: 'Playback', part: 1 }, 'parquet');
  const silver = lake.silverFile(DATE, 'Skylink', 'Playback');
  const gold = lake.goldFile(DATE, 'Playback');
  for (const path of [raw, silver, gold]) mkdirSync(dirname(path), { recursive: true });
  const database = await openDatabase({ folders: [folder] });
  const connection = await database.connect();
  const write = (query: string, path: string): Promise<number> =>
    connection.run(`COPY (${query}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`);
  const lineage = `'Skylink' AS _brand, 'f.csv' AS _source_file, row_number() OVER () AS _source_row`;
  await write(`SELECT *, ${lineage} FROM (${select(rows, 100_000)})`, gold);
  // Raw and silver are not read: that they are there, as their manifests tell, is all that is asked of them.
  for (const path of [raw, silver]) await write('SELECT 1 AS one', path);
  connection.close();
  database.close();
  const csv = lake.rawFile({ date: DATE, brand: 'Skylink', table: 'Playback', part: 1 }, 'csv');
  writeFileSync(csv, 'one\n1\n');
  const base = { version: 1, inputs: [], edges: [] } as const;
  const output = (path: string): Manifest['output'] => ({
    path: lake.relative(path),
    bytes: statSync(path).size,
    rows,
  });
  const rawManifest: Manifest = {
    ...{
      ...base,
      ...place,
      layer: 'raw',
      part: 1,
      key: rawKey('bench', config, table, 'Skylink'),
      output: output(raw),
    },
    source: { file: 'f.csv', sha256: 'bench', bytes: 6, original: lake.relative(csv), format: {} as never },
  };
  const silverManifest: Manifest = {
    ...{ ...base, ...place, layer: 'silver', output: output(silver) },
    key: silverKey([rawManifest], config, table, 'Skylink'),
  };
  const goldManifest: Manifest = {
    ...{ ...base, date: DATE, table: 'Playback', layer: 'gold', output: output(gold) },
    key: goldKey([silverManifest], config, table),
  };
  for (const manifest of [rawManifest, silverManifest, goldManifest]) {
    const path = lake.manifestFile(manifest);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(manifest));
    utimesSync(path, 1_731_700_000, 1_731_700_000);
  }
}

export async function debug(folder: string, rows: number, repetitions: number): Promise<Line[]> {
  const place = join(folder, 'debug');
  await workspace(place, rows);
  const seconds: number[] = [];
  const pages: number[] = [];
  try {
    for (let i = 0; i < repetitions; i += 1) {
      const talk = new Conversation(place);
      try {
        const taken = await timed(async () => {
          await talk.greet();
          await talk.stop(() => talk.launch());
        });
        if (!(await talk.top()).startsWith('rule buffer'))
          throw new Error(`It stopped at ${await talk.top()}.`);
        if (/raw-to-silver|silver-to-gold/.test(talk.printed.join('\n')))
          throw new Error('Layers were made anew.');
        seconds.push(taken);
        pages.push(await timed(() => talk.variables('Failing rows', { start: 0, count: 100 })));
        process.stderr.write(
          `  first stop: ${taken.toFixed(2)} s, failing rows: ${(pages.at(-1) ?? 0).toFixed(2)} s\n`,
        );
      } finally {
        await talk.hangUp();
      }
    }
    const line = (what: string, of: readonly number[], limit: number): Line => ({
      what: `${what}, ${rows / 1e6} million rows`,
      measured: `${median(of).toFixed(2)} s`,
      limit: `${limit.toFixed(2)} s`,
      holds: median(of) <= limit,
    });
    return [
      line('F5 to the first stop at a failing rule', seconds, SECONDS),
      line('the first hundred failing rows', pages, 2),
    ];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
