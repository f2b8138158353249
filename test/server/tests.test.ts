// Rules and cases as tests over the wire: the tree of a draft, runs on a date, results of ordinary runs.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';
import { ChannelError, isCancelledCall } from '../../src/shared/channel';
import type { Draft } from '../../src/shared/editingApi';
import type { RuleTestsRequest, RuleTestNews, RuleTree } from '../../src/shared/testsApi';
import { DATE, smallDay, writeDay } from '../support/day';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
type Tables = RuleTestsRequest['tables'];

/** Every file below a folder with what tells that it was written. */
function written(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).mtimeMs}`)
    .sort();
}

describe('rules as tests, by the engine process', () => {
  let directory: string;
  let engine: EngineProcess;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'm7 tésts-'));
    writeDay(directory, smallDay());
    engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    await engine.channel.call('run', { selection: { dates: [DATE] } });
  });
  after(async () => {
    engine.stop();
    await engine.gone;
    rmSync(directory, { recursive: true, force: true });
  });

  const draftOf = (text: string): Draft => ({ file: 'validation_rules', text });
  const rules = (...list: readonly string[]): Draft =>
    draftOf(`{\n  "tables": {\n    "Playback": { "rules": [\n${list.join(',\n')}\n    ] } } }`);
  const treeOf = (draft?: Draft): Promise<RuleTree> =>
    engine.channel.call('tests.rules', draft === undefined ? {} : { draft });
  const test = async (
    tables: Tables,
    draft?: Draft,
    date = DATE,
  ): Promise<{ readonly news: readonly RuleTestNews[]; readonly tested: number }> => {
    const news: RuleTestNews[] = [];
    const end = await engine.channel.call(
      'tests.run',
      { date, tables, ...(draft === undefined ? {} : { draft }) },
      { onProgress: (one) => void news.push(one) },
    );
    return { news, tested: end.tested };
  };
  /** "short failed 4/82", or why it was not tested. */
  const inShort = (news: readonly RuleTestNews[]): readonly string[] =>
    news.flatMap((one) => {
      switch (one.kind) {
        case 'started':
          return [];
        case 'tested':
          return [`${one.finding.id} ${one.finding.status} ${one.finding.failing}/${one.finding.evaluated}`];
        case 'untested':
          return [`${one.table} ${(one.rules ?? ['*']).join(',')} ${one.because}`];
      }
    });

  describe('the tree', () => {
    it('lists the rules on disk with their places', async () => {
      const tree = await treeOf();
      assert.equal(tree.path, join(directory, 'config/validation_rules.json'));
      assert.equal(tree.broken, undefined);
      assert.deepEqual(
        tree.tables.map(({ table, rules: all }) => [table, all.map(({ id }) => id)]),
        [
          ['Device', ['not_null_model']],
          ['Playback', ['references_device_id_Device_device_id', 'range_seconds']],
        ],
      );
      const lines = readFileSync(tree.path, 'utf8').split('\n');
      for (const { rules: all } of tree.tables)
        for (const { range, kind } of all) {
          const text = lines.slice(range.from[0], range.to[0] + 1);
          text[0] = (text[0] ?? '').slice(range.from[1]);
          const rule = JSON.parse(text.join('\n').slice(0, text.join('\n').lastIndexOf('}') + 1)) as unknown;
          assert.ok(typeof rule === 'object' && rule !== null && 'rule' in rule && rule.rule === kind);
        }
    });

    it('follows an unsaved text, with everything that tags and descriptions are made of', async () => {
      const draft = rules(
        '{ "id": "a", "rule": "range", "column": "seconds", "max": 9, "severity": "warning", "tags": ["x"] }',
        '{ "rule": "not_null", "columns": ["device_id"], "enabled": false }',
      );
      const tree = await treeOf(draft);
      const [table] = tree.tables;
      assert.equal(tree.tables.length, 1);
      assert.deepEqual(
        table?.rules.map(({ id, kind, columns, severity, enabled, tags, range }) => [
          ...[id, kind, columns, severity, enabled, tags, range.from],
        ]),
        [
          ['a', 'range', ['seconds'], 'warning', true, ['x'], [3, 0]],
          ['not_null_device_id', 'not_null', ['device_id'], 'error', false, [], [4, 0]],
        ],
      );
    });

    it('stays useful with texts that are wrong', async () => {
      const broken = await treeOf(draftOf('{ "tables": {\n "Playback": { "rules": [ { "rule": "not_null", '));
      assert.equal(broken.broken?.line, 2);
      assert.match(broken.broken.message, /\S/);
      for (const text of ['', '[]', '{}', '{"tables": 1}', '{"tables": {"Nobody": {"rules": [{}]}}}']) {
        const tree = await treeOf(draftOf(text));
        assert.deepEqual([tree.tables, tree.broken], [[], undefined], text);
      }
      const twice = await treeOf(
        rules(
          '{ "id": "a", "rule": "not_null", "column": "seconds" }',
          '{ "id": "a", "rule": "unique", "column": "seconds" }',
          '1',
          '{}',
        ),
      );
      assert.deepEqual(
        twice.tables[0]?.rules.map(({ id, kind }) => [id, kind]),
        [
          ['a', 'not_null'],
          ['rule', ''],
        ],
      );
    });
  });

  describe('a run', () => {
    it('tells of every rule of a table, as the last validation found it', async () => {
      const { news, tested } = await test([{ table: 'Playback' }, { table: 'Device' }]);
      assert.equal(tested, 3);
      assert.deepEqual(
        news.flatMap((one) => (one.kind === 'started' ? [[one.table, one.rules]] : [])),
        [
          ['Playback', ['references_device_id_Device_device_id', 'range_seconds']],
          ['Device', ['not_null_model']],
        ],
      );
      const { reports } = await engine.channel.call('report', { date: DATE });
      const validated = reports.flatMap(({ findings }) => findings);
      for (const one of news)
        if (one.kind === 'tested') {
          const before = validated.find(({ id }) => id === one.finding.id);
          assert.ok(before);
          const same = { seconds: 0, samples: [] };
          assert.deepEqual({ ...one.finding, ...same }, { ...before, ...same });
          assert.deepEqual(one.finding.samples, before.samples.slice(0, 5));
        }
    });

    it('goes by the draft, and each rule for itself', async () => {
      const draft = rules(
        '{ "id": "short", "rule": "range", "column": "seconds", "max": 259, "error": 3 }',
        '{ "id": "fits", "rule": "not_null", "column": "device_id" }',
        '{ "id": "off", "rule": "not_null", "column": "seconds", "enabled": false }',
        '{ "id": "wrong", "rule": "expression", "expression": "no_such > 1" }',
        '{ "id": "none", "rule": "nonsense" }',
        '{ "id": "many", "rule": "row_count", "max": 5 }',
      );
      const all = await test([{ table: 'Playback' }], draft);
      assert.deepEqual(inShort(all.news), [
        ...['short failed 4/82', 'fits passed 0/82', 'off skipped 0/0', 'wrong error 0/0', 'none error 0/0'],
        'many failed 0/82',
      ]);
      const named = await test([{ table: 'Playback', rules: ['off', 'fits'] }], draft);
      assert.match(inShort(named.news).join(), /^fits passed 0\/82,off \w+ \d+\/82$/);
    });

    it('writes nothing of the workspace', async () => {
      const before = written(directory);
      await test([{ table: 'Playback' }, { table: 'Device' }]);
      await engine.channel.call('tests.results', {});
      assert.deepEqual(written(directory), before);
    });

    it('tells technical checks as they were found when gold was made', async () => {
      const { news } = await test([{ table: 'Playback', rules: ['technical.primary_key'] }]);
      assert.match(inShort(news).join(), /^technical\.primary_key \w+ \d+\/\d+$/);
    });

    it('says what cannot be tested, and tests the rest', async () => {
      const mixed = await test([
        { table: 'Playback', rules: ['gone', 'range_seconds'] },
        { table: 'Nobody' },
        { table: 'Device' },
      ]);
      assert.deepEqual(inShort(mixed.news), [
        'Nobody * no gold',
        'Playback gone no rule',
        'range_seconds warned 2/82',
        'not_null_model passed 0/80',
      ]);
      const empty = await test([{ table: 'Playback', rules: ['range_seconds'] }], undefined, '20200101');
      assert.deepEqual(inShort(empty.news), ['Playback range_seconds no gold']);
      assert.deepEqual(inShort((await test([])).news), []);
      assert.deepEqual(inShort((await test([{ table: 'Playback', rules: [] }])).news), []);
      for (const date of ['yesterday', '20241332', '../..'])
        await assert.rejects(
          test([{ table: 'Playback' }], undefined, date),
          (error) => error instanceof ChannelError && error.code === 'USAGE',
        );
    });

    it('tells of a table whose gold is not what the schema says, and goes on', async () => {
      const schemas = JSON.parse(readFileSync(join(directory, 'config/table_schemas.json'), 'utf8')) as {
        readonly tables: { readonly Device: { readonly columns: Record<string, unknown> } };
      };
      schemas.tables.Device.columns['colour'] = { type: 'VARCHAR' };
      const draft: Draft = { file: 'table_schemas', text: JSON.stringify(schemas) };
      const { news } = await test(
        [{ table: 'Device' }, { table: 'Playback', rules: ['range_seconds'] }],
        draft,
      );
      assert.deepEqual(inShort(news), ['Device not_null_model failed', 'range_seconds warned 2/82']);
    });

    it('stops when it is told to', async () => {
      const control = new AbortController();
      const call = engine.channel.call(
        'tests.run',
        { date: DATE, tables: [{ table: 'Playback' }, { table: 'Device' }] },
        { signal: control.signal, onProgress: () => control.abort() },
      );
      await assert.rejects(call, isCancelledCall);
      // And the next one is as if nothing had been.
      assert.equal((await test([{ table: 'Device' }])).tested, 1);
    });
  });

  describe('results of runs', () => {
    it('are told once: the newest date first, then what was validated anew', async () => {
      const { channel } = engine;
      const first = await channel.call('tests.results', {});
      assert.deepEqual(
        first.dates.map(({ date, tables }) => [date, tables.map(({ table }) => table).sort()]),
        [[DATE, ['Device', 'Playback']]],
      );
      const { mark } = first;
      assert.deepEqual(await channel.call('tests.results', { mark }), { dates: [], mark });
      const path = join(directory, 'config/validation_rules.json');
      const before = readFileSync(path, 'utf8');
      writeFileSync(path, before.replace('"not_null"', '"unique"'));
      try {
        await channel.call('run', { selection: { dates: [DATE] } });
        const next = await channel.call('tests.results', { mark });
        assert.deepEqual(
          next.dates.map(({ tables }) => tables.map(({ table }) => table)),
          [['Device']],
          'only what was validated again',
        );
        assert.deepEqual((await channel.call('tests.results', { mark: next.mark })).dates, []);
      } finally {
        writeFileSync(path, before);
      }
    });
  });

  describe('cases', () => {
    it('are listed by name where m7 test finds them', async () => {
      const { channel } = engine;
      assert.deepEqual(await channel.call('tests.cases', {}), {
        folder: join(directory, 'test/cases'),
        cases: [],
      });
      const folder = join(directory, 'cases');
      mkdirSync(join(folder, 'empty'), { recursive: true });
      assert.deepEqual((await channel.call('tests.cases', {})).cases, []);
      for (const name of ['b', 'a/inner', '.hidden']) {
        mkdirSync(join(folder, name), { recursive: true });
        writeFileSync(join(folder, name, 'expected.json'), '{}');
      }
      const found = await channel.call('tests.cases', {});
      assert.equal(found.folder, folder);
      assert.deepEqual(found.cases, [
        {
          folder: join(folder, 'a/inner'),
          name: 'a/inner',
          expected: join(folder, 'a/inner/expected.json'),
        },
        { folder: join(folder, 'b'), name: 'b', expected: join(folder, 'b/expected.json') },
      ]);
    });
  });
});
