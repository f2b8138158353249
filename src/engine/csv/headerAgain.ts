// The header amid the rows: files put one behind the other have it again, and not always the same.
import { foldHeader, quoteIdentifier, quoteLiteral } from '../base';
import { cellKind, isValue } from './cells';
import type { CsvFormat } from './format';
import { fromBytes } from './records';

/** By place: what the config calls a column beside the name in the header. */
export type OtherNames = CsvFormat['otherNames'];

/** A header to be found again; made once for each of a file. */
interface SoughtHeader {
  /** The place of each name, folded; other names of a column have its place. */
  readonly places: ReadonlyMap<string, number>;
  /** Columns that have a name. */
  readonly named: number;
  readonly folded: readonly string[];
  /** The first and the last place with a name: one of the two has a name in every header that is found. */
  readonly first: number;
  readonly last: number;
  /** Fields longer than this are no name. */
  readonly longest: number;
  /** By char code: with which signs a field begins and ends that may be one of the names. */
  readonly begins: Uint8Array;
  readonly ends: Uint8Array;
}

const sought = new WeakMap<readonly string[], SoughtHeader>();

function soughtOf(header: readonly string[], otherNames: OtherNames): SoughtHeader {
  let found = sought.get(header);
  if (found === undefined) {
    const folded = header.map((name) => foldHeader(fromBytes(name)));
    const places = new Map<string, number>();
    const take = (name: string, place: number): void => {
      if (name !== '' && !places.has(name)) places.set(name, place);
    };
    folded.forEach(take);
    const named = places.size;
    const others = folded.map((name, i) => (name === '' ? [] : (otherNames?.[i] ?? [])));
    others.forEach((names, i) => names.forEach((name) => take(foldHeader(name), i)));
    found = {
      places,
      named,
      folded,
      first: folded.findIndex((name) => name !== ''),
      last: folded.findLastIndex((name) => name !== ''),
      longest: Math.max(...[...header, ...others.flat()].map((name) => Buffer.byteLength(name))) * 2 + 8,
      begins: signsOf([...places.keys()].map((name) => name.charAt(0))),
      ends: signsOf([...places.keys()].map((name) => name.charAt(name.length - 1))),
    };
    sought.set(header, found);
  }
  return found;
}

/** Bytes that may stand at an end of a name with these signs there: their own, and all that folding may change. */
function signsOf(signs: readonly string[]): Uint8Array {
  const found = new Uint8Array(256);
  found.fill(1, 0x7f);
  for (const sign of ' _-\t\n\v\f\r') found[sign.charCodeAt(0)] = 1;
  for (const sign of signs)
    for (const cased of [sign, sign.toLowerCase(), sign.toUpperCase()]) {
      const code = cased.charCodeAt(0);
      if (code < found.length) found[code] = 1;
    }
  return found;
}

/**
 * "again": the names of the same columns at their places. "other": names of the columns, but not at their places.
 * @param otherNames what the table calls the columns beside the header's names, by place
 */
export function headerAgain(
  fields: readonly string[],
  headers: readonly (readonly string[])[],
  otherNames: OtherNames,
): 'again' | 'other' | undefined {
  let other = false;
  for (const header of headers) {
    if (header.length !== fields.length) continue;
    const { places, named, folded, first, last, longest, begins, ends } = soughtOf(header, otherNames);
    if (named < 2) {
      // One name could be a value: only the same text is the header again.
      if (named === 1 && fields.every((field, i) => field === header[i])) return 'again';
      continue;
    }
    const isName = (at: number): boolean => {
      const field = fields[at] ?? '';
      // Nearly every value is told apart by its ends: folding each would cost more than reading it.
      return (
        field.length > 0 &&
        field.length <= longest &&
        begins[field.charCodeAt(0)] === 1 &&
        ends[field.charCodeAt(field.length - 1)] === 1 &&
        places.has(foldHeader(fromBytes(field)))
      );
    };
    if (!isName(first) && !isName(last)) continue;
    const cells = fields.map((f) => foldHeader(fromBytes(f)));
    const isPlaced = (cell: string, i: number): boolean =>
      cell === folded[i] || (cell !== '' && places.get(cell) === i);
    if (cells.every(isPlaced)) return 'again';
    other ||= isOther(cells, fields, { places, named, isPlaced });
  }
  return other && new Set(headers.map((h) => JSON.stringify(h))).size === 1 ? 'other' : undefined;
}

/** All columns in another order, or most of them at their places beside other words. */
function isOther(
  cells: readonly string[],
  fields: readonly string[],
  {
    places,
    named,
    isPlaced,
  }: Pick<SoughtHeader, 'places' | 'named'> & { isPlaced: (cell: string, i: number) => boolean },
): boolean {
  if (
    new Set(cells.map((cell) => places.get(cell))).size === named &&
    cells.every((cell) => places.has(cell))
  )
    return true;
  const placed = cells.filter((cell, i) => cell !== '' && isPlaced(cell, i)).length;
  return (
    placed >= 2 &&
    placed >= cells.length * 0.6 &&
    fields.every((field) => field !== '' && !isValue(cellKind(fromBytes(field).trim())))
  );
}

/** Names of more columns are not counted in SQL: a thousand would make an expression that takes all memory. */
const MOST_COUNTED = 40;

/** SQL that is true for every row that `headerAgain` may find, and for hardly another one; columns in their order. */
export function mayBeHeaderSql(
  header: readonly string[],
  columns: readonly string[],
  otherNames: OtherNames,
): string | undefined {
  const texts = header.map((name) => fromBytes(name));
  const named = texts.flatMap((name, i) => (foldHeader(name) === '' ? [] : [i]));
  const [first] = named;
  const last = named.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const variants = new Set(
    named.flatMap((i) => {
      const names = [texts[i] ?? '', ...(otherNames?.[i] ?? [])];
      const spellings = names
        .flatMap((name) => [name, name.trim()])
        .flatMap((t) => [
          t,
          t.replace(/[ _-]+/g, ' '),
          t.replace(/[ _-]+/g, '_'),
          t.replace(/[ _-]+/g, '-'),
          t.replace(/[ _-]+/g, ''),
          splitWords(t, ' '),
          splitWords(t, '_'),
        ]);
      return spellings.map((t) => t.toLowerCase());
    }),
  );
  variants.delete('');
  const list = [...variants].map(quoteLiteral).join(', ');
  const lengths = [...new Set([...variants].map((v) => Buffer.byteLength(v)))].sort((a, b) => a - b);
  const column = (i: number): string => quoteIdentifier(columns[i] ?? '');
  const long = (i: number): string =>
    lengths.length <= 8
      ? `(${lengths.map((n) => `strlen(${column(i)}) = ${n}`).join(' OR ')})`
      : `strlen(${column(i)}) <= ${lengths.at(-1) ?? 0}`;
  // The first sign decides for nearly every row, by a look at one byte: what comes behind it is dear.
  const signs = new Set(
    [...variants, ' '].flatMap((v) => [v, v.toUpperCase()].map((t) => t.codePointAt(0) ?? 0)),
  );
  // No IN: DuckDB makes a join of a list, and then every row pays for what CASE would spare it.
  const begins = (i: number): string =>
    signs.size <= 64 ? [...signs].map((sign) => `ascii(${column(i)}) = ${sign}`).join(' OR ') : 'true';
  const among = (i: number): string => `list_contains([${list}], lower(trim(${column(i)})))`;
  const isName = (i: number, padded: string): string =>
    `CASE WHEN ${begins(i)} THEN CASE WHEN ${long(i)} OR ${padded}(${column(i)}, ' ') THEN ${among(i)} ELSE false END ELSE false END`;
  // DuckDB puts the terms of AND into an order of its own; CASE says for which rows the dear ones are evaluated.
  const gate =
    first === last ? isName(first, 'suffix') : `${isName(first, 'suffix')} OR ${isName(last, 'starts_with')}`;
  // Names times names: of a wide table the gate alone decides, which lets through more rows, never fewer.
  if (named.length < 2 || named.length > MOST_COUNTED) return gate;
  const sum = named.map((i) => `coalesce(${among(i)}, false)::INTEGER`);
  return `CASE WHEN ${gate} THEN ${sum.join(' + ')} >= 2 ELSE false END`;
}

/** "PlaybackId" as "Playback Id". */
const splitWords = (name: string, by: string): string => name.replace(/([a-z\d])([A-Z])/g, `$1${by}$2`);
