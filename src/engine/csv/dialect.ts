// Which delimiter, quote and escape make a table of this text: every candidate reads the sample, the best reading wins.
import type { FormatHint } from '../model';
import type { FormatDoubt } from './format';
import { cellKind, WORTH, type KnownColumns } from './cells';
import { cutText, fromBytes, type RecordSyntax, type FileRecord } from './records';

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

export interface DialectQuestion {
  /** Is the sample all of the file? */
  readonly whole: boolean;
  readonly known: KnownColumns | undefined;
  /** The delimiter that a `sep=` line names. */
  readonly given?: string | undefined;
  /** What the config states: not guessed. */
  readonly stated?: Pick<FormatHint, 'delimiter' | 'quote' | 'escape'> | undefined;
}

/** Chooses for the text of the sample (a byte string). */
export function chooseDialect(sample: string, { whole, known, given }: DialectQuestion): DialectChoice {
  const text = sample.length > SCORED ? sample.slice(0, SCORED) : sample;
  const ended = whole && text.length === sample.length;
  const newline = newlineOf(text, ended);
  const lines = text
    .split(newline === '\r' ? '\r' : '\n')
    .filter((l) => l.trim() !== '')
    .slice(0, LINES);
  const delimiters = given === undefined ? candidates(lines) : [given];
  const read = (delimiter: string, quote: string, escape: string): DialectReading =>
    score({ delimiter, quote, escape, newline }, text, ended, known);

  const readings = delimiters.map((d) => bestQuoting(d, text, read));
  readings.sort((a, b) => b.known - a.known || b.score - a.score);
  const single = read('\x00\x00', quoteOfSingle(lines), quoteOfSingle(lines));
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
  return chosen(best, Math.round((1 - ratio / 2) * best.share * 100) / 100, doubt, []);
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

function score(
  cut: RecordSyntax,
  text: string,
  whole: boolean,
  known: KnownColumns | undefined,
): DialectReading {
  const records = cutText(text, cut, whole, LINES).filter((r) => r.raw.trim() !== '');
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
      const kind = cellKind(field);
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
