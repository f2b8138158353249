// Alphabets that none of our brands uses: believed only where the usual code pages make no words of many bytes.
import { characters } from './codePages';

/** Letters beyond ASCII with rough shares per thousand of them. */
const ALPHABETS: readonly { readonly encodings: readonly string[]; readonly letters: string }[] = [
  { encodings: ['windows-1254'], letters: 'ı330 ü130 ş130 ğ90 ç90 ö80 İ20' }, // Turkish
  {
    encodings: ['windows-1257'],
    letters: 'ā120 ī120 ē100 š100 ė100 ž60 ų90 ū60 į60 ņ20 ļ30 č30 ģ20 ķ20 ą30 ę20',
  }, // Baltic
  {
    encodings: ['windows-1251', 'koi8-r', 'cp866', 'iso-8859-5'],
    letters:
      'о110 е85 а80 и73 н67 т63 с55 р47 в45 л43 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14 й12 х10 ж9 ш7 ю6 ц5 щ4 э3 ф3 ъ1',
  }, // Russian
  {
    encodings: ['windows-1255'],
    letters:
      'י110 ו105 ה95 ל75 א65 ר60 ת55 ב50 מ50 ש48 ם33 נ32 ד27 ע26 ח24 ק22 פ20 כ20 ט13 ג13 צ11 ס14 ז11 ן10 ך6 ף3 ץ2',
  }, // Hebrew
  {
    encodings: ['windows-1253', 'iso-8859-7'],
    letters:
      'α120 ο90 ι80 ε80 τ80 ν65 σ60 η50 ρ45 π40 κ40 μ33 υ42 λ26 ς40 ά20 ί20 έ20 ό20 ή15 ώ10 γ17 δ17 θ11 χ10 φ8 ω15 ύ8 β7 ξ4 ζ4 ψ2',
  }, // Greek
];
const RARE = Math.log(0.0005);
/** Mean per byte: texts of these alphabets reach -3.5, bytes of Asian or unknown encodings stay below -4.2. */
const UNLIKELY = -4.2;

function profile(letters: string): ReadonlyMap<string, number> {
  const items = letters.split(' ').map((item) => [item.slice(0, 1), Number(item.slice(1))] as const);
  const total = items.reduce((sum, [, n]) => sum + n, 0);
  const shares = new Map(items.map(([letter, n]) => [letter, Math.log(n / total)]));
  for (const [letter, share] of [...shares]) {
    const upper = letter.toUpperCase();
    // Capitals are rarer, but names and headings have them.
    if (upper.length === 1 && !shares.has(upper)) shares.set(upper, share - 1.2);
  }
  return shares;
}

/** The code page of another alphabet whose letters the bytes beyond ASCII are, or undefined. */
export function otherAlphabet(cells: readonly string[]): string | undefined {
  const counts = new Map<number, number>();
  let total = 0;
  for (const cell of cells)
    for (let i = 0; i < cell.length; i++) {
      const b = cell.charCodeAt(i);
      if (b < 0x80) continue;
      counts.set(b, (counts.get(b) ?? 0) + 1);
      total++;
    }
  let best: { readonly encoding: string; readonly score: number } | undefined;
  for (const { encodings, letters } of ALPHABETS) {
    const shares = profile(letters);
    for (const encoding of encodings) {
      const table = characters(encoding);
      let score = 0;
      for (const [b, n] of counts) {
        const c = table.charAt(b);
        score += n * (c === '\ufffd' ? RARE - 3 : (shares.get(c) ?? RARE));
      }
      if (best === undefined || score / total > best.score) best = { encoding, score: score / total };
    }
  }
  return best !== undefined && best.score >= UNLIKELY ? best.encoding : undefined;
}
