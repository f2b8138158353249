// Accepting drift: what a person has looked at is remembered, and is no reason to warn any more.
import { userInfo } from 'node:os';
import { foldHeader, ofWorkspace, withSession } from '../../base';
import { acceptDrift, takeLock } from '../../lake';
import { type AcceptedDrift, type DateKey, type Drift, defined } from '../../model';
import { type DriftList, listDrift } from '../../stages';
import type { OpenWorkspace } from '../../workspace';

/** What is accepted: the drift of a brand's table, or of one column or header of it. */
export interface DriftTarget {
  readonly brand: string;
  readonly table: string;
  /** A column of the config or a header of the file; absent: all. */
  readonly column?: string;
}

export interface AcceptRequest {
  /** Absent: the last date of each brand and table. */
  readonly date?: DateKey;
  /** Absent: everything there is. */
  readonly targets?: readonly DriftTarget[];
  /** Absent: the user of this process. */
  readonly by?: string;
  readonly clock?: () => Date;
  readonly signal?: AbortSignal;
}

export interface AcceptResult extends DriftList {
  /** Accepted now; those of `drifts` that were accepted before are not among them. */
  readonly accepted: readonly Drift[];
  /** Targets without any drift: nothing is accepted where there is one. */
  readonly unmatched: readonly DriftTarget[];
}

/** Is this drift meant by a target? */
export function meansDrift({ brand, table, column }: DriftTarget, drift: Drift): boolean {
  if (drift.brand !== brand || drift.table !== table) return false;
  if (column === undefined) return true;
  const wanted = foldHeader(column);
  return [drift.column, drift.header].some((name) => name !== undefined && foldHeader(name) === wanted);
}

/**
 * Remembers drift as accepted, for all dates of its brand and table. All of it or, where a target has none, nothing.
 * @throws PipelineError LOCKED while a run is under way; STATE_NEWER.
 */
export async function acceptDrifts(workspace: OpenWorkspace, request: AcceptRequest): Promise<AcceptResult> {
  const { config, lake, settings } = workspace;
  const { date, targets, signal } = request;
  const lock = await takeLock(lake.stateDir);
  try {
    const list = await withSession(ofWorkspace(settings), (connection) =>
      listDrift({ config, lake, connection, signal }, date),
    );
    const unmatched = (targets ?? []).filter((target) => !list.drifts.some((one) => meansDrift(target, one)));
    const accepted =
      unmatched.length > 0
        ? []
        : list.drifts.filter(
            (one) =>
              one.accepted === undefined &&
              (targets === undefined || targets.some((target) => meansDrift(target, one))),
          );
    const entry = noteOf(request);
    for (const [brand, table] of slotsOf(accepted))
      await acceptDrift(
        lake,
        brand,
        table,
        accepted
          .filter((one) => one.brand === brand && one.table === table)
          .map((one) => entryOf(one, entry)),
      );
    const { by, at } = entry;
    return { ...list, accepted: accepted.map((one) => ({ ...one, accepted: { by, at } })), unmatched };
  } finally {
    await lock.release();
  }
}

function slotsOf(drifts: readonly Drift[]): readonly (readonly [string, string])[] {
  return [
    ...new Map(drifts.map(({ brand, table }) => [`${brand}\n${table}`, [brand, table] as const])).values(),
  ];
}

function noteOf({
  by = userName(),
  clock = (): Date => new Date(),
}: AcceptRequest): NonNullable<Drift['accepted']> {
  return { by, at: clock().toISOString() };
}

function entryOf(
  { kind, column, header, share, date }: Drift,
  { by, at }: NonNullable<Drift['accepted']>,
): AcceptedDrift {
  return { kind, ...defined({ column, header, share: share?.now }), ...{ date, by, at } };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
