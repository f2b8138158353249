// Profiles of columns, read one after the other for those that are seen.
import { isCancelledCall } from '../../../shared/channel';
import type { ColumnProfile, View } from '../../../shared/previewApi';
import type { Host, PreviewSource } from '../source';

type ProfileState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'there'; readonly profile: ColumnProfile }
  | { readonly kind: 'failed' };

export interface Profiles {
  /** What is known of a column. */
  readonly of: (column: string) => ProfileState;
  /** These are seen now: they are read, first to last; others are not (any more). */
  readonly want: (columns: readonly string[]) => void;
  /** One column's, ahead of the others. */
  readonly read: (column: string, signal: AbortSignal) => Promise<ColumnProfile>;
  /** Other rows: what is known is no longer true. */
  readonly reset: (source: PreviewSource, view: View) => void;
  readonly stop: () => void;
}

export function createProfiles(host: Host, changed: (column: string) => void): Profiles {
  let known = new Map<string, ProfileState>();
  let wanted: readonly string[] = [];
  let source: PreviewSource | undefined;
  let view: View = { sort: [], filters: [] };
  let current: { readonly column: string; readonly control: AbortController } | undefined;

  const ask = async (column: string, signal: AbortSignal): Promise<ColumnProfile> => {
    if (source === undefined) throw new Error('No source.');
    // The order of rows says nothing about their values.
    const params = { handle: await source.handle(), view: { ...view, sort: [] }, column };
    return host.call('preview.profile', params, { signal });
  };

  const next = async (): Promise<void> => {
    const column = wanted.find((name) => !known.has(name));
    if (current !== undefined || column === undefined || source === undefined) return;
    const mine = { column, control: new AbortController() };
    const into = known;
    current = mine;
    try {
      into.set(column, { kind: 'there', profile: await ask(column, mine.control.signal) });
    } catch (error) {
      if (!isCancelledCall(error)) into.set(column, { kind: 'failed' });
    }
    // Another one may have been begun while this one was given up.
    if (isCurrent(mine)) current = undefined;
    if (into === known) changed(column);
    void next();
  };
  const isCurrent = (one: typeof current): boolean => current === one;

  const stop = (): void => {
    wanted = [];
    current?.control.abort();
    current = undefined;
  };

  return {
    of: (column) => known.get(column) ?? { kind: 'waiting' },
    want: (columns) => {
      wanted = columns;
      if (current !== undefined && !columns.includes(current.column)) {
        current.control.abort();
        current = undefined;
      }
      void next();
    },
    read: async (column, signal) => {
      const state = known.get(column);
      if (state?.kind === 'there') return state.profile;
      const into = known;
      const profile = await ask(column, signal);
      into.set(column, { kind: 'there', profile });
      return profile;
    },
    reset: (from, of) => {
      stop();
      known = new Map();
      source = from;
      view = of;
    },
    stop,
  };
}
