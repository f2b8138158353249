// Values and tables of odd kinds, many at once, and references that are of yesterday.
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { DATE, smallDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, writeOldDay } from './adapter';

describe('values in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  beforeEach(() => {
    talk = new Conversation(folder());
  });
  afterEach(() => talk.hangUp());
  const start = async (): Promise<void> => {
    writeOldDay(folder(), failingDay());
    await talk.greet();
    await talk.stop(() => talk.launch());
  };
  /** The cells of the first row of an answer, as "name: value". */
  const cells = async (sql: string): Promise<readonly DebugProtocol.Variable[]> => {
    const answer = await talk.ask(sql);
    const [row] = await talk.read(answer.variablesReference);
    return talk.read(row?.variablesReference ?? 0);
  };

  it('are told apart: NULL, the text NULL, blanks, quotes, other types', async () => {
    await start();
    const found = await cells(
      `SELECT NULL AS a, 'NULL' AS b, '' AS c, ' x ' AS d, 'say "hi"' AS e, 1 AS f, '1' AS g, true AS h,
        9007199254740993 AS i, 1.50::DECIMAL(9,2) AS j, 'NaN'::DOUBLE AS k, DATE '2024-02-29' AS l, '\\xFF\\x00a'::BLOB AS m,
        [9007199254740993, NULL] AS n, {'a': NULL, 'b': ['x']} AS o, MAP {'k': 1} AS p, '😀' AS q`,
    );
    assert.deepEqual(
      found.map((one) => `${one.name}: ${one.value}`),
      [
        ...['a: NULL', 'b: "NULL"', 'c: ""', 'd: " x "', 'e: "say \\"hi\\""', 'f: 1', 'g: "1"', 'h: true'],
        ...['i: 9007199254740993', 'j: 1.50', 'k: NaN', 'l: 2024-02-29', 'm: \\xFF\\x00a'],
        ...['n: [9007199254740993,NULL]', 'o: {"a":null,"b":["x"]}', 'p: [{"key":"k","value":1}]', 'q: "😀"'],
      ],
    );
  });

  it('are cut where they are huge, and say so', async () => {
    await start();
    const [text, blob, list] = await cells(
      `SELECT (SELECT string_agg(repeat('é', 1000), '') FROM range(40000)) AS text,
        (SELECT string_agg(repeat('z', 1000), '') FROM range(5000))::BLOB AS blob,
        (SELECT list(range) FROM range(3000000)) AS list`,
    );
    for (const [one, all] of [
      [text, '40000000 characters'],
      [blob, '5000000 bytes'],
      [list, 'characters'],
    ] as const) {
      assert.ok((one?.value.length ?? 0) <= 201, one?.name);
      const [whole] = await talk.read(one?.variablesReference ?? 0);
      const end = whole?.value.slice(-50) ?? '';
      assert.match(end, new RegExp(`… \\(\\d* ?${all} in all\\)"?$`));
      assert.ok((whole?.value.length ?? 0) < 110_000, one?.name);
    }
    const alone = await talk.ask(`SELECT string_agg(repeat('x', 1000), '') FROM range(40000)`, 'clipboard');
    assert.ok(alone.result.length < 110_000);
  });

  it('have columns by any name, and any number of them', async () => {
    await start();
    const odd = await cells(
      `SELECT 1 AS "select", 2 AS "a ""b""", 3 AS "from", 4 AS " ", 5 AS "select", 6 AS "toString", 7 AS "__proto__"`,
    );
    assert.deepEqual(odd.map((one) => `${one.name}=${one.value}`).slice(0, 3), [
      'select=1',
      'a "b"=2',
      'from=3',
    ]);
    assert.equal(odd.length, 7);
    assert.equal(odd.at(-1)?.value, '7');
    const wide = Array.from({ length: 300 }, (_, i) => `${i} AS c${i}`).join(', ');
    const answer = await talk.ask(`SELECT ${wide}, * FROM rows`);
    assert.equal(answer.result, '82 rows × 309 columns');
    const [row] = await talk.read(answer.variablesReference, { start: 81, count: 1 });
    const columns = await talk.read(row?.variablesReference ?? 0);
    assert.deepEqual([columns.length, columns[0]?.name, columns[300]?.name], [310, 'landing line', 'c299']);
    const none = await talk.ask('SELECT * FROM rows WHERE false');
    assert.deepEqual([none.result, none.variablesReference], ['0 rows × 9 columns', 0]);
  });

  it('are watched and copied by expressions that mean them again', async () => {
    await start();
    await talk.stop(talk.go.in);
    const row = (await talk.scopes()).find((one) => one.name === 'Row');
    const named = (await talk.read(row?.variablesReference ?? 0)).filter(
      (one) => one.evaluateName !== undefined,
    );
    assert.ok(named.length > 3);
    for (const { name, value, evaluateName } of named)
      assert.equal((await talk.ask(evaluateName ?? '', 'watch')).result, value, name);
    const [nested] = await cells(`SELECT {'it''s': [[5, 6], [7]]} AS s, 1 AS x`);
    const [field] = await talk.read(nested?.variablesReference ?? 0);
    const [, list] = await talk.read(field?.variablesReference ?? 0);
    const [seven] = await talk.read(list?.variablesReference ?? 0);
    assert.deepEqual([nested?.evaluateName, field?.evaluateName], ['"s"', `"s"['it''s']`]);
    assert.equal(seven?.value, '7');
  });

  it('of the place before cannot be opened, and harm nothing', async () => {
    await start();
    const answer = await talk.ask('SELECT * FROM rows');
    const [row] = await talk.read(answer.variablesReference);
    const scopes = await talk.scopes();
    await talk.stop(talk.go.next);
    for (const reference of [
      answer.variablesReference,
      row?.variablesReference ?? 0,
      ...scopes.map((one) => one.variablesReference),
      0,
      -1,
      123_456,
    ])
      assert.deepEqual(await talk.read(reference), []);
    const again = await talk.ask('SELECT * FROM rows');
    assert.notEqual(again.variablesReference, answer.variablesReference, 'no number means two things');
  });

  it('are answered in turn where many are asked for at once', async () => {
    await start();
    const asked = Array.from({ length: 20 }, (_, i) => talk.ask(`SELECT ${i} + count(*) FROM rows`));
    const failing = (await talk.scopes()).find((one) => one.name.startsWith('Failing'))?.variablesReference;
    const pages = [0, 2, 4].map((from) => talk.read(failing ?? 0, { start: from, count: 2 }));
    assert.deepEqual(
      (await Promise.all(asked)).map((one) => one.result),
      Array.from({ length: 20 }, (_, i) => String(82 + i)),
    );
    assert.deepEqual(
      (await Promise.all(pages)).flat().map((one) => one.name),
      ['[0]', '[1]', '[2]', '[3]', '[4]', '[5]'],
    );
    assert.deepEqual(
      await talk.read(failing ?? 0, { start: 5, count: 1_000_000 }).then((all) => all.length),
      1,
    );
    assert.deepEqual(await talk.read(failing ?? 0, { start: 6, count: 10 }), []);
  });

  it('of a table whose columns are words of SQL are found, profiled and hovered over', async () => {
    const day = smallDay();
    writeOldDay(folder(), {
      ...day,
      tables: {
        Device: {
          columns: { order: { type: 'INTEGER' }, 'group by': { type: 'VARCHAR' }, rows: { type: 'VARCHAR' } },
        },
      },
      rules: { Device: { rules: [{ rule: 'range', id: 'order', column: 'order', max: 1, error: 0 }] } },
      files: { [`Digi_Device_${DATE}.csv`]: 'order,group by,rows\n1,"a\nb",x\n2,é,y\n3,,z\n3,é,z' },
      settings: 'EXPECTED_TABLES=Device\n',
    });
    await talk.greet();
    await talk.stop(() => talk.launch());
    assert.equal((await talk.ask('max("order")')).result, '3');
    assert.equal((await talk.ask('SELECT "group by" FROM failing', 'repl')).result, '3 rows × 1 column');
    assert.equal((await talk.ask('rows')).result, '4 rows × 1 column', 'the column of that name');
    assert.equal((await talk.ask('order', 'hover')).result, 'order: failed, 3 of 4 rows fail, limit 0 rows');
    assert.match((await talk.ask('"group by"', 'hover')).result, /^group by VARCHAR: 1 of 4 NULL/);
    const profile = (await talk.ask(':profile order')).result.split('\n');
    assert.deepEqual(profile, [
      'order INTEGER: 0 of 4 NULL, about 3 distinct, 1 … 3',
      'rows in each range, from its lowest value:',
      '     1  ██████████ 1',
      '     2  ██████████ 1',
      '  2.75  ████████████████████ 2',
      'most frequent: "3" 2, "1" 1, "2" 1',
    ]);
  });
});
