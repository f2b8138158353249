// Editing help over the wire: the engine process answers on drafts, and takes its files along when it goes.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';
import { isCancelledCall } from '../../src/shared/channel';
import type { Draft } from '../../src/shared/editingApi';
import { DATE, smallDay, writeDay } from '../support/day';

const SCRIPT = resolve(__dirname, '../../dist/server.js');

describe('editing help of the engine process', () => {
  let directory: string;
  let engine: EngineProcess;
  const rules = (rule: string): Draft => ({
    file: 'validation_rules',
    text: `{ "tables": { "Playback": { "rules": [ ${rule} ] } } }`,
  });

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'm7 édit-'));
    writeDay(directory, smallDay());
    engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    await engine.channel.call('run', { selection: { dates: [DATE] } });
  });
  after(async () => {
    engine.stop();
    await engine.gone;
    rmSync(directory, { recursive: true, force: true });
  });

  it('completes, hovers, diagnoses and places lenses', async () => {
    const { channel } = engine;
    const draft = rules('{ "rule": "range", "column": "", "min": 0 }');
    const offset = draft.text.indexOf('""') + 1;
    const [first] = await channel.call('editing.complete', { draft, offset });
    assert.equal(first?.label, 'started_at');
    const hover = await channel.call('editing.hover', { draft, offset: draft.text.indexOf('range') });
    assert.match(hover?.markdown ?? '', /is between min and max/);
    assert.equal(await channel.call('editing.hover', { draft, offset: 0 }), null);
    const [wrong] = await channel.call('editing.diagnose', { draft });
    assert.equal(wrong?.code, 'empty');
    assert.equal((await channel.call('editing.lenses', { draft })).rules[0]?.table, 'Playback');
  });

  it('follows the config folder that .env names, also while it runs', async () => {
    const { channel } = engine;
    const before = await channel.call('editing.files', {});
    assert.equal(before.table_schemas, join(directory, 'config/table_schemas.json'));
    mkdirSync(join(directory, 'other'));
    renameSync(join(directory, 'config'), join(directory, 'other/conf'));
    writeFileSync(join(directory, '.env'), 'EXPECTED_TABLES=Device,Playback\nCONFIG_DIR=./other/conf\n');
    const after = await channel.call('editing.files', {});
    assert.equal(after.table_schemas, join(directory, 'other/conf/table_schemas.json'));
    // The rule begins a line before its kind; lines count from 1.
    const lines = readFileSync(after.validation_rules, 'utf8').split('\n');
    assert.deepEqual(await channel.call('editing.locate', { table: 'Playback', rule: 'range_seconds' }), {
      path: after.validation_rules,
      line: lines.findIndex((line) => line.includes('"range"')),
    });
    assert.equal(await channel.call('editing.locate', { table: 'Playback', rule: 'gone' }), null);
  });

  it('helps while .env is wrong', async () => {
    const env = join(directory, '.env');
    writeFileSync(env, 'NONSENSE=1\n');
    try {
      const draft: Draft = { file: 'brand_configs', text: '{ "brands": { "A": { "cod": "X" } } }' };
      const found = await engine.channel.call('editing.diagnose', { draft });
      assert.ok(found.some((one) => one.code === 'unknown-key'));
    } finally {
      writeFileSync(env, 'EXPECTED_TABLES=Device,Playback\nCONFIG_DIR=./other/conf\n');
    }
  });

  it('tries a rule, shows its rows, and is told to stop', async () => {
    const { channel } = engine;
    assert.deepEqual(await channel.call('editing.dates', {}), [DATE]);
    const draft = rules('{ "id": "short", "rule": "range", "column": "seconds", "max": 259 }');
    const wanted = { draft, table: 'Playback', rule: 'short', date: DATE };
    const percents: number[] = [];
    const trial = await channel.call('editing.tryRule', wanted, {
      onProgress: (percent) => void percents.push(percent),
    });
    assert.equal(trial.rows, 4);
    assert.equal(percents.at(-1), 100);
    const control = new AbortController();
    const call = channel.call('editing.tryRule', wanted, { signal: control.signal });
    control.abort();
    await assert.rejects(call, isCancelledCall);
    const file = await channel.call('editing.failingRows', wanted);
    assert.ok(file !== null && existsSync(file.path));
    const [change] = await channel.call('editing.whatWouldChange', {
      draft,
      date: DATE,
      tables: ['Playback'],
    });
    assert.equal(change?.after.rejected, 4);
    engine.stop();
    await engine.gone;
    assert.ok(!existsSync(file.path), 'nothing is left behind');
  });
});
