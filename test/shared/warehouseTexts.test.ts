// What the warehouse's commands decide without an editor: statements to copy, the SQL document, sources of secrets.
import assert from 'node:assert/strict';
import { readSecretFile, secretSource } from '../../src/vscode/secretValues';
import { loadSqlText, statementsOf } from '../../src/vscode/warehouse/texts';

const problem = { severity: 'error', message: 'No right.', remedy: '' } as const;

describe('texts of the warehouse', () => {
  it('take the statements of a problem, or the GRANTs out of its remedy', () => {
    assert.deepEqual(statementsOf({ ...problem, statements: ['GRANT A', 'GRANT B;'] }), [
      'GRANT A;',
      'GRANT B;',
    ]);
    assert.deepEqual(
      statementsOf({
        ...problem,
        remedy: 'Run: GRANT USAGE ON WAREHOUSE W TO ROLE R; GRANT B ON C TO ROLE R',
      }),
      ['GRANT USAGE ON WAREHOUSE W TO ROLE R;', 'GRANT B ON C TO ROLE R;'],
    );
    assert.deepEqual(statementsOf({ ...problem, remedy: 'Set SNOWFLAKE_WAREHOUSE.' }), []);
  });

  it('make a document in which nothing but the statements is SQL', () => {
    const text = loadSqlText({
      warehouse: { kind: 'snowflake', place: 'acc\nDROP TABLE x;' },
      date: '20241115',
      table: 'Device',
      statements: ['BEGIN', 'COMMIT;'],
    });
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('--'));
    assert.deepEqual(lines, ['BEGIN;', 'COMMIT;']);
    assert.match(text, /2024-11-15/);
  });
});

describe('a secret', () => {
  it('is read from the storage, else the environment, else .env', () => {
    assert.deepEqual(secretSource(true, 'x', 3), { read: 'storage', shadowed: 3 });
    assert.deepEqual(secretSource(false, 'x', 3), { read: 'environment', shadowed: 3 });
    assert.deepEqual(secretSource(false, '', 3), { read: { line: 3 } });
    assert.deepEqual(secretSource(false, undefined, undefined), { read: 'unset' });
  });

  it('comes from a file with its line breaks, without the last one', () => {
    const file = (text: string): Uint8Array => new TextEncoder().encode(text);
    assert.deepEqual(readSecretFile(file('\uFEFFa\r\nb\r\n')), { ok: true, value: 'a\r\nb' });
    for (const wrong of [
      file(''),
      file('\n'),
      file('a\0b'),
      Uint8Array.of(0xff),
      new Uint8Array(70_000).fill(65),
    ])
      assert.deepEqual(readSecretFile(wrong), { ok: false });
  });
});
