// The peer's access control, asked by the real driver: what each statement needs, and how a lack of it is told.
import assert from 'node:assert/strict';
import type { Connection } from 'snowflake-sdk';
import { connect, disconnect, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Peer } from '../../../support/snowflake/peer';

const COPY =
  'FILE_FORMAT=(TYPE=PARQUET USE_VECTORIZED_SCANNER=TRUE BINARY_AS_TEXT=FALSE) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE';

describe('snowflake peer: privileges', () => {
  let peer: Peer;
  let connection: Connection;
  before(async () => {
    peer = await startPeer({
      users: [{ name: 'LIMITED', password: 'limited', defaultRole: 'LIMITED', roles: ['READERS'] }],
    });
    await peer.admin('CREATE SCHEMA "M7"."S"');
    await peer.admin('CREATE TABLE "M7"."S"."T" ("N" INT)');
    await peer.admin('CREATE STAGE "M7"."S"."GOLD"');
    connection = await connect(peer, { username: 'LIMITED', password: 'limited', role: 'LIMITED' });
  });
  after(async () => {
    await disconnect(connection);
    await peer.close();
  });

  /** Fails with this code before the grant, and passes after it. */
  async function needs(sql: string, code: string, grant: string): Promise<void> {
    await assert.rejects(
      rowsOf(connection, sql),
      (error: { readonly code?: unknown; readonly message?: string }) => {
        assert.equal(error.code, code, `${sql}: ${error.message ?? ''}`);
        return true;
      },
    );
    await peer.admin(`GRANT ${grant} TO ROLE LIMITED`);
  }

  it('asks for each privilege a load needs, and takes GRANT as it is written', async () => {
    const T = '"M7"."S"."T"';
    await needs(`SELECT "N" FROM ${T}`, '000606', 'USAGE ON WAREHOUSE M7_WH');
    await rowsOf(connection, 'USE WAREHOUSE M7_WH');
    await needs(`SELECT "N" FROM ${T}`, '002003', 'USAGE ON DATABASE M7');
    await needs(`SELECT "N" FROM ${T}`, '002003', 'USAGE ON SCHEMA "M7"."S"');
    await needs(`SELECT "N" FROM ${T}`, '002003', `INSERT ON TABLE ${T}`);
    await needs(`SELECT "N" FROM ${T}`, '003001', `SELECT ON TABLE ${T}`);
    assert.deepEqual(await rowsOf(connection, `SELECT "N" FROM ${T}`), []);
    await rowsOf(connection, `INSERT INTO ${T} VALUES (1)`);
    await needs(`DELETE FROM ${T}`, '003001', `DELETE ON TABLE ${T}`);
    await rowsOf(connection, `DELETE FROM ${T}`);
    await needs(`UPDATE ${T} SET "N" = 1`, '003001', `UPDATE ON TABLE ${T}`);
    await rowsOf(connection, `UPDATE ${T} SET "N" = 1`);
    await needs('CREATE SCHEMA IF NOT EXISTS "M7"."S"', '003001', 'CREATE SCHEMA ON DATABASE "M7"');
    await rowsOf(connection, 'CREATE SCHEMA IF NOT EXISTS "M7"."S"');
    await needs('CREATE TABLE "M7"."S"."OWN" ("N" INT)', '003001', 'CREATE TABLE ON SCHEMA "M7"."S"');
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."OWN" ("N" INT)');
    await needs('CREATE STAGE "M7"."S"."STG"', '003001', 'CREATE STAGE ON SCHEMA M7.S');
    await rowsOf(connection, 'CREATE STAGE "M7"."S"."STG"');
    await needs('LIST @"M7"."S"."GOLD"', '002003', 'READ ON STAGE "M7"."S"."GOLD"');
    await rowsOf(connection, 'LIST @"M7"."S"."GOLD"');
    await needs('REMOVE @"M7"."S"."GOLD"', '003001', 'WRITE ON STAGE "M7"."S"."GOLD"');
    await rowsOf(connection, 'REMOVE @"M7"."S"."GOLD"');
    await rowsOf(connection, `COPY INTO ${T} FROM '@"M7"."S"."GOLD"/x/' ${COPY}`);
    await assert.rejects(rowsOf(connection, `ALTER TABLE ${T} ADD COLUMN "X" INT`), { code: '003001' });
    await assert.rejects(rowsOf(connection, `DROP TABLE ${T}`), { code: '003001' });
    await rowsOf(connection, 'ALTER TABLE "M7"."S"."OWN" ADD COLUMN "X" INT');
  });

  it('makes temporary tables without a privilege to create tables', async () => {
    await peer.admin('REVOKE CREATE TABLE ON SCHEMA "M7"."S" FROM ROLE LIMITED');
    await rowsOf(connection, 'CREATE TEMPORARY TABLE "M7"."S"."TEMP" LIKE "M7"."S"."T"');
    await rowsOf(connection, 'INSERT INTO "M7"."S"."TEMP" VALUES (1)');
    await assert.rejects(rowsOf(connection, 'CREATE TABLE "M7"."S"."MORE" ("N" INT)'), { code: '003001' });
  });

  it('lists what was granted, and follows roles that were granted to the role', async () => {
    await peer.admin('CREATE TABLE "M7"."S"."READ" ("N" INT)');
    await peer.admin('GRANT SELECT ON TABLE "M7"."S"."READ" TO ROLE READERS');
    await assert.rejects(rowsOf(connection, 'SELECT "N" FROM "M7"."S"."READ"'), { code: '002003' });
    await peer.admin('GRANT ROLE READERS TO ROLE LIMITED');
    assert.deepEqual(await rowsOf(connection, 'SELECT "N" FROM "M7"."S"."READ"'), []);
    const granted = (await rowsOf(connection, 'SHOW GRANTS TO ROLE "LIMITED"')).map((r) =>
      [r['privilege'], r['granted_on'], r['name']].join(' '),
    );
    for (const line of [
      'USAGE WAREHOUSE M7_WH',
      'USAGE DATABASE M7',
      'USAGE SCHEMA M7.S',
      'SELECT TABLE M7.S.T',
      'OWNERSHIP TABLE M7.S.OWN',
      'OWNERSHIP STAGE M7.S.STG',
      'USAGE ROLE READERS',
    ])
      assert.ok(granted.includes(line), `${line} in ${granted.join(', ')}`);
    const readers = await rowsOf(connection, 'SHOW GRANTS TO ROLE "READERS"');
    assert.deepEqual(
      readers.map((r) => r['name']),
      ['M7.S.READ'],
    );
    await assert.rejects(rowsOf(connection, 'SHOW GRANTS TO ROLE "NOPE"'), { code: '002003' });
  });

  it('shows in INFORMATION_SCHEMA only what the role may see', async () => {
    await peer.admin('CREATE TABLE "M7"."S"."HIDDEN" ("N" INT)');
    const rows = await rowsOf(
      connection,
      'SELECT DISTINCT TABLE_NAME FROM "M7".INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME',
      ['S'],
    );
    assert.deepEqual(
      rows.map((r) => r['TABLE_NAME']),
      ['OWN', 'READ', 'T', 'TEMP'],
    );
  });

  it('lets nobody grant what he does not own, nor privileges that do not exist', async () => {
    await assert.rejects(rowsOf(connection, 'GRANT SELECT ON TABLE "M7"."S"."T" TO ROLE READERS'), {
      code: '003001',
    });
    await assert.rejects(peer.admin('GRANT FLY ON TABLE "M7"."S"."T" TO ROLE READERS'), { code: '003008' });
    await assert.rejects(peer.admin('GRANT SELECT ON TABLE "M7"."S"."T" TO ROLE NOPE'), { code: '002003' });
    await assert.rejects(rowsOf(connection, 'USE ROLE ACCOUNTADMIN'), { code: '003013' });
  });
});
