// Every kind of rule on a handful of rows: what passes, what fails, and what NULL does.
import assert from 'node:assert/strict';
import { ruleKinds } from '../../../src/engine/rules';
import { bench, configOf, table, values, type Bench } from './workbench';

const T = table(
  'T',
  {
    id: 'BIGINT',
    txt: 'VARCHAR',
    num: 'DOUBLE',
    dec: 'DECIMAL(10,2)',
    flag: 'BOOLEAN',
    ts: 'TIMESTAMP',
    d: 'DATE',
    ref: 'VARCHAR',
    ts2: 'TIMESTAMP',
  },
  ['id'],
);
const Other = table('Other', { code: 'VARCHAR', amount: 'DOUBLE' });
const config = configOf(T, Other);

interface Case {
  readonly rule: Record<string, any>;
  readonly column?: string;
  /** SQL values of the column in the rows; the last rows fail. */
  readonly pass: readonly string[];
  readonly fail: readonly string[];
}

const cases: readonly Case[] = [
  { rule: { rule: 'not_null', column: 'txt' }, pass: [`'a'`, `''`], fail: ['NULL'] },
  {
    rule: { rule: 'unique', column: 'txt' },
    pass: [`'a'`, 'NULL', 'NULL', `'A'`],
    fail: [`'b'`, `'b'`, `'c'`, `'c'`],
  },
  { rule: { rule: 'unique', columns: ['txt', 'flag'] }, pass: [`'a'`], fail: [] },
  {
    rule: { rule: 'enum', column: 'txt', values: ['a', "o'k", 1] },
    pass: [`'a'`, `'o''k'`, `'1'`, 'NULL'],
    fail: [`'A'`, `''`],
  },
  { rule: { rule: 'enum', column: 'id', values: [1, '2'] }, pass: ['1', '2', 'NULL'], fail: ['3'] },
  { rule: { rule: 'enum', column: 'dec', values: [1.5] }, pass: ['1.50', 'NULL'], fail: ['1.51'] },
  {
    rule: { rule: 'enum', column: 'd', values: ['2024-01-31'] },
    pass: [`'2024-01-31'`, 'NULL'],
    fail: [`'2024-02-01'`],
  },
  { rule: { rule: 'enum', column: 'flag', values: [true] }, pass: ['true', 'NULL'], fail: ['false'] },
  { rule: { rule: 'not_enum', column: 'txt', values: ['x'] }, pass: [`'a'`, 'NULL'], fail: [`'x'`] },
  {
    rule: { rule: 'range', column: 'num', min: 0, max: 10 },
    pass: ['0', '10', '5.5', 'NULL'],
    fail: ['-0.1', '10.1', `'nan'`, `'inf'`],
  },
  {
    rule: { rule: 'range', column: 'num', min: 0, max: 10, exclusive: true },
    pass: ['0.1', 'NULL'],
    fail: ['0', '10'],
  },
  { rule: { rule: 'range', column: 'num', min: 0, max: 10, exclusive: 'max' }, pass: ['0'], fail: ['10'] },
  {
    rule: { rule: 'range', column: 'id', min: 9007199254740993 },
    pass: ['9007199254740993', 'NULL'],
    fail: ['9007199254740991'],
  },
  {
    rule: { rule: 'range', column: 'ts', min: '2024-01-01', max: '2024-12-31 23:59:59' },
    pass: [`'2024-01-01 00:00:00'`, 'NULL'],
    fail: [`'2023-12-31 23:59:59'`, `'2025-01-01'`],
  },
  {
    rule: { rule: 'length', column: 'txt', min: 1, max: 3 },
    pass: [`'äöü'`, `'a'`, 'NULL'],
    fail: [`''`, `'abcd'`],
  },
  {
    rule: { rule: 'regex', column: 'txt', pattern: '[a-z]+' },
    pass: [`'abc'`, 'NULL'],
    fail: [`'abc1'`, `'ABC'`, `''`, `E'abc\\n'`],
  },
  {
    rule: { rule: 'not_regex', column: 'txt', pattern: '[0-9]' },
    pass: [`'abc'`, `''`, 'NULL'],
    fail: [`'abc1x'`],
  },
  {
    rule: { rule: 'not_regex', column: 'txt', pattern: '^a|b$' },
    pass: [`'ba'`, `''`, `E'x\\na'`, 'NULL'],
    fail: [`'ax'`, `'xb'`, `E'x\\nb'`, `E'a\\n'`],
  },
  { rule: { rule: 'not_regex', column: 'txt', pattern: '^$' }, pass: [`' '`, 'NULL'], fail: [`''`] },
  {
    rule: { rule: 'not_regex', column: 'txt', pattern: '(?i)X.y' },
    pass: [`E'x\\ny'`],
    fail: [`E'\\nXzY\\n'`],
  },
  { rule: { rule: 'not_regex', column: 'txt', pattern: '\\Qa.b' }, pass: [`'axb'`], fail: [`'-a.b-'`] },
  {
    rule: { rule: 'format', column: 'txt', format: 'email' },
    pass: [`'a.b+c@x-y.example.nl'`, 'NULL'],
    fail: [`'a@b'`, `'a b@x.nl'`, `'@x.nl'`, `'a@@x.nl'`, `''`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'uuid' },
    pass: [`'123e4567-e89b-12d3-A456-426614174000'`, 'NULL'],
    fail: [`'123e4567e89b12d3a456426614174000'`, `'x'`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'url' },
    pass: [`'https://x.nl/a?b#c'`, `'http://x:80'`, 'NULL'],
    fail: [`'x.nl'`, `'http://'`, `'http://a b'`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'ipv4' },
    pass: [`'255.0.10.9'`, 'NULL'],
    fail: [`'256.1.1.1'`, `'1.1.1'`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'mac' },
    pass: [`'00:1A:2b:3c:4d:5e'`, 'NULL'],
    fail: [`'00:1A:2b:3c:4d'`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'phone' },
    pass: [`'+31201234567'`, 'NULL'],
    fail: [`'0201234567'`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'integer' },
    pass: [`'-12'`, 'NULL'],
    fail: [`'1.0'`, `''`],
  },
  {
    rule: { rule: 'format', column: 'txt', format: 'number' },
    pass: [`'-1.5e3'`, `'.5'`, 'NULL'],
    fail: [`'1,5'`, `'.'`],
  },
  { rule: { rule: 'format', column: 'txt', format: 'hex' }, pass: [`'DEADbeef'`, 'NULL'], fail: [`'0x1'`] },
  {
    rule: { rule: 'format', column: 'txt', format: 'date:%Y-%m-%d' },
    pass: [`'2024-02-29'`, 'NULL'],
    fail: [`'2023-02-29'`, `'2024-02-29x'`, `''`],
  },
  {
    rule: { rule: 'compare', column: 'txt', operator: '<=', other_column: 'ref' },
    pass: [`'a'`, `'m'`, 'NULL'],
    fail: [`'z'`],
  },
  {
    rule: { rule: 'compare', column: 'txt', operator: '!=', other_column: 'ref' },
    pass: [`'a'`, 'NULL'],
    fail: [`'m'`],
  },
  {
    rule: { rule: 'expression', expression: "txt <> 'bad' -- a comment" },
    column: 'txt',
    pass: [`'ok'`, 'NULL'],
    fail: [`'bad'`],
  },
  {
    rule: { rule: 'references', column: 'txt', to: 'Other.code' },
    pass: [`'A'`, `'B'`, 'NULL'],
    fail: [`'C'`, `'a'`],
  },
  { rule: { rule: 'monotonic', column: 'num' }, pass: ['1', '2', 'NULL', '2'], fail: ['1'] },
  { rule: { rule: 'monotonic', column: 'num', strict: true }, pass: ['1', '2', 'NULL'], fail: ['2'] },
  {
    rule: { rule: 'monotonic', column: 'num', direction: 'desc' },
    pass: ['3', '2', 'NULL', '2'],
    fail: ['5'],
  },
  { rule: { rule: 'no_gaps', column: 'id' }, pass: ['1', '2', '2', 'NULL', '3'], fail: ['5'] },
  {
    rule: { rule: 'no_gaps', column: 'd' },
    pass: [`'2024-01-31'`, `'2024-02-01'`, 'NULL'],
    fail: [`'2024-02-03'`],
  },
  {
    rule: { rule: 'no_gaps', column: 'ts', step: '15 minutes' },
    pass: [`'2024-01-31 00:00:00'`, `'2024-01-31 00:15:00'`],
    fail: [`'2024-01-31 00:30:01'`],
  },
  { rule: { rule: 'outlier', column: 'num', iqr: 1.5 }, pass: ['1', '2', '3', '4', 'NULL'], fail: ['100'] },
  {
    rule: { rule: 'outlier', column: 'num', z: 2 },
    pass: ['1', '1', '1', '1', '1', '1', '1', '1', 'NULL'],
    fail: ['100'],
  },
  {
    rule: { rule: 'sql', query: "SELECT * FROM rows WHERE txt = 'bad'" },
    column: 'txt',
    pass: [`'ok'`, 'NULL'],
    fail: [`'bad'`],
  },
  {
    rule: { rule: 'sql', query: 'SELECT r._row FROM T r ANTI JOIN Other o ON r.txt = o.code' },
    column: 'txt',
    pass: [`'A'`],
    fail: [`'C'`],
  },
];

describe('rule kinds', () => {
  let b: Bench;
  before(async () => {
    b = await bench(T, config, { Other: `(VALUES ('A', 1.5), ('B', 2.5), (NULL, 0)) o(code, amount)` });
  });
  after(() => b.close());

  /** Rows of which one column is given; the others are harmless. */
  const rows = (column: string, list: readonly string[]): string => {
    const harmless: Record<string, string> = { ref: `'m'` };
    return values(
      T.columns.map((c) => c.name),
      list.map((value) =>
        T.columns.map(
          (c) => `CAST(${c.name === column ? value : (harmless[c.name] ?? 'NULL')} AS ${c.type})`,
        ),
      ),
    );
  };

  for (const { rule, column, pass, fail } of cases) {
    it(JSON.stringify(rule), async () => {
      const of = column ?? rule['column'] ?? rule['columns'][0];
      await b.fill(rows(of, [...pass, ...fail]));
      const finding = await b.one(rule);
      assert.equal(finding.message, undefined);
      assert.equal(finding.evaluated, pass.length + fail.length);
      assert.equal(finding.failing, fail.length, JSON.stringify(finding.samples));
      assert.deepEqual(
        finding.samples.map((s) => s.row),
        fail.map((_, i) => pass.length + i + 1),
        'the failing rows are shown, in order',
      );
      // Only passing rows, then no rows at all.
      await b.fill(rows(of, pass));
      assert.equal((await b.one(rule)).status, 'passed');
      await b.fill(rows(of, []));
      const empty = await b.one(rule);
      assert.deepEqual([empty.status, empty.evaluated, empty.failing_pct], ['passed', 0, 0]);
    });
  }

  it('has an example of each kind that evaluates in its own table or is refused for a column it lacks', () => {
    assert.deepEqual(
      ruleKinds.map((k) => k.name),
      'not_null enum not_enum range length regex not_regex format compare expression unique references monotonic no_gaps outlier sql row_count stat freshness anomaly schema reconcile'.split(
        ' ',
      ),
    );
    for (const kind of ruleKinds) assert.equal(kind.example['rule'], kind.name);
  });
});
