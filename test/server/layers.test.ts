// The answers of the views over the wire: also beside a run, with years of dates, and cancelled.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { addDays, type DateKey } from '../../src/engine';
import { isCancelledCall } from '../../src/shared/channel';
import type { LayerTree, TableLoads } from '../../src/shared/serverApi';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const DATE = '20241115';

describe('layers and loads of the engine process', () => {
  let directory: string;
  let engine: EngineProcess;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'm7-views-'));
    engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    await engine.channel.call('init', { sample: { date: DATE, rows: 40 } });
  });
  after(async () => {
    engine.stop();
    await engine.gone;
    rmSync(directory, { recursive: true, force: true });
  });

  it('answer while a run goes on in the same process, and tell its loads afterwards', async () => {
    const { channel } = engine;
    const seen: Promise<readonly [LayerTree, readonly TableLoads[]]>[] = [];
    const end = await channel.call(
      'run',
      { selection: { dates: [DATE], tables: ['User', 'Device'] } },
      {
        onProgress: (event) => {
          if (event.event === 'step_finished' && event.stage === 'gold-to-snowflake')
            seen.push(Promise.all([channel.call('layers', {}), channel.call('loads', {})]));
        },
      },
    );
    assert.deepEqual(end.failures, []);
    for (const [tree] of await Promise.all(seen)) assert.ok(tree.dates.includes(DATE));
    assert.equal(seen.length, 2);
    const loads = await channel.call('loads', {});
    assert.deepEqual(loads.map((t) => [t.table, t.loads.length]).sort(), [
      ['Device', 1],
      ['User', 1],
    ]);
    const files = await channel.call('layerFiles', { layer: 'gold', date: DATE });
    assert.equal(files.length, 2);
  });

  it('list years of dates, and look into those that are asked for', async () => {
    const dates = Array.from({ length: 2_000 }, (_, i): DateKey => addDays(DATE, -1 - i));
    for (const date of dates) mkdirSync(join(directory, 'data/raw', date, 'Skylink'), { recursive: true });
    const tree = await engine.channel.call('layers', {});
    assert.deepEqual(tree.layers.find((l) => l.layer === 'raw')?.dates, [DATE, ...dates]);
    const sums = await engine.channel.call('layerDates', { layer: 'raw', dates: tree.dates.slice(0, 2) });
    assert.equal(sums.length, 2);
    assert.ok((sums[0]?.rows ?? 0) > 0);
    assert.deepEqual(sums[1], { date: dates[0], files: 0, bytes: 0, rows: null, broken: 0 });
    const { dates: some } = await engine.channel.call('status', { dates: tree.dates.slice(0, 60) });
    assert.equal(some.length, 60);
  });

  it('stop when nobody waits any more', async () => {
    const control = new AbortController();
    const { dates } = await engine.channel.call('layers', {});
    const call = engine.channel.call('layerDates', { layer: 'raw', dates }, { signal: control.signal });
    control.abort();
    await assert.rejects(call, isCancelledCall);
    assert.equal((await engine.channel.call('hello', {})).pid, engine.pid);
  });
});
