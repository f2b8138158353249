// The peer's stages, asked by the real driver: PUT into a folder and over TLS into an object store, COPY of Parquet.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Connection } from 'snowflake-sdk';
import { openDatabase, quoteLiteral } from '../../../../src/engine/base/duckdb';
import { useFolder } from '../../../support/folder';
import { connect, disconnect, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Peer } from '../../../support/snowflake/peer';

const STAGE = '@"M7"."S"."GOLD"';
const FORMAT =
  'FILE_FORMAT=(TYPE=PARQUET USE_VECTORIZED_SCANNER=TRUE USE_LOGICAL_TYPE=TRUE BINARY_AS_TEXT=FALSE) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE ON_ERROR=ABORT_STATEMENT';

async function parquet(file: string, query: string): Promise<string> {
  const database = await openDatabase({ folders: [join(file, '..')] });
  const connection = await database.connect();
  await connection.run(`COPY (${query}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`);
  connection.close();
  database.close();
  return file;
}

function put(file: string, path: string, more = ''): string {
  return `PUT 'file://${file}' '${STAGE}/${path}' AUTO_COMPRESS=FALSE OVERWRITE=FALSE PARALLEL=4${more}`;
}

function copy(table: string, path: string, more = ''): string {
  return `COPY INTO "M7"."S"."${table}" FROM '${STAGE}/${path}' ${more} ${FORMAT}`;
}

describe('snowflake peer: stages in a folder', () => {
  const folder = useFolder();
  let peer: Peer;
  let connection: Connection;
  before(async () => {
    peer = await startPeer({ schemas: ['S'] });
    connection = await connect(peer);
    await rowsOf(connection, 'CREATE STAGE IF NOT EXISTS "M7"."S"."GOLD"');
  });
  after(async () => {
    await disconnect(connection);
    await peer.close();
  });

  async function fails(sql: string, code: string, part?: RegExp): Promise<void> {
    await assert.rejects(
      rowsOf(connection, sql),
      (error: { readonly code?: unknown; readonly message?: string }) => {
        assert.equal(error.code, code, error.message);
        if (part !== undefined) assert.match(error.message ?? '', part);
        return true;
      },
    );
  }

  it('puts, lists, copies once and removes', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."T" ("A" VARCHAR, "B" NUMBER(10,0), "C" DATE)');
    const file = await parquet(
      join(folder(), 'x.parquet'),
      `SELECT 'v' || i AS a, i AS "B", 1 AS extra FROM range(5) t(i)`,
    );
    const [uploaded] = await rowsOf(connection, put(file, 'T/20240101/id/'));
    assert.equal(uploaded?.['status'], 'UPLOADED');
    assert.deepEqual(await peer.stageFiles(), ['M7.S.GOLD/T/20240101/id/x.parquet']);
    const listed = await rowsOf(connection, `LIST ${STAGE}/T/20240101/`);
    assert.deepEqual(
      listed.map((r) => [r['name'], r['size']]),
      [['gold/T/20240101/id/x.parquet', (await readFile(file)).length]],
    );
    const [copied] = await rowsOf(connection, copy('T', 'T/20240101/id/', `FILES=('x.parquet')`));
    assert.equal(copied?.['status'], 'LOADED');
    assert.equal(copied['rows_loaded'], 5);
    assert.equal(copied['file'], 'gold/T/20240101/id/x.parquet');
    // Known by the table: loads nothing, in silence.
    const again = await rowsOf(connection, copy('T', 'T/20240101/id/', `FILES=('x.parquet')`));
    assert.deepEqual(
      again.map((r) => ({ ...r })),
      [{ status: 'Copy executed with 0 files processed.' }],
    );
    assert.deepEqual(
      await peer.target('SELECT count(*) AS n, count("C") AS c, max("A") AS a FROM "M7"."S"."T"'),
      [{ n: 5, c: 0, a: 'v4' }],
    );
    // Another table does not know it; nor does a path that is new.
    await rowsOf(connection, 'CREATE TEMPORARY TABLE "M7"."S"."LOAD_1" LIKE "M7"."S"."T"');
    const [other] = await rowsOf(connection, copy('LOAD_1', 'T/20240101/id/'));
    assert.equal(other?.['rows_loaded'], 5);
    await rowsOf(connection, `REMOVE ${STAGE}/T/20240101/id/`);
    assert.deepEqual(await peer.stageFiles(), []);
    assert.deepEqual(await rowsOf(connection, `LIST ${STAGE}`), []);
  });

  it('copies within the transaction', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."BACK" ("A" INT)');
    const file = await parquet(join(folder(), 'x.parquet'), 'SELECT i AS "A" FROM range(3) t(i)');
    await rowsOf(connection, put(file, 'BACK/'));
    await rowsOf(connection, 'BEGIN TRANSACTION');
    await rowsOf(connection, copy('BACK', 'BACK/'));
    await rowsOf(connection, 'ROLLBACK');
    assert.deepEqual(await peer.target('SELECT count(*) AS n FROM "M7"."S"."BACK"'), [{ n: 0 }]);
  });

  it('takes every Parquet type exactly', async () => {
    await rowsOf(
      connection,
      `CREATE TABLE "M7"."S"."ALL" ("T" VARCHAR, "N" NUMBER(38,10), "I" NUMBER(38,0), "F" FLOAT, "B" BOOLEAN, "D" DATE,
        "TI" TIME, "TS" TIMESTAMP_NTZ, "TZ" TIMESTAMP_TZ, "BI" BINARY, "V" VARIANT, "L" ARRAY, "O" OBJECT)`,
    );
    const query = `SELECT 'ü' AS "T", 1234567890123456789012345678.0123456789::DECIMAL(38,10) AS "N", 9223372036854775807 AS "I",
      0.1::DOUBLE AS "F", true AS "B", DATE '0001-01-01' AS "D", TIME '23:59:59.999999' AS "TI",
      TIMESTAMP '9999-12-31 23:59:59.999999' AS "TS", TIMESTAMPTZ '2024-01-01 00:00:00+02' AS "TZ",
      '\\x00\\xFF'::BLOB AS "BI", 'text' AS "V", [1, 2] AS "L", {'a': 1} AS "O"`;
    await rowsOf(connection, put(await parquet(join(folder(), 'x.parquet'), query), 'ALL/'));
    await rowsOf(connection, copy('ALL', 'ALL/'));
    const [row] = await peer.target(
      'SELECT "T", "N", "I", "F", "B", "D", "TI", "TS", "TZ", hex("BI") AS bi, "V", "L", "O" FROM "M7"."S"."ALL"',
    );
    assert.deepEqual(Object.values(row ?? {}), [
      'ü',
      '1234567890123456789012345678.0123456789',
      '9223372036854775807',
      0.1,
      true,
      '0001-01-01',
      '23:59:59.999999',
      '9999-12-31 23:59:59.999999',
      '2023-12-31 22:00:00+00',
      '00FF',
      '"text"',
      '[1,2]',
      '{"a":1}',
    ]);
  });

  it('refuses values that do not fit, naming the code, and loads nothing of the file', async () => {
    await rowsOf(
      connection,
      'CREATE TABLE "M7"."S"."FIT" ("T" VARCHAR(2), "N" NUMBER(3,0), "R" INT NOT NULL)',
    );
    const attempt = async (query: string, code: string): Promise<void> => {
      const path = `FIT/${randomBytes(4).toString('hex')}/`;
      await rowsOf(connection, put(await parquet(join(folder(), 'x.parquet'), query), path));
      await fails(copy('FIT', path), code);
    };
    await attempt(`SELECT unnest(['ab', 'abc']) AS "T", 1 AS "R"`, '100078');
    await attempt(`SELECT unnest([1, 1000]) AS "N", 1 AS "R"`, '100039');
    await attempt(`SELECT 'x' AS "N", 1 AS "R"`, '100038');
    await attempt(`SELECT 'x' AS "T"`, '100072');
    await attempt(`SELECT true AS "R", DATE '2024-01-01' AS "N"`, '002023');
    assert.deepEqual(await peer.target('SELECT count(*) AS n FROM "M7"."S"."FIT"'), [{ n: 0 }]);
  });

  it('refuses what is not plain Parquet, and files that are not there', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."P" ("A" INT)');
    const file = await parquet(join(folder(), 'x.parquet'), 'SELECT 1 AS "A"');
    const zipped = join(folder(), 'zipped.parquet');
    await writeFile(zipped, gzipSync(await readFile(file)));
    await rowsOf(connection, put(zipped, 'P/zipped/'));
    await fails(copy('P', 'P/zipped/'), '100144', /gzipped/);
    // PUT gzips by itself unless told not to.
    await rowsOf(connection, `PUT 'file://${file}' '${STAGE}/P/auto/'`);
    assert.ok((await peer.stageFiles()).includes('M7.S.GOLD/P/auto/x.parquet.gz'));
    await fails(copy('P', 'P/auto/'), '100144', /gzipped/);
    await fails(copy('P', 'P/zipped/', `FILES=('missing.parquet')`), '091016', /missing\.parquet/);
    await writeFile(join(folder(), 'no.parquet'), 'not Parquet at all');
    await rowsOf(connection, put(join(folder(), 'no.parquet'), 'P/no/'));
    await fails(copy('P', 'P/no/'), '100144');
  });

  it('refuses options and formats that it does not know, by name', async () => {
    const from = `COPY INTO "M7"."S"."P" FROM '${STAGE}/P/'`;
    const match = 'MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE';
    await fails(`${from} FILE_FORMAT=(TYPE=CSV) ${match}`, '001003', /CSV/);
    await fails(`${from} FILE_FORMAT=(TYPE=PARQUET)`, '001003', /MATCH_BY_COLUMN_NAME/);
    await fails(`${from} FILE_FORMAT=(TYPE=PARQUET TRIM_SPACES=TRUE) ${match}`, '001006', /TRIM_SPACES/);
    await fails(`${from} FILE_FORMAT=(TYPE=PARQUET) ${match} ON_ERROR=CONTINUE`, '001003', /ON_ERROR/);
    await fails(`${from} FILE_FORMAT=(TYPE=PARQUET) ${match} NO_OPTION=1`, '001006', /NO_OPTION/);
    await fails(`${from} FILE_FORMAT=(TYPE=PARQUET USE_LOGICAL_TYPE=MAYBE) ${match}`, '001008', /MAYBE/);
    await fails(`PUT 'file:///x' '${STAGE}/P/' NO_OPTION=1`, '001006', /NO_OPTION/);
    await fails(`PUT 'file:///x' '@"M7"."S"."NOPE"/P/'`, '002003', /NOPE/);
    await fails(`LIST ${STAGE}/../x`, '001003');
  });

  it('reads logical types only where it is told to', async () => {
    await rowsOf(connection, 'CREATE TABLE "M7"."S"."LOGICAL" ("AT" TIMESTAMP_NTZ, "BI" BINARY)');
    const query = `SELECT TIMESTAMP '2024-01-01 00:00:00' AS "AT", 'a'::BLOB AS "BI"`;
    await rowsOf(connection, put(await parquet(join(folder(), 'x.parquet'), query), 'LOGICAL/'));
    const options = (format: string): string =>
      `COPY INTO "M7"."S"."LOGICAL" FROM '${STAGE}/LOGICAL/' FILE_FORMAT=(TYPE=PARQUET ${format}) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE`;
    await fails(options('BINARY_AS_TEXT=FALSE'), '001003', /USE_LOGICAL_TYPE/);
    await fails(options('USE_LOGICAL_TYPE=TRUE'), '001003', /BINARY_AS_TEXT/);
    await rowsOf(connection, options('USE_LOGICAL_TYPE=TRUE BINARY_AS_TEXT=FALSE'));
  });
});

describe('snowflake peer: stages in an object store over TLS', () => {
  const folder = useFolder();
  let peer: Peer;
  before(async () => {
    peer = await startPeer({ schemas: ['S'], storage: 'S3' });
    await peer.admin('CREATE STAGE "M7"."S"."GOLD"');
    await peer.admin('GRANT READ, WRITE ON STAGE "M7"."S"."GOLD" TO ROLE LOADER');
    await peer.admin('CREATE TABLE "M7"."S"."T" ("A" VARCHAR, "N" INT)');
    await peer.admin('GRANT SELECT, INSERT ON TABLE "M7"."S"."T" TO ROLE LOADER');
  });
  after(() => peer.close());

  interface Outcome {
    readonly rows?: readonly Readonly<Record<string, unknown>>[];
    readonly error?: string;
  }

  /** The driver in a process that trusts the authority (or not). */
  async function errand(
    statements: readonly string[],
    multipart = false,
    trust = true,
  ): Promise<readonly Outcome[]> {
    const { url, account, database, warehouse } = peer;
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        join(__dirname, '../../../support/snowflake/putOnce.ts'),
        JSON.stringify({ peer: { url, account, database, warehouse }, statements, multipart }),
      ],
      {
        env: { ...process.env, ...(trust ? { NODE_EXTRA_CA_CERTS: peer.caFile } : {}) },
        // The AWS SDK writes warnings of its own to stderr.
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let out = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
  }

  it('takes an encrypted upload in chunks, and COPY reads it', async () => {
    const file = await parquet(
      join(folder(), 'x.parquet'),
      `SELECT md5(i::VARCHAR) AS "A", i AS "N" FROM range(20000) t(i)`,
    );
    const from = peer.requests.length;
    const [uploaded, skipped, copied] = await errand([
      put(file, 'T/1/'),
      put(file, 'T/1/'),
      copy('T', 'T/1/'),
    ]);
    assert.equal(uploaded?.rows?.[0]?.['status'], 'UPLOADED');
    assert.equal(skipped?.rows?.[0]?.['status'], 'SKIPPED');
    assert.equal(copied?.rows?.[0]?.['rows_loaded'], 20000);
    assert.deepEqual(
      peer.requests.slice(from).map((r) => r.kind),
      [
        ...['login', 'query', 'other', 'stage-head', 'stage-put', 'stage-head'],
        ...['query', 'other', 'stage-head', 'query', 'logout'],
      ],
    );
    assert.deepEqual(await peer.stageFiles(), ['M7.S.GOLD/T/1/x.parquet']);
    const [row] = await peer.target(
      'SELECT count(*) AS n, sum("N") AS s, count(DISTINCT "A") AS d FROM "M7"."S"."T"',
    );
    assert.deepEqual(row, { n: 20000, s: '199990000', d: 20000 });
    await peer.admin('REMOVE @"M7"."S"."GOLD"');
    assert.deepEqual(await peer.stageFiles(), []);
  });

  it('plays refusals of the store, lost answers and dropped sockets', async () => {
    const file = await parquet(join(folder(), 'x.parquet'), `SELECT 'a' AS "A", 1 AS "N"`);
    peer.inject({ kind: 's3', status: 403, code: 'AccessDenied', times: 100 }, { kind: 'stage-put' });
    const [refused] = await errand([put(file, 'T/2/')]);
    assert.match(refused?.error ?? '', /AccessDenied|refuses/);
    peer.clearFaults();
    assert.deepEqual(await peer.stageFiles(), []);
    peer.inject({ kind: 'dropped-after' }, { kind: 'stage-put' });
    peer.inject({ kind: 'status', status: 503 }, { kind: 'stage-head' });
    const [lost] = await errand([put(file, 'T/3/')]);
    assert.ok(
      lost?.rows?.[0]?.['status'] === 'UPLOADED' || lost?.rows?.[0]?.['status'] === 'SKIPPED',
      JSON.stringify(lost),
    );
    assert.deepEqual(await peer.stageFiles(), ['M7.S.GOLD/T/3/x.parquet']);
    await peer.admin('REMOVE @"M7"."S"."GOLD"');
  });

  it('is not trusted by a driver that was not told of the authority', async () => {
    const file = await parquet(join(folder(), 'x.parquet'), `SELECT 'a' AS "A", 1 AS "N"`);
    const [outcome] = await errand([put(file, 'T/4/')], false, false);
    assert.ok(outcome?.error !== undefined);
    assert.deepEqual(await peer.stageFiles(), []);
  });

  it('takes uploads in parts where the driver is told to make them', async () => {
    const file = join(folder(), 'big.bin');
    await writeFile(file, randomBytes(70 * 1024 * 1024));
    const from = peer.requests.length;
    const [uploaded] = await errand([put(file, 'T/5/')], true);
    assert.equal(uploaded?.rows?.[0]?.['status'], 'UPLOADED', JSON.stringify(uploaded));
    assert.equal(peer.requests.slice(from).filter((r) => r.kind === 'stage-multipart').length, 11);
    assert.deepEqual(await peer.stageFiles(), ['M7.S.GOLD/T/5/big.bin']);
    await peer.admin('REMOVE @"M7"."S"."GOLD"');
  });
});
