// What a mistyped name means, and text inside of patterns.
import assert from 'node:assert/strict';
import { didYouMean, escapePattern, foldHeader, nearest, suggestion } from '../../../src/engine/base';

describe('a mistyped name', () => {
  const TABLES = ['Device', 'EPG', 'Playback', 'User'];

  it('means the nearest known one, if it is near', () => {
    for (const [typed, meant] of [
      ['Playbak', 'Playback'],
      ['playback', 'Playback'],
      ['Usre', 'User'],
      ['EPH', 'EPG'],
      ['Devices', 'Device'],
      ['Smartcard', undefined],
      ['X', undefined],
      ['', undefined],
      ['x'.repeat(5000), undefined],
    ] as const)
      assert.equal(nearest(typed, TABLES), meant, typed);
    assert.equal(nearest('User', []), undefined);
  });

  it('is compared as headers are, where headers are meant', () => {
    assert.equal(nearest('started_at', ['STARTED - AT.', 'id'], foldHeader), 'STARTED - AT.');
  });

  it('is answered with what to write instead', () => {
    assert.equal(didYouMean('Playbak', TABLES), 'Did you mean "Playback"?');
    assert.equal(didYouMean('Smartcard', TABLES), 'Use one of Device, EPG, Playback, User.');
    assert.match(
      didYouMean(
        '?',
        Array.from({ length: 20 }, (_, i) => `column_${i}`),
      ),
      /column_11, …\.$/,
    );
    assert.equal(didYouMean('User', []), 'None is configured yet.');
    assert.equal(suggestion('Smartcard', TABLES, 'Add it.'), 'Add it.');
  });
});

describe('text in a pattern', () => {
  it('matches itself alone, with and without Unicode', () => {
    const text = String.raw`a.b+c*(d)[e]{f}|g^h$i\j-k/l?`;
    for (const flags of ['', 'u']) {
      const pattern = new RegExp(`^${escapePattern(text)}$`, flags);
      assert.ok(pattern.test(text));
      assert.ok(!pattern.test(text.replace('.', 'x')));
    }
  });
});
