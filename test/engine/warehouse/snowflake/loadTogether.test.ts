// Two loaders of one date at a time, through the real driver: whoever ends last, the date is there once.
import assert from 'node:assert/strict';
import type { LoadResult } from '../../../../src/engine/warehouse/contract';
import { seeded } from '../../../support/seeded';
import { PipelineError } from '../../../../src/engine/model/errors';
import { connect, disconnect, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Peer, type PeerOptions, type StatementKind } from '../../../support/snowflake/peer';
import { D1, D2, openLoading, QUICK, users, type Loading } from './fixture';

const USERS = '"M7"."STG_SG"."USER"';
const LOCKS = '"M7"."STG_SG_MONITORING"."LOAD_LOCKS"';

/** What the documentation leaves open: every one of these readings must hold. */
const RULES: readonly Pick<PeerOptions, 'locks' | 'afterWait'>[] = [
  { locks: 'partition', afterWait: 'snapshot' },
  { locks: 'partition', afterWait: 'latest' },
  { locks: 'table', afterWait: 'snapshot' },
  { locks: 'table', afterWait: 'latest' },
];

/** Statements at which a loader may be held up. */
const HELD: readonly StatementKind[] = ['BEGIN', 'UPDATE', 'DELETE', 'INSERT', 'SELECT', 'COMMIT'];

const INTERLEAVINGS = Number(process.env['M7_INTERLEAVINGS'] ?? '10');

async function content(peer: Peer): Promise<readonly unknown[]> {
  return peer.target(
    `SELECT "LOAD_DATE"::VARCHAR AS d, "NAME" AS n, count(*)::INT AS c FROM "M7"."STG_SG"."USER" GROUP BY ALL ORDER BY ALL`,
  );
}

describe('snowflake: two loaders at a time', function () {
  this.timeout(240_000);

  for (const rules of RULES)
    it(`leave a date once, locks by ${rules.locks}, after a wait the ${rules.afterWait}`, async () => {
      const peer = await startPeer({ ...rules, abandonedAfter: 5_000 });
      const [one, two] = [await openLoading(peer), await openLoading(peer)];
      try {
        const warehouses = [one, two].map((loading) => loading.open());
        const [first, second] = warehouses;
        assert.ok(first !== undefined && second !== undefined);
        await first.load(await one.request(D2, users(4, `'other'`), 'other'));
        for (let seed = 1; seed <= INTERLEAVINGS; seed += 1) {
          const random = seeded(seed);
          // A new date, an existing one of either size, in turns.
          const date = seed % 3 === 0 ? `202501${String(10 + seed)}` : D1;
          const rows = [2 + random.below(4), 2 + random.below(4)] as const;
          const [a, b] = [
            await one.request(date, users(rows[0], `'one${seed}'`), `one${seed}`),
            await two.request(date, users(rows[1], `'two${seed}'`), `two${seed}`),
          ];
          for (let i = 0; i < 4; i += 1)
            peer.inject(
              { kind: 'slow', milliseconds: 10 + random.below(120) },
              { statement: random.pick(HELD), nth: 1 + random.below(2) },
            );
          const ended: readonly LoadResult[] = await Promise.all([first.load(a), second.load(b)]);
          peer.clearFaults();
          const ofDate = (await content(peer)).filter(
            (row) => (row as { d: string }).d.replaceAll('-', '') === date,
          );
          const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
          const [ledger] = await peer.target(
            `SELECT "LOAD_ID" AS id, "ROWS_LOADED"::INT AS n FROM "M7"."STG_SG_MONITORING"."LOADS" WHERE "LOAD_DATE" = DATE '${iso}' AND "STATUS" = 'LOADED' ORDER BY "FINISHED_AT" DESC LIMIT 1`,
          );
          const last = ledger?.['id'] === a.loadId ? 'one' : 'two';
          const size = last === 'one' ? rows[0] : rows[1];
          assert.deepEqual(ofDate, [{ d: iso, n: `${last}${seed}`, c: size }], `seed ${seed}`);
          assert.deepEqual(
            ended.map(({ loaded, repeated }) => [loaded, repeated]),
            rows.map((n) => [n, false]),
            `seed ${seed}`,
          );
        }
        assert.deepEqual(await peer.stageFiles(), []);
        assert.deepEqual(peer.tempTables(), []);
        for (const warehouse of warehouses) await warehouse.close();
      } finally {
        one.close();
        two.close();
        await peer.close();
      }
    });
});

describe('snowflake: the lock of a date', function () {
  this.timeout(60_000);
  let peer: Peer;
  let loading: Loading;
  beforeEach(async () => {
    peer = await startPeer({ abandonedAfter: 1_500 });
    loading = await openLoading(peer);
  });
  afterEach(async () => {
    loading.close();
    await peer.close();
  });

  /** A session that holds the lock of the date, as a loader does in the middle of its transaction. */
  async function holder(): ReturnType<typeof connect> {
    const connection = await connect(peer);
    await rowsOf(connection, 'BEGIN TRANSACTION');
    await rowsOf(connection, `UPDATE ${LOCKS} SET "RUN_ID" = 'other' WHERE "LOAD_DATE" = '2024-11-15'`);
    return connection;
  }

  const waiting = (): boolean =>
    peer.statements().some(({ kind, outcome }) => kind === 'UPDATE' && outcome === undefined);

  const until = async (condition: () => boolean): Promise<void> => {
    for (let i = 0; i < 1_000 && !condition(); i += 1) await new Promise((r) => setTimeout(r, 10));
    assert.ok(condition());
  };

  it('is waited for: the same load that another process makes meanwhile is not made again', async () => {
    const [one, two] = [loading.open(), loading.open()];
    const request = await loading.request(D1, users(3, `'a'`), 'same');
    await Promise.all([one.loads(), two.loads()]);
    peer.inject({ kind: 'slow', milliseconds: 300 }, { statement: 'COMMIT' });
    const ended = await Promise.all([one.load(request), two.load(request)]);
    assert.deepEqual(ended.map(({ repeated }) => repeated).sort(), [false, true]);
    assert.deepEqual(await content(peer), [{ d: '2024-11-15', n: 'a', c: 3 }]);
    await one.close();
    await two.close();
  });

  it('of a loader that was killed is waited for past the time of a statement', async () => {
    const warehouse = loading.open({ patience: { ...QUICK, lockMs: 10_000 } }, { statementTimeout: 1 });
    await warehouse.load(await loading.request(D1, users(2, `'a'`), 'before'));
    // Nothing more comes from its session: the server ends the transaction after it was idle for a while.
    const killed = await holder();
    const begun = performance.now();
    const result = await warehouse.load(await loading.request(D1, users(3, `'a'`), 'after'));
    assert.deepEqual(result, { loaded: 3, deleted: 2, repeated: false });
    assert.ok(performance.now() - begun > 1_200, 'it had to wait');
    await warehouse.close();
    await disconnect(killed);
  });

  it('that is held for too long is reported with who may hold it, and nothing is loaded', async () => {
    const warehouse = loading.open({ patience: { ...QUICK, lockMs: 1_000 } }, { statementTimeout: 1 });
    await warehouse.load(await loading.request(D1, users(2, `'a'`), 'before'));
    const other = await holder();
    const busy = setInterval(() => void rowsOf(other, 'SELECT 1 AS "N"'), 200);
    try {
      await assert.rejects(
        warehouse.load(await loading.request(D1, users(3, `'a'`), 'after')),
        (error) =>
          error instanceof PipelineError &&
          error.code === 'WAREHOUSE' &&
          /Another load of User, 20241115, holds its lock/.test(error.message) &&
          /SHOW LOCKS IN ACCOUNT/.test(error.remedy),
      );
    } finally {
      clearInterval(busy);
    }
    await rowsOf(other, 'ROLLBACK');
    assert.deepEqual(await content(peer), [{ d: '2024-11-15', n: 'a', c: 2 }]);
    const next = await warehouse.load(await loading.request(D1, users(3, `'a'`), 'after'));
    assert.equal(next.loaded, 3);
    await warehouse.close();
    await disconnect(other);
  });

  it('is tried again where too many wait for it, or where Snowflake ends a deadlock', async () => {
    const warehouse = loading.open();
    await warehouse.load(await loading.request(D1, users(2, `'a'`), 'before'));
    for (const [code, message] of [
      ['000625', 'was aborted because the number of waiters for this lock exceeds the 20 statements limit.'],
      ['000999', 'Statement was aborted because of a deadlock.'],
    ] as const)
      peer.inject({ kind: 'error', code, sqlState: '57014', message }, { statement: 'UPDATE' });
    const puts = (): number => peer.statements().filter(({ kind }) => kind === 'PUT').length;
    const before = puts();
    const result = await warehouse.load(await loading.request(D1, users(3, `'a'`), 'after'));
    assert.deepEqual(result, { loaded: 3, deleted: 2, repeated: false });
    assert.equal(puts(), before + 1, 'nothing is uploaded again for it');
    await warehouse.close();
  });

  it('is made again where somebody removed its row, and works where its row is there twice', async () => {
    const warehouse = loading.open();
    await warehouse.load(await loading.request(D1, users(2, `'a'`), 'before'));
    await peer.admin(`DELETE FROM ${LOCKS}`);
    assert.equal((await warehouse.load(await loading.request(D1, users(3, `'a'`), 'again'))).loaded, 3);
    await peer.admin(`INSERT INTO ${LOCKS} SELECT * FROM ${LOCKS}`);
    assert.equal((await warehouse.load(await loading.request(D1, users(4, `'a'`), 'twice'))).loaded, 4);
    assert.deepEqual(await content(peer), [{ d: '2024-11-15', n: 'a', c: 4 }]);
    await warehouse.close();
  });

  it('stops at once when it is cancelled while it waits', async () => {
    const warehouse = loading.open();
    await warehouse.load(await loading.request(D1, users(2, `'a'`), 'before'));
    const other = await holder();
    const busy = setInterval(() => void rowsOf(other, 'SELECT 1 AS "N"'), 300);
    const controller = new AbortController();
    const request = await loading.request(D1, users(3, `'a'`), 'after', { signal: controller.signal });
    const load = warehouse.load(request);
    load.catch(() => undefined);
    try {
      await until(waiting);
      const begun = performance.now();
      controller.abort();
      await assert.rejects(load, (error) => error instanceof PipelineError && error.code === 'CANCELLED');
      assert.ok(performance.now() - begun < 3_000);
    } finally {
      clearInterval(busy);
    }
    await disconnect(other);
    assert.equal((await warehouse.load(await loading.request(D1, users(3, `'a'`), 'after'))).loaded, 3);
    await warehouse.close();
  });

  it('is free again after a COMMIT whose reply never came', async () => {
    const patience = { ...QUICK, requestMs: 1_000, lockMs: 10_000 };
    const warehouse = loading.open({ patience }, { statementTimeout: 2 });
    await warehouse.load(await loading.request(D1, users(2, `'a'`), 'before'));
    // It is never executed: the transaction, with its lock, is that of a session nobody asks any more.
    const lost = peer.inject({ kind: 'hang', times: 20 }, { statement: 'COMMIT' });
    const load = warehouse.load(await loading.request(D1, users(3, `'a'`), 'lost'));
    await lost.reached;
    setTimeout(() => lost.remove(), 2_500);
    assert.deepEqual(await load, { loaded: 3, deleted: 2, repeated: false });
    assert.deepEqual(await content(peer), [{ d: '2024-11-15', n: 'a', c: 3 }]);
    await warehouse.close();
  });

  it('is not taken by a loader of an earlier version: its rows are counted, and it is named', async () => {
    const warehouse = loading.open();
    await warehouse.prepare([(await loading.request(D2, users(1, `'a'`), 'x')).table]);
    const old = await connect(peer);
    await rowsOf(old, 'BEGIN TRANSACTION');
    await rowsOf(old, `DELETE FROM ${USERS} WHERE "LOAD_DATE" = '2024-11-15'`);
    await rowsOf(old, `INSERT INTO ${USERS} ("BRAND_CODE", "LOAD_DATE") SELECT 'SK', DATE '2024-11-15'`);
    await rowsOf(
      old,
      `INSERT INTO "M7"."STG_SG_MONITORING"."LOADS" ("RUN_ID", "TABLE_NAME", "LOAD_DATE", "STATUS", "LOAD_ID", "ROWS_LOADED", "LOADER_VERSION", "FINISHED_AT") SELECT 'old-run', 'USER', DATE '2024-11-15', 'LOADED', 'old-load', 1, '0.9.0', SYSDATE()`,
    );
    const held = peer.inject({ kind: 'slow', milliseconds: 500 }, { statement: 'INSERT', sql: 'M7_LOAD_' });
    const load = warehouse.load(await loading.request(D1, users(3, `'a'`), 'new'));
    load.catch(() => undefined);
    await held.reached;
    await rowsOf(old, 'COMMIT');
    await assert.rejects(
      load,
      (error) =>
        error instanceof PipelineError &&
        error.code === 'WAREHOUSE' &&
        /has 4 rows of 20241115 instead of the 3 of this load/.test(error.message) &&
        /run old-run \(load old-load, version 0\.9\.0, /.test(error.message) &&
        /QUERY_TAG/.test(error.remedy),
    );
    const [count] = await peer.target(`SELECT count(*)::INT AS n FROM ${USERS}`);
    assert.equal(count?.['n'], 1, 'it was rolled back');
    assert.deepEqual(await warehouse.load(await loading.request(D1, users(3, `'a'`), 'new')), {
      loaded: 3,
      deleted: 1,
      repeated: false,
    });
    await disconnect(old);
    await warehouse.close();
  });
});
