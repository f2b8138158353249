// The pages a preview keeps: few are asked for, fewer are kept, and what is scrolled past is dropped.
import assert from 'node:assert/strict';
import type { Page } from '../../src/shared/previewApi';
import { Tiles } from '../../src/webviews/preview/tiles';

interface Ask {
  readonly offset: number;
  readonly group: number;
  readonly signal: AbortSignal;
  answer(rows?: number): Promise<void>;
  fail(error: Error): Promise<void>;
}

interface Setup {
  readonly tiles: Tiles;
  readonly asks: Ask[];
  readonly failures: unknown[];
  readonly see: (first: number, end: number, groups?: readonly number[]) => void;
  readonly open: () => readonly Ask[];
}

const ROWS = 10;
const COLUMNS = 3;
const PAUSE = 25;

const turn = (): Promise<void> => new Promise((settle) => setImmediate(settle));
const pause = (): Promise<void> => new Promise((settle) => setTimeout(settle, PAUSE * 2));

function setup(capacity = 6): Setup {
  const asks: Ask[] = [];
  const failures: unknown[] = [];
  const settled = new Set<Ask>();
  const tiles = new Tiles({
    rows: ROWS,
    columns: COLUMNS,
    capacity,
    parallel: 3,
    pause: PAUSE,
    changed: () => undefined,
    failed: (error) => failures.push(error),
    isCancelled: (error) => error instanceof Error && error.message === 'cancelled',
    read: ({ offset, limit, group }, signal) =>
      new Promise<Page>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cancelled')));
        const ask: Ask = {
          offset,
          group,
          signal,
          answer: (rows = limit) => {
            settled.add(ask);
            resolve({
              offset,
              columns: [],
              rows: Array.from({ length: rows }, (_, at) => ({
                row: offset + at,
                cells: Array.from(
                  { length: COLUMNS },
                  (__, column) => `${offset + at}/${group * COLUMNS + column}`,
                ),
              })),
            });
            return turn();
          },
          fail: (error) => {
            settled.add(ask);
            reject(error);
            return turn();
          },
        };
        asks.push(ask);
      }),
  });
  return {
    tiles,
    asks,
    failures,
    see: (first, end, groups = [0]) => tiles.want({ first, end, groups }),
    open: () => asks.filter((ask) => !settled.has(ask) && !ask.signal.aborted),
  };
}

describe('preview: pages', () => {
  it('asks for what is seen, then for its neighbours', async () => {
    const { asks, see, open, tiles } = setup();
    see(20, 28);
    assert.deepEqual(
      asks.map(({ offset }) => offset),
      [20],
    );
    assert.equal(tiles.cell(25, 1), undefined);
    await asks[0]?.answer();
    assert.equal(tiles.cell(25, 1), '25/1');
    assert.equal(tiles.rowNumber(25), 25);
    assert.deepEqual(
      open().map(({ offset }) => offset),
      [30],
    );
    await asks[1]?.answer();
    assert.deepEqual(
      open().map(({ offset }) => offset),
      [10],
    );
  });

  it('asks for the groups of columns in view alone', () => {
    const { asks, see } = setup();
    see(0, 8, [4, 5]);
    assert.deepEqual(
      asks.map(({ offset, group }) => [offset, group]),
      [
        [0, 4],
        [0, 5],
      ],
    );
  });

  it('cancels what was scrolled past', async () => {
    const { asks, see, open } = setup();
    see(0, 8);
    see(500, 508);
    assert.equal(asks[0]?.signal.aborted, true);
    await pause();
    assert.deepEqual(
      open().map(({ offset }) => offset),
      [500],
    );
  });

  it('asks for little while the scrollbar is dragged, and for the last place', async () => {
    const { asks, see, open } = setup();
    for (let row = 0; row < 100_000; row += 500) see(row, row + 8);
    assert.ok(asks.length < 5, `${asks.length} pages asked`);
    see(77_000, 77_008);
    await pause();
    assert.deepEqual(
      open().map(({ offset }) => offset),
      [77_000],
    );
    await open()[0]?.answer();
    await pause();
    assert.ok(asks.length < 10, `${asks.length} pages asked`);
  });

  it('keeps no more than its capacity, however far is scrolled', async () => {
    const { see, open, tiles } = setup(6);
    for (let at = 0; at < 50; at++) {
      see(at * 1_000, at * 1_000 + 25);
      while (open().length > 0) for (const ask of open()) await ask.answer();
      assert.ok(tiles.size <= 6, `${tiles.size} kept`);
    }
    assert.equal(tiles.cell(49_000, 0), '49000/0');
    assert.equal(tiles.cell(0, 0), undefined);
  });

  it('learns where the rows end from a short page', async () => {
    const { asks, see, tiles } = setup();
    see(0, 8);
    assert.equal(tiles.end, Infinity);
    await asks[0]?.answer();
    await asks[1]?.answer(4);
    assert.equal(tiles.end, 14);
    assert.equal(tiles.discovered, 14);
    see(30, 38);
    assert.equal(asks.length, 2, 'nothing is asked beyond the end');
  });

  it('takes an empty file for one', async () => {
    const { asks, see, tiles } = setup();
    see(0, 1);
    await asks[0]?.answer(0);
    assert.equal(tiles.end, 0);
    assert.equal(tiles.busy, false);
  });

  it('tells a failure once, and asks again when asked to or when something else is seen', async () => {
    const { asks, see, failures, tiles } = setup();
    see(0, 8);
    await asks[0]?.fail(new Error('broken'));
    assert.equal(failures.length, 1);
    see(0, 8);
    assert.equal(asks.filter(({ offset }) => offset === 0).length, 1, 'no storm of failing calls');
    tiles.retry();
    assert.equal(asks.filter(({ offset }) => offset === 0).length, 2);
    await asks.at(-1)?.fail(new Error('broken'));
    see(10, 18);
    see(0, 8);
    await pause();
    assert.equal(asks.filter(({ offset }) => offset === 0).length >= 3, true);
  });

  it('forgets everything, also what is still on its way', async () => {
    const { asks, see, tiles, failures } = setup();
    see(0, 8);
    tiles.clear();
    await asks[0]?.answer();
    assert.equal(tiles.cell(0, 0), undefined);
    assert.equal(tiles.size, 0);
    assert.deepEqual(failures, []);
  });

  it('stops when cancelled, and does not begin again by itself', async () => {
    const { asks, see, tiles } = setup();
    see(0, 8);
    tiles.cancel();
    assert.equal(asks[0]?.signal.aborted, true);
    await pause();
    assert.equal(asks.length, 1);
    assert.equal(tiles.busy, false);
  });
});
