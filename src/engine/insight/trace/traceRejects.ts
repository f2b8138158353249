// The rejects of a stage that name one record, and which of several records of one name each of them is about.
import { type Connection, quoteLiteral, quotePath } from '../../base';
import { type Lake, type Manifest, REJECT_COLUMNS } from '../../lake';
import { numberedFile } from '../../stages';
import { textOrNull } from './silver';

/** A reject as its file tells it. */
export interface Reject {
  readonly path: string;
  /** Its row in the rejects file, from 0. */
  readonly position: number;
  readonly code: string;
  readonly columns: readonly string[];
  readonly rules: readonly string[];
  readonly reason: string;
  readonly record: string | null;
}

/** What of a manifest's rejects is about a condition; empty where there are none, or they are not as published. */
export async function rejectsWhere(
  lake: Lake,
  connection: Connection,
  manifest: Manifest | undefined,
  condition: string,
  signal: AbortSignal | undefined,
): Promise<readonly Reject[]> {
  const rejects = manifest?.rejects;
  if (rejects === undefined || !lake.exists(rejects.path)) return [];
  const path = lake.absolute(rejects.path);
  const { from, row } = numberedFile(path, Object.keys(REJECT_COLUMNS));
  const found = await connection.rows(
    `SELECT ${row} AS position, code, columns, rules, reason, record\n${from}\nWHERE ${condition}\nORDER BY position\nLIMIT 100`,
    { signal },
  );
  return found.map((one) => ({
    path,
    position: Number(one['position']),
    code: textOrNull(one['code']) ?? '',
    columns: texts(one['columns']),
    rules: texts(one['rules']),
    reason: textOrNull(one['reason']) ?? '',
    record: textOrNull(one['record']),
  }));
}

/** SQL: rejects of a record. */
export function ofRecord(name: {
  readonly brand: string;
  readonly file: string;
  readonly row: number;
}): string {
  return `"_source_row" = ${name.row} AND "_source_file" = ${quoteLiteral(name.file)} AND "_brand" = ${quoteLiteral(name.brand)}`;
}

const texts = (cell: unknown): readonly string[] =>
  Array.isArray(cell) ? cell.filter((one): one is string => typeof one === 'string') : [];

/** One of several units of one name: rejected, or the nth of those that went on. */
export type Fate =
  { readonly kind: 'rejected'; readonly reject: Reject } | { readonly kind: 'on'; readonly nth: number };

/**
 * Several files of one name may have come for a date: then a record's number names several rows. Each reject is
 * that of the first unit with its values; the others went on, in order.
 * @param units values by name, in the order of the pipeline.
 */
export function fates(
  units: readonly ReadonlyMap<string, string | null>[],
  rejects: readonly Reject[],
): readonly Fate[] {
  const open = [...rejects];
  let nth = 0;
  return units.map((unit): Fate => {
    const place =
      units.length === 1 ? (open.length > 0 ? 0 : -1) : open.findIndex((one) => isOf(one.record, unit));
    const [reject] = place === -1 ? [] : open.splice(place, 1);
    return reject === undefined ? { kind: 'on', nth: nth++ } : { kind: 'rejected', reject };
  });
}

function isOf(record: string | null, unit: ReadonlyMap<string, string | null>): boolean {
  if (record === null) return false;
  const values = JSON.parse(record) as Readonly<Record<string, unknown>>;
  return Object.entries(values).every(([name, value]) => (unit.get(name) ?? null) === value);
}

/** SQL FROM of the rejects of a manifest; undefined where there are none, or they are not there. */
export function rejectsPath(lake: Lake, manifest: Manifest | undefined): string | undefined {
  const path = manifest?.rejects?.path;
  return path === undefined || !lake.exists(path)
    ? undefined
    : `read_parquet(${quotePath(lake.absolute(path))})`;
}
