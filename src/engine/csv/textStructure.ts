// What the text of a file is made of: delimiter, quotes, preamble, header, footer; from its head and its end.
import type { FormatHint } from '../model';
import type { KnownColumns } from './cells';
import { chooseDialect, newlineOf } from './dialect';
import { footerNotes, footerOf } from './footer';
import { isBlank } from './layout';
import { cutText, fromBytes, type FileRecord, type RecordSyntax } from './records';
import type { CsvFormat, FormatDoubt } from './format';
import { behindLines, footerDoubts, layOutStated, preambleDoubts, refuseStated } from './statedFormat';
import { statedKeys } from './statedPlace';

/** The text that is looked at; byte strings. */
export interface TextSample {
  /** The beginning of the file, cut at a line's end where that is not all of it. */
  readonly text: string;
  /** The end of the file; undefined where `text` is all of it. */
  readonly tail: string | undefined;
}

/** What is known of the table before its file is looked at. */
export interface TableKnowledge {
  readonly known: KnownColumns | undefined;
  /** What the config states: not guessed. */
  readonly stated: FormatHint | undefined;
  /** A pipeline refuses what a preview shows. */
  readonly strict: boolean;
}

/** Everything of a format that the text decides. */
type TextStructure = Omit<CsvFormat, 'compression' | 'encoding' | 'bom' | 'confidence'> & {
  readonly confidence: Omit<CsvFormat['confidence'], 'encoding'>;
};

export type StructureDecision =
  | { readonly kind: 'structure'; readonly structure: TextStructure }
  | { readonly kind: 'empty'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };

/** Decides how a text is cut into records, and which of them are no rows. */
export function structureOf(
  { text, tail }: TextSample,
  { known, stated, strict }: TableKnowledge,
): StructureDecision {
  const whole = tail === undefined;
  const sep = sepLine(text);
  const skipped = Math.max(sep === undefined ? 0 : 1, stated?.preamble ?? 0);
  const start = behindLines(text, skipped);
  const body = text.slice(start);
  if (body.trim() === '')
    return {
      kind: 'empty',
      reason:
        sep === undefined
          ? `The file has nothing behind its preamble of ${skipped} ${skipped === 1 ? 'line' : 'lines'}.`
          : 'The file has a sep= line and nothing else.',
    };
  const choice = chooseDialect(body, { whole, known, given: sep?.delimiter, stated });
  const { reading } = choice;
  if (strict && choice.doubt !== undefined)
    return { kind: 'rejected', code: 'AMBIGUOUS_DIALECT', reason: choice.doubt };
  const cut: RecordSyntax = { ...reading.cut, newline: newlineOf(text, whole) };
  const records = cutText(body, cut, whole);
  const layout = layOutStated(records, { width: reading.width, known, skipped, stated });
  if (strict && layout.refused !== undefined)
    return { kind: 'rejected', ...withReadings(layout.refused, choice.doubts) };
  const width = layout.columns.length + (layout.trailing ? 1 : 0);
  const rest = records.slice(layout.before + layout.header);
  const refused = strict
    ? (refuseShape(reading.width, width, layout.header, rest) ?? refuseStated(rest, width, stated))
    : undefined;
  if (refused !== undefined) return { kind: 'rejected', ...withReadings(refused, choice.doubts) };
  const end = tail === undefined ? rest : recordsOfTail(tail, cut);
  const guessed = footerOf(end, {
    width,
    whole,
    comments: records.slice(0, layout.before).some((r) => /^\s*#/.test(r.raw)),
    ended: /[\r\n]$/.test(tail ?? text),
  });
  const footer = stated?.footer ?? guessed.footer;
  const rows = records.filter((r) => !isBlank(r)).length;
  const doubts = [
    ...choice.doubts,
    ...layout.doubts,
    ...(layout.header === 0 ? preambleDoubts(cutText(text.slice(0, start), cut, true), known, stated) : []),
    ...(stated?.footer === undefined
      ? guessed.doubts
      : footerDoubts(end, { width, guessed: guessed.footer }, stated)),
  ];
  const keys = statedKeys(stated);
  return {
    kind: 'structure',
    structure: {
      delimiter: fromBytes(cut.delimiter),
      quote: cut.quote,
      escape: cut.escape,
      newline: cut.newline,
      preamble: layout.preamble + skipped,
      header: layout.header,
      footer,
      ...(stated?.footer !== undefined || guessed.claimed === undefined
        ? {}
        : { footerRows: guessed.claimed }),
      ...(layout.trailing ? { trailingDelimiter: true } : {}),
      columns: layout.columns,
      confidence: {
        delimiter: choice.confidence.delimiter,
        quote: choice.confidence.quote,
        header: layout.confidence,
        footer: footer === 0 ? 0.95 : 0.9,
      },
      notes: [
        ...(sep === undefined ? [] : [`delimiter by the sep= line`]),
        ...choice.notes,
        ...(choice.doubt === undefined ? [] : [choice.doubt]),
        ...layout.notes,
        ...footerNotes(end, footer),
        ...(rows < 3 ? ['few rows: the choices rest on little'] : []),
      ],
      ...(doubts.length > 0 ? { doubts } : {}),
      ...(keys.length > 0 ? { stated: keys } : {}),
    },
  };
}

/** A refusal of a file that contradicts what is stated of it: with the other reading. */
function withReadings(
  refusal: { readonly code: string; readonly reason: string },
  doubts: readonly FormatDoubt[],
): { readonly code: string; readonly reason: string } {
  return { ...refusal, reason: [refusal.reason, ...doubts.map((doubt) => doubt.message)].join(' ') };
}

/** A first line `sep=;` as Excel writes and reads it. */
function sepLine(text: string): { readonly delimiter: string; readonly length: number } | undefined {
  const tab = /^sep=\t(\r\n|\r|\n)/i.exec(text);
  if (tab !== null) return { delimiter: '\t', length: tab[0].length };
  const sep = /^(?:sep|delimiter)=(.+)(?:\r\n|\r|\n)/i.exec(text);
  if (sep?.[1] === undefined) return undefined;
  // Blanks at the end are none of it, unless it is one.
  const delimiter = sep[1].replace(/(?<=^.|[^ \t])[ \t]+$/, '');
  return { delimiter: stripQuotes(delimiter), length: sep[0].length };
}

function stripQuotes(given: string): string {
  return given.length >= 3 && given.startsWith('"') && given.endsWith('"') ? given.slice(1, -1) : given;
}

/** The records of the end of a file, from the first line that begins in it. */
function recordsOfTail(tail: string, cut: RecordSyntax): readonly FileRecord[] {
  const start = tail.search(/[\r\n]/);
  return start === -1 ? [] : cutText(tail.slice(start + 1).replace(/^\n/, ''), cut, true);
}

/** Header and rows that are not equally wide in general: no row could be placed under its name. */
function refuseShape(
  width: number,
  names: number,
  header: number,
  body: readonly FileRecord[],
): { readonly code: string; readonly reason: string } | undefined {
  if (header === 0 || names === width) return undefined;
  const rows = body.filter((r) => r.raw.trim() !== '');
  if (rows.length === 0) return undefined;
  const fits = rows.filter((r) => r.fields.length === names).length;
  if (fits >= rows.length * 0.5) return undefined;
  return {
    code: 'HEADER_MISMATCH',
    reason: `The header names ${names} columns, but only ${fits} of the ${rows.length} rows looked at have so many fields; most often they have ${width}.`,
  };
}
