// What status says of the run that holds the lock, and of one that died with it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStatus, type Status } from '../../../src/engine';
import { openLedger, takeLock } from '../../../src/engine/lake';
import { readDateDocument } from '../../../src/engine/report';
import { DATE, open, runDay, smallDay, writeDay } from '../../support/day';

const KILLED = '99999999T000000Z-killed';

describe('status of a data folder whose lock file is there', () => {
  let folder: string;
  const lockFile = (): string => join(folder, 'data', '.state', 'lock');
  const ofRun = async (): Promise<string | undefined> => {
    const { lake } = await open(folder);
    return (await readDateDocument(lake, DATE)).run?.status;
  };

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), 'm7-status-'));
    writeDay(folder, smallDay());
    await runDay(folder);
    const ledger = await openLedger(join(folder, 'data', '.state'));
    ledger.append([
      { kind: 'run', run_id: KILLED, status: 'started', time: '2026-11-30T10:00:00.000Z', dates: [DATE] },
    ]);
    ledger.close();
  });
  afterEach(() => rmSync(lockFile(), { force: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function statusWith(owner: object): Promise<Status> {
    writeFileSync(
      lockFile(),
      JSON.stringify({ started: null, since: '2026-11-30T10:00:00.000Z', token: 'x', ...owner }),
    );
    return readStatus(await open(folder));
  }

  it('shows no run of a dead process, and its run as interrupted', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const { running, runs } = await statusWith({ pid, host: hostname() });
    assert.equal(running, undefined);
    assert.deepEqual([runs[0]?.run_id, runs[0]?.status], [KILLED, 'interrupted']);
    assert.equal(await ofRun(), 'interrupted');
  });

  it('shows none of another host that has not touched it for a minute', async () => {
    const owner = { pid: process.ppid, host: 'elsewhere' };
    assert.deepEqual((await statusWith(owner)).running, { ...owner, since: '2026-11-30T10:00:00.000Z' });
    assert.equal(await ofRun(), 'running');
    const old = new Date(Date.now() - 61_000);
    utimesSync(lockFile(), old, old);
    assert.equal((await readStatus(await open(folder))).running, undefined);
    assert.equal(await ofRun(), 'interrupted');
  });

  it('shows the run that holds it', async () => {
    const lock = await takeLock(join(folder, 'data', '.state'));
    try {
      assert.equal(await ofRun(), 'interrupted', 'a run that began before is not the one');
      assert.equal((await readStatus(await open(folder))).runs[0]?.run_id, KILLED);
      const ledger = await openLedger(join(folder, 'data', '.state'));
      const time = new Date().toISOString();
      ledger.append([
        { kind: 'run', run_id: '99999999T000001Z-now', status: 'started', time, dates: [DATE] },
      ]);
      ledger.close();
      const { running } = await readStatus(await open(folder));
      assert.deepEqual([running?.pid, running?.host], [process.pid, hostname()]);
      assert.equal(await ofRun(), 'running');
    } finally {
      await lock.release();
    }
  });
});
