// A sensitive value is hidden whatever its column is called in a sample: by the config's name or by a file's header.
import assert from 'node:assert/strict';
import { maskingOf } from '../../../src/engine/report/masking';
import type { Finding } from '../../../src/engine/model';
import { brand, column, config, rule, table } from '../../support/model';

const masking = maskingOf(
  config(
    [brand('Skylink')],
    [
      table('User', [
        column('user_id', 'VARCHAR'),
        column('příjem', 'VARCHAR', { sensitive: true, source: ['Měsíční příjem'] }),
      ]),
    ],
    [rule('User', 'regex', { id: 'income' })],
  ),
);

const finding = (name: string): Finding => ({
  ...{ id: 'income', rule: 'regex', columns: [name], severity: 'error', status: 'failed' },
  ...{ evaluated: 10, failing: 1, failing_pct: 10, seconds: 0, config_line: 3 },
  samples: [{ values: { [name]: 'secret-4711', user_id: 'U-1' }, file: 'f.csv', row: 1 }],
});

describe('masking', () => {
  const WRITTEN: readonly (readonly [string, string])[] = [
    ['as the config writes it', 'příjem'],
    ['with decomposed accents', 'příjem'.normalize('NFD')],
    ['in upper case', 'PŘÍJEM'],
    ['with invisible characters', '\ufeffpří\u00adjem\u200b'],
    ['by a source name', 'Měsíční příjem'],
    ['by a source name, written otherwise', 'MĚSÍČNÍ-PŘÍJEM'.normalize('NFD')],
  ];
  for (const [what, name] of WRITTEN)
    it(`hides the values of a column named ${what}`, () => {
      const [sample] = masking.finding('User', finding(name)).samples;
      assert.ok(sample);
      assert.deepEqual(Object.values(sample.values), ['(hidden)', 'U-1']);
    });

  const SAID: readonly (readonly [string, string])[] = [
    [
      `Conversion Error: Could not convert string 'it's "x" to BOB' to INT32 when casting from source column příjem`,
      'Conversion Error: a value does not convert to INT32 (hidden)',
    ],
    [
      'Out of Range Error: Overflow in multiplication of INT32 (4711 * 4711)!',
      'Out of Range Error: (hidden)',
    ],
    ['Invalid Input Error: missing ): secret Error: (hidden)', 'Invalid Input Error: (hidden)'],
    [
      'Binder Error: Referenced column "příjem" not found',
      'Binder Error: Referenced column "příjem" not found',
    ],
  ];
  for (const [message, shown] of SAID)
    it(`says of an error what is no value: ${shown}`, () => {
      const once = masking.finding('User', { ...finding('příjem'), samples: [], message });
      assert.equal(once.message, shown);
      assert.equal(masking.finding('User', once).message, shown);
    });

  it('hides figures of a column in what a metric says, and no digit of a name', () => {
    const { observed, message } = masking.finding('User', {
      ...{ ...finding('příjem'), rule: 'freshness', observed: 26.5, samples: [] },
      message: 'The newest value of t2 is 2024-11-15 10:00:00, that of User is 1,234.5e-3.',
    });
    assert.equal(observed, '(hidden)');
    assert.equal(message, 'The newest value of t2 is (hidden), that of User is (hidden).');
  });
});
