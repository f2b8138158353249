// m7 drift as its users run it: what it lists, accepts and refuses.
import assert from 'node:assert/strict';
import type { AcceptRequest, Drift, DriftList, Report } from '../../src/engine';
import { takeLock } from '../../src/engine/lake';
import { deliver, writeConfig, DAY, NEXT } from '../engine/stages/drift/driftWorkspace';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFolder } from '../support/folder';
import { buildCommand, type Ended, m7 } from './command';

type Accepted = DriftList & { readonly accepted: readonly Drift[] } & Pick<AcceptRequest, 'date'>;

describe('m7 drift', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const at = (...words: readonly string[]): Promise<Ended> => m7(words, { cwd: folder() });
  before(buildCommand);
  beforeEach(async () => {
    await writeConfig(folder(), {
      brands: ['Ann', 'Bob'],
      columns: { id: { type: 'VARCHAR' }, price: { type: 'DOUBLE' }, note: { type: 'VARCHAR' } },
    });
    await deliver(folder(), { brand: 'Ann', date: DAY }, ['id', 'price_eur', 'note'], [['1', '2.5', 'x']]);
    await deliver(folder(), { brand: 'Bob', date: DAY }, ['id', 'price'], [['1', '2.5']]);
  });

  it('lists what differs, in the summary of the run and by itself', async () => {
    const none = await at('drift');
    assert.deepEqual([none.code, none.out], [0, 'No files yet: nothing is in raw.\n']);
    const run = await at('run', '--date', DAY);
    assert.equal(run.code, 0, run.err);
    assert.match(run.out, /Drift {2}2 differences to look at {2}\(m7 drift\)/);
    assert.match(run.err, /warning .*Column price is missing.*"price_eur"/);
    const { code, out } = await at('drift');
    assert.equal(code, 0);
    assert.match(out, /Ann\/T\/price +renamed +open/);
    assert.match(out, /Bob\/T\/note +missing +open/);
    const json = JSON.parse((await at('drift', '--json', '--date', DAY)).out) as DriftList;
    assert.deepEqual(
      json.drifts.map(({ brand, kind, column, header }) => [brand, kind, column, header]),
      [
        ['Ann', 'renamed', 'price', 'price_eur'],
        ['Bob', 'missing', 'note', undefined],
      ],
    );
    assert.match((await at('status')).out, /Drift\n {2}20241114 {2}T\n/);
    assert.match((await at('status', '--date', DAY)).out, /nearest header is "price_eur"/);
    const empty = await at('drift', '--date', NEXT);
    assert.deepEqual([empty.code, empty.out], [0, `No files on ${NEXT}: nothing is in raw.\n`]);
  });

  it('remembers what is accepted, so that the next run passes', async () => {
    await at('run', '--date', DAY);
    const one = JSON.parse((await at('drift', '--accept', 'ann/t/PRICE', '--json')).out) as Accepted;
    assert.deepEqual(
      one.accepted.map((drift) => [drift.brand, drift.column]),
      [['Ann', 'price']],
    );
    assert.match((await at('drift')).out, /1 difference to look at/);
    const all = await at('drift', '--all');
    assert.match(all.out, /^Accepted: 1 difference\./);
    assert.match(all.err, new RegExp(`m7 run --date ${DAY}`));
    const again = await at('drift', '--accept', 'Ann/T');
    assert.deepEqual([again.code, again.out], [0, 'Nothing to accept: all of it was accepted before.\n']);
    assert.match((await at('drift')).out, /All of it is accepted\./);
    assert.equal((await at('run', '--date', DAY)).code, 0);
    const path = join(folder(), `data/logs/reports/${DAY}/T.json`);
    assert.equal((JSON.parse(readFileSync(path, 'utf8')) as Report).status, 'passed');
  });

  it('refuses what it does not know, and says what there is', async () => {
    await at('run', '--date', DAY);
    for (const [words, message] of [
      [['--accept'], /Nothing is named/],
      [['--accept', 'Ann'], /"Ann" names no brand and table/],
      [['--accept', 'Eve/T'], /There is no brand "Eve".*\n.*Known: Ann, Bob/],
      [['--accept', 'Ann/X'], /There is no table "X"/],
      [
        ['--accept', 'Ann/T/nothing'],
        /no drift of nothing in Ann\/T in its last files.*\n.*There is: Ann\/T\/price/,
      ],
      [['--accept', 'Bob/T', 'Ann/T/nothing'], /no drift of nothing/],
      [['--accept', 'Ann/T', '--all'], /--all is given beside names/],
      [['--accept', 'Ann/T', '--date', NEXT], new RegExp(`no drift of Ann/T on ${NEXT}`)],
      [['--date', '2024'], /is not a date/],
    ] as const) {
      const { code, err } = await at('drift', ...words);
      assert.equal(code, 2, words.join(' '));
      assert.match(err, message);
    }
    // Nothing of a list with a mistake in it was accepted.
    assert.match((await at('drift')).out, /2 differences to look at/);
  });

  it('waits for no run: while one is under way nothing is accepted', async () => {
    await at('run', '--date', DAY);
    const lock = await takeLock(join(folder(), 'data/.state'));
    try {
      assert.equal((await at('drift', '--all')).code, 3);
      assert.equal((await at('drift')).code, 0);
    } finally {
      await lock.release();
    }
  });
});
