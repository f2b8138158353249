// What a run keeps to be quick next time (manifests by date, loads): it may never hide what changed since.
import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, quoteLiteral } from '../../../src/engine/base/duckdb';
import { readStatus } from '../../../src/engine';
import { readHeads } from '../../../src/engine/lake/manifestHeads';
import { DATE, open, runDay, smallDay, worked, writeDay } from '../../support/day';

describe('what a run keeps for the next', () => {
  let folder: string;
  const data = (...path: string[]): string => join(folder, 'data', ...path);

  /** Files older than the moment in which a clock may stand still. */
  function age(path: string): void {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) age(join(path, entry.name));
    const old = new Date(Date.now() - 60_000);
    for (const entry of readdirSync(path)) utimesSync(join(path, entry), old, old);
    utimesSync(path, old, old);
  }

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), 'm7-kept-'));
    writeDay(folder, smallDay());
    await runDay(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A run after which manifests and loads are kept, and trusted by the next. */
  async function settle(): Promise<void> {
    await runDay(folder);
    age(data('.state', 'manifests'));
    await runDay(folder);
  }

  it('gives the manifests of a date as reading them would', async () => {
    await settle();
    const { lake } = await open(folder);
    const kept = readHeads(lake, DATE).heads;
    rmSync(data('.state', 'cache'), { recursive: true });
    assert.deepEqual(kept, readHeads(lake, DATE).heads);
    assert.ok(kept.some((head) => head.layer === 'validated' && head.tellsLoad));
  });

  it('is really used: a manifest that only the memory tells of is known', async () => {
    await settle();
    const path = data('.state', 'cache', 'manifests', `${DATE}.json`);
    const memory = JSON.parse(readFileSync(path, 'utf8'));
    memory.heads = [];
    writeFileSync(path, JSON.stringify(memory));
    assert.deepEqual(readHeads((await open(folder)).lake, DATE).heads, []);
    rmSync(path);
  });

  it('is not used where a manifest had just changed: it may change again within the same tick of a clock', async () => {
    await settle();
    const path = data('.state', 'cache', 'manifests', `${DATE}.json`);
    const memory = JSON.parse(readFileSync(path, 'utf8'));
    const marks: [number, number][] = Object.values({ ...memory.folders, ...memory.files });
    const newest = Math.max(...marks.map(([time]) => time));
    assert.ok(newest > 0 && memory.heads.length > 0);
    const { lake } = await open(folder);
    const headsTaken = (taken: number): number => {
      writeFileSync(path, JSON.stringify({ ...memory, taken, heads: [] }));
      return readHeads(lake, DATE).heads.length;
    };
    assert.equal(headsTaken(newest + 2_001), 0);
    for (const soon of [0, 1, 1_000, 2_000])
      assert.equal(headsTaken(newest + soon), memory.heads.length, `${soon} ms`);
    rmSync(path);
  });

  for (const [what, change] of [
    ['cut off', (path: string) => truncateSync(path, 10)],
    [
      'changed in place',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"key":"', '"key":"0')),
    ],
    ['removed', (path: string) => rmSync(path)],
  ] as const)
    it(`makes gold anew whose manifest was ${what}`, async () => {
      await settle();
      const folderOf = data('.state', 'manifests', 'gold', DATE);
      const [name] = readdirSync(folderOf);
      change(join(folderOf, name!));
      const done = await runDay(folder);
      assert.ok(
        worked(done).some((step) => step.startsWith(`silver-to-gold ${name!.replace('.json', '')}`)),
        worked(done).join(', '),
      );
    });

  it('makes an output anew that was cut off', async () => {
    await settle();
    const [name] = readdirSync(data('gold', DATE));
    truncateSync(data('gold', DATE, name!), 100);
    assert.ok(worked(await runDay(folder)).some((step) => step.startsWith('silver-to-gold')));
  });

  it('knows the shape of config files it has read, and of no other', async () => {
    await settle();
    const rules = join(folder, 'config', 'validation_rules.json');
    const text = readFileSync(rules, 'utf8');
    assert.equal(JSON.parse(readFileSync(data('.state', 'cache', 'shapes.json'), 'utf8')).shapes.length, 3);
    await open(folder);
    writeFileSync(rules, text.replace('"rule":', '"rul":'));
    try {
      await assert.rejects(open(folder), /lacks "rule"/);
    } finally {
      writeFileSync(rules, text);
    }
    await open(folder);
  });

  it('does not trust a memory that is no memory', async () => {
    await settle();
    for (const text of ['', 'null', '[]', '{"version":0}', '{"version":1,"heads":7}']) {
      writeFileSync(data('.state', 'cache', 'manifests', `${DATE}.json`), text);
      for (const name of ['loads.json', 'shapes.json']) writeFileSync(data('.state', 'cache', name), text);
      assert.deepEqual(worked(await runDay(folder)), []);
    }
  });

  it('loads again what was taken out of the warehouse behind its back', async () => {
    await settle();
    // The warehouse's file must be older than the tick of a clock, and that time cannot be set.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await settle();
    const memory = JSON.parse(readFileSync(data('.state', 'cache', 'loads.json'), 'utf8'));
    assert.ok(memory.loads.length > 0);
    const before = (await readStatus(await open(folder))).dates[0]?.tables.filter(
      (t) => t.loaded !== null,
    ).length;
    assert.ok(before !== undefined && before > 0);
    const database = await openDatabase({ folders: [data()] });
    const connection = await database.connect();
    await connection.run(`ATTACH ${quoteLiteral(data('warehouse.duckdb'))} AS w`);
    await connection.run('DELETE FROM w.STG_SG_MONITORING.LOADS');
    await connection.run('DETACH w');
    connection.close();
    database.close();
    assert.equal(
      worked(await runDay(folder)).filter((s) => s.startsWith('gold-to-snowflake')).length,
      before,
    );
  });
});
