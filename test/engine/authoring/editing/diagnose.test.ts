// Diagnostics: what is underlined, under which code, and that a fix ends the trouble.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Diagnostic, DraftFile, Fix } from '../../../../src/engine/authoring/editing';
import { columnText, ruleText, useDesk } from './desk';

interface Case {
  readonly what: string;
  readonly file?: DraftFile;
  readonly text: string;
  readonly code: string;
  /** The text that is underlined. */
  readonly at: string;
  readonly severity?: Diagnostic['severity'];
  /** Titles of the fixes, in order. */
  readonly fixes?: readonly string[];
  /** The text after the first fix. */
  readonly after?: string;
}

const CASES: readonly Case[] = [
  {
    what: 'an unknown key',
    text: ruleText('{ "rule": "range", "colum": "seconds", "min": 0 }'),
    code: 'unknown-key',
    at: '"colum"',
    fixes: ['Change to "column"', 'Remove "colum"'],
    after: ruleText('{ "rule": "range", "column": "seconds", "min": 0 }'),
  },
  {
    what: 'an unknown kind',
    text: ruleText('{ "rule": "rnage", "column": "seconds", "min": 0 }'),
    code: 'unknown-kind',
    at: '"rnage"',
    fixes: ['Change to "range"'],
    after: ruleText('{ "rule": "range", "column": "seconds", "min": 0 }'),
  },
  {
    what: 'a severity that is none',
    text: ruleText('{ "rule": "not_null", "column": "seconds", "severity": "warn" }'),
    code: 'unknown-value',
    at: '"warn"',
    fixes: ['Change to "warning"'],
  },
  {
    what: 'an unknown column: renamed, or created in the other file',
    text: ruleText('{ "rule": "not_null", "column": "secnds" }'),
    code: 'unknown-column',
    at: '"secnds"',
    fixes: ['Change to "seconds"', 'Create column "secnds" in table_schemas.json'],
    after: ruleText('{ "rule": "not_null", "column": "seconds" }'),
  },
  {
    what: 'an unknown column in a list: that entry alone',
    text: ruleText('{ "rule": "unique", "columns": ["device_id", "secnds"] }'),
    code: 'unknown-column',
    at: '"secnds"',
  },
  {
    what: 'an unknown column in SQL: that word alone',
    text: ruleText('{ "rule": "expression", "expression": "device_id <> \\"x\\" OR secnds > 0" }').replace(
      '\\"x\\"',
      "'\\u0041\\\"'",
    ),
    code: 'unknown-column',
    at: 'secnds',
    fixes: ['Change to "seconds"', 'Create column "secnds" in table_schemas.json'],
  },
  {
    what: 'SQL that does not parse: from the word on',
    text: ruleText('{ "rule": "expression", "expression": "seconds > > 0" }'),
    code: 'invalid-sql',
    at: '>',
  },
  {
    what: 'a bracket that is missing: the end',
    text: ruleText('{ "rule": "not_null", "column": "seconds", "where": "(seconds > 0" }'),
    code: 'invalid-sql',
    at: '0',
  },
  {
    what: 'a function that is not allowed: its name',
    text: ruleText('{ "rule": "expression", "expression": "seconds > 0 AND random() > 1" }'),
    code: 'invalid-sql',
    at: 'random',
  },
  {
    what: 'a function that does not take these types: its name',
    text: ruleText(
      '{ "rule": "expression", "expression": "length(device_id) > 1 AND upper(seconds, 2) = \'X\'" }',
    ),
    code: 'invalid-sql',
    at: 'upper',
  },
  {
    what: 'a query over an unknown table',
    text: ruleText('{ "rule": "sql", "query": "SELECT * FROM Playbacks" }'),
    code: 'invalid-sql',
    at: 'Playbacks',
  },
  {
    what: 'a column of a query that is not there',
    text: ruleText('{ "rule": "sql", "query": "SELECT secnds FROM rows" }'),
    code: 'invalid-sql',
    at: 'secnds',
  },
  {
    what: 'an expression that is no condition: all of it',
    text: ruleText('{ "rule": "expression", "expression": "seconds + 1" }'),
    code: 'invalid-sql',
    at: '"seconds + 1"',
  },
  {
    what: 'a pattern that is none',
    text: ruleText('{ "rule": "regex", "column": "device_id", "pattern": "(a" }'),
    code: 'invalid-pattern',
    at: '"(a"',
  },
  {
    what: 'a type that does not fit the kind',
    text: ruleText('{ "rule": "length", "column": "seconds", "min": 1 }'),
    code: 'type-mismatch',
    at: '"seconds"',
  },
  {
    what: 'a value that is none of the column’s type: that entry',
    text: ruleText('{ "rule": "enum", "column": "seconds", "values": ["1", "many"] }'),
    code: 'type-mismatch',
    at: '"many"',
  },
  {
    what: 'an unknown table: renamed or created',
    text: '{ "tables": { "Devices": { "rules": [] } } }',
    code: 'unknown-table',
    at: '"Devices"',
    fixes: ['Change to "Device"', 'Create table "Devices" in table_schemas.json'],
    after: '{ "tables": { "Device": { "rules": [] } } }',
  },
  {
    what: 'an unknown reference',
    text: ruleText('{ "rule": "references", "column": "device_id", "to": "Device.deviceid" }'),
    code: 'unknown-reference',
    at: '"Device.deviceid"',
    fixes: ['Change to "Device.device_id"'],
  },
  {
    what: 'an id that stands twice',
    text: ruleText(
      '{ "id": "a", "rule": "row_count", "min": 1 }, { "id": "a", "rule": "row_count", "max": 9 }',
    ),
    code: 'duplicate-id',
    at: '"a"',
    fixes: ['Change to "a_2"', 'Remove this rule'],
    after: ruleText(
      '{ "id": "a", "rule": "row_count", "min": 1 }, { "id": "a_2", "rule": "row_count", "max": 9 }',
    ),
  },
  {
    what: 'a missing key: at the kind of the rule',
    text: ruleText('{ "rule": "compare", "column": "seconds", "operator": "<" }'),
    code: 'missing-key',
    at: '"compare"',
    fixes: ['Add "other_column": "playback_id"'],
  },
  {
    what: 'one key of two',
    text: ruleText('{ "rule": "range", "column": "seconds" }'),
    code: 'missing-key',
    at: '"range"',
    fixes: ['Add "min": 0', 'Add "max": 86400'],
    after: ruleText('{ "rule": "range", "column": "seconds", "min": 0 }'),
  },
  {
    what: 'a rule without its kind',
    text: ruleText('{ "column": "seconds" }'),
    code: 'missing-key',
    at: '{',
    fixes: ['Add "rule": "not_null"'],
  },
  {
    what: 'bounds in the wrong order',
    text: ruleText('{ "rule": "range", "column": "seconds", "min": 9, "max": 1 }'),
    code: 'min-above-max',
    at: '9',
    fixes: ['Swap "min" and "max"'],
    after: ruleText('{ "rule": "range", "column": "seconds", "min": 1, "max": 9 }'),
  },
  {
    what: 'both of two keys',
    text: ruleText('{ "rule": "unique", "column": "seconds", "columns": ["seconds"] }'),
    code: 'conflicting-keys',
    at: '"unique"',
    fixes: ['Remove "column"', 'Remove "columns"'],
    after: ruleText('{ "rule": "unique", "columns": ["seconds"] }'),
  },
  {
    what: 'a number in quotes',
    text: ruleText('{ "rule": "row_count", "min": "12" }'),
    code: 'wrong-type',
    at: '"12"',
    fixes: ['Change to 12'],
    after: ruleText('{ "rule": "row_count", "min": 12 }'),
  },
  {
    what: 'a list that is one value',
    text: ruleText('{ "rule": "enum", "column": "device_id", "values": "S1" }'),
    code: 'wrong-type',
    at: '"S1"',
    fixes: ['Change to ["S1"]'],
  },
  {
    what: 'a key without effect',
    text: ruleText('{ "rule": "row_count", "min": 1, "error": 5 }'),
    code: 'needless-key',
    at: '5',
    fixes: ['Remove "error"'],
    after: ruleText('{ "rule": "row_count", "min": 1 }'),
  },
  {
    what: 'a limit without its sign',
    text: ruleText('{ "rule": "not_null", "column": "seconds", "error": "5" }'),
    code: 'wrong-form',
    at: '"5"',
    fixes: ['Change to "5%"', 'Change to 5'],
    after: ruleText('{ "rule": "not_null", "column": "seconds", "error": "5%" }'),
  },
  {
    what: 'values that repeat',
    text: ruleText('{ "rule": "enum", "column": "device_id", "values": ["a", "b", "a"] }'),
    code: 'duplicate-entry',
    at: '["a", "b", "a"]',
    fixes: ['Remove the duplicate'],
    after: ruleText('{ "rule": "enum", "column": "device_id", "values": ["a", "b"] }'),
  },
  {
    what: 'a key twice: the editor tells it, the fix is ours',
    text: ruleText('{ "rule": "row_count", "min": 1, "min": 2 }'),
    code: 'duplicate-key',
    at: '"min"',
    fixes: ['Remove "min"'],
    after: ruleText('{ "rule": "row_count", "min": 1 }'),
  },
  {
    what: 'a rule that can never fail, as the column is required',
    text: ruleText('{ "rule": "not_null", "column": "playback_id" }'),
    code: 'rule-without-effect',
    severity: 'hint',
    at: '"not_null"',
    fixes: ['Remove the rule'],
    after: '{ "tables": { "Playback": { "rules": [] } } }',
  },
  {
    what: 'a rule that can never fail, as the key is unique',
    text: ruleText('{ "rule": "unique", "columns": ["playback_id", "_brand"] }'),
    code: 'rule-without-effect',
    severity: 'hint',
    at: '"unique"',
  },
  {
    what: 'a rule that is switched off',
    text: ruleText('{ "rule": "not_null", "column": "seconds", "enabled": false }'),
    code: 'rule-off',
    severity: 'hint',
    at: '{ "rule": "not_null", "column": "seconds", "enabled": false }',
    fixes: ['Enable the rule'],
    after: ruleText('{ "rule": "not_null", "column": "seconds" }'),
  },
  {
    what: 'an id that hangs on the order of the rules',
    text: ruleText(
      '{ "rule": "not_null", "column": "seconds" }, { "rule": "not_null", "column": "seconds", "where": "seconds > 1" }',
    ),
    code: 'unstable-id',
    severity: 'hint',
    at: '"not_null"',
    fixes: ['Add "id": "not_null_seconds_2"'],
  },
  {
    what: 'an unknown type',
    file: 'table_schemas',
    text: columnText('"x": { "type": "VARHCAR" }'),
    code: 'unknown-type',
    at: '"VARHCAR"',
    fixes: ['Change to "VARCHAR"'],
  },
  {
    what: 'a zone that is none',
    file: 'table_schemas',
    text: columnText('"x": { "type": "TIMESTAMP", "timezone": "Europe/Amsterdm" }'),
    code: 'unknown-timezone',
    at: '"Europe/Amsterdm"',
    fixes: ['Change to "Europe/Amsterdam"'],
  },
  {
    what: 'a key that the type makes needless',
    file: 'table_schemas',
    text: columnText('"x": { "type": "VARCHAR", "decimal": "," }'),
    code: 'needless-key',
    at: '"decimal"',
    fixes: ['Remove "decimal"'],
    after: columnText('"x": { "type": "VARCHAR" }'),
  },
  {
    what: 'a column without its type: at its name',
    file: 'table_schemas',
    text: columnText('"x": { "required": true }'),
    code: 'missing-key',
    at: '"x"',
    fixes: ['Add "type": "VARCHAR"'],
  },
  {
    what: 'an unknown column in a transformation',
    file: 'table_schemas',
    text: columnText('"x": { "type": "VARCHAR", "transform": "upper(devce_id)" }'),
    code: 'unknown-column',
    at: 'devce_id',
    fixes: ['Change to "device_id"', 'Create column "devce_id" in table_schemas.json'],
  },
  {
    what: 'a key of an unknown column',
    file: 'table_schemas',
    text: '{ "tables": { "Device": { "columns": { "a": { "type": "INT" } } }, "Playback": { "primary_key": ["b"], "columns": { "a": { "type": "INT" } } } } }',
    code: 'unknown-column',
    at: '"b"',
  },
  {
    what: 'a brand without a code',
    file: 'brand_configs',
    text: '{ "brands": { "Skylink": { "name": "S" } } }',
    code: 'missing-key',
    at: '"Skylink"',
    fixes: ['Add "code": "SKY"'],
  },
  {
    what: 'an empty file',
    file: 'brand_configs',
    text: ' ',
    code: 'empty',
    at: ' ',
    fixes: ['Write an empty config'],
  },
];

describe('diagnostics of config files', () => {
  const desk = useDesk();
  const ask = (
    file: DraftFile,
    text: string,
    others: Partial<Record<DraftFile, string>> = {},
  ): Promise<readonly Diagnostic[]> => desk().editing.diagnose({ file, text, others });

  function applied(file: DraftFile, text: string, fix: Fix, to: DraftFile): string {
    return fix.edits
      .filter((edit) => (edit.file ?? file) === to)
      .toSorted((a, b) => b.range.start - a.range.start)
      .reduce(
        (now, { range, text: inserted }) => now.slice(0, range.start) + inserted + now.slice(range.end),
        text,
      );
  }

  for (const { what, file = 'validation_rules', text, code, at, severity = 'error', fixes, after } of CASES)
    it(what, async () => {
      const found = await ask(file, text);
      const one = found.find((d) => d.code === code);
      assert.ok(one, `${code} in ${found.map((d) => `${d.code}: ${d.message}`).join('; ')}`);
      assert.equal(text.slice(one.range.start, one.range.end), at, one.message);
      assert.equal(one.severity, severity);
      if (fixes !== undefined)
        assert.deepEqual(
          one.fixes.map((fix) => fix.title),
          fixes,
        );
      if (after !== undefined) assert.equal(applied(file, text, one.fixes[0]!, file), after);
      for (const fix of one.fixes) {
        const mended = applied(file, text, fix, file);
        assert.doesNotThrow(() => JSON.parse(mended) as unknown, fix.title);
        const others: Partial<Record<DraftFile, string>> = {};
        for (const { file: other } of fix.edits)
          if (other !== undefined) others[other] = applied(file, desk().text(other), fix, other);
        const left = await ask(file, mended, others);
        assert.ok(!left.some((d) => d.code === code && d.message === one.message), `${fix.title}: ${mended}`);
      }
    });

  it('has nothing to say of a sound config', async () => {
    for (const file of ['brand_configs', 'table_schemas', 'validation_rules'] as const)
      assert.deepEqual(await ask(file, desk().text(file)), []);
  });

  it('leaves broken JSON to the editor', async () => {
    assert.deepEqual(await ask('validation_rules', ruleText('{ "rule": "range", }')), []);
    assert.deepEqual(await ask('validation_rules', '{ "tables": '), []);
  });

  it('judges by the unsaved text of the other files', async () => {
    const text = ruleText('{ "rule": "not_null", "column": "fresh" }');
    const table_schemas = desk().text('table_schemas').replace('"seconds"', '"fresh"');
    assert.deepEqual(
      (await ask('validation_rules', text)).map((d) => d.code),
      ['unknown-column'],
    );
    assert.deepEqual(await ask('validation_rules', text, { table_schemas }), []);
  });

  it('tells of a file outside of the workspace what its schema says', async () => {
    const text = ruleText('{ "rule": "not_null", "column": "nowhere", "sevrity": "info" }');
    const found = await desk().editing.diagnose({ file: 'validation_rules', text, alone: true });
    assert.deepEqual(
      found.map((d) => d.code),
      ['unknown-key'],
    );
  });

  it('can be cancelled', async () => {
    const control = new AbortController();
    control.abort();
    await assert.rejects(
      desk().editing.diagnose({ file: 'validation_rules', text: '{}' }, control.signal),
      /cancelled/,
    );
  });
});
