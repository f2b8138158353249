// silver-to-gold: the brands of a table become one file, each primary key once, checked technically.
import { join } from 'node:path';
import { quoteIdentifier, quotePath } from '../base';
import {
  type Edge,
  type Sample,
  type StepCounts,
  type Table,
  LINEAGE,
  LINEAGE_COLUMNS,
  PipelineError,
} from '../model';
import type { Manifest } from '../lake';
import {
  goldQuery,
  goldSelect,
  LEFT_OUT_CODES,
  leftOutSelect,
  type GoldQuery,
  type LeftOut,
  type BrandSilver,
} from './gold/consolidate';
import { configuredTable } from './configured';
import { findDuplicates, forgetDuplicates } from './gold/duplicates';
import { technicalFindings } from './gold/findings';
import { copyStatement, parquetNulls, parquetRows, reading } from './parquet';
import { withProgress } from './progress';
import { publishOutput, outputRejects } from './publishOutput';
import type { GoldInput, StageContext } from './stage';
import { maskingOf } from '../report';

/** Samples kept of the rows whose primary key is missing or not unique. */
const SAMPLES = 20;

/**
 * Makes the gold of one date and table from the silver of all brands, in the order given:
 * `gold/<date>/<Table>.parquet`, a rejects file where rows are left out, and the manifest with the technical
 * findings.
 * @throws PipelineError TABLE_FAILED (silver does not fit the config), PARQUET_INVALID, CONSERVATION, and
 *   what DuckDB cannot do.
 */
export async function silverToGold(context: StageContext, input: GoldInput): Promise<StepCounts> {
  const { connection, lake, signal } = context;
  const started = performance.now();
  const table = configuredTable(context.config, input.table);
  const sources: BrandSilver[] = [];
  for (const manifest of input.silver) sources.push(await silverSource(context, manifest));
  if (sources.length === 0) return emptyGold(context, input, table);
  await checkColumns(context, table, sources);
  const query = goldQuery(table, sources);
  const rowsIn = sources.reduce((sum, s) => sum + s.rows, 0);

  const gold = join(context.temporary, 'gold.parquet');
  const rejects = join(context.temporary, 'rejects.parquet');
  let rowsOut: number;
  let left: LeftOutRows;
  try {
    const leftOut: LeftOut = {
      missingKeys: await canMissKeys(context, table, sources),
      duplicates: await withProgress(context, [0, 25], () =>
        findDuplicates(connection, query, context.settings.memoryLimit, signal),
      ),
    };
    const names = sources.map((s) => s.path).join(', ');
    rowsOut = await withProgress(context, [25, 90], () =>
      reading(names, () => connection.run(copyStatement(goldSelect(query, leftOut), gold), { signal })),
    );
    left = await writeLeftOut(context, query, leftOut, rejects);
  } finally {
    await forgetDuplicates(connection, sources.length);
  }

  const edges = await balance(context, input, { sources, gold, rowsOut, left });
  const findings = technicalFindings({
    table,
    rowsIn,
    rowsOut,
    missingKeys: sum(left.counts, LEFT_OUT_CODES.keyMissing),
    duplicates: sum(left.counts, LEFT_OUT_CODES.duplicate),
    removed: sum(left.counts, LEFT_OUT_CODES.duplicateRemoved),
    keySamples: left.samples,
    nulls: await nullsOf(context, query, gold),
    wrongTypes: await wrongTypes(context, table, gold),
    errorThreshold: context.settings.errorThreshold,
    seconds: (performance.now() - started) / 1000,
  });

  await publishOutput(context, {
    of: { layer: 'gold', date: input.date, table: input.table, key: input.key },
    file: { temporary: gold, final: lake.goldFile(input.date, input.table), rows: rowsOut },
    rejects: outputRejects({
      temporary: rejects,
      final: lake.rejectsFile('silver-to-gold', { date: input.date, table: input.table }),
      rows: left.rows,
    }),
    facts: {
      inputs: input.silver.map((m) => ({ path: m.output.path, key: m.key, rows: m.output.rows })),
      edges,
      findings,
    },
  });
  const duplicates = sum(left.counts, LEFT_OUT_CODES.duplicateRemoved);
  return { rowsIn, rowsOut, rowsRejected: left.rows - duplicates, duplicates };
}

/** Gold of a table of which no brand is left: its columns, and no row. */
async function emptyGold(context: StageContext, input: GoldInput, table: Table): Promise<StepCounts> {
  const { connection, lake, signal } = context;
  const gold = join(context.temporary, 'gold.parquet');
  const columns = [...table.columns, ...LINEAGE_COLUMNS].map(
    ({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteIdentifier(name)}`,
  );
  await connection.run(copyStatement(`SELECT ${columns.join(', ')} LIMIT 0`, gold), { signal });
  await publishOutput(context, {
    of: { layer: 'gold', date: input.date, table: input.table, key: input.key },
    file: { temporary: gold, final: lake.goldFile(input.date, input.table), rows: 0 },
    rejects: outputRejects({
      temporary: '',
      final: lake.rejectsFile('silver-to-gold', { date: input.date, table: input.table }),
      rows: 0,
    }),
    facts: { inputs: [], edges: [], findings: [], withdrawn: true },
  });
  return { rowsIn: 0, rowsOut: 0, rowsRejected: 0, duplicates: 0 };
}

async function silverSource(context: StageContext, manifest: Manifest): Promise<BrandSilver> {
  const { connection, lake, signal } = context;
  const path = lake.absolute(manifest.output.path);
  const rows = await parquetRows(connection, path, signal);
  if (rows !== manifest.output.rows)
    throw new PipelineError(
      'CONSERVATION',
      `${manifest.output.path} holds ${rows} rows, but ${manifest.output.rows} are in its manifest.`,
      'Run raw-to-silver again for this date with --force.',
      { where: { file: path } },
    );
  const { columns } = await connection.table(`SELECT * FROM read_parquet(${quotePath(path)}) LIMIT 0`, {
    signal,
  });
  return { brand: manifest.brand ?? '', path, rows, columns };
}

/** Silver of another config must not be mixed in: by its columns' names and types it is told. */
async function checkColumns(
  context: StageContext,
  table: Table,
  sources: readonly BrandSilver[],
): Promise<void> {
  const wanted = await configuredTypes(context, table);
  for (const source of sources) {
    const wrong = table.columns.flatMap((column) => {
      const found = source.columns.find((c) => c.name.toLowerCase() === column.name.toLowerCase());
      if (found === undefined) return [`${column.name} is missing`];
      const type = wanted.get(column.name) ?? column.type;
      return found.type === type ? [] : [`${column.name} is ${found.type}, not ${type}`];
    });
    if (wrong.length > 0)
      throw new PipelineError(
        'TABLE_FAILED',
        `The silver of ${table.name} of ${source.brand} does not fit the config: ${wrong.join('; ')}.`,
        'Run raw-to-silver again for this date with --force.',
        { where: { file: source.path } },
      );
  }
}

/** Types as DuckDB names them: DECIMAL(10, 2) of the config is its DECIMAL(10,2). */
async function configuredTypes(context: StageContext, table: Table): Promise<ReadonlyMap<string, string>> {
  if (table.columns.length === 0) return new Map();
  const nulls = table.columns.map((c) => `CAST(NULL AS ${c.type})`);
  const { columns } = await context.connection.table(`SELECT ${nulls.join(', ')} LIMIT 0`, {
    signal: context.signal,
  });
  return new Map(table.columns.map((c, i) => [c.name, columns[i]?.type ?? c.type]));
}

async function wrongTypes(
  context: StageContext,
  table: Table,
  gold: string,
): Promise<readonly { column: string; type: string; found: string }[]> {
  const wanted = await configuredTypes(context, table);
  const { columns } = await context.connection.table(
    `SELECT * FROM read_parquet(${quotePath(gold)}) LIMIT 0`,
    {
      signal: context.signal,
    },
  );
  return [...wanted].flatMap(([column, type], i) => {
    const found = columns[i]?.name === column ? columns[i].type : 'missing';
    return found === type ? [] : [{ column, type, found }];
  });
}

/** Can a row have no key? The footers tell, so that the usual table is not asked row by row. */
async function canMissKeys(
  context: StageContext,
  table: Table,
  sources: readonly BrandSilver[],
): Promise<boolean> {
  for (const source of sources) {
    const nulls = await parquetNulls(context.connection, source.path, source.columns.length, context.signal);
    for (const name of table.primaryKey) {
      const index = source.columns.findIndex((c) => c.name.toLowerCase() === name.toLowerCase());
      if (source.rows > 0 && nulls[index] !== 0) return true;
    }
  }
  return false;
}

/** What was left out of gold and is in the rejects file. */
interface LeftOutRows {
  readonly rows: number;
  readonly counts: readonly { readonly brand: string; readonly code: string; readonly rows: number }[];
  readonly samples: readonly Sample[];
}

async function writeLeftOut(
  context: StageContext,
  query: GoldQuery,
  leftOut: LeftOut,
  path: string,
): Promise<LeftOutRows> {
  const { connection, signal } = context;
  const select = leftOutSelect(query, leftOut);
  if (select === undefined) return { rows: 0, counts: [], samples: [] };
  const rows = await withProgress(context, [90, 98], () =>
    connection.run(copyStatement(select, path), { signal }),
  );
  const counts = await connection.rows<{ brand: string; code: string; rows: number }>(
    `SELECT _brand AS brand, code, count(*) AS rows FROM read_parquet(${quotePath(path)}) GROUP BY ALL ORDER BY ALL`,
    { signal },
  );
  const samples = await connection.rows<{ record: string; file: string; row: number }>(
    `SELECT record, _source_file AS file, _source_row AS "row" FROM read_parquet(${quotePath(path)}) WHERE code <> '${LEFT_OUT_CODES.duplicateRemoved}' LIMIT ${SAMPLES}`,
    { signal },
  );
  const keys = { samples: samples.map((s) => keySample(query.table, s)) };
  return { rows, counts, ...maskingOf(context.config).samples(query.table.name, keys) };
}

function keySample(table: Table, sample: { record: string; file: string; row: number }): Sample {
  const record = JSON.parse(sample.record) as Readonly<Record<string, unknown>>;
  const values = table.primaryKey.map((name) => [name, record[name] ?? null] as const);
  return { values: Object.fromEntries(values), file: sample.file, row: sample.row };
}

/** Gold in its draft, with what went into it and what was left out. */
interface WrittenGold {
  readonly sources: readonly BrandSilver[];
  /** Absolute path. */
  readonly gold: string;
  readonly rowsOut: number;
  readonly left: LeftOutRows;
}

/** Rows of each brand in silver, gold and rejects, each counted in its file. */
async function balance(
  context: StageContext,
  input: GoldInput,
  { sources, gold, rowsOut, left }: WrittenGold,
): Promise<readonly Edge[]> {
  const { connection, signal } = context;
  const out = await connection.rows<{ brand: string; rows: number }>(
    `SELECT _brand AS brand, count(*) AS rows FROM read_parquet(${quotePath(gold)}) GROUP BY ALL`,
    { signal },
  );
  const edges = sources.map(({ brand, rows }): Edge => {
    const own = left.counts.filter((c) => c.brand === brand);
    const duplicates = sum(own, LEFT_OUT_CODES.duplicateRemoved);
    const rejected = own.reduce((n, c) => n + c.rows, 0) - duplicates;
    const kept = out.find((o) => o.brand === brand)?.rows ?? 0;
    return {
      from: 'silver',
      to: 'gold',
      brand,
      in: rows,
      out: kept,
      rejected,
      duplicates,
      balanced: rows === kept + rejected + duplicates,
    };
  });
  const wrong = edges.find((e) => !e.balanced);
  const total = edges.reduce((n, e) => n + e.out, 0);
  if (wrong !== undefined || total !== rowsOut)
    throw new PipelineError(
      'CONSERVATION',
      wrong === undefined
        ? `${input.table}, ${input.date}: gold holds ${total} rows of its brands where ${rowsOut} were written.`
        : `${input.table} of ${wrong.brand ?? ''}, ${input.date}: ${wrong.in} rows of silver became ${wrong.out} rows of gold, ${wrong.rejected} rejects and ${wrong.duplicates} duplicates.`,
      'Run the step again. If the error persists, report it with the log of the run.',
    );
  return edges;
}

/** NULLs of the required columns: from the footer, by counting where it does not tell. */
async function nullsOf(
  context: StageContext,
  query: GoldQuery,
  gold: string,
): Promise<ReadonlyMap<string, number>> {
  const { connection, signal } = context;
  const known = await parquetNulls(connection, gold, query.columns.length + LINEAGE.length, signal);
  const nulls = new Map<string, number>();
  for (const [i, column] of query.table.columns.entries()) {
    if (!column.required) continue;
    const counted = known[i] ?? (await countNulls(context, gold, column.name));
    nulls.set(column.name, counted);
  }
  return nulls;
}

async function countNulls(context: StageContext, path: string, column: string): Promise<number> {
  const [row] = await context.connection.rows<{ n: number }>(
    `SELECT count(*) - count(${quoteIdentifier(column)}) AS n FROM read_parquet(${quotePath(path)})`,
    { signal: context.signal },
  );
  return row?.n ?? 0;
}

function sum(counts: readonly { readonly code: string; readonly rows: number }[], code: string): number {
  return counts.filter((c) => c.code === code).reduce((n, c) => n + c.rows, 0);
}
