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
  readonly want: (wanted: Wanted) => void;
  /** undefined: not there (yet). */
  readonly cell: (position: number, column: number) => Cell | undefined;
  /** Row number in the file, from 0; null for queries; undefined: not there (yet). */
  readonly rowNumber: (position: number) => number | null | undefined;
  /** Rows known to be there: the end of the farthest full or last tile. */
  readonly discovered: number;
  /** The view has no more rows than this; Infinity until its end was seen. */
  readonly end: number;
  readonly busy: boolean;
  /** Tiles held now. */
  readonly size: number;
  /** Drops everything and stops what is under way. */
  readonly clear: () => void;
  /** Asks again for what has failed. */
  readonly retry: () => void;
  /** Stops what is under way until something else is wanted. */
  readonly cancel: () => void;
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
  let seen: readonly Asked[] = [];
  let near: readonly Asked[] = [];
  let needed = '';
  let asked = -Infinity;
  let hurried = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let discovered = 0;
  let end = Infinity;

  const key = ({ block, group }: Asked): string => `${block}:${group}`;

  const evict = (): void => {
    const stay = new Set([...seen, ...near].map(key));
    for (const name of kept.keys()) {
      if (kept.size <= parts.capacity) return;
      if (!stay.has(name)) kept.delete(name);
    }
  };

  const read = async (tile: Asked): Promise<void> => {
    const name = key(tile);
    const control = new AbortController();
    open.set(name, control);
    const offset = tile.block * parts.rows;
    try {
      const page = await parts.read({ offset, limit: parts.rows, group: tile.group }, control.signal);
      if (open.get(name) !== control) return;
      kept.set(name, { rows: page.rows, from: tile.group * parts.columns });
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

  const isMissing = (tile: Asked): boolean => {
    const name = key(tile);
    return !kept.has(name) && !open.has(name) && !failed.has(name) && tile.block * parts.rows < end;
  };

  const start = (): void => {
    if (timer !== undefined) return;
    const now = performance.now();
    const missing = seen.filter(isMissing);
    if (missing.length === 0) {
      // Neighbours wait until all that is seen is there, and until the user rests.
      const next = near.find(isMissing);
      if (open.size === 0 && next !== undefined && now - hurried > parts.pause) void read(next);
      return;
    }
    // Who drags the scrollbar passes many places: the one where it is after each pause is read.
    const wait = now - hurried < parts.pause ? asked + parts.pause - now : 0;
    if (wait > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        start();
      }, wait);
      return;
    }
    asked = now;
    for (const tile of missing.slice(0, Math.max(0, parts.parallel - open.size))) void read(tile);
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
      const from = Math.floor(first / parts.rows);
      const to = Math.floor(Math.max(first, last - 1) / parts.rows);
      const tiles = (block: number): Asked[] => groups.map((group) => ({ block, group }));
      seen = Array.from({ length: to - from + 1 }, (_, at) => tiles(from + at)).flat();
      near = [...tiles(to + 1), ...(from > 0 ? tiles(from - 1) : [])];
      const now = seen.map(key).join();
      if (now !== needed) {
        needed = now;
        failed.clear();
      }
      const stay = new Set([...seen, ...near].map(key));
      for (const name of [...open.keys()]) {
        if (stay.has(name)) continue;
        stop(name);
        hurried = performance.now();
      }
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
      for (const { block: other, group } of seen) {
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
      seen = [];
      near = [];
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
