// What the config states about a file counts; what the file's bytes say against it is told, with both readings.
import iconv from 'iconv-lite';
import { foldHeader } from '../base';
import type { FormatHint } from '../model';
import type { KnownColumns } from './cells';
import { uniqueNames } from './dialect';
import { type Encoding, detectEncoding } from './encoding';
import type { FormatDoubt } from './format';
import { profileColumns, rate } from './header';
import { type Layout, isBlank, layOut } from './layout';
import { type FileRecord, fromBytes } from './records';
import { statedKeys, statement } from './statedPlace';

// ---- encoding ------------------------------------------------------------------------------------

export type StatedEncoding =
  | { readonly kind: 'stated'; readonly encoding: Encoding; readonly doubts: readonly FormatDoubt[] }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

const isWide = (encoding: string): boolean => /^utf-(?:16|32)/.test(encoding);

/**
 * The stated encoding, held against what is certain: a byte order mark, the zeros of UTF-16, sequences of UTF-8,
 * bytes that the encoding does not have. Letters that would be likelier in another language are no evidence.
 * Undefined where none is stated.
 */
export function statedEncoding(
  samples: readonly Buffer[],
  hint: FormatHint | undefined,
): StatedEncoding | undefined {
  const encoding = hint?.encoding;
  if (hint === undefined || encoding === undefined) return undefined;
  const found = detectEncoding(samples);
  const stated = (doubts: readonly FormatDoubt[] = [], bom = false): StatedEncoding => ({
    kind: 'stated',
    encoding: { encoding, bom, confidence: 1 },
    doubts,
  });
  const says = statement(hint, 'encoding');
  if (found?.encoding === encoding) return stated([], found.bom);
  if (found !== undefined && (found.bom || isWide(found.encoding) !== isWide(encoding)))
    return {
      kind: 'refused',
      code: 'FORMAT_MISMATCH',
      reason: `${says}, but ${found.bom ? `the file begins with the byte order mark of ${found.encoding}` : `its bytes are ${found.encoding}`}: as ${encoding} none of its names could be read.`,
    };
  const sure = encoding === 'utf-8' || found?.encoding === 'utf-8';
  const other = found?.encoding ?? 'windows-1252';
  const word = sure || lacksBytes(samples, encoding) ? wordOf(samples, encoding, other) : undefined;
  if (word === undefined) return stated();
  return stated([
    {
      choice: 'encoding',
      message: `${says}, but its bytes are ${other === 'utf-8' ? '' : 'rather '}${other}: ${JSON.stringify(word.stated)} as ${encoding} is ${JSON.stringify(word.other)} as ${other}. It was read as ${encoding}.`,
    },
  ]);
}

/** Does the text have bytes to which the encoding gives no sign? */
function lacksBytes(samples: readonly Buffer[], encoding: string): boolean {
  const used = new Set(samples.flatMap((sample) => [...new Set(sample)]).filter((b) => b >= 0x80));
  return /[\u0080-\u009f\ufffd]/.test(iconv.decode(Buffer.from([...used]), encoding));
}

/** The first word with a letter beyond ASCII that the two encodings read differently, as both read it. */
function wordOf(
  samples: readonly Buffer[],
  stated: string,
  other: string,
): { readonly stated: string; readonly other: string } | undefined {
  const inWord = (b: number | undefined): boolean =>
    b !== undefined && (b >= 0x80 || ((b | 32) >= 97 && (b | 32) <= 122));
  for (const sample of samples)
    for (let at = sample.findIndex((b) => b >= 0x80), tries = 0; at !== -1 && tries < 1_000; tries++) {
      let from = at;
      while (from > 0 && at - from < 20 && inWord(sample[from - 1])) from--;
      let to = at + 1;
      while (to < sample.length && to - at < 20 && inWord(sample[to])) to++;
      const word = sample.subarray(from, to);
      const readings = { stated: iconv.decode(word, stated), other: iconv.decode(word, other) };
      if (readings.stated !== readings.other) return readings;
      const next = sample.subarray(to).findIndex((b) => b >= 0x80);
      at = next === -1 ? -1 : to + next;
    }
  return undefined;
}

// ---- preamble, header, footer --------------------------------------------------------------------

/** The first line behind `lines` physical ones, as an offset into a text. */
export function behindLines(text: string, lines: number): number {
  let at = 0;
  for (let n = 0; n < lines; n++) {
    const end = /\r\n|\r|\n/g;
    end.lastIndex = at;
    const found = end.exec(text);
    if (found === null) return text.length;
    at = end.lastIndex;
  }
  return at;
}

interface RecordsKnowledge {
  /** Most frequent number of fields. */
  readonly width: number;
  readonly known: KnownColumns | undefined;
  /** Physical lines before the records. */
  readonly skipped: number;
  readonly stated: FormatHint | undefined;
}

/**
 * Lays out records; what is stated of preamble and header is not guessed.
 * @param records from the first line that counts: behind the preamble where it is stated.
 */
export function layOutStated(
  records: readonly FileRecord[],
  { width, known, skipped, stated }: RecordsKnowledge,
): Layout {
  const free = layOut(records, width, known);
  if (stated === undefined || (stated.header === undefined && stated.preamble === undefined)) return free;
  const first = records.findIndex((r) => !isBlank(r));
  const at = stated.preamble === undefined ? Math.max(free.before, first) : first;
  const record = records[at];
  if (record === undefined) return free;
  const line = (one: FileRecord | undefined): number => (one?.line ?? 1) + skipped;
  const cells = record.fields.map((f) => fromBytes(f));
  const doubts: FormatDoubt[] = [];
  if (stated.preamble !== undefined && free.before > at && free.header > 0 && free.refused === undefined)
    doubts.push({
      choice: 'header',
      message: `${statement(stated, 'preamble')}, so that the table begins in line ${line(record)}, but the header seems to be in line ${line(records[free.before])}.`,
    });
  const place = { before: at, preamble: record.line - 1, doubts };
  const header = stated.header ?? looksNamed(records.slice(at), width, known);
  if (header === true) {
    // Where the guess agrees on the line it knows more of it: several lines, a trailing delimiter.
    if (free.before === at && free.header > 0 && free.refused === undefined) return free;
    return { ...place, ...underHeader(cells, known, line(record)) };
  }
  const names = header === false ? (known?.names ?? numbered(width)) : header;
  if (stated.header !== undefined && namesIn(cells, header === false ? known : namesAsKnown(header)))
    doubts.push({
      choice: 'header',
      message: `${statement(stated, 'header')}, but line ${line(record)} has the names of columns: ${some(cells)}. It was read as a record.`,
    });
  return { ...place, ...byPlace(records.slice(at), names, { width, stated }) };
}

const numbered = (width: number): readonly string[] =>
  Array.from({ length: Math.max(width, 1) }, (_, i) => `column${i + 1}`);

const some = (cells: readonly string[]): string =>
  `${cells
    .slice(0, 5)
    .map((c) => JSON.stringify(c.slice(0, 40)))
    .join(', ')}${cells.length > 5 ? ', …' : ''}`;

/** Is the first of these rows a header, where nothing is said of one? */
function looksNamed(rows: readonly FileRecord[], width: number, known: KnownColumns | undefined): boolean {
  const [cells = [], ...below] = rows
    .slice(0, 201)
    .filter((r) => !isBlank(r))
    .map((r) => r.fields.map((f) => fromBytes(f)));
  const rating = rate(cells, profileColumns(below, width));
  if (known === undefined) return rating > 0;
  return known.matches(cells) > 0 || known.size !== width || rating >= -0.3;
}

/** A part of a layout: what a row of names, or their places, say. */
type NamedLayout = Omit<Layout, 'before' | 'preamble' | 'doubts'>;

function underHeader(cells: readonly string[], known: KnownColumns | undefined, line: number): NamedLayout {
  const { columns, notes } = uniqueNames(cells);
  const layout = { header: 1, columns, trailing: false, confidence: 1, notes };
  if (known === undefined || known.matches(cells) > 0) return layout;
  return {
    ...layout,
    refused: {
      code: 'UNKNOWN_COLUMNS',
      reason: `None of the names in line ${line} is known for this table (${some(cells)}).`,
    },
  };
}

/** Fields named by their places: as many as there are names, or one more that is always empty. */
function byPlace(
  rows: readonly FileRecord[],
  names: readonly string[],
  { width, stated }: { readonly width: number; readonly stated: FormatHint },
): NamedLayout {
  const { columns } = uniqueNames(names);
  const wide = rows.filter((r) => !isBlank(r) && r.fields.length === width);
  const trailing =
    width === names.length + 1 && wide.length > 0 && wide.every((r) => r.fields[width - 1] === '');
  const layout = {
    header: 0,
    columns,
    trailing,
    confidence: 1,
    notes: ['the columns are named by their places'],
  };
  if (trailing || width === names.length) return layout;
  const said = stated.header === undefined ? 'There is no header' : statement(stated, 'header');
  return {
    ...layout,
    refused: {
      code: 'HEADER_MISMATCH',
      reason: `${said}, which is ${names.length} names, but most records have ${width} fields.`,
    },
  };
}

function namesAsKnown(names: readonly string[]): Pick<KnownColumns, 'size' | 'matches'> {
  const folded = new Set(names.map(foldHeader));
  return {
    size: names.length,
    matches: (cells) => new Set(cells.map(foldHeader).filter((cell) => folded.has(cell))).size,
  };
}

function namesIn(
  cells: readonly string[],
  known: Pick<KnownColumns, 'size' | 'matches'> | undefined,
): boolean {
  return known !== undefined && known.matches(cells) >= Math.max(1, Math.min(known.size, cells.length) * 0.5);
}

/** What the lines of a stated preamble say against it, where no header follows: the header may be one of them. */
export function preambleDoubts(
  skipped: readonly FileRecord[],
  known: KnownColumns | undefined,
  hint: FormatHint | undefined,
): readonly FormatDoubt[] {
  if (hint?.preamble === undefined || (hint.header !== undefined && hint.header !== true)) return [];
  const named = skipped.find((r) =>
    namesIn(
      r.fields.map((f) => fromBytes(f)),
      known,
    ),
  );
  if (named === undefined) return [];
  return [
    {
      choice: 'header',
      message: `${statement(hint, 'preamble')}, but line ${named.line} has the names of columns: ${shownLine(named)}. It was skipped, with the lines of the preamble behind it, and the columns were named by their places.`,
    },
  ];
}

/** What the last records of a file say against a stated footer. */
export function footerDoubts(
  tail: readonly FileRecord[],
  { width, guessed }: { readonly width: number; readonly guessed: number },
  hint: FormatHint | undefined,
): readonly FormatDoubt[] {
  const footer = hint?.footer;
  if (hint === undefined || footer === undefined || footer === guessed) return [];
  const rows = tail.filter((r) => !isBlank(r));
  const full = footer === 0 ? undefined : rows.slice(-footer).find((r) => r.fields.length === width);
  const message =
    footer < guessed
      ? `${statement(hint, 'footer')}, but the last ${guessed} lines look like a footer: ${shownLine(rows.at(-guessed))}.`
      : full === undefined
        ? undefined
        : `${statement(hint, 'footer')}, but a line of it looks like a record: ${shownLine(full)}. It was left out.`;
  return message === undefined ? [] : [{ choice: 'footer', message }];
}

const shownLine = (record: FileRecord | undefined): string =>
  JSON.stringify(fromBytes(record?.raw ?? '').slice(0, 80));

// ---- is it of any use? ---------------------------------------------------------------------------

/** Why a file must not be read as stated: no record of the sample would become a row. */
export function refuseStated(
  rows: readonly FileRecord[],
  width: number,
  stated: FormatHint | undefined,
): { readonly code: string; readonly reason: string } | undefined {
  const keys = statedKeys(stated);
  const key = keys.find((one) => one === 'delimiter') ?? keys.find((one) => one === 'quote') ?? keys[0];
  if (stated === undefined || key === undefined) return undefined;
  const records = rows.filter((r) => !isBlank(r));
  if (records.length === 0 || records.some((r) => r.problem === undefined && r.fields.length === width))
    return undefined;
  return {
    code: 'FORMAT_MISMATCH',
    reason: `${statement(stated, key)}, but read so none of the first ${records.length} records has ${width} fields as the table.`,
  };
}
