// m7 run over a range of dates: what a person reads after it, what a program does, and that a bad date stops none.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '../../src/engine';
import { gapsOf, outcomesByDate } from '../../src/engine/run/dateOutcomes';
import { rangesOf } from '../../src/cli/dates';
import { useFolder } from '../support/folder';
import { writeDay, type Day } from '../support/day';
import { buildCommand, m7, type Ended } from './command';

const FIRST = '20241101';
const days = (count: number): string[] => Array.from({ length: count }, (_, i) => addDays(FIRST, i));
const lines = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** One brand, one table; every row of a bad date breaks the rule. */
function range(dates: readonly string[], bad: readonly string[] = []): Day {
  return {
    brands: { Skylink: 'SKL' },
    tables: { Device: { columns: { device_id: { type: 'VARCHAR' }, price: { type: 'INTEGER' } } } },
    rules: { Device: { rules: [{ id: 'paid', rule: 'range', column: 'price', min: 0 }] } },
    settings: 'EXPECTED_TABLES=Device\n',
    files: Object.fromEntries(
      dates.map((date) => [
        `Skylink_Device_${date}.csv`,
        `device_id,price\na${date},${bad.includes(date) ? -1 : 1}\nb${date},${bad.includes(date) ? -1 : 2}\n`,
      ]),
    ),
  };
}

describe('m7 run over a range', function () {
  this.timeout(120_000);
  const folder = useFolder();
  before(buildCommand);
  const run = (...words: string[]): Promise<Ended> => m7(['run', ...words, '--workspace', folder()]);

  it('tells each date in a line, failures first, gaps, totals, and how to go on', async () => {
    const dates = days(8).filter((date) => date !== '20241103' && date !== '20241104');
    writeDay(folder(), range(dates, ['20241105', '20241107']));
    const end = await run('--from', FIRST, '--to', '20241109');
    assert.equal(end.code, 1, end.err);
    const told = end.out.split('\n');
    assert.match(told[0] ?? '', /DATE +STATUS +DONE +FAILED +ACCEPTED +REJECTED +LOADED +MISSING +WORK/);
    assert.deepEqual(
      told.slice(1, 8).map((line) => line.split(/ {2,}/).slice(0, 7)),
      [
        ['20241105', 'failed', '0', '1', '0', '2', '0'],
        ['20241107', 'failed', '0', '1', '0', '2', '0'],
        ['20241101', 'done', '1', '0', '2', '0', '2'],
        ['20241102', 'done', '1', '0', '2', '0', '2'],
        ['20241106', 'done', '1', '0', '2', '0', '2'],
        ['20241108', 'done', '1', '0', '2', '0', '2'],
        ['6 dates', '4', '2', '8', '4', '8', '0'],
      ],
    );
    assert.match(end.out, /3 days of the range without any file\n {2}20241103 to 20241104, 20241109/);
    assert.match(end.out, /2 dates failed: 20241105, 20241107/);
    assert.match(end.out, /Run again: +m7 run --from 20241105 --to 20241107 /);
    assert.match(end.out, /Look further: +m7 report --date 20241105/);
    assert.ok(told.length < 32, end.out);

    // What it names works: with the rule mended, only what is not done runs.
    writeFileSync(join(folder(), 'config/validation_rules.json'), '{"tables": {}}');
    const again = await run('--from', '20241105', '--to', '20241107', '--json');
    assert.equal(again.code, 0, again.err);
  });

  it('tells programs the same in its last event', async () => {
    writeDay(folder(), range([FIRST, '20241102', '20241104'], ['20241102']));
    const end = await run('--from', FIRST, '--to', '20241105', '--json');
    assert.equal(end.code, 1);
    const last = lines(end.out).at(-1);
    assert.equal(last.event, 'run_finished');
    assert.deepEqual(last.gaps, ['20241103', '20241105']);
    const byDate: readonly any[] = last.by_date;
    assert.deepEqual(
      byDate.map((one: any) => [one.date, one.status, one.tables, one.rows, one.error?.code]),
      [
        [
          FIRST,
          'done',
          { done: 1, up_to_date: 0, failed: 0, cancelled: 0 },
          { accepted: 2, rejected: 0, loaded: 2 },
          undefined,
        ],
        [
          '20241102',
          'failed',
          { done: 0, up_to_date: 0, failed: 1, cancelled: 0 },
          { accepted: 0, rejected: 2, loaded: 0 },
          'VALIDATION_FAILED',
        ],
        [
          '20241104',
          'done',
          { done: 1, up_to_date: 0, failed: 0, cancelled: 0 },
          { accepted: 2, rejected: 0, loaded: 2 },
          undefined,
        ],
      ],
    );
    const second = lines((await run('--from', FIRST, '--to', '20241104', '--json')).out).at(-1);
    const after: readonly any[] = second.by_date;
    assert.deepEqual(
      after.map((one: any) => [one.status, one.rows.loaded]),
      [
        ['up to date', 2],
        ['failed', 0],
        ['up to date', 2],
      ],
    );
  });

  it('does not flood a terminal: dates without work are one line, failures are cut', async () => {
    const dates = days(40);
    writeDay(folder(), range(dates));
    assert.equal((await run('--from', FIRST, '--to', dates.at(-1) ?? '', '--quiet')).code, 0);
    rmSync(join(folder(), 'data/raw/20241105'), { recursive: true });
    const late = '20241115';
    writeFileSync(join(folder(), 'data/landing', `Skylink_Device_${late}_b.csv`), 'device_id,price\nz,9\n');
    writeFileSync(
      join(folder(), '.env'),
      'EXPECTED_TABLES=Device\nLANDING_PATTERN={brand}_{table}_{date}*\n',
    );
    const end = await run('--from', FIRST, '--to', dates.at(-1) ?? '');
    assert.match(end.out, /\d+ dates of them up to date, not listed/);
    assert.match(end.out, new RegExp(`^${late} +done`, 'm'));
    assert.ok(end.out.split('\n').length < 20, end.out);
  });

  it('says what a single date or few dates say as before', async () => {
    writeDay(folder(), range([FIRST, '20241102']));
    const end = await run('--from', FIRST, '--to', '20241103');
    assert.match(end.out, /TABLE +LANDING/);
    assert.match(end.out, /1 day of the range without any file\n {2}20241103/);
  });

  it('has nothing to do where there is nothing, and names every day as a gap', async () => {
    writeDay(folder(), range([]));
    const end = await run('--from', FIRST, '--to', '20241130');
    assert.equal(end.code, 0);
    assert.match(end.out, /30 days of the range without any file\n {2}20241101 to 20241130/);
    assert.match(end.out, /Nothing found to do/);
    assert.deepEqual(readdirSync(join(folder(), 'data/landing')), []);
  });
});

describe('dates of a run', () => {
  it('are gaps only within a range, and bounded', () => {
    assert.deepEqual(gapsOf(undefined, []), []);
    assert.deepEqual(gapsOf(['20240101', '20240103'], []), []);
    assert.deepEqual(gapsOf({ from: '20240227', to: '20240302' }, ['20240228', '20240301']), [
      '20240227',
      '20240229',
      '20240302',
    ]);
    assert.ok(gapsOf({ from: '19000101', to: '21001231' }, []).length < 4_000);
  });

  it('are written as ranges', () => {
    assert.deepEqual(rangesOf([]), []);
    assert.deepEqual(rangesOf(['20231231', '20240101', '20240103']), ['20231231 to 20240101', '20240103']);
  });

  it('are as bad as the worst of their tables', () => {
    const step = (date: string, table: string, status: 'done' | 'skipped' | 'failed' | 'cancelled') => ({
      ...{ event: 'step_finished' as const, time: '', run_id: '', stage: 'raw-to-silver' as const },
      ...{ date, table, status, rows_in: 0, rows_out: 0, rows_rejected: 1, duplicates: 0, seconds: 0.5 },
    });
    const found = outcomesByDate(
      ['1', '2', '3', '4'],
      {
        steps: [
          step('1', 'A', 'done'),
          step('1', 'B', 'cancelled'),
          step('2', 'A', 'skipped'),
          step('3', 'A', 'done'),
          step('3', 'A', 'failed'),
          step('3', 'B', 'done'),
        ],
        rejectedFiles: [],
      },
      () => undefined,
    );
    assert.deepEqual(
      found.map((one) => [one.status, one.tables.done, one.tables.failed, one.seconds, one.rows.rejected]),
      [
        ['cancelled', 1, 0, 1, 1],
        ['up to date', 0, 0, 0.5, 0],
        ['failed', 1, 1, 1.5, 2],
        ['up to date', 0, 0, 0, 0],
      ],
    );
  });
});
