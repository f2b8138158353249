// Files of one word beyond ASCII: the encoding is right, or it says that it may not be.
import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { decideEncoding, type EncodingDecision } from '../../../src/engine/csv/encoding';
import { LANGUAGES } from '../../../src/engine/csv/languages';
import type { EncodingEvidence } from '../../../src/engine/csv/codePages';
import { HELD_BACK, SIGNS } from './heldBackWords';

type Region = 'central' | 'western';

function decided(words: readonly string[], page: string, region?: Region): EncodingDecision {
  const rows = words.map((word, i) => `${i + 1},${word},2.5\n`).join('');
  const file = iconv.encode(`id,name,price\n${rows}77,Plain,3.1\n78,Other,4\n`, page);
  return decideEncoding([file], region === undefined ? undefined : () => ({ region }));
}

type Outcome = 'right' | 'refused' | 'silent' | 'doubted';

/** "silent": wrong, and nothing said. */
function outcome(word: string, page: string, decision: EncodingDecision): Outcome {
  if (decision.kind === 'refused') return 'refused';
  const read = iconv.decode(iconv.encode(word, page), decision.encoding);
  return read === word ? 'right' : decision.doubts === undefined ? 'silent' : 'doubted';
}

const inPage = (word: string, page: string): boolean => iconv.decode(iconv.encode(word, page), page) === word;

const beyondAscii = (words: string): readonly string[] =>
  words.split(/\s+/).filter((word) => /[^\x00-\x7f]/.test(word));

/** Files of one word each, of the languages that use a code page. */
function readOne(page: string, zone: Region | undefined): readonly (readonly [string, EncodingDecision])[] {
  const words = HELD_BACK.filter(({ pages }) => pages.includes(page)).flatMap((one) =>
    beyondAscii(one.words),
  );
  const signs = page.startsWith('windows') ? SIGNS : [];
  return [...words, ...signs]
    .filter((word) => inPage(word, page))
    .map((word) => [word, decided([word], page, zone)] as const);
}

/** Of 100 files may be read wrongly, which then is said. */
const MOST_WRONG = 3;
/** Of 100 may have a doubt or be refused: who doubts everything is never wrong in silence. */
const mostDoubted = (page: string): number => (page === 'iso-8859-2' ? 33 : 20);

describe('the encoding of files of one word', () => {
  it('is tried on at least 25 words of each language that the model was not taught', () => {
    const taught = new Set(LANGUAGES.flatMap(({ words }) => words.toLowerCase().split(/\s+/)));
    for (const { code, words } of HELD_BACK) {
      const own = beyondAscii(words);
      assert.deepEqual(
        own.filter((word) => taught.has(word.toLowerCase())),
        [],
        code,
      );
      assert.ok(new Set(own).size >= 25, `${code}: ${new Set(own).size}`);
    }
    assert.equal(new Set(HELD_BACK.map(({ code }) => code)).size, 8);
  });

  const zones = [undefined, 'central', 'western'] as const;
  for (const page of new Set(HELD_BACK.flatMap(({ pages }) => pages)))
    for (const zone of zones)
      it(`is right in ${page} ${zone === undefined ? 'without a time zone' : `with a ${zone} one`}, and never wrong in silence`, () => {
        const read = readOne(page, zone);
        const outcomes = read.map(([word, decision]) => ({ word, what: outcome(word, page, decision) }));
        const words = (what: Outcome): readonly string[] =>
          outcomes.filter((one) => one.what === what).map(({ word }) => word);
        assert.deepEqual(words('silent'), []);
        const misleading =
          zone !== undefined && !HELD_BACK.some((o) => o.region === zone && o.pages.includes(page));
        if (!misleading)
          assert.ok(words('doubted').length * 100 <= MOST_WRONG * read.length, words('doubted').join(' '));
        const unsure = read.filter(([, one]) => one.kind === 'refused' || one.doubts !== undefined);
        assert.ok(
          unsure.length * 100 <= mostDoubted(page) * read.length,
          `${unsure.length} of ${read.length}: ${unsure.map(([word]) => word).join(' ')}`,
        );
      });

  it('has a doubt where letters speak for another code page', () => {
    // Chosen because they are misread: no part of the words that are counted above.
    for (const word of ['educativă', 'mangę', 'stlačené'])
      assert.equal(outcome(word, 'windows-1250', decided([word], 'windows-1250')), 'doubted', word);
  });

  it('says which words it is about', () => {
    const clear = decided(['Kôň'], 'windows-1250');
    assert.ok(clear.kind === 'decided');
    assert.deepEqual([clear.encoding, clear.doubts], ['windows-1250', undefined]);
    const contested = decided(['Raftů'], 'windows-1250');
    assert.ok(contested.kind === 'decided');
    assert.equal(contested.doubts?.length, 1);
    assert.match(
      contested.doubts[0]?.message ?? '',
      /"Raftù" as windows-1252, which was taken; "Raftů" as windows-1250/,
    );
    assert.ok(contested.confidence < 0.95, String(contested.confidence));
  });
});

describe('UTF-8', () => {
  it('is known by its bytes, whatever it holds', () => {
    for (const word of ['Žena', 'Foto’s', 'Москва', '日本語', 'Αθήνα', '😀', 'é', 'cafe\u0301', 'Größe'])
      assert.equal(
        Object.entries(decided([word], 'utf-8')).find(([key]) => key === 'encoding')?.[1],
        'utf-8',
        word,
      );
  });

  it('is kept where a minority of lines is not; as many of each are refused', () => {
    const good = Buffer.from('1,Žena\n');
    const bad = iconv.encode('2,Žluťoučký kůň\n', 'windows-1250');
    const file = (...lines: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from('id,name\n'), ...lines]);
    const minority = decideEncoding([file(good, bad, good, bad, good)]);
    assert.ok(minority.kind === 'decided');
    assert.equal(minority.encoding, 'utf-8');
    const half = decideEncoding([file(good, bad)]);
    assert.ok(half.kind === 'refused');
    assert.equal(half.code, 'AMBIGUOUS_ENCODING');
    const few = decideEncoding([file(bad, bad, good)]);
    assert.ok(few.kind === 'decided');
    assert.deepEqual([few.encoding, few.doubts?.length], ['windows-1250', 1]);
  });

  it('by chance is a doubt', () => {
    for (const word of ['SPÓŁKA', 'STRĂŞENI', 'MŮŽE']) {
      const decision = decided([word], 'windows-1250');
      assert.ok(decision.kind === 'decided' && decision.doubts !== undefined, word);
    }
  });
});

describe('evidence beside the bytes', () => {
  it('is asked only where they do not settle the encoding', () => {
    let asked = 0;
    const evidence = (): { readonly earlier: string } => {
      asked += 1;
      return { earlier: 'windows-1250' };
    };
    const clear = iconv.encode('id,name\n1,Příliš žluťoučký kůň\n2,Životní příběhy\n', 'windows-1250');
    const first = decideEncoding([clear], evidence);
    assert.ok(first.kind === 'decided' && first.evidence === undefined);
    assert.equal(asked, 0);
    const contested = decideEncoding([iconv.encode('id,name\n1,Raftů\n', 'windows-1250')], evidence);
    assert.ok(contested.kind === 'decided');
    assert.deepEqual(
      [asked, contested.encoding, contested.evidence],
      [1, 'windows-1250', { earlier: 'windows-1250' }],
    );
  });

  const read = (page: string, word: string, evidence: EncodingEvidence): EncodingDecision =>
    decideEncoding([iconv.encode(`id,name\n1,${word}\n`, page)], () => evidence);
  const shown = (decision: EncodingDecision): readonly unknown[] =>
    decision.kind === 'decided' ? [decision.encoding, decision.doubts?.length ?? 0] : [decision.code];

  it('does not overrule bytes that are clear, whatever earlier files and the time zone say', () => {
    const western: EncodingEvidence = { earlier: 'windows-1252', region: 'western' };
    const central: EncodingEvidence = { earlier: 'windows-1250', region: 'central' };
    // Settled by themselves.
    assert.deepEqual(shown(read('windows-1250', 'Kôň', western)), ['windows-1250', 0]);
    assert.deepEqual(shown(read('windows-1252', 'Foto’s à la crème brûlée', central)), ['windows-1252', 0]);
    // All but settled: together the evidence weighs more than the bytes, but they are clear; it is said.
    assert.deepEqual(shown(read('windows-1250', 'krajčírka', western)), ['windows-1250', 1]);
  });

  it('takes the doubt away only where an earlier file says what the bytes say', () => {
    const doubts = (evidence: EncodingEvidence): number =>
      Number(shown(read('windows-1250', 'Bobuľka', evidence))[1]);
    assert.deepEqual(
      [doubts({}), doubts({ region: 'central' }), doubts({ region: 'central', earlier: 'windows-1250' })],
      [1, 1, 0],
    );
    assert.deepEqual(shown(read('windows-1250', 'drevorubač', { region: 'central' })), ['windows-1250', 1]);
    // The brand changed its encoding, and the bytes are all but silent.
    const changed = read('windows-1250', 'Nosiče', { region: 'western', earlier: 'windows-1252' });
    assert.deepEqual(shown(changed), ['windows-1252', 1]);
    // The bytes lean the other way: the earlier file is followed, and it is said.
    assert.deepEqual(shown(read('windows-1250', 'Raftů', { region: 'central', earlier: 'windows-1250' })), [
      'windows-1250',
      1,
    ]);
  });
});
