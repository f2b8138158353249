// Local time to UTC in SQL: by the zone's offsets in the years around the date, by the time zone database elsewhere.
import { type Connection, quoteLiteral } from '../../base';
import type { DateKey } from '../../model';

/** A stretch of local time with one offset; ascending, each ends where the next one begins. */
interface Segment {
  /** Local times from this one … */
  readonly from: string;
  /** … to before this one, as `YYYY-MM-DD HH:MM:SS`. */
  readonly to: string;
  /** Local time minus UTC. */
  readonly offsetSeconds: number;
}

export interface Zone {
  readonly name: string;
  /** Empty for a zone whose offsets are not told apart: all goes through the database. */
  readonly segments: readonly Segment[];
}

/** Years around the date whose offsets are looked up beforehand. */
const YEARS_BEFORE = 10;
const YEARS_AFTER = 1;

/**
 * SQL of the UTC time of a local time, a plain column reference. The time zone database is some ten times
 * slower than a comparison, so that it is asked only for times far away. Both agree on times that a zone
 * skips in spring (the offset from before counts) and on those that it has twice in autumn (the later one).
 */
export function toUtc(zone: Zone, local: string): string {
  const general = `(${local} AT TIME ZONE ${quoteLiteral(zone.name)}) AT TIME ZONE 'UTC'`;
  // The latest first: that is where the date's own rows are.
  const whens = zone.segments
    .toReversed()
    .map(
      ({ from, to, offsetSeconds }) =>
        `WHEN ${local} >= TIMESTAMP '${from}' AND ${local} < TIMESTAMP '${to}' THEN ${local} - to_seconds(${offsetSeconds})`,
    );
  return whens.length === 0 ? general : `CASE ${whens.join(' ')} ELSE ${general} END`;
}

/** Looks up the offsets of a zone in the years around a date, in the database that toUtc falls back to. */
export async function readZone(
  connection: Connection,
  name: string,
  date: DateKey,
  signal: AbortSignal,
): Promise<Zone> {
  const year = Number(date.slice(0, 4));
  const rows = await connection.rows<{ from: string; to: string; seconds: number }>(
    segmentsQuery(name, `${year - YEARS_BEFORE}-01-01`, `${year + YEARS_AFTER + 1}-01-01`),
    { signal },
  );
  return {
    name,
    segments: rows.map((r) => ({ from: r.from, to: r.to, offsetSeconds: r.seconds })),
  };
}

/**
 * Days on which the offset changes, then the quarter of an hour, then the minute. A change at the UTC time u
 * from offset a to b parts local times at u + b: in spring the skipped hour before it keeps a, in autumn the
 * hour that comes twice has b from its start.
 */
function segmentsQuery(zone: string, first: string, end: string): string {
  const offset = (utc: string): string =>
    `CAST(epoch(timezone(${quoteLiteral(zone)}, (${utc}) AT TIME ZONE 'UTC')) - epoch(${utc}) AS BIGINT)`;
  return `WITH days AS (
SELECT u
FROM range(TIMESTAMP '${first}', TIMESTAMP '${end}', INTERVAL 1 DAY) t(u)
WHERE ${offset('u')} <> ${offset('u + INTERVAL 1 DAY')}
),
quarters AS (
SELECT u + to_minutes(15 * i) AS u
FROM days, range(0, 96) t(i)
WHERE ${offset('u + to_minutes(15 * i)')} <> ${offset('u + to_minutes(15 * i + 15)')}
),
changes AS (
SELECT u + to_minutes(i + 1) AS u
FROM quarters, range(0, 15) t(i)
WHERE ${offset('u + to_minutes(i)')} <> ${offset('u + to_minutes(i + 1)')}
UNION ALL
SELECT TIMESTAMP '${first}'
),
stretches AS (
SELECT u, ${offset('u')} AS seconds FROM changes
)
SELECT
  strftime("from", '%Y-%m-%d %H:%M:%S') AS "from",
  strftime("to", '%Y-%m-%d %H:%M:%S') AS "to",
  seconds
FROM (
SELECT u + to_seconds(seconds) AS "from", lead(u + to_seconds(seconds), 1, TIMESTAMP '${end}') OVER (ORDER BY u) AS "to", seconds
FROM stretches
)
ORDER BY "from"`;
}
