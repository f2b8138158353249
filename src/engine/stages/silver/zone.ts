// Local time to UTC in SQL: by the zone's offsets in the years around the date, by the time zone database elsewhere.
import { type Connection, quoteLiteral } from '../../base';
import type { DateKey } from '../../model';

/** A moment at which the clocks of a zone are set. */
export interface ZoneChange {
  /** UTC, as `YYYY-MM-DD HH:MM:SS`. */
  readonly at: string;
  /** Local time minus UTC, in seconds, before and after it. */
  readonly before: number;
  readonly after: number;
}

export interface Zone {
  readonly name: string;
  /** First moment (UTC) and first local time that the changes do not speak of. */
  readonly first: string;
  readonly end: string;
  /** Ascending; between the two moments. */
  readonly changes: readonly ZoneChange[];
  /** The offset at the first moment. */
  readonly offset: number;
}

/** What becomes of a local time that a zone has twice: the first of both, the second, or no value. */
type Ambiguous = 'earlier' | 'later' | 'null';

/** Years around the date whose offsets are looked up beforehand. */
const YEARS_BEFORE = 10;
const YEARS_AFTER = 1;

/**
 * SQL of the UTC time of a local time, a plain column reference. The time zone database is some ten times
 * slower than a comparison, so that it is asked only for times far away. Both agree on times that a zone
 * skips in spring: the offset from before counts, which sets them forward.
 */
export function toUtc(zone: Zone, local: string, ambiguous: Ambiguous): string {
  const whens: string[] = [];
  if (ambiguous === 'null')
    for (const { from, to } of zone.changes.map(localChange))
      whens.push(`WHEN ${local} >= TIMESTAMP '${from}' AND ${local} < TIMESTAMP '${to}' THEN NULL`);
  // The latest first: that is where the date's own rows are.
  for (const { from, to, offset } of segments(zone, ambiguous).toReversed())
    whens.push(
      `WHEN ${local} >= TIMESTAMP '${from}' AND ${local} < TIMESTAMP '${to}' THEN ${local} - to_seconds(${offset})`,
    );
  const far = farToUtc(zone.name, local, ambiguous);
  return whens.length === 0 ? far : `CASE ${whens.join(' ')} ELSE ${far} END`;
}

/** A stretch of local time with one offset: from `from` to before `to`. */
interface Segment {
  readonly from: string;
  readonly to: string;
  readonly offset: number;
}

/** Ascending, each ends where the next one begins. */
function segments({ first, end, changes, offset }: Zone, ambiguous: Ambiguous): readonly Segment[] {
  const borders = [
    { from: addSeconds(first, offset), offset },
    ...changes.map((change) => ({
      // Skipped hours belong to what was before; an hour that comes twice to the side that is asked for.
      from: addSeconds(
        change.at,
        ambiguous === 'later' ? change.after : Math.max(change.before, change.after),
      ),
      offset: change.after,
    })),
  ];
  return borders.map((border, i) => ({ ...border, to: borders[i + 1]?.from ?? end }));
}

/** Local times that a change skips, or brings twice. */
export function localChange({ at, before, after }: ZoneChange): {
  readonly kind: 'twice' | 'missing';
  readonly from: string;
  readonly to: string;
} {
  return {
    kind: after < before ? 'twice' : 'missing',
    from: addSeconds(at, Math.min(before, after)),
    to: addSeconds(at, Math.max(before, after)),
  };
}

/** `YYYY-MM-DD HH:MM:SS` so many seconds later. */
export function addSeconds(moment: string, seconds: number): string {
  const time = new Date(`${moment.replace(' ', 'T')}Z`).getTime() + seconds * 1000;
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** By the database, which takes the later of two: is the earlier one, by the offset of the day before, a time too? */
function farToUtc(name: string, local: string, ambiguous: Ambiguous): string {
  const zone = quoteLiteral(name);
  const later = `(${local} AT TIME ZONE ${zone})`;
  const utc = `${later} AT TIME ZONE 'UTC'`;
  if (ambiguous === 'later') return utc;
  const dayBefore = `(${later} - INTERVAL 1 DAY)`;
  const earlier = `(${local} - (${dayBefore} AT TIME ZONE ${zone} - ${dayBefore} AT TIME ZONE 'UTC'))`;
  const isTime = (moment: string): string => `(${moment} AT TIME ZONE 'UTC') AT TIME ZONE ${zone} = ${local}`;
  return ambiguous === 'earlier'
    ? `CASE WHEN ${isTime(earlier)} THEN ${earlier} ELSE ${utc} END`
    : `CASE WHEN ${isTime(`(${utc})`)} AND (${earlier} = ${utc} OR NOT ${isTime(earlier)}) THEN ${utc} END`;
}

/** Looks up the offsets of a zone in the years around a date, in the database that toUtc falls back to. */
export async function readZone(
  connection: Connection,
  name: string,
  date: DateKey,
  signal: AbortSignal,
): Promise<Zone> {
  const year = Number(date.slice(0, 4));
  return readZoneBetween(connection, name, [year - YEARS_BEFORE, year + YEARS_AFTER + 1], signal);
}

/** The changes of a zone from the beginning of one year to that of another. */
export async function readZoneBetween(
  connection: Connection,
  name: string,
  [from, to]: readonly [from: number, to: number],
  signal: AbortSignal,
): Promise<Zone> {
  const first = `${from}-01-01`;
  const rows = await connection.rows<{ at: string; seconds: number }>(
    changesQuery(name, first, `${to}-01-01`),
    { signal },
  );
  const offsets = rows.map((row) => row.seconds);
  return {
    name,
    first: `${first} 00:00:00`,
    end: `${to}-01-01 00:00:00`,
    offset: offsets[0] ?? 0,
    changes: rows
      .map(({ at, seconds }, i) => ({ at, before: offsets[i - 1] ?? seconds, after: seconds }))
      .slice(1),
  };
}

/** Days on which the offset changes, then the quarter of an hour, then the minute; the first moment goes ahead. */
function changesQuery(zone: string, first: string, end: string): string {
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
)
SELECT strftime(u, '%Y-%m-%d %H:%M:%S') AS "at", ${offset('u')} AS seconds
FROM changes
ORDER BY u`;
}
