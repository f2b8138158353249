// Text to a typed value in SQL, strictly: what would lose a digit, an offset or a fraction is no value.
import { quoteLiteral } from '../../duckdb';
import type { Column } from '../../model';
import { toUtc, type Zone } from './zone';

/**
 * How a column's text becomes its value, in two steps, each over named columns, so that no conversion is
 * computed twice. SQL that gives NULL for text means: not convertible.
 */
export interface Conversion {
  /** First step: expressions over the text, each kept under a name of its own. */
  readonly read: readonly string[];
  /** Second step: the value, over the names the first step got. */
  readonly finish: (names: readonly string[]) => string;
  /** What the text should have been, in words: "a BIGINT". */
  readonly expected: string;
}

const INTEGER =
  /^(TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|LONG|SHORT|SIGNED|INT[1248]|INT16|INT32|INT64|INT128|UINT8|UINT16|UINT32|UINT64|UINT128)$/;
const FLOATING = /^(FLOAT|FLOAT4|FLOAT8|REAL|DOUBLE)$/;
const DECIMAL = /^(?:DECIMAL|NUMERIC|DEC)(?:\(\s*\d+\s*(?:,\s*(\d+)\s*)?\))?$/;
const TIMESTAMP =
  /^(TIMESTAMP|DATETIME|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_US|TIMESTAMP_NS|TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE)$/;
const TEXT = /^(VARCHAR|TEXT|STRING|CHAR|BPCHAR|NVARCHAR)(\(\d+\))?$/;

/** Does the column take its text as it is? */
export function isText(column: Column): boolean {
  return TEXT.test(typeName(column));
}

/** The type as DuckDB's documentation writes it, for comparisons. */
function typeName(column: Column): string {
  return column.type.trim().toUpperCase().replace(/\s+/g, ' ');
}

/**
 * @param text SQL of the text, a plain column reference: it is used several times.
 * @param zone offsets of the column's time zone; undefined: the text is in UTC.
 */
export function conversion(column: Column, text: string, zone: Zone | undefined): Conversion {
  const type = typeName(column);
  if (TEXT.test(type)) return single(text, 'text');
  if (INTEGER.test(type))
    return single(number(column, text, integerPattern(column)), `${article(type)} ${type}${marks(column)}`);
  const decimal = DECIMAL.exec(type);
  if (decimal !== null) {
    // DECIMAL without digits is DECIMAL(18,3), DECIMAL(p) has no fraction: as in DuckDB.
    const scale = type.includes('(') ? Number(decimal[1] ?? 0) : 3;
    return single(number(column, text, decimalPattern(column, scale)), `a ${type}${marks(column)}`);
  }
  if (FLOATING.test(type)) {
    return {
      read: [number(column, text, floatingPattern(column))],
      finish: ([v = '']) => `CASE WHEN isfinite(${v}) THEN ${v} END`,
      expected: `a ${type}${marks(column)}`,
    };
  }
  if (type === 'BOOLEAN' || type === 'BOOL' || type === 'LOGICAL')
    return single(boolean(column, text), booleanWords(column));
  if (type === 'DATE') return date(column, text);
  if (type === 'TIME') return single(time(column, text), `a TIME${formats(column)}`);
  if (TIMESTAMP.test(type)) return timestamp(column, type, text, zone);
  return single(`TRY_CAST(${text} AS ${column.type})`, `${article(type)} ${type}`);
}

function single(sql: string, expected: string): Conversion {
  return { read: [sql], finish: ([v = '']) => v, expected };
}

// ---- numbers -------------------------------------------------------------------------------------

/**
 * DuckDB's own casts round 1.6 to 2, read 0x10 and 1_000, and drop digits: the pattern lets through only
 * what the type can hold without loss. Exponents are for floating types alone: in an id or an amount they
 * are what a spreadsheet left of the digits.
 */
function number(column: Column, text: string, pattern: string): string {
  const { decimal, thousands } = column;
  let plain = text;
  if (thousands !== undefined) plain = `replace(${plain}, ${quoteLiteral(thousands)}, '')`;
  if (decimal !== '.') plain = `replace(${plain}, ${quoteLiteral(decimal)}, '.')`;
  return `CASE WHEN regexp_full_match(${text}, ${quoteLiteral(pattern)}) THEN TRY_CAST(${plain} AS ${column.type}) END`;
}

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
  const digits = scale === 0 ? '0*' : `[0-9]{0,${scale}}0*`;
  return String.raw`\s*[+-]?(?:${whole(column)}(?:${mark}${digits})?|${mark}[0-9]${scale === 0 ? '' : digits})\s*`;
}

function floatingPattern(column: Column): string {
  const mark = escapePattern(column.decimal);
  return String.raw`\s*[+-]?(?:${whole(column)}(?:${mark}[0-9]*)?|${mark}[0-9]+)(?:[eE][+-]?[0-9]+)?\s*`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}-]/g, String.raw`\$&`);
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

const DAY = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}';
const CLOCK = String.raw`[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6}0*)?`;
const LOCAL = String.raw`\s*${DAY}(?:[ T]${CLOCK}|[ T][0-9]{1,2}:[0-9]{2})?\s*`;
const OFFSET = String.raw`\s*${DAY}[ T]${CLOCK} ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)\s*`;
const MIDNIGHT = String.raw`(?:[ T]00:00(?::00(?:\.0*)?)?)?`;

/** Earlier years come of "24" read as a year of four digits. */
const FIRST_DAY = '1000-01-01';

function date(column: Column, text: string): Conversion {
  const read =
    column.formats.length === 0
      ? `CASE WHEN regexp_full_match(${text}, ${quoteLiteral(String.raw`\s*${DAY}${MIDNIGHT}\s*`)}) THEN TRY_CAST(trim(${text}) AS DATE) END`
      : `CAST(try_strptime(${text}, ${formatList(column.formats)}) AS DATE)`;
  return {
    read: [read],
    finish: ([v = '']) => `CASE WHEN ${v} >= DATE '${FIRST_DAY}' THEN ${v} END`,
    expected: `a DATE${formats(column)}`,
  };
}

function time(column: Column, text: string): string {
  if (column.formats.length > 0) return `CAST(try_strptime(${text}, ${formatList(column.formats)}) AS TIME)`;
  return `CASE WHEN regexp_full_match(${text}, ${quoteLiteral(String.raw`\s*(?:${CLOCK}|[0-9]{1,2}:[0-9]{2})\s*`)}) THEN TRY_CAST(trim(${text}) AS TIME) END`;
}

/** Times as UTC: local ones through the zone, ones that carry an offset by that offset. */
function timestamp(column: Column, type: string, text: string, zone: Zone | undefined): Conversion {
  const withOffset = column.formats.filter((f) => /%[zZ]/.test(f));
  const without = column.formats.filter((f) => !/%[zZ]/.test(f));
  const local =
    column.formats.length === 0
      ? localTimestamp(text)
      : without.length === 0
        ? undefined
        : `try_strptime(${text}, ${formatList(without)})`;
  const absolute =
    column.formats.length === 0
      ? `CASE WHEN regexp_full_match(${text}, ${quoteLiteral(OFFSET)}) THEN TRY_CAST(trim(${text}) AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END`
      : withOffset.length === 0
        ? undefined
        : `try_strptime(${text}, ${formatList(withOffset)}) AT TIME ZONE 'UTC'`;
  const inUtc = ([first = '', second]: readonly string[]): string => {
    const shifted = local === undefined || zone === undefined ? first : toUtc(zone, first);
    return second === undefined ? shifted : `coalesce(${shifted}, ${second})`;
  };
  return {
    read: [local, absolute].filter((sql) => sql !== undefined),
    finish: (names) => {
      const [first = '', second] = names;
      const known = second === undefined ? first : `coalesce(${first}, ${second})`;
      const value = `CASE WHEN ${known} >= TIMESTAMP '${FIRST_DAY}' AND isfinite(${known}) THEN ${inUtc(names)} END`;
      return inType(value, type);
    },
    expected: `a ${type}${formats(column)}`,
  };
}

/** The usual shape is told by LIKE, at a fraction of the cost of the pattern for the others. */
function localTimestamp(text: string): string {
  return `CASE WHEN ${text} LIKE '____-__-_____:__:__' AND NOT suffix(${text}, 'Z') THEN TRY_CAST(${text} AS TIMESTAMP) WHEN regexp_full_match(${text}, ${quoteLiteral(LOCAL)}) THEN TRY_CAST(trim(${text}) AS TIMESTAMP) END`;
}

function inType(value: string, type: string): string {
  switch (type) {
    case 'TIMESTAMPTZ':
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

function formatList(list: readonly string[]): string {
  return list.length === 1 && list[0] !== undefined
    ? quoteLiteral(list[0])
    : `[${list.map((f) => quoteLiteral(f)).join(', ')}]`;
}

function formats(column: Column): string {
  if (column.formats.length === 0) return '';
  return ` (${column.formats.length === 1 ? 'format' : 'formats'} ${column.formats.join(', ')})`;
}

function article(type: string): string {
  return /^[AEIO]/.test(type) ? 'an' : 'a';
}
