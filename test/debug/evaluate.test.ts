// What can be asked while a run stands still, and what cannot be reached by it.
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, hashes, writeOldDay } from './adapter';

describe('evaluating in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  beforeEach(async () => {
    writeOldDay(folder(), {
      ...failingDay(),
      settings: 'EXPECTED_TABLES=Device,Playback\nSNOWFLAKE_PASSWORD=hunter2hunter2\n',
    });
    talk = new Conversation(folder());
    await talk.greet();
    await talk.stop(() => talk.launch());
  });
  afterEach(() => talk.hangUp());

  it('refuses what would change anything, or read anything but the tables of the date', async () => {
    const rules = join(folder(), 'config/validation_rules.json');
    // A way out of the data folder, for who could name it.
    symlinkSync('/etc/passwd', join(folder(), 'data/link.parquet'));
    const before = hashes(folder());
    const attempts = [
      `COPY (SELECT 1) TO '${join(folder(), 'out.csv')}'`,
      `COPY rows TO '${join(folder(), 'out.parquet')}'`,
      `ATTACH '${join(folder(), 'other.duckdb')}' AS other`,
      `SELECT * FROM read_csv('/etc/passwd')`,
      `SELECT * FROM read_text('${rules}')`,
      `SELECT * FROM '${rules}'`,
      `FROM '/etc/passwd'`,
      `SELECT * FROM glob('/*')`,
      `SELECT * FROM read_parquet('**/*.parquet')`,
      'PRAGMA database_list',
      'SET threads = 1',
      'SET lock_configuration = false',
      'RESET threads',
      `SELECT getenv('HOME')`,
      `SELECT current_setting('temp_directory')`,
      `SELECT getvariable('drop')`,
      'SELECT * FROM duckdb_settings()',
      'SELECT * FROM information_schema.tables',
      'SELECT * FROM m7_gold',
      'SELECT 1; SELECT 2',
      '1 FROM rows; DROP VIEW m7_gold; --',
      'UPDATE m7_gold SET seconds = 0',
      'DELETE FROM rows',
      'INSERT INTO rows SELECT * FROM rows',
      'DROP VIEW m7_gold',
      'CREATE TABLE mine AS SELECT 1',
      'INSTALL httpfs',
      'LOAD httpfs',
      `EXPORT DATABASE '${folder()}'`,
      'CALL pragma_version()',
      'EXPLAIN SELECT 1',
      'CHECKPOINT',
      `seconds) FROM read_csv('/etc/passwd') --`,
      `WITH x AS (DELETE FROM rows RETURNING *) SELECT * FROM x`,
      // Files by other ways, and the network.
      `SELECT * FROM read_blob('${rules}')`,
      `SELECT * FROM read_json('${rules}')`,
      `SELECT * FROM read_ndjson_objects('${rules}')`,
      `SELECT * FROM parquet_schema('${join(folder(), 'data/gold/x.parquet')}')`,
      `SELECT * FROM sniff_csv('/etc/passwd')`,
      `SELECT * FROM "/etc/passwd"`,
      `SELECT * FROM rows, '/etc/passwd'`,
      `SELECT * FROM 'https://example.com/a.parquet'`,
      `FROM read_parquet('s3://bucket/a.parquet')`,
      `SELECT * FROM read_parquet(['${join(folder(), 'data', 'link.parquet')}'])`,
      `SELECT * FROM read_duckdb('${join(folder(), 'data/warehouse.duckdb')}')`,
      `SELECT * FROM query('SELECT 1')`,
      `SELECT * FROM query_table('rows')`,
      `SELECT * FROM (SELECT * FROM read_text('${rules}'))`,
      `SELECT (SELECT content FROM read_text('${rules}'))`,
      `WITH x AS (SELECT * FROM glob('/*')) SELECT * FROM x`,
      `WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT * FROM read_csv('/etc/passwd')) FROM x`,
      `SELECT * FROM rows WHERE EXISTS (FROM read_csv('/etc/passwd'))`,
      `SELECT * FROM rows ORDER BY (SELECT count(*) FROM glob('/*'))`,
      `SELECT [x FOR x IN (SELECT list(file) FROM glob('/*'))]`,
      `SELECT read_text('${rules}')`,
      `PIVOT rows ON getenv('HOME') USING count(*)`,
      `SUMMARIZE FROM '/etc/passwd'`,
      `DESCRIBE FROM '/etc/passwd'`,
      `SHOW ALL TABLES`,
      // What this process is and knows.
      `seconds = getenv('HOME')`,
      `SELECT getenv('SNOWFLAKE_PASSWORD')`,
      'SELECT * FROM duckdb_secrets()',
      'SELECT * FROM pg_catalog.pg_settings',
      'SELECT * FROM sqlite_master',
      `SELECT * FROM main.m7_gold`,
      `SELECT * FROM memory.main.m7_gold`,
      `SELECT * FROM temp.m7_gold`,
      'SELECT main.getenv(1)',
      `SELECT system.main.getenv('HOME')`,
      'SELECT current_database()',
      'SELECT version()',
      `SELECT nextval('s')`,
      `SELECT set_config('threads', '1')`,
      // More than one statement, also where a comment or a quote hides it.
      'SELECT 1 /* ; */; DROP VIEW m7_gold',
      'SELECT 1 --\n; DROP VIEW m7_gold',
      `SELECT 'a;b'; DROP VIEW m7_gold`,
      'SELECT $$;$$; DROP VIEW m7_gold',
      '1); DROP VIEW m7_gold; SELECT (1',
      '1\n) ; CREATE TABLE mine AS (SELECT 1',
      'SELECT 1) AS x; DROP VIEW m7_gold; SELECT * FROM (SELECT 1',
      "SELECT * FROM rows) TO '/tmp/m7-out.csv' --",
      'count(*) /* and the rest is never closed',
      `SELECT 'never closed`,
      'SELECT 1 -- \0; DROP VIEW m7_gold',
      // What is no query.
      'BEGIN TRANSACTION',
      'ROLLBACK',
      'USE memory',
      'DETACH memory',
      'VACUUM',
      'PREPARE p AS SELECT 1',
      'EXECUTE p',
      `CREATE SECRET s (TYPE s3, KEY_ID 'x')`,
      `CREATE MACRO f() AS 1`,
      'CREATE VIEW v AS SELECT 1',
      `COMMENT ON VIEW m7_gold IS 'x'`,
      `INSERT INTO m7_gold VALUES (1)`,
      'WITH x AS (INSERT INTO rows SELECT * FROM rows RETURNING *) SELECT * FROM x',
      'MERGE INTO rows USING rows AS r ON true WHEN MATCHED THEN DELETE',
      'TRUNCATE m7_gold',
      `IMPORT DATABASE '${folder()}'`,
      `FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'`,
      'UPDATE EXTENSIONS',
      'SET VARIABLE x = 1',
      'ALTER VIEW m7_gold RENAME TO other',
      'SELECT random()',
      'SELECT * FROM rows USING SAMPLE 1',
      'SELECT now()',
      // Slips.
      'slect * from rows',
      'SELECT * FROM',
      'SELECT',
      ';',
      ';;;',
      '--',
      '"',
      "'",
      '(',
      ':profile',
      ':profile "; DROP VIEW m7_gold',
      ':failing 0',
      ':failing -1',
      ':failing 1e9; SELECT 1',
      ':preview COPY rows TO x',
      `${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
      '',
      '\0',
    ];
    const reached: string[] = [];
    for (const attempt of attempts) {
      const { result } = await talk.ask(attempt);
      if (!result.startsWith('refused: ') || /defect|internal/i.test(result))
        reached.push(`${attempt.slice(0, 100)} → ${result.slice(0, 200)}`);
    }
    assert.deepEqual(reached, []);
    assert.equal((await talk.ask('count(*)')).result, '82', 'and it goes on as before');
    assert.deepEqual(hashes(folder()), before);
  });

  it('answers expressions, queries and layers, in plain words where it cannot', async () => {
    const ask = async (text: string): Promise<string> => (await talk.ask(text)).result;
    assert.equal(await ask('max(seconds)'), '273');
    assert.equal(await ask(`SELECT 'gold.Device' AS text`), '"gold.Device"');
    assert.equal(
      await ask('SELECT count(*) FROM raw."Playback" r JOIN gold.device d USING (device_id)'),
      '80',
    );
    assert.equal(await ask('SELECT * FROM failing;'), '6 rows × 9 columns');
    assert.match(await ask('seconds > 100'), /^82 rows × 1 column$/);
    assert.equal(await ask('failing'), '6 rows × 9 columns', 'a table by its name alone');
    assert.equal(await ask('Silver.Device;'), '80 rows × 6 columns');
    assert.match(await ask('raw.Nothing'), /^refused: /);
    assert.match(await ask('SELECT no_such FROM rows'), /refused: .*no_such/);
    assert.match(await ask('SELECT * FROM silver.Nothing'), /refused: There is no table "Nothing"/);
    assert.match(await ask(':help'), /:failing N/);
    assert.equal(await ask(':failing 2'), '6 rows × 9 columns, the first 2 are shown');
    assert.match(await ask(':profile seconds'), /^seconds INTEGER/);
    assert.match(await ask(':nothing'), /refused: There is no command ":nothing"/);
    assert.match(
      (await talk.ask('playback_length', 'hover')).result,
      /^playback_length: failed, 6 of 82 rows fail/,
    );
    assert.match((await talk.ask('nothing', 'hover')).result, /^refused/);
  });

  it('shows nested and long values whole where they are opened', async () => {
    const nested = await talk.ask(`SELECT [1, 2] AS list, {'a': 'x'} AS struct, repeat('y', 500) AS long`);
    const [row] = await talk.read(nested.variablesReference);
    const cells = await talk.read(row?.variablesReference ?? 0);
    const [list, struct, long] = await Promise.all(cells.map((cell) => talk.read(cell.variablesReference)));
    assert.deepEqual(
      list?.map((one) => one.value),
      ['1', '2'],
    );
    assert.deepEqual(
      struct?.map((one) => `${one.name}=${one.value}`),
      ['a="x"'],
    );
    assert.equal(long?.[0]?.value.length, 502);
    assert.equal((await talk.ask(`SELECT repeat('y', 500)`, 'clipboard')).result.length > 200, true);
  });

  it('opens a failing row into its columns and the line it came from', async () => {
    const failing = (await talk.scopes()).find((scope) => scope.name.startsWith('Failing rows'));
    const [first] = await talk.read(failing?.variablesReference ?? 0, { start: 0, count: 1 });
    const columns = await talk.read(first?.variablesReference ?? 0);
    assert.match(
      `${columns[0]?.name}: ${columns[0]?.value}`,
      /^landing line: Skylink_Playback_20241115\.csv:3 {2}p1,S1/,
    );
  });

  it('keeps secrets out of the settings', async () => {
    const settings = await talk.variables('Settings');
    assert.ok(settings.includes('snowflake.password: ***'), settings.join('\n'));
    assert.doesNotMatch(settings.join('\n'), /hunter2/);
  });

  it('completes columns, tables, functions and commands', async () => {
    const labels = async (text: string): Promise<readonly string[]> => {
      const { body } = (await talk.client.customRequest('completions', {
        text,
        column: text.length + 1,
      })) as DebugProtocol.CompletionsResponse;
      return body.targets.map((one) => one.label);
    };
    assert.ok((await labels('sec')).includes('seconds'));
    assert.deepEqual(await labels('SELECT * FROM silver.pl'), ['silver.playback']);
    assert.ok((await labels('count_')).includes('count_if'));
    assert.deepEqual(await labels(':f'), [':failing']);
  });

  it('is cancelled', async () => {
    const long = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3';
    const asked = assert.rejects(
      talk.client.evaluateRequest({ expression: long, context: 'repl', frameId: 2 }),
      /cancelled/,
    );
    const requestId = (talk.client as unknown as { readonly sequence: number }).sequence - 1;
    await new Promise((settle) => setTimeout(settle, 300));
    await talk.client.customRequest('cancel', { requestId });
    await asked;
    assert.equal((await talk.ask('count(*)')).result, '82');
  });

  it('does not keep the run from going on', async () => {
    const long = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3';
    const asked = assert.rejects(
      talk.client.evaluateRequest({ expression: long, context: 'watch', frameId: 2 }),
    );
    // It waits behind the long one; that it is not wanted any more is no error.
    const completed = talk.client.customRequest('completions', { text: 'sec', column: 4 });
    await talk.stop(talk.go.next);
    await asked;
    assert.deepEqual(((await completed) as DebugProtocol.CompletionsResponse).body.targets, []);
    assert.match(await talk.top(), /^rule has_id/);
  });
});
