// What the extension's frame decides without an editor: facts of dates, typed dates, words of tasks, progress, locks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DateStatus, RunEvent, StepName, TableStatus } from '../../src/engine';
import { typedDate } from '../../src/shared/dates';
import { dateVerdict } from '../../src/shared/words';
import { dateFacts } from '../../src/vscode/commands/dateFacts';
import { followRun } from '../../src/vscode/runProgress';
import { logLine } from '../../src/vscode/runText';
import { taskRequestOf, taskWords } from '../../src/vscode/tasks/commandLine';
import { lockHolder } from '../../src/vscode/dataFolder';
import { DEVICE } from '../engine/report/reportFixture';

const DATE = '20241115';
const layer = { files: 1, bytes: 10, rows: 5 };
const error = { code: 'TABLE_FAILED', message: 'It failed.', remedy: 'Mend it.' } as const;

function table(name: string, more: Partial<TableStatus> = {}): TableStatus {
  return { table: name, status: 'passed', layers: { gold: layer }, loaded: 5, ...more };
}
function status(tables: readonly TableStatus[], missing = 0): DateStatus {
  const slots = Array.from({ length: missing }, (_, i) => ({ brand: `B${i}`, table: 'EPG' }));
  const verdict = dateVerdict({
    reports: tables.flatMap(({ table: name, report }) =>
      report === undefined ? [] : [{ ...DEVICE, table: name, status: report.status }],
    ),
    failures: tables.flatMap(({ table: name, failure }) => (failure === undefined ? [] : [{ table: name }])),
    broken: [],
    summary: {
      tables,
      arrivals: slots.map((slot) => ({ ...slot, status: 'missing', files: [], rows: 0 })),
    },
  });
  return { date: DATE, state: 'loaded', verdict, tables, missing: slots };
}

describe('what a date picker tells of a date', () => {
  it('begins with what failed, and does not call a failed table unloaded too', () => {
    const failed = table('Playback', {
      loaded: null,
      failure: { stage: 'silver-to-gold', time: '', run_id: '', error },
    });
    const invalid = table('EPG', { loaded: null, report: { status: 'failed', rejected: 3, path: 'x' } });
    assert.deepEqual(dateFacts(status([failed, invalid, table('User')], 2), []), [
      { kind: 'failed', tables: ['Playback', 'EPG'] },
      { kind: 'missing', files: 2 },
      { kind: 'loaded', at: undefined },
    ]);
  });

  it('counts new files, and tells when it was loaded last', () => {
    const loads = [
      {
        table: 'User',
        loads: [
          { date: DATE, rows: 5, loaded_at: '2024-11-15T06:00:00Z', load_id: 'a', current: true },
          { date: '20241116', rows: 5, loaded_at: '2024-11-17T06:00:00Z', load_id: 'b', current: true },
        ],
      },
      {
        table: 'EPG',
        loads: [{ date: DATE, rows: 5, loaded_at: '2024-11-15T07:00:00Z', load_id: 'c', current: true }],
      },
    ];
    const waiting = table('User', { layers: { gold: layer, landing: { ...layer, files: 3, rows: null } } });
    assert.deepEqual(dateFacts(status([waiting, table('EPG')]), loads), [
      { kind: 'arrived', files: 3 },
      { kind: 'loaded', at: '2024-11-15T07:00:00Z' },
    ]);
  });

  it('tells what is made and not loaded, what warned, and what was only begun', () => {
    assert.deepEqual(dateFacts(status([table('User', { loaded: null })]), []), [
      { kind: 'unloaded', tables: 1 },
    ]);
    assert.deepEqual(
      dateFacts(status([table('User', { report: { status: 'warned', rejected: 0, path: '' } })]), []),
      [
        { kind: 'warned', tables: 1 },
        { kind: 'loaded', at: undefined },
      ],
    );
    assert.deepEqual(dateFacts(status([table('User', { layers: { raw: layer }, loaded: null })]), []), [
      { kind: 'unfinished' },
    ]);
  });

  it('tells a date that is loaded, but no longer up to date', () => {
    assert.deepEqual(dateFacts({ ...status([table('User')]), state: 'unfinished' }, []), [
      { kind: 'outdated' },
      { kind: 'loaded', at: undefined },
    ]);
  });

  it('reads dates as people type them, days of the calendar only', () => {
    const now = new Date(2024, 10, 16, 0, 30);
    for (const typed of [
      '20241115',
      ' 2024-11-15 ',
      '15.11.2024',
      '15. 11. 2024',
      '2024/11/15',
      'yesterday',
      'Yesterday ',
    ])
      assert.equal(typedDate(typed, now), DATE, typed);
    assert.equal(typedDate('today', now), '20241116');
    assert.equal(typedDate('1.3.2024', now), '20240301');
    assert.equal(typedDate('yesterday', new Date(2024, 2, 1, 23, 59)), '20240229');
    for (const wrong of [
      '',
      '2024',
      '2024-11',
      '20241131',
      '20230229',
      '2024-13-01',
      '31.11.2024',
      '11/12/2024',
      '15.11.24',
      '202411150',
      'tomorrow',
      'x',
    ])
      assert.equal(typedDate(wrong, now), undefined, wrong);
  });
});

describe('tasks', () => {
  it('become words of the command line, each option only where it is known', () => {
    const request = taskRequestOf({
      type: 'm7',
      command: 'run',
      date: DATE,
      stage: 'raw-to-silver',
      table: 'EPG',
      force: true,
    });
    assert.ok(request !== undefined);
    assert.deepEqual(taskWords(request, '/w s'), [
      'run',
      `--date=${DATE}`,
      '--stage=raw-to-silver',
      '--table=EPG',
      '--force',
      '--workspace=/w s',
    ]);
    assert.deepEqual(taskWords({ ...request, command: 'check' }, '/w'), ['check', '--workspace=/w']);
    assert.deepEqual(taskWords({ command: 'maintenance', dryRun: true, date: DATE }, '/w'), [
      'maintenance',
      '--dry-run',
      '--workspace=/w',
    ]);
    assert.deepEqual(taskWords({ command: 'validate', date: DATE, table: '--json' }, '/w'), [
      'validate',
      `--date=${DATE}`,
      '--table=--json',
      '--workspace=/w',
    ]);
  });

  it('refuse a definition that is none, and pass over values of the wrong kind', () => {
    for (const wrong of [{}, { command: 'init' }, { command: 7 }, { command: 'toString' }])
      assert.equal(taskRequestOf({ type: 'm7', ...wrong }), undefined);
    assert.deepEqual(taskRequestOf({ command: 'run', date: 20241115, force: 'yes', table: '' }), {
      command: 'run',
    });
  });
});

const base = { time: '2024-11-15T06:00:00Z', run_id: 'r1' };
const step = (name: string): StepName => ({
  stage: 'raw-to-silver',
  date: DATE,
  brand: 'Skylink',
  table: name,
});
const finished = (name: string, more: Partial<RunEvent> = {}): RunEvent =>
  ({
    ...base,
    ...step(name),
    event: 'step_finished',
    status: 'done',
    rows_in: 10,
    rows_out: 8,
    rows_rejected: 2,
    duplicates: 0,
    seconds: 0.5,
    ...more,
  }) as RunEvent;

describe('the progress of a run', () => {
  it('counts due steps and parts of running ones, and passes over those that were up to date', () => {
    const run = followRun();
    assert.equal(run.state().percent, 0);
    const waiting = run.take({ ...base, event: 'log', level: 'info', message: 'Waiting 3 s.' });
    assert.equal(waiting.step, 'Waiting 3 s.');
    run.take({ ...base, event: 'run_started', dates: [DATE], steps: 5, to_run: 4, workspace: '/w' });
    run.take(finished('Old', { status: 'skipped', rows_rejected: 0, rows_out: 0 }));
    run.take({ ...base, ...step('EPG'), event: 'step_started', reason: 'new file' });
    run.take({ ...base, ...step('User'), event: 'step_started', reason: 'new file' });
    assert.equal(run.take({ ...base, ...step('EPG'), event: 'step_progress', percent: 50 }).percent, 12.5);
    assert.equal(run.state().step, `raw-to-silver ${DATE} Skylink User`);
    const state = run.take(finished('User'));
    assert.deepEqual(
      { ...state },
      {
        steps: 5,
        due: 4,
        done: 1,
        failed: 0,
        rejected: 2,
        rows: 8,
        percent: 37.5,
        step: `raw-to-silver ${DATE} Skylink EPG`,
      },
    );
    assert.equal(run.take(finished('EPG', { status: 'failed' })).failed, 1);
  });

  it('is written in lines that say what and where', () => {
    assert.deepEqual(logLine(finished('EPG')), {
      level: 'info',
      text: `raw-to-silver ${DATE} Skylink EPG: 10 → 8 rows, 2 rejected, 0.50 s`,
    });
    assert.deepEqual(
      logLine(
        finished('EPG', {
          status: 'failed',
          error: { ...error, file: 'a.json', line: 3 },
        }),
      ),
      { level: 'error', text: `raw-to-silver ${DATE} Skylink EPG FAILED at a.json:3: It failed. Mend it.` },
    );
    assert.equal(logLine({ ...base, ...step('EPG'), event: 'step_progress', percent: 5 }), undefined);
  });
});

describe('the lock of a data folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'm7-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const lock = (text: string): number | undefined => {
    writeFileSync(join(folder, 'lock'), text);
    return lockHolder(folder)?.pid;
  };

  it('names a living holder, and no dead one', () => {
    const owner = { pid: process.ppid, host: hostname(), started: null, since: 'now', token: 'x' };
    assert.equal(lock(JSON.stringify(owner)), process.ppid);
    const { pid } = spawnSync(process.execPath, ['--version']);
    assert.equal(lock(JSON.stringify({ ...owner, pid })), undefined);
  });

  it('names the run of another host while its heart beats', () => {
    const owner = { pid: 4_000_000, host: 'elsewhere', started: null, since: 'now', token: 'x' };
    assert.equal(lock(JSON.stringify(owner)), 4_000_000);
    const old = new Date(Date.now() - 61_000);
    utimesSync(join(folder, 'lock'), old, old);
    assert.equal(lockHolder(folder), undefined);
  });

  it('names nobody where there is none, or a damaged one', () => {
    assert.equal(lockHolder(folder), undefined);
    for (const text of ['', 'null', '[]', '{"pid":"1"}', '{"pid":-1e99}', '{'])
      assert.equal(lock(text), undefined, text);
  });
});
