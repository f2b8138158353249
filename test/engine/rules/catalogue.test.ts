// What derives from the catalogue: the schema of a rule, its checks, its documentation, derived ids, and the SQL.
import assert from 'node:assert/strict';
import Ajv from 'ajv';
import { checkRule, derivedRuleId, ruleJsonSchema, ruleKind, ruleKinds } from '../../../src/engine/rules';
import { ruleDocsMarkdown } from '../../../src/engine/rules/docs';
import {
  brokenSelect,
  filtered,
  listSelect,
  rejectsSelect,
  scansSelect,
} from '../../../src/engine/rules/brokenRows';
import { configOf, ruleOf, table } from './workbench';

const T = table('Playback', {
  playback_id: 'VARCHAR',
  user_id: 'VARCHAR',
  smartcard_id: 'VARCHAR',
  device_id: 'VARCHAR',
  channel_id: 'VARCHAR',
  device_type: 'VARCHAR',
  title: 'VARCHAR',
  email: 'VARCHAR',
  event_no: 'BIGINT',
  duration_s: 'BIGINT',
  price: 'DECIMAL(10,2)',
  is_live: 'BOOLEAN',
  started_at: 'TIMESTAMP',
  ended_at: 'TIMESTAMP',
  event_at: 'TIMESTAMP',
  tags: 'VARCHAR[]',
});
const User = table('User', { user_id: 'VARCHAR', age: 'INTEGER' });
const config = configOf(T, User);

describe('the schema of a rule', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(ruleJsonSchema());
  const accepts = (rule: unknown): boolean => validate(rule);

  it('accepts the example of every kind, with the common keys too', () => {
    for (const { example } of ruleKinds) {
      assert.ok(accepts(example), `${JSON.stringify(example)}: ${JSON.stringify(validate.errors)}`);
      const more = {
        ...example,
        id: 'x',
        severity: 'warning',
        warn: '1.5%',
        on_fail: 'report',
        description: 'd',
        tags: ['t'],
        enabled: false,
        samples: 0,
      };
      assert.ok(accepts(more), JSON.stringify(validate.errors));
    }
  });

  const wrong: readonly unknown[] = [
    {},
    [],
    'not_null',
    { rule: 'not_nul', column: 'a' },
    { column: 'a' },
    { rule: 'not_null' },
    { rule: 'not_null', columns: [] },
    { rule: 'not_null', columns: ['a', 'a'] },
    { rule: 'not_null', column: 'a', columns: ['b'] },
    { rule: 'not_null', column: 'a', colour: 1 },
    { rule: 'not_null', column: 'a', min: 1 },
    { rule: 'range', column: 'a' },
    { rule: 'range', columns: ['a'], min: 1 },
    { rule: 'range', column: 'a', min: true },
    { rule: 'range', column: 'a', min: 1, exclusive: 'both' },
    { rule: 'enum', column: 'a' },
    { rule: 'enum', column: 'a', values: [] },
    { rule: 'enum', column: 'a', values: [null] },
    { rule: 'enum', column: 'a', values: 'x' },
    { rule: 'regex', column: 'a', pattern: '' },
    { rule: 'format', column: 'a', format: 'mail' },
    { rule: 'format', column: 'a', format: 'date:' },
    { rule: 'compare', column: 'a', operator: '~', other_column: 'b' },
    { rule: 'references', column: 'a', to: 'User' },
    { rule: 'references', column: 'a', to: 'User.id', at: 'yesterday' },
    { rule: 'row_count', column: 'a', min: 1 },
    { rule: 'row_count', min: -1 },
    { rule: 'stat', column: 'a', fn: 'avg', min: 1 },
    { rule: 'stat', column: 'a', fn: 'mean' },
    { rule: 'freshness', column: 'a', max_age: '3 fortnights' },
    { rule: 'anomaly', metric: 'row_count', days_back: 0 },
    { rule: 'schema', where: 'a' },
    { rule: 'schema', types: { a: "INT) AS x, (SELECT 'x'" } },
    { rule: 'sql' },
    { rule: 'sql', query: 'SELECT 1', severity: 'fatal' },
    { rule: 'not_null', column: 'a', error: -1 },
    { rule: 'not_null', column: 'a', error: '5' },
    { rule: 'not_null', column: 'a', samples: 1.5 },
    { rule: 'not_null', column: 'a', on_fail: 'drop' },
  ];
  for (const rule of wrong) it(`refuses ${JSON.stringify(rule)}`, () => assert.equal(accepts(rule), false));
});

describe('checkRule', () => {
  it('has nothing to say about the examples', () => {
    for (const { example } of ruleKinds)
      assert.deepEqual(checkRule(ruleOf(example, 'Playback'), T, config), [], String(example['rule']));
  });

  /** rule, the key the problem is about, a word of message or remedy */
  const wrong: readonly (readonly [Record<string, unknown>, string | undefined, RegExp])[] = [
    [{ rule: 'not_nul', column: 'user_id' }, 'rule', /Did you mean "not_null"/],
    [{ rule: 'not_null', column: 'userid' }, 'column', /Did you mean "user_id"/],
    [{ rule: 'not_null', column: 'User_ID' }, 'column', /Did you mean "user_id"/],
    [{ rule: 'not_null', columns: ['user_id', 'zzzzzzzzz'] }, 'columns', /Use one of/],
    [{ rule: 'not_null' }, 'rule', /needs a column/],
    [{ rule: 'not_null', column: 'user_id', min: 1 }, 'min', /has no "min"/],
    [{ rule: 'range', column: 'duration_s' }, 'rule', /"min" or "max"/],
    [{ rule: 'range', column: 'duration_s', min: 10, max: 1 }, 'min', /greater than/],
    [{ rule: 'range', column: 'duration_s', min: 'ten' }, 'min', /no BIGINT/],
    [{ rule: 'range', column: 'started_at', min: 5 }, 'min', /no TIMESTAMP/],
    [{ rule: 'range', column: 'started_at', min: '2024-02-01', max: '2024-01-01' }, 'min', /greater than/],
    [{ rule: 'range', column: 'user_id', min: 1 }, 'column', /does not fit column "user_id" of type VARCHAR/],
    [{ rule: 'range', columns: ['duration_s', 'price'], min: 1 }, 'columns', /one column, not 2/],
    [{ rule: 'length', column: 'duration_s', max: 3 }, 'column', /does not fit/],
    [{ rule: 'length', column: 'title', min: 3, max: 2 }, 'min', /greater than/],
    [{ rule: 'enum', column: 'duration_s', values: [1, 'two'] }, 'values', /"two" is no BIGINT/],
    [{ rule: 'enum', column: 'tags', values: ['x'] }, 'column', /does not fit/],
    [{ rule: 'regex', column: 'is_live', pattern: 'x' }, 'column', /does not fit/],
    [{ rule: 'format', column: 'title', format: 'date:YYYY-MM-DD' }, 'format', /not a date format/],
    [{ rule: 'format', column: 'title', format: 'date:%Q' }, 'format', /not a date format/],
    [
      { rule: 'compare', column: 'started_at', operator: '<', other_column: 'duration_s' },
      'other_column',
      /cannot be compared/,
    ],
    [
      { rule: 'compare', column: 'started_at', operator: '<', other_column: 'endedat' },
      'other_column',
      /Did you mean "ended_at"/,
    ],
    [{ rule: 'references', column: 'user_id', to: 'User.userid' }, 'to', /Did you mean "User.user_id"/],
    [{ rule: 'references', column: 'user_id', to: 'Usr.user_id' }, 'to', /Did you mean/],
    [{ rule: 'references', column: 'user_id', to: 'User.age' }, 'to', /cannot refer/],
    [{ rule: 'monotonic', column: 'event_no', order: 'nope' }, 'order', /no column "nope"/],
    [{ rule: 'no_gaps', column: 'event_no', by: ['device'] }, 'by', /no column "device"/],
    [{ rule: 'no_gaps', column: 'event_no', step: '1 day' }, 'step', /does not fit/],
    [{ rule: 'no_gaps', column: 'event_at', step: 2 }, 'step', /span/],
    [{ rule: 'no_gaps', column: 'title' }, 'column', /does not fit/],
    [{ rule: 'outlier', column: 'price', z: 3, iqr: 2 }, 'iqr', /exclude/],
    [{ rule: 'row_count', min: 5, max: 4 }, 'min', /greater than/],
    [{ rule: 'row_count', min: 5, error: '5%' }, 'error', /limits failing rows/],
    [{ rule: 'stat', column: 'title', fn: 'mean', min: 1 }, 'column', /cannot be judged/],
    [{ rule: 'stat', column: 'price', fn: 'quantile', min: 1 }, 'fn', /"q"/],
    [{ rule: 'stat', column: 'price', fn: 'mean', min: 'x' }, 'min', /not a number/],
    [{ rule: 'stat', column: 'price', fn: 'mean', min: 2, max: 1 }, 'min', /greater than/],
    [{ rule: 'freshness', column: 'price', max_age: '1d' }, 'column', /does not fit/],
    [{ rule: 'anomaly', metric: 'mean' }, 'metric', /needs a column/],
    [{ rule: 'anomaly', metric: 'row_count', column: 'price' }, 'column', /no column/],
    [{ rule: 'anomaly', metric: 'row_count', z: 3, max_change: '3%' }, 'max_change', /exclude/],
    [{ rule: 'reconcile', to: 'Nope' }, 'to', /neither a layer nor a table/],
    [{ rule: 'reconcile', column: 'price', to: 'User' }, 'to', /Table.column/],
    [{ rule: 'reconcile', column: 'price', to: 'User.user_id' }, 'to', /no sum/],
    [{ rule: 'reconcile', column: 'price', to: 'User.age', from: 'raw' }, 'from', /row counts only/],
    [{ rule: 'reconcile', from: 'raw', to: 'gold', where: 'price > 1' }, 'where', /no meaning/],
    [{ rule: 'schema', where: 'price > 1' }, 'where', /no meaning/],
    [{ rule: 'not_null', column: 'price', severity: 'warning', error: 5 }, 'error', /no effect/],
    [{ rule: 'not_null', column: 'price', severity: 'info', warn: 5 }, 'warn', /no effect/],
    [{ rule: 'not_null', column: 'price', warn: '150%' }, 'warn', /more than 100%/],
    // Malformed values that came past the schema are told, not thrown.
    [{ rule: 'enum', column: 'title', values: [{}] }, undefined, /not what the kind/],
    [{ rule: 'regex', column: 'title' }, 'rule', /needs "pattern"/],
    [{ rule: 'compare', column: 'title', operator: '=', other_column: 5 }, undefined, /not what the kind/],
  ];
  for (const [json, key, words] of wrong)
    it(JSON.stringify(json), () => {
      const [problem] = checkRule(ruleOf(json, 'Playback'), T, config);
      assert.ok(problem, 'nothing was found');
      assert.equal(problem.key, key);
      assert.match(`${problem.message} ${problem.remedy}`, words);
    });

  it('lets rules name lineage columns', () => {
    for (const name of ['_brand', 'brand_code', '_source_file', '_source_row'])
      assert.deepEqual(checkRule(ruleOf({ rule: 'not_null', column: name }, 'Playback'), T, config), []);
  });
});

describe('names and words', () => {
  it('derives ids that say what the rule is', () => {
    const id = (json: Record<string, unknown>): string => {
      const rule = ruleOf(json);
      return derivedRuleId(rule.kind, rule.columns, rule.parameters);
    };
    assert.equal(id({ rule: 'not_null', column: 'user_id' }), 'not_null_user_id');
    assert.equal(id({ rule: 'unique', columns: ['a', '_brand'] }), 'unique_a_brand');
    assert.equal(
      id({ rule: 'stat', column: 'price', fn: 'quantile', q: 0.95, max: 1 }),
      'stat_quantile_0_95_price',
    );
    assert.equal(
      id({ rule: 'references', column: 'user_id', to: 'User.user_id' }),
      'references_user_id_User_user_id',
    );
    assert.equal(id({ rule: 'compare', column: 'a', operator: '>=', other_column: 'b' }), 'compare_a_ge_b');
    assert.equal(id({ rule: 'not_null', column: 'größe "x"' }), 'not_null_größe_x');
    assert.equal(id({ rule: 'not_null', column: '🦊' }), 'not_null');
    assert.equal(id({ rule: 'not_null', column: 'x'.repeat(300) }).length, 100);
    assert.equal(id({ rule: 'row_count', min: 1 }), 'row_count');
  });

  it('documents every kind, its parameters and the common keys', () => {
    const text = ruleDocsMarkdown();
    for (const kind of ruleKinds) {
      assert.match(text, new RegExp(`^### ${kind.name}$`, 'm'));
      for (const key of Object.keys(kind.parameters)) assert.ok(text.includes(`| \`${key}\``), key);
      assert.ok(kind.summary.endsWith('.'), kind.name);
    }
    assert.match(text, /NULL passes/);
    assert.equal(ruleKind('toString'), undefined);
  });
});

describe('the SQL of rules', () => {
  const breaks = (json: Record<string, unknown>): string => {
    const rule = ruleOf(json, 'Playback');
    const meaning = ruleKind(rule.kind)?.meaning;
    assert.ok(meaning?.level === 'row');
    return meaning.breaks(rule, T);
  };

  it('says of a row when it breaks a rule', () => {
    const golden: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ rule: 'not_null', columns: ['user_id', 'price'] }, '"user_id" IS NULL OR "price" IS NULL'],
      [{ rule: 'enum', column: 'device_type', values: ["o'k", 1] }, `"device_type" NOT IN ('o''k', '1')`],
      [
        { rule: 'not_enum', column: 'duration_s', values: [0, '7'] },
        `"duration_s" IN (0, CAST('7' AS BIGINT))`,
      ],
      [
        { rule: 'range', column: 'price', min: 0, max: 9.99, exclusive: 'min' },
        '"price" <= 0 OR "price" > 9.99',
      ],
      [
        { rule: 'range', column: 'started_at', max: '2024-12-31' },
        `"started_at" > CAST('2024-12-31' AS TIMESTAMP)`,
      ],
      [{ rule: 'length', column: 'title', max: 80 }, 'length("title") > 80'],
      [{ rule: 'regex', column: 'title', pattern: "[a-z']+" }, `NOT regexp_full_match("title", '[a-z'']+')`],
      [
        { rule: 'not_regex', column: 'title', pattern: '\\s$' },
        `regexp_full_match("title", '(?s:.*)(?:\\s$)(?s:.*)') AND regexp_matches('', '\\s$') IS NOT NULL`,
      ],
      [{ rule: 'not_regex', column: 'title', pattern: '\\Q<b' }, `regexp_matches("title", '\\Q<b')`],
      [
        { rule: 'compare', column: 'ended_at', operator: '>=', other_column: 'started_at' },
        'NOT ("ended_at" >= "started_at")',
      ],
      [{ rule: 'expression', expression: 'price > 0 -- paid' }, 'NOT (price > 0 -- paid\n)'],
    ];
    for (const [json, sql] of golden) assert.equal(breaks(json), sql);
  });

  it('keeps a filter before an expression that may fail, and lets the optimizer choose elsewhere', () => {
    assert.equal(filtered(undefined, 'b', true), '(b)');
    assert.equal(filtered('f -- x', 'b', true), 'CASE WHEN (f -- x\n) THEN (b) ELSE false END');
    assert.equal(filtered('f', 'b', false), '(f\n) AND (b)');
  });

  it('scans once per rule, and gives each failing row once with a bit per rule', () => {
    assert.equal(
      scansSelect(
        '"m7_gold"',
        [
          { index: 0, sql: '("a" IS NULL)' },
          { index: 2, sql: '("b" > 1)' },
        ],
        1,
      ),
      `SELECT _row, bit_or(w0) AS w0
FROM (
SELECT _row,
  CAST(1 AS BIGINT) AS w0
FROM "m7_gold"
WHERE ("a" IS NULL)
UNION ALL
SELECT _row,
  CAST(4 AS BIGINT) AS w0
FROM "m7_gold"
WHERE ("b" > 1)
)
GROUP BY _row`,
    );
  });

  it('scans once for conditions that share a scan', () => {
    assert.equal(
      scansSelect(
        'g',
        [
          { index: 0, sql: '(a)', scan: 'x' },
          { index: 1, sql: '(b)' },
          { index: 2, sql: '(c)', scan: 'x' },
        ],
        1,
      ),
      `SELECT _row, bit_or(w0) AS w0
FROM (
SELECT _row,
  CAST(CASE WHEN (a) THEN 1 ELSE 0 END
    | CASE WHEN (c) THEN 4 ELSE 0 END AS BIGINT) AS w0
FROM g
WHERE (a)
  OR (c)
UNION ALL
SELECT _row,
  CAST(2 AS BIGINT) AS w0
FROM g
WHERE (b)
)
GROUP BY _row`,
    );
  });

  it('looks foreign keys up in one pass, and lists the rows to keep out with the ids of their rules', () => {
    assert.equal(
      brokenSelect(
        'joined',
        [
          { index: 1, sql: 'b0' },
          { index: 61, sql: 'b1' },
        ],
        2,
      ),
      `SELECT _row,
  CAST(CASE WHEN b0 THEN 2 ELSE 0 END AS BIGINT) AS w0,
  CAST(CASE WHEN b1 THEN 2 ELSE 0 END AS BIGINT) AS w1
FROM joined
WHERE b0
  OR b1`,
    );
    assert.equal(
      rejectsSelect('broken', [
        { index: 1, id: "it's" },
        { index: 61, id: 'b' },
      ]),
      `SELECT _row, list_filter([
    CASE WHEN w0 & 2 <> 0 THEN 'it''s' END,
    CASE WHEN w1 & 2 <> 0 THEN 'b' END
  ], lambda id: id IS NOT NULL) AS rules
FROM "broken"
WHERE w0 & 2 <> 0 OR w1 & 2 <> 0
ORDER BY _row`,
    );
  });

  it('finds all rows of a key that occurs more than once', () => {
    const rule = ruleOf({ rule: 'unique', columns: ['user_id', '_brand'] });
    const meaning = ruleKind('unique')?.meaning;
    assert.ok(meaning?.level === 'table');
    assert.equal(
      listSelect(meaning.failing(rule, { rows: '"m7_gold"', table: T }), 0, 1),
      `SELECT DISTINCT _row,
  CAST(1 AS BIGINT) AS w0
FROM (SELECT r._row
FROM (SELECT _row, "user_id" AS k0, "_brand" AS k1 FROM "m7_gold" WHERE "user_id" IS NOT NULL AND "_brand" IS NOT NULL) r
SEMI JOIN (
  SELECT "user_id" AS k0, "_brand" AS k1 FROM "m7_gold" WHERE "user_id" IS NOT NULL AND "_brand" IS NOT NULL
  GROUP BY ALL HAVING count(*) > 1
) d ON r.k0 = d.k0 AND r.k1 = d.k1
)`,
    );
  });
});
