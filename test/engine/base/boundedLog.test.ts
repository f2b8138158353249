import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsOfRun, logAlert, type AlertLogLine } from '../../../src/engine/notify/alerts/alertLog';
import { noteInBounds } from '../../../src/engine/base/boundedLog';

describe('a log that all runs share', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'm7-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const log = (): string => join(folder, 'logs/shared.ndjson');

  it('never takes more than two files of a megabyte', () => {
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 50; n++) noteInBounds(log(), { n, text });
    assert.deepEqual(readdirSync(join(folder, 'logs')), ['shared.ndjson', 'shared.old.ndjson']);
    for (const name of readdirSync(join(folder, 'logs')))
      assert.ok(statSync(join(folder, 'logs', name)).size < 1_200_000, name);
    const last = readFileSync(log(), 'utf8').trimEnd().split('\n').at(-1) ?? '';
    assert.equal((JSON.parse(last) as { n: number }).n, 49);
  });

  it('is done without where it cannot be written', () => {
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    noteInBounds(log(), { n: 1 });
    assert.equal(readFileSync(join(folder, 'logs'), 'utf8'), 'a file where the folder should be');
  });

  describe('tells what a run did about alerts', () => {
    const line = (runId: string, subject: string): AlertLogLine => ({
      ...{ time: '2024-11-15T08:00:00Z', run_id: runId, alert: '1', channel: 'mail', subject },
      ...{ status: 'sent', attempt: 1, message: 'x'.repeat(600_000) },
    });
    const subjects = (runId: string): readonly string[] =>
      alertsOfRun({ logsDir: folder }, runId).map((one) => one.subject);

    it('from the old file on, where it became the old one meanwhile', () => {
      for (const [runId, subject] of [
        ['a', 'one'],
        ['b', 'two'],
        ['b', 'three'],
        ['b', 'four'],
      ] as const)
        logAlert({ logsDir: folder }, line(runId, subject));
      assert.equal(readdirSync(folder).length, 2);
      assert.deepEqual(subjects('b'), ['two', 'three', 'four']);
      assert.deepEqual(subjects('c'), []);
    });

    it('and passes over lines that are cut short', () => {
      logAlert({ logsDir: folder }, line('a', 'one'));
      writeFileSync(join(folder, 'alerts.ndjson'), '{"run_id":"a","subject":"cu\n', { flag: 'a' });
      assert.deepEqual(subjects('a'), ['one']);
    });

    it('and tells nothing where there is no log', () => {
      assert.deepEqual(subjects('a'), []);
      mkdirSync(join(folder, 'alerts.ndjson'));
      assert.deepEqual(subjects('a'), []);
    });
  });
});
