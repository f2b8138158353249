// The last stage over real gold: reports, rejects, and a warehouse that holds exactly what was accepted.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteLiteral } from '../../../src/engine/base/duckdb';
import { PipelineError } from '../../../src/engine/model/errors';
import { tellsLoad, type Manifest } from '../../../src/engine/lake/manifest';
import type { Config, Report, Rule } from '../../../src/engine/model';
import { validateAndLoad } from '../../../src/engine/stages/goldToSnowflake';
import type { LoadInput, ValidationOutcome } from '../../../src/engine/stages/stage';
import { loadIdOf, loadKey, openWarehouse, type Warehouse } from '../../../src/engine/warehouse';
import {
  CONFIG,
  key,
  loadInput,
  openFixture,
  publishGold,
  rule,
  stepContext,
  USER,
  users,
  warehouseRows,
  type Fixture,
} from '../warehouse/warehouseFixture';

const D1 = '20240101';
const D2 = '20240102';
const withRules = (...rules: readonly Rule[]): Config => ({ ...CONFIG, rules });
const CHEAP = rule('User', 'fee_low', 'range', {
  columns: ['fee'],
  parameters: { min: 1 },
  error: { percent: 50 },
  description: 'A fee below one euro.',
});
const NAMED = rule('User', 'named', 'not_null', { columns: ['name'], error: { percent: 50 } });

describe('gold-to-snowflake', () => {
  let fixture: Fixture;
  let warehouse: Warehouse;
  beforeEach(async () => {
    fixture = await openFixture();
    warehouse = openWarehouse(fixture.settings, fixture.database);
  });
  afterEach(async () => {
    await warehouse.close();
    fixture.close();
  });

  async function load(
    input: LoadInput,
    config: Config,
    options: { loads?: boolean; force?: boolean; runId?: string } = {},
  ): Promise<ValidationOutcome> {
    const connection = await fixture.database.connect();
    try {
      const context = await stepContext(fixture, config, { connection, runId: options.runId ?? 'run-1' });
      return await validateAndLoad(context, input, {
        warehouse: options.loads === false ? undefined : warehouse,
        force: options.force === true,
      });
    } finally {
      connection.close();
    }
  }
  const reportOnDisk = (date: string): Report =>
    JSON.parse(readFileSync(fixture.lake.reportFile(date, 'User'), 'utf8')) as Report;
  const validated = (date: string): Manifest | undefined => fixture.lake.manifest('validated', date, 'User');
  const loadedIds = async (): Promise<readonly unknown[]> =>
    (await warehouseRows(fixture.connection, 'USER')).map((r) => r['USER_ID']);

  it('keeps rejected rows out, says why, and balances every edge', async () => {
    const gold = await publishGold(fixture, D1, 'User', users(10, "nullif('n' || i, 'n3')"), key('a'));
    const outcome = await load(loadInput(gold), withRules(CHEAP, NAMED));
    assert.ok(outcome.kind === 'done');
    const { report } = outcome;
    assert.deepEqual(outcome.counts, { rowsIn: 10, rowsOut: 8, rowsRejected: 2, duplicates: 0 });
    assert.deepEqual(await loadedIds(), [2, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(report, reportOnDisk(D1));
    assert.deepEqual(report.rows, {
      landing: 0,
      raw: 0,
      silver: 0,
      gold: 10,
      accepted: 8,
      rejected: 2,
      duplicates: 0,
      loaded: 8,
    });
    assert.deepEqual(report.edges.slice(1), [
      { from: 'gold', to: 'accepted', in: 10, out: 8, rejected: 2, duplicates: 0, balanced: true },
      { from: 'accepted', to: 'loaded', in: 8, out: 8, rejected: 0, duplicates: 0, balanced: true },
    ]);
    const rejects = fixture.lake.rejectsFile('gold-to-snowflake', { date: D1, table: 'User' });
    assert.deepEqual(await fixture.connection.rows(`SELECT * FROM read_parquet(${quoteLiteral(rejects)})`), [
      {
        _brand: 'Skylink',
        _source_file: 'Skylink_User.csv',
        _source_row: 1,
        line: null,
        code: 'RULE',
        columns: ['fee'],
        rules: ['fee_low'],
        reason: 'fee_low: A fee below one euro.',
        record: '{"user_id":"1","name":"n1","fee":"0.50"}',
        _gold_row: 0,
      },
      {
        _brand: 'Skylink',
        _source_file: 'Skylink_User.csv',
        _source_row: 3,
        line: null,
        code: 'RULE',
        columns: ['name'],
        rules: ['named'],
        reason: 'breaks rule named (not_null of name)',
        record: '{"user_id":"3","name":null,"fee":"1.50"}',
        _gold_row: 2,
      },
    ]);
    const manifest = validated(D1);
    assert.equal(manifest?.rejects?.rows, 2);
    assert.equal(tellsLoad(manifest), true);
    const record = (await warehouse.loads()).get(loadKey(D1, 'User'));
    assert.equal(record?.loadId, loadIdOf(gold.key, USER, fixture.settings));
  });

  it('profiles columns by number, not by text, and hides sensitive ones', async () => {
    const gold = await publishGold(fixture, D1, 'User', users(12, "nullif('n' || i, 'n3')"), key('a'));
    const columns = USER.columns.map((c) => (c.name === 'fee' ? { ...c, sensitive: true } : c));
    const { report } = await load(loadInput(gold), { ...CONFIG, tables: [{ ...USER, columns }] });
    assert.deepEqual(report.profile.slice(0, 3), [
      { column: 'user_id', type: 'BIGINT', nulls: 0, min: '1', max: '12' },
      { column: 'name', type: 'VARCHAR', nulls: 1, min: 'n1', max: 'n9' },
      { column: 'fee', type: 'DECIMAL(10,2)', nulls: 0, min: null, max: null },
    ]);
  });

  it('writes the same rejects for the same gold, byte for byte', async () => {
    const gold = await publishGold(fixture, D1, 'User', users(300_000), key('a'));
    const config = withRules(
      rule('User', 'odd', 'expression', {
        parameters: { expression: 'user_id % 3 = 1' },
        error: { percent: 100 },
      }),
    );
    const path = fixture.lake.rejectsFile('gold-to-snowflake', { date: D1, table: 'User' });
    const bytes: Buffer[] = [];
    for (let i = 0; i < 3; i += 1) {
      await load(loadInput(gold), config, { force: true, loads: false });
      bytes.push(readFileSync(path));
    }
    assert.ok(bytes[0]!.length > 10_000);
    assert.ok(bytes.every((b) => b.equals(bytes[0]!)));
  });

  it('validates without loading', async () => {
    const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
    const { report } = await load(loadInput(gold), withRules(CHEAP), { loads: false });
    assert.equal(report.rows.loaded, null);
    assert.equal(tellsLoad(validated(D1)!), false);
    assert.equal(existsSync(join(fixture.settings.dataDir, 'warehouse.duckdb')), false);
  });

  it('takes the rejects of an earlier validation instead of evaluating again', async () => {
    // Two files of one name came: file and record number are the same for two rows, one of which is rejected.
    const twice = `SELECT * FROM (${users(4)}) UNION ALL (${users(4).replace('CAST(i / 2', 'CAST(i * 2')})`;
    const gold = await publishGold(fixture, D1, 'User', twice, key('a'));
    const first = await load(loadInput(gold), withRules(CHEAP), { loads: false, runId: 'validation' });
    // With no rules at hand, a new evaluation would reject nothing.
    const { report } = await load(loadInput(gold), CONFIG, { runId: 'load' });
    assert.equal(report.started_at, first.report.started_at);
    assert.equal(report.run_id, 'load');
    assert.deepEqual(report.findings, first.report.findings);
    assert.deepEqual(
      (await warehouseRows(fixture.connection, 'USER')).map((r) => [r['USER_ID'], r['FEE']]),
      [
        [1, '2.00'],
        [2, '1.00'],
        [2, '4.00'],
        [3, '1.50'],
        [3, '6.00'],
        [4, '2.00'],
        [4, '8.00'],
      ],
    );
  });

  for (const [what, spoil] of [
    ['report is gone', (f: Fixture): void => rmSync(f.lake.reportFile(D1, 'User'))],
    ['report is no report', (f: Fixture): void => spoilKeepingSize(f.lake.reportFile(D1, 'User'))],
    [
      'rejects are gone',
      (f: Fixture): void => rmSync(f.lake.rejectsFile('gold-to-snowflake', { date: D1, table: 'User' })),
    ],
    [
      'rejects are cut short',
      (f: Fixture): void =>
        writeFileSync(f.lake.rejectsFile('gold-to-snowflake', { date: D1, table: 'User' }), 'PAR1'),
    ],
  ] as const)
    it(`validates again when the earlier one's ${what}`, async () => {
      const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
      await load(loadInput(gold), withRules(CHEAP), { loads: false });
      spoil(fixture);
      const { report } = await load(loadInput(gold), withRules(CHEAP));
      assert.equal(report.rows.loaded, 3);
      assert.equal(validated(D1)?.rejects?.rows, 1);
    });

  it('does nothing twice, and anew when forced', async () => {
    const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
    await load(loadInput(gold), withRules(CHEAP), { runId: 'one' });
    const text = readFileSync(fixture.lake.reportFile(D1, 'User'), 'utf8');
    const second = await load(loadInput(gold), withRules(CHEAP), { runId: 'two' });
    assert.equal(second.report.run_id, 'one');
    assert.equal(readFileSync(fixture.lake.reportFile(D1, 'User'), 'utf8'), text);
    const third = await load(loadInput(gold), withRules(CHEAP), { runId: 'three', force: true });
    assert.equal(third.report.run_id, 'three');
    const runs = await fixture.connection.rows(
      'SELECT RUN_ID, ROWS_DELETED FROM warehouse."STG_SG_MONITORING"."LOADS" ORDER BY rowid',
    );
    assert.deepEqual(runs, [
      { RUN_ID: 'one', ROWS_DELETED: 0 },
      { RUN_ID: 'three', ROWS_DELETED: 3 },
    ]);
  });

  it('tells the load in the report when a crash came between the two', async () => {
    const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
    await load(loadInput(gold), CONFIG, { runId: 'one' });
    // Back to the state after the commit: the report of the validation, without the load.
    await load(loadInput(gold), CONFIG, { loads: false, force: true, runId: 'one' });
    assert.equal(reportOnDisk(D1).rows.loaded, null);
    const { report } = await load(loadInput(gold), CONFIG, { runId: 'two' });
    assert.equal(report.rows.loaded, 4);
    assert.equal(reportOnDisk(D1).rows.loaded, 4);
    assert.equal((await warehouse.loads()).get(loadKey(D1, 'User'))?.runId, 'one');
  });

  it('reloads a date as its gold and its rules change, and no other date', async () => {
    await load(loadInput(await publishGold(fixture, D2, 'User', users(2), key('x'))), CONFIG);
    const old = await publishGold(fixture, D1, 'User', users(4), key('a'));
    await load(loadInput(old), withRules(CHEAP));
    assert.ok(validated(D1)?.rejects !== undefined);
    await load(loadInput(old, key('other rules')), CONFIG);
    assert.equal(validated(D1)?.rejects, undefined);
    assert.equal(
      existsSync(fixture.lake.rejectsFile('gold-to-snowflake', { date: D1, table: 'User' })),
      false,
    );
    assert.deepEqual(await loadedIds(), [1, 2, 3, 4, 1, 2]);
    await load(loadInput(await publishGold(fixture, D1, 'User', users(1), key('b'))), CONFIG);
    assert.deepEqual(await loadedIds(), [1, 1, 2]);
  });

  describe('a table that fails', () => {
    const strict = rule('User', 'strict', 'range', {
      columns: ['fee'],
      parameters: { min: 1 },
      onFail: 'fail',
      location: { file: 'config/validation_rules.json', line: 7 },
    });
    const refused = (
      outcome: ValidationOutcome,
      words: string,
    ): Extract<ValidationOutcome, { kind: 'refused' }> => {
      assert.ok(outcome.kind === 'refused');
      assert.equal(outcome.error.code, 'VALIDATION_FAILED');
      assert.ok(outcome.error.message.includes(words), outcome.error.message);
      assert.deepEqual(outcome.report, reportOnDisk(D1));
      return outcome;
    };

    it('is not loaded, its report tells why, and what was loaded before stays', async () => {
      await load(loadInput(await publishGold(fixture, D1, 'User', users(2), key('a'))), CONFIG);
      const gold = await publishGold(fixture, D1, 'User', users(5), key('b'));
      const { error } = refused(await load(loadInput(gold), withRules(strict)), 'strict');
      assert.equal(error.where?.line, 7);
      assert.equal(reportOnDisk(D1).status, 'failed');
      assert.equal(reportOnDisk(D1).rows.loaded, null);
      assert.deepEqual(await loadedIds(), [1, 2]);
      const [last] = await fixture.connection.rows(
        'SELECT STATUS, ERROR_CODE, ROWS_SOURCE FROM warehouse."STG_SG_MONITORING"."LOADS" ORDER BY rowid DESC LIMIT 1',
      );
      assert.deepEqual(last, { STATUS: 'FAILED', ERROR_CODE: 'VALIDATION_FAILED', ROWS_SOURCE: 5 });
      // It fails again from its report, also without a warehouse.
      refused(await load(loadInput(gold), withRules(strict), { loads: false }), 'strict');
    });

    it('fails for the threshold of all rules together', async () => {
      const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
      refused(await load(loadInput(gold), withRules({ ...CHEAP, error: undefined })), 'fee_low');
    });

    it('fails for its technical checks', async () => {
      const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
      const check = { id: 'key_once', rule: 'unique', columns: ['user_id'], severity: 'error' as const };
      const findings = [
        {
          ...check,
          status: 'failed' as const,
          evaluated: 4,
          failing: 1,
          failing_pct: 25,
          samples: [],
          seconds: 0,
          config_line: 3,
        },
      ];
      refused(await load({ ...loadInput(gold), gold: { ...gold, findings } }, CONFIG), 'key_once');
    });
  });

  it('lets rules see other tables, of the same date and the latest, and earlier reports', async () => {
    const to = (table: string, at?: 'latest'): Partial<Rule> => ({
      columns: ['user_id'],
      parameters: { to: `${table}.user_id`, ...(at === undefined ? {} : { at }) },
      error: { percent: 100 },
      onFail: 'report',
    });
    const rules = [
      rule('User', 'same', 'references', to('Device')),
      rule('User', 'latest', 'references', to('Card', 'latest')),
      rule('User', 'none', 'references', to('Card')),
      rule('User', 'size', 'anomaly', {
        parameters: { metric: 'row_count', days_back: 5 },
        onFail: 'report',
      }),
    ];
    const tables = [USER, { ...USER, name: 'Device' }, { ...USER, name: 'Card' }];
    const config: Config = { ...CONFIG, tables, rules };
    await publishGold(fixture, D1, 'Device', users(1), key('d0'));
    await publishGold(fixture, '20231229', 'Card', users(1), key('d1'));
    await publishGold(fixture, '20231231', 'Card', users(2), key('d2'));
    await publishGold(fixture, D2, 'Card', users(4), key('d3'));
    for (const [date, rows] of [
      ['20231228', 100],
      ['20231229', 101],
      ['20231230', 102],
      ['20231231', 99],
    ] as const)
      await load(loadInput(await publishGold(fixture, date, 'User', users(rows), key(date))), config, {
        loads: false,
      });
    const gold = await publishGold(fixture, D1, 'User', users(4), key('a'));
    const { report } = await load(loadInput(gold), config, { loads: false });
    const found = new Map(report.findings.map((f) => [f.id, f]));
    assert.equal(found.get('same')?.failing, 3);
    assert.equal(found.get('latest')?.failing, 2);
    assert.equal(found.get('none')?.status, 'error');
    assert.equal(found.get('size')?.observed, 4);
    assert.equal(found.get('size')?.status, 'failed', found.get('size')?.message);
  });

  describe('refuses', () => {
    const refused = (code: string, words: RegExp) => (e: unknown) =>
      e instanceof PipelineError && e.code === code && words.test(e.message);

    it('gold that lacks a column of the config', async () => {
      const gold = await publishGold(
        fixture,
        D1,
        'User',
        `SELECT * EXCLUDE (fee) FROM (${users(1)})`,
        key('a'),
      );
      await assert.rejects(load(loadInput(gold), CONFIG), refused('TABLE_FAILED', /no column fee/));
    });
    it('gold of another type', async () => {
      const gold = await publishGold(
        fixture,
        D1,
        'User',
        `SELECT * REPLACE ('x' AS fee) FROM (${users(1)})`,
        key('a'),
      );
      await assert.rejects(
        load(loadInput(gold), CONFIG),
        refused('TABLE_FAILED', /fee .* VARCHAR .* DECIMAL/),
      );
    });
    it('rows of a brand without a code', async () => {
      const gold = await publishGold(
        fixture,
        D1,
        'User',
        `SELECT * REPLACE ('Nobody' AS _brand) FROM (${users(1)})`,
        key('a'),
      );
      await assert.rejects(load(loadInput(gold), CONFIG), refused('TABLE_FAILED', /brand Nobody/));
    });
    it('edges that do not add up', async () => {
      const gold = await publishGold(fixture, D1, 'User', users(3), key('a'));
      const edges = [{ ...gold.edges[0]!, in: 5, rejected: 1 }];
      await assert.rejects(
        load({ ...loadInput(gold), gold: { ...gold, edges } }, CONFIG),
        refused('CONSERVATION', /silver to gold: 5 in, 3 out, 1 rejected/),
      );
    });
    it('a table that is not configured', async () => {
      const gold = await publishGold(fixture, D1, 'Else', users(1), key('a'));
      await assert.rejects(load(loadInput(gold), CONFIG), refused('NOT_FOUND', /Else/));
    });
    it('to go on after cancellation', async () => {
      const gold = await publishGold(fixture, D1, 'User', users(3), key('a'));
      const context = await stepContext(fixture, CONFIG, { signal: AbortSignal.abort() });
      await assert.rejects(
        validateAndLoad(context, loadInput(gold), { warehouse, force: false }),
        refused('CANCELLED', /./),
      );
      assert.equal(validated(D1), undefined);
    });
  });

  it('hides extra columns of gold that are called like its own', async () => {
    const select = `SELECT *, 'evil' AS "BRAND_CODE", 'evil' AS _row, 'evil' AS load_date, 'kept' AS more FROM (${users(2)})`;
    const gold = await publishGold(fixture, D1, 'User', select, key('a'));
    await load(loadInput(gold), CONFIG);
    assert.deepEqual(
      (await warehouseRows(fixture.connection, 'USER')).map((r) => [r['BRAND_CODE'], r['LOAD_DATE']]),
      [
        ['SKL', '2024-01-01'],
        ['SKL', '2024-01-01'],
      ],
    );
  });

  describe('killed', () => {
    /** Loads in another process, which dies at the step (or when `at` is a number, so many ms after it began). */
    function killed(at: string | number): Promise<string> {
      const child = spawn(
        process.execPath,
        [
          '--import',
          'tsx',
          join(process.cwd(), 'test/engine/warehouse/warehouseChild.ts'),
          'load',
          fixture.root,
          D1,
        ],
        { env: { ...process.env, ...(typeof at === 'string' ? { M7_CRASH_AT: at } : {}) } },
      );
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        if (said === '' && typeof at === 'number') setTimeout(() => child.kill('SIGKILL'), at);
        said += chunk.toString();
      });
      return new Promise((resolve) =>
        child.on('close', (_code, signal) => resolve(`${signal ?? 'ended'}\n${said}`)),
      );
    }

    for (const [at, held] of [
      ['load.begun', 2],
      ['load.inserted', 2],
      ['load.committed', 50_000],
      ['report.updated', 50_000],
      [40, undefined],
    ] as const)
      it(`${typeof at === 'number' ? 'anywhere' : `at ${at}`}, holds the old rows or the new ones, and ends well when run again`, async () => {
        await load(loadInput(await publishGold(fixture, D2, 'User', users(1), key('x'))), CONFIG);
        await load(loadInput(await publishGold(fixture, D1, 'User', users(2), key('a'))), CONFIG);
        const gold = await publishGold(fixture, D1, 'User', users(50_000), key('b'));
        await warehouse.close();

        const end = await killed(at);
        if (typeof at === 'string') assert.match(end, /^SIGKILL\nstarted\n/);
        const confirmed = (await warehouse.loads()).get(loadKey(D1, 'User'))?.rows;
        const there = (await loadedIds()).length - 1;
        assert.equal(confirmed, there);
        if (held === undefined) assert.ok(there === 2 || there === 50_000);
        else assert.equal(there, held);

        const { report } = await load(loadInput(gold), CONFIG);
        assert.equal(report.rows.loaded, 50_000);
        assert.equal(reportOnDisk(D1).rows.loaded, 50_000);
        assert.equal((await loadedIds()).length, 50_001);
        const [loads] = await fixture.connection.rows(
          `SELECT count(*) AS n FROM warehouse."STG_SG_MONITORING"."LOADS" WHERE LOAD_ID = ${quoteLiteral(loadIdOf(gold.key, USER, fixture.settings))}`,
        );
        assert.equal(loads?.['n'], 1);
      });
  });
});

/** Other bytes, of the same number: what a manifest's size cannot see. */
function spoilKeepingSize(path: string): void {
  writeFileSync(path, 'x'.repeat(readFileSync(path).length));
}
