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
});
