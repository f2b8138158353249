// Keeps the cells near the viewport: blocks of rows by groups of columns, asked for late, few, and dropped early.
import type { Cell, Page } from '../../shared/previewApi';

export interface TilesParts {
  /** Rows of a tile. */
  readonly rows: number;
  /** Columns of a tile; a file with fewer has one group. */
  readonly columns: number;
  /** Tiles kept at most; wanted ones stay in any case. */
  readonly capacity: number;
  /** Requests under way at most. */
  readonly parallel: number;
  /** Milliseconds between two bursts of requests, so that a dragged scrollbar asks for little. */
  readonly pause: number;
  /** Reads rows from `offset`; columns are those of the group. */
  readonly read: (
    request: { offset: number; limit: number; group: number },
    signal: AbortSignal,
  ) => Promise<Page>;
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
  readonly isCancelled: (error: unknown) => boolean;
}

export interface Wanted {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  readonly groups: readonly number[];
}

export interface Tiles {
  /** What is seen now. What is no longer wanted is cancelled; neighbours are read when the rest is there. */
  want(wanted: Wanted): void;
  /** undefined: not there (yet). */
  cell(position: number, column: number): Cell | undefined;
  /** Row number in the file, from 0; null for queries; undefined: not there (yet). */
  rowNumber(position: number): number | null | undefined;
  /** Rows known to be there: the end of the farthest full or last tile. */
  readonly discovered: number;
  /** The view has no more rows than this; Infinity until its end was seen. */
  readonly end: number;
  readonly busy: boolean;
  /** Tiles held now. */
  readonly size: number;
  /** Drops everything and stops what is under way. */
  clear(): void;
  /** Asks again for what has failed. */
  retry(): void;
  /** Stops what is under way until something else is wanted. */
  cancel(): void;
}

interface Asked {
  readonly block: number;
  readonly group: number;
}

interface Tile {
  readonly rows: Page['rows'];
  /** First column of the group. */
  readonly from: number;
}

export function createTiles(parts: TilesParts): Tiles {
  const kept = new Map<string, Tile>();
  const open = new Map<string, AbortController>();
  const failed = new Set<string>();
  let wanted: readonly Asked[] = [];
  let needed = '';
  let lastBurst = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let discovered = 0;
  let end = Infinity;

  const key = ({ block, group }: Asked): string => `${block}:${group}`;

  const evict = (): void => {
    const stay = new Set(wanted.map(key));
    for (const name of kept.keys()) {
      if (kept.size <= parts.capacity) return;
      if (!stay.has(name)) kept.delete(name);
    }
  };

  const read = async (asked: Asked): Promise<void> => {
    const name = key(asked);
    const control = new AbortController();
    open.set(name, control);
    const offset = asked.block * parts.rows;
    try {
      const page = await parts.read({ offset, limit: parts.rows, group: asked.group }, control.signal);
      if (open.get(name) !== control) return;
      kept.set(name, { rows: page.rows, from: asked.group * parts.columns });
      const to = offset + page.rows.length;
      if (page.rows.length > 0) discovered = Math.max(discovered, to);
      if (page.rows.length < parts.rows) end = Math.min(end, to);
      evict();
    } catch (error) {
      if (open.get(name) !== control || parts.isCancelled(error)) return;
      failed.add(name);
      parts.failed(error);
    } finally {
      if (open.get(name) === control) {
        open.delete(name);
        parts.changed();
        start();
      }
    }
  };

  const start = (): void => {
    if (timer !== undefined) return;
    const missing = wanted.filter((asked) => {
      const name = key(asked);
      return !kept.has(name) && !open.has(name) && !failed.has(name) && asked.block * parts.rows < end;
    });
    if (missing.length === 0 || open.size >= parts.parallel) return;
    const wait = lastBurst + parts.pause - performance.now();
    if (wait > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        start();
      }, wait);
      return;
    }
    for (const asked of missing.slice(0, parts.parallel - open.size)) void read(asked);
  };

  const stop = (name: string): void => {
    const control = open.get(name);
    open.delete(name);
    control?.abort();
  };

  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const name of [...open.keys()]) {
      failed.add(name);
      stop(name);
    }
  };

  return {
    want: ({ first, end: last, groups }) => {
      const blocks = {
        from: Math.floor(first / parts.rows),
        to: Math.floor(Math.max(first, last - 1) / parts.rows),
      };
      const seen: Asked[] = [];
      for (let block = blocks.from; block <= blocks.to; block++)
        for (const group of groups) seen.push({ block, group });
      const near = [blocks.to + 1, blocks.from - 1].flatMap((block) =>
        block < 0 ? [] : groups.map((group) => ({ block, group })),
      );
      const now = seen.map(key).join();
      if (now !== needed) {
        const before = new Set(needed.split(','));
        // Somewhere else altogether: bursts are spaced out, so that the last place is the one that is read.
        if (open.size > 0 && !seen.some((asked) => before.has(key(asked)))) lastBurst = performance.now();
        needed = now;
        failed.clear();
      }
      wanted = [...seen, ...near];
      const stay = new Set(wanted.map(key));
      for (const name of [...open.keys()]) if (!stay.has(name)) stop(name);
      for (const name of stay) {
        const tile = kept.get(name);
        if (tile === undefined) continue;
        // Used last, dropped last.
        kept.delete(name);
        kept.set(name, tile);
      }
      start();
    },
    cell: (position, column) => {
      const block = Math.floor(position / parts.rows);
      const tile = kept.get(key({ block, group: Math.floor(column / parts.columns) }));
      return tile?.rows[position - block * parts.rows]?.cells[column - tile.from];
    },
    rowNumber: (position) => {
      const block = Math.floor(position / parts.rows);
      for (const { block: other, group } of wanted) {
        if (other !== block) continue;
        const row = kept.get(key({ block, group }))?.rows[position - block * parts.rows]?.row;
        if (row !== undefined) return row;
      }
      return undefined;
    },
    get discovered() {
      return discovered;
    },
    get end() {
      return end;
    },
    get busy() {
      return open.size > 0 || timer !== undefined;
    },
    get size() {
      return kept.size;
    },
    clear: () => {
      cancel();
      kept.clear();
      failed.clear();
      wanted = [];
      needed = '';
      discovered = 0;
      end = Infinity;
    },
    retry: () => {
      failed.clear();
      start();
    },
    cancel,
  };
}
