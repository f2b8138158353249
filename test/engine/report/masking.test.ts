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

  describe('a query that gives a sensitive value a name of its own', () => {
    const shownBy = (query: string): readonly unknown[] => {
      const asked = maskingOf(
        config(
          [brand('Skylink')],
          [
            table('Person', [column('person_id', 'VARCHAR'), column('note', 'VARCHAR')]),
            table('Account', [column('mail', 'VARCHAR', { sensitive: true }), column('city', 'VARCHAR')]),
          ],
          [rule('Person', 'sql', { id: 'own', parameters: { query } })],
        ),
      );
      const { samples } = asked.finding('Person', {
        ...finding('note'),
        ...{ id: 'own', rule: 'sql', columns: [] },
        samples: [{ values: { note: 'secret-4711' }, file: null, row: null }],
      });
      return samples.map(({ values }) => values['note']);
    };
    for (const query of [
      'SELECT note FROM rows WHERE false UNION ALL SELECT * FROM Account',
      'SELECT * FROM Account except select note, note from rows',
      'SELECT note FROM Account t(note, person_id)',
      'SELECT note FROM Account "t" (note, person_id)',
      'SELECT note FROM Account t/**/(note, person_id)',
      'SELECT note FROM rows, (SELECT * FROM Account) t(person_id, note)',
      'SELECT note FROM rows JOIN Account -- x\n a(note) ON true',
    ])
      it(query, () => assert.deepEqual(shownBy(query), ['(hidden)']));

    for (const query of [
      "SELECT note FROM rows WHERE lower(note) IN ('a', 'b') AND length(note) > 2",
      'SELECT note, count(*) FILTER (WHERE true) OVER (ORDER BY note) FROM rows, Account',
      'SELECT note FROM rows JOIN Account USING (city) WHERE NOT EXISTS (SELECT 1 FROM Account WHERE (note) LIKE (city))',
    ])
      it(`and none: ${query}`, () => assert.deepEqual(shownBy(query), ['secret-4711']));
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
