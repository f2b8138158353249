// What the lines of a table are: preamble, header, rows, footer; by the names the table is known to have, else by contrast.
import { cellKind, isValue, shape, type CellKind, type KnownColumns } from './cells';
import { uniqueNames } from './dialect';
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
  /** Why a pipeline must not take the file. */
  readonly refused?: { readonly code: string; readonly reason: string };
}

/** Rows of the body that are looked at. */
const BODY = 200;
/** A header stands among the first lines or not at all. */
const TOP = 60;

interface SampleColumn {
  readonly cells: readonly string[];
  readonly filled: readonly string[];
  /** The one kind of value that nearly all cells have. */
  readonly value: CellKind | undefined;
  /** The one outline that nearly all cells have. */
  readonly shape: string | undefined;
}

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
  const rows = all
    .map((record, index) => ({ record, index, cells: record.fields.map((f) => fromBytes(f)) }))
    .filter((r) => !isBlank(r.record));
  const first = rows[0];
  if (first === undefined)
    return { preamble: 0, before: 0, header: 0, columns: [], trailing: false, confidence: 0, notes: [] };
  type Row = typeof first;
  const top = rows.slice(0, TOP);
  const bodyAfter = (at: number): readonly SampleColumn[] =>
    columnsOf(
      rows.slice(at + 1, at + 1 + BODY).map((r) => r.cells),
      width,
    );
  const place = (at: number): { preamble: number; before: number } => {
    const row = rows[at];
    return row === undefined
      ? { preamble: 0, before: 0 }
      : { preamble: row.record.line - 1, before: row.index };
  };
  const headerRows = (at: number, row: Row): number => {
    let n = 1;
    for (let next = rows[at + n]; next !== undefined && n < 6; next = rows[at + n]) {
      if (!continuesHeader(row.cells, next.cells, bodyAfter(at + n))) break;
      n++;
    }
    return n;
  };

  if (known !== undefined) {
    let at = -1;
    let most = 0;
    top.forEach((row, i) => {
      const n = known.matches(row.cells);
      if (n > most) [at, most] = [i, n];
    });
    const row = rows[at];
    if (row !== undefined && (most >= 2 || most >= Math.min(known.size, row.cells.length) * 0.5)) {
      const count = headerRows(at, row);
      const named = namesOf(
        rows.slice(at, at + count).map((r) => r.cells),
        known,
      );
      const early = rows.slice(0, at).filter((r) => looksLikeRow(r.cells, bodyAfter(at), width));
      return {
        ...place(at),
        header: count,
        columns: named.columns,
        trailing: false,
        confidence: 0.99,
        notes: named.notes,
        ...(early.length === 0
          ? {}
          : {
              refused: {
                code: 'AMBIGUOUS_HEADER',
                reason: `The header with the known column names is line ${row.record.line}, but line ${early[0]?.record.line ?? 0} before it looks like a row.`,
              },
            }),
      };
    }
    const start = Math.max(
      0,
      rows.findIndex((r) => !isPreamble(r.cells, r.record.raw, width)),
    );
    const cells = rows[start]?.cells ?? first.cells;
    const rating = rate(cells, bodyAfter(start));
    if (known.size === width && cells.length === width && rating < -0.3)
      return {
        ...place(start),
        header: 0,
        columns: uniqueNames(known.names).columns,
        trailing: false,
        confidence: sure(rating),
        notes: ['no header: the columns are named by their places in the configuration'],
      };
    const named = namesOf([cells], undefined);
    return {
      ...place(start),
      header: 1,
      columns: named.columns,
      trailing: false,
      confidence: 0,
      notes: named.notes,
      refused: {
        code: 'UNKNOWN_COLUMNS',
        reason: `None of the names in line ${rows[start]?.record.line ?? 1} is known for this table (${cells
          .slice(0, 5)
          .map((c) => JSON.stringify(c.slice(0, 40)))
          .join(', ')}${cells.length > 5 ? ', …' : ''}), and ${
          known.size === width
            ? 'it does not look like a row without header'
            : `${width} columns are not the ${known.size} of the table`
        }.`,
      },
    };
  }

  let at = top.findIndex((r) => !isPreamble(r.cells, r.record.raw, width));
  if (at === -1) at = 0;
  const row = rows[at] ?? first;
  const rating = rate(row.cells, bodyAfter(at));
  const skipped = at === 0 ? [] : [`${place(at).preamble} lines before the table skipped`];
  if (rating <= 0) {
    const columns = Array.from({ length: Math.max(width, 1) }, (_, i) => `column${i + 1}`);
    return {
      ...place(at),
      header: 0,
      columns,
      trailing: false,
      confidence: sure(rating),
      notes: [...skipped, 'no header: columns are numbered'],
    };
  }
  const count = headerRows(at, row);
  const named = namesOf(
    rows.slice(at, at + count).map((r) => r.cells),
    undefined,
  );
  return {
    ...place(at),
    header: count,
    columns: named.columns,
    trailing: false,
    confidence: sure(rating),
    notes: [...skipped, ...named.notes],
  };
}

const sure = (rating: number): number => Math.round((1 - 0.5 * Math.exp(-Math.abs(rating))) * 100) / 100;

function columnsOf(rows: readonly (readonly string[])[], width: number): readonly SampleColumn[] {
  const fit = rows.filter((r) => r.length === width);
  return Array.from({ length: width }, (_, c) => {
    const cells = fit.map((r) => r[c] ?? '');
    const filled = cells.filter((v) => v !== '');
    const kinds = new Map<CellKind, number>();
    const shapes = new Map<string, number>();
    for (const cell of filled) {
      const kind = cellKind(cell);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (cell.length <= 40) shapes.set(shape(cell), (shapes.get(shape(cell)) ?? 0) + 1);
    }
    const enough = filled.length * 0.8;
    const value = [...kinds].find(([kind, n]) => isValue(kind) && n >= enough)?.[0];
    const common = filled.length >= 2 ? [...shapes].find(([, n]) => n >= enough)?.[0] : undefined;
    return { cells, filled, value: filled.length === 0 ? undefined : value, shape: common };
  });
}

/** A line that is no row and no header: a title, a comment, delimiters without values. */
function isPreamble(cells: readonly string[], raw: string, width: number): boolean {
  const filled = cells.filter((c) => c.trim() !== '').length;
  if (filled === 0) return true;
  if (/^\s*(#|\/\/|--\s)/.test(raw) && cells.length !== width) return true;
  if (width === 1) return /^\s*#/.test(raw);
  if (width === 2) return cells.length === 1;
  return filled <= 1 || cells.length < width * 0.5;
}

/** Words that name columns in many files. */
const NAMES =
  /^(.*[ _-])?(id|key|code|nr|no|number|name|title|date|time|timestamp|day|month|year|type|kind|status|state|description|comment|comments|note|notes|price|amount|qty|quantity|total|count|value|url|link|email|e-mail|phone|address|city|country|zip|region|user|username|customer|product|category|device|channel|brand|language|currency|gender|age|start|end|duration|version|model|serial|created|updated|first|last|latitude|longitude|lat|lon|colou?r|size|weight|n[áa]zev|jm[ée]no|datum|cena|m[ěe]sto|po[čc]et|naam|aantal|prijs)(_?at|s)?$/i;
const splitCamel = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1_$2');

/** Above 0: the cells are names of the columns below them; below 0: a row like the others. */
function rate(cells: readonly string[], body: readonly SampleColumn[]): number {
  let rating = 0;
  const rows = body[0]?.cells.length ?? 0;
  const filled = cells.filter((c) => c !== '');
  if (filled.length === 0) return -1;
  for (const [i, cell] of cells.entries()) {
    const kind = cellKind(cell);
    const column = body[i];
    if (cell !== '' && NAMES.test(splitCamel(cell.trim()))) rating += 0.6;
    if (column === undefined || rows === 0 || column.filled.length === 0) {
      rating += isValue(kind)
        ? -0.8
        : kind === 'word' && !/^\d/.test(cell)
          ? 0.2
          : kind === 'words'
            ? 0.1
            : kind === 'prose' || kind === 'odd'
              ? -0.2
              : 0;
      continue;
    }
    if (column.value !== undefined) {
      if (cell === '') continue;
      rating += kind === column.value ? -1 : isValue(kind) ? -0.3 : 1;
      continue;
    }
    if (column.shape !== undefined && cell !== '') {
      if (shape(cell) === column.shape) rating -= column.shape === 'a' ? 0.15 : 0.5;
      else rating += 0.4;
    }
    if (isValue(kind)) rating -= 0.5;
    else if (cell.length > 60) rating -= 0.5;
    else if (cell !== '') {
      const length = column.filled.reduce((n, v) => n + v.length, 0) / column.filled.length;
      if (length > 3 * cell.length) rating += 0.3;
      if (column.filled.includes(cell)) rating -= 0.5;
    }
  }
  if (new Set(filled.map((c) => c.toLowerCase())).size < filled.length) rating -= 0.3;
  return rating;
}

/** Is the row below a header row part of the header: the same names again, or words over columns of values? */
function continuesHeader(
  header: readonly string[],
  next: readonly string[],
  body: readonly SampleColumn[],
): boolean {
  if (next.length !== header.length || next.every((c) => c === '')) return false;
  if (next.every((c, i) => c === header[i])) return true;
  const typed = body
    .map((column, i) => ({ column, cell: next[i] ?? '' }))
    .filter(({ column }) => column.value !== undefined);
  const against = typed.filter(({ cell }) => cell !== '' && !isValue(cellKind(cell))).length;
  return typed.length >= 2 && (body[0]?.cells.length ?? 0) >= 2 && against >= Math.max(2, typed.length * 0.8);
}

/** Does a line above the header have the values of the rows below it? */
function looksLikeRow(cells: readonly string[], body: readonly SampleColumn[], width: number): boolean {
  if (cells.length !== width || width < 2) return false;
  const filled = cells.filter((c) => c !== '').length;
  if (filled < width * 0.6) return false;
  const typed = body
    .map((column, i) => ({ column, kind: cellKind(cells[i] ?? '') }))
    .filter(({ column }) => column.value !== undefined);
  return (
    typed.length > 0 && typed.filter(({ column, kind }) => kind === column.value).length >= typed.length * 0.5
  );
}

/** One name a column out of the header's rows; of several rows, the part that is known, else all parts. */
function namesOf(
  header: readonly (readonly string[])[],
  known: KnownColumns | undefined,
): { readonly columns: readonly string[]; readonly notes: readonly string[] } {
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
    columns: named.columns,
    notes: header.length > 1 ? [`header of ${header.length} lines`, ...named.notes] : named.notes,
  };
}

const TOTALS =
  /^["'\s#*=-]*((grand|sub|sum)?\s*-?\s*totals?|sum|sums|summary|(total|number|nr|no|count)\s+(of|rows|records|lines)\b.*|records?|rows?(\s*count)?|row_count|lines?|count|trailer|trl|eof|end\s+of\s+(file|report|data|export)|end|celkem|spolu|soucet|součet|razem|összesen|ossz|totaal|aantal|gesamt|summe|итого|\d+\s+(rows?|records?|lines?)\b.*)(["'\s:;=,.|*-]|$)/i;

/** How many of the last records are no rows: totals, counts, end marks. Blank ones not counted. */
export function footerOf(tail: readonly FileRecord[], width: number): number {
  const rows = tail.filter((r) => !isBlank(r));
  let n = 0;
  for (let i = rows.length - 1; i >= 0 && n < 10; i--) {
    const record = rows[i];
    if (record === undefined || !isFooter(record, width)) break;
    n++;
  }
  return n;
}

function isFooter(record: FileRecord, width: number): boolean {
  const cells = record.fields.map((f) => fromBytes(f));
  const filled = cells.filter((c) => c.trim() !== '');
  const head = filled[0] ?? '';
  if (/^\s*[-=*_]{3,}[\s\-=*_,;|\t]*$/.test(record.raw)) return true;
  if (width === 1)
    return /^\s*(-+\s*)?(end of (file|report|data|export)|eof|\(?\d+ (rows?|records?)\b.*|(rows?|records?|total|count)\s*[:=]\s*\d+)\s*$/i.test(
      head,
    );
  const named = TOTALS.test(head) || /^\(\d+ rows?( affected)?\)$/i.test(head.trim());
  if (cells.length !== width)
    return (
      (named || /^\s*#/.test(record.raw)) && filled.length <= Math.max(2, width - 1) && cells.length < width
    );
  return (
    /^["'\s#*=-]*((grand|sub)?\s*-?\s*totals?|sum|celkem|spolu|součet|razem|összesen|totaal|gesamt|summe|trailer|eof)[\s:=]*$/i.test(
      head,
    ) &&
    filled.length < width &&
    filled.slice(1).every((c) => cellKind(c) === 'number')
  );
}
