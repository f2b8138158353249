// Rejected rows as a report shows them, and how many of them a later file of corrections answers.
import { type Connection, quotePath } from '../../base';
import type { Sample, Stage } from '../../model';
import { type Lake, type Manifest, answered } from '../../lake';
import type { LoadInput } from '../stage';

/** So many rejected rows are shown of a file. */
const SHOWN = 5;

/** What is known of the rejected rows behind a manifest. */
export interface LostRows {
  readonly samples: readonly Sample[];
  /** Rows whose corrected record was taken in by a later file: they are accounted for. */
  readonly answered: number;
  /** Of these, the ones in which a column was wrong. */
  readonly answeredOf: ReadonlyMap<string, number>;
}

/** Looks at the rejects of raw and silver that are there. */
export async function lostRows(
  { connection, lake, signal }: LostRowsContext,
  input: Pick<LoadInput, 'date' | 'table' | 'raw' | 'silver'>,
): Promise<ReadonlyMap<Manifest, LostRows>> {
  const found = new Map<Manifest, LostRows>();
  for (const [stage, manifests] of [
    ['landing-to-raw', input.raw],
    ['raw-to-silver', input.silver],
  ] as const) {
    const rejecting = manifests.filter((m) => m.rejects !== undefined && lake.exists(m.rejects.path));
    if (rejecting.length === 0) continue;
    const corrected = correctedRecords(lake, stage, input);
    for (const manifest of rejecting) {
      const from = `FROM read_parquet(${quotePath(lake.absolute(manifest.rejects?.path ?? ''))})`;
      const samples = await connection.rows<{
        file: string | null;
        row: number | null;
        line: number | null;
        reason: string;
      }>(`SELECT "_source_file" AS file, "_source_row" AS row, "line", "reason" ${from} LIMIT ${SHOWN}`, {
        signal,
      });
      const own = corrected.get(manifest.brand ?? '') ?? [];
      found.set(manifest, {
        samples: samples.map(({ file, row, line, reason }) => ({
          values: { ...(row === null ? { line } : {}), reason },
          ...{ file, row },
        })),
        ...(await countAnswered(connection, from, own, signal)),
      });
    }
  }
  return found;
}

/** What it takes to look at them. */
interface LostRowsContext {
  readonly connection: Connection;
  readonly lake: Lake;
  readonly signal: AbortSignal;
}

/** By brand, the records that files in raw hold corrections of. */
function correctedRecords(
  lake: Lake,
  stage: Stage,
  { date, table, raw }: Pick<LoadInput, 'date' | 'table' | 'raw'>,
): ReadonlyMap<string, readonly string[]> {
  const taken = new Set(raw.map(({ source }) => source?.file));
  const byBrand = new Map<string, string[]>();
  for (const [key, path] of answered(lake, date, stage)) {
    const [of, brand, file, row, line] = JSON.parse(key) as [
      string,
      string,
      string,
      number | null,
      number | null,
    ];
    if (of === table && taken.has(path))
      byBrand.set(brand, [...(byBrand.get(brand) ?? []), nameOf(file, row, line)]);
  }
  return byBrand;
}

const nameOf = (file: string, row: number | null, line: number | null): string =>
  [file, row ?? '', line ?? ''].join('\n');

async function countAnswered(
  connection: Connection,
  from: string,
  corrected: readonly string[],
  signal: AbortSignal,
): Promise<Pick<LostRows, 'answered' | 'answeredOf'>> {
  if (corrected.length === 0) return { answered: 0, answeredOf: new Map() };
  const name = `concat("_source_file", chr(10), "_source_row", chr(10), "line")`;
  const rows = await connection.rows<{ name: string | null; n: number }>(
    `WITH corrected AS MATERIALIZED (
  SELECT "columns" ${from}
  WHERE ${name} IN (SELECT unnest(from_json($1, '["VARCHAR"]')))
)
SELECT NULL AS name, count(*) AS n FROM corrected
UNION ALL
SELECT name, count(*) AS n FROM (SELECT unnest("columns") AS name FROM corrected) GROUP BY name`,
    { values: [JSON.stringify(corrected)], signal },
  );
  return {
    answered: rows.find((row) => row.name === null)?.n ?? 0,
    answeredOf: new Map(rows.flatMap((row) => (row.name === null ? [] : [[row.name, row.n] as const]))),
  };
}
