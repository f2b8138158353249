// The peer's transactions, asked by the real driver: read committed, locks, DDL that commits, sessions that vanish.
import assert from 'node:assert/strict';
import type { Connection } from 'snowflake-sdk';
import { connect, disconnect, execute, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Peer } from '../../../support/snowflake/peer';

const T = '"M7"."S"."T"';

describe('snowflake peer: transactions', () => {
  let peer: Peer;
  let one: Connection;
  let two: Connection;
  before(async () => {
    peer = await startPeer({ schemas: ['S'], abandonedAfter: 400, inProgressAfter: 100 });
  });
  beforeEach(async () => {
    one = await connect(peer);
    two = await connect(peer);
    await rowsOf(one, `CREATE OR REPLACE TABLE ${T} ("D" INT, "V" VARCHAR)`);
    // Each statement that inserts writes a partition of its own.
    await rowsOf(one, `INSERT INTO ${T} VALUES (1, 'a')`);
    await rowsOf(one, `INSERT INTO ${T} VALUES (2, 'b')`);
  });
  afterEach(async () => {
    await disconnect(one);
    await disconnect(two);
  });
  after(() => peer.close());

  async function values(connection: Connection): Promise<readonly unknown[]> {
    return (await rowsOf(connection, `SELECT "V" FROM ${T} ORDER BY "V"`)).map((r) => r['V']);
  }

  it('shows changes to the own session at once, to others after COMMIT', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = ?`, [1]);
    await rowsOf(one, `INSERT INTO ${T} VALUES (1, 'c'), (1, 'd')`);
    await rowsOf(one, `DELETE FROM ${T} WHERE "V" = 'd'`);
    assert.deepEqual(await values(one), ['b', 'c']);
    assert.deepEqual(await values(two), ['a', 'b']);
    await rowsOf(one, 'COMMIT');
    assert.deepEqual(await values(two), ['b', 'c']);
    assert.deepEqual(await peer.target('SELECT count(*) AS n FROM "M7"."S"."T"'), [{ n: 2 }]);
  });

  it('reads what others committed meanwhile (read committed)', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `INSERT INTO ${T} VALUES (3, 'own')`);
    await rowsOf(two, `INSERT INTO ${T} VALUES (4, 'other')`);
    assert.deepEqual(await values(one), ['a', 'b', 'other', 'own']);
    await rowsOf(one, 'ROLLBACK');
    assert.deepEqual(await values(one), ['a', 'b', 'other']);
  });

  it('commits an open transaction before DDL, also before DDL that fails', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T}`);
    await assert.rejects(rowsOf(one, `CREATE TABLE ${T} ("X" INT)`), { code: '002002' });
    await rowsOf(one, 'ROLLBACK');
    assert.deepEqual(await values(two), []);
  });

  it('keeps the transaction open after a statement that failed', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 1`);
    await assert.rejects(rowsOf(one, `INSERT INTO ${T} VALUES ('x', 'y')`), { code: '100038' });
    assert.deepEqual(await values(one), ['b']);
    // What a loader without an explicit ROLLBACK would leave behind.
    await rowsOf(one, 'COMMIT');
    assert.deepEqual(await values(two), ['b']);
  });

  it('lets a DELETE wait for one of the same rows, and shows it only what was there when it began', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 1`);
    await rowsOf(one, `INSERT INTO ${T} VALUES (1, 'first')`);
    let done = false;
    const waiting = execute(two, `DELETE FROM ${T} WHERE "D" = 1`).then((d) => {
      done = true;
      return d;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await values(one);
    assert.equal(done, false);
    await rowsOf(one, 'COMMIT');
    // The row that was committed while it waited is not its own to delete.
    assert.equal((await waiting).statement.getNumUpdatedRows(), 0);
    assert.deepEqual(await values(two), ['b', 'first']);
    assert.equal((await execute(two, `DELETE FROM ${T} WHERE "D" = 1`)).statement.getNumUpdatedRows(), 1);
  });

  it('locks nothing for a DELETE or UPDATE of nothing', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 7`);
    await rowsOf(one, `UPDATE ${T} SET "V" = 'x' WHERE "D" = 7`);
    await rowsOf(two, 'BEGIN TRANSACTION');
    await rowsOf(two, `DELETE FROM ${T} WHERE "D" = 7`);
    await rowsOf(two, `INSERT INTO ${T} VALUES (7, 'two')`);
    await rowsOf(two, 'COMMIT');
    await rowsOf(one, `INSERT INTO ${T} VALUES (7, 'one')`);
    await rowsOf(one, 'COMMIT');
    assert.deepEqual(await values(one), ['a', 'b', 'one', 'two'], 'the date is there twice');
  });

  it('gives an UPDATE that waited no row where the row was replaced meanwhile', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    assert.equal(
      (await execute(one, `UPDATE ${T} SET "V" = 'one' WHERE "D" = 1`)).statement.getNumUpdatedRows(),
      1,
    );
    const waiting = execute(two, `UPDATE ${T} SET "V" = 'two' WHERE "D" = 1`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rowsOf(one, 'COMMIT');
    assert.equal((await waiting).statement.getNumUpdatedRows(), 0);
    assert.deepEqual(await values(two), ['b', 'one']);
  });

  it('ends the later of two statements that wait for each other, and keeps its transaction open', async () => {
    await rowsOf(one, `INSERT INTO ${T} VALUES (3, 'c')`);
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(two, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 1`);
    await rowsOf(two, `DELETE FROM ${T} WHERE "D" = 3`);
    const first = execute(one, `DELETE FROM ${T} WHERE "D" = 3`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await assert.rejects(rowsOf(two, `DELETE FROM ${T} WHERE "D" = 1`), { code: '000626' });
    await rowsOf(two, 'ROLLBACK');
    await first;
    await rowsOf(one, 'COMMIT');
    assert.deepEqual(await values(two), ['b']);
  });

  it('lets INSERT pass while another transaction deletes', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 1`);
    await rowsOf(two, `INSERT INTO ${T} VALUES (1, 'beside')`);
    await rowsOf(one, 'COMMIT');
    assert.deepEqual(await values(one), ['b', 'beside']);
  });

  it('gives up on a lock after the timeout of the statement, and of locks', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T}`);
    const busy = setInterval(() => void values(one), 100);
    try {
      await rowsOf(two, 'ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1');
      await assert.rejects(rowsOf(two, `DELETE FROM ${T}`), { code: '000630' });
      await rowsOf(two, 'ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 100, LOCK_TIMEOUT = 1');
      await assert.rejects(rowsOf(two, `DELETE FROM ${T}`), { code: '000625' });
    } finally {
      clearInterval(busy);
    }
    await rowsOf(one, 'ROLLBACK');
    assert.deepEqual(await values(two), ['a', 'b']);
  });

  it('cancels a statement that waits for a lock, and leaves the other transaction alone', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 1`);
    let cancel = (): void => undefined;
    const waiting = execute(two, `DELETE FROM ${T}`, {
      started: (statement) => (cancel = () => statement.cancel(() => undefined)),
    });
    setTimeout(() => cancel(), 150);
    await assert.rejects(waiting, { code: '000604' });
    await rowsOf(one, 'COMMIT');
    assert.deepEqual(await values(two), ['b']);
  });

  it('rolls back an idle transaction that blocks another, as one whose loader was killed', async () => {
    await rowsOf(one, 'BEGIN TRANSACTION');
    await rowsOf(one, `DELETE FROM ${T} WHERE "D" = 1`);
    await rowsOf(two, `DELETE FROM ${T}`);
    assert.deepEqual(await values(two), []);
    await assert.rejects(rowsOf(one, 'COMMIT'), { code: '000628' });
    assert.deepEqual(await values(one), []);
  });

  it('rolls back what is open when its session is closed', async () => {
    const third = await connect(peer);
    await rowsOf(third, 'BEGIN TRANSACTION');
    await rowsOf(third, `DELETE FROM ${T}`);
    await disconnect(third);
    assert.deepEqual(await values(one), ['a', 'b']);
    await rowsOf(one, `DELETE FROM ${T}`);
    assert.deepEqual(await values(one), []);
  });

  it('shadows a table by a temporary one of the session, which goes with it', async () => {
    const third = await connect(peer);
    await rowsOf(third, `CREATE TEMPORARY TABLE ${T} LIKE ${T}`);
    await rowsOf(third, `INSERT INTO ${T} VALUES (9, 'temporary')`);
    assert.deepEqual(await values(third), ['temporary']);
    assert.deepEqual(await values(one), ['a', 'b']);
    assert.deepEqual(peer.tempTables(), ['M7.S.T']);
    await disconnect(third);
    assert.deepEqual(peer.tempTables(), []);
    assert.deepEqual(await values(one), ['a', 'b']);
  });

  it('executes a request id once, and another one again', async () => {
    const insert = `INSERT INTO ${T} VALUES (5, 'once')`;
    const requestId = '6f1f5f4e-5c8e-4f7e-9f3b-0d4d3f8a1c11';
    const first = await execute(one, insert, { requestId });
    const again = await execute(one, insert, { requestId });
    assert.equal(again.statement.getQueryId(), first.statement.getQueryId());
    assert.deepEqual(await values(two), ['a', 'b', 'once']);
    // What a loader does that repeats by itself.
    await execute(one, insert);
    assert.deepEqual(await values(two), ['a', 'b', 'once', 'once']);
  });
});
