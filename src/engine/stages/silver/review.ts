// After the copy: which rows silver left out and which values failed, found with as little reading as possible.
import { quoteLiteral, quotePath } from '../../base';
import type { Conversion } from '../../model';
import { copyStatement, parquetNulls } from '../parquet';
import type { StageContext } from '../stage';
import {
  buildLayers,
  rejects,
  silverSelect,
  type ColumnWork,
  type Layers,
  type PartRows,
  type SilverQuery,
} from './statement';
import {
  addFailures,
  failuresSelect,
  readFailures,
  rejectedRowsSelect,
  silverRejectsSelect,
  textsSelect,
  type FailedValues,
} from './problems';

/** Names of what a review leaves in the session while it runs. */
const BITS = 'm7_kept_';
const NULL_BITS = 'm7_null_';
const REJECTED = { table: 'm7_rejected_rows', view: 'm7_rejected_view' } as const;

/** Up to this many rejected rows are held; more are read from the files each time they are asked for. */
const HELD_ROWS = 100_000;

export interface Review {
  /** Rows in the rejects file; without any it is not written. */
  readonly rejected: number;
  readonly conversions: readonly Conversion[];
}

/**
 * Looks at what became of the rows: writes the rejects and counts the failed values.
 * @param silver the Parquet file that was written, `rows` its rows.
 * @param rejectsPath where the rejects go.
 */
export async function review(
  context: StageContext,
  query: SilverQuery,
  silver: { readonly path: string; readonly rows: number },
  rejectsPath: string,
): Promise<Review> {
  const { connection, signal } = context;
  const rowsIn = query.parts.reduce((sum, part) => sum + part.rows, 0);
  const missing = rowsIn - silver.rows;
  try {
    const kept =
      missing === 0 ? query.parts.map((): PartRows => 'all') : await keptRows(context, query, silver.path);
    const total = new Map<ColumnWork['index'], FailedValues>();
    let rejected = 0;
    if (missing > 0) {
      const layers = buildLayers(query, kept.map(others));
      const kind = missing <= HELD_ROWS ? 'table' : 'view';
      const relation = REJECTED[kind];
      await connection.run(
        `CREATE OR REPLACE TEMPORARY ${kind} ${relation} AS\n${rejectedRowsSelect(layers)}`,
        {
          signal,
        },
      );
      rejected = await connection.run(copyStatement(silverRejectsSelect(layers, relation), rejectsPath), {
        signal,
      });
      const columns = layers.work.filter((w) => w.fallible);
      await count(context, { layers, columns, relation }, total);
    }
    if (silver.rows > 0) await reviewKept(context, { ...silver, query, kept }, total);
    return { rejected, conversions: conversions(buildLayers(query), total) };
  } finally {
    await forget(context, query);
  }
}

/** Silver in its draft, and what it took of each part. */
interface WrittenSilver {
  readonly query: SilverQuery;
  readonly kept: readonly PartRows[];
  /** Absolute path of the Parquet file. */
  readonly path: string;
  readonly rows: number;
}

/** Adds what failed in the rows that silver took. */
async function reviewKept(
  context: StageContext,
  written: WrittenSilver,
  total: Map<ColumnWork['index'], FailedValues>,
): Promise<void> {
  const { query, kept, path, rows } = written;
  const all = buildLayers(query, kept);
  const nulls = await parquetNulls(context.connection, path, all.output.length, context.signal);
  const columns = await suspects(context, written, nulls);
  const found = new Map<ColumnWork['index'], FailedValues>();
  if (columns.length > 0) {
    const layers = buildLayers(query, await nullRows(context, written, columns));
    await count(context, { layers, columns }, found);
  }
  for (const { column, index } of all.work) {
    const own = found.get(index) ?? { failed: 0, values: 0, samples: [] };
    const before = total.get(index);
    if (own.failed + (before?.failed ?? 0) === 0) continue;
    // What failed is NULL in silver: the footer tells how many were there. A default hides that, and all were counted.
    const values = column.default === undefined ? rows - (nulls[index] ?? 0) + own.failed : own.values;
    const here = { ...own, values };
    total.set(index, before === undefined ? here : addFailures(before, here));
  }
}

/** The rows of a part that are not these. */
function others(rows: PartRows): PartRows {
  if (rows === 'all') return 'none';
  return rows === 'none' ? 'all' : { bits: rows.bits, wanted: rows.wanted === 1 ? 0 : 1 };
}

/** What silver took of each part, with a bit per row of it in a session variable. */
async function keptRows(
  context: StageContext,
  query: SilverQuery,
  silver: string,
): Promise<readonly PartRows[]> {
  const { connection, signal } = context;
  const kept: PartRows[] = [];
  for (const [i, part] of query.parts.entries()) {
    const from = fromKept(query, i, silver);
    const [found] = await connection.rows<{ n: number }>(`SELECT count(*) AS n\n${from}`, { signal });
    const n = found?.n ?? 0;
    if (n === part.rows) kept.push('all');
    else if (n === 0) kept.push('none');
    else {
      const bits = `${BITS}${i + 1}`;
      const select = `SELECT bitstring_agg("_source_row", 1, ${part.rows})\n${from}`;
      await connection.run(`SET VARIABLE ${bits} = (\n${select}\n)`, { signal });
      kept.push({ bits, wanted: 1 });
    }
  }
  return kept;
}

/**
 * Of the rows that silver took those in which one of the columns is NULL: a value that failed is among them.
 * All that were taken where silver cannot be asked because two parts have one name, or a default hides NULLs.
 */
async function nullRows(
  context: StageContext,
  { query, kept, path: silver }: WrittenSilver,
  columns: readonly ColumnWork[],
): Promise<readonly PartRows[]> {
  const names = new Set(query.parts.map((p) => p.file));
  if (names.size < query.parts.length || columns.some((w) => w.column.default !== undefined)) return kept;
  const chosen: PartRows[] = [];
  for (const [i, part] of query.parts.entries()) {
    const bits = `${NULL_BITS}${i + 1}`;
    const condition = columns.map((w) => `${w.value} IS NULL`).join(' OR ');
    await context.connection.run(
      `SET VARIABLE ${bits} = (
SELECT bitstring_agg("_source_row", 1, ${Math.max(part.rows, 1)})
${fromKept(query, i, silver)} AND (${condition})
)`,
      { signal: context.signal },
    );
    const [set] = await context.connection.rows<{ any: boolean }>(
      `SELECT getvariable('${bits}') IS NOT NULL AS "any"`,
      { signal: context.signal },
    );
    chosen.push(set?.any === true ? { bits, wanted: 1 } : 'none');
  }
  return chosen;
}

/**
 * FROM clause of the rows of a part that silver took. Silver's own row numbers tell them nearly for free; only
 * where two parts have one name are the conditions asked again.
 */
function fromKept(query: SilverQuery, index: number, silver: string): string {
  const part = query.parts[index];
  if (part === undefined) return '';
  if (query.parts.filter((p) => p.file === part.file).length === 1)
    return `FROM read_parquet(${quotePath(silver)})\nWHERE "_source_file" = ${quoteLiteral(part.file)}`;
  const only = <T extends { readonly headers: readonly (string | undefined)[] }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, headers: [item.headers[index]] }));
  const mapping = { columns: only(query.mapping.columns), extras: only(query.mapping.extras) };
  return `FROM (\n${silverSelect(buildLayers({ ...query, parts: [part], mapping }))}\n)`;
}

/** Where failed values are counted: in the columns of a chain of layers, or of what it left in a relation. */
interface CountRequest {
  readonly layers: Layers;
  readonly columns: readonly ColumnWork[];
  readonly relation?: string;
}

async function count(
  context: StageContext,
  { layers, columns, relation }: CountRequest,
  total: Map<ColumnWork['index'], FailedValues>,
): Promise<void> {
  if (columns.length === 0) return;
  const { rows } = await context.connection.table(failuresSelect(layers, columns, relation), {
    signal: context.signal,
  });
  for (const [i, failures] of readFailures(rows[0] ?? []).entries()) {
    const index = columns[i]?.index;
    if (index === undefined) continue;
    const before = total.get(index);
    total.set(index, before === undefined ? failures : addFailures(before, failures));
  }
}

/**
 * Columns of which a value of a kept row may have failed. A column of silver with as many values as the files
 * have texts has no failed one: the footers tell so at no cost where no text means NULL, and counting texts
 * is cheaper than converting them again.
 */
async function suspects(
  context: StageContext,
  { query, kept: parts, rows }: WrittenSilver,
  nulls: readonly (number | undefined)[],
): Promise<readonly ColumnWork[]> {
  const { connection, signal } = context;
  const kept = buildLayers(query, parts);
  const before = await rawNulls(context, query);
  const rowsIn = query.parts.reduce((sum, part) => sum + part.rows, 0);
  const sure: ColumnWork[] = [];
  const perhaps: ColumnWork[] = [];
  for (const work of kept.work) {
    const { column, index } = work;
    // Under a default all values look alike.
    const after = column.default === undefined ? nulls[index] : undefined;
    if (!work.fallible || after === 0) continue;
    if (after === undefined || column.transform !== undefined || column.derived !== undefined)
      sure.push(work);
    else if (rows < rowsIn || before.get(column.name) !== after) perhaps.push(work);
  }
  if (perhaps.length > 0) {
    const texts = await connection.table(textsSelect(kept, perhaps), { signal });
    for (const [i, work] of perhaps.entries())
      if (texts.rows[0]?.[i] !== rows - (nulls[work.index] ?? 0)) sure.push(work);
  }
  return sure;
}

/** NULL texts by column of the table, from the footers; a column is left out where they do not tell. */
async function rawNulls(context: StageContext, query: SilverQuery): Promise<ReadonlyMap<string, number>> {
  const totals = new Map(query.mapping.columns.map(({ column }) => [column.name, 0]));
  for (const [i, part] of query.parts.entries()) {
    const counts = await parquetNulls(context.connection, part.path, part.headers.length, context.signal);
    for (const { column, headers } of query.mapping.columns) {
      const header = headers[i];
      const nulls = header === undefined ? part.rows : counts[part.headers.indexOf(header)];
      const total = totals.get(column.name);
      if (nulls === undefined || total === undefined) totals.delete(column.name);
      else totals.set(column.name, total + nulls);
    }
  }
  return totals;
}

function conversions(layers: Layers, total: ReadonlyMap<number, FailedValues>): readonly Conversion[] {
  return layers.work.flatMap(({ column, index }): readonly Conversion[] => {
    const failures = total.get(index);
    if (failures === undefined || failures.failed === 0) return [];
    return [
      {
        column: column.name,
        brand: layers.brand,
        failed: failures.failed,
        values: failures.values,
        on_error: rejects(column) ? 'reject' : 'null',
        samples: failures.samples.map(({ text, file, row }) => ({
          values: { [column.name]: text },
          file,
          row,
        })),
      },
    ];
  });
}

/** Frees what the review left in the session; never cancelled. */
async function forget({ connection }: StageContext, query: SilverQuery): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS ${REJECTED.table}`);
  await connection.run(`DROP VIEW IF EXISTS ${REJECTED.view}`);
  for (const i of query.parts.keys()) {
    await connection.run(`RESET VARIABLE ${BITS}${i + 1}`);
    await connection.run(`RESET VARIABLE ${NULL_BITS}${i + 1}`);
  }
}
