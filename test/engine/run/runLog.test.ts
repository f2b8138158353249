// The log of a run: a file of its own, whole lines, and bounded however much a run has to say.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../../src/engine';
import { openEventStream, type StampEvent } from '../../../src/engine/run/eventStream';
import { RunLog } from '../../../src/engine/run/runLog';
import { DATE, runDay, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

const STEP = { stage: 'raw-to-silver', date: DATE, brand: 'Digi', table: 'Device' } as const;

describe('the log of a run', () => {
  const folder = useFolder();
  const file = (): string => join(folder(), 'logs/runs/r1.ndjson');
  const read = (): readonly RunEvent[] =>
    readFileSync(file(), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
  const speaker = (most: number, heard: RunEvent[] = []): { readonly stamp: StampEvent } => ({
    stamp: openEventStream({
      runId: 'r1',
      clock: () => new Date(0),
      redact: (value) => value,
      log: new RunLog(file(), most),
      hear: (event) => heard.push(event),
    }),
  });
  const finished = {
    event: 'step_finished',
    ...STEP,
    ...{ rows_in: 1, rows_out: 1, rows_rejected: 0, duplicates: 0, seconds: 1 },
  } as const;
  const ended = {
    event: 'run_finished',
    status: 'ok',
    dates: [],
    by_date: [],
    steps: { done: 1, skipped: 0, failed: 0, cancelled: 0 },
    reports: [],
    seconds: 1,
  } as const;

  it('holds every event of a run, one file for each run', async () => {
    writeDay(folder(), smallDay(5));
    const first = await runDay(folder());
    const second = await runDay(folder());
    const runs = join(folder(), 'data/logs/runs');
    assert.equal(readdirSync(runs).length, 2);
    for (const { events } of [first, second]) {
      const log = readFileSync(join(runs, `${events[0]?.run_id ?? ''}.ndjson`), 'utf8');
      assert.equal(log, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    }
  });

  it('keeps to how steps ended once it is large, then to the end of the run, and says so', () => {
    const heard: RunEvent[] = [];
    const { stamp } = speaker(20_000, heard);
    const say = (events: number): void => {
      for (let i = 0; i < events; i += 1) {
        stamp({ event: 'step_progress', ...STEP, rows: i });
        stamp({ ...finished, status: i % 2 === 0 ? 'done' : 'skipped' });
        stamp({ event: 'log', level: i % 10 === 0 ? 'error' : 'info', message: 'said' });
      }
    };
    say(500);
    stamp(ended);
    assert.equal(heard.length, 1_501, 'who hears is told all');
    const log = read();
    const [first, second] = log.flatMap((event, i) =>
      event.event === 'log' && event.level === 'warning' ? [i] : [],
    );
    assert.ok(first !== undefined && second !== undefined);
    const between = log.slice(first + 1, second);
    assert.ok(between.length > 20);
    for (const event of between)
      assert.ok(
        (event.event === 'step_finished' && event.status === 'done') ||
          (event.event === 'log' && event.level === 'error'),
        JSON.stringify(event),
      );
    assert.deepEqual(
      log.slice(second + 1).map((event) => event.event),
      ['run_finished'],
    );
    assert.ok(statSync(file()).size < 42_000, String(statSync(file()).size));
  });

  it('is no reason for a run to end: a folder that cannot be, a full disk', () => {
    mkdirSync(join(folder(), 'logs'));
    writeFileSync(join(folder(), 'logs/runs'), 'a file');
    const heard: RunEvent[] = [];
    const { stamp } = speaker(20_000, heard);
    stamp({ event: 'log', level: 'info', message: 'said' });
    assert.equal(stamp(ended).run_id, 'r1');
    assert.equal(heard.length, 2);
    if (existsSync('/dev/full')) {
      const full = openEventStream({
        runId: 'r2',
        clock: () => new Date(0),
        redact: (value) => value,
        log: new RunLog('/dev/full'),
        hear: () => undefined,
      });
      assert.equal(full(ended).run_id, 'r2');
    }
  });
});
