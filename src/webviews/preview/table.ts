// The rows of one opened file or query under a view: pages, count, and what is known of both.
import { isCancelledCall } from '../../shared/channel';
import type { Cell, View } from '../../shared/previewApi';
import type { Host, Source } from './host';
import type { Rows } from './scale';
import { createTiles, type Tiles } from './tiles';
import { EVERYTHING, isEverything, sameView, within } from './views';
import { t } from './words';
import type { Work } from './work';

/** Rows of a page, and columns of a page of a wide table. */
const PAGE_ROWS = 100;
const PAGE_COLUMNS = 40;
/**
 * The same of a sorted view, whose rows lie all over the file: each of them costs the reading of its row group in
 * each column, so that little more is asked than is seen.
 */
const SORTED_ROWS = 25;
const SORTED_COLUMNS = 8;
/** Pages kept, and sorted ones; at most 4,000 cells each. */
const PAGES = 24;
const SORTED_PAGES = 96;

export interface Table {
  readonly source: Source;
  readonly view: View;
  /** Rows of the view as far as they are known. */
  readonly rows: number;
  /** Is `rows` all of them? */
  readonly counted: boolean;
  /** Rows without filters; null while nobody knows. */
  readonly total: number | null;
  /** Milliseconds the last read of this view took; undefined before the first. */
  readonly took: number | undefined;
  /** Has anything of this view been read? */
  readonly shown: boolean;
  readonly cell: (row: number, index: number) => Cell | undefined;
  readonly rowNumber: (row: number) => number | null | undefined;
  /** What is seen now is read. */
  readonly seen: (rows: Rows, indexes: readonly number[]) => void;
  /** Shows other rows, or the same ones in another order. */
  readonly show: (view: View) => void;
  /** Asks again for what has failed. */
  readonly retry: () => void;
  /** Stops reading; a view of which nothing came yet gives way to the one before. */
  readonly cancel: () => void;
  /** Goes back to the view before the present one. */
  readonly back: () => void;
  /** Stops everything and forgets what was read. */
  readonly close: () => void;
}

export interface TableParts {
  readonly host: Host;
  readonly source: Source;
  readonly work: Work;
  readonly view: View;
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

export function createTable(parts: TableParts): Table {
  const { host, source, work } = parts;
  let view = within(parts.view, source.opened.columns);
  let before = EVERYTHING;
  let total = source.opened.total;
  let counted: number | undefined = isEverything(view) ? (total ?? undefined) : undefined;
  let soFar = 0;
  let took: number | undefined;
  let shown = false;
  let counting: AbortController | undefined;

  /** Tiles of the present view; those of another one are dropped. */
  const lay = (): { readonly tiles: Tiles; readonly groupSize: number; readonly rows: number } => {
    const sorted = view.sort.length > 0;
    const all = source.opened.columns.length;
    const most = sorted ? SORTED_COLUMNS : PAGE_COLUMNS;
    const some = all > most * 1.5;
    const groupSize = some ? most : Math.max(1, all);
    const rows = sorted ? SORTED_ROWS : PAGE_ROWS;
    const tiles = createTiles({
      rows,
      columns: groupSize,
      capacity: sorted ? SORTED_PAGES : PAGES,
      parallel: 3,
      pause: 100,
      read: ({ offset, limit, group }, stop) =>
        work.run(
          sorted ? t('Sorting…') : view.filters.length > 0 ? t('Searching…') : t('Reading…'),
          async (signal) => {
            const start = performance.now();
            const columns = source.opened.columns
              .slice(group * groupSize, (group + 1) * groupSize)
              .map(({ name }) => name);
            const handle = await source.handle();
            const page = await host.call(
              'preview.page',
              { handle, view, offset, limit, ...(some ? { columns } : {}) },
              { signal },
            );
            took = performance.now() - start;
            shown = true;
            return page;
          },
          stop,
        ),
      changed: parts.changed,
      failed: parts.failed,
      isCancelled: isCancelledCall,
    });
    return { tiles, groupSize, rows };
  };
  let laid = lay();

  const count = async (): Promise<void> => {
    counting?.abort();
    counting = undefined;
    if (counted !== undefined) return;
    const control = new AbortController();
    counting = control;
    const of = view;
    try {
      const rows = await work.run(
        t('Counting rows…'),
        async (signal) => {
          const handle = await source.handle();
          const onProgress = (value: number): void => {
            soFar = value;
            parts.changed();
          };
          return host.call('preview.count', { handle, view: of }, { signal, onProgress });
        },
        control.signal,
      );
      if (counting !== control) return;
      counted = rows;
      if (isEverything(of)) total = rows;
      parts.changed();
    } catch (error) {
      if (counting === control && !isCancelledCall(error)) parts.failed(error);
    } finally {
      if (counting === control) counting = undefined;
    }
  };

  const begin = (): void => {
    counting?.abort();
    counting = undefined;
    laid.tiles.clear();
    laid = lay();
    soFar = 0;
    shown = false;
    counted = isEverything(view) ? (total ?? undefined) : undefined;
    parts.changed();
    void count();
  };

  const show = (next: View): void => {
    if (sameView(next, view)) return;
    if (shown) before = view;
    // The order of rows does not change how many there are.
    const same = sameView({ ...next, sort: [] }, { ...view, sort: [] }) ? counted : undefined;
    view = next;
    begin();
    if (same === undefined) return;
    counted = same;
    counting?.abort();
  };

  void count();

  return {
    source,
    get view() {
      return view;
    },
    get rows() {
      if (counted !== undefined) return counted;
      const { tiles, rows } = laid;
      const some = Math.max(tiles.discovered, soFar);
      // One more page than is known, so that scrolling on finds it.
      return tiles.end < Infinity && tiles.end >= soFar ? tiles.end : some + rows;
    },
    get counted() {
      return counted !== undefined;
    },
    get total() {
      return total;
    },
    get took() {
      return took;
    },
    get shown() {
      return shown;
    },
    cell: (row, index) => laid.tiles.cell(row, index),
    rowNumber: (row) => laid.tiles.rowNumber(row),
    seen: (rows, indexes) => {
      const groups = [...new Set(indexes.map((index) => Math.floor(index / laid.groupSize)))];
      // A file without rows is asked once: its answer is that there are none.
      laid.tiles.want({
        first: rows.first,
        end: Math.max(rows.end, rows.first + 1),
        groups: groups.length > 0 ? groups : [0],
      });
    },
    show,
    retry: () => {
      laid.tiles.retry();
      void count();
    },
    cancel: () => {
      laid.tiles.cancel();
      counting?.abort();
      counting = undefined;
      if (!shown && !sameView(before, view)) show(before);
    },
    back: () => show(before),
    close: () => {
      counting?.abort();
      counting = undefined;
      laid.tiles.clear();
    },
  };
}
