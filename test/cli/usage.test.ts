// What is typed wrong: told with what to type instead, exit 2, nothing on stdout.
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useFolder } from '../support/folder';
import { buildCommand, m7 } from './command';

describe('m7: wrong usage', function () {
  const folder = useFolder();
  before(buildCommand);

  const wrong: readonly (readonly [words: string, says: RegExp, remedy: RegExp])[] = [
    ['rn', /Unknown command 'rn'/, /Did you mean run\?/],
    ['run --forec', /Unknown option '--forec'/, /Did you mean --force\?/],
    ['run extra', /Too many arguments/, /m7 run --help/],
    ['run --date', /argument missing/, /m7 run --help/],
    ['run --date 20241301', /"20241301" is not a day/, /YYYYMMDD/],
    ['run --date 20230229', /"20230229" is not a day/, /YYYYMMDD/],
    ['run --date 00000101', /"00000101" is not a (?:day|date)/, /YYYYMMDD/],
    ['run --date 2024-03-07', /"2024-03-07" is not a date/, /for example 20240307/],
    ['run --date 20241115 --date 20241116', /--date is given twice/, /once/],
    ['run --date 20241115 --from 20241101 --to 20241102', /cannot be used with/, /help/],
    ['run --from 20241115', /--from needs --to/, /Add --to/],
    ['run --to 20241115', /--to needs --from/, /Add --from/],
    ['run --from 20241116 --to 20241115', /is after/, /--from 20241115 --to 20241116/],
    ['run --stage raw-to-gold', /no stage "raw-to-gold"/, /Did you mean raw-to-silver\?/],
    ['run --table ,', /empty name/, /at least one/],
    ['status --quiet --verbose', /cannot be used with/, /help/],
    ['validate', /option '--date <YYYYMMDD>' not specified/, /m7 validate --help/],
    ['report --date 20241115 --format pdf', /pdf/, /help/],
    ['report --date 20241115 --json --format html', /contradict/, /Leave one/],
    ['report --date 20241115 --json --output x', /--output writes to a file/, /--format json --output x/],
    ['preview', /Missing required argument 'FILE'/, /m7 preview --help/],
    ['preview x --limit -5', /"-5" is no number for --limit/, /from 0/],
    ['preview x --limit 1e3', /"1e3" is no number/, /from 0/],
    ['preview x --offset 99999999999999999999', /is no number for --offset/, /from 0/],
    ['preview x --json --format csv', /contradict/, /Leave one/],
    ['trace --date 20241115 --table Playback', /--where/, /m7 trace --help/],
    ['init somewhere --rows 5', /--rows is about the sample/, /--sample/],
    ['status --workspace ./not-there', /There is no folder .*not-there/, /m7 init/],
    ['status', /There is no config\/brand_configs.json/, /m7 init/],
  ];
  for (const [words, says, remedy] of wrong)
    it(`m7 ${words}`, async () => {
      const end = await m7(words.split(' '), { cwd: folder() });
      assert.equal(end.code, 2, end.err);
      assert.equal(end.out.replace(/^\{"error".*\n/, ''), '');
      assert.match(end.err, says);
      assert.match(end.err, remedy);
      assert.doesNotMatch(end.err, /\n\s+at .*\.(?:js|ts):\d/, 'no stack trace');
      assert.deepEqual(await readdir(folder()), [], 'nothing is written');
    });

  it('tells errors as one JSON document with --json', async () => {
    const end = await m7(['--json', 'run', '--forec'], { cwd: folder() });
    assert.equal(end.code, 2);
    assert.deepEqual(JSON.parse(end.out), {
      error: {
        code: 'USAGE',
        message: "Unknown option '--forec'.",
        remedy: 'Did you mean --force? See m7 run --help.',
      },
    });
  });

  it('shows help on stderr when nothing is asked', async () => {
    const end = await m7([]);
    assert.equal(end.code, 2);
    assert.equal(end.out, '');
    assert.match(end.err, /Usage: m7/);
  });

  it('answers --help and --version on stdout without loading the engine', async () => {
    const [help, version, run] = await Promise.all([
      m7(['--help']),
      m7(['--version']),
      m7(['run', '--help']),
    ]);
    assert.deepEqual([help.code, version.code, run.code], [0, 0, 0]);
    for (const command of 'init run plan validate maintenance status report preview trace check'.split(' '))
      assert.match(help.out, new RegExp(`^ {2}${command}\\b`, 'm'));
    assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
    assert.match(run.out, /--dry-run/);
    assert.ok(help.out.split('\n').every((line) => line.length <= 100));
    const loaded = await m7(['--help'], { env: { NODE_OPTIONS: '--trace-sync-io', NODE_DEBUG: 'module' } });
    assert.doesNotMatch(loaded.err, /duckdb/);
  });

  it('refuses to make a workspace where one is', async () => {
    assert.equal((await m7(['init'], { cwd: folder() })).code, 0);
    const again = await m7(['init'], { cwd: folder() });
    assert.equal(again.code, 2);
    assert.match(again.err, /already exists/);
    assert.equal((await m7(['check'], { cwd: folder() })).code, 0);
  });

  it('names the nearest table and brand, without regard to case, and takes codes of brands', async () => {
    await m7(['init'], { cwd: folder() });
    const table = await m7(['plan', '--table', 'Devise'], { cwd: folder() });
    assert.equal(table.code, 2);
    assert.match(table.err, /no table "Devise".*\n\s*Did you mean Device\?/);
    const brand = await m7(['plan', '--brand', 'Exampel,Example'], { cwd: folder() });
    assert.match(brand.err, /no brand "Exampel".*\n\s*Did you mean Example\?/);
    assert.equal((await m7(['plan', '--table', 'device', '--brand', 'exa'], { cwd: folder() })).code, 0);
  });

  it('says which line of the config is wrong', async () => {
    await m7(['init'], { cwd: folder() });
    await writeFile(
      join(folder(), 'config/validation_rules.json'),
      '{\n  "tables": {\n    "Devise": {}\n  }\n}\n',
    );
    const run = await m7(['run', '--json'], { cwd: folder() });
    assert.equal(run.code, 2);
    const { error } = JSON.parse(run.out);
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.equal(error.line, 3);
    const check = await m7(['check', '--json'], { cwd: folder() });
    assert.equal(check.code, 2);
    assert.equal(JSON.parse(check.out).problems[0].severity, 'error');
  });

  it('refuses a folder in place of a file', async () => {
    await mkdir(join(folder(), 'x.parquet'));
    const end = await m7(['preview', 'x.parquet'], { cwd: folder() });
    assert.equal(end.code, 2);
    assert.match(end.err, /is a folder/);
  });
});
