import assert from 'node:assert/strict';
import { PipelineError } from '../../../src/engine/model/errors';
import type { Report, Step } from '../../../src/engine/model';
import { finishedOf } from '../../../src/engine/run/eventStream';
import { schedule, type ScheduleEvent, type StepControl } from '../../../src/engine/run/schedule';
import { reportOf, type StepEnd, type StepOutcome } from '../../../src/engine/run/stepOutcome';

const step = (table: string, needs: readonly string[] = [], action: Step['action'] = 'run'): Step => ({
  stage: 'silver-to-gold',
  date: '20241115',
  table,
  action,
  reason: action === 'run' ? 'new file' : 'up to date',
  needs: needs.map((n) => `silver-to-gold/20241115/${n}`),
});
const done: StepEnd = { kind: 'done', counts: { rowsIn: 1, rowsOut: 1, rowsRejected: 0, duplicates: 0 } };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function outcomes(events: AsyncGenerator<ScheduleEvent, void>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const event of events)
    if (event.kind === 'ended') {
      assert.ok(!(event.outcome.step.table in found), 'every step ends once');
      found[event.outcome.step.table] = said(event.outcome);
    }
  return found;
}
const said = (o: StepOutcome): string => `${o.kind}${'reason' in o ? `: ${o.reason}` : ''}`;

describe('the schedule', () => {
  const signal = new AbortController().signal;

  it('keeps to the order of needs and to the number of workers', async () => {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const execute = async (s: Step): Promise<StepEnd> => {
      running += 1;
      most = Math.max(most, running);
      await pause(5);
      order.push(s.table);
      running -= 1;
      return done;
    };
    const steps = [
      step('a', ['d']),
      step('b'),
      step('c', ['b']),
      step('d', ['b', 'c']),
      step('e'),
      step('f'),
    ];
    const found = await outcomes(schedule(steps, { workers: 2, signal, execute }));
    assert.deepEqual(
      Object.values(found),
      Array.from({ length: 6 }, () => 'done'),
    );
    assert.equal(most, 2);
    assert.ok(
      order.indexOf('b') < order.indexOf('c') &&
        order.indexOf('c') < order.indexOf('d') &&
        order.indexOf('d') < order.indexOf('a'),
    );
  });

  it('skips what needs a failed step, says which, and goes on with the rest', async () => {
    const execute = (s: Step): Promise<StepEnd> =>
      s.table === 'a'
        ? Promise.reject(new PipelineError('TABLE_FAILED', 'broken', 'mend it'))
        : Promise.resolve(done);
    const found = await outcomes(
      schedule([step('a'), step('b', ['a']), step('c', ['b']), step('d'), step('e', [], 'skip')], {
        workers: 4,
        signal,
        execute,
      }),
    );
    assert.deepEqual(found, {
      a: 'failed',
      b: 'skipped: it needs silver-to-gold of a, which failed',
      c: 'skipped: it needs silver-to-gold of b, which could not run',
      d: 'done',
      e: 'skipped: up to date',
    });
  });

  it('skips what needs a table that its rules refuse, and gives its report with its end', async () => {
    const report = { table: 'a', status: 'failed' } as Report;
    const error = { code: 'VALIDATION_FAILED', message: 'refused', remedy: 'fix it' } as const;
    const execute = (s: Step): Promise<StepEnd> =>
      Promise.resolve(s.table === 'a' ? { kind: 'refused', report, error } : done);
    const ended: StepOutcome[] = [];
    for await (const event of schedule([step('a'), step('b', ['a'])], { workers: 2, signal, execute }))
      if (event.kind === 'ended') ended.push(event.outcome);
    assert.deepEqual(ended.map(said), ['refused', 'skipped: it needs silver-to-gold of a, which failed']);
    assert.deepEqual(ended.map(reportOf), [report, undefined]);
    const [refused] = ended;
    assert.ok(refused !== undefined);
    const { seconds, ...finished } = finishedOf(refused);
    assert.ok(seconds >= 0);
    assert.deepEqual(finished, {
      ...{ event: 'step_finished', stage: 'silver-to-gold', date: '20241115', table: 'a', status: 'failed' },
      ...{ rows_in: 0, rows_out: 0, rows_rejected: 0, duplicates: 0 },
      error,
    });
  });

  it('calls an unknown error a bug and keeps what was thrown for the log', async () => {
    const thrown = new TypeError('x is undefined');
    const ended: StepOutcome[] = [];
    for await (const event of schedule([step('a')], {
      workers: 1,
      signal,
      execute: () => Promise.reject(thrown),
    }))
      if (event.kind === 'ended') ended.push(event.outcome);
    const [outcome] = ended;
    assert.equal(ended.length, 1);
    assert.ok(outcome?.kind === 'failed');
    assert.equal(outcome.error.code, 'BUG');
    assert.equal(outcome.thrown, thrown.stack);
  });

  it('cancels what runs and what waits', async () => {
    const controller = new AbortController();
    const execute = (): Promise<StepEnd> =>
      new Promise((_, reject) =>
        controller.signal.addEventListener('abort', () => reject(new PipelineError('CANCELLED', '', ''))),
      );
    setTimeout(() => controller.abort(), 10);
    const found = await outcomes(
      schedule([step('a'), step('b', ['a']), step('c')], { workers: 1, signal: controller.signal, execute }),
    );
    assert.deepEqual(found, {
      a: 'cancelled: cancelled',
      b: 'cancelled: cancelled before it started',
      c: 'cancelled: cancelled before it started',
    });
  });

  it('tries a step that ran out of memory beside others once more, alone', async () => {
    let running = 0;
    const attempts: string[] = [];
    const execute = async (s: Step): Promise<StepEnd> => {
      running += 1;
      const beside = running > 1;
      attempts.push(`${s.table}${beside ? ' beside' : ''}`);
      try {
        await pause(s.table === 'big' ? 5 : 20);
        if (s.table === 'big' && beside) throw new PipelineError('OUT_OF_MEMORY', 'too much', 'less');
        return done;
      } finally {
        running -= 1;
      }
    };
    const found = await outcomes(
      schedule([step('a'), step('big'), step('c'), step('d')], { workers: 2, signal, execute }),
    );
    assert.deepEqual(Object.values(found), ['done', 'done', 'done', 'done']);
    assert.deepEqual(
      attempts.filter((a) => a.startsWith('big')),
      ['big beside', 'big'],
    );
  });

  it('fails a step that runs out of memory even alone', async () => {
    const found = await outcomes(
      schedule([step('a')], {
        workers: 2,
        signal,
        execute: () => Promise.reject(new PipelineError('OUT_OF_MEMORY', '', '')),
      }),
    );
    assert.deepEqual(found, { a: 'failed' });
  });

  it('cancels running steps when its consumer leaves, and waits for them', async () => {
    let ended = false;
    const execute = async (_: Step, control: StepControl): Promise<StepEnd> => {
      await new Promise((resolve) => control.signal.addEventListener('abort', resolve));
      await pause(30);
      ended = true;
      throw new PipelineError('CANCELLED', '', '');
    };
    for await (const event of schedule([step('a'), step('b', ['a'])], { workers: 1, signal, execute })) {
      if (event.kind === 'started') break;
    }
    assert.ok(ended);
  });
});
