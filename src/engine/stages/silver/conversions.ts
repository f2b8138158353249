// Text to a typed value in SQL, strictly: what would lose a digit, an offset or a fraction is no value.
import {
  escapePattern,
  isFloating,
  isInteger,
  isNumeric,
  isTemporal,
  isTimestamp,
  quoteLiteral,
  typeName,
} from '../../base';
import type { Column } from '../../model';
import { isWritten, parsedTime } from './timeFormats';
import { toUtc, type Zone } from './zone';

/**
 * How a column's text becomes its value, in two steps, each over named columns, so that no conversion is
 * computed twice. SQL that gives NULL for text means: not convertible.
 */
export interface ConversionSql {
  /** First step: expressions over the text, each kept under a name of its own. */
  readonly read: readonly string[];
  /** Second step: the value, over the names the first step got. */
  readonly finish: (names: readonly string[]) => string;
  /** What the text should have been, in words: "a BIGINT". */
  readonly expected: string;
}

/** Does the column take its text as it is? */
export function isText(column: Column): boolean {
  return typeName(column.type) === 'VARCHAR';
}

/** Is every text that converts sure to have a digit in it? */
export function needsDigits(column: Column): boolean {
  return isNumeric(column.type) || (isTemporal(column.type) && column.formats.length === 0);
}

/** The type as the config writes it. */
function written(column: Column): string {
  return column.type.trim().toUpperCase().replace(/\s+/g, ' ');
}

/**
 * @param text SQL of the text, a plain column reference: it is used several times.
 * @param zone offsets of the column's time zone; undefined: the text is in UTC.
 */
export function conversion(column: Column, text: string, zone: Zone | undefined): ConversionSql {
  const type = typeName(column.type);
  if (type === 'VARCHAR') return single(text, 'text');
  if (isInteger(type)) return number(column, text, integerPattern(column), 'exact');
  const decimal = /^DECIMAL\(\d+,(\d+)\)$/.exec(type);
  if (decimal !== null) return number(column, text, decimalPattern(column, Number(decimal[1])), 'exact');
  if (isFloating(type)) return number(column, text, floatingPattern(column), 'floating');
  if (type === 'BOOLEAN') return single(boolean(column, text), booleanWords(column));
  if (type === 'DATE') return date(column, text);
  if (type === 'TIME') return time(column, text);
  if (isTimestamp(type)) return timestamp(column, type, text, zone);
  // Blanks around bytes are bytes.
  return single(
    `TRY_CAST(${type === 'BLOB' ? text : `trim(${text})`} AS ${column.type})`,
    `${article(written(column))} ${written(column)}`,
  );
}

function single(sql: string, expected: string): ConversionSql {
  return { read: [sql], finish: ([v = '']) => v, expected };
}

// ---- numbers -------------------------------------------------------------------------------------

/**
 * DuckDB's own casts round 1.6 to 2, read 0x10, 1_000 and +-1, and drop digits: the pattern lets through only
 * what the type can hold without loss. Exponents are for floating types alone: in an id or an amount they
 * are what a spreadsheet left of the digits. Where the text has DuckDB's own marks, most values pass a test
 * that is cheaper than the pattern: a number that is written as DuckDB writes it lost nothing.
 */
function number(column: Column, text: string, pattern: string, kind: 'exact' | 'floating'): ConversionSql {
  const { decimal, thousands, type } = column;
  const matches = `regexp_full_match(${text}, ${quoteLiteral(pattern)})`;
  const expected = `${article(written(column))} ${written(column)}${marks(column)}`;
  if (decimal === '.' && thousands === undefined) {
    const finish =
      kind === 'exact'
        ? (v: string): string =>
            `CASE WHEN CAST(${v} AS VARCHAR) = ${text} THEN ${v} WHEN ${matches} THEN ${v} END`
        : (v: string): string =>
            `CASE WHEN isfinite(${v}) AND NOT contains(${text}, '_') AND NOT contains(${text}, '+-') THEN ${notVanished(v, text)} END`;
    return { read: [`TRY_CAST(${text} AS ${type})`], finish: ([v = '']) => finish(v), expected };
  }
  const bare = thousands === undefined ? text : `replace(${text}, ${quoteLiteral(thousands)}, '')`;
  const plain = decimal === '.' ? bare : `replace(${bare}, ${quoteLiteral(decimal)}, '.')`;
  return {
    read: [`CASE WHEN ${matches} THEN TRY_CAST(${plain} AS ${type}) END`],
    finish: ([v = '']) =>
      kind === 'exact' ? v : `CASE WHEN isfinite(${v}) THEN ${notVanished(v, plain)} END`,
    expected,
  };
}

/** No value where the text is a number that the type is too coarse for: 1e-400 is not 0. */
const notVanished = (v: string, text: string): string =>
  `CASE WHEN ${v} = 0 THEN CASE WHEN NOT regexp_matches(${text}, '^[^eE]*[1-9]') THEN ${v} END ELSE ${v} END`;

/** Digits before the mark: plain, or in groups of three. */
function whole(column: Column): string {
  if (column.thousands === undefined) return '[0-9]+';
  return `(?:[0-9]+|[0-9]{1,3}(?:${escapePattern(column.thousands)}[0-9]{3})+)`;
}

function integerPattern(column: Column): string {
  return String.raw`\s*[+-]?${whole(column)}(?:${escapePattern(column.decimal)}0*)?\s*`;
}

function decimalPattern(column: Column, scale: number): string {
  const mark = escapePattern(column.decimal);
  const [some, any] = scale === 0 ? ['0+', '0*'] : [`[0-9]{1,${scale}}0*`, `[0-9]{0,${scale}}0*`];
  return String.raw`\s*[+-]?(?:${whole(column)}(?:${mark}${any})?|${mark}${some})\s*`;
}

function floatingPattern(column: Column): string {
  const mark = escapePattern(column.decimal);
  return String.raw`\s*[+-]?(?:${whole(column)}(?:${mark}[0-9]*)?|${mark}[0-9]+)(?:[eE][+-]?[0-9]+)?\s*`;
}

function marks(column: Column): string {
  const words = [
    ...(column.decimal === '.' ? [] : [`decimal mark "${column.decimal}"`]),
    ...(column.thousands === undefined ? [] : [`thousands mark "${column.thousands}"`]),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

// ---- booleans ------------------------------------------------------------------------------------

function boolean(column: Column, text: string): string {
  const word = `lower(trim(${text}))`;
  const own = `TRY_CAST(trim(${text}) AS BOOLEAN)`;
  if (column.trueValues.length === 0 && column.falseValues.length === 0) return own;
  const list = (values: readonly string[]): string =>
    `${word} IN (${values.map((v) => quoteLiteral(v.trim().toLowerCase())).join(', ')})`;
  // A side that is not configured keeps DuckDB's own words.
  const isTrue = column.trueValues.length === 0 ? own : list(column.trueValues);
  const isFalse = column.falseValues.length === 0 ? `NOT ${own}` : list(column.falseValues);
  return `CASE WHEN ${isTrue} THEN true WHEN ${isFalse} THEN false END`;
}

function booleanWords(column: Column): string {
  const values = [...column.trueValues, ...column.falseValues];
  return values.length === 0 ? 'a BOOLEAN' : `a BOOLEAN (${values.join(', ')})`;
}

// ---- dates and times -----------------------------------------------------------------------------

const DAY = '[1-9][0-9]{3}[-/][0-9]{1,2}[-/][0-9]{1,2}';
const CLOCK = String.raw`[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6}0*)?`;
const LOCAL = String.raw`\s*${DAY}(?:[ T]${CLOCK}|[ T][0-9]{1,2}:[0-9]{2})?\s*`;
const OFFSET = String.raw`\s*${DAY}[ T]${CLOCK} ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)\s*`;
const MIDNIGHT = String.raw`(?:[ T]00:00(?::00(?:\.0*)?)?)?`;

/** A format whose times carry their own offset or zone. */
const OFFSET_FORMAT = /%[zZ]/;

/** Earlier years come of "24" read as a year of four digits. */
const FIRST_DAY = '1000-01-01';
/** Later days are none that a word was read as: most values pass this one test. */
const SURE_DAY = '1900-01-02';

function date(column: Column, text: string): ConversionSql {
  const read =
    column.formats.length === 0
      ? `CASE WHEN regexp_full_match(${text}, ${quoteLiteral(String.raw`\s*${DAY}${MIDNIGHT}\s*`)}) THEN TRY_CAST(trim(${text}) AS DATE) END`
      : `CAST(${parsedTime(text, column.formats)} AS DATE)`;

  return {
    read: [read],
    finish: ([v = '']) =>
      column.formats.length === 0
        ? `CASE WHEN ${v} >= DATE '${FIRST_DAY}' THEN ${v} END`
        : `CASE WHEN ${v} >= DATE '${SURE_DAY}' THEN ${v} WHEN ${v} >= DATE '${FIRST_DAY}' AND ${isWritten(text, v, 'DATE')} THEN ${v} END`,
    expected: `a DATE${formats(column)}`,
  };
}

function time(column: Column, text: string): ConversionSql {
  const expected = `a TIME${formats(column)}`;
  if (column.formats.length > 0)
    return {
      read: [`CAST(${parsedTime(text, column.formats)} AS TIME)`],
      finish: ([v = '']) =>
        `CASE WHEN ${v} <> TIME '00:00:00' THEN ${v} WHEN ${isWritten(text, v, 'TIME')} THEN ${v} END`,
      expected,
    };
  const pattern = quoteLiteral(String.raw`\s*(?:${CLOCK}|[0-9]{1,2}:[0-9]{2})\s*`);
  return single(
    `CASE WHEN regexp_full_match(${text}, ${pattern}) THEN TRY_CAST(trim(${text}) AS TIME) END`,
    expected,
  );
}

/** Times as UTC: local ones through the zone; what is no local time may carry its offset. */
function timestamp(column: Column, type: string, text: string, zone: Zone | undefined): ConversionSql {
  const withOffset = column.formats.filter((f) => OFFSET_FORMAT.test(f));
  const without = column.formats.filter((f) => !OFFSET_FORMAT.test(f));
  const local =
    column.formats.length === 0
      ? localTimestamp(text)
      : without.length === 0
        ? 'CAST(NULL AS TIMESTAMP)'
        : parsedTime(text, without);
  const absolute = withOffset.length === 0 ? [] : [parsedTime(text, withOffset)];
  return {
    read: [local, ...absolute],
    finish: ([v = '', a]) => {
      const utc = zone === undefined ? v : toUtc(zone, v, column.ambiguous ?? 'earlier');
      const cases =
        column.formats.length === 0
          ? [`WHEN ${v} >= TIMESTAMP '${FIRST_DAY}' THEN ${utc}`]
          : [
              `WHEN ${v} >= TIMESTAMP '${SURE_DAY}' THEN ${utc}`,
              `WHEN ${v} >= TIMESTAMP '${FIRST_DAY}' AND ${isWritten(text, v, 'TIMESTAMP')} THEN ${utc}`,
            ];
      cases.push(`WHEN ${v} IS NOT NULL THEN NULL`);
      if (a !== undefined)
        cases.push(
          `WHEN ${a} >= TIMESTAMPTZ '${FIRST_DAY}' AND ${isWritten(text, a, 'TIMESTAMPTZ')} THEN ${a} AT TIME ZONE 'UTC'`,
        );
      if (column.formats.length === 0) cases.push(offsetTimestamp(text));
      return inType(`CASE ${cases.join(' ')} END`, type);
    },
    expected: `a ${type}${formats(column)}`,
  };
}

/** WHEN of a time with its offset; DuckDB takes no blank before it, and no offset for TIMESTAMP at all. */
function offsetTimestamp(text: string): string {
  const joined = `regexp_replace(trim(${text}), ' ([+-])', '\\1')`;
  return `WHEN regexp_full_match(${text}, ${quoteLiteral(OFFSET)}) THEN TRY_CAST(${joined} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
}

/** The usual shape is told by LIKE, at a fraction of the cost of the pattern for the others. */
function localTimestamp(text: string): string {
  return `CASE WHEN ${text} LIKE '____-__-_____:__:__' AND NOT suffix(${text}, 'Z') THEN TRY_CAST(${text} AS TIMESTAMP) WHEN regexp_full_match(${text}, ${quoteLiteral(LOCAL)}) THEN TRY_CAST(trim(${text}) AS TIMESTAMP) END`;
}

function inType(value: string, type: string): string {
  switch (type) {
    case 'TIMESTAMP WITH TIME ZONE':
      return `(${value}) AT TIME ZONE 'UTC'`;
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      return `CAST(${value} AS ${type})`;
    default:
      return value;
  }
}

function formats(column: Column): string {
  if (column.formats.length === 0) return '';
  return ` (${column.formats.length === 1 ? 'format' : 'formats'} ${column.formats.join(', ')})`;
}

function article(type: string): string {
  return /^[AEIO]/.test(type) ? 'an' : 'a';
}
