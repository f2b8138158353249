// Which delimiter, quote and escape make a table of this text: every candidate reads the sample, the best reading wins.
import type { FormatHint } from '../model';
import type { FormatDoubt } from './format';
import { cellKind, WORTH, type KnownColumns } from './cells';
import { cutText, fromBytes, toBytes, type RecordSyntax, type FileRecord } from './records';
import { statement } from './statedPlace';

interface DialectReading {
  readonly cut: RecordSyntax;
  /** Most frequent number of fields. */
  readonly width: number;
  /** Share of the records that have it, 0 to 1. */
  readonly share: number;
  /** Known columns found in the best row of the top. */
  readonly known: number;
  /** Comparable among readings of the same text, 0 to 1. */
  readonly score: number;
  readonly badQuotes: number;
  readonly records: readonly FileRecord[];
}

export type DialectChoice = {
  readonly kind: 'chosen';
  readonly reading: DialectReading;
  readonly confidence: { readonly delimiter: number; readonly quote: number };
  readonly notes: readonly string[];
  /** Why the choice may be wrong: a preview shows it, a pipeline refuses it. */
  readonly doubt: string | undefined;
  /** Choices that the text does not settle, or that contradict what is stated. */
  readonly doubts: readonly FormatDoubt[];
};

const SINGLES = [
  ',',
  ';',
  '\t',
  '|',
  '^',
  '~',
  '\x01',
  '\x1f',
  '\x1e',
  '\xc2\xa6',
  '\xc2\xa7',
  '\xc2\xac',
  '\xc3\xbe',
  '#',
  '!',
  '$',
  '*',
  '&',
  '@',
  '%',
  ':',
  '/',
  '=',
  ' ',
];
const PRIOR: Readonly<Record<string, number>> = {
  ':': 0.55,
  ' ': 0.5,
  '/': 0.25,
  '=': 0.4,
  '#': 0.6,
  '!': 0.6,
  $: 0.5,
  '*': 0.5,
  '&': 0.5,
  '@': 0.4,
  '%': 0.4,
};
/** A sample of this size tells the delimiter; more only costs time. */
const SCORED = 65536;
const LINES = 400;
/** A second delimiter that scores more than this share of the first is told. */
const CLOSE = 0.75;

export interface DialectQuestion {
  /** Is the sample all of the file? */
  readonly whole: boolean;
  readonly known: KnownColumns | undefined;
  /** The delimiter that a `sep=` line names. */
  readonly given?: string | undefined;
  /** What the config states: not guessed. */
  readonly stated?: FormatHint | undefined;
}

/** Chooses for the text of the sample (a byte string). */
export function chooseDialect(sample: string, question: DialectQuestion): DialectChoice {
  const { given, stated } = question;
  const trial = new DialectTrial(sample, question);
  if (stated?.delimiter === undefined && stated?.quote === undefined && stated?.escape === undefined)
    return guessDialect(trial, given);
  const delimiter = stated.delimiter === undefined ? given : toBytes(stated.delimiter);
  const free = guessDialect(trial, given);
  const best =
    delimiter === undefined ? trial.ranked(trial.delimiters(), stated)[0] : trial.quoted(delimiter, stated);
  if (best === undefined) return free;
  return {
    ...chosen(best, 1, undefined, ['the dialect as the configuration states it']),
    doubts: [...delimiterDoubts(best, free, stated, given), ...quoteDoubts(best, trial, stated)],
  };
}

/** Does the text fit another delimiter than the stated one, or does its `sep=` line name another? */
function delimiterDoubts(
  best: DialectReading,
  free: DialectChoice,
  stated: FormatHint,
  given: string | undefined,
): readonly FormatDoubt[] {
  if (stated.delimiter === undefined) return [];
  const rival = free.reading;
  const columns = ({ width, share, records }: DialectReading): string =>
    `${width} ${width === 1 ? 'column' : 'columns'} in ${Math.round(share * records.length)} of ${records.length} lines`;
  if (given !== undefined && given !== best.cut.delimiter)
    return [
      {
        choice: 'delimiter',
        message: `${statement(stated, 'delimiter')}, but the first line of the file says sep=${fromBytes(given)}. It was read by ${nameOf(best.cut.delimiter)}.`,
      },
    ];
  const other = rival.cut.delimiter !== best.cut.delimiter && rival.width > 1;
  if (!other || !(rival.known > best.known || (best.width < 2 && rival.known >= best.known))) return [];
  return [
    {
      choice: 'delimiter',
      message: `${statement(stated, 'delimiter')}, which gives ${columns(best)}, but ${nameOf(rival.cut.delimiter)} would give ${columns(rival)}.`,
    },
  ];
}

/** Would another quote than the stated one read the text better? */
function quoteDoubts(best: DialectReading, trial: DialectTrial, stated: FormatHint): readonly FormatDoubt[] {
  if (stated.quote === undefined && stated.escape === undefined) return [];
  const rival = trial.quoted(best.cut.delimiter);
  const name = ({ cut }: DialectReading): string =>
    `${cut.quote === '' ? 'no quotes' : `the quote ${cut.quote}`}${cut.escape === '' || cut.escape === cut.quote ? '' : ` with the escape ${cut.escape === '\x00' ? 'NUL' : cut.escape}`}`;
  if (name(rival) === name(best)) return [];
  if (!(rival.known > best.known || rival.score > best.score * 1.2 || rival.badQuotes < best.badQuotes))
    return [];
  return [
    {
      choice: 'quote',
      message: `${statement(stated, stated.quote === undefined ? 'escape' : 'quote')}, but the file reads better with ${name(rival)}. It was read with ${name(best)}.`,
    },
  ];
}

/** The readings of one sample. */
class DialectTrial {
  readonly #text: string;
  readonly #read: (delimiter: string, quote: string, escape: string) => DialectReading;
  /** Lines of the text, and lines outside its quoted texts. */
  readonly lines: readonly string[];
  readonly #bare: readonly string[];
  readonly known: KnownColumns | undefined;

  constructor(sample: string, { whole, known }: DialectQuestion) {
    const text = sample.length > SCORED ? sample.slice(0, SCORED) : sample;
    const newline = newlineOf(text, whole && text.length === sample.length);
    const linesOf = (of: string): readonly string[] =>
      of
        .split(newline === '\r' ? '\r' : '\n')
        .filter((l) => l.trim() !== '')
        .slice(0, LINES);
    this.#text = text;
    this.known = known;
    this.lines = linesOf(text);
    this.#bare = linesOf(text.replace(/"[^"]*(?:""[^"]*)*"/g, '""'));
    const padded = new Set<string>();
    this.#read = (delimiter, quote, escape) =>
      score({ delimiter, quote, escape, newline }, { sample, whole, known, padded: padded.has(delimiter) });
    for (const d of candidates(this.lines)) if (unevenlyPadded(d, this.#bare)) padded.add(d.trim());
  }

  /** Delimiters that may separate the fields: quoted texts of many lines hide them, open quotes too. */
  delimiters(): readonly string[] {
    const all = new Set([...candidates(this.lines), ...candidates(this.#bare)]);
    return [...all].filter((d) => !unevenlyPadded(d, this.#bare));
  }

  /** Best first. */
  ranked(
    delimiters: readonly string[],
    stated?: Pick<FormatHint, 'quote' | 'escape'>,
  ): readonly DialectReading[] {
    return delimiters
      .map((d) => this.quoted(d, stated))
      .sort(
        (a, b) => b.known - a.known || b.score - a.score || b.cut.delimiter.length - a.cut.delimiter.length,
      );
  }

  /** The best quoting of a delimiter, as far as it is not stated. */
  quoted(delimiter: string, stated: Pick<FormatHint, 'quote' | 'escape'> = {}): DialectReading {
    const { quote, escape } = stated;
    if (quote === undefined && escape === undefined) return bestQuoting(delimiter, this.#text, this.#read);
    const quotes = quote === undefined ? ['"', "'", ''] : [toBytes(quote)];
    const readings = quotes.flatMap((q) =>
      (escape === undefined ? [...new Set([q, '\\', ''])] : [toBytes(escape)])
        .filter(
          (e) => escape !== undefined || e === q || (q !== '' && e !== '' && this.#text.includes(e + q)),
        )
        .map((e) => this.#read(delimiter, q, e)),
    );
    return readings.reduce((a, b) => (b.known > a.known || b.score > a.score * 1.02 ? b : a));
  }

  /** The text as one column. */
  single(): DialectReading {
    const quote = quoteOfSingle(this.lines);
    return this.#read('\x00\x00', quote, quote);
  }
}

/** A delimiter with a blank, where as a rule some fields have the delimiter without it: the blank is padding. */
function unevenlyPadded(delimiter: string, lines: readonly string[]): boolean {
  const bare = delimiter.trim();
  if (bare === '' || bare === delimiter) return false;
  const loose = (line: string): boolean => {
    for (let at = line.indexOf(bare); at !== -1; at = line.indexOf(bare, at + bare.length)) {
      const before = line[at - 1] ?? '';
      const after = line[at + bare.length] ?? '';
      // A decimal comma is none, a delimiter that ends the line has no field to pad.
      if (after === ' ' || after === '' || after === '\r') continue;
      if (!(/\d/.test(before) && /\d/.test(after))) return true;
    }
    return false;
  };
  return lines.filter(loose).length >= Math.max(1, lines.length * 0.2);
}

function guessDialect(trial: DialectTrial, given: string | undefined): DialectChoice {
  const { known, lines } = trial;
  const readings = trial.ranked(given === undefined ? trial.delimiters() : [given]);
  const single = trial.single();
  const [best, second] = readings;
  const describe = (r: DialectReading): string => nameOf(r.cut.delimiter);
  if (best === undefined || best.width < 2) return chosen(asSingle(single), 0.9, undefined, []);
  if (given !== undefined) return chosen(best, 1, undefined, []);
  if (known !== undefined && best.known >= Math.min(2, known.size) && best.known > single.known) {
    const rival =
      second !== undefined && second.known === best.known && !nested(second, best) ? second : undefined;
    if (rival === undefined || rival.score < best.score * 0.9) return chosen(best, 0.99, undefined, []);
  }
  if (single.known > 0 && single.known >= best.known) return chosen(asSingle(single), 0.95, undefined, []);
  const atomic =
    lines.filter((l) => ['number', 'time', 'link'].includes(cellKind(l.trim()))).length /
    Math.max(1, lines.length - 1);
  const weak =
    best.score < 0.12 || best.share < 0.4 || (atomic >= 0.8 && [':', ' ', '/'].includes(best.cut.delimiter));
  if (weak) {
    // One column, unless a delimiter stands in most lines: then neither reading is sure.
    const fits =
      [',', ';', '\t', '|'].includes(best.cut.delimiter) && best.share >= 0.4 && best.score >= 0.04;
    return chosen(
      fits ? best : asSingle(single),
      0.4,
      fits
        ? `The delimiter could be ${describe(best)}, but it gives ${best.width} fields in only ${Math.round(best.share * 100)}% of the lines.`
        : undefined,
      [],
    );
  }
  const rival = readings.find((r) => r !== best && r.width > 1 && !nested(r, best));
  const ratio = rival === undefined ? 0 : rival.score / best.score;
  const doubt =
    rival !== undefined && ratio > 0.9 && rival.known === best.known
      ? `The delimiter could be ${describe(best)} (${best.width} columns) or ${describe(rival)} (${rival.width} columns): both fit equally well.`
      : undefined;
  const choice = chosen(best, Math.round((1 - ratio / 2) * best.share * 100) / 100, doubt, []);
  if (doubt !== undefined || rival === undefined || ratio <= CLOSE || rival.known !== best.known)
    return choice;
  return {
    ...choice,
    doubts: [
      {
        choice: 'delimiter',
        message: `The delimiter was taken for ${describe(best)} (${best.width} columns); ${describe(rival)} (${rival.width} columns) fits nearly as well.`,
      },
    ],
  };
}

function chosen(
  reading: DialectReading,
  confidence: number,
  doubt: string | undefined,
  notes: readonly string[],
): DialectChoice {
  const quoteConfidence =
    Math.round((1 - reading.badQuotes) * (reading.cut.quote === '"' ? 0.99 : 0.9) * 100) / 100;
  return {
    kind: 'chosen',
    reading,
    confidence: { delimiter: confidence, quote: quoteConfidence },
    notes,
    doubt,
    doubts: [],
  };
}

/** One column: a delimiter is still needed to read the file, one that no text holds. */
function asSingle(single: DialectReading): DialectReading {
  return { ...single, cut: { ...single.cut, delimiter: '\x1f' }, width: 1 };
}

const nested = (a: DialectReading, b: DialectReading): boolean =>
  a.cut.delimiter.includes(b.cut.delimiter) || b.cut.delimiter.includes(a.cut.delimiter);

function nameOf(delimiter: string): string {
  if (delimiter === '\t') return 'tab';
  if (delimiter === ' ') return 'space';
  return JSON.stringify(fromBytes(delimiter));
}

/** Delimiters that stand in many lines, single and of several characters. */
function candidates(lines: readonly string[]): readonly string[] {
  const enough = Math.max(1, lines.length * 0.2);
  const found = SINGLES.filter((d) => count(lines, d) >= enough);
  const runs = new Map<string, number>();
  for (const line of lines.slice(0, 100)) {
    const bare = line.replace(/"(?:[^"]|"")*"/g, '""');
    const seen = new Set<string>();
    for (const [run] of bare.matchAll(/[,;|:^~!#@$%&*+=<>/\\\t-]{2,}/g)) {
      // Empty fields make long runs of a delimiter: their divisors are candidates too.
      for (const length of [2, 3, 4])
        if (run.length % length === 0 && run === run.slice(0, length).repeat(run.length / length))
          seen.add(run.slice(0, length));
    }
    for (const [run] of bare.matchAll(/ ?[,;|:\t] /g)) seen.add(run).add(run.trimStart());
    for (const run of seen) runs.set(run, (runs.get(run) ?? 0) + 1);
  }
  for (const [run, n] of runs)
    if (n >= Math.min(lines.length, 100) * 0.7 && run.trim() !== '' && !/^[-/\\.=+]+$/.test(run))
      found.push(run);
  return found;
}

function count(lines: readonly string[], delimiter: string): number {
  let n = 0;
  for (const line of lines) if (line.includes(delimiter)) n++;
  return n;
}

function quoteOfSingle(lines: readonly string[]): string {
  return lines.some((l) => l.startsWith('"')) ? '"' : '';
}

/** The best quote and escape for a delimiter: the double quote, unless another reads better. */
function bestQuoting(
  delimiter: string,
  text: string,
  read: (d: string, q: string, e: string) => DialectReading,
): DialectReading {
  let best = read(delimiter, '"', '"');
  const better = (r: DialectReading, by = 1.02): void => {
    if (r.known > best.known || (r.known === best.known && r.score > best.score * by)) best = r;
  };
  const hasDouble = opens(text, delimiter, '"');
  if (hasDouble) {
    for (const escape of ['\\', '\x00'])
      if (text.includes(`${escape}"`)) better(read(delimiter, '"', escape), 1);
    // A few broken quotes are broken rows; quotes that are broken as a rule are text.
    const opening = best.records.filter((r) => r.raw.startsWith('"') || r.raw.includes(`${delimiter}"`));
    const broken = opening.filter((r) => r.problem === 'BAD_QUOTES').length;
    if (broken >= 3 && broken >= opening.length * 0.5) better(read(delimiter, '', ''), 1.05);
  }
  if (opens(text, delimiter, "'") && closes(text, delimiter, "'")) {
    const before = best.score;
    for (const escape of ["'", '\\'])
      if (escape === "'" || text.includes("\\'")) better(read(delimiter, "'", escape));
    if (best.cut.quote !== "'" && !hasDouble && best.score === before && wrapped(best.records))
      best = read(delimiter, "'", "'");
  }
  if (text.includes(`\\${delimiter}`)) {
    const escaped = read(delimiter, '', '\\');
    if (!hasDouble) better(escaped, 1.05);
  }
  return best;
}

const opens = (text: string, delimiter: string, quote: string): boolean =>
  text.startsWith(quote) ||
  text.includes(delimiter + quote) ||
  text.includes(`\n${quote}`) ||
  text.includes(`\r${quote}`);
const closes = (text: string, delimiter: string, quote: string): boolean =>
  text.endsWith(quote) ||
  text.includes(quote + delimiter) ||
  text.includes(`${quote}\n`) ||
  text.includes(`${quote}\r`);

/** Does a column hold nothing but values in apostrophes? */
function wrapped(records: readonly FileRecord[]): boolean {
  const width = Math.max(0, ...records.map((r) => r.fields.length));
  for (let c = 0; c < width; c++) {
    const cells = records.map((r) => r.fields[c] ?? '').filter((v) => v !== '');
    if (
      cells.length >= 2 &&
      cells.slice(1).every((v) => v.length > 1 && v.startsWith("'") && v.endsWith("'"))
    )
      return true;
  }
  return false;
}

/** What a reading is scored by. */
interface ScoredSample {
  readonly sample: string;
  readonly whole: boolean;
  readonly known: KnownColumns | undefined;
  /** Blanks behind the delimiter are padding. */
  readonly padded: boolean;
}

function score(cut: RecordSyntax, { sample, whole, known, padded }: ScoredSample): DialectReading {
  const records = cutText(sample, cut, whole, LINES, SCORED).filter((r) => r.raw.trim() !== '');
  const widths = new Map<number, number>();
  for (const r of records) widths.set(r.fields.length, (widths.get(r.fields.length) ?? 0) + 1);
  let width = 1;
  let most = 0;
  for (const [w, n] of widths) if (w > 1 && n > most) [width, most] = [w, n];
  if (most < records.length * 0.1) width = 1;
  const share =
    records.length === 0 ? 0 : width === 1 ? (widths.get(1) ?? 0) / records.length : most / records.length;
  let worth = 0;
  let odd = 0;
  let cells = 0;
  let bad = 0;
  for (const r of records) {
    if (r.problem !== undefined) bad++;
    if (r.fields.length !== width) continue;
    for (const field of r.fields) {
      const kind = cellKind(padded ? field.trim() : field);
      if (kind === 'odd') odd++;
      worth += WORTH[kind];
      cells++;
    }
  }
  const badShare = records.length === 0 ? 0 : bad / records.length;
  const type = cells === 0 ? 0 : (worth / cells) * (1 - odd / cells);
  const columns = Math.sqrt((width - 1) / width);
  let names = 0;
  if (known !== undefined)
    for (const r of records.slice(0, 40))
      names = Math.max(names, known.matches(r.fields.map((f) => fromBytes(f))));
  // A sentence cut at its blanks has a word in it that is the name of a column, too.
  if (names === 1 && width > 2 && PRIOR[cut.delimiter] !== undefined) names = 0;
  return {
    cut,
    width,
    share,
    known: names,
    badQuotes: badShare,
    score: (PRIOR[cut.delimiter] ?? 1) * share * share * type * columns * (1 - badShare) ** 2,
    records,
  };
}

/** The line end outside quotes; "mixed" where a lone \r also ends records. */
export function newlineOf(text: string, whole: boolean): RecordSyntax['newline'] {
  // Quoted line ends are rare enough, and of the same kind often enough, to be counted with the others.
  let lf = 0;
  let crlf = 0;
  let cr = 0;
  const length = whole ? text.length : text.length - 1;
  for (let at = text.search(/[\r\n]/); at !== -1 && at < length;) {
    if (text.charCodeAt(at) === 10) lf++;
    else if (text.charCodeAt(at + 1) === 10) {
      crlf++;
      at++;
    } else cr++;
    at++;
    while (at < length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
  }
  if (cr > 0 && lf === 0 && crlf === 0) return '\r';
  if (cr > 0 && cr * 20 >= lf + crlf) return 'mixed';
  if (crlf > 0 && lf === 0) return '\r\n';
  if (crlf === 0) return '\n';
  return crlf >= lf ? '\r\n' : '\n';
}

/** The names of a row, made unique without case; empty ones are named by their place. */
export function uniqueNames(cells: readonly string[]): {
  readonly columns: readonly string[];
  readonly notes: readonly string[];
} {
  const taken = new Set(cells.map((c) => c.trim().toLowerCase()));
  const used = new Set<string>();
  const notes: string[] = [];
  const columns = cells.map((cell, i) => {
    const name = cell.trim().replaceAll('\0', '');
    let unique = name === '' ? `column${i + 1}` : name;
    if (name === '') notes.push(`column ${i + 1} has no name: named ${unique}`);
    for (
      let n = 2;
      used.has(unique.toLowerCase()) || (unique !== name && taken.has(unique.toLowerCase()));
      n++
    )
      unique = `${name === '' ? `column${i + 1}` : name}_${n}`;
    if (name !== '' && unique !== name) notes.push(`duplicate header ${name} renamed to ${unique}`);
    used.add(unique.toLowerCase());
    return unique;
  });
  return { columns, notes };
}
