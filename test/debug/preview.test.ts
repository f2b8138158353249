// Answers opened in the preview: files of all their rows, beside the session, gone with it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openDatabase, quotePath, type Row } from '../../src/engine/base/duckdb';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, hashes, writeOldDay } from './adapter';

/** What the first row of a query over a Parquet file is. */
async function first(path: string, select: string): Promise<Row | undefined> {
  const database = await openDatabase({ folders: [], files: [path] });
  const connection = await database.connect();
  try {
    return (await connection.rows(`SELECT ${select} FROM read_parquet(${quotePath(path)})`))[0];
  } finally {
    connection.close();
    database.close();
  }
}

describe('answers of the debug adapter in the preview', () => {
  before(buildAdapter);
  const folder = useFolder();
  let copies = '';
  let talk: Conversation;
  const start = async (more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    await talk.greet();
    await talk.stop(() => talk.launch(more));
  };
  beforeEach(() => {
    copies = mkdtempSync(join(tmpdir(), 'm7-test-copies-'));
    writeOldDay(folder(), failingDay());
    talk = new Conversation(folder(), { TMPDIR: copies, TEMP: copies, TMP: copies });
  });
  afterEach(async () => {
    await talk.hangUp();
    rmSync(copies, { recursive: true, force: true });
  });

  /** What the adapter tells to open after a command. */
  async function opened(command: string): Promise<{ readonly path: string; readonly title: string }> {
    const [event, answer] = await Promise.all([talk.client.waitForEvent('m7/preview'), talk.ask(command)]);
    assert.equal(answer.result, 'Opened in the preview.');
    return event.body as { readonly path: string; readonly title: string };
  }
  const written = async (variablesReference: number): Promise<string> => {
    const { body } = await talk.client.customRequest('m7/preview', {
      variablesReference,
    });
    return (body as { readonly path: string }).path;
  };

  it('hold all rows of a query, not only those the console keeps', async () => {
    const before = hashes(folder());
    await start();
    const { path, title } = await opened(
      ':preview SELECT range AS "group", range AS "Group 2" FROM range(150000) ORDER BY range DESC',
    );
    assert.match(title, /^SELECT range AS/);
    assert.match(basename(path), /^1 SELECT range AS .*\.parquet$/);
    assert.deepEqual(await first(path, 'count(*) AS n'), { n: 150_000 });
    assert.deepEqual(await first(path, '*'), { group: 149_999, 'Group 2': 149_999 }, 'in their order');
    await talk.client.disconnectRequest();
    await talk.gone();
    assert.equal(existsSync(path), false);
    assert.deepEqual(readdirSync(copies), []);
    assert.deepEqual(hashes(folder()), before);
  });

  it('are those answered last, and no watch', async () => {
    await start();
    assert.match((await talk.ask(':preview')).result, /^refused: There are no rows to show/);
    await talk.ask('SELECT playback_id FROM rows ORDER BY 1');
    await talk.ask('SELECT 1 AS other UNION ALL SELECT 2', 'watch');
    const { path } = await opened(':preview');
    assert.deepEqual(await first(path, 'count(*) AS n, min(playback_id) AS least'), { n: 82, least: 'late' });
    await talk.stop(talk.go.next);
    assert.match((await talk.ask(':preview')).result, /^refused: There are no rows/, 'of another place');
    const value = await opened(':preview SELECT 1 AS one');
    assert.deepEqual(await first(value.path, 'one'), { one: 1 });
  });

  it('are the rows behind a scope or an answer in the variables', async () => {
    await start({ publish: true });
    const scopes = await talk.scopes();
    const reference = (name: string): number =>
      scopes.find((one) => one.name.startsWith(name))?.variablesReference ?? 0;
    const failing = await written(reference('Failing rows'));
    assert.equal(basename(failing), '1 Failing rows of playback_length.parquet');
    assert.deepEqual(await first(failing, 'count(*) AS n, max(seconds) AS most'), { n: 6, most: 7 });
    assert.deepEqual(await first(await written(reference('Rows')), 'count(*) AS n'), { n: 82 });
    const some = await talk.ask(':failing 2');
    const two = await first(await written(some.variablesReference), 'count(*) AS n');
    assert.deepEqual(two, { n: 6 }, 'all there are');
    for (const wrong of [reference('Rule'), 0, 99_999, 'x', undefined])
      await assert.rejects(
        talk.client.customRequest('m7/preview', { variablesReference: wrong }),
        /There are no rows to show/,
      );
    await assert.rejects(talk.client.customRequest('m7/preview'), /There are no rows to show/);
  });

  it('are offered in the menu of rows, and of nothing else', async () => {
    await start();
    const menus = async (variablesReference: number): Promise<readonly unknown[]> =>
      (await talk.read(variablesReference)).map((one) => Reflect.get(one, '__vscodeVariableMenuContext'));
    for (const { name, variablesReference } of await talk.scopes()) {
      const wanted = /^(?:Failing rows|Rows) /.test(name) ? 'rows' : undefined;
      const found = await menus(variablesReference);
      assert.ok(found.length > 0);
      assert.deepEqual([...new Set(found)], [wanted], name);
    }
    const answer = await talk.ask('SELECT seconds, device_id FROM rows LIMIT 2');
    assert.deepEqual(await menus(answer.variablesReference), ['rows', 'rows']);
    const [row] = await talk.read(answer.variablesReference);
    assert.deepEqual(new Set(await menus(row?.variablesReference ?? 0)), new Set([undefined]), 'its columns');
  });

  it('have values of every type, those that Parquet lacks as text', async () => {
    await start();
    const { path } = await opened(
      `:preview SELECT sum(seconds)::HUGEINT AS h, 340282366920938463463374607431768211455::UHUGEINT AS u,
        '101'::BIT AS b, [1, NULL] AS l, {'a': NULL} AS s, MAP {'k': 1} AS m, NULL AS nothing, 'x'::BLOB AS bytes,
        DATE '2024-01-01' AS d, TIME '10:00' AS t, INTERVAL 1 DAY AS i, union_value(n := 2) AS un,
        'a'::ENUM('a', 'b') AS e, uuid '00000000-0000-0000-0000-000000000001' AS id, 1 AS "a", 2 AS "A" FROM rows`,
    );
    const row = await first(path, '*');
    assert.equal(row?.['u'], '340282366920938463463374607431768211455');
    assert.equal(row['b'], '101');
    assert.equal(Object.keys(row).length, 16);
  });

  it('are not written where the SQL is refused or wrong', async () => {
    await start();
    for (const wrong of [
      `SELECT * FROM read_csv('/etc/passwd')`,
      'SELECT 1; SELECT 2',
      'SELECT no_such',
      '(',
      ':help',
    ])
      assert.match((await talk.ask(`:preview ${wrong}`)).result, /^refused: /, wrong);
    assert.deepEqual(
      readdirSync(copies).filter((name) => name.startsWith('m7-answers-')),
      [],
    );
  });
});
