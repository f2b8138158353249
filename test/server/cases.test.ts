// Cases as the editor asks for them: listed, made with progress, cancelled, run, and every refusal by its code.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError } from '../../src/engine';
import { caseMethods } from '../../src/server/caseMethods';
import type { Methods } from '../../src/shared/channel';
import type { CaseApi, CaseFailure, CaseProgress, CaseResult, TestedCase } from '../../src/shared/caseApi';
import { DATE, runDay, smallDay, writeDay } from '../support/day';

describe('cases, as the editor asks for them', () => {
  let directory = '';
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "m7 ca'ses-"));
    const day = smallDay(12);
    writeDay(directory, {
      ...day,
      tables: {
        ...day.tables,
        Person: {
          columns: { id: { type: 'VARCHAR' }, name: { type: 'VARCHAR', sensitive: true } },
        },
      },
      rules: {
        Playback: {
          rules: [{ rule: 'range', id: 'seconds', column: 'seconds', max: 60, severity: 'warning' }],
        },
        Person: {
          rules: [
            { rule: 'not_enum', id: 'known', column: 'name', values: ['Annabella'], severity: 'warning' },
          ],
        },
      },
      settings: 'EXPECTED_TABLES=Device,Playback,Person\n',
      files: { ...day.files, [`Skylink_Person_${DATE}.csv`]: 'id,name\n1,Berta\n2,Annabella\n' },
    });
    await runDay(directory);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));
  afterEach(() => rmSync(join(directory, 'test'), { recursive: true, force: true }));

  const none = (): undefined => undefined;
  const methods = (): Methods<CaseApi> => caseMethods(directory);
  const context = { signal: new AbortController().signal, progress: none };
  const list = async (date = DATE): Promise<CaseApi['case.failures']['result']> =>
    methods()['case.failures']({ date }, context);
  const test = async (
    folders: readonly string[],
    progress: (one: TestedCase) => void = none,
  ): Promise<readonly TestedCase[]> =>
    (await methods()['case.test']({ folders }, { ...context, progress })).cases;
  const seconds: CaseFailure = { kind: 'rule', id: 'seconds' };
  const create = async (
    more: Partial<CaseApi['case.create']['params']> = {},
    progress: (told: CaseProgress) => void = none,
    signal: AbortSignal = context.signal,
  ): Promise<CaseResult> =>
    methods()['case.create'](
      { date: DATE, table: 'Playback', failure: seconds, ...more },
      { signal, progress },
    );
  const fails =
    (code: string, words = /./) =>
    (error: unknown): boolean => {
      assert.ok(error instanceof PipelineError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, words);
      assert.notEqual(error.remedy, '');
      return true;
    };

  it('lists what failed with where cases lie', async () => {
    const { folder, failures } = await list();
    assert.equal(folder, join(directory, 'test/cases'));
    assert.deepEqual(
      failures.map(({ table, kind, title }) => [table, kind, title]),
      [
        ['Playback', 'warned', 'rule seconds fails'],
        ['Playback', 'reject', 'rejected for TOO_FEW_FIELDS'],
        ['Playback', 'conversion', 'values of started_at do not convert'],
        ['Playback', 'reject', 'rejected for DUPLICATE_REMOVED (playback_id)'],
        ['Person', 'warned', 'rule known fails'],
      ],
    );
  });

  it('tells how the lines become fewer, writes the folder, and runs it', async () => {
    const told: CaseProgress[] = [];
    const made = await create({}, (progress) => told.push(progress));
    assert.equal(made.folder, join(directory, 'test/cases/Playback_seconds'));
    assert.equal(made.lines, 1);
    assert.deepEqual([...new Set(told.map(({ doing }) => doing))], ['looking', 'shrinking', 'writing']);
    assert.ok(told.some(({ lines, runs }) => lines !== undefined && runs > 0));
    assert.equal(told.at(-1)?.lines, 1);
    assert.ok(existsSync(join(made.folder, 'expected.json')));
    const each: TestedCase[] = [];
    const cases = await test([made.folder], (one) => each.push(one));
    assert.deepEqual(cases, each);
    assert.deepEqual(
      cases.map(({ name, outcome }) => [name, outcome.kind]),
      [['test/cases/Playback_seconds', 'passed']],
    );
    writeFileSync(join(made.folder, 'expected.json'), '{');
    const [broken] = await test([made.folder]);
    assert.equal(broken?.outcome.kind, 'broken');
  });

  it('refuses with VALUES_NEEDED until it is told to keep them', async () => {
    const person = { table: 'Person', failure: { kind: 'rule', id: 'known' } } as const;
    await assert.rejects(create(person), fails('VALUES_NEEDED', /depends on the values of Person\.name/));
    assert.ok(!existsSync(join(directory, 'test')));
    const made = await create({ ...person, keepValues: true });
    assert.match(readFileSync(join(made.folder, `landing/Skylink_Person_${DATE}.csv`), 'utf8'), /Annabella/);
  });

  it('stops when it is cancelled, and leaves nothing', async () => {
    const stop = new AbortController();
    const running = create({}, ({ doing }) => doing === 'shrinking' && stop.abort(), stop.signal);
    await assert.rejects(running, fails('CANCELLED'));
    assert.ok(!existsSync(join(directory, 'test')));
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith(`m7-case-${process.pid}-`)),
      [],
    );
  });

  it('refuses what is none, each by its code', async () => {
    await assert.rejects(list('2024-15-01'), fails('USAGE'));
    assert.deepEqual((await list('20200101')).failures, []);
    await assert.rejects(create({ table: 'Playbak' }), fails('NOT_FOUND', /no table/));
    await assert.rejects(create({ failure: { kind: 'rule', id: 'nothing' } }), fails('NOT_FOUND', /no rule/));
    await assert.rejects(create({ date: '20200101' }), fails('NOT_FOUND', /There are no results/));
    await assert.rejects(create({ name: '../up' }), fails('USAGE', /not a valid name/));
    await assert.rejects(create({ folder: 'relative' }), fails('USAGE', /absolute/));
    await assert.rejects(create({ folder: join(directory, '.env') }), fails('USAGE', /is a file/));
    mkdirSync(join(directory, 'test/cases/Playback_seconds'), { recursive: true });
    await assert.rejects(create(), fails('USAGE', /already exists/));
    await assert.rejects(test(['relative']), fails('USAGE', /absolute/));
    await assert.rejects(test([join(directory, 'nowhere')]), fails('NOT_FOUND', /no folder/));
    await assert.rejects(test([join(directory, '.env')]), fails('NOT_FOUND', /is a file/));
    await assert.rejects(test([join(directory, 'test')]), fails('NOT_FOUND', /no case/));
  });

  it('tells the line of a config that is broken', async () => {
    const file = join(directory, 'config/validation_rules.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `{\n "tables": [}\n`);
    try {
      for (const call of [list, create])
        await assert.rejects(call(), (error: unknown) => {
          assert.ok(fails('CONFIG_INVALID')(error) && error instanceof PipelineError);
          assert.equal(error.where?.file, file);
          assert.equal(error.where.line, 2);
          return true;
        });
    } finally {
      writeFileSync(file, text);
    }
  });
});
