// Which headers of a file mean the same column.
import assert from 'node:assert/strict';
import { foldHeader, foldName, headerOf } from '../../../src/engine/base';

const NFD = (text: string): string => text.normalize('NFD');

describe('names that are equal', () => {
  const SAME: readonly (readonly [string, readonly string[]])[] = [
    [
      'user_id',
      ['USER ID', 'User-Id', 'userid', ' user\tid ', 'user\u00a0id', 'user\u202fid', 'user\u3000id'],
    ],
    ['user_id', ['user\u2010id', 'user\u2011id', 'user – id', 'user\u2212id']],
    [
      'user_id',
      ['\ufeffuser_id', 'user\u200b_id', 'us\u00ader_id', 'user\u200d\u200cid', 'user\u2060id\u200e'],
    ],
    ['příjem', [NFD('příjem'), 'PŘÍJEM', NFD('PŘÍJEM'), 'pří-jem', 'pr\u200b\u030cíjem']],
    ['straße', ['STRASSE', 'Strasse']],
    ['isim', ['İSİM', 'ISIM', 'ısım']],
    ['οδος_α', ['ΟΔΟΣΑ', 'οδοσα']],
    ['가격', [NFD('가격')]],
  ];
  for (const [name, others] of SAME)
    it(`${name}: however a file writes it`, () => {
      for (const other of others) assert.equal(foldHeader(other), foldHeader(name), JSON.stringify(other));
    });

  it('keeps apart what people read as two names', () => {
    const names = ['m2', 'm²', 'příjem', 'prijem', 'user_id', 'user.id', 'user/id', 'id+', 'id', 'id1'];
    assert.equal(new Set(names.map(foldHeader)).size, names.length);
  });

  it('leaves nothing of a name without letters', () => {
    for (const name of ['', ' ', '_', '-', '\u200b', '__ –']) assert.equal(foldHeader(name), '', name);
  });

  it('knows names of folders and columns without case and form, with every other character', () => {
    assert.equal(foldName(NFD('PŘÍJEM')), foldName('příjem'));
    assert.notEqual(foldName('user id'), foldName('user_id'));
  });

  it('finds the first name that is there: as written, then as meant', () => {
    assert.equal(headerOf(['user_id'], ['USERID', 'user_id']), 'user_id');
    assert.equal(headerOf(['user_id', 'client'], ['client', 'User Id']), 'User Id');
    assert.equal(headerOf(['id', 'client'], ['CLIENT', 'client']), 'client');
    assert.equal(headerOf(['id'], ['name']), undefined);
  });
});
