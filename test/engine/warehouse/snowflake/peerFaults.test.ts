// Faults as the real driver meets them, and that they would catch a naive loader: what was executed is told apart
// from what was answered.
import assert from 'node:assert/strict';
import type { Connection } from 'snowflake-sdk';
import { connect, disconnect, execute, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Fault, type Peer, type StatementKind } from '../../../support/snowflake/peer';
import { startPeerProcess } from '../../../support/snowflake/remote';

describe('snowflake peer: faults', () => {
  let peer: Peer;
  let made = 0;
  before(async () => {
    peer = await startPeer({ schemas: ['S'] });
  });
  afterEach(() => peer.clearFaults());
  after(() => peer.close());

  /** A table of its own in a session of its own. */
  async function table(): Promise<{ readonly name: string; readonly connection: Connection }> {
    const name = `F${(made += 1)}`;
    const connection = await connect(peer);
    await rowsOf(connection, `CREATE TABLE "M7"."S"."${name}" ("N" INT)`);
    return { name, connection };
  }

  async function count(name: string): Promise<unknown> {
    const [row] = await peer.target(`SELECT count(*) AS n FROM "M7"."S"."${name}"`);
    return row?.['n'];
  }

  /** How one request id fared: what was answered to each time it was sent, and how often it was executed. */
  function fate(sql: string): { readonly outcomes: readonly unknown[]; readonly executed: number } {
    return {
      outcomes: peer.requests.filter((r) => r.sqlText === sql).map((r) => r.outcome),
      executed: peer.statements().filter((s) => s.sqlText === sql).length,
    };
  }

  const passing: readonly (readonly [Fault, readonly unknown[]])[] = [
    [{ kind: 'status', status: 503, times: 2 }, ['503', '503', 'ok']],
    [{ kind: 'dropped-before' }, ['dropped-before', 'ok']],
    [{ kind: 'dropped-after' }, ['dropped-after', 'ok']],
    [{ kind: 'expired' }, ['390112', 'ok']],
  ];

  it('lets the driver repeat with the same request id, and executes once', async () => {
    await Promise.all(
      passing.map(async ([fault, outcomes]) => {
        const { name, connection } = await table();
        const sql = `INSERT INTO "M7"."S"."${name}" VALUES (1)`;
        const injected = peer.inject(fault, { sql: name, statement: 'INSERT' });
        const done = await execute(connection, sql);
        assert.equal(done.statement.getNumUpdatedRows(), 1, fault.kind);
        assert.equal(injected.hits(), outcomes.length - 1);
        assert.deepEqual(fate(sql), { outcomes, executed: 1 }, fault.kind);
        assert.equal(await count(name), 1, fault.kind);
        await disconnect(connection);
      }),
    );
  });

  it('catches who repeats with a new request id after a lost answer: the row is there twice', async () => {
    const { name, connection } = await table();
    const sql = `INSERT INTO "M7"."S"."${name}" VALUES (1)`;
    const first = peer.inject({ kind: 'hang-after' }, { sql: name, statement: 'INSERT' });
    void execute(connection, sql).catch(() => undefined);
    await first.reached;
    const other = await connect(peer);
    await rowsOf(other, sql);
    assert.equal(await count(name), 2);
    await disconnect(other);
  });

  it('commits what was committed although the answer was lost', async () => {
    const { name, connection } = await table();
    await rowsOf(connection, 'BEGIN TRANSACTION');
    await rowsOf(connection, `INSERT INTO "M7"."S"."${name}" VALUES (1)`);
    const lost = peer.inject({ kind: 'dropped-after', times: 100 }, { statement: 'COMMIT' });
    const commit = execute(connection, 'COMMIT');
    const settled = commit.then(
      () => 'committed',
      () => 'unknown',
    );
    await lost.reached;
    // The driver does not know yet, but a second look would.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await count(name), 1);
    peer.clearFaults();
    assert.equal(await settled, 'committed');
    assert.equal(
      peer.statements().filter((s) => s.kind === 'COMMIT' && s.session === peer.sessions().at(-1)?.id).length,
      1,
    );
    await disconnect(connection);
  });

  it('does not commit what never arrived', async () => {
    const { name, connection } = await table();
    await rowsOf(connection, 'BEGIN TRANSACTION');
    await rowsOf(connection, `INSERT INTO "M7"."S"."${name}" VALUES (1)`);
    const hang = peer.inject({ kind: 'hang' }, { statement: 'COMMIT' });
    void execute(connection, 'COMMIT').catch(() => undefined);
    await hang.reached;
    assert.equal(await count(name), 0);
    assert.equal(peer.sessions().at(-1)?.inTransaction, true);
    await peer.endSession(peer.sessions().at(-1)?.id ?? '');
    assert.equal(await count(name), 0);
  });

  it('answers a slow statement as in progress until it is cancelled, and executes nothing', async () => {
    const { name, connection } = await table();
    const sql = `INSERT INTO "M7"."S"."${name}" VALUES (1)`;
    const slow = peer.inject({ kind: 'slow' }, { sql: name, statement: 'INSERT' });
    let cancel: () => Promise<void> = () => Promise.resolve();
    const running = execute(connection, sql, {
      started: (statement) => {
        cancel = () => new Promise((resolve, reject) => statement.cancel((e) => (e ? reject(e) : resolve())));
      },
    });
    await slow.reached;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await cancel();
    await assert.rejects(running, { code: '000604' });
    assert.equal(await count(name), 0);
    assert.deepEqual(await rowsOf(connection, 'SELECT 1 AS ONE'), [{ ONE: 1 }]);
    await disconnect(connection);
  });

  it('cancels by request id before the driver knows the query id', async () => {
    const { name, connection } = await table();
    peer.setLatency(200);
    try {
      peer.inject({ kind: 'slow' }, { sql: name, statement: 'INSERT' });
      let cancel: () => void = () => undefined;
      const running = execute(connection, `INSERT INTO "M7"."S"."${name}" VALUES (1)`, {
        started: (statement) => (cancel = () => statement.cancel(() => undefined)),
      });
      setTimeout(() => cancel(), 50);
      await assert.rejects(running, { code: '000604' });
      assert.equal(await count(name), 0);
    } finally {
      peer.setLatency(0);
    }
    await disconnect(connection);
  });

  it('refuses to cancel what is not running', async () => {
    const { connection } = await table();
    const { statement } = await execute(connection, 'SELECT 1 AS ONE');
    const error = await new Promise<{ readonly code?: unknown } | undefined>((resolve) =>
      statement.cancel((e) => resolve(e)),
    );
    assert.equal(error?.code, '000605');
    await disconnect(connection);
  });

  it('plays an error of the service at one kind of statement, the n-th of it', async () => {
    const { name, connection } = await table();
    const sql = `INSERT INTO "M7"."S"."${name}" VALUES (1)`;
    peer.inject(
      { kind: 'error', code: '000603', sqlState: 'XX000', message: 'internal' },
      { statement: 'INSERT', sql: name, nth: 2 },
    );
    await rowsOf(connection, sql);
    await assert.rejects(rowsOf(connection, sql), { code: '000603' });
    await rowsOf(connection, sql);
    assert.equal(await count(name), 2);
    await disconnect(connection);
  });

  it('chooses requests by number, in the order of their arrival', async () => {
    const { connection } = await table();
    const last = peer.requests.at(-1)?.number ?? 0;
    peer.inject({ kind: 'error', code: '000603', sqlState: 'XX000', message: 'third' }, { number: last + 3 });
    const kinds: StatementKind[] = [];
    for (const sql of ['SELECT 1 AS A', 'BEGIN', 'SELECT 2 AS A', 'ROLLBACK'])
      await rowsOf(connection, sql).then(
        () => kinds.push(peer.requests.at(-1)?.statement ?? 'SELECT'),
        () => undefined,
      );
    assert.deepEqual(kinds, ['SELECT', 'BEGIN', 'ROLLBACK']);
    await disconnect(connection);
  });

  it('notes what was asked, when, and by whom', async () => {
    const { name, connection } = await table();
    peer.setLatency(30);
    await rowsOf(connection, `SELECT "N" FROM "M7"."S"."${name}"`);
    peer.setLatency(0);
    const record = peer.requests.at(-1);
    assert.ok(record);
    assert.deepEqual(
      [record.kind, record.method, record.path, record.statement, record.sqlText],
      ['query', 'POST', '/queries/v1/query-request', 'SELECT', `SELECT "N" FROM "M7"."S"."${name}"`],
    );
    assert.equal(record.session, peer.sessions().at(-1)?.id);
    assert.match(record.requestId ?? '', /^[0-9a-f-]{36}$/);
    assert.ok((record.answeredAt ?? 0) - record.at >= 25);
    await disconnect(connection);
  });

  it('runs as a process of its own and answers the same questions', async () => {
    const remote = await startPeerProcess({ schemas: ['S'], latency: 5 });
    try {
      const connection = await connect(remote);
      await rowsOf(connection, 'CREATE TABLE "M7"."S"."T" ("N" INT)');
      await remote.inject(
        { kind: 'error', code: '000603', sqlState: 'XX000', message: 'once' },
        { statement: 'INSERT' },
      );
      await assert.rejects(rowsOf(connection, 'INSERT INTO "M7"."S"."T" VALUES (1)'), { code: '000603' });
      await rowsOf(connection, 'INSERT INTO "M7"."S"."T" VALUES (2)');
      assert.deepEqual(await remote.target('SELECT "N" FROM "M7"."S"."T"'), [{ N: '2' }]);
      assert.equal((await remote.statements()).length, 3);
      assert.equal((await remote.requests()).length, 4);
      await assert.rejects(remote.target('SELECT nonsense'), /nonsense/);
      await disconnect(connection);
    } finally {
      await remote.close();
    }
  });
});
