// Debugging in the editor, as far as it needs none: what a session is asked for, and what the pointer is at.
import assert from 'node:assert/strict';
import { readLaunch } from '../../src/debug/launch';
import { nameAt, rowsIn } from '../../src/vscode/debug/pointer';
import { launchOf, debugRequestOf } from '../../src/vscode/debug/debugRequest';

describe('what a debug session is asked for', () => {
  const nothing = {
    date: undefined,
    stage: undefined,
    table: undefined,
    brand: undefined,
    rule: undefined,
    column: undefined,
  };

  it('is read from a date, a tree node, a finding, or nothing', () => {
    assert.deepEqual(debugRequestOf(undefined), nothing);
    assert.deepEqual(debugRequestOf('20241115'), { ...nothing, date: '20241115' });
    assert.deepEqual(
      debugRequestOf({ date: '20241115', table: 'User', id: 'runs/20241115/User', label: 'User' }),
      {
        ...nothing,
        date: '20241115',
        table: 'User',
      },
    );
    assert.deepEqual(debugRequestOf({ date: '20241115', table: 'User', rule: 'has_id', brand: 'Skylink' }), {
      ...nothing,
      date: '20241115',
      table: 'User',
      brand: 'Skylink',
      rule: 'has_id',
    });
  });

  it('takes what is of another kind for missing', () => {
    for (const wrong of [null, 7, true, 'soon', '2024-11-15', [], { date: 20241115, table: 3, rule: {} }])
      assert.deepEqual(debugRequestOf(wrong), nothing, JSON.stringify(wrong));
    // A rule without its table names none: ids are unique within a table.
    assert.deepEqual(debugRequestOf({ date: '20241115', rule: 'has_id' }), { ...nothing, date: '20241115' });
  });

  it('becomes a launch that the adapter understands', () => {
    const request = debugRequestOf({
      date: '20241115',
      table: 'User',
      stage: 'raw-to-silver',
      brand: 'Skylink',
    });
    assert.deepEqual(readLaunch(launchOf(request, 'Debug', '/w/s')), {
      workspace: '/w/s',
      request: { date: '20241115', stages: ['raw-to-silver'], tables: ['User'], brands: ['Skylink'] },
      stopOnEntry: false,
      publish: false,
      noDebug: false,
    });
  });

  it('of a column runs the stage that converts it, of a rule whatever leads to it', () => {
    const of = (more: object): readonly string[] | undefined =>
      readLaunch(launchOf(debugRequestOf({ date: '20241115', table: 'User', ...more }), 'Debug', '/w/s'))
        .request.stages;
    assert.deepEqual(of({ column: 'email' }), ['raw-to-silver']);
    assert.deepEqual(of({ column: 'email', stage: 'silver-to-gold' }), ['silver-to-gold']);
    assert.deepEqual(of({ rule: 'has_id' }), []);
  });
});

describe('the name under the pointer', () => {
  const LINE = '  "columns": ["user_id", "a \\"b\\"", ""], // "no';

  it('is what stands within quotes, without them', () => {
    assert.deepEqual(nameAt(LINE, LINE.indexOf('user_id') + 2), { name: 'user_id', start: 15, end: 22 });
    assert.equal(nameAt(LINE, LINE.indexOf('columns'))?.name, 'columns');
    assert.equal(nameAt(LINE, LINE.indexOf('b\\'))?.name, 'a "b"');
  });

  it('is none between strings, in an empty or open one, or past the end', () => {
    for (const at of [0, LINE.indexOf(':') + 1, LINE.indexOf('no'), LINE.length + 9])
      assert.equal(nameAt(LINE, at), undefined, String(at));
    assert.equal(nameAt('""', 1), undefined);
    assert.equal(nameAt('"\\x"', 2), undefined);
  });
});

describe('the rows that a variable means', () => {
  const container = { name: 'Failing rows (4)', variablesReference: 7 };

  it('are all of them, where it is one', () => {
    assert.equal(rowsIn({ container, variable: { name: '[0]', variablesReference: 12 } }), 7);
  });

  it('are its own, where it holds some', () => {
    assert.equal(rowsIn({ container, variable: { name: 'samples', variablesReference: 12 } }), 12);
  });

  it('are none for a plain value, or for nothing', () => {
    assert.equal(rowsIn({ container, variable: { name: 'id', variablesReference: 0 } }), undefined);
    for (const wrong of [undefined, null, 'x', {}, { variable: { name: '[0]' } }])
      assert.equal(rowsIn(wrong), undefined);
  });
});
