// m7 reconcile and m7 replay as their users type them: answers, exit codes, and what is refused.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import { takeLock } from '../../src/engine/lake/lock';
import { DATE, runDay, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildCommand, m7, type Ended } from './command';

const lines = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('m7 reconcile', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);
  const reconcile = (...words: string[]): Promise<Ended> =>
    m7(['reconcile', ...words, '--workspace', folder()]);

  it('agrees with 0, differs with 1, in words and as one document', async () => {
    writeDay(folder(), smallDay());
    await runDay(folder());
    const same = await reconcile('--date', DATE);
    assert.equal(same.code, 0, same.err);
    assert.match(same.out, /Device +80 +80 +80 +80 +same +figures/);
    assert.match(same.out, /Same: 2 tables of gold and the embedded warehouse/);
    const database = await openDatabase({ folders: [join(folder(), 'data')] });
    const connection = await database.connect();
    await connection.run(
      `ATTACH ${quoteLiteral(join(folder(), 'data/warehouse.duckdb'))} AS w; DELETE FROM w."STG_SG"."DEVICE" WHERE "DEVICE_ID" = 'S3'; DETACH w`,
    );
    connection.close();
    database.close();
    const different = await reconcile('--from', DATE, '--to', '20241116');
    assert.equal(different.code, 1);
    assert.match(different.out, /Device +80 +80 +80 +79 +changed +figures/);
    assert.match(different.out, /79 rows instead of 80 accepted/);
    assert.match(different.out, /--stage\s+gold-to-snowflake --force/);
    const json = await reconcile('--date', DATE, '--table', 'device', '--json');
    assert.equal(json.code, 1);
    const document = JSON.parse(json.out);
    assert.deepEqual([document.same, document.different, document.tables[0].verdict], [0, 1, 'changed']);
    assert.deepEqual(document.tables[0].differences[0], {
      column: null,
      figure: 'rows',
      gold: '80',
      warehouse: '79',
    });
    assert.equal((await reconcile('--date', DATE, '--table', 'Playback', '--quiet')).code, 0);
  });

  it('ends with 3 while a run goes on, and with 1 where the warehouse cannot be asked', async () => {
    writeDay(folder(), smallDay());
    await runDay(folder());
    const lock = await takeLock(join(folder(), 'data/.state'));
    const during = await reconcile('--date', DATE);
    await lock.release();
    assert.equal(during.code, 3);
    writeFileSync(join(folder(), 'data/warehouse.duckdb'), 'this is no database, whatever its name says');
    const broken = await reconcile('--date', DATE);
    assert.equal(broken.code, 1);
    assert.match(broken.err, /embedded warehouse cannot be opened/);
  });

  for (const [words, says] of [
    ['', /No date is given/],
    ['--date 2024-11-15', /is not a date/],
    ['--date 20241115 --from 20241101', /cannot be used with/],
    ['--from 20241101', /--from needs --to/],
    ['--from 20241116 --to 20241115', /is after/],
    ['--from 20200101 --to 20241115', /more than 400 days/],
    ['--date 20241115 --table Devise', /no table "Devise"/],
    ['--date 20241115 --brand Skylink', /Unknown option '--brand'/],
  ] as const)
    it(`refuses ${words === '' ? 'no words' : words}`, async () => {
      writeDay(folder(), { ...smallDay(), files: {} });
      const end = await reconcile(...words.split(' ').filter((word) => word !== ''));
      assert.equal(end.code, 2, end.err);
      assert.match(end.err, says);
      assert.equal(end.out, '');
      assert.equal(existsSync(join(folder(), 'data/.state')), false);
    });
});

describe('m7 replay', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);
  const replay = (...words: string[]): Promise<Ended> =>
    m7(['replay', '--date', DATE, ...words, '--workspace', folder()]);
  async function ran(): Promise<void> {
    writeDay(folder(), smallDay());
    await runDay(folder());
  }

  it('shows what is rejected, tries it again after a correction, and counts', async () => {
    await ran();
    const dry = await replay('--stage', 'gold-to-snowflake', '--dry-run');
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.out, /2 rows rejected/);
    assert.match(dry.out, /Nothing was run: what these rejects depend on has not changed/);
    assert.match(dry.err, /Nothing was changed/);
    writeFileSync(
      join(folder(), 'config/validation_rules.json'),
      JSON.stringify({ tables: { Playback: { rules: [{ rule: 'range', column: 'seconds', min: -10 }] } } }),
    );
    const tried = await replay('--stage', 'gold-to-snowflake');
    assert.equal(tried.code, 0, tried.err);
    assert.match(tried.out, /Playback +Skylink +range_seconds +1 +1 +0 +0/);
    assert.match(tried.out, /2 rows of 2 pass gold-to-snowflake now, 0 are still rejected/);
    const again = await replay('--stage', 'gold-to-snowflake');
    assert.match(again.out, /Nothing to replay/);
    const none = lines((await replay('--stage', 'silver-to-gold', '--json', '--where', 'false')).out);
    assert.deepEqual([none[0].event, none[0].rows.before], ['replay_finished', 0]);
  });

  it('exports, and hands corrected records in: events of the run, then the outcome', async () => {
    await ran();
    const sheet = join(folder(), "my fix's.csv");
    const exported = await replay('--stage', 'gold-to-snowflake', '--export', sheet);
    assert.equal(exported.code, 0, exported.err);
    assert.match(exported.out, /2 records of Playback written to/);
    assert.match(exported.err, /--fix '.*my fix'\\''s\.csv'/);
    writeFileSync(sheet, readFileSync(sheet, 'utf8').replaceAll(',-5', ',5'));
    const fixed = await replay('--stage', 'gold-to-snowflake', '--fix', sheet, '--json');
    assert.equal(fixed.code, 0, fixed.err);
    const events = lines(fixed.out);
    assert.equal(events[0].event, 'run_started');
    const last = events.at(-1);
    assert.equal(last.event, 'correction_finished');
    assert.deepEqual([last.given, last.files.length, last.run.status], [2, 2, 'ok']);
    const again = await replay('--stage', 'gold-to-snowflake', '--fix', sheet);
    assert.match(again.out, /2 records given, 0 submitted, 0 unchanged, 2 submitted before/);
  });

  it('goes on after a kill between the move of a file and the removal of its note', async () => {
    const day = smallDay();
    const name = `Skylink_Device_${DATE}.csv`;
    const foreign = (day.files[name] ?? '').toString().replace('device_id,model,price', 'Nummer,Typ,Preis');
    writeDay(folder(), { ...day, files: { ...day.files, [name]: foreign } });
    await runDay(folder());
    const tables = structuredClone(day.tables) as Record<string, { columns: Record<string, object> }>;
    const sources = { device_id: 'Nummer', model: 'Typ', price: 'Preis' };
    for (const [column, source] of Object.entries(sources))
      Object.assign(tables['Device']?.columns[column] ?? {}, { source: [source] });
    writeFileSync(join(folder(), 'config/table_schemas.json'), JSON.stringify({ tables }));
    const killed = await m7(
      ['replay', '--date', DATE, '--stage', 'landing-to-raw', '--workspace', folder()],
      { env: { M7_CRASH_AT: 'reject.moved' } },
    );
    assert.equal(killed.signal, 'SIGKILL', killed.err);
    const kept = join(folder(), `data/rejects/${DATE}/landing-to-raw/Skylink/files`);
    assert.deepEqual(readdirSync(kept), [`${name}.reason.json`]);
    assert.equal(existsSync(join(folder(), 'data/landing', name)), true);
    const again = await replay('--stage', 'landing-to-raw');
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /taken in/);
    assert.deepEqual(readdirSync(kept), []);
    const compared = await m7(['reconcile', '--date', DATE, '--workspace', folder()]);
    assert.equal(compared.code, 0, compared.out);
    assert.match(compared.out, /Device +80 +80 +80 +80 +same/);
  });

  it('ends with 3 while a run goes on', async () => {
    writeDay(folder(), {
      ...smallDay(),
      files: { [`Skylink_Device_${DATE}.csv`]: '<html><body>no</body></html>\n' },
    });
    await runDay(folder());
    const lock = await takeLock(join(folder(), 'data/.state'));
    const during = await replay('--stage', 'landing-to-raw');
    await lock.release();
    assert.equal(during.code, 3, during.out);
    assert.deepEqual(readdirSync(join(folder(), 'data/landing')), []);
  });

  for (const [words, says] of [
    ['', /--stage/],
    ['--stage raw-to-gold', /no stage "raw-to-gold"/],
    ['--stage raw-to-silver --stage silver-to-gold', /--stage is given twice/],
    ['--stage raw-to-silver --table Devise', /no table "Devise"/],
    ['--stage raw-to-silver --brand Skylik', /no brand "Skylik"/],
    ['--stage raw-to-silver --where nonsense', /condition is not valid/],
    ['--stage raw-to-silver --fix x.csv --export y.csv', /cannot be used with/],
    ['--stage raw-to-silver --fix x.csv --dry-run', /cannot be used with/],
    ['--stage raw-to-silver --fix no-such-file.csv', /is not there/],
  ] as const)
    it(`refuses ${words === '' ? 'no stage' : words}`, async () => {
      writeDay(folder(), { ...smallDay(), files: {} });
      const end = await replay(...words.split(' ').filter((word) => word !== ''));
      assert.equal(end.code, 2, end.err);
      assert.match(end.err, says);
      assert.equal(end.out, '');
      assert.equal(existsSync(join(folder(), 'data/.state')), false);
    });
});
