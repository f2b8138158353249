import assert from 'node:assert/strict';
import { escapePattern } from '../../../src/engine/base';
import { matcher } from '../../../src/engine/lake/landing';
import { type NamePart, namePattern } from '../../../src/engine/lake/namePattern';
import { brand, config, settingsIn, table } from '../../support/model';
import { seeded } from '../../support/seeded';

/** The same parts as a regular expression, which may try without end but says exactly what is meant. */
function regularExpression(parts: readonly NamePart[]): (path: string) => object | undefined {
  const source = parts.map((part) => {
    switch (part.kind) {
      case 'text':
        return escapePattern(part.text);
      case 'any':
        return '[^/]*';
      case 'part':
        return `(?<${part.name}>[^/]+?)`;
      case 'date':
        return '(?<date>\\d{8}|\\d{4}-\\d{2}-\\d{2})';
    }
  });
  const expression = new RegExp(`(?:^|/)${source.join('')}$`, 'iu');
  return (path) => {
    const found = expression.exec(path);
    return found === null ? undefined : { ...found.groups };
  };
}

const TEXTS = ['_', '-', 'a', 'ab', 'A', 'ſ', 'S', 'K', 'k', 'ß', 'İ', 'i̇', '😀', '.', '/', '{', '$', '2'];
const NAMES = [...TEXTS, 'B', '__', 'aB', '😀', '20241115', '2024-11-15', '202411', '-11-15', '/a/', '\n'];

/** Parts in any order; each that gives something stands once. */
function randomParts(random: ReturnType<typeof seeded>): readonly NamePart[] {
  const parts: NamePart[] = [];
  const open = new Set(['brand', 'table', 'date']);
  for (let i = random.below(7); i >= 0; i--) {
    const kind = random.pick(['text', 'text', 'any', 'any', 'brand', 'table', 'date']);
    if (kind === 'text') parts.push({ kind, text: random.pick(TEXTS) });
    else if (kind === 'any') parts.push({ kind });
    else if (open.delete(kind)) parts.push(kind === 'date' ? { kind } : { kind: 'part', name: kind });
  }
  return parts;
}

describe('a pattern of names', () => {
  it('reads as the regular expression of its parts does', () => {
    const random = seeded(20241115);
    let read = 0;
    for (let i = 0; i < 4_000; i++) {
      const parts = randomParts(random);
      const ours = namePattern(parts);
      const theirs = regularExpression(parts);
      for (let k = 0; k < 5; k++) {
        const name = Array.from({ length: random.below(8) }, () => random.pick(NAMES)).join('');
        const expected = theirs(name);
        if (expected !== undefined) read++;
        assert.deepEqual({ ...ours(name) }, { ...expected }, JSON.stringify({ parts, name }));
        assert.equal(ours(name) === undefined, expected === undefined, JSON.stringify({ parts, name }));
      }
    }
    assert.ok(read > 1_000, `${read} names were read`);
  });

  it('takes as many steps as it has parts times characters, whatever the name', () => {
    const parts: readonly NamePart[] = [
      ...([{ kind: 'any' }, { kind: 'part', name: 'brand' }, { kind: 'any' }] as const),
      ...([{ kind: 'part', name: 'table' }, { kind: 'any' }, { kind: 'date' }, { kind: 'any' }] as const),
    ];
    for (const length of [240, 480, 4_000]) {
      let steps = 0;
      assert.equal(
        namePattern(parts)('_'.repeat(length), () => steps++),
        undefined,
      );
      // A part that is given has two states; the end is one more.
      assert.ok(steps <= (parts.length + 3) * (length + 1), `${steps} steps for ${length} characters`);
    }
  });

  it('lets no file name hold up LANDING_PATTERN', () => {
    const landingPattern = '*{brand}*{table}*{date}*';
    const read = matcher(settingsIn('/w', { landingPattern }), config([brand('_')], [table('__', [])]));
    assert.equal(read(`${'_'.repeat(240)}.csv`).kind, 'none');
    assert.deepEqual(read(`x_y__z20241115${'_'.repeat(200)}.csv`), {
      ...{ kind: 'match', brand: '_', table: '__', date: '20241115' },
    });
  });
});
