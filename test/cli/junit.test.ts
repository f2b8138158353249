// --junit of m7 run and m7 validate: a file for a build server, however the run ended.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../../src/engine/lake/lock';
import { DATE, smallDay, writeDay, type Day } from '../support/day';
import { useFolder } from '../support/folder';
import { casesOf, readJUnit, verdictsOf } from '../support/junit';
import { buildCommand, ended, m7, startM7 } from './command';

const SECRET = 'X4711-hidden';
const NEXT = '20241116';

/** A day whose Device fails by a rule over a sensitive column, with a value that would break XML. */
function failingDay(): Day {
  const day = smallDay(10);
  const { tables } = day;
  const device = { ...(tables['Device'] as { columns: Record<string, object> }) };
  return {
    ...day,
    tables: {
      ...tables,
      Device: { ...device, columns: { ...device.columns, serial: { type: 'VARCHAR', sensitive: true } } },
    },
    rules: {
      Device: {
        rules: [
          {
            id: 'serial_form',
            rule: 'regex',
            column: 'serial',
            pattern: '[0-9]+',
            error: 0,
            description: 'a < b & "c"',
          },
          { id: 'model_form', rule: 'not_regex', column: 'model', pattern: 'BAD.*', error: 0 },
        ],
      },
    },
    files: {
      ...day.files,
      [`Skylink_Device_${DATE}.csv`]: `device_id,model,price,serial\nS1,"bad ]]> <model>\u0007",1,${SECRET}\nS2,fine,2,12\n`,
    },
  };
}

describe('--junit', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);
  const file = (): string => join(folder(), 'out/deep/junit.xml');
  const written = (): ReturnType<typeof readJUnit> => readJUnit(readFileSync(file(), 'utf8'));

  it('holds steps and findings of all dates of a run, and the run passes', async () => {
    const day = smallDay(10);
    const files = Object.entries(day.files).flatMap(([name, content]) => [
      [name, content],
      [name.replace(DATE, NEXT), content],
    ]);
    writeDay(folder(), { ...day, files: Object.fromEntries(files) as Day['files'] });
    const end = await m7(['run', '--from', DATE, '--to', NEXT, '--junit', file()], { cwd: folder() });
    assert.equal(end.code, 0, end.err);
    const verdicts = verdictsOf(written());
    assert.equal(verdicts[0], 'm7.run run: passed');
    for (const date of [DATE, NEXT]) {
      assert.ok(verdicts.includes(`m7.${date}.Device raw-to-silver Skylink: passed`), verdicts.join('\n'));
      assert.ok(verdicts.includes(`m7.${date}.Device not_null_model: passed`), verdicts.join('\n'));
    }
    // A run that finds all up to date tells what still holds.
    const idle = await m7(['run', '--date', DATE, '--junit', file()], { cwd: folder() });
    assert.equal(idle.code, 0, idle.err);
    assert.ok(verdictsOf(written()).includes(`m7.${DATE}.Device not_null_model: passed`));
    assert.ok(!verdictsOf(written()).some((one) => one.includes('raw-to-silver')));
  });

  it('tells failures with what they mean, and no value of a sensitive column', async () => {
    writeDay(folder(), failingDay());
    const end = await m7(['run', '--date', DATE, '--junit', file()], { cwd: folder() });
    assert.equal(end.code, 1, end.err);
    const xml = readFileSync(file(), 'utf8');
    assert.ok(!xml.includes(SECRET) && !xml.includes('X4711'));
    const verdicts = verdictsOf(written());
    for (const one of [
      `m7.${DATE}.Device serial_form: failure`,
      `m7.${DATE}.Device model_form: failure`,
      `m7.${DATE}.Device gold-to-snowflake: error`,
      `m7.${DATE}.Playback gold-to-snowflake: passed`,
    ])
      assert.ok(verdicts.includes(one), `${one} is not among:\n${verdicts.join('\n')}`);
    const texts = casesOf(written()).flatMap((one) => one.children.map((child) => child.text));
    assert.ok(
      texts.some((text) => text.includes('BAD ]]> <MODEL>\\x07')),
      texts.join('\n'),
    );
    assert.ok(texts.some((text) => text.startsWith('config/validation_rules.json:')));
    // The stored report shows the same to a build server.
    const report = await m7(['report', '--date', DATE, '--format', 'junit'], { cwd: folder() });
    assert.ok(!report.out.includes(SECRET));
    assert.ok(verdictsOf(readJUnit(report.out)).includes(`m7.${DATE}.Device serial_form: failure`));
  });

  it('is written by validate, and for a step that failed without a report', async () => {
    writeDay(folder(), smallDay(10));
    const run = await m7(['run', '--date', DATE, '--quiet'], { cwd: folder() });
    assert.equal(run.code, 0, run.err);
    const end = await m7(['validate', '--date', DATE, '--table', 'Device', '--force', '--junit', file()], {
      cwd: folder(),
    });
    assert.equal(end.code, 0, end.err);
    assert.deepEqual(
      verdictsOf(written()).filter((one) => !one.includes('technical')),
      [
        'm7.run run: passed',
        `m7.${DATE}.Device gold-to-snowflake: passed`,
        `m7.${DATE}.Device not_null_model: passed`,
      ],
    );
    writeFileSync(join(folder(), `data/gold/${DATE}/Device.parquet`), 'no parquet');
    const broken = await m7(['validate', '--date', DATE, '--table', 'Device', '--force', '--junit', file()], {
      cwd: folder(),
    });
    assert.equal(broken.code, 1, broken.err);
    assert.deepEqual(verdictsOf(written()), [
      'm7.run run: passed',
      `m7.${DATE}.Device gold-to-snowflake: error`,
    ]);
  });

  it('tells a run that could not be: a broken config, a lock, an unknown table', async () => {
    writeDay(folder(), smallDay(10));
    writeFileSync(file().replace('out/deep/', ''), '');
    mkdirSync(join(folder(), 'out/deep'), { recursive: true });
    writeFileSync(file(), 'of an earlier run');
    const lock = await takeLock(join(folder(), 'data/.state'));
    const locked = await m7(['run', '--junit', file()], { cwd: folder() });
    await lock.release();
    assert.equal(locked.code, 3, locked.err);
    assert.match(casesOf(written())[0]?.children[0]?.attributes['message'] ?? '', /Another run/);
    const unknown = await m7(['run', '--table', 'Nix', '--junit', file()], { cwd: folder() });
    assert.equal(unknown.code, 2);
    assert.deepEqual(verdictsOf(written()), ['m7.run run: error']);
    writeFileSync(join(folder(), 'config/table_schemas.json'), '{');
    const config = await m7(['run', '--junit', file()], { cwd: folder() });
    assert.equal(config.code, 2);
    const error = casesOf(written())[0]?.children[0];
    assert.equal(error?.attributes['type'], 'CONFIG_INVALID');
    assert.match(error.text, /table_schemas\.json:1$/);
  });

  it('tells a cancelled run', async () => {
    writeDay(folder(), smallDay(40_000));
    const child = startM7(['run', '--date', DATE, '--json', '--junit', file()], { cwd: folder() });
    child.stdin.end();
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('step_started')) child.kill('SIGTERM');
    });
    const end = await ended(child);
    assert.equal(end.code, 130, end.err);
    const verdicts = verdictsOf(written());
    assert.equal(verdicts[0], 'm7.run run: skipped');
    assert.ok(
      verdicts.some((one) => one.endsWith('Device silver-to-gold: skipped')),
      verdicts.join('\n'),
    );
  });

  it('refuses what it cannot do before anything runs', async () => {
    writeDay(folder(), smallDay(10));
    writeFileSync(join(folder(), 'plain'), '');
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['run', '--junit'], /--junit/],
      [['run', '--junit', folder()], /it is a folder/],
      [['run', '--junit', join(folder(), 'plain/x.xml')], /cannot be written/],
      [['run', '--junit', 'a.xml', '--junit', 'b.xml'], /--junit is given twice/],
      [['run', '--dry-run', '--junit', 'a.xml'], /--junit|--dry-run/],
      [['validate', '--date', DATE, '--junit', '/proc/none/x.xml'], /cannot be written/],
    ];
    for (const [words, message] of wrong) {
      const end = await m7(words, { cwd: folder() });
      assert.equal(end.code, 2, `${words.join(' ')}: ${end.err}`);
      assert.match(end.err, message);
    }
    assert.ok(!existsSync(join(folder(), 'data/raw')), 'nothing ran');
  });
});
