// The engine process as the extension forks it: real process, real workspace.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';
import type { RunEvent } from '../../src/engine/model';
import { ChannelError, isCancelledCall } from '../../src/shared/channel';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const DATE = '20241115';

describe('engine process', () => {
  let directory: string;
  const engines: EngineProcess[] = [];
  const start = (): EngineProcess => {
    const engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    engines.push(engine);
    return engine;
  };

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "m7 ser'ver-"));
    await start().channel.call('init', { sample: { date: DATE, rows: 40 } });
  });

  afterEach(async () => {
    for (const engine of engines.splice(0)) {
      engine.stop();
      await engine.gone;
    }
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  it('runs a date with its events, and knows its state afterwards', async () => {
    const { channel } = start();
    const events: RunEvent[] = [];
    const end = await channel.call(
      'run',
      { selection: { dates: [DATE], tables: ['Device'] } },
      { onProgress: (event) => void events.push(event) },
    );
    assert.equal(events[0]?.event, 'run_started');
    assert.equal(events.at(-1)?.event, 'run_finished');
    assert.deepEqual(end.dates, [DATE]);
    assert.deepEqual(
      end.verdicts.map(({ date, status, text }) => [date, status, text]),
      [[DATE, 'failed', '1 of 7 tables failed, 6 were not validated, 1 expected file is missing.']],
    );
    const [date] = (await channel.call('status', {})).dates;
    assert.ok(date !== undefined);
    assert.equal(date.date, DATE);
    assert.ok((date.tables.find((t) => t.table === 'Device')?.layers.gold?.rows ?? 0) > 0);
  });

  it('cancels a run, gives the lock back, and goes on answering', async () => {
    const { channel } = start();
    const control = new AbortController();
    const call = channel.call(
      'run',
      { selection: { dates: [DATE], force: true } },
      {
        signal: control.signal,
        onProgress: (event) => {
          if (event.event === 'step_started') control.abort();
        },
      },
    );
    await assert.rejects(call, isCancelledCall);
    const end = await again(() => channel.call('run', { selection: { dates: [DATE], tables: ['User'] } }));
    assert.equal(end.failures.length, 0);
  });

  it('tells a second window that a run goes on', async () => {
    const [one, two] = [start(), start()];
    const control = new AbortController();
    let refused: unknown;
    const call = one.channel.call(
      'run',
      { selection: { dates: [DATE], force: true } },
      {
        signal: control.signal,
        onProgress: (event) => {
          if (event.event !== 'run_started') return;
          void two.channel
            .call('run', { selection: { dates: [DATE] } })
            .catch((error: unknown) => (refused = error))
            .finally(() => control.abort());
        },
      },
    );
    await assert.rejects(call, isCancelledCall);
    assert.ok(refused instanceof ChannelError);
    assert.equal(refused.code, 'LOCKED');
    assert.ok((await two.channel.call('status', {})).dates.length > 0);
  });

  it('is killed during a run: the call fails in words, and the next process recovers', async () => {
    const engine = start();
    const call = engine.channel.call(
      'run',
      { selection: { dates: [DATE], force: true } },
      {
        onProgress: (event) => {
          if (event.event === 'step_finished') process.kill(engine.pid ?? 0, 'SIGKILL');
        },
      },
    );
    await assert.rejects(
      call,
      (error) => error instanceof ChannelError && /has ended \(signal SIGKILL\)/.test(error.message),
    );
    const end = await start().channel.call('run', { selection: { dates: [DATE] } });
    assert.equal(end.failures.length, 0);
  });

  it('tells what is wrong with a folder that is no workspace', async () => {
    const engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory: tmpdir(),
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    engines.push(engine);
    await assert.rejects(
      engine.channel.call('status', {}),
      (error) => error instanceof ChannelError && error.code === 'CONFIG_MISSING',
    );
  });

  it('ends by itself when its parent goes, also in the middle of a run', async () => {
    const engine = start();
    let dropped = false;
    const call = engine.channel.call(
      'run',
      { selection: { dates: [DATE], force: true } },
      {
        onProgress: (event) => {
          if (event.event === 'step_started' && !dropped) {
            dropped = true;
            engine.stop();
          }
        },
      },
    );
    await assert.rejects(call, (error) => error instanceof ChannelError && error.code === 'DISCONNECTED');
    const { reason } = await engine.gone;
    assert.equal(reason, 'exit code 0');
    assert.equal(existsSync(join(directory, 'data/.state/lock')), false);
  });
});

/** A cancelled run gives its lock back a moment after its caller was told. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== 'LOCKED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
