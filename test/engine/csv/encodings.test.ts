// Files of one word beyond ASCII: the encoding is right, or it says that it may not be.
import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { decideEncoding, type EncodingDecision } from '../../../src/engine/csv/encoding';

/** Words and signs that the model was not taught, by the code pages of their languages. */
const HELD_BACK: readonly {
  readonly region: 'central' | 'western';
  readonly pages: readonly string[];
  readonly words: string;
}[] = [
  {
    region: 'central',
    pages: ['windows-1250', 'iso-8859-2'],
    words: `Havlíček Vondráčková Krkonoše Třeboň Žamberk Čáslav Náplavka hřbitov kytaře zvěřinec ostružiny pětiletý
Fatranský Ľubovňa Vajnory Štrkovec krajčírka ďateľ vyšívaný hlboký Kysuce rozprávkár Trstená pôžitok čučoriedka
Szczecin Gorzów Ząbkowice Zakręt więzy śledź chrząszcz źdźbło żarówka Bronisława Częstochowianka wędrówka Śródmieście
Veszprém Kővágó csillagfény tűzijáték nővérem Vörösmarty gyümölcsös különleges hétvége zsírszűrő Bükkábrány
Argeşul Făt-Frumos călăraş ştiuca împăratul Ţăranul Mărţişor vânătorul sfârşeşte Băneasa`,
  },
  {
    region: 'western',
    pages: ['windows-1252', 'iso-8859-15'],
    words: `coöperatief geïnteresseerden Zeeuws-Vlaanderen's Daniëlle's ruïneus Oekraïense reëel knieën café überhaupt
Straßenbahn Gänseblümchen Überflieger Mönch Völkerball Fußgänger Königsstraße Äpfel grüßt Lüneburg Weißenfels
forêts hôtesse élève théâtres garçonnet là-haut pâtissière naïvement goûteux Chloé œuvre bûcheronne Noëlle`,
  },
];
const SIGNS = [
  'Foto’s',
  'Auto’s',
  'Tour – live',
  '„Krimi“',
  'Und dann…',
  '5 €',
  'Pixar™',
  '© 2024',
  '20 °C',
  '« Oui »',
];

function decided(words: readonly string[], page: string, region?: 'central' | 'western'): EncodingDecision {
  const rows = words.map((word, i) => `${i + 1},${word},2.5\n`).join('');
  const file = iconv.encode(`id,name,price\n${rows}77,Plain,3.1\n78,Other,4\n`, page);
  return decideEncoding([file], region === undefined ? undefined : () => ({ region }));
}

/** "right", "refused", "doubted" (wrong, and said), or "silent". */
function outcome(word: string, page: string, decision: EncodingDecision): string {
  if (decision.kind === 'refused') return 'refused';
  const read = iconv.decode(iconv.encode(word, page), decision.encoding);
  return read === word ? 'right' : decision.doubts === undefined ? 'silent' : 'doubted';
}

const inPage = (word: string, page: string): boolean => iconv.decode(iconv.encode(word, page), page) === word;

describe('the encoding of files of one word', () => {
  for (const { region, pages, words } of HELD_BACK)
    for (const page of pages)
      for (const zone of [undefined, region])
        it(`is right in ${page} ${zone === undefined ? 'without a time zone' : `with a ${zone} one`}, and never wrong in silence`, () => {
          const known = [...words.split(/\s+/), ...(page.startsWith('windows') ? SIGNS : [])].filter(
            (word) => /[^\x00-\x7f]/.test(word) && inPage(word, page),
          );
          const outcomes = known.map((word) => [word, outcome(word, page, decided([word], page, zone))]);
          const wrong = outcomes.filter(([, what]) => what === 'doubted' || what === 'silent');
          assert.deepEqual(
            outcomes.filter(([, what]) => what === 'silent'),
            [],
          );
          assert.ok(wrong.length <= known.length * 0.03, JSON.stringify(wrong));
        });

  it('says which words it is about', () => {
    const decision = decided(['Kôň'], 'windows-1250');
    assert.ok(decision.kind === 'decided');
    assert.equal(decision.encoding, 'windows-1250');
    const contested = decided(['Bobuľka'], 'windows-1250');
    assert.ok(contested.kind === 'decided');
    if (contested.doubts !== undefined)
      assert.match(contested.doubts[0]?.message ?? '', /"Bobuľka" as windows-1250/);
    assert.ok(contested.doubts === undefined || contested.confidence < 0.95);
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
});
