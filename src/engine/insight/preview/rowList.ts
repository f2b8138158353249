// Row numbers of a view in order, on disk: any page of a view of any size is found by reading some hundred bytes.
import { open, rm } from 'node:fs/promises';
import type { Tell } from './previewPool';
import { shareWork, type SharedWork } from './shared';

export interface RowList {
  readonly work: SharedWork<number>;
  /** Row numbers at these positions: as soon as they are known; fewer behind the end. */
  slice(
    offset: number,
    limit: number,
    signal: AbortSignal | undefined,
    percent?: Tell,
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
  numbers: (signal: AbortSignal, percent: Tell) => AsyncIterable<Float64Array>,
): RowList {
  const opened = open(path, 'w+');
  opened.catch(() => undefined);
  const wide = rows > SMALL_ROWS;
  const width = wide ? 8 : 4;
  let known = 0;
  let watchers: { readonly enough: number; readonly tell: (ended: boolean) => void }[] = [];
  const reading = new Set<Promise<unknown>>();
  const listeners = new Set<(known: number) => void>();
  const waiting = new Set<Tell>();
  const told = (ended: boolean): void => {
    for (const watcher of watchers) if (ended || known >= watcher.enough) watcher.tell(ended);
    watchers = watchers.filter((watcher) => !ended && known < watcher.enough);
    for (const listener of listeners) listener(known);
  };
  const work = shareWork(async (signal) => {
    try {
      const file = await opened;
      let held: Float64Array[] = [];
      let holding = 0;
      let last = Date.now();
      const write = async (): Promise<void> => {
        const block = wide ? new Float64Array(holding) : new Uint32Array(holding);
        let at = 0;
        for (const some of held) {
          block.set(some, at);
          at += some.length;
        }
        await file.write(new Uint8Array(block.buffer), 0, block.byteLength, known * width);
        known += holding;
        held = [];
        holding = 0;
        last = Date.now();
        told(false);
      };
      const tell: Tell = (percent) => {
        for (const one of waiting) one(percent);
      };
      for await (const some of numbers(signal, tell)) {
        held.push(some);
        holding += some.length;
        // The first ones are shown at once, rare ones soon; many go in larger blocks.
        if (holding >= Math.min(BLOCK / width, known + 1) || Date.now() - last > SOON_MS) await write();
      }
      if (holding > 0) await write();
      return known;
    } finally {
      told(true);
    }
  });
  const readBlock = async (offset: number, limit: number): Promise<readonly number[]> => {
    const file = await opened;
    const block = new Uint8Array(Math.max(0, Math.min(limit, known - offset)) * width);
    await file.read(block, 0, block.byteLength, offset * width);
    return Array.from(wide ? new Float64Array(block.buffer) : new Uint32Array(block.buffer));
  };
  const read = (offset: number, limit: number): Promise<readonly number[]> => {
    const block = readBlock(offset, limit);
    const settled = block.then(
      () => undefined,
      () => undefined,
    );
    reading.add(settled);
    void settled.then(() => reading.delete(settled));
    return block;
  };
  return {
    work,
    async slice(offset, limit, signal, percent) {
      if (!work.done && known < offset + limit) {
        const there = new Promise<boolean>((resolve) => {
          watchers.push({ enough: offset + limit, tell: resolve });
        }).then((ended) => (ended ? work.result : known));
        if (percent !== undefined) waiting.add(percent);
        try {
          await work.wait(signal, there);
        } finally {
          if (percent !== undefined) waiting.delete(percent);
        }
      }
      return read(offset, limit);
    },
    async count(signal, progress) {
      if (progress !== undefined) listeners.add(progress);
      try {
        return await work.wait(signal);
      } finally {
        if (progress !== undefined) listeners.delete(progress);
      }
    },
    async close() {
      work.stop();
      await work.result.catch(() => undefined);
      await Promise.all(reading);
      await (await opened.catch(() => undefined))?.close();
      await rm(path, { force: true });
    },
  };
}
