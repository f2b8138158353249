// What a look at Snowflake tells, what a load does to tables that are there, and several loads at a time.
import assert from 'node:assert/strict';
import { PipelineError } from '../../../../src/engine/model/errors';
import { table } from '../../../support/model';
import { connect, disconnect, rowsOf } from '../../../support/snowflake/driver';
import { PASSWORD, startPeer, type Peer } from '../../../support/snowflake/peer';
import { column, USER } from '../warehouseFixture';
import { D1, D2, openLoading, QUICK, users, type Loading } from './fixture';

describe('snowflake: rights, tables and sessions', () => {
  let peer: Peer;
  let loading: Loading;
  beforeEach(async () => {
    peer = await startPeer({
      users: [{ name: 'POOR', password: PASSWORD, defaultRole: 'POOR_ROLE', defaultWarehouse: 'M7_WH' }],
    });
    loading = await openLoading(peer);
  });
  afterEach(async () => {
    loading.close();
    await peer.close();
  });

  it('names each missing right with the statement that gives it, until nothing is missing', async () => {
    const rich = loading.open();
    await rich.prepare([USER]);
    await rich.close();
    const poor = await openLoading(peer, { user: 'POOR' });
    const granted: string[] = [];
    // A table of another role is not shown to one that has no right on it: as at Snowflake, it looks like none.
    for (const name of ['STG_SG.USER', 'STG_SG_MONITORING.LOADS', 'STG_SG_MONITORING.LOAD_LOCKS'])
      await peer.admin(`GRANT SELECT ON TABLE M7.${name} TO ROLE POOR_ROLE`);
    for (const name of ['STG_SG', 'STG_SG_MONITORING'])
      await peer.admin(`GRANT USAGE ON SCHEMA M7.${name} TO ROLE POOR_ROLE`);
    await peer.admin('GRANT READ ON STAGE M7.STG_SG.GOLD TO ROLE POOR_ROLE');
    for (let round = 0; round < 6; round += 1) {
      const warehouse = poor.open();
      const { problems } = await warehouse.check([USER]);
      await warehouse.close();
      if (problems.length === 0) break;
      for (const { remedy } of problems) {
        const grant = /GRANT [^;]+/.exec(remedy)?.[0];
        assert.ok(grant, remedy);
        granted.push(grant);
        await peer.admin(grant);
      }
    }
    assert.ok(granted.includes('GRANT USAGE ON WAREHOUSE M7_WH TO ROLE POOR_ROLE'), granted.join('\n'));
    assert.ok(granted.includes('GRANT DELETE ON TABLE M7.STG_SG.USER TO ROLE POOR_ROLE'), granted.join('\n'));
    assert.ok(
      granted.includes('GRANT UPDATE ON TABLE M7.STG_SG_MONITORING.LOAD_LOCKS TO ROLE POOR_ROLE'),
      granted.join('\n'),
    );
    const warehouse = poor.open();
    const { loaded } = await warehouse.load(await poor.request(D1, users(3), 'poor'));
    assert.equal(loaded, 3);
    // One right less, and it is told again.
    await peer.admin('REVOKE DELETE ON TABLE M7.STG_SG.USER FROM ROLE POOR_ROLE');
    const { problems } = await warehouse.check([USER]);
    assert.deepEqual(
      problems.map((problem) => problem.remedy),
      ['Run: GRANT DELETE ON TABLE M7.STG_SG.USER TO ROLE POOR_ROLE;'],
    );
    await assert.rejects(
      warehouse.load(await poor.request(D2, users(3), 'poor2')),
      (error) =>
        error instanceof PipelineError && /003001/.test(error.message) && /m7 check/.test(error.remedy),
    );
    await warehouse.close();
    poor.close();
    const [failed] = await peer.target(
      `SELECT "ERROR_CODE" AS c, "SQLSTATE" AS s FROM "M7"."STG_SG_MONITORING"."LOADS" WHERE "STATUS" = 'FAILED'`,
    );
    assert.equal(failed?.['c'], '003001');
  });

  it('adds columns, widens types, and refuses what would lose something', async () => {
    const first = loading.open();
    await first.prepare([
      table('User', [column('user_id', 'INTEGER'), column('fee', 'DECIMAL(8,2)'), column('gone')]),
    ]);
    await first.close();
    const second = loading.open();
    assert.deepEqual(await second.prepare([USER]), [
      'ALTER TABLE "M7"."STG_SG"."USER" ALTER COLUMN "USER_ID" SET DATA TYPE NUMBER(19,0)',
      'ALTER TABLE "M7"."STG_SG"."USER" ADD COLUMN IF NOT EXISTS "NAME" VARCHAR',
      'ALTER TABLE "M7"."STG_SG"."USER" ALTER COLUMN "FEE" SET DATA TYPE NUMBER(10,2)',
    ]);
    assert.deepEqual(await second.prepare([USER]), []);
    await second.close();
    const third = loading.open();
    assert.deepEqual(await third.prepare([USER]), [], 'nothing is to be done in another process');
    await third.close();
    const fourth = loading.open();
    await assert.rejects(
      fourth.prepare([table('User', [column('user_id', 'DATE')])]),
      (error) =>
        error instanceof PipelineError &&
        /NUMBER\(19,0\) at Snowflake, and DATE/.test(error.message) &&
        /ALTER TABLE "M7"."STG_SG"."USER" RENAME COLUMN "USER_ID" TO "USER_ID_OLD";/.test(error.remedy),
    );
    await fourth.close();
  });

  it('loads different tables side by side, and uses sessions again', async () => {
    const warehouse = loading.open();
    const tables = ['A', 'B', 'C'].map((name) => table(name, USER.columns));
    await warehouse.prepare(tables);
    peer.setLatency(20);
    const requests = [];
    for (const date of [D1, D2])
      for (const one of tables)
        requests.push(await loading.request(date, users(3), `${one.name}${date}`, { table: one }));
    const from = peer.requests.length;
    const [first, second] = [requests.slice(0, 3), requests.slice(3)];
    await Promise.all(first.map((request) => warehouse.load(request)));
    const overlapping = peer.requests.slice(from).filter((one) => one.kind === 'query');
    const spans = new Map<string, [number, number]>();
    for (const { session = '', at, answeredAt = at } of overlapping) {
      const [begin] = spans.get(session) ?? [at];
      spans.set(session, [begin, answeredAt]);
    }
    const times = [...spans.values()].filter(([begin, end]) => end - begin > 20);
    assert.ok(times.length >= 3, `${times.length} sessions`);
    assert.ok(
      Math.max(...times.map(([begin]) => begin)) < Math.min(...times.map(([, end]) => end)),
      'all are at work at one time',
    );
    const middle = peer.requests.length;
    await Promise.all(second.map((request) => warehouse.load(request)));
    const later = peer.requests.slice(middle).filter((one) => one.number > 0);
    assert.equal(later.filter((one) => one.kind === 'login').length, 0);
    assert.ok(later.length <= 3 * 20, `${later.length} requests for three loads`);
    await warehouse.close();
    assert.deepEqual(
      peer.sessions().filter((session) => session.open),
      [],
    );
  });

  it('knows a load that another process made while this one wrote its files', async () => {
    const one = loading.open();
    const two = loading.open();
    await one.loads();
    const request = await loading.request(D1, users(3), 'same');
    await two.load(request);
    assert.deepEqual(await one.load(request), { loaded: 3, deleted: 0, repeated: true });
    await one.close();
    await two.close();
    const [ledger] = await peer.target('SELECT count(*)::INT AS n FROM "M7"."STG_SG_MONITORING"."LOADS"');
    assert.equal(ledger?.['n'], 1);
  });

  it('asks the ledger where the reply to COMMIT never comes', async () => {
    const warehouse = loading.open({ patience: { ...QUICK, requestMs: 1_000 } }, { statementTimeout: 3 });
    await warehouse.load(await loading.request(D1, users(2), 'before'));
    const fault = peer.inject({ kind: 'hang-after', times: 50 }, { statement: 'COMMIT' });
    const result = await warehouse.load(await loading.request(D1, users(3), 'lost'));
    assert.ok(fault.hits() > 0);
    assert.deepEqual(result, { loaded: 3, deleted: 2, repeated: false });
    peer.clearFaults();
    await warehouse.close();
    const ledger = await peer.target(
      `SELECT "ROWS_LOADED"::INT AS n FROM "M7"."STG_SG_MONITORING"."LOADS" WHERE "STATUS" = 'LOADED' ORDER BY "FINISHED_AT"`,
    );
    assert.deepEqual(ledger, [{ n: 2 }, { n: 3 }]);
    assert.deepEqual(await peer.stageFiles(), []);
  });

  it('finds rights that come by database roles and secondary roles, and names none of them as missing', async () => {
    const account = await startPeer({
      databaseRoles: ['M7.WRITER'],
      users: [
        {
          ...{ name: 'TWO', password: PASSWORD, defaultRole: 'PRIMARY_ROLE', defaultWarehouse: 'M7_WH' },
          ...{ roles: ['READER_ROLE'], hasSecondaryRoles: true },
        },
      ],
    });
    const [rich, two] = [await openLoading(account), await openLoading(account, { user: 'TWO' })];
    try {
      const owner = rich.open();
      await owner.prepare([USER]);
      await owner.close();
      const tables = ['STG_SG.USER', 'STG_SG_MONITORING.LOADS', 'STG_SG_MONITORING.LOAD_LOCKS'];
      const give = (what: string, to: string): Promise<unknown> => account.admin(`GRANT ${what} TO ${to}`);
      await give('USAGE ON WAREHOUSE M7_WH', 'ROLE PRIMARY_ROLE');
      for (const name of ['STG_SG', 'STG_SG_MONITORING'])
        await give(`USAGE ON SCHEMA M7.${name}`, 'DATABASE ROLE M7.WRITER');
      await give('USAGE ON DATABASE M7', 'DATABASE ROLE M7.WRITER');
      for (const name of tables)
        await give(`INSERT, UPDATE, DELETE ON TABLE M7.${name}`, 'DATABASE ROLE M7.WRITER');
      await give('WRITE ON STAGE M7.STG_SG.GOLD', 'DATABASE ROLE M7.WRITER');
      await give('DATABASE ROLE M7.WRITER', 'ROLE PRIMARY_ROLE');
      for (const name of tables) await give(`SELECT ON TABLE M7.${name}`, 'ROLE READER_ROLE');
      await give('READ ON STAGE M7.STG_SG.GOLD', 'ROLE READER_ROLE');
      const warehouse = two.open();
      assert.deepEqual((await warehouse.check([USER])).problems, []);
      // Grants that this user may not see are tried, not taken for missing.
      account.inject(
        { kind: 'error', code: '003001', sqlState: '42501', message: 'Insufficient privileges', times: 9 },
        { statement: 'SHOW', sql: 'GRANTS' },
      );
      const blind = (await warehouse.check([USER])).problems;
      assert.deepEqual(
        blind.filter(({ severity }) => severity === 'error'),
        [],
      );
      account.clearFaults();
      assert.equal((await warehouse.load(await two.request(D1, users(3), 'two'))).loaded, 3);
      // CREATE takes the primary role's rights.
      await give('CREATE TABLE ON SCHEMA M7.STG_SG', 'ROLE READER_ROLE');
      const { problems } = await warehouse.check([USER, table('New', USER.columns)]);
      assert.deepEqual(
        problems.map(({ severity, message }) => [severity, message]),
        [['error', 'The role PRIMARY_ROLE lacks CREATE TABLE on schema M7.STG_SG, to make the table NEW.']],
      );
      await warehouse.close();
    } finally {
      rich.close();
      two.close();
      await account.close();
    }
  });

  it('warns of a virtual warehouse that ends statements before a lock can be free, and waits by several', async () => {
    const account = await startPeer({ warehouseTimeout: 1, abandonedAfter: 2_500 });
    const own = await openLoading(account);
    try {
      const warehouse = own.open({ patience: { ...QUICK, lockMs: 15_000 } });
      const { problems } = await warehouse.check([USER]);
      assert.deepEqual(
        problems.map(({ severity, remedy }) => [severity, remedy]),
        [['warning', 'Run: ALTER WAREHOUSE M7_WH SET STATEMENT_TIMEOUT_IN_SECONDS = 60;']],
      );
      await warehouse.load(await own.request(D1, users(2), 'before'));
      const killed = await connect(account);
      await rowsOf(killed, 'BEGIN TRANSACTION');
      await rowsOf(killed, `UPDATE "M7"."STG_SG_MONITORING"."LOAD_LOCKS" SET "RUN_ID" = 'killed'`);
      assert.equal((await warehouse.load(await own.request(D1, users(3), 'after'))).loaded, 3);
      await disconnect(killed);
      account.inject({ kind: 'slow' }, { statement: 'COPY' });
      await assert.rejects(
        warehouse.load(await own.request(D1, users(4), 'slow')),
        (error) =>
          error instanceof PipelineError &&
          /timeout of 1 second/.test(error.message) &&
          /STATEMENT_TIMEOUT_IN_SECONDS/.test(error.remedy),
      );
      await warehouse.close();
    } finally {
      own.close();
      await account.close();
    }
  });
});
