// What the lines of a table are: preamble, header, rows, footer; by the names the table is known to have, else by contrast.
import { defined } from '../model';
import type { FormatDoubt } from './format';
import type { KnownColumns } from './cells';
import { uniqueNames } from './dialect';
import { foldHeader } from '../base';
import { headerSign } from './headerSign';
import { headerLines, titleLines } from './tableTop';
import { profileColumns, continuesHeader, isPreamble, looksLikeRow, rate, type SampleColumn } from './header';
import { fromBytes, type FileRecord } from './records';

export interface Layout {
  /** Physical lines before the header or, without one, before the first row. */
  readonly preamble: number;
  /** Records among them, blank ones too. */
  readonly before: number;
  /** Records of the header. */
  readonly header: number;
  readonly columns: readonly string[];
  /** Each line ends with a delimiter that has no column. */
  readonly trailing: boolean;
  readonly confidence: number;
  readonly notes: readonly string[];
  /** Choices that the text does not settle, or that contradict what is stated. */
  readonly doubts: readonly FormatDoubt[];
  /** Why a pipeline must not take the file. */
  readonly refused?: { readonly code: string; readonly reason: string };
}

/** Rows of the body that are looked at. */
const BODY = 200;
/** A header is among the first lines or not at all. */
const TOP = 60;

/** A line without text; a line of delimiters is a record of empty fields. */
export const isBlank = (record: FileRecord): boolean =>
  record.fields.length === 1 && record.raw.length < 4096 && record.raw.trim() === '';

/** Lays out the records of a sample (its head, so the footer may be missing) whose tables are `width` wide. */
export function layOut(all: readonly FileRecord[], width: number, known: KnownColumns | undefined): Layout {
  const layout = layOutWide(all, width, known);
  if (width < 2) return layout;
  const names =
    all
      .slice(layout.before, layout.before + layout.header)
      .findLast((r) => !isBlank(r))
      ?.fields.map((f) => fromBytes(f)) ?? [];
  const allKnown = (cells: readonly string[]): boolean => known?.matches(cells) === cells.length;
  // The header alone ends with a delimiter: no row has a field there.
  if (names.length === width + 1 && names.at(-1) === '' && allKnown(names.slice(0, -1)))
    return {
      ...layout,
      columns: layout.columns.slice(0, -1),
      notes: layout.notes.filter((n) => !n.startsWith(`column ${width + 1} `)),
    };
  // Does every row end with a delimiter that no name belongs to?
  const behind = all
    .slice(layout.before + layout.header)
    .filter((r) => !isBlank(r) && r.fields.length === width);
  if (behind.some((r) => r.fields[width - 1] !== '')) return layout;
  const stripped = (): Layout => {
    const cut = all.map((r) =>
      r.fields.length === width && r.fields[width - 1] === '' ? { ...r, fields: r.fields.slice(0, -1) } : r,
    );
    const narrow = layOutWide(cut, width - 1, known);
    return {
      ...narrow,
      trailing: true,
      notes: [...narrow.notes, 'every line ends with a delimiter without a column'],
    };
  };
  if (layout.header > 0 && layout.refused?.code !== 'UNKNOWN_COLUMNS') {
    if (names.length === width && names.at(-1) === '') return stripped();
    // A header without that delimiter looks like one that lost a delimiter elsewhere: all its names must be known.
    return names.length === width - 1 && behind.length > 0 && allKnown(names) ? stripped() : layout;
  }
  return known !== undefined && known.size === width - 1 && behind.length > 0 ? stripped() : layout;
}

function layOutWide(all: readonly FileRecord[], width: number, known: KnownColumns | undefined): Layout {
  const sample = sampleOf(all, width);
  if (sample.rows.length === 0)
    return {
      preamble: 0,
      before: 0,
      header: 0,
      columns: [],
      trailing: false,
      confidence: 0,
      notes: [],
      doubts: [],
    };
  if (known === undefined) return byContrast(sample);
  return byKnownNames(sample, known) ?? withoutKnownNames(sample, known);
}

interface SampleRow {
  readonly record: FileRecord;
  /** Its place among all records, blank ones too. */
  readonly index: number;
  readonly cells: readonly string[];
}

/** The records of a sample that are not blank. */
interface TableSample {
  readonly rows: readonly SampleRow[];
  readonly width: number;
}

function sampleOf(all: readonly FileRecord[], width: number): TableSample {
  const rows = all
    .map((record, index) => ({ record, index, cells: record.fields.map((f) => fromBytes(f)) }))
    .filter((r) => !isBlank(r.record));
  return { rows, width };
}

function bodyAfter({ rows, width }: TableSample, at: number): readonly SampleColumn[] {
  return profileColumns(
    rows.slice(at + 1, at + 1 + BODY).map((r) => r.cells),
    width,
  );
}

/** What is before the table whose first row, a header or not, is at `at`. */
function topAt({ rows }: TableSample, at: number): Pick<Layout, 'preamble' | 'before'> {
  const row = rows[at];
  return row === undefined
    ? { preamble: 0, before: 0 }
    : { preamble: row.record.line - 1, before: row.index };
}

/** The rows of the header that starts at `at`. */
function headerAt(sample: TableSample, at: number): readonly (readonly string[])[] {
  const first = sample.rows[at]?.cells ?? [];
  let n = 1;
  for (let next = sample.rows[at + n]; next !== undefined && n < 6; next = sample.rows[at + n]) {
    if (!continuesHeader(first, next.cells, bodyAfter(sample, at + n))) break;
    n++;
  }
  return sample.rows.slice(at, at + n).map((r) => r.cells);
}

/** The header is the row with the most known names; undefined where no row has enough of them. */
function byKnownNames(sample: TableSample, known: KnownColumns): Layout | undefined {
  const { rows, width } = sample;
  let at = -1;
  let most = 0;
  rows.slice(0, TOP).forEach((row, i) => {
    const n = known.matches(row.cells);
    if (n > most) [at, most] = [i, n];
  });
  const row = rows[at];
  if (row === undefined || (most < 2 && most < Math.min(known.size, row.cells.length) * 0.5))
    return undefined;
  const header = headerAt(sample, at);
  const named = namesOf(header, known);
  const [early] = rows.slice(0, at).filter((r) => looksLikeRow(r.cells, bodyAfter(sample, at), width));
  const refused =
    early === undefined
      ? undefined
      : {
          code: 'AMBIGUOUS_HEADER',
          reason: `The header with the known column names is line ${row.record.line}, but line ${early.record.line} before it looks like a row.`,
        };
  return {
    ...topAt(sample, at),
    header: header.length,
    columns: named.columns,
    trailing: false,
    confidence: 0.99,
    notes: [...skippedNotes(sample, at), ...named.notes],
    doubts: equalNames(named.names, named.columns, known),
    ...defined({ refused }),
  };
}

/** No row has the known names: the table has no header, or is another one. */
function withoutKnownNames(sample: TableSample, known: KnownColumns): Layout {
  const { rows, width } = sample;
  const start = Math.max(
    0,
    rows.findIndex((r) => !isPreamble(r.cells, r.record.raw, width)),
  );
  const cells = rows[start]?.cells ?? [];
  const line = rows[start]?.record.line ?? 1;
  const body = bodyAfter(sample, start);
  const rating = rate(cells, body);
  const notes = skippedNotes(sample, start);
  if (known.size === width && cells.length === width && rating < -0.3) {
    const columns = uniqueNames(known.names).columns;
    const layout = { ...topAt(sample, start), header: 0, columns, trailing: false, confidence: sure(rating) };
    const sign = headerSign(cells, body, known);
    if (sign !== undefined)
      return {
        ...layout,
        notes,
        doubts: [],
        refused: {
          code: 'AMBIGUOUS_HEADER',
          reason: `Line ${line} (${some(cells)}) could be a header with unknown names, because ${sign}, or the first row of a file without a header. State "header" in "format", or add the names to "source".`,
        },
      };
    return {
      ...layout,
      notes: [...notes, 'no header: the columns are named by their places in the configuration'],
      doubts: [
        {
          choice: 'header',
          message: `The file seems to have no header: its columns were named by their places in the configuration (${some(columns)}), and line ${line} (${some(cells)}) was read as a row. State "header": false, or the names, in "format".`,
        },
      ],
    };
  }
  const named = namesOf([cells], undefined);
  const matched = cells.filter((name) => known.means(name));
  const because =
    known.size === width
      ? 'it does not look like a row without header'
      : `${width} columns are not the ${known.size} of the table`;
  return {
    ...topAt(sample, start),
    header: 1,
    columns: named.columns,
    trailing: false,
    confidence: 0,
    notes: [...notes, ...named.notes],
    doubts: [],
    refused: {
      code: 'UNKNOWN_COLUMNS',
      reason: `${matched.length === 0 ? 'None' : `Only ${matched.length}`} of the ${cells.length === 1 ? 'one name' : `${cells.length} names`} in line ${line} is known for this table (${some(cells)}), and ${because}.`,
    },
  };
}

const some = (cells: readonly string[]): string =>
  `${cells
    .slice(0, 5)
    .map((c) => JSON.stringify(c.slice(0, 40)))
    .join(', ')}${cells.length > 5 ? ', …' : ''}`;

/** What stands before the table, in words, so that nothing vanishes unseen. */
function skippedNotes({ rows }: TableSample, at: number): readonly string[] {
  const skipped = rows
    .slice(0, at)
    .map((r) =>
      JSON.stringify(
        r.record.raw.length > 120 ? `${fromBytes(r.record.raw.slice(0, 120))}…` : fromBytes(r.record.raw),
      ),
    );
  if (skipped.length === 0) return [];
  return [
    `${skipped.length} ${skipped.length === 1 ? 'line' : 'lines'} before the table skipped: ${skipped.slice(0, 5).join(', ')}${skipped.length > 5 ? ', …' : ''}`,
  ];
}

/** Two names that mean the same column: which of them the table takes is told. */
function equalNames(
  names: readonly string[],
  columns: readonly string[],
  known: KnownColumns | undefined,
): readonly FormatDoubt[] {
  const places = new Map<string, number[]>();
  for (const [i, name] of names.entries()) {
    const folded = foldHeader(name);
    if (folded !== '') places.set(folded, [...(places.get(folded) ?? []), i]);
  }
  return [...places.values()]
    .filter((at) => at.length > 1)
    .map((at) => {
      const list = at.map((i) => `${JSON.stringify(names[i])} (column ${i + 1})`).join(' and ');
      const taken = known?.taken(columns);
      const used = at.filter((i) => taken?.has(columns[i] ?? '') === true);
      const what =
        used.length === 0
          ? 'None of them is a column of the table.'
          : `${used.map((i) => `Column ${i + 1}`).join(' and ')} was taken.`;
      return { choice: 'header', message: `The header has the same name twice: ${list}. ${what}` };
    });
}

/** The header, if there is one, is the first row that is not like those below it. */
function byContrast(sample: TableSample): Layout {
  const { rows, width } = sample;
  const lines = rows.map(({ record, cells, index }, i) => ({
    cells,
    raw: record.raw,
    apart: index > (rows[i - 1]?.index ?? -1) + 1,
  }));
  const found = headerLines(lines, width);
  const titles = found === undefined && width > 1 ? titleLines(lines) : 0;
  const at =
    found?.at ??
    Math.max(
      titles,
      rows.slice(0, TOP).findIndex((r) => !isPreamble(r.cells, r.record.raw, width)),
    );
  const top = topAt(sample, at);
  const rating = rate(rows[at]?.cells ?? [], bodyAfter(sample, at + (found?.lines ?? 1) - 1));
  const skipped = skippedNotes(sample, at);
  if (rating <= 0 && found === undefined)
    return {
      ...top,
      header: 0,
      columns: Array.from({ length: Math.max(width, 1) }, (_, i) => `column${i + 1}`),
      trailing: false,
      confidence: sure(rating),
      notes: [...skipped, 'no header: columns are numbered'],
      doubts: [],
    };
  const header =
    found === undefined ? headerAt(sample, at) : rows.slice(at, at + found.lines).map((r) => r.cells);
  const named = namesOf(header, undefined);
  return {
    ...top,
    header: header.length,
    columns: named.columns,
    trailing: false,
    confidence: sure(rating),
    notes: [...skipped, ...named.notes],
    doubts: equalNames(named.names, named.columns, undefined),
  };
}

const sure = (rating: number): number => Math.round((1 - 0.5 * Math.exp(-Math.abs(rating))) * 100) / 100;

/** One name a column out of the header's rows; of several rows, the part that is known, else all parts. */
function namesOf(
  header: readonly (readonly string[])[],
  known: KnownColumns | undefined,
): {
  readonly names: readonly string[];
  readonly columns: readonly string[];
  readonly notes: readonly string[];
} {
  const width = Math.max(...header.map((r) => r.length));
  const joined = Array.from({ length: width }, (_, c) => {
    const parts = header.map((r) => (r[c] ?? '').trim()).filter((p) => p !== '');
    const all = parts.join(' ');
    if (known === undefined) return all;
    // The first row is the one with the known names.
    return [(header[0]?.[c] ?? '').trim(), all].find((name) => known.means(name)) ?? all;
  });
  const named = uniqueNames(joined);
  return {
    names: joined,
    columns: named.columns,
    notes: header.length > 1 ? [`header of ${header.length} lines`, ...named.notes] : named.notes,
  };
}
