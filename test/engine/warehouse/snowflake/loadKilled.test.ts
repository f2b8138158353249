// Loaders in processes of their own, killed at each statement of a load, cancelled, and without the rights they need.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATE, smallDay, writeDay } from '../../../support/day';
import { useFolder } from '../../../support/folder';
import { PASSWORD, startPeer, type FaultTarget, type Peer } from '../../../support/snowflake/peer';
import { buildCommand, ended, m7, startM7, type Ended } from '../../../cli/command';

const STATEMENTS: readonly (readonly [string, FaultTarget])[] = [
  ['the first statement', { nth: 2 }],
  ['CREATE TABLE', { statement: 'CREATE TABLE', sql: '"STG_SG"."DEVICE"' }],
  ['PUT', { statement: 'PUT' }],
  ['CREATE TEMPORARY TABLE', { statement: 'CREATE TABLE', sql: 'TEMPORARY' }],
  ['COPY', { statement: 'COPY' }],
  ['BEGIN', { statement: 'BEGIN' }],
  ['UPDATE of the lock', { statement: 'UPDATE' }],
  ['DELETE', { statement: 'DELETE' }],
  ['INSERT of the rows', { statement: 'INSERT', sql: 'M7_LOAD_' }],
  ['INSERT into the ledger', { statement: 'INSERT', sql: '"LOADS"' }],
  ['the count of the date', { statement: 'SELECT', sql: 'COUNT(*) AS "N"' }],
  ['COMMIT', { statement: 'COMMIT' }],
  ['DROP of the temporary table', { statement: 'DROP' }],
  ['REMOVE', { statement: 'REMOVE' }],
];

describe('snowflake: loaders as processes', function () {
  this.timeout(120_000);
  const folder = useFolder();
  let peer: Peer;
  const shared = mkdtempSync(join(tmpdir(), 'm7-killed-'));
  before(buildCommand);
  after(() => rmSync(shared, { recursive: true, force: true }));
  beforeEach(async () => {
    peer = await startPeer({ abandonedAfter: 500 });
  });
  afterEach(() => peer.close());

  const settings = (): Readonly<Record<string, string>> => ({
    MOCK_SNOWFLAKE: 'false',
    SNOWFLAKE_ACCOUNT: peer.account,
    SNOWFLAKE_ACCESS_URL: peer.url,
    SNOWFLAKE_USER: 'LOADER',
    SNOWFLAKE_PASSWORD: PASSWORD,
    SNOWFLAKE_DATABASE: peer.database,
    SNOWFLAKE_WAREHOUSE: peer.warehouse,
    MAX_WORKERS: '1',
  });
  const run = (workspace: string, ...words: string[]): Promise<Ended> =>
    m7(['run', '--date', DATE, '--workspace', workspace, ...words], { env: settings() });

  /** A workspace with gold that is not loaded. */
  async function validated(): Promise<string> {
    const workspace = join(shared, 'gold');
    if (existsSync(workspace)) return workspace;
    mkdirSync(workspace, { recursive: true });
    writeDay(workspace, smallDay());
    const words = ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'].flatMap((s) => ['--stage', s]);
    const end = await m7(['run', '--date', DATE, '--workspace', workspace, ...words, '--mock']);
    assert.equal(end.code, 0, end.err);
    return workspace;
  }

  async function whole(): Promise<void> {
    const counts = async (sql: string): Promise<unknown> => (await peer.target(sql))[0];
    assert.deepEqual(
      await counts(
        `SELECT count(*)::INT AS n, count(DISTINCT ("DEVICE_ID", "BRAND_CODE"))::INT AS d FROM "M7"."STG_SG"."DEVICE"`,
      ),
      { n: 80, d: 80 },
    );
    assert.deepEqual(
      await peer.target(
        `SELECT "TABLE_NAME" AS t, count(*)::INT AS n FROM "M7"."STG_SG_MONITORING"."LOADS" WHERE "STATUS" = 'LOADED' GROUP BY 1 ORDER BY 1`,
      ),
      [
        { t: 'DEVICE', n: 1 },
        { t: 'PLAYBACK', n: 1 },
      ],
    );
    assert.deepEqual(await peer.stageFiles(), []);
  }

  for (const [name, target] of STATEMENTS)
    it(`killed after ${name}: the next run loads what is missing, once`, async () => {
      const workspace = join(folder(), 'killed');
      cpSync(await validated(), workspace, { recursive: true });
      const reached = peer.inject({ kind: 'hang-after' }, target);
      const child = startM7(['run', '--date', DATE, '--workspace', workspace], { env: settings() });
      const ending = ended(child);
      await Promise.race([
        reached.reached,
        ending.then((end) => assert.fail(`it ended before: ${end.err}${end.out}`)),
      ]);
      child.kill('SIGKILL');
      await ending;
      const lingering = peer.sessions().filter((session) => session.open);
      peer.clearFaults();
      const end = await run(workspace);
      assert.equal(end.code, 0, end.err + end.out);
      await whole();
      // The server ends the dead loader's session by itself; what is left must be that session's alone.
      for (const { id } of lingering) await peer.endSession(id);
      assert.deepEqual(peer.tempTables(), []);
      assert.ok(!peer.sessions().some((session) => session.inTransaction));
      const third = await run(workspace, '--json');
      assert.ok(!third.out.includes('"status":"done"'), 'a third run finds nothing to do');
      assert.ok(!existsSync(join(workspace, 'snowflake.log')));
      assert.deepEqual(
        readdirSync(join(workspace, 'data/.state/tmp')).filter((one) => one.startsWith('load_')),
        [],
      );
    });

  it('of two at the same time one loads, and the other finds it done', async () => {
    const workspaces = ['one', 'two'].map((name) => join(folder(), name));
    for (const workspace of workspaces) cpSync(await validated(), workspace, { recursive: true });
    peer.inject({ kind: 'slow', milliseconds: 700, times: 6 }, { statement: 'INSERT' });
    const ends = await Promise.all(workspaces.map((workspace) => run(workspace)));
    for (const end of ends) assert.equal(end.code, 0, end.err + end.out);
    await whole();
  });

  it('stops within seconds when it is cancelled in the middle of a statement', async () => {
    const workspace = join(folder(), 'cancelled');
    cpSync(await validated(), workspace, { recursive: true });
    const reached = peer.inject({ kind: 'slow' }, { statement: 'COPY' });
    const child = startM7(['run', '--date', DATE, '--workspace', workspace], { env: settings() });
    const ending = ended(child);
    await reached.reached;
    child.kill('SIGINT');
    const end = await ending;
    assert.equal(end.code, 130, end.err);
    assert.ok(
      peer.requests.some((request) => request.kind === 'abort'),
      'the statement is aborted at the server',
    );
    assert.deepEqual(peer.tempTables(), []);
    assert.deepEqual(await peer.stageFiles(), []);
    peer.clearFaults();
    assert.equal((await run(workspace)).code, 0);
    await whole();
  });

  it('shows status without a connection, and after a run what it loaded', async () => {
    const workspace = join(folder(), 'shown');
    cpSync(await validated(), workspace, { recursive: true });
    assert.equal((await run(workspace)).code, 0);
    const before = peer.requests.length;
    const end = await m7(['status', '--json', '--workspace', workspace], { env: settings() });
    assert.equal(peer.requests.length, before);
    const { dates } = JSON.parse(end.out) as {
      readonly dates: readonly { readonly tables: readonly { readonly loaded?: unknown }[] }[];
    };
    const [date] = dates;
    assert.deepEqual(
      date?.tables.map((table) => table.loaded !== undefined),
      [true, true],
      JSON.stringify(date?.tables[0]),
    );
  });

  it('prints the SQL of a dry run, and runs none of it', async () => {
    const workspace = join(folder(), 'dry');
    cpSync(await validated(), workspace, { recursive: true });
    const end = await run(workspace, '--dry-run');
    assert.equal(end.code, 0, end.err);
    for (const wanted of [
      /CREATE TABLE IF NOT EXISTS "M7"."STG_SG"."DEVICE" \(/,
      /^PUT 'file:.*' '@"M7"."STG_SG"."GOLD"\/DEVICE\/20241115\//m,
      /^COPY INTO "M7"."STG_SG"."M7_LOAD_/m,
      /^DELETE FROM "M7"."STG_SG"."DEVICE"\nWHERE "LOAD_DATE" = TO_DATE\('2024-11-15', 'YYYY-MM-DD'\);/m,
      /^COMMIT;/m,
    ])
      assert.match(end.out, wanted);
    assert.ok(!end.out.includes(PASSWORD) && !end.err.includes(PASSWORD));
    assert.ok(!peer.statements().some(({ kind }) => kind === 'DELETE' || kind === 'CREATE TABLE'));
  });

  it('says in one line what is wrong with a login, and tries it once', async () => {
    const workspace = await validated();
    const end = await m7(['run', '--date', DATE, '--workspace', workspace], {
      env: { ...settings(), SNOWFLAKE_PASSWORD: 'wr0ng "pass"\nword' },
    });
    assert.equal(end.code, 1, end.err);
    assert.match(end.err, /refused the login.*390100/);
    assert.match(end.err, /SNOWFLAKE_PASSWORD/);
    assert.ok(!end.err.includes('wr0ng'));
    assert.equal(peer.requests.filter((request) => request.kind === 'login').length, 1);
  });

  it('brings files to an object store over TLS, and once more where it was refused', async () => {
    const store = await startPeer({ storage: 'S3' });
    try {
      const workspace = join(folder(), 'store');
      cpSync(await validated(), workspace, { recursive: true });
      const refused = store.inject({ kind: 's3', status: 403, code: 'AccessDenied' }, { kind: 'stage-put' });
      const end = await m7(['run', '--date', DATE, '--workspace', workspace], {
        env: {
          ...settings(),
          SNOWFLAKE_ACCOUNT: store.account,
          SNOWFLAKE_ACCESS_URL: store.url,
          NODE_EXTRA_CA_CERTS: store.caFile ?? '',
        },
      });
      assert.equal(end.code, 0, end.err + end.out);
      assert.equal(refused.hits(), 1);
      const [row] = await store.target(`SELECT count(*)::INT AS n FROM "M7"."STG_SG"."DEVICE"`);
      assert.equal(row?.['n'], 80);
      assert.deepEqual(await store.stageFiles(), []);
    } finally {
      await store.close();
    }
  });
});
