// What the first version has written stays readable: these are its bytes, never to be made anew by later code.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { loadSettings } from '../../../src/engine/workspace';
import { openLake, openLedger, readLedger, recall, takeLock } from '../../../src/engine/lake';
import { begunDates } from '../../../src/engine/notify/alerts/startedDates';
import { readAlertState } from '../../../src/engine/notify/alerts/state';
import { readOutbox } from '../../../src/engine/notify/alerts/outbox';
import { answered } from '../../../src/engine/lake/submitted';
import type { Lake } from '../../../src/engine';
import { useFolder } from '../../support/folder';

const DATE = '20241115';
const MANIFEST =
  '{"version":1,"layer":"raw","date":"20241115","brand":"Digi","table":"Device","part":1,"key":"2b88","output":{"path":"raw/20241115/Digi/Device.parquet","bytes":785,"rows":40},"inputs":[{"path":"Digi_Device_20241115.csv","key":"2dc8","rows":40}],"edges":[],"source":{"file":"Digi_Device_20241115.csv","sha256":"2dc8","bytes":801,"original":"raw/20241115/Digi/Device.csv","format":{"columns":["device_id"]}}}\n';
const LEDGER =
  '04607150 {"kind":"run","run_id":"20241115T100000Z-1","status":"ok","time":"2024-11-15T10:00:00.000Z","dates":["20241115"]}\n';
const OUTBOX =
  '{"version":1,"channel":"webhook","attempts":0,"created":"2024-11-15T10:00:00.000Z","id":"x","content":{"subject":"Failed","dates":[],"recovered":[],"commands":[]}}\n';
const CORRECTIONS =
  '{"stage":"landing-to-raw","path":"Digi_Device_20241115.csv","records":[{"table":"Device","brand":"Digi","file":"a.csv","row":null,"line":3}]}\n';

describe('a state of the first version', () => {
  const folder = useFolder();
  let lake: Lake;
  const put = (path: string, text: string): string => {
    const file = join(lake.stateDir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  beforeEach(async () => {
    lake = openLake(await loadSettings({ workspace: folder(), environment: { SETTLE: '0' } }));
  });

  it('has manifests', () => {
    put('manifests/raw/20241115/Digi/Device.json', MANIFEST);
    const [found, ...more] = lake.parts(DATE, 'Digi', 'Device');
    assert.deepEqual(
      [found?.key, found?.source?.original, more.length],
      ['2b88', 'raw/20241115/Digi/Device.csv', 0],
    );
  });

  it('has a ledger, which is continued', async () => {
    const file = put('ledger', LEDGER);
    assert.deepEqual(
      readLedger(lake.stateDir).entries.map((entry) => entry.kind === 'run' && entry.run_id),
      ['20241115T100000Z-1'],
    );
    const ledger = await openLedger(lake.stateDir);
    ledger.append([{ kind: 'run', run_id: 'next', status: 'started', time: '', dates: [] }]);
    ledger.close();
    assert.ok(readFileSync(file, 'utf8').startsWith(LEDGER));
    assert.equal(readLedger(lake.stateDir, 'run').entries.length, 2);
  });

  it('has caches', () => {
    put('cache/shapes.json', '{"version":1,"shapes":["a"]}\n');
    assert.deepEqual(recall(lake, 'shapes')?.['shapes'], ['a']);
  });

  it('has a lock, which is respected and taken over', async () => {
    const owner = { pid: process.ppid, host: hostname(), started: null, since: '2024-11-15', token: 'x' };
    put('lock', JSON.stringify(owner));
    await assert.rejects(takeLock(lake.stateDir), { code: 'LOCKED' });
    put('lock', JSON.stringify({ ...owner, pid: 4_000_000 }));
    await (await takeLock(lake.stateDir)).release();
  });

  it('has alerts: what was reported, what waits, and dates that a killed run has started', async () => {
    put('alerts/state.json', '{"version":1,"dates":{"20241115":{"step/x":"failed"}}}\n');
    put('alerts/outbox/webhook-x.json', OUTBOX);
    const begun = put('alerts/begun/20241115T100000Z-1.json', '["20241115"]');
    assert.deepEqual(Object.keys(readAlertState(lake.settings).dates), [DATE]);
    assert.deepEqual(
      (await readOutbox(lake.settings)).map(({ id }) => id),
      ['x'],
    );
    assert.deepEqual(begunDates(begun), [DATE]);
    await (await takeLock(lake.stateDir)).release();
  });

  it('has notes of corrections; those of a newer version are no longer passed over', () => {
    put('replays/20241115/a.json', CORRECTIONS);
    mkdirSync(lake.settings.landingDir, { recursive: true });
    writeFileSync(join(lake.settings.landingDir, 'Digi_Device_20241115.csv'), '');
    assert.deepEqual([...answered(lake, DATE, 'landing-to-raw').values()], ['Digi_Device_20241115.csv']);
    put('replays/20241115/b.json', '{"version":2}');
    assert.throws(() => answered(lake, DATE, 'landing-to-raw'), {
      code: 'STATE_NEWER',
      message: /b\.json was written by a newer M7 Pipeline \(format 2; this one reads up to 1\)/,
    });
  });
});
