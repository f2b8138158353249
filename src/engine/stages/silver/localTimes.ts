// Local times that a zone has twice, or skips: counted where a column of silver comes near such a moment.
import { quotePath } from '../../base';
import type { LocalTimes } from '../../model';
import type { StageContext } from '../stage';
import { type ColumnWork, type SilverQuery, buildLayers, zoneName } from './statement';
import { type Zone, type ZoneChange, addSeconds, localChange, readZoneBetween } from './zone';

/** Samples kept of each column. */
const SAMPLES = 5;
/** Years that clocks are set in: what is outside them is no date that anybody means. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

/** Silver in its draft. */
interface DraftSilver {
  /** Absolute path of the Parquet file. */
  readonly path: string;
  readonly rows: number;
}

/**
 * Counts them, column by column. The footer of silver tells which columns hold moments near a change of the clocks:
 * on most dates none does, and nothing is read.
 */
export async function localTimes(
  context: StageContext,
  query: SilverQuery,
  silver: DraftSilver,
): Promise<readonly LocalTimes[]> {
  const zoned = buildLayers(query).work.filter(
    ({ column }) =>
      column.derived === undefined &&
      column.ambiguous !== 'null' &&
      zoneName(column, query.brand) !== undefined,
  );
  if (zoned.length === 0 || silver.rows === 0) return [];
  const found: LocalTimes[] = [];
  for (const work of zoned) {
    const zone = query.zones.get(zoneName(work.column, query.brand) ?? '');
    if (zone === undefined) continue;
    const changes = await changesNear(context, zone, work, silver);
    const counted = changes.length === 0 ? undefined : await count(context, query, { work, changes, silver });
    if (counted === undefined || counted.twice + counted.missing === 0) continue;
    found.push({
      column: work.column.name,
      brand: query.brand.name,
      zone: zone.name,
      taken: work.column.ambiguous === 'later' ? 'later' : 'earlier',
      ...counted,
    });
  }
  return found;
}

/** How far from a change a moment can be that its local times became. */
const reach = ({ before, after }: ZoneChange): number => Math.abs(after - before);

/** The changes of the clocks that lie within a column's moments. */
async function changesNear(
  { connection, signal }: StageContext,
  zone: Zone,
  { index }: ColumnWork,
  { path }: DraftSilver,
): Promise<readonly ZoneChange[]> {
  const [range] = await connection.rows<{ first: string | null; last: string | null }>(
    `SELECT min(stats_min_value) AS "first", max(stats_max_value) AS "last"
FROM parquet_metadata(${quotePath(path)})
WHERE column_id = ${index}`,
    { signal },
  );
  if (range === undefined || range.first === null || range.last === null) return [];
  const [first, last] = [range.first.slice(0, 19), range.last.slice(0, 19)];
  const covered = first >= zone.first && last < zone.end;
  const years = [
    Math.max(FIRST_YEAR, Number(first.slice(0, 4)) - 1),
    Math.min(LAST_YEAR, Number(last.slice(0, 4)) + 2),
  ] as const;
  const { changes } = covered ? zone : await readZoneBetween(connection, zone.name, years, signal);
  return changes.filter(
    (change) =>
      addSeconds(change.at, -reach(change)) <= last && addSeconds(change.at, reach(change)) >= first,
  );
}

/** The rows of silver near the changes, and what their texts were. */
async function count(
  { connection, signal }: StageContext,
  query: SilverQuery,
  {
    work: { column, index, value },
    changes,
    silver,
  }: {
    readonly work: ColumnWork;
    readonly changes: readonly ZoneChange[];
    readonly silver: DraftSilver;
  },
): Promise<Pick<LocalTimes, 'twice' | 'missing' | 'samples'>> {
  const moments = changes.map(
    (change) =>
      `(m >= TIMESTAMP '${addSeconds(change.at, -reach(change))}' AND m < TIMESTAMP '${addSeconds(change.at, reach(change))}')`,
  );
  const moment = column.type.includes('TIME ZONE') ? `${value} AT TIME ZONE 'UTC'` : value;
  const layers = buildLayers(
    query,
    query.parts.map(() => 'all'),
  );
  const text = layers.work[index]?.text ?? 'NULL';
  const local = layers.work[index]?.conversion.read[0] ?? 'NULL';
  const places = changes.map(localChange);
  const within = (kind: 'twice' | 'missing'): string =>
    places
      .filter((place) => place.kind === kind)
      .map((place) => `("local" >= TIMESTAMP '${place.from}' AND "local" < TIMESTAMP '${place.to}')`)
      .join(' OR ') || 'false';
  const sql = `${layers.chain},
m7_near AS (
SELECT "_source_file", "_source_row"
FROM (SELECT "_source_file", "_source_row", ${moment} AS m FROM read_parquet(${quotePath(silver.path)}))
WHERE ${moments.join(' OR ')}
),
m7_local AS (
SELECT ${local} AS "local", ${text} AS "text", ${layers.position} AS "position", "_source_file", "_source_row"
FROM ${layers.last}
SEMI JOIN m7_near USING ("_source_file", "_source_row")
),
m7_marked AS (
SELECT *, ${within('twice')} AS twice, ${within('missing')} AS missing FROM m7_local
)
SELECT
  count(*) FILTER (twice) AS twice,
  count(*) FILTER (missing) AS missing,
  CAST(to_json(arg_min(struct_pack("text" := left("text", 200), "file" := "_source_file", "row" := "_source_row"), "position", ${SAMPLES}) FILTER (twice OR missing)) AS VARCHAR) AS samples
FROM m7_marked`;
  const [row] = await connection.rows<{ twice: number; missing: number; samples: string | null }>(sql, {
    signal,
  });
  type Found = { readonly text: string; readonly file: string; readonly row: number };
  const samples = JSON.parse(row?.samples ?? '[]') as readonly Found[];
  return {
    twice: row?.twice ?? 0,
    missing: row?.missing ?? 0,
    samples: samples.map((one) => ({
      values: { [column.name]: one.text },
      file: one.file,
      row: one.row,
    })),
  };
}
