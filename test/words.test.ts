// Users read the words of their trade: no text they see has a word of the glossary's left column (src/README.md).
// `M7_WORDS=src/debug npx mocha test/words.test.ts` looks at that folder or file alone.
import assert from 'node:assert/strict';
import { assertNone } from './support/none';
import { textsForUsers, type Text } from './support/texts';

interface Retired {
  readonly word: RegExp;
  readonly instead: string;
}

const RETIRED: readonly Retired[] = [
  { word: /\b(tells?|told|telling)\b(?!( \S+){0,6} apart)/i, instead: 'reports, says, shows' },
  { word: /\banew\b/i, instead: 'again' },
  { word: /\b(kept|keeps?|keeping)( \S+)? out\b/i, instead: 'rejected' },
  { word: /\bkept whole\b/i, instead: 'rejected file' },
  { word: /\btroubles?\b/i, instead: 'problem' },
  { word: /\b(is|are|were|was) none\b(?! of)/i, instead: 'is not a …; there is no …' },
  { word: /\bmend(s|ed|ing)?\b/i, instead: 'fix' },
  { word: /\bhand(s|ed|ing)?( \S+)? in\b/i, instead: 'submit' },
  { word: /\b(stands?|stood|standing) still\b|\bstanding\b/i, instead: 'is paused' },
  {
    word: /\bstrays?\b|\bleft alone\b|\bfiles? not taken\b|\bfiles? that no run takes\b/i,
    instead: 'ignored file',
  },
  { word: /\bfor who(ever)?\b/i, instead: 'for callers that' },
  { word: /\b(goes|went|ended|ends) well\b|\b(is|are|all) well\b/i, instead: 'succeeded; no problems found' },
  { word: /\bwhat is due\b/i, instead: 'everything that is due; due dates' },
  { word: /\b(have|has|had) not come\b/i, instead: 'not received; missing' },
  { word: /\bby the settings\b/i, instead: 'settings in .env' },
  { word: /\b(could|can) not be done\b|\bcannot be done\b|^not done\b/i, instead: 'failed' },
  { word: /\bbegun\b/i, instead: 'started' },
  { word: /\b(goes|go|going|went) on by\b/i, instead: 'continues with' },
  { word: /\b(lies(?! between)|stands(?! for))\b/i, instead: 'is in' },
];

/** Where a word is meant as it is written, and why. */
const MEANT: readonly { readonly text: RegExp; readonly because: string }[] = [
  { text: /"kind": "trouble"/, because: 'A value of the JSON that webhooks get: programs read it.' },
];

const only = process.env['M7_WORDS'];
const isMeant = ({ text }: Text): boolean => MEANT.some((one) => one.text.test(text));
const isBelow = ({ where }: Text, folder: string): boolean =>
  where === folder || where.startsWith(`${folder}/`) || where.startsWith(`${folder}:`);

function complaints(texts: readonly Text[]): readonly string[] {
  return texts
    .filter((one) => !isMeant(one))
    .flatMap((one) => {
      const found = RETIRED.flatMap(({ word, instead }) => {
        const [hit] = word.exec(one.text) ?? [];
        return hit === undefined ? [] : [`“${hit}” → ${instead}`];
      });
      return found.length === 0
        ? []
        : [`${one.where}: ${found.join(', ')}: ${one.text.trim().slice(0, 160)}`];
    });
}

describe('the words that users read', () => {
  const texts = textsForUsers();

  it('are found: literals, templates, the manifest, schemas and pages', () => {
    const count = (folder: string): number => texts.filter((one) => isBelow(one, folder)).length;
    for (const [folder, least] of [
      ['src/engine', 1_500],
      ['src/vscode', 500],
      ['src/webviews', 200],
      ['src/cli', 100],
      ['package.nls.json', 50],
      ['package.json', 5],
      ['config', 100],
      ['README.md', 20],
    ] as const)
      assert.ok(count(folder) >= least, `${count(folder)} texts in ${folder}`);
    assert.ok(texts.some(({ text }) => text.includes('…')));
  });

  it('are those of the glossary', () => {
    const rest = texts.filter((one) => only === undefined || isBelow(one, only));
    assertNone(
      complaints(rest),
      'Say it in the words of the glossary (src/README.md), or list it in MEANT with the reason:',
    );
  });

  it('are excepted only where they are written', () => {
    const idle = MEANT.filter(({ text }) => !texts.some((one) => text.test(one.text)));
    assertNone(
      idle.map(({ text }) => text.source),
      'Nothing is written like this any more: remove it from MEANT.',
    );
  });
});
