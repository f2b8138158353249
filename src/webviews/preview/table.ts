// The rows of one opened file or query under a view: pages, count, and what is known of both.
import { isCancelledCall } from '../../shared/channel';
import type { Cell, Page, PreviewApi, View } from '../../shared/previewApi';
import type { Host, PreviewSource } from './source';
import type { Rows } from './scale';
import { Tiles } from './tiles';
import { EVERYTHING, isEverything, sameView, within } from './views';
import { t } from './words';
import type { Tasks } from './tasks';

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

export interface TableParts {
  readonly host: Host;
  readonly source: PreviewSource;
  readonly tasks: Tasks;
  readonly view: View;
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** How a view is cut into tiles. */
interface TileShape {
  readonly rows: number;
  readonly groupSize: number;
  readonly capacity: number;
  /** Does a page name its columns, because it has not all of them? */
  readonly isWide: boolean;
}

/** The rows of a source under a view, page by page; `changed` is called when more of them have come. */
export class Table {
  readonly source: PreviewSource;
  readonly #parts: TableParts;
  #view: View;
  /** The view before the present one. */
  #before = EVERYTHING;
  #total: number | null;
  #counted: number | undefined;
  #countedSoFar = 0;
  #took: number | undefined;
  #isShown = false;
  #counting: AbortController | undefined;
  #shape: TileShape;
  #tiles: Tiles;

  constructor(parts: TableParts) {
    this.#parts = parts;
    this.source = parts.source;
    this.#view = within(parts.view, parts.source.opened.columns);
    this.#total = parts.source.opened.total;
    this.#counted = this.#countOfAll();
    this.#shape = shapeOf(this.#view, parts.source.opened.columns.length);
    this.#tiles = this.#openTiles();
    void this.#count();
  }

  get view(): View {
    return this.#view;
  }

  /** Rows of the view as far as they are known. */
  get rows(): number {
    if (this.#counted !== undefined) return this.#counted;
    const { end, discovered } = this.#tiles;
    if (end < Infinity && end >= this.#countedSoFar) return end;
    // One more page than is known, so that scrolling on finds it.
    return Math.max(discovered, this.#countedSoFar) + this.#shape.rows;
  }

  /** Is `rows` all of them? */
  get counted(): boolean {
    return this.#counted !== undefined;
  }

  /** Rows without filters; null while nobody knows. */
  get total(): number | null {
    return this.#total;
  }

  /** Milliseconds the last read of this view took; undefined before the first. */
  get took(): number | undefined {
    return this.#took;
  }

  /** Has anything of this view been read? */
  get shown(): boolean {
    return this.#isShown;
  }

  cell(row: number, index: number): Cell | undefined {
    return this.#tiles.cell(row, index);
  }

  rowNumber(row: number): number | null | undefined {
    return this.#tiles.rowNumber(row);
  }

  /** What is seen now is read. */
  seen(rows: Rows, indexes: readonly number[]): void {
    const groups = [...new Set(indexes.map((index) => Math.floor(index / this.#shape.groupSize)))];
    // A file without rows is asked once: its answer is that there are none.
    this.#tiles.want({
      first: rows.first,
      end: Math.max(rows.end, rows.first + 1),
      groups: groups.length > 0 ? groups : [0],
    });
  }

  /** Shows other rows, or the same ones in another order. */
  show(next: View): void {
    if (sameView(next, this.#view)) return;
    if (this.#isShown) this.#before = this.#view;
    // The order of rows does not change how many there are.
    const isSameRows = sameView({ ...next, sort: [] }, { ...this.#view, sort: [] });
    const counted = isSameRows ? this.#counted : undefined;
    this.#view = next;
    this.#begin();
    if (counted === undefined) return;
    this.#counted = counted;
    this.#counting?.abort();
  }

  /** Asks again for what has failed. */
  retry(): void {
    this.#tiles.retry();
    void this.#count();
  }

  /** Stops reading; a view of which nothing came yet gives way to the one before. */
  cancel(): void {
    this.#tiles.cancel();
    this.#stopCounting();
    if (!this.#isShown && !sameView(this.#before, this.#view)) this.show(this.#before);
  }

  /** Goes back to the view before the present one. */
  back(): void {
    this.show(this.#before);
  }

  /** Stops everything and forgets what was read. */
  close(): void {
    this.#stopCounting();
    this.#tiles.clear();
  }

  #begin(): void {
    this.#stopCounting();
    this.#tiles.clear();
    this.#shape = shapeOf(this.#view, this.source.opened.columns.length);
    this.#tiles = this.#openTiles();
    this.#countedSoFar = 0;
    this.#isShown = false;
    this.#counted = this.#countOfAll();
    this.#parts.changed();
    void this.#count();
  }

  /** Tiles of the present view; those of another one are dropped. */
  #openTiles(): Tiles {
    const { tasks, changed, failed } = this.#parts;
    const { rows, groupSize, capacity, isWide } = this.#shape;
    const view = this.#view;
    const title =
      view.sort.length > 0 ? t('Sorting…') : view.filters.length > 0 ? t('Searching…') : t('Reading…');
    return new Tiles({
      rows,
      columns: groupSize,
      capacity,
      parallel: 3,
      pause: 100,
      read: ({ offset, limit, group }, stop) => {
        const names = this.source.opened.columns
          .slice(group * groupSize, (group + 1) * groupSize)
          .map(({ name }) => name);
        const request = { view, offset, limit, ...(isWide ? { columns: names } : {}) };
        return tasks.run(title, (signal) => this.#readPage(request, signal), stop);
      },
      changed,
      failed,
      isCancelled: isCancelledCall,
    });
  }

  async #readPage(
    request: Omit<PreviewApi['preview.page']['params'], 'handle'>,
    signal: AbortSignal,
  ): Promise<Page> {
    const start = performance.now();
    const handle = await this.source.handle();
    const page = await this.#parts.host.call('preview.page', { handle, ...request }, { signal });
    this.#took = performance.now() - start;
    this.#isShown = true;
    return page;
  }

  async #count(): Promise<void> {
    this.#stopCounting();
    if (this.#counted !== undefined) return;
    const { tasks, changed, failed } = this.#parts;
    const control = new AbortController();
    this.#counting = control;
    const view = this.#view;
    try {
      const rows = await tasks.run(
        t('Counting rows…'),
        (signal) => this.#countOf(view, signal),
        control.signal,
      );
      if (this.#counting !== control) return;
      this.#counted = rows;
      if (isEverything(view)) this.#total = rows;
      changed();
    } catch (error) {
      if (this.#counting === control && !isCancelledCall(error)) failed(error);
    } finally {
      if (this.#counting === control) this.#counting = undefined;
    }
  }

  async #countOf(view: View, signal: AbortSignal): Promise<number> {
    const { host, changed } = this.#parts;
    const handle = await this.source.handle();
    const onProgress = (rows: number): void => {
      // A count that begins again after the engine has ended takes nothing back: rows that are known stay.
      this.#countedSoFar = Math.max(this.#countedSoFar, rows);
      changed();
    };
    return host.call('preview.count', { handle, view }, { signal, onProgress });
  }

  #stopCounting(): void {
    this.#counting?.abort();
    this.#counting = undefined;
  }

  /** The rows of a view that shows all of them, where that number came with the file. */
  #countOfAll(): number | undefined {
    return isEverything(this.#view) ? (this.#total ?? undefined) : undefined;
  }
}

function shapeOf({ sort }: View, columns: number): TileShape {
  const isSorted = sort.length > 0;
  const most = isSorted ? SORTED_COLUMNS : PAGE_COLUMNS;
  const isWide = columns > most * 1.5;
  return {
    rows: isSorted ? SORTED_ROWS : PAGE_ROWS,
    groupSize: isWide ? most : Math.max(1, columns),
    capacity: isSorted ? SORTED_PAGES : PAGES,
    isWide,
  };
}
