// Completion: labels in their order for a cursor in a text, and a sound text whatever is accepted.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Completion, DraftFile } from '../../../../src/engine/authoring/editing';
import { accepted, columnText, cursor, ruleText, useDesk } from './desk';

interface Case {
  readonly what: string;
  readonly file?: DraftFile;
  /** With a `|` where the cursor stands. */
  readonly text: string;
  /** All labels in order, or the first ones before "…". */
  readonly labels: readonly string[];
  /** Labels that must not be there. */
  readonly never?: readonly string[];
  /** Details of the first labels. */
  readonly details?: readonly (string | undefined)[];
  /** The text after the first one was accepted. */
  readonly after?: string;
}

const CASES: readonly Case[] = [
  {
    what: 'keys of an empty rule: the kind first',
    text: ruleText('{ | }'),
    labels: ['rule', 'id', 'severity', 'error', 'warn', 'on_fail', '…'],
    after: ruleText('{ "rule": "" }'),
  },
  {
    what: 'keys of a rule: needed ones, those of its kind, those of all; none that is there',
    text: ruleText('{ "rule": "range", "column": "seconds", | }'),
    labels: ['min', 'max', 'exclusive', 'where', 'id', 'severity', '…'],
    never: ['rule', 'column', 'columns', 'values'],
    after: ruleText('{ "rule": "range", "column": "seconds", "min": 0 }'),
  },
  {
    what: 'the needed key before all others',
    text: ruleText('{ "rule": "compare", | }'),
    labels: ['column', 'operator', 'other_column', '…'],
    after: ruleText('{ "rule": "compare", "column": "" }'),
  },
  {
    what: 'a comma behind, where more follows',
    text: ruleText('{ | "rule": "range", "column": "seconds" }'),
    labels: ['min', 'max', '…'],
    after: ruleText('{ "min": 0, "rule": "range", "column": "seconds" }'),
  },
  {
    what: 'a comma before, where it is missing',
    text: ruleText('{ "rule": "length", "column": "device_id"\n"m|" }'),
    labels: ['min', 'max', '…'],
    after: ruleText('{ "rule": "length", "column": "device_id",\n"min": 0 }'),
  },
  {
    what: 'the key alone, where it has its colon',
    text: ruleText('{ "rule": "range", "co|": "seconds" }'),
    labels: ['column', 'min', 'max', '…'],
    after: ruleText('{ "rule": "range", "column": "seconds" }'),
  },
  {
    what: 'columns: those that fit the kind first, with their types',
    text: ruleText('{ "rule": "range", "column": "|" }'),
    labels: ['started_at', 'seconds', '_source_row', 'playback_id', 'device_id', '_brand', '…'],
    details: ['TIMESTAMP', 'INTEGER', 'BIGINT', 'VARCHAR: does not fit range'],
    after: ruleText('{ "rule": "range", "column": "started_at" }'),
  },
  {
    what: 'a value that is still missing before the next key',
    text: ruleText('{ "rule": "range", "column": |\n "min": 1 }'),
    labels: ['started_at', 'seconds', '…'],
    after: ruleText('{ "rule": "range", "column": "started_at",\n "min": 1 }'),
  },
  {
    what: 'a list of columns without those that are in it',
    text: ruleText('{ "rule": "unique", "columns": ["playback_id", |] }'),
    labels: ['device_id', 'started_at', 'seconds', '_brand', 'brand_code', '_source_file', '_source_row'],
    after: ruleText('{ "rule": "unique", "columns": ["playback_id", "device_id"] }'),
  },
  {
    what: 'kinds that a column of this type fits first',
    text: ruleText('{ "column": "seconds", "rule": "|" }'),
    labels: ['not_null', 'enum', 'not_enum', 'range', 'compare', 'expression', '…'],
  },
  {
    what: 'references: columns of the same sort, keys first',
    text: ruleText('{ "rule": "references", "column": "device_id", "to": "|" }'),
    labels: ['Device.device_id', 'Device.model'],
    details: ['VARCHAR'],
  },
  {
    what: 'reconcile: layers and tables',
    text: ruleText('{ "rule": "reconcile", "to": "|" }'),
    labels: ['landing', 'raw', 'silver', 'gold', 'Device'],
  },
  {
    what: 'observed values of a text column, most frequent first, not those that are listed',
    text: '{ "tables": { "Device": { "rules": [ { "rule": "enum", "column": "model", "values": ["MODEL 1", "|"] } ] } } }',
    labels: ['MODEL 0', 'MODEL 2', 'MODEL 3', 'MODEL 4', 'MODEL 5', 'MODEL 6'],
    details: ['12 rows', '12 rows', '12 rows', '12 rows', '10 rows', '10 rows'],
  },
  {
    what: 'observed numbers stay numbers',
    text: ruleText('{ "rule": "enum", "column": "seconds", "values": [|] }'),
    labels: ['-5', '1', '7', '14', '…'],
    after: ruleText('{ "rule": "enum", "column": "seconds", "values": [-5] }'),
  },
  {
    what: 'the observed minimum first',
    text: ruleText('{ "rule": "range", "column": "seconds", "min": | }'),
    labels: ['-5', '273'],
    details: ['least on 2024-11-15', 'greatest on 2024-11-15'],
    after: ruleText('{ "rule": "range", "column": "seconds", "min": -5 }'),
  },
  {
    what: 'a number that stands there is replaced',
    text: ruleText('{ "rule": "range", "column": "seconds", "max": 5| }'),
    labels: ['273', '-5'],
    after: ruleText('{ "rule": "range", "column": "seconds", "max": 273 }'),
  },
  {
    what: 'dates as text',
    text: ruleText('{ "rule": "range", "column": "started_at", "max": | }'),
    labels: ['2024-11-15 11:00:00', '2024-11-15 09:01:00'],
  },
  {
    what: 'observed lengths',
    text: ruleText('{ "rule": "length", "column": "device_id", "max": | }'),
    labels: ['5', '1'],
    details: ['longest observed', 'shortest observed'],
  },
  {
    what: 'row counts of dates',
    text: ruleText('{ "rule": "row_count", "min": | }'),
    labels: ['82'],
    details: ['rows on 2024-11-15'],
  },
  {
    what: 'an id from kind and column, and ids of rules that are gone',
    text: ruleText('{ "rule": "range", "column": "device_id", "id": "|" }'),
    labels: ['range_device_id', 'range_seconds'],
    details: ['from kind and column', 'had results until 2024-11-15'],
  },
  {
    what: 'enumerations of the schema',
    text: ruleText('{ "rule": "not_null", "severity": "|" }'),
    labels: ['error', 'warning', 'info'],
  },
  {
    what: 'true and false',
    text: ruleText('{ "rule": "not_null", "enabled": | }'),
    labels: ['true', 'false'],
    after: ruleText('{ "rule": "not_null", "enabled": true }'),
  },
  {
    what: 'SQL: columns, then functions, then words',
    text: ruleText('{ "rule": "expression", "expression": "seconds > 0 AND dev|" }'),
    labels: ['playback_id', 'device_id', 'started_at', 'seconds', '_brand', '…'],
  },
  {
    what: 'SQL: values behind a comparison',
    text: '{ "tables": { "Device": { "rules": [ { "rule": "not_null", "where": "price > 1 AND model = \'MO|\'" } ] } } }',
    labels: ['MODEL 0', 'MODEL 1', '…'],
    after:
      '{ "tables": { "Device": { "rules": [ { "rule": "not_null", "where": "price > 1 AND model = \'MODEL 0\'" } ] } } }',
  },
  {
    what: 'SQL: tables behind FROM',
    text: ruleText('{ "rule": "sql", "query": "SELECT * FROM |" }'),
    labels: ['rows', 'Device', 'Playback'],
  },
  {
    what: 'SQL: columns of a named table',
    text: ruleText('{ "rule": "sql", "query": "SELECT Device.| FROM Device" }'),
    labels: ['device_id', 'model', 'price', '_brand', 'brand_code', '_source_file', '_source_row'],
  },
  {
    what: 'tables that have no rules yet',
    text: '{ "tables": { "Playback": { "rules": [] }, | } }',
    labels: ['Device'],
    after: '{ "tables": { "Playback": { "rules": [] }, "Device": {\n\t"rules": [\n\t\t\n\t]\n} } }',
  },
  {
    what: 'keys of a column',
    file: 'table_schemas',
    text: columnText('"x": { | }'),
    labels: ['type', 'description', 'source', 'required', 'formats', 'timezone', '…'],
    after: columnText('"x": { "type": "" }'),
  },
  {
    what: 'types',
    file: 'table_schemas',
    text: columnText('"x": { "type": "|" }'),
    labels: ['VARCHAR', 'BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL(10,2)', '…'],
  },
  {
    what: 'notations of a date',
    file: 'table_schemas',
    text: columnText('"x": { "type": "DATE", "formats": ["|"] }'),
    labels: ['%Y-%m-%d', '%d/%m/%Y', '…'],
    details: ['2024-11-15'],
  },
  {
    what: 'time zones, the brand’s own first',
    file: 'table_schemas',
    text: columnText('"x": { "type": "TIMESTAMP", "timezone": "|" }'),
    labels: ['brand', 'UTC', '…'],
  },
  {
    what: 'headers that no column claims as columns',
    file: 'table_schemas',
    text: columnText('|'),
    labels: ['playback_id', 'started_at', 'seconds'],
    after: columnText('"playback_id": { "type": "VARCHAR" }'),
  },
  {
    what: 'headers as sources',
    file: 'table_schemas',
    text: columnText('"x": { "type": "VARCHAR", "source": ["|"] }'),
    labels: ['playback_id', 'started_at', 'seconds'],
  },
  {
    what: 'texts of the files as keys of a map',
    file: 'table_schemas',
    text: columnText('"seconds": { "type": "VARCHAR", "map": { | } }'),
    labels: ['-5', '0', '1', '…'],
    details: ['2 rows'],
  },
  {
    what: 'columns of a primary key',
    file: 'table_schemas',
    text: '{ "tables": { "T": { "primary_key": ["|"], "columns": { "a": { "type": "INT" }, "b": { "type": "INT", "required": true } } } } }',
    labels: ['b', 'a', '_brand'],
  },
  {
    what: 'the ways to deduplicate',
    file: 'table_schemas',
    text: '{ "tables": { "T": { "deduplicate": "|" } } }',
    labels: ['last', 'first', 'none', 'error'],
  },
  {
    what: 'columns of an order',
    file: 'table_schemas',
    text: '{ "tables": { "T": { "deduplicate": { "order_by": "|" }, "columns": { "a": { "type": "INT" } } } } }',
    labels: ['a', 'ASC', 'DESC', 'NULLS FIRST', 'NULLS LAST'],
  },
  {
    what: 'keys of a brand',
    file: 'brand_configs',
    text: '{ "brands": { "X": { | } } }',
    labels: ['code', 'name', 'aliases', 'timezone', 'format', 'tables'],
    after: '{ "brands": { "X": { "code": "" } } }',
  },
  {
    what: 'the top of a file',
    file: 'brand_configs',
    text: '{|}',
    labels: ['brands'],
    after: '{"brands": {}}',
  },
  { what: 'nothing outside of the object', text: '{ } |', labels: [] },
  { what: 'nothing in an empty file', text: '|', labels: [] },
  {
    what: 'nothing under a key that is none',
    text: ruleText('{ "rule": "range", "nonsense": { | } }'),
    labels: [],
  },
];

describe('completion in config files', () => {
  const desk = useDesk();
  const ask = (file: DraftFile, text: string, offset: number): Promise<readonly Completion[]> =>
    desk().editing.complete({ file, text }, offset);

  for (const { what, file = 'validation_rules', text: written, labels, never, details, after } of CASES)
    it(what, async () => {
      const { text, offset } = cursor(written);
      const found = await ask(file, text, offset);
      const names = found.map((c) => c.label);
      const open = labels.at(-1) === '…';
      assert.deepEqual(
        open ? names.slice(0, labels.length - 1) : names,
        open ? labels.slice(0, -1) : labels,
        names.join(' '),
      );
      for (const label of never ?? []) assert.ok(!names.includes(label), label);
      if (details !== undefined)
        assert.deepEqual(
          found.slice(0, details.length).map((c) => c.detail),
          details,
        );
      if (after !== undefined) assert.equal(accepted({ text }, found[0]!), after);
      for (const one of found) {
        assert.ok(one.range.start <= offset && offset <= one.range.end, 'the range holds the cursor');
        const typed = text.slice(one.range.start, offset).replace(/^"/, '').toLowerCase();
        if (typed !== '' && one.filter.replace(/^"/, '').toLowerCase().startsWith(typed))
          assert.ok(!/[\r\n]/.test(text.slice(one.range.start, one.range.end)));
      }
      assert.deepEqual(
        found.map((c) => c.sort),
        found.map((c) => c.sort).toSorted(),
      );
    });

  it('leaves a text that is sound JSON, whichever is accepted', async () => {
    let offered = 0;
    for (const { file = 'validation_rules', text: written } of CASES) {
      const { text, offset } = cursor(written);
      for (const one of await ask(file, text, offset)) {
        // What stands under the cursor but is neither key nor value yet is the writer's.
        const result = accepted({ text }, one);
        assert.doesNotThrow(() => JSON.parse(result) as unknown, `${one.label}: ${result}`);
        offered += 1;
      }
    }
    assert.ok(offered > CASES.length, `${offered} completions`);
  });

  it('offers whole rules that the config takes as they are', async () => {
    const { text, offset } = cursor(ruleText('|'));
    const found = await ask('validation_rules', text, offset);
    assert.equal(
      found.find((c) => c.label === 'not_null')?.insert,
      '{ "rule": "not_null", "column": "${1|playback_id,device_id,started_at,seconds|}" }',
    );
    assert.match(found.find((c) => c.label === 'range')?.insert ?? '', /\|started_at,seconds\|/);
    assert.ok(found.length >= 18, 'nearly all kinds fit');
  });

  it('leaves out kinds that no column of the table fits', async () => {
    const { text, offset } = cursor('{ "tables": { "T": { "rules": [ | ] } } }');
    const others = { table_schemas: '{ "tables": { "T": { "columns": { "b": { "type": "BOOLEAN" } } } } }' };
    const found = await desk().editing.complete({ file: 'validation_rules', text, others }, offset);
    const names = found.map((c) => c.label);
    assert.ok(
      names.includes('not_null') && !names.includes('length') && !names.includes('range'),
      names.join(),
    );
  });

  it('knows columns of an unsaved file', async () => {
    const { text, offset } = cursor(
      '{ "tables": { "New": { "rules": [ { "rule": "not_null", "column": "|" } ] } } }',
    );
    const others = {
      table_schemas: '{ "tables": { "New": { "columns": { "fresh": { "type": "DATE" }, "half',
    };
    const found = await desk().editing.complete({ file: 'validation_rules', text, others }, offset);
    assert.equal(found[0]?.label, 'fresh');
    assert.equal(found[0].detail, 'DATE');
  });

  it('shows no value of a sensitive column', async () => {
    const { text, offset } = cursor(ruleText('{ "rule": "enum", "column": "seconds", "values": [|] }'));
    const others = {
      table_schemas: desk()
        .text('table_schemas')
        .replace('"type": "INTEGER"', '"type": "INTEGER", "sensitive": true'),
    };
    assert.deepEqual(await desk().editing.complete({ file: 'validation_rules', text, others }, offset), []);
  });

  it('says of a file outside of the workspace what its own text says', async () => {
    const { text, offset } = cursor(ruleText('{ "rule": "range", "column": "|" }'));
    const columns = await desk().editing.complete({ file: 'validation_rules', text, alone: true }, offset);
    assert.equal(columns[0]?.label, '_source_row');
    const keys = cursor(ruleText('{ "rule": "range", | }'));
    const found = await desk().editing.complete(
      { file: 'validation_rules', text: keys.text, alone: true },
      keys.offset,
    );
    assert.equal(found[0]?.label, 'column');
  });
});
