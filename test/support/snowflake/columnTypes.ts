// Snowflake's column types: how they are written, stored in DuckDB, told by INFORMATION_SCHEMA and filled.
import { notSpoken, SnowflakeError } from './errors';
import type { Cursor } from './sql/tokens';

export type ColumnType =
  | { readonly kind: 'TEXT' | 'BINARY'; readonly length: number }
  | { readonly kind: 'NUMBER'; readonly precision: number; readonly scale: number }
  | {
      readonly kind: 'TIME' | 'TIMESTAMP_NTZ' | 'TIMESTAMP_LTZ' | 'TIMESTAMP_TZ';
      readonly precision: number;
    }
  | { readonly kind: 'FLOAT' | 'BOOLEAN' | 'DATE' | 'VARIANT' | 'OBJECT' | 'ARRAY' };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** COLLATE of a text column, such as en-ci; undefined: its code points are compared. */
  readonly collation?: string | undefined;
}

const MAX_TEXT = 16_777_216;
const MAX_BINARY = 8_388_608;

/** Reads a type as it stands in DDL or a cast. @throws SnowflakeError for one that Snowflake does not have. */
export function readType(cursor: Cursor): ColumnType {
  const token = cursor.next();
  const word = token.kind === 'word' ? token.text.toUpperCase() : '';
  const size = (most: number): number => {
    if (!cursor.takes('(')) return most;
    const given = cursor.number();
    cursor.expect(')');
    if (!Number.isInteger(given) || given < 0 || given > most) throw badSize(word, given);
    return given;
  };
  switch (word) {
    case 'VARCHAR':
    case 'STRING':
    case 'TEXT':
      return { kind: 'TEXT', length: size(MAX_TEXT) };
    case 'CHAR':
    case 'CHARACTER':
      return { kind: 'TEXT', length: cursor.sees('(') ? size(MAX_TEXT) : 1 };
    case 'BINARY':
    case 'VARBINARY':
      return { kind: 'BINARY', length: size(MAX_BINARY) };
    case 'NUMBER':
    case 'NUMERIC':
    case 'DECIMAL': {
      if (!cursor.takes('(')) return { kind: 'NUMBER', precision: 38, scale: 0 };
      const precision = cursor.number();
      const scale = cursor.takes(',') ? cursor.number() : 0;
      cursor.expect(')');
      if (precision < 1 || precision > 38) throw badSize(word, precision);
      if (scale < 0 || scale > precision || scale > 37) throw badSize(word, scale);
      return { kind: 'NUMBER', precision, scale };
    }
    case 'INT':
    case 'INTEGER':
    case 'BIGINT':
    case 'SMALLINT':
    case 'TINYINT':
    case 'BYTEINT':
      return { kind: 'NUMBER', precision: 38, scale: 0 };
    case 'FLOAT':
    case 'FLOAT4':
    case 'FLOAT8':
    case 'REAL':
    case 'DOUBLE':
      cursor.takes('PRECISION');
      return { kind: 'FLOAT' };
    case 'BOOLEAN':
    case 'DATE':
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return { kind: word };
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return { kind: word, precision: size(9) };
    // TIMESTAMP_TYPE_MAPPING is TIMESTAMP_NTZ by default.
    case 'TIMESTAMP':
    case 'DATETIME':
      return { kind: 'TIMESTAMP_NTZ', precision: size(9) };
    default:
      throw new SnowflakeError(
        '002040',
        '42601',
        `SQL compilation error:\nUnsupported data type '${token.text}'.`,
      );
  }
}

function badSize(word: string, size: number): SnowflakeError {
  return new SnowflakeError(
    '001009',
    '42601',
    `SQL compilation error:\ninvalid value [${size}] for parameter of type ${word}`,
  );
}

/** The type of the stored column: times are kept to the microsecond, offsets of TIMESTAMP_TZ as UTC. */
export function storedAs(type: ColumnType): string {
  switch (type.kind) {
    case 'TEXT':
      return 'VARCHAR';
    case 'BINARY':
      return 'BLOB';
    case 'NUMBER':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'FLOAT':
      return 'DOUBLE';
    case 'BOOLEAN':
      return 'BOOLEAN';
    case 'DATE':
      return 'DATE';
    case 'TIME':
      return 'TIME';
    case 'TIMESTAMP_NTZ':
      return 'TIMESTAMP';
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return 'TIMESTAMPTZ';
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return 'JSON';
    default:
      return type satisfies never;
  }
}

/** Collation of DuckDB that is most like one of Snowflake's. @throws SnowflakeError for those that are not known. */
export function collated(collation: string | undefined): string {
  if (collation === undefined || collation === '' || collation === 'utf8') return '';
  if (/^[a-z]{2}(?:_[A-Za-z]+)?-ci$/.test(collation)) return ' COLLATE NOCASE';
  throw notSpoken(`COLLATE '${collation}'`);
}

/** As DDL writes it. */
export function typeText(type: ColumnType): string {
  switch (type.kind) {
    case 'TEXT':
      return `VARCHAR(${type.length})`;
    case 'BINARY':
      return `BINARY(${type.length})`;
    case 'NUMBER':
      return `NUMBER(${type.precision},${type.scale})`;
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return `${type.kind}(${type.precision})`;
    case 'FLOAT':
    case 'BOOLEAN':
    case 'DATE':
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return type.kind;
    default:
      return type satisfies never;
  }
}

/** DATA_TYPE and its sizes, as INFORMATION_SCHEMA.COLUMNS tells them. */
export function informationOf(type: ColumnType): {
  readonly dataType: string;
  readonly characters: number | null;
  readonly octets: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly datetime: number | null;
} {
  const none = { characters: null, octets: null, precision: null, scale: null, datetime: null };
  switch (type.kind) {
    case 'TEXT':
      return {
        ...none,
        dataType: 'TEXT',
        characters: type.length,
        octets: Math.min(type.length * 4, MAX_TEXT),
      };
    case 'BINARY':
      return { ...none, dataType: 'BINARY', octets: type.length };
    case 'NUMBER':
      return { ...none, dataType: 'NUMBER', precision: type.precision, scale: type.scale };
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return { ...none, dataType: type.kind, datetime: type.precision };
    case 'FLOAT':
    case 'BOOLEAN':
    case 'DATE':
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return { ...none, dataType: type.kind };
    default:
      return type satisfies never;
  }
}

/**
 * May ALTER … SET DATA TYPE do this? Snowflake lets a text grow, a number's precision grow (also shrink, where
 * the values fit, which this peer refuses) with the same scale, and nothing else.
 */
export function mayBecome(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'TEXT' && to.kind === 'TEXT') return to.length >= from.length;
  if (from.kind === 'BINARY' && to.kind === 'BINARY') return to.length >= from.length;
  if (from.kind === 'NUMBER' && to.kind === 'NUMBER')
    return to.scale === from.scale && to.precision >= from.precision;
  return typeText(from) === typeText(to);
}

/** Where a value comes from: what COPY takes and INSERT takes is not the same for VARIANT. */
export type Source = 'INSERT' | 'COPY';

/**
 * The expression that fills a column from `value` of DuckDB's type `from`: converts as Snowflake does and
 * fails with Snowflake's code for what does not fit (see failureOf).
 */
export function filled(column: Column, value: string, from: string, source: Source): string {
  const converted = converts(column, value, from, source);
  if (column.nullable) return converted;
  return `CASE WHEN ${value} IS NULL THEN ${fail('100072', '22000', `'NULL result in a non-nullable column'`, value)} ELSE ${converted} END`;
}

function converts(column: Column, value: string, from: string, source: Source): string {
  const { type } = column;
  const text = `CAST(${value} AS VARCHAR)`;
  /** NULL stays NULL; what the cast does not take fails. */
  const tried = (target: string, code: string, message: string, state = '22018'): string =>
    `CASE WHEN ${value} IS NOT NULL AND TRY_CAST(${value} AS ${target}) IS NULL THEN ` +
    `${fail(code, state, `'${message.replace('%', `' || ${text} || '`)}'`, value)} ELSE TRY_CAST(${value} AS ${target}) END`;
  const family = familyOf(from);
  const mismatch = (): SnowflakeError =>
    new SnowflakeError(
      '002023',
      '22000',
      `SQL compilation error:\nExpression type does not match column data type, expecting ${typeText(type)} but got ${from} for column ${column.name}`,
    );
  if (family === 'null') return `CAST(NULL AS ${storedAs(type)})`;
  switch (type.kind) {
    case 'TEXT': {
      if (family === 'binary' || family === 'nested' || family === 'json') throw mismatch();
      const written = family === 'timestamp' ? `strftime(${value}, '%Y-%m-%d %H:%M:%S.%g')` : text;
      return (
        `CASE WHEN length(${written}) > ${type.length} THEN ` +
        `${fail('100078', '22000', `'String ''' || left(${written}, 100) || ''' is too long and would be truncated'`, value)} ELSE ${written} END`
      );
    }
    case 'NUMBER':
      if (family === 'text') return tried(storedAs(type), '100038', `Numeric value ''%'' is not recognized`);
      if (family !== 'number' && family !== 'boolean' && family !== 'float') throw mismatch();
      return tried(storedAs(type), '100039', `Numeric value ''%'' is out of range`, '22003');
    case 'FLOAT':
      if (family === 'text') return tried('DOUBLE', '100038', `Numeric value ''%'' is not recognized`);
      if (family !== 'number' && family !== 'float') throw mismatch();
      return `CAST(${value} AS DOUBLE)`;
    case 'BOOLEAN':
      if (family === 'text') return tried('BOOLEAN', '100037', `Boolean value ''%'' is not recognized`);
      if (family !== 'boolean' && family !== 'number') throw mismatch();
      return `CAST(${value} AS BOOLEAN)`;
    case 'DATE':
      if (family !== 'text' && family !== 'date' && family !== 'timestamp') throw mismatch();
      return inYears(tried('DATE', '100040', `Date ''%'' is not recognized`), '100040', 'Date');
    case 'TIME':
      if (family !== 'text' && family !== 'time') throw mismatch();
      return cut(tried('TIME', '100108', `Time ''%'' is not recognized`), type.precision);
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ': {
      if (family !== 'text' && family !== 'date' && family !== 'timestamp') throw mismatch();
      const moment = tried(storedAs(type), '100035', `Timestamp ''%'' is not recognized`, '22007');
      return cut(inYears(moment, '100035', 'Timestamp'), type.precision);
    }
    case 'BINARY':
      if (family === 'text') {
        const hex = `regexp_full_match(${value}, '([0-9A-Fa-f]{2})*')`;
        return `CASE WHEN NOT ${hex} THEN ${fail('100115', '22000', `'The following string is not a legal hex-encoded value: ''' || ${text} || ''''`, value)} ELSE unhex(${value}) END`;
      }
      if (family !== 'binary') throw mismatch();
      return `CASE WHEN octet_length(${value}) > ${type.length} THEN ${fail('100078', '22000', `'Binary value is too long and would be truncated'`, value)} ELSE ${value} END`;
    case 'VARIANT':
      if (family === 'json') return value;
      if (source === 'INSERT') throw mismatch();
      return `to_json(${value})`;
    case 'OBJECT':
    case 'ARRAY':
      if (family === 'json') return value;
      if (source === 'INSERT' || family !== 'nested') throw mismatch();
      if ((type.kind === 'ARRAY') !== /\]$/.test(from)) throw mismatch();
      return `to_json(${value})`;
    default:
      return type satisfies never;
  }
}

/** Snowflake's years are 1 to 9999. */
function inYears(moment: string, code: string, word: string): string {
  return (
    `CASE WHEN NOT isfinite(${moment}) OR year(${moment}) NOT BETWEEN 1 AND 9999 THEN ` +
    `${fail(code, '22007', `'${word} ''' || CAST(${moment} AS VARCHAR) || ''' is not recognized'`, moment)} ELSE ${moment} END`
  );
}

/** Fewer digits of the second than are kept: cut off, not rounded. */
function cut(moment: string, precision: number): string {
  if (precision >= 6) return moment;
  const step = 10 ** (6 - precision);
  return `(${moment}) - to_microseconds(epoch_us(${moment}) % ${step})`;
}

function familyOf(
  type: string,
):
  | 'null'
  | 'text'
  | 'number'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'binary'
  | 'json'
  | 'nested' {
  if (type === '"NULL"' || type === 'NULL') return 'null';
  if (/\]$|^STRUCT|^MAP/.test(type)) return 'nested';
  if (type === 'VARCHAR') return 'text';
  if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\))$/.test(type)) return 'number';
  if (type === 'DOUBLE' || type === 'FLOAT') return 'float';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE') return 'date';
  if (type === 'TIME') return 'time';
  if (/^TIMESTAMP/.test(type)) return 'timestamp';
  if (type === 'BLOB') return 'binary';
  if (type === 'JSON') return 'json';
  throw notSpoken(`a value of type ${type}`);
}

/** Raises one of Snowflake's errors out of a statement of DuckDB; never folded away, for it hangs on `value`. */
function fail(code: string, state: string, message: string, value: string): string {
  return `error('peer|${code}|${state}|' || ${message} || CASE WHEN ${value} IS NULL THEN '' ELSE '' END)`;
}

/** The error that fail() put into DuckDB's message. */
export function failureOf(message: string): SnowflakeError | undefined {
  const found = /peer\|(\d{6})\|([0-9A-Z]{5})\|([\s\S]*)/.exec(message);
  return found === null ? undefined : new SnowflakeError(found[1] ?? '', found[2] ?? '', found[3] ?? '');
}
