// m7 on a generated workspace: what stdout holds, how it ends, and what interrupts it.
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { buildCommand, CLI, ended, m7, startM7, type Ended } from './command';

const DATE = '20241115';
const lines = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('m7 on a workspace', function () {
  this.timeout(120_000);
  let home = '';
  /** Generated, never run: copied by tests that run it. */
  let fresh = '';
  /** Run once. */
  let done = '';
  let first: Ended;

  before(async () => {
    await buildCommand();
    home = await mkdtemp(join(tmpdir(), 'm7-cli-'));
    fresh = join(home, 'fresh');
    done = join(home, 'done');
    const made = await m7(['init', fresh, '--sample', '--date', DATE, '--rows', '60', '--json']);
    assert.equal(made.code, 0, made.err);
    assert.deepEqual(JSON.parse(made.out).dates, [DATE]);
    await cp(fresh, done, { recursive: true });
    first = await m7(['run', '--date', DATE, '--json', '--workspace', done]);
  });
  after(async () => {
    await rm(home, { recursive: true, force: true });
  });
  async function copy(name: string): Promise<string> {
    const path = join(home, name);
    await cp(fresh, path, { recursive: true });
    return path;
  }

  it('run --json gives RunEvents and nothing else, and its exit code is what they say', () => {
    const events = lines(first.out);
    assert.equal(events[0].event, 'run_started');
    assert.equal(events.at(-1).event, 'run_finished');
    const known = ['run_started', 'step_started', 'step_progress', 'step_finished', 'log', 'run_finished'];
    assert.ok(events.every((event) => known.includes(event.event) && event.run_id === events[0].run_id));
    const failed = events.filter((event) => event.event === 'step_finished' && event.status === 'failed');
    assert.equal(first.code, failed.length > 0 ? 1 : 0, first.err);
    assert.equal(events.at(-1).steps.failed, failed.length);
    assert.equal(events.at(-1).reports.length, 7);
    assert.match(first.err, /done {2}landing-to-raw 20241115/);
  });

  it('answers with one JSON document, whatever is asked', async () => {
    const asked: readonly (readonly [string[], string[]])[] = [
      [
        ['plan', '--date', DATE],
        ['dates', 'steps', 'strays', 'arrivals'],
      ],
      [
        ['run', '--dry-run', '--date', DATE],
        ['dates', 'steps', 'strays', 'arrivals', 'loads'],
      ],
      [['status'], ['workspace', 'dates', 'files', 'runs']],
      [
        ['status', '--date', DATE],
        ['workspace', 'dates', 'files', 'runs'],
      ],
      [
        ['report', '--date', DATE],
        ['date', 'status', 'reports', 'summary'],
      ],
      [
        ['report', '--date', DATE, '--table', 'playback'],
        ['table', 'findings', 'edges'],
      ],
      [
        ['trace', '--date', DATE, '--table', 'Playback', '--where', 'true', '--limit', '2'],
        ['columns', 'rows'],
      ],
      [
        ['preview', join(done, `data/gold/${DATE}/Playback.parquet`)],
        ['columns', 'header', 'rows', 'total'],
      ],
      [['check'], ['problems', 'facts']],
    ];
    for (const [words, keys] of asked) {
      const end = await m7([...words, '--json', '--workspace', done]);
      assert.equal(end.code, 0, `${words.join(' ')}: ${end.err}`);
      const answer = JSON.parse(end.out);
      for (const key of keys) assert.ok(key in answer, `${words.join(' ')}: ${key}`);
    }
  });

  it('traces rows of gold to the line of the file that holds them', async () => {
    const end = await m7(
      [
        'trace',
        '--date',
        DATE,
        '--table',
        'Playback',
        '--where',
        "_brand = 'Skylink'",
        '--limit',
        '3',
        '--json',
      ],
      { cwd: done },
    );
    const { rows } = JSON.parse(end.out);
    assert.equal(rows.length, 3);
    for (const row of rows) {
      const original = await readFile(row.original, 'utf8');
      assert.equal(original.split(/\r?\n/)[row.line - 1], row.text);
    }
    const wrong = await m7(['trace', '--date', DATE, '--table', 'Playback', '--where', 'nothing = 1'], {
      cwd: done,
    });
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /SQL_INVALID/);
  });

  it('sums a run up for people, at 80 and 140 columns', async () => {
    for (const COLUMNS of ['80', '140']) {
      const end = await m7(['validate', '--date', DATE, '--force'], { cwd: done, env: { COLUMNS } });
      assert.ok(end.code === 0 || end.code === 1, end.err);
      assert.match(end.out, /TABLE +LANDING .*STATUS\n/);
      assert.match(end.out, /Playback +\d/);
      assert.match(end.out, /Reports: data\/logs\/reports\/20241115\//);
      for (const line of end.out.split('\n')) assert.ok(line.length <= Number(COLUMNS), line);
    }
  });

  it('says nothing with --quiet when all is up to date, and does it again only by --force', async () => {
    const stage = ['--stage', 'landing-to-raw,raw-to-silver'];
    const quiet = await m7(['run', '--date', DATE, '--quiet', ...stage], { cwd: done });
    assert.deepEqual([quiet.code, quiet.out, quiet.err], [0, '', '']);
    const plan: { steps: { action: string; reason: string }[] } = JSON.parse(
      (await m7(['plan', '--date', DATE, '--force', '--json', ...stage], { cwd: done })).out,
    );
    assert.ok(plan.steps.length > 0);
    assert.ok(plan.steps.every((step) => step.action === 'run' && step.reason === 'forced'));
    const idle = await m7(['run', '--date', DATE, ...stage], { cwd: done });
    assert.match(idle.out, /Nothing to do/);
  });

  it('writes reports in every format, to stdout or a file', async () => {
    for (const [format, begins] of [
      ['text', '20241115'],
      ['json', '{'],
      ['html', '<!doctype html>'],
      ['junit', '<?xml'],
    ] as const) {
      const words = ['report', '--date', DATE, '--format', format, '--workspace', done];
      const shown = await m7(words);
      assert.ok(shown.out.startsWith(begins), shown.err);
      const path = join(home, `report.${format}`);
      const written = await m7([...words, '--output', path]);
      assert.deepEqual([written.code, written.out], [0, '']);
      assert.ok((await readFile(path, 'utf8')).startsWith(begins));
    }
    const nowhere = await m7([
      'report',
      '--date',
      DATE,
      '--output',
      join(home, 'no/where'),
      '--workspace',
      done,
    ]);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.err, /cannot be written/);
    const never = await m7(['report', '--date', '20200101', '--workspace', done]);
    assert.equal(never.code, 2);
    assert.match(never.err, /no report of 20200101/);
  });

  it('colours for people only: not in a pipe, not with NO_COLOR', async () => {
    const coloured = async (env: Readonly<Record<string, string>>): Promise<boolean> =>
      (await m7(['status'], { cwd: done, env })).out.includes('\u001b[');
    assert.equal(await coloured({}), false);
    assert.equal(await coloured({ FORCE_COLOR: '1' }), true);
    assert.equal(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });

  it('survives a reader that goes away', async () => {
    const gold = join(done, `data/gold/${DATE}/Playback.parquet`);
    const sql = 'SELECT a.* FROM file a, file b, file c';
    for (const format of ['json', 'csv', 'table']) {
      const child = startM7(['preview', gold, '--sql', sql, '--limit', '0', '--format', format]);
      child.stdout.once('data', () => child.stdout.destroy());
      const end = await ended(child);
      assert.deepEqual([end.code, end.signal], [0, null], end.err);
      assert.doesNotMatch(end.err, /EPIPE|at .*\.js/);
    }
    const workspace = await copy('headless');
    const child = startM7(['run', '--date', DATE, '--json', '--table', 'Device', '--workspace', workspace]);
    child.stdout.once('data', () => child.stdout.destroy());
    const end = await ended(child);
    assert.ok(end.code === 0 || end.code === 1, end.err);
    assert.match(end.err, /run (?:ok|failed) after/, 'the run itself goes on');
  });

  it('tells when stdout cannot be written', async function () {
    let full: number;
    try {
      full = openSync('/dev/full', 'w');
    } catch {
      return this.skip();
    }
    const child = spawn(process.execPath, [CLI, 'status', '--workspace', done], {
      stdio: ['ignore', full, 'pipe'],
    });
    let err = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    closeSync(full);
    assert.equal(code, 1);
    assert.match(err, /DISK_FULL/);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`stops at ${signal} with 130, and goes on when it is run again`, async () => {
      const workspace = await copy(signal);
      const child = startM7(['run', '--date', DATE, '--json', '--workspace', workspace]);
      let asked = false;
      child.stdout.on('data', (text: string) => {
        if (asked || !text.includes('"step_finished"')) return;
        asked = child.kill(signal);
        // As npm does, which passes on what the terminal has sent to all.
        child.kill(signal);
      });
      const end = await ended(child);
      assert.deepEqual([end.code, end.signal], [130, null], end.err);
      const last = lines(end.out).at(-1);
      assert.deepEqual([last.event, last.status], ['run_finished', 'cancelled']);
      assert.ok(last.steps.cancelled > 0);
      const again = await m7(['run', '--date', DATE, '--json', '--workspace', workspace]);
      assert.equal(again.code, first.code);
      assert.equal(lines(again.out).at(-1).steps.failed, lines(first.out).at(-1).steps.failed);
    });

  it('refuses with 3 while another run holds the lock', async () => {
    const workspace = await copy('locked');
    const child = startM7(['run', '--date', DATE, '--json', '--workspace', workspace]);
    const second = new Promise<Ended>((resolve, reject) => {
      child.stdout.once('data', () => {
        m7(['run', '--date', DATE, '--json', '--workspace', workspace]).then(resolve, reject);
      });
    });
    const [, refused] = await Promise.all([ended(child), second]);
    assert.equal(refused.code, 3, refused.err);
    assert.equal(lines(refused.out)[0].error.code, 'LOCKED');
  });

  it('fails with 1 when a table fails its validation, and tells why', async () => {
    const workspace = await copy('strict');
    const path = join(workspace, 'config/validation_rules.json');
    const rules = JSON.parse(await readFile(path, 'utf8'));
    rules.tables.Device.rules = [{ id: 'too_many', rule: 'row_count', max: 1, on_fail: 'fail' }];
    await writeFile(path, JSON.stringify(rules, undefined, 2));
    const words = ['run', '--date', DATE, '--table', 'Device', '--workspace', workspace];
    const end = await m7(words);
    assert.equal(end.code, 1);
    assert.match(end.out, /Device .*failed\n/);
    assert.match(end.out, /VALIDATION_FAILED/);
    assert.match(end.out, /too_many/);
    const quiet = await m7([...words, '--quiet']);
    assert.deepEqual([quiet.code, quiet.out], [1, '']);
    assert.match(quiet.err, /VALIDATION_FAILED/);
    const validated = await m7([
      'validate',
      '--date',
      DATE,
      '--table',
      'Device',
      '--force',
      '--workspace',
      workspace,
    ]);
    assert.equal(validated.code, 1);
  });

  it('tells what maintenance would do as lines of JSON', async () => {
    const end = await m7(['maintenance', '--dry-run', '--json', '--workspace', done]);
    const told = lines(end.out);
    assert.deepEqual([end.code, told.at(-1).event, told.at(-1).dry_run], [0, 'maintenance_finished', true]);
  });
});
