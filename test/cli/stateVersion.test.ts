// A data folder in which a newer M7 Pipeline has worked: it is said in these words, and nothing of it is changed.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { crc32 } from 'node:zlib';
import { DATE, smallDay, writeDay } from '../support/day';
import { buildCommand, m7, type Ended } from './command';

const NEWER = `${JSON.stringify({ version: 3, what: 'nobody here knows' })}\n`;
const NEWER_LINE = '{"version":3,"kind":"run","what":"nobody here knows"}';

interface Planted {
  readonly name: string;
  /** Below .state. */
  readonly path: string;
  /** What is there then, given what was. */
  readonly content?: (before: string) => string;
  /** Questions that read it, besides a run. */
  readonly asked?: readonly (readonly string[])[];
}

const PLANTED: readonly Planted[] = [
  ...['raw/20241115/Skylink/Device', 'silver/20241115/Digi/Device', 'gold/20241115/Device'].map((path) => ({
    name: `manifest of ${path}`,
    path: `manifests/${path}.json`,
    content: (before: string) => before.replace('"version":1', '"version":3'),
    asked: [['status'], ['plan', '--date', DATE]],
  })),
  {
    name: 'line of the ledger',
    path: 'ledger',
    content: (before) => `${before}${crc32(NEWER_LINE).toString(16).padStart(8, '0')} ${NEWER_LINE}\n`,
    asked: [['status']],
  },
  {
    name: 'lock',
    path: 'lock',
    content: () =>
      JSON.stringify({
        version: 3,
        pid: 4_000_000,
        host: 'elsewhere',
        started: null,
        since: '2001-01-01',
        token: 'x',
      }),
    asked: [['status'], ['maintenance', '--dry-run'], ['repair']],
  },
  // Who holds it is written in another way: nobody knows that its owner is dead.
  {
    name: 'lock of another form',
    path: 'lock',
    content: () => '{"version":3,"owner":{"process":1}}',
    asked: [['status']],
  },
  { name: 'cache of loads', path: 'cache/loads.json', asked: [['status']] },
  { name: 'cache of shapes', path: 'cache/shapes.json', asked: [['status'], ['plan', '--date', DATE]] },
  { name: 'cache of a date', path: `cache/manifests/${DATE}.json`, asked: [['status'], ['maintenance']] },
  { name: 'cache of the history', path: 'cache/history.json' },
  { name: 'alert state', path: 'alerts/state.json' },
  { name: 'alert that waits', path: 'alerts/outbox/webhook-x.json', asked: [['check']] },
  { name: 'note of started dates', path: 'alerts/begun/x.json' },
];

describe('m7 on a data folder of a newer version', function () {
  this.timeout(120_000);
  let home = '';
  const state = (...path: string[]): string => join(home, 'data', '.state', ...path);
  const ask = (words: readonly string[]): Promise<Ended> => m7([...words, '--workspace', home]);

  /** The state's files with their bytes, but for the history and the caches that each run continues. */
  function stateNow(planted: string): ReadonlyMap<string, string> {
    const files = readdirSync(state(), { recursive: true, withFileTypes: true });
    return new Map(
      files
        .filter((entry) => entry.isFile())
        .map((entry) => relative(state(), join(entry.parentPath, entry.name)))
        .filter((path) => path === planted || !/^(ledger$|cache)/.test(path))
        .sort()
        .map((path) => [path, readFileSync(state(path), 'utf8')]),
    );
  }

  before(async () => {
    await buildCommand();
    home = await mkdtemp(join(tmpdir(), 'm7-newer-'));
    writeDay(home, smallDay());
    const first = await ask(['run', '--date', DATE]);
    assert.equal(first.code, 0, first.err);
    // The second one keeps what it has learnt.
    assert.equal((await ask(['run', '--date', DATE])).code, 0);
    await cp(state(), `${state()}.whole`, { recursive: true });
  });
  afterEach(async () => {
    await rm(state(), { recursive: true });
    await cp(`${state()}.whole`, state(), { recursive: true });
  });
  after(() => rm(home, { recursive: true, force: true }));

  for (const { name, path, content, asked = [] } of PLANTED)
    it(`says so of its ${name}, and leaves all as it is`, async () => {
      const before = existsSync(state(path)) ? readFileSync(state(path), 'utf8') : '';
      if (content !== undefined && path !== 'lock')
        assert.notEqual(before, '', 'nothing is there to be replaced');
      mkdirSync(dirname(state(path)), { recursive: true });
      writeFileSync(state(path), content?.(before) ?? NEWER);
      const planted = stateNow(path);
      assert.ok(planted.size > 10 && planted.has(path));
      for (const words of [['run', '--date', DATE], ...asked]) {
        const { code, out, err } = await ask(words);
        const said = `${out}${err}`.replace(/\s+/g, ' ');
        assert.notEqual(code, 0, words.join(' '));
        assert.match(
          said,
          /was written by a newer M7 Pipeline \(format 3; this one reads up to 1\)/,
          words.join(' '),
        );
        assert.match(said, /Update M7 Pipeline\./);
        assert.ok(said.includes(state(path)) || said.includes(`data/.state/${path}`), said);
        assert.doesNotMatch(said, /damaged|corrupt/i);
      }
      const left = stateNow(path);
      assert.deepEqual([...left.keys()], [...planted.keys()]);
      assert.deepEqual(
        [...planted].filter(([file, text]) => left.get(file) !== text).map(([file]) => file),
        [],
      );
    });

  it('works again where the newer file has gone', async () => {
    const { code, err } = await ask(['run', '--date', DATE]);
    assert.equal(code, 0, err);
  });
});
