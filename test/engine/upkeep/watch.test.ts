// What a watch decides, as plain data; the rest of it is tested as a process in test/cli/watch.test.ts.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchLanding, type WatchNews, type WatchOptions } from '../../../src/engine';
import {
  backOffMs,
  decideDates,
  markOf,
  type Attempt,
  type DueDate,
} from '../../../src/engine/upkeep/watch/dueDates';
import { waitForMovement } from '../../../src/engine/upkeep/watch/landingWait';
import { DATE, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

const mark = (path: string, bytes = 1): string => markOf({ path, bytes, modifiedMs: 5 });
const due = (date: string, files: readonly string[] = [], moving = false): DueDate => ({
  date,
  files,
  moving,
});
const attempt = (files: readonly string[], retryAt: number): Attempt => ({
  files: new Set(files),
  config: 'c',
  tries: 1,
  retryAt,
});
const seen = (
  still: Readonly<Record<string, number>>,
  attempts: Readonly<Record<string, Attempt>> = {},
): Parameters<typeof decideDates>[2] => ({
  still: new Map(Object.entries(still)),
  attempts: new Map(Object.entries(attempts)),
  config: 'c',
  settleMs: 100,
});

describe('what a watch decides', () => {
  const [a, b] = [mark('a.csv'), mark('b.csv')];

  it('runs a date when all of its files have been still for long enough', () => {
    assert.deepEqual(decideDates([due('1', [a, b])], 1_000, seen({ [a]: 0, [b]: 950 })), [
      { kind: 'settling', date: '1', at: 1_050 },
    ]);
    assert.deepEqual(decideDates([due('1', [a, b])], 1_050, seen({ [a]: 0, [b]: 950 })), [
      { kind: 'run', date: '1' },
    ]);
  });

  it('lets one date settle without holding up another', () => {
    assert.deepEqual(decideDates([due('1', [a]), due('2', [b])], 1_000, seen({ [a]: 990, [b]: 0 })), [
      { kind: 'settling', date: '1', at: 1_090 },
      { kind: 'run', date: '2' },
    ]);
  });

  it('takes a file that grew for another one, and one that moves now for unsettled', () => {
    const grown = mark('a.csv', 2);
    assert.equal(decideDates([due('1', [grown])], 1_000, seen({ [a]: 0 }))[0]?.kind, 'settling');
    assert.equal(decideDates([due('1', [], true)], 1_000, seen({}))[0]?.kind, 'settling');
  });

  it('lets a date wait that was run with the same files and config, until its time comes', () => {
    const waits = seen({ [a]: 0, [b]: 0 }, { 1: attempt([a], 2_000) });
    assert.deepEqual(decideDates([due('1', [a])], 1_000, waits), [{ kind: 'later', date: '1', at: 2_000 }]);
    // The run has taken the file.
    assert.equal(decideDates([due('1')], 1_000, waits)[0]?.kind, 'later');
    assert.equal(decideDates([due('1', [a])], 2_000, waits)[0]?.kind, 'run');
    assert.equal(decideDates([due('1', [a, b])], 1_000, waits)[0]?.kind, 'run', 'a new file');
    assert.equal(
      decideDates([due('1', [a])], 1_000, { ...waits, config: 'd' })[0]?.kind,
      'run',
      'a new config',
    );
  });

  it('doubles the wait up to an hour, or what was asked for where that is longer', () => {
    assert.deepEqual(
      [1, 2, 3, 8, 500].map((tries) => backOffMs(30_000, tries)),
      [30_000, 60_000, 120_000, 3_600_000, 3_600_000],
    );
    assert.equal(backOffMs(7_200_000, 9), 7_200_000);
  });
});

describe('a pause', () => {
  const folder = useFolder();

  it('ends by the signal, at once where it has been given already', async () => {
    const stop = new AbortController();
    const paused = waitForMovement(3_600_000, stop.signal, folder());
    stop.abort();
    await paused;
    await waitForMovement(3_600_000, stop.signal, folder());
  });

  it('waits in front of a folder that is not there', () =>
    waitForMovement(1, new AbortController().signal, join(folder(), 'none')));

  it('ends early when something moves in the folder', async () => {
    const paused = waitForMovement(3_600_000, new AbortController().signal, folder());
    writeFileSync(join(folder(), 'new.csv'), 'a');
    await paused;
  });
});

describe('a watch inside a process', function () {
  this.timeout(60_000);
  const folder = useFolder();
  const options = (more: Partial<WatchOptions> = {}): WatchOptions => ({
    workspace: { directory: folder(), environment: { SETTLE: '0' } },
    selection: () => ({}),
    intervalMs: 20,
    settleMs: 0,
    retryMs: 3_600_000,
    once: false,
    signal: new AbortController().signal,
    ...more,
  });
  const old = (name: string): void => utimesSync(join(folder(), 'data/landing', name), 1e9, 1e9);

  /** Watches until `enough` says so; what was told. */
  async function watchUntil(
    more: Partial<WatchOptions>,
    enough: (news: WatchNews) => boolean,
  ): Promise<readonly WatchNews[]> {
    const stop = new AbortController();
    const told: WatchNews[] = [];
    for await (const news of watchLanding(options({ ...more, signal: stop.signal }))) {
      told.push(news);
      if (enough(news)) stop.abort();
    }
    return told;
  }

  it('takes up the next day when the clock passes midnight, and goes on when it is set back', async () => {
    const tomorrow = '20241117';
    const day = smallDay();
    const files = { [`Skylink_Device_${tomorrow}.csv`]: 'device_id,model,price\nS1,M,1\n' };
    writeDay(folder(), { ...day, settings: `${day.settings ?? ''}MAX_DAYS_BACK=0\n`, files });
    old(`Skylink_Device_${tomorrow}.csv`);
    let asked = 0;
    const clock = (): Date => {
      asked += 1;
      return new Date(
        asked > 12 ? '2024-11-16T12:00:00' : asked > 6 ? '2024-11-14T12:00:00' : '2024-11-15T12:00:00',
      );
    };
    const told = await watchUntil({ clock }, (news) => news.kind === 'ended');
    const ended = told.find((news) => news.kind === 'ended');
    assert.deepEqual(ended?.kind === 'ended' && ended.selection.dates, [tomorrow]);
  });

  it('tells a landing folder that cannot be read once, and works when it can', async () => {
    writeDay(folder(), { ...smallDay(), files: {} });
    const landing = join(folder(), 'data/landing');
    rmSync(landing, { recursive: true });
    writeFileSync(landing, 'not a folder');
    let looks = 0;
    const texts: string[] = [];
    await watchUntil({ clock: () => new Date('2024-11-15T12:00:00') }, (news) => {
      if (news.kind === 'event' && news.event.event === 'log') texts.push(news.event.message);
      if (texts.some((text) => text.startsWith('Checking for new files failed')) && looks === 0) {
        looks += 1;
        rmSync(landing);
        mkdirSync(landing);
        for (const [name, content] of Object.entries(smallDay().files)) {
          writeFileSync(join(landing, name), content);
          old(name);
        }
      }
      return news.kind === 'ended';
    });
    assert.equal(texts.filter((text) => text.startsWith('Checking for new files failed')).length, 1);
  });

  it('leaves nothing behind it over many looks', async () => {
    writeDay(folder(), { ...smallDay(), files: {} });
    const stop = new AbortController();
    let looks = 0;
    const signal = stop.signal;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    Object.assign(signal, {
      addEventListener: (...given: Parameters<typeof add>) => {
        listeners += 1;
        looks += 1;
        if (looks > 40) stop.abort();
        add(...given);
      },
      removeEventListener: (...given: Parameters<typeof remove>) => {
        listeners -= 1;
        remove(...given);
      },
    });
    const clock = (): Date => new Date(`${DATE.slice(0, 4)}-11-15T12:00:00`);
    const told: WatchNews[] = [];
    for await (const news of watchLanding(options({ intervalMs: 1, signal, clock }))) told.push(news);
    assert.ok(looks > 40);
    assert.ok(listeners <= 1, `${listeners} listeners`);
    assert.equal(told.length, 2, 'it says that it begins and that it ends');
  });
});
