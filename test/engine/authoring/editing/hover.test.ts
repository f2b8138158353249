// Hover, lenses and places: what is told of the word under the cursor, and above a rule.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { DraftFile, HoverTopic } from '../../../../src/engine/authoring/editing';
import { columnText, cursor, ruleText, useDesk } from './desk';

interface Case {
  readonly what: string;
  readonly file?: DraftFile;
  readonly text: string;
  /** What is underlined, and what the Markdown holds. Nothing: no hover. */
  readonly at?: string;
  readonly says?: readonly RegExp[];
  readonly topic?: HoverTopic;
}

const CASES: readonly Case[] = [
  {
    what: 'a kind, with the history of the rule',
    text: ruleText('{ "rule": "ra|nge", "column": "seconds", "min": 0, "error": "50%" }'),
    at: '"range"',
    says: [/is between min and max/, /\| 2024-11-15 \| warned \| 2 of 82 rows \(2\.44%\) \|/],
    topic: { kind: 'rule', rule: 'range' },
  },
  {
    what: 'a rule that has not run',
    text: ruleText('{ "id": "ne|w", "rule": "row_count", "min": 1 }'),
    at: '"new"',
    says: [/`new` has not run yet/],
  },
  {
    what: 'a key, with its choices',
    text: ruleText('{ "rule": "not_null", "column": "seconds", "sev|erity": "info" }'),
    at: '"severity"',
    says: [/How serious a broken rule is/, /One of `error`, `warning`, `info`\./, /Default: `"error"`/],
    topic: { kind: 'file', file: 'validation_rules' },
  },
  {
    what: 'a key of its kind',
    text: ruleText('{ "rule": "compare", "oper|ator": "<" }'),
    at: '"operator"',
    says: [/How column relates to other_column/],
    topic: { kind: 'rule', rule: 'compare' },
  },
  {
    what: 'a column with type and profile',
    text: ruleText('{ "rule": "range", "column": "|seconds", "min": 0 }'),
    at: '"seconds"',
    says: [/\*\*seconds\*\* `INTEGER` — Playback/, /On 2024-11-15: no NULLs in 82 rows, `-5` to `273`/],
  },
  {
    what: 'a column of another table',
    text: ruleText('{ "rule": "references", "column": "device_id", "to": "Device.pr|ice" }'),
    at: '"Device.price"',
    says: [/\*\*price\*\* `DECIMAL\(10,2\)` — Device/],
  },
  {
    what: 'a column inside SQL',
    text: ruleText('{ "rule": "expression", "expression": "\\"seconds\\" > 1 AND sec|onds < 5" }'),
    at: 'seconds',
    says: [/`INTEGER`/],
  },
  {
    what: 'a function inside SQL',
    text: ruleText('{ "rule": "expression", "expression": "coal|esce(seconds, 0) > 1" }'),
    at: 'coalesce',
    says: [/first of its arguments that is not NULL/],
  },
  {
    what: 'a table',
    text: '{ "tables": { "Play|back": { "rules": [] } } }',
    at: '"Playback"',
    says: [/4 columns, 0 rules/, /Key: `playback_id`, `_brand`/, /82 rows on 2024-11-15/],
  },
  {
    what: 'a column where it is declared',
    file: 'table_schemas',
    text: columnText(
      '"seco|nds": { "type": "INTEGER", "description": "<b>Length</b> *of* play", "required": true }',
    ),
    at: '"seconds"',
    says: [/\\<b\\>Length\\<\/b\\> \\\*of\\\* play/, /required/],
    topic: { kind: 'column' },
  },
  {
    what: 'a brand',
    file: 'brand_configs',
    text: '{ "brands": { "Di|gi": { "code": "DIG", "timezone": "Europe/Amsterdam", "aliases": ["a`b"] } } }',
    at: '"Digi"',
    says: [/BRAND_CODE `DIG`/, /`` a`b ``/],
    topic: { kind: 'file', file: 'brand_configs' },
  },
  {
    what: 'the words of a choice’s key',
    file: 'table_schemas',
    text: '{ "tables": { "T": { "extra_columns": "ke|ep" } } }',
    at: '"keep"',
    says: [/Columns of a file that are not listed here/],
  },
  { what: 'nothing between words', text: ruleText('{ | "rule": "range" }') },
  { what: 'nothing under an unknown key', text: ruleText('{ "rule": "range", "nonsen|se": 1 }') },
];

describe('hover in config files', () => {
  const desk = useDesk();

  for (const { what, file = 'validation_rules', text: written, at, says, topic } of CASES)
    it(what, async () => {
      const { text, offset } = cursor(written);
      const found = await desk().editing.hover({ file, text }, offset);
      if (at === undefined) {
        assert.equal(found, undefined);
        return;
      }
      assert.ok(found);
      assert.equal(text.slice(found.range.start, found.range.end), at);
      for (const words of says ?? []) assert.match(found.markdown, words);
      if (topic !== undefined) assert.deepEqual(found.topic, topic);
    });

  it('shows no bounds of a sensitive column', async () => {
    const { text, offset } = cursor(ruleText('{ "rule": "not_null", "column": "|seconds" }'));
    const table_schemas = desk().text('table_schemas').replace('"INTEGER"', '"INTEGER", "sensitive": true');
    const found = await desk().editing.hover(
      { file: 'validation_rules', text, others: { table_schemas } },
      offset,
    );
    assert.match(found?.markdown ?? '', /values are masked/);
    assert.doesNotMatch(found?.markdown ?? '', /273/);
  });
});

describe('lenses above rules', () => {
  const desk = useDesk();

  it('tell the last result of each, by id, given or derived', async () => {
    const text = ruleText(
      '{ "rule": "range", "column": "seconds", "min": 1 }, { "id": "new", "rule": "row_count", "min": 1, "enabled": false }',
    );
    const { rules, tables } = await desk().editing.lenses({ file: 'validation_rules', text });
    assert.deepEqual(
      rules.map(({ rule, enabled, last }) => ({ rule, enabled, last })),
      [
        {
          rule: 'range_seconds',
          enabled: true,
          last: { date: '20241115', status: 'warned', failing: 2, evaluated: 82, failing_pct: 2.439 },
        },
        { rule: 'new', enabled: false, last: undefined },
      ],
    );
    assert.match(text.slice(rules[0]!.range.start, rules[0]!.range.end), /^\{ "rule": "range".*\}$/);
    assert.deepEqual(
      tables.map(({ table, range }) => [table, text.slice(range.start, range.end)]),
      [['Playback', '"rules"']],
    );
  });

  it('stay where the text around is broken', async () => {
    const text = ruleText('{ "rule": "range", "column": "seconds", "min": }, { "rule": "row_count"');
    const { rules } = await desk().editing.lenses({ file: 'validation_rules', text });
    assert.deepEqual(
      rules.map((lens) => lens.rule),
      ['range_seconds', 'row_count'],
    );
  });

  it('are none for the other files', async () => {
    const text = desk().text('table_schemas');
    assert.deepEqual(await desk().editing.lenses({ file: 'table_schemas', text }), { rules: [], tables: [] });
  });
});

describe('places in config files', () => {
  const desk = useDesk();
  const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

  it('of a rule, a column, a table', async () => {
    const { editing } = desk();
    const rules = desk().text('validation_rules');
    const tables = desk().text('table_schemas');
    const rule = await editing.locate({ table: 'Playback', rule: 'range_seconds' });
    assert.equal(rule?.line, lineOf(rules, '"range"') - 1);
    assert.match(rule.path, /config\/validation_rules\.json$/);
    const column = await editing.locate({ table: 'Playback', column: 'seconds' });
    assert.equal(column?.line, lineOf(tables, '"seconds"'));
    assert.equal((await editing.locate({ table: 'Playback' }))?.line, lineOf(tables, '"Playback"'));
  });

  it('are none for what is gone', async () => {
    const { editing } = desk();
    assert.equal(await editing.locate({ table: 'Playback', rule: 'gone' }), undefined);
    assert.equal(await editing.locate({ table: 'Gone', rule: 'range_seconds' }), undefined);
    assert.equal(await editing.locate({ table: 'Playback', column: 'gone' }), undefined);
  });
});
