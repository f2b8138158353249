// m7 case and m7 test as their users run them.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATE, runDay, smallDay, writeDay } from '../support/day';
import { buildCommand, m7, type Ended } from './command';

describe('m7 case and m7 test', () => {
  let root = '';
  let folder = '';
  before(async function () {
    this.timeout(120_000);
    await buildCommand();
    root = await mkdtemp(join(tmpdir(), 'm7-test-command-'));
    folder = join(root, 'workspace');
    const day = smallDay();
    writeDay(folder, {
      ...day,
      rules: {
        Playback: {
          rules: [
            { rule: 'range', id: 'seconds', column: 'seconds', max: 270, severity: 'warning' },
            {
              rule: 'references',
              id: 'known',
              column: 'device_id',
              to: 'Device.device_id',
              severity: 'warning',
            },
          ],
        },
      },
    });
    await runDay(folder);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const at = (...words: readonly string[]): Promise<Ended> => m7(words, { cwd: folder });
  const cases = (): string => join(folder, 'test/cases');
  afterEach(() => rmSync(join(folder, 'test'), { recursive: true, force: true }));

  it('makes a case that runs anywhere, and tells what differs when its config is another', async () => {
    const made = await at('case', '--date', DATE, '--table', 'playback', '--rule', 'seconds', '--json');
    assert.equal(made.code, 0, made.err);
    const result = JSON.parse(made.out) as { lines: number; folder: string; files: { path: string }[] };
    assert.equal(result.lines, 1);
    assert.equal(result.folder, join(cases(), 'Playback_seconds'));
    assert.match(made.err, /Running the lines the failure names/);

    const passed = await at('test');
    assert.deepEqual([passed.code, passed.err], [0, '']);
    assert.match(passed.out, /as expected {2}test\/cases\/Playback_seconds/);
    assert.match(passed.out, /1 case: 1 as expected\./);

    // Nothing of the workspace is needed, and nothing of the machine's settings is heard.
    const elsewhere = join(root, 'elsewhere');
    renameSync(cases(), elsewhere);
    const away = await m7(['test', 'elsewhere'], {
      cwd: root,
      env: { ERROR_THRESHOLD: '0', DATA_DIR: '/nowhere', MOCK_SNOWFLAKE: 'false' },
    });
    assert.equal(away.code, 0, away.out + away.err);

    const rules = join(elsewhere, 'Playback_seconds/config/validation_rules.json');
    writeFileSync(rules, readFileSync(rules, 'utf8').replace('270', '9000'));
    const junit = join(root, 'results.xml');
    const differing = await m7(['test', elsewhere, '--junit', junit], { cwd: root });
    assert.equal(differing.code, 1);
    assert.match(differing.out, /differs {2}elsewhere\/Playback_seconds/);
    assert.match(
      differing.out,
      /rule seconds\n\s+expected {2}warned, 1 of 1 row failing\n\s+found {5}passed, 0 of 1 row failing/,
    );
    assert.match(readFileSync(junit, 'utf8'), /failures="1" errors="0"/);
    const document = JSON.parse((await m7(['test', elsewhere, '--json'], { cwd: root })).out) as {
      differing: number;
    };
    assert.equal(document.differing, 1);
    assert.equal((await m7(['test', elsewhere, '--update'], { cwd: root })).code, 0);
    assert.equal((await m7(['test', elsewhere], { cwd: root })).code, 0);
  });

  it('makes a case of lines kept out, in the folder and by the name it is given', async () => {
    const words = ['--reject', 'too_few_fields', '--output', 'small', '--name', 'short_line'];
    const made = await at('case', '--date', DATE, '--table', 'Playback', ...words);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /Playback 20241115 {2}rejected for TOO_FEW_FIELDS/);
    assert.match(made.out, /1 data line: without any of them the failure is gone\./);
    const text = readFileSync(join(folder, `small/short_line/landing/Skylink_Playback_${DATE}.csv`), 'utf8');
    assert.equal(text, 'playback_id,device_id,started_at,seconds\ntoo,few\n');
    rmSync(join(folder, 'small'), { recursive: true });
  });

  const WRONG_CASES: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [['--date', DATE], /--table/],
    [['--date', '2024-13-01', '--table', 'Playback'], /not a date/],
    [['--date', DATE, '--table', 'Playbak'], /Did you mean Playback\?/],
    [['--date', DATE, '--table', 'Playback', '--rule', 'secs'], /no rule secs/],
    [['--date', DATE, '--table', 'Playback', '--rule', 'seconds', '--reject', 'X'], /--rule and --reject/],
    [['--date', DATE, '--table', 'Playback', '--rule', 'seconds', '--column', 'x'], /--column goes with/],
    [['--date', DATE, '--table', 'Playback', '--stage', 'silver'], /no stage "silver"/],
    [['--date', '20240101', '--table', 'Playback'], /There are no results for Playback/],
    [
      ['--date', DATE, '--table', 'Playback', '--rule', 'seconds', '--name', 'a/b'],
      /not a valid name for a case folder/,
    ],
  ];
  for (const [words, message] of WRONG_CASES)
    it(`case ${words.join(' ')}: refused with what to do instead`, async () => {
      const { code, err, out } = await at('case', ...words);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.equal(out, '');
      assert.ok(!existsSync(cases()));
    });

  it('test: refuses what holds no case', async () => {
    mkdirSync(join(folder, 'test/empty'), { recursive: true });
    for (const [words, message] of [
      [[], /no cases in/],
      [['nowhere'], /no folder .*nowhere/],
      [['test/empty'], /holds no case/],
      [['.env'], /is a file/],
      [['--junit'], /argument missing/],
    ] as const) {
      const { code, err } = await at('test', ...words);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
  });

  it('test: runs the others where one is broken, and exits with 2', async () => {
    const made = await at('case', '--date', DATE, '--table', 'Playback', '--rule', 'seconds', '--quiet');
    assert.deepEqual([made.code, made.err], [0, '']);
    const sound = join(cases(), 'Playback_seconds');
    for (const [name, breaks] of [
      ['no_json', (path: string) => writeFileSync(join(path, 'expected.json'), '{"version": 1,')],
      [
        'no_case',
        (path: string) => writeFileSync(join(path, 'expected.json'), '{"version": 1, "table": "T"}'),
      ],
      ['no_config', (path: string) => rmSync(join(path, 'config'), { recursive: true })],
      [
        'bad_rules',
        (path: string) => writeFileSync(join(path, 'config/validation_rules.json'), '{"tables": []}'),
      ],
      ['bad_setting', (path: string) => writeFileSync(join(path, '.env'), 'ERROR_TRESHOLD=5\n')],
    ] as const) {
      cpSync(sound, join(cases(), name), { recursive: true });
      breaks(join(cases(), name));
    }
    const { code, out } = await at('test');
    assert.equal(code, 2);
    assert.match(out, /as expected {2}test\/cases\/Playback_seconds/);
    assert.match(out, /6 cases: 1 as expected, 5 cannot be run\./);
    assert.match(out, /no JSON/);
    assert.match(out, /"dates" is not a list of dates/);
    assert.match(out, /ERROR_THRESHOLD/);
    assert.doesNotMatch(out, /m7-case-/);
  });
});
