// The table that a person names.
import assert from 'node:assert/strict';
import { namedTable } from '../../../src/engine/base';
import { brand, config, table } from '../../support/model';

describe('the table of a name', () => {
  const known = config([brand('A')], [table('User', []), table('Straße', []), table('Příjem', [])]);

  it('is found without regard to case and form', () => {
    for (const [typed, name] of [
      ['User', 'User'],
      ['uSER', 'User'],
      ['STRASSE', 'Straße'],
      ['PŘÍJEM'.normalize('NFD'), 'Příjem'],
    ] as const)
      assert.equal(namedTable(known, typed).name, name);
  });

  it('is refused with the one that is meant', () => {
    assert.throws(() => namedTable(known, 'Usre'), {
      code: 'NOT_FOUND',
      message: 'There is no table Usre in table_schemas.json.',
      remedy: 'Did you mean "User"?',
    });
  });
});
