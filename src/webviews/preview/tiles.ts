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

/** The part of the rows that is seen: rows and groups of columns. */
export interface TileWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  readonly groups: readonly number[];
}

interface TileAddress {
  readonly block: number;
  readonly group: number;
}

interface Tile {
  readonly rows: Page['rows'];
  /** First column of the group. */
  readonly from: number;
}

const keyOf = ({ block, group }: TileAddress): string => `${block}:${group}`;

/** The cells in memory, and the requests for more. */
export class Tiles {
  readonly #parts: TilesParts;
  readonly #held = new Map<string, Tile>();
  readonly #requests = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  #seen: readonly TileAddress[] = [];
  #near: readonly TileAddress[] = [];
  /** Keys of what is seen, joined: another one is another place. */
  #window = '';
  /** When tiles were requested last, and when a request was overtaken by scrolling. */
  #requestedAt = -Infinity;
  #hurriedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #discovered = 0;
  #end = Infinity;

  constructor(parts: TilesParts) {
    this.#parts = parts;
  }

  /** Rows known to be there: the end of the farthest full or last tile. */
  get discovered(): number {
    return this.#discovered;
  }

  /** The view has no more rows than this; Infinity until its end was seen. */
  get end(): number {
    return this.#end;
  }

  get busy(): boolean {
    return this.#requests.size > 0 || this.#timer !== undefined;
  }

  /** Tiles held now. */
  get size(): number {
    return this.#held.size;
  }

  /** What is seen now. What is no longer wanted is cancelled; neighbours are read when the rest is there. */
  want({ first, end, groups }: TileWindow): void {
    const { rows } = this.#parts;
    const from = Math.floor(first / rows);
    const to = Math.floor(Math.max(first, end - 1) / rows);
    const tiles = (block: number): TileAddress[] => groups.map((group) => ({ block, group }));
    this.#seen = Array.from({ length: to - from + 1 }, (_, at) => tiles(from + at)).flat();
    this.#near = [...tiles(to + 1), ...(from > 0 ? tiles(from - 1) : [])];
    const window = this.#seen.map(keyOf).join();
    if (window !== this.#window) {
      this.#window = window;
      this.#failed.clear();
    }
    const stay = this.#wantedKeys();
    for (const key of [...this.#requests.keys()]) {
      if (stay.has(key)) continue;
      this.#abort(key);
      this.#hurriedAt = performance.now();
    }
    for (const key of stay) {
      const tile = this.#held.get(key);
      if (tile === undefined) continue;
      // Used last, dropped last.
      this.#held.delete(key);
      this.#held.set(key, tile);
    }
    this.#start();
  }

  /** undefined: not there (yet). */
  cell(position: number, column: number): Cell | undefined {
    const { rows, columns } = this.#parts;
    const block = Math.floor(position / rows);
    const tile = this.#held.get(keyOf({ block, group: Math.floor(column / columns) }));
    return tile?.rows[position - block * rows]?.cells[column - tile.from];
  }

  /** Row number in the file, from 0; null for queries; undefined: not there (yet). */
  rowNumber(position: number): number | null | undefined {
    const { rows } = this.#parts;
    const block = Math.floor(position / rows);
    for (const tile of this.#seen) {
      if (tile.block !== block) continue;
      const row = this.#held.get(keyOf(tile))?.rows[position - block * rows]?.row;
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** Drops everything and stops what is under way. */
  clear(): void {
    this.cancel();
    this.#held.clear();
    this.#failed.clear();
    this.#seen = [];
    this.#near = [];
    this.#window = '';
    this.#discovered = 0;
    this.#end = Infinity;
  }

  /** Asks again for what has failed. */
  retry(): void {
    this.#failed.clear();
    this.#start();
  }

  /** Stops what is under way until something else is wanted. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const key of [...this.#requests.keys()]) {
      this.#failed.add(key);
      this.#abort(key);
    }
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    const { pause, parallel } = this.#parts;
    const now = performance.now();
    const missing = this.#seen.filter((tile) => this.#isMissing(tile));
    if (missing.length === 0) {
      // Neighbours wait until all that is seen is there, and until the user rests.
      const next = this.#near.find((tile) => this.#isMissing(tile));
      const rests = this.#requests.size === 0 && now - this.#hurriedAt > pause;
      if (rests && next !== undefined) void this.#read(next);
      return;
    }
    // Who drags the scrollbar passes many places: the one where it is after each pause is read.
    const wait = now - this.#hurriedAt < pause ? this.#requestedAt + pause - now : 0;
    if (wait > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#start();
      }, wait);
      return;
    }
    this.#requestedAt = now;
    for (const tile of missing.slice(0, Math.max(0, parallel - this.#requests.size))) void this.#read(tile);
  }

  async #read(tile: TileAddress): Promise<void> {
    const parts = this.#parts;
    const key = keyOf(tile);
    const control = new AbortController();
    this.#requests.set(key, control);
    const offset = tile.block * parts.rows;
    try {
      const page = await parts.read({ offset, limit: parts.rows, group: tile.group }, control.signal);
      if (this.#requests.get(key) !== control) return;
      this.#held.set(key, { rows: page.rows, from: tile.group * parts.columns });
      const end = offset + page.rows.length;
      if (page.rows.length > 0) this.#discovered = Math.max(this.#discovered, end);
      if (page.rows.length < parts.rows) this.#end = Math.min(this.#end, end);
      this.#evict();
    } catch (error) {
      if (this.#requests.get(key) !== control || parts.isCancelled(error)) return;
      this.#failed.add(key);
      parts.failed(error);
    } finally {
      if (this.#requests.get(key) === control) {
        this.#requests.delete(key);
        parts.changed();
        this.#start();
      }
    }
  }

  #isMissing(tile: TileAddress): boolean {
    const key = keyOf(tile);
    const isOpen = this.#held.has(key) || this.#requests.has(key) || this.#failed.has(key);
    return !isOpen && tile.block * this.#parts.rows < this.#end;
  }

  #wantedKeys(): ReadonlySet<string> {
    return new Set([...this.#seen, ...this.#near].map(keyOf));
  }

  #evict(): void {
    const stay = this.#wantedKeys();
    for (const key of this.#held.keys()) {
      if (this.#held.size <= this.#parts.capacity) return;
      if (!stay.has(key)) this.#held.delete(key);
    }
  }

  #abort(key: string): void {
    const control = this.#requests.get(key);
    this.#requests.delete(key);
    control?.abort();
  }
}
