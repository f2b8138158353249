// The report's arithmetic and the SQL of the validation, as plain text.
import assert from 'node:assert/strict';
import { PipelineError } from '../../../src/engine/model/errors';
import type { Manifest } from '../../../src/engine/lake/manifest';
import type { Edge } from '../../../src/engine/model';
import type { LoadInput } from '../../../src/engine/stages/stage';
import { goldView } from '../../../src/engine/stages/validation/goldView';
import { profileSql } from '../../../src/engine/stages/validation/tableProfile';
import { ruleRejectsSelect } from '../../../src/engine/stages/validation/ruleRejects';
import { buildReport, withLoaded } from '../../../src/engine/stages/validation/tableReport';
import { CONFIG, rule } from '../warehouse/warehouseFixture';

const edge = (
  from: Edge['from'],
  to: Edge['to'],
  numbers: readonly number[],
  more: Partial<Edge> = {},
): Edge => {
  const [into = 0, out = 0, rejected = 0, duplicates = 0] = numbers;
  return { from, to, in: into, out, rejected, duplicates, balanced: true, ...more };
};
const manifest = (
  layer: Manifest['layer'],
  rows: number,
  edges: readonly Edge[],
  brand?: string,
): Manifest => ({
  version: 1,
  layer,
  date: '20240101',
  table: 'User',
  ...(brand === undefined ? {} : { brand }),
  key: layer,
  output: { path: `${layer}/x`, bytes: 1, rows },
  inputs: [],
  edges,
});
const INPUT: LoadInput = {
  date: '20240101',
  table: 'User',
  key: 'k',
  raw: [
    manifest(
      'raw',
      90,
      [edge('landing', 'raw', [103, 90, 10], { brand: 'A', other: { header: 1, blank: 2 } })],
      'A',
    ),
    manifest('raw', 5, [edge('landing', 'raw', [6, 5], { brand: 'B', other: { header: 1 } })], 'B'),
  ],
  silver: [
    manifest('silver', 88, [edge('raw', 'silver', [90, 88, 2], { brand: 'A' })], 'A'),
    manifest('silver', 5, [edge('raw', 'silver', [5, 5], { brand: 'B' })], 'B'),
  ],
  gold: manifest('gold', 90, [edge('silver', 'gold', [93, 90, 1, 2])]),
};
const PARTS = {
  runId: 'r',
  startedAt: 's',
  finishedAt: 'f',
  configSha: 'c',
  status: 'passed',
  findings: [],
  rejected: 4,
  profile: [],
} as const;

describe('validation report', () => {
  it('adds up what happened on every edge', () => {
    const report = buildReport(INPUT, PARTS);
    assert.deepEqual(report.rows, {
      landing: 105,
      raw: 95,
      silver: 93,
      gold: 90,
      accepted: 86,
      rejected: 17,
      duplicates: 2,
      loaded: null,
    });
    assert.equal(report.rows.landing, report.rows.accepted + report.rows.rejected + report.rows.duplicates);
    assert.deepEqual(
      report.edges.map((e) => [e.from, e.to, e.brand, e.balanced]),
      [
        ['landing', 'raw', 'A', true],
        ['landing', 'raw', 'B', true],
        ['raw', 'silver', 'A', true],
        ['raw', 'silver', 'B', true],
        ['silver', 'gold', undefined, true],
        ['gold', 'accepted', undefined, true],
      ],
    );
  });

  it('tells a load once, and one that does not add up as unbalanced', () => {
    const once = withLoaded(buildReport(INPUT, PARTS), 86, 'r2', 'f2');
    const twice = withLoaded(once, 85, 'r3', 'f3');
    assert.equal(once.edges.filter((e) => e.to === 'loaded').length, 1);
    assert.deepEqual(twice.edges.at(-1), edge('accepted', 'loaded', [86, 85], { balanced: false }));
    assert.equal(twice.rows.loaded, 85);
  });

  it('does not need the layers that maintenance has cleared away', () => {
    assert.equal(buildReport({ ...INPUT, raw: [], silver: [] }, PARTS).rows.accepted, 86);
    assert.equal(buildReport({ ...INPUT, raw: [] }, PARTS).rows.landing, 0);
  });

  const lost = (words: RegExp) => (e: unknown) =>
    e instanceof PipelineError && e.code === 'CONSERVATION' && words.test(e.message);
  for (const [what, input, words] of [
    [
      'an edge that loses a record',
      { ...INPUT, gold: manifest('gold', 90, [edge('silver', 'gold', [93, 90, 1, 1])]) },
      /silver to gold: 93 in, 90 out, 1 rejected, 1 duplicates/,
    ],
    [
      'an edge that calls itself balanced and is not',
      { ...INPUT, raw: [manifest('raw', 95, [edge('landing', 'raw', [97, 95], { other: { header: 1 } })])] },
      /landing to raw: 97 in, 95 out/,
    ],
    [
      'raw that did not enter silver whole',
      { ...INPUT, raw: INPUT.raw.slice(0, 1) },
      /raw holds 90 records, 95/,
    ],
    [
      'silver of a brand that did not enter gold',
      { ...INPUT, silver: INPUT.silver.slice(1), raw: [] },
      /silver holds 5/,
    ],
    [
      'gold that holds other rows than went in',
      { ...INPUT, gold: { ...INPUT.gold, output: { ...INPUT.gold.output, rows: 89 } } },
      /90 rows went to gold, which holds 89/,
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => buildReport(input, PARTS), lost(words));
    });
});

describe('validation SQL', () => {
  const columns = [
    { name: 'id', type: 'BIGINT' },
    { name: 'na"me', type: 'VARCHAR' },
    { name: 'Brand_Code', type: 'VARCHAR' },
    { name: '_brand', type: 'VARCHAR' },
  ];

  it('sees gold with brand codes and row numbers', () => {
    assert.equal(
      goldView('m7_gold', "/data/it's [1].parquet", columns, CONFIG.brands),
      `CREATE OR REPLACE TEMP VIEW "m7_gold" AS
SELECT
  "id",
  "na""me",
  "_brand",
  CASE "_brand"
    WHEN 'Skylink' THEN 'SKL'
    WHEN 'O''Neil; DROP' THEN 'O''N"'
  END AS "brand_code",
  file_row_number AS "_row"
FROM read_parquet('/data/it''s [[]1].parquet', file_row_number = true)`,
    );
  });

  it('writes rejected rows with rules, columns and reason', () => {
    const rules = [
      rule('User', "it's", 'not_null', { columns: ['id'] }),
      rule('User', 'q', 'sql', { description: 'No "good"' }),
    ];
    assert.equal(
      ruleRejectsSelect('m7_gold', 'm7_rejects', columns.slice(0, 2), rules),
      `SELECT
  CAST(gold."_brand" AS VARCHAR) AS "_brand",
  CAST(gold."_source_file" AS VARCHAR) AS "_source_file",
  CAST(gold."_source_row" AS BIGINT) AS "_source_row",
  CAST(NULL AS BIGINT) AS "line",
  CAST('RULE' AS VARCHAR) AS "code",
  CAST(list_sort(list_distinct(flatten(list_transform(rejected."rules", lambda id: CASE id WHEN 'it''s' THEN ['id'] WHEN 'q' THEN [] ELSE CAST([] AS VARCHAR[]) END)))) AS VARCHAR[]) AS "columns",
  CAST(rejected."rules" AS VARCHAR[]) AS "rules",
  CAST(array_to_string(list_transform(rejected."rules", lambda id: CASE id WHEN 'it''s' THEN 'breaks rule it''s (not_null of id)' WHEN 'q' THEN 'q: No "good"' ELSE id END), '; ') AS VARCHAR) AS "reason",
  CAST(CAST(json_object('id', CAST(gold."id" AS VARCHAR), 'na"me', CAST(gold."na""me" AS VARCHAR)) AS VARCHAR) AS VARCHAR) AS "record"
, gold."_row" AS "_gold_row"
FROM "m7_gold" AS gold
JOIN "m7_rejects" AS rejected ON rejected."_row" = gold."_row"
ORDER BY gold."_row"`,
    );
  });

  it('profiles from the footer', () => {
    assert.equal(
      profileSql('/g.parquet', columns.slice(0, 2), [true, false]),
      `WITH footer AS MATERIALIZED (
  SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count, row_group_num_rows
  FROM parquet_metadata('/g.parquet')
)
SELECT
  0 AS place,
  CAST(coalesce(sum(stats_null_count), 0) AS BIGINT) AS nulls,
  CASE WHEN bool_and(stats_min_value IS NOT NULL OR stats_null_count = row_group_num_rows) THEN CAST(min(TRY_CAST(stats_min_value AS BIGINT)) AS VARCHAR) END AS least,
  CASE WHEN bool_and(stats_max_value IS NOT NULL OR stats_null_count = row_group_num_rows) THEN CAST(max(TRY_CAST(stats_max_value AS BIGINT)) AS VARCHAR) END AS most
FROM footer
WHERE path_in_schema = 'id'
UNION ALL
SELECT
  1 AS place,
  CAST(coalesce(sum(stats_null_count), 0) AS BIGINT) AS nulls,
  CAST(NULL AS VARCHAR) AS least,
  CAST(NULL AS VARCHAR) AS most
FROM footer
WHERE path_in_schema = 'na"me'
ORDER BY "place"`,
    );
  });
});
