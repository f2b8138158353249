// The words of SQL: where texts, names and comments are, as DuckDB's own parser sees them, and what that may cost.
import assert from 'node:assert/strict';
import { openDatabase, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { checkExpression, sqlTokens, textOfToken, withoutEnd } from '../../../src/engine/rules';
import { parse } from '../../../src/engine/rules/syntax';
import { mentioned } from '../../../src/engine/notify/lineage/columnLineage';
import { layerNames } from '../../../src/engine/authoring/debug/debugSources';
import { seeded } from '../../support/seeded';

/** Tokens in short: `word:a space: comment:-- x`. */
const inShort = (sql: string): string =>
  sqlTokens(sql)
    .filter(({ kind }) => kind !== 'space')
    .map((token) => `${token.kind}${token.closed ? '' : '?'}:${textOfToken(sql, token)}`)
    .join(' ');

describe('the words of SQL', () => {
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

  for (const [sql, words] of [
    ["a = '--' -- b", "word:a operator:= text:'--' comment:-- b"],
    ['"a--b" /* c /* d */ */ e', 'name:"a--b" comment:/* c /* d */ */ word:e'],
    ["e'it\\'s' 'it''s' 'a\\'", "text:e'it\\'s' text:'it''s' text:'a\\'"],
    ['$$ a; -- b $$;$t$ $$ $t$', 'text:$$ a; -- b $$ sign:; text:$t$ $$ $t$'],
    ['a$$b $1', 'word:a$$b sign:$ number:1'],
    ['5*/* c */-1.5e-3', 'number:5 operator:* comment:/* c */ operator:- number:1.5e-3'],
    ["1e'\\' -- '", "number:1 text:e'\\' -- '"],
    ['🦊é."x""y"', 'word:🦊é sign:. name:"x""y"'],
    ["'open", "text?:'open"],
    ['/* open /* */', 'comment?:/* open /* */'],
  ] as const)
    it(`are found in ${sql}`, () => {
      assert.equal(inShort(sql), words);
    });

  it('are those of the parser in 2,000 texts made of quotes, comments and escapes', async () => {
    const random = seeded(20_241_116);
    const pieces = [
      "'",
      '"',
      '--',
      '/*',
      '*/',
      '\n',
      '\r',
      ' ',
      'a',
      'e',
      'x',
      '$$',
      '$t$',
      '\\',
      '1',
      '.',
      '+',
      '-',
      '*',
      '/',
      'é',
      ',',
      "''",
      "e'",
      '(',
      ')',
      '\u00a0',
    ];
    const texts = Array.from({ length: 2_000 }, () =>
      Array.from({ length: 1 + random.below(12) }, () => random.pick(pieces)).join(''),
    );
    let parsed = 0;
    for (let i = 0; i < texts.length; i += 200) {
      const some = texts.slice(i, i + 200);
      const plain = some.map((text) =>
        sqlTokens(text)
          .map((token) => (token.kind === 'comment' ? ' ' : textOfToken(text, token)))
          .join(''),
      );
      const trees = await parse(
        connection,
        [...some, ...plain].map((text) => `SELECT 1, ${text}\n`),
      );
      for (const [at, text] of some.entries()) {
        const tokens = sqlTokens(text);
        assert.equal(tokens.map((token) => textOfToken(text, token)).join(''), text);
        const [tree, other] = [trees[at], trees[at + some.length]];
        if (tree === undefined || 'message' in tree) continue;
        parsed += 1;
        assert.ok(
          tokens.every(({ closed }) => closed),
          `${JSON.stringify(text)} is whole: ${inShort(text)}`,
        );
        const shape = (one: unknown): string => JSON.stringify(one).replace(/"query_location":\d+/g, '');
        assert.equal(shape(other), shape(tree), `${JSON.stringify(text)}: ${inShort(text)}`);
      }
    }
    assert.ok(parsed > 200, `${parsed} of them are SQL`);
  });

  it('let a field, a column and a text have the signs of a comment', async () => {
    const columns = [
      { name: 's', type: 'STRUCT("a--b" INTEGER, "c/*d" VARCHAR)' },
      { name: 'b', type: 'VARCHAR' },
    ];
    for (const sql of [`s['a--b'] = 1`, `struct_extract(s, 'c/*d') = '--'`, `b = '/*'`])
      assert.equal(await checkExpression(connection, sql, columns, { gives: 'boolean' }), null, sql);
    for (const type of ['INTEGER -- x', 'INTEGER /* x */', 'STRUCT("a" INTEGER) --'])
      assert.match(
        (await checkExpression(connection, 'true', [{ name: 'a', type }]))?.message ?? '',
        /is not a type/,
        type,
      );
  });

  it('end where a statement ends', () => {
    assert.equal(withoutEnd(' SELECT 1 ;; \n; '), 'SELECT 1');
    assert.equal(withoutEnd('SELECT 1; -- done'), 'SELECT 1');
    assert.equal(withoutEnd('SELECT 1 -- done;'), 'SELECT 1 -- done;');
    assert.equal(withoutEnd("SELECT ';'"), "SELECT ';'");
    assert.equal(withoutEnd('SELECT 1; SELECT 2;'), 'SELECT 1; SELECT 2');
    assert.equal(withoutEnd('SELECT $$ a; $$ ; /* x */'), 'SELECT $$ a; $$');
  });

  it('name tables and columns outside of texts and comments alone', () => {
    const tables = [{ name: 'User' }];
    assert.equal(layerNames('FROM Silver . "User"', tables), 'FROM "silver.user"');
    for (const same of [
      "'raw.User'",
      '$$ raw.User $$',
      "e'\\' raw.User '",
      'x.raw.User',
      '"raw.User"',
      '-- raw.User',
      '/* /* */ raw.User */',
      'raw.Other',
    ])
      assert.equal(layerNames(same, tables), same);
    assert.deepEqual(
      mentioned(`upper("a ""b""") || $$ c $$ || e'\\' d ' -- f\n + é`, ['a "b"', 'c', 'd', 'f', 'é']),
      ['a "b"', 'é'],
    );
  });

  it('may hold a number past all bounds', async () => {
    for (const sql of ['9'.repeat(400), '1e400', '-1e999'])
      assert.match(
        (await checkExpression(connection, sql, [], { gives: 'boolean' }))?.message ?? '',
        /a number in it is too large/,
      );
  });

  const HOSTILE: Readonly<Record<string, (n: number) => string>> = {
    'a row of plus signs': (n) => '+'.repeat(n) + '1',
    'signs that change': (n) => '-+'.repeat(n / 2) + '1',
    'comments without a blank': (n) => '/**/'.repeat(n / 4) + '1',
    'comments that open': (n) => '/*'.repeat(n / 2),
    'comments within comments': (n) => '/*'.repeat(n / 2) + '*/'.repeat(n / 2) + '1',
    'comments among signs': (n) => '+/**/'.repeat(n / 5) + '1',
    'a long list': (n) => `a IN (${'1,'.repeat(n / 2)}1)`,
    brackets: (n) => '('.repeat(n / 2) + '1' + ')'.repeat(n / 2),
    'lists in lists': (n) => '['.repeat(n / 2) + ']'.repeat(n / 2),
    quotes: (n) => `b = '${"''".repeat(n / 2)}'`,
    dollars: (n) => '$a$'.repeat(n / 3),
    digits: (n) => '9'.repeat(n),
    'a long name': (n) => 'x'.repeat(n),
    words: (n) => 'a '.repeat(n / 2),
    fields: (n) => `a${'.a'.repeat(n / 2)}`,
    types: (n) => `a::INT${'[]'.repeat(n / 2)} IS NULL`,
    cases: (n) => `CASE ${'WHEN a=1 THEN 1 '.repeat(n / 16)}END = 1`,
    conditions: (n) => `a=1${' AND a=1'.repeat(n / 8)}`,
    semicolons: (n) => ';'.repeat(n),
    blanks: (n) => `a${' '.repeat(n)}= 1`,
    escapes: (n) => `b = e'${'\\x41'.repeat(n / 4)}'`,
  };
  for (const [what, sql] of Object.entries(HOSTILE))
    it(`are not read for long where they are ${what}`, async () => {
      const columns = [
        { name: 'a', type: 'BIGINT' },
        { name: 'b', type: 'VARCHAR' },
      ];
      for (const length of [90_000, 9_000_000]) {
        const start = performance.now();
        await checkExpression(connection, sql(length), columns, { gives: 'boolean' });
        const milliseconds = performance.now() - start;
        assert.ok(milliseconds < 15_000, `${length} characters: ${milliseconds} ms`);
      }
    });
});
