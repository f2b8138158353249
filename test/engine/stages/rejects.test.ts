// Rejects files: their columns, and text that is hostile to SQL, JSON and readers.
import assert from 'node:assert/strict';
import { openDatabase, quoteLiteral, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { REJECT_COLUMNS } from '../../../src/engine/lake/lake';
import { internalNames } from '../../../src/engine/stages/freeNames';
import { withProgress } from '../../../src/engine/stages/progress';
import { recordObject, selectRejects, shownValue, textsWhere } from '../../../src/engine/stages/stageRejects';

describe('rejects', () => {
  let database: Database;
  let connection: Connection;
  before(async () => {
    database = await openDatabase({ folders: [] });
    connection = await database.connect();
  });
  after(() => {
    connection.close();
    database.close();
  });

  it('have all columns in order and in their types, NULL where nothing is given', async () => {
    const { columns, rows } = await connection.table(selectRejects({ code: `'X'` }, 'FROM range(1)'));
    assert.deepEqual(Object.fromEntries(columns.map((c) => [c.name, c.type])), REJECT_COLUMNS);
    assert.deepEqual(
      columns.map((c) => c.name),
      Object.keys(REJECT_COLUMNS),
    );
    assert.deepEqual(rows, [[null, null, null, null, 'X', null, null, null, null]]);
  });

  it('hold records as JSON that gives every name and text back', async () => {
    const record = { 'a"b': `it's`, 'two\nlines': '\\"\t\u0001', '': 'no name', "x'": null, ü: '😀' };
    const sql = recordObject(
      Object.entries(record).map(([name, text]) => ({
        name,
        sql: text === null ? 'CAST(NULL AS VARCHAR)' : quoteLiteral(text),
      })),
    );
    const [row] = await connection.rows<{ r: string }>(`SELECT ${sql} AS r`);
    assert.deepEqual(JSON.parse(row?.r ?? ''), record);
    assert.equal((await connection.rows<{ r: string }>(`SELECT ${recordObject([])} AS r`))[0]?.r, '{}');
  });

  it('list texts by their conditions, NULL conditions left out', async () => {
    const cases = ['true', 'false', 'NULL', 'true'].map((condition, i) => ({ condition, text: `'t${i}'` }));
    const [row] = await connection.rows(`SELECT ${textsWhere(cases)} AS l, ${textsWhere([])} AS e`);
    assert.deepEqual(row, { l: ['t0', 't3'], e: [] });
  });

  it('show values quoted and cut to a readable length', async () => {
    const [row] = await connection.rows<{ s: string; l: string }>(
      `SELECT ${shownValue('a')} AS s, ${shownValue('b')} AS l FROM (SELECT 'x''y' AS a, repeat('é', 300) AS b)`,
    );
    assert.equal(row?.s, `"x'y"`);
    assert.equal(row.l, `"${'é'.repeat(100)}…"`);
  });

  it('use names that no column has', () => {
    assert.equal(internalNames(['a', 'b'])('x'), 'm7_x');
    assert.equal(internalNames(['M7_anything'])('x'), 'm7m7_x');
    assert.equal(internalNames(['m7_a', 'm7m7_b'])('x'), 'm7m7m7_x');
  });

  it('report progress within their share and end at its end, also where the work fails', async () => {
    const seen: (number | undefined)[] = [];
    const target = { connection, progress: (percent?: number) => void seen.push(percent) };
    const result = await withProgress(target, [20, 60], () =>
      connection.rows('SELECT count(*) AS n FROM range(30000000) a(i) WHERE hash(i) % 7 = 1'),
    );
    assert.ok(Number(result[0]?.['n']) > 0);
    assert.equal(seen.at(-1), 60);
    assert.ok(seen.every((p) => p !== undefined && p >= 20 && p <= 60));
    await assert.rejects(withProgress(target, [0, 1], () => Promise.reject(new Error('no'))));
  });
});
