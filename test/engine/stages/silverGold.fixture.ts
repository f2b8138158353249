// A workspace in a temporary folder with raw Parquet files written by DuckDB, for the two middle stages.
import { mkdtemp, mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  openDatabase,
  quoteIdentifier,
  quoteLiteral,
  type Connection,
} from '../../../src/engine/base/duckdb';
import { CONTINUE } from '../../../src/engine/stages/inspector';
import { openLake, type Lake } from '../../../src/engine/lake/lake';
import type { Manifest } from '../../../src/engine/lake/manifest';
import type { Config } from '../../../src/engine/model';
import { rawToSilver } from '../../../src/engine/stages/rawToSilver';
import { silverToGold } from '../../../src/engine/stages/silverToGold';
import type { StageContext } from '../../../src/engine/stages/stage';
import type { StepCounts } from '../../../src/engine/model/steps';
import { settingsIn } from '../../support/model';

export const DATE = '20240301';

export interface Workspace {
  readonly root: string;
  readonly lake: Lake;
  readonly connection: Connection;
  readonly context: (config: Config, signal?: AbortSignal) => Promise<StageContext>;
  /** Writes one raw part and gives its manifest; `rows` are texts by header. */
  readonly raw: (
    table: string,
    brand: string,
    headers: readonly string[],
    rows: readonly (readonly (string | null)[])[] | string,
    part?: number,
  ) => Promise<Manifest>;
  readonly silver: (
    config: Config,
    table: string,
    brand: string,
    raw: readonly Manifest[],
  ) => Promise<Manifest>;
  readonly gold: (config: Config, table: string, silver: readonly Manifest[]) => Promise<Manifest>;
  /** All rows of a Parquet file below the data folder. */
  readonly read: (path: string, columns?: string) => Promise<readonly Record<string, unknown>[]>;
  readonly close: () => Promise<void>;
}

export async function openWorkspace(
  options: { memoryLimit?: string; threads?: number } = {},
): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'm7-stages-'));
  // The database has more; a small limit makes gold search larger tables for duplicates in several slices.
  const settings = settingsIn(root, { memoryLimit: '10MB' });
  const lake = openLake(settings);
  const database = await openDatabase({
    folders: [settings.dataDir],
    temporary: join(settings.dataDir, '.state', 'tmp', 'duckdb'),
    ...options,
  });
  const connection = await database.connect();
  let steps = 0;
  const context: Workspace['context'] = async (config, signal = new AbortController().signal) => {
    const temporary = join(settings.dataDir, '.state', 'tmp', `step${++steps}`);
    await mkdir(temporary, { recursive: true });
    return {
      settings,
      config,
      connection,
      lake,
      temporary,
      runId: 'test',
      signal,
      progress: () => undefined,
      log: () => undefined,
      inspect: () => Promise.resolve(CONTINUE),
    };
  };
  return {
    root,
    lake,
    connection,
    context,
    raw: async (table, brand, headers, rows, part = 1) => {
      const path = lake.rawFile({ date: DATE, brand, table, part }, 'parquet');
      await mkdir(dirname(path), { recursive: true });
      const select = typeof rows === 'string' ? rows : valuesSelect(headers, rows);
      const count = await connection.run(
        `COPY (${select}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      return {
        version: 1,
        layer: 'raw',
        date: DATE,
        brand,
        table,
        part,
        key: `raw-${brand}-${table}-${part}`,
        output: { path: lake.relative(path), bytes: (await stat(path)).size, rows: count },
        inputs: [],
        edges: [],
        source: {
          file: part === 1 ? `${brand}_${table}.csv` : `${brand}_${table}.${part}.csv`,
          sha256: '',
          bytes: 0,
          original: '',
          format: formatOf(headers),
        },
      };
    },
    silver: async (config, table, brand, raw) => {
      await rawToSilver(await context(config), { date: DATE, brand, table, raw, key: `silver-${brand}` });
      const manifest = lake.manifest('silver', DATE, table, brand);
      if (manifest === undefined) throw new Error('no silver manifest');
      return manifest;
    },
    gold: async (config, table, silver) => {
      await silverToGold(await context(config), { date: DATE, table, silver, key: 'gold' });
      const manifest = lake.manifest('gold', DATE, table);
      if (manifest === undefined) throw new Error('no gold manifest');
      return manifest;
    },
    read: (path, columns = '*') =>
      connection.rows(`SELECT ${columns} FROM read_parquet(${quoteLiteral(lake.absolute(path))})`),
    close: async () => {
      connection.close();
      database.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function valuesSelect(headers: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const names = headers.map(quoteIdentifier);
  if (rows.length === 0)
    return `SELECT ${names.map((n) => `CAST(NULL AS VARCHAR) AS ${n}`).join(', ')} WHERE false`;
  const literal = (v: string | null): string => (v === null ? 'CAST(NULL AS VARCHAR)' : quoteLiteral(v));
  const selects = rows.map(
    (row) => `SELECT ${names.map((n, i) => `${literal(row[i] ?? null)} AS ${n}`).join(', ')}`,
  );
  return selects.join(' UNION ALL ');
}

function formatOf(columns: readonly string[]): NonNullable<Manifest['source']>['format'] {
  return {
    compression: 'none',
    encoding: 'utf-8',
    bom: false,
    delimiter: ',',
    quote: '"',
    escape: '"',
    newline: '\n',
    preamble: 0,
    header: 1,
    footer: 0,
    columns,
    confidence: { encoding: 1, delimiter: 1, quote: 1, header: 1, footer: 1 },
    notes: [],
  };
}

/** The counts of raw-to-silver, for tests of failures and cancellation. */
export async function toSilver(
  workspace: Workspace,
  cfg: Config,
  tableName: string,
  brandName: string,
  raw: readonly Manifest[],
  signal?: AbortSignal,
): Promise<StepCounts> {
  return rawToSilver(await workspace.context(cfg, signal), {
    date: DATE,
    brand: brandName,
    table: tableName,
    raw,
    key: 'k',
  });
}
