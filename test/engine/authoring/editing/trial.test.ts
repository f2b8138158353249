// Rules of a draft on real rows: the same answer as a run with them saved.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { openEditing, previewFile, readReport } from '../../../../src/engine';
import type { Draft, RuleChange } from '../../../../src/engine/authoring/editing';
import { DATE, open, runDay } from '../../../support/day';
import { ruleText, useDesk } from './desk';

const context = { signal: new AbortController().signal, progress: () => undefined };
const draftOf = (text: string): Draft => ({ file: 'validation_rules', text });

async function rowsOf(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const preview = await previewFile(path, { limit: 1000, offset: 0 });
  try {
    const rows: Readonly<Record<string, unknown>>[] = [];
    for await (const batch of preview.batches())
      for (const row of batch)
        rows.push(Object.fromEntries(preview.columns.map((column, i) => [column.name, row[i]])));
    return rows;
  } finally {
    await preview.close();
  }
}

describe('a rule tried on the gold of a date', () => {
  const desk = useDesk();
  const attempt = async (rule: string, id: string) => {
    const draft = draftOf(ruleText(rule));
    const wanted = { table: 'Playback', rule: id, date: DATE };
    const trial = await desk().editing.tryRule(draft, wanted, context);
    const failing = await desk().editing.failingRows(draft, wanted, context);
    assert.equal(failing?.total ?? 0, trial.rows);
    return { ...trial, failing };
  };

  it('gives its finding and its failing rows, with where they came from', async () => {
    const { finding, failing, date } = await attempt(
      '{ "id": "short", "rule": "range", "column": "seconds", "max": 259, "on_fail": "report" }',
      'short',
    );
    assert.equal(date, DATE);
    assert.deepEqual(
      { failing: finding.failing, evaluated: finding.evaluated, status: finding.status },
      { failing: 4, evaluated: 82, status: 'warned' },
    );
    assert.equal(failing?.rows, 4);
    const rows = await rowsOf(failing.path);
    assert.deepEqual(
      rows.map((row) => [row['seconds'], row['_brand']]),
      [
        [266, 'Skylink'],
        [273, 'Skylink'],
        [266, 'Digi'],
        [273, 'Digi'],
      ],
    );
    assert.deepEqual(Object.keys(rows[0]!), [
      ...['broken_rules', 'playback_id', 'device_id', 'started_at', 'seconds'],
      ...['_brand', '_source_file', '_source_row'],
    ]);
  });

  it('has no rows where none fails', async () => {
    const { finding, failing } = await attempt(
      '{ "id": "any", "rule": "not_null", "column": "seconds" }',
      'any',
    );
    assert.equal(finding.status, 'passed');
    assert.equal(failing, undefined);
  });

  it('evaluates a rule that is switched off, in a text that is broken elsewhere', async () => {
    const { finding } = await attempt(
      '{ "rule": "range", "column": }, { "id": "off", "rule": "row_count", "min": 100, "enabled": false }, { "rule"',
      'off',
    );
    assert.equal(finding.status, 'failed');
    assert.equal(finding.observed, 82);
  });

  it('tells what is wrong with the rule itself', async () => {
    const { finding } = await attempt(
      '{ "id": "x", "rule": "expression", "expression": "read_text(1)" }',
      'x',
    );
    assert.equal(finding.status, 'error');
    assert.match(finding.message ?? '', /read_text/);
  });

  it('shows the rows beside a gap', async () => {
    const { failing } = await attempt(
      '{ "id": "gaps", "rule": "no_gaps", "column": "seconds", "step": 7, "where": "seconds <> 70" }',
      'gaps',
    );
    assert.ok(failing !== undefined && failing.rows > 0);
  });

  it('reaches other tables of the date', async () => {
    const { finding } = await attempt(
      '{ "id": "ref", "rule": "references", "column": "device_id", "to": "Device.device_id" }',
      'ref',
    );
    assert.equal(finding.failing, 4);
  });

  it('says which rule or date is not there', async () => {
    await assert.rejects(attempt('{ "id": "a", "rule": "row_count", "min": 1 }', 'b'), /has no rule b here/);
    await assert.rejects(
      desk().editing.tryRule(
        draftOf(ruleText('{ "id": "a", "rule": "row_count", "min": 1 }')),
        { table: 'Playback', rule: 'a', date: '20200101' },
        context,
      ),
      /no gold of Playback for 20200101/,
    );
  });

  it('can be cancelled, and leaves no files when it is closed', async () => {
    const editing = openEditing({ directory: desk().folder, environment: { SETTLE: '0' } });
    const draft = draftOf(ruleText('{ "id": "a", "rule": "range", "column": "seconds", "max": 1 }'));
    const wanted = { table: 'Playback', rule: 'a', date: DATE };
    const control = new AbortController();
    control.abort();
    await assert.rejects(editing.tryRule(draft, wanted, { ...context, signal: control.signal }), /cancelled/);
    const failing = await editing.failingRows(draft, wanted, context);
    assert.ok(failing !== undefined && existsSync(failing.path));
    editing.close();
    assert.ok(!existsSync(failing.path));
  });

  it('knows the dates it can be tried on', async () => {
    assert.deepEqual(await desk().editing.dates('Playback'), [DATE]);
    assert.deepEqual(await desk().editing.dates('Nothing'), []);
    assert.deepEqual(await desk().editing.dates(), [DATE]);
  });
});

describe('what a draft would change', () => {
  const desk = useDesk();
  const change = (text: string, tables?: readonly string[]): Promise<readonly RuleChange[]> =>
    desk().editing.whatWouldChange(
      draftOf(text),
      { date: DATE, ...(tables === undefined ? {} : { tables }) },
      context,
    );
  const rules = (playback: string): string =>
    `{ "tables": { "Device": { "rules": [ { "rule": "not_null", "column": "model" } ] }, "Playback": { "rules": [ ${playback} ] } } }`;

  it('is nothing for the rules as they are', async () => {
    assert.deepEqual(await change(desk().text('validation_rules')), []);
  });

  it('is the same as a run with the draft saved', async () => {
    const text = rules(
      '{ "rule": "range", "column": "seconds", "min": -10, "max": 259, "error": "50%" }, { "id": "known", "rule": "not_enum", "column": "device_id", "values": ["S1"], "error": "50%" }',
    );
    const [one, ...more] = await change(text);
    assert.equal(more.length, 0, 'only the table whose rules differ');
    assert.ok(one);
    const rejected = await rowsOf(one.rejectedRows!.path);
    const accepted = await rowsOf(one.acceptedRows!.path);
    assert.deepEqual(one.rules, [
      {
        id: 'range_seconds',
        before: { status: 'warned', failing: 2 },
        after: { status: 'warned', failing: 4 },
      },
      { id: 'known', before: null, after: { status: 'warned', failing: 1 } },
      {
        id: 'references_device_id_Device_device_id',
        before: { status: 'warned', failing: 4 },
        after: null,
      },
    ]);
    assert.equal(one.newlyRejected, rejected.length);
    assert.equal(one.newlyAccepted, accepted.length);
    assert.equal(one.newlyRejected + one.newlyAccepted + one.unchanged, 82);

    const before = await open(desk().folder).then((w) => readReport(w, DATE, 'Playback'));
    writeFileSync(join(desk().folder, 'config/validation_rules.json'), text);
    await runDay(desk().folder);
    const after = await open(desk().folder).then((w) => readReport(w, DATE, 'Playback'));
    assert.ok(before !== undefined && after !== undefined);
    const kept = (report: typeof before): number => report.rows.gold - report.rows.accepted;
    assert.deepEqual(
      [one.before, one.after],
      [
        { status: before.status, rejected: kept(before) },
        { status: after.status, rejected: kept(after) },
      ],
    );
    assert.equal(kept(after) - kept(before), one.newlyRejected - one.newlyAccepted);
    assert.deepEqual(
      accepted.map((row) => row['playback_id']),
      ['late', 'late'],
    );
    assert.deepEqual(await change(text), [], 'nothing is left to change');
  });

  it('asks for a draft without errors, and tells the first', async () => {
    await assert.rejects(
      change(rules('{ "rule": "range", "column": "secnds", "min": 1 }')),
      /no column "secnds"/,
    );
    await assert.rejects(change('{ "tables": '), /ends where/);
  });

  it('looks at the tables that are asked for', async () => {
    assert.deepEqual(await change(rules(''), ['Device']), []);
    assert.equal((await change(rules(''), ['Playback'])).length, 1);
    assert.deepEqual(
      await desk().editing.whatWouldChange(draftOf(rules('')), { date: '20200101' }, context),
      [],
    );
  });
});
