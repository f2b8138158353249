// Row numbers of a view in order, on disk: any page of a view of any size is found by reading some hundred bytes.
import { open } from 'node:fs/promises';
import { shareWork, type SharedWork } from './shared';

export interface RowList {
  readonly work: SharedWork<number>;
  /** Row numbers at these positions: as soon as they are known; fewer behind the end. */
  slice(offset: number, limit: number, signal: AbortSignal | undefined): Promise<readonly number[]>;
  /** How many there are. Progress: how many are known by now. */
  count(signal: AbortSignal | undefined, progress?: (known: number) => void): Promise<number>;
  close(): Promise<void>;
}

/** Numbers up to this take four bytes each. */
export const SMALL_ROWS = 2 ** 32 - 1;
/** Bytes read at once where a list is gone through. */
const BLOCK = 1 << 20;

/**
 * Keeps the row numbers that `numbers` gives. Nobody waiting any longer stops it.
 * @param rows of the file: no number is larger.
 */
export async function keepRows(
  path: string,
  rows: number,
  numbers: (signal: AbortSignal) => AsyncIterable<Float64Array>,
): Promise<RowList> {
  const file = await open(path, 'w+');
  const wide = rows > SMALL_ROWS;
  const width = wide ? 8 : 4;
  let known = 0;
  let watchers: { readonly enough: number; readonly tell: () => void }[] = [];
  const listeners = new Set<(known: number) => void>();
  const told = (all: boolean): void => {
    for (const watcher of watchers) if (all || known >= watcher.enough) watcher.tell();
    watchers = watchers.filter((watcher) => !all && known < watcher.enough);
    for (const listener of listeners) listener(known);
  };
  const work = shareWork(async (signal) => {
    try {
      let held: Float64Array[] = [];
      let holding = 0;
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
        told(false);
      };
      for await (const some of numbers(signal)) {
        held.push(some);
        holding += some.length;
        // The first ones are shown at once; later ones go in larger blocks.
        if (holding >= Math.min(BLOCK / width, known + 1)) await write();
      }
      if (holding > 0) await write();
      return known;
    } finally {
      told(true);
    }
  });
  const read = async (offset: number, limit: number): Promise<readonly number[]> => {
    const count = Math.max(0, Math.min(limit, known - offset));
    const block = new Uint8Array(count * width);
    await file.read(block, 0, block.byteLength, offset * width);
    return Array.from(wide ? new Float64Array(block.buffer) : new Uint32Array(block.buffer));
  };
  return {
    work,
    async slice(offset, limit, signal) {
      if (!work.done && known < offset + limit) {
        const enough = new Promise<void>((resolve) => {
          watchers.push({ enough: offset + limit, tell: resolve });
        });
        // Whatever ends the work: its failure is the page's.
        await work.wait(
          signal,
          Promise.race([enough.then(() => (work.failed ? work.result : known)), work.result]),
        );
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
      await file.close();
    },
  };
}
