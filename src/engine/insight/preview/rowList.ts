// Row numbers of a view in order, on disk: any page of a view of any size is found by reading some hundred bytes.
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { PercentListener } from './previewPool';
import { shareWork, type SharedWork } from './shared';

export interface RowList {
  readonly work: SharedWork<number>;
  /** Row numbers at these positions: as soon as they are known; fewer behind the end. */
  slice(
    offset: number,
    limit: number,
    signal: AbortSignal | undefined,
    percent?: PercentListener,
  ): Promise<readonly number[]>;
  /** How many there are. Progress: how many are known by now. */
  count(signal: AbortSignal | undefined, progress?: (known: number) => void): Promise<number>;
  close(): Promise<void>;
}

/** Numbers up to this take four bytes each. */
export const SMALL_ROWS = 2 ** 32 - 1;
/** Bytes read at once where a list is gone through. */
const BLOCK = 1 << 20;
/** Rows that are known are told of no later than this, once more of them come. */
const SOON_MS = 200;

/**
 * Keeps the row numbers that `numbers` gives. Nobody waiting any longer stops it.
 * @param rows of the file: no number is larger.
 */
export function keepRows(
  path: string,
  rows: number,
  numbers: (signal: AbortSignal, percent: PercentListener) => AsyncIterable<Float64Array>,
): RowList {
  return new StoredRowList(path, rows > SMALL_ROWS, numbers);
}

class StoredRowList implements RowList {
  readonly work: SharedWork<number>;
  readonly #path: string;
  readonly #file: Promise<FileHandle>;
  /** Do numbers take eight bytes? */
  readonly #wide: boolean;
  readonly #numbers: Parameters<typeof keepRows>[2];
  /** Numbers on disk. */
  #known = 0;
  #watchers: { readonly enough: number; readonly tell: (ended: boolean) => void }[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  readonly #counting = new Set<(known: number) => void>();
  readonly #waiting = new Set<PercentListener>();

  constructor(path: string, wide: boolean, numbers: Parameters<typeof keepRows>[2]) {
    this.#path = path;
    this.#wide = wide;
    this.#numbers = numbers;
    this.#file = open(path, 'w+');
    this.#file.catch(() => undefined);
    this.work = shareWork((signal) => this.#writeAll(signal));
  }

  async slice(
    offset: number,
    limit: number,
    signal: AbortSignal | undefined,
    percent?: PercentListener,
  ): Promise<readonly number[]> {
    if (!this.work.done && this.#known < offset + limit) {
      const there = new Promise<boolean>((resolve) => {
        this.#watchers.push({ enough: offset + limit, tell: resolve });
      }).then((ended) => (ended ? this.work.result : this.#known));
      if (percent !== undefined) this.#waiting.add(percent);
      try {
        await this.work.wait(signal, there);
      } finally {
        if (percent !== undefined) this.#waiting.delete(percent);
      }
    }
    return this.#read(offset, limit);
  }

  async count(signal: AbortSignal | undefined, progress?: (known: number) => void): Promise<number> {
    if (progress !== undefined) this.#counting.add(progress);
    try {
      return await this.work.wait(signal);
    } finally {
      if (progress !== undefined) this.#counting.delete(progress);
    }
  }

  async close(): Promise<void> {
    this.work.stop();
    await this.work.result.catch(() => undefined);
    await Promise.all(this.#reading);
    await (await this.#file.catch(() => undefined))?.close();
    await rm(this.#path, { force: true });
  }

  get #width(): number {
    return this.#wide ? 8 : 4;
  }

  async #writeAll(signal: AbortSignal): Promise<number> {
    try {
      const percent: PercentListener = (value) => {
        for (const listener of this.#waiting) listener(value);
      };
      await this.#file;
      let held: Float64Array[] = [];
      let holding = 0;
      let last = Date.now();
      for await (const some of this.#numbers(signal, percent)) {
        held.push(some);
        holding += some.length;
        // The first ones are shown at once, rare ones soon; many go in larger blocks.
        const enough = holding >= Math.min(BLOCK / this.#width, this.#known + 1);
        if (!enough && Date.now() - last <= SOON_MS) continue;
        await this.#write(held, holding);
        held = [];
        holding = 0;
        last = Date.now();
      }
      if (holding > 0) await this.#write(held, holding);
      return this.#known;
    } finally {
      this.#report(true);
    }
  }

  async #write(held: readonly Float64Array[], holding: number): Promise<void> {
    const file = await this.#file;
    const block = this.#wide ? new Float64Array(holding) : new Uint32Array(holding);
    let at = 0;
    for (const some of held) {
      block.set(some, at);
      at += some.length;
    }
    await file.write(new Uint8Array(block.buffer), 0, block.byteLength, this.#known * this.#width);
    this.#known += holding;
    this.#report(false);
  }

  #report(ended: boolean): void {
    for (const watcher of this.#watchers) if (ended || this.#known >= watcher.enough) watcher.tell(ended);
    this.#watchers = this.#watchers.filter((watcher) => !ended && this.#known < watcher.enough);
    for (const listener of this.#counting) listener(this.#known);
  }

  #read(offset: number, limit: number): Promise<readonly number[]> {
    const block = this.#readBlock(offset, limit);
    const settled = block.then(
      () => undefined,
      () => undefined,
    );
    this.#reading.add(settled);
    void settled.then(() => this.#reading.delete(settled));
    return block;
  }

  async #readBlock(offset: number, limit: number): Promise<readonly number[]> {
    const file = await this.#file;
    const block = new Uint8Array(Math.max(0, Math.min(limit, this.#known - offset)) * this.#width);
    await file.read(block, 0, block.byteLength, offset * this.#width);
    return Array.from(this.#wide ? new Float64Array(block.buffer) : new Uint32Array(block.buffer));
  }
}
