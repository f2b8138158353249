// Column types: which ones a column may have, by their DuckDB name, and which values they hold.

/** Shown in the schema and in messages. */
export const TYPE_EXAMPLES = [
  'VARCHAR',
  'BOOLEAN',
  'INTEGER',
  'BIGINT',
  'DOUBLE',
  'DECIMAL(10,2)',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMPTZ',
  'UUID',
] as const;

/** Names DuckDB knows, by the name under which it tells of the type itself. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    VARCHAR: ['VARCHAR', 'TEXT', 'STRING', 'CHAR', 'BPCHAR', 'NVARCHAR'],
    BOOLEAN: ['BOOLEAN', 'BOOL', 'LOGICAL'],
    TINYINT: ['TINYINT', 'INT1'],
    SMALLINT: ['SMALLINT', 'INT2', 'SHORT', 'INT16'],
    INTEGER: ['INTEGER', 'INT', 'INT4', 'SIGNED', 'INT32'],
    BIGINT: ['BIGINT', 'INT8', 'LONG', 'INT64'],
    UTINYINT: ['UTINYINT', 'UINT8'],
    USMALLINT: ['USMALLINT', 'UINT16'],
    UINTEGER: ['UINTEGER', 'UINT32'],
    UBIGINT: ['UBIGINT', 'UINT64'],
    FLOAT: ['FLOAT', 'REAL', 'FLOAT4'],
    DOUBLE: ['DOUBLE', 'FLOAT8', 'DOUBLE PRECISION'],
    'DECIMAL(18,3)': ['DECIMAL', 'NUMERIC', 'DEC'],
    DATE: ['DATE'],
    TIME: ['TIME', 'TIME WITHOUT TIME ZONE'],
    // Parquet has no seconds, and gives milliseconds back as microseconds: the stored type is TIMESTAMP.
    TIMESTAMP: [
      'TIMESTAMP',
      'DATETIME',
      'TIMESTAMP_US',
      'TIMESTAMP_MS',
      'TIMESTAMP_S',
      'TIMESTAMP WITHOUT TIME ZONE',
    ],
    TIMESTAMP_NS: ['TIMESTAMP_NS'],
    'TIMESTAMP WITH TIME ZONE': ['TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE'],
    UUID: ['UUID', 'GUID'],
    JSON: ['JSON'],
    BLOB: ['BLOB', 'BYTEA', 'BINARY', 'VARBINARY'],
  }).flatMap(([canonical, names]) => names.map((name) => [name, canonical] as const)),
);

/** All names a type may be written with, for suggestions. */
export const TYPE_NAMES: readonly string[] = [...NAMES.keys()];

/** Types DuckDB has and Parquet gives back as another one, or that a text column cannot become in a row. */
const UNFIT: readonly (readonly [RegExp, string])[] = [
  [/^U?HUGEINT$/, 'Parquet keeps it as DOUBLE, which loses digits. Use DECIMAL(38,0).'],
  [/^(?:TIMETZ|TIME WITH TIME ZONE|TIME_NS)$/, 'The warehouse has no such type. Use TIME or TIMESTAMPTZ.'],
  [/^(?:BIT|BITSTRING|VARINT|BIGNUM)$/, 'Parquet keeps it as text. Use VARCHAR.'],
  [/^INTERVAL$/, 'The warehouse has no such type. Use BIGINT for a number of seconds, or VARCHAR.'],
  [/^NUMBER\b/, 'DuckDB calls it DECIMAL: write it such as DECIMAL(10,2).'],
  [/\]$|^(?:STRUCT|MAP|UNION|LIST|ARRAY|ENUM)\b/, 'Columns of files are flat. Use VARCHAR or JSON.'],
];

export type TypeCheck =
  | { readonly ok: true; readonly type: string }
  | { readonly ok: false; readonly message: string; readonly remedy: string | undefined };

/** The type under DuckDB's own name (TEXT is VARCHAR, NUMERIC(8,2) is DECIMAL(8,2)), or why it cannot be one. */
export function checkType(written: string): TypeCheck {
  const text = written.trim().toUpperCase().replace(/\s+/g, ' ');
  const simple = NAMES.get(text);
  if (simple !== undefined) return { ok: true, type: simple };
  const decimal = /^(?:DECIMAL|NUMERIC|DEC) ?\( ?(\d{1,3}) ?(?:, ?(\d{1,3}) ?)?\)$/.exec(text);
  if (decimal !== null) {
    const width = Number(decimal[1]);
    const scale = Number(decimal[2] ?? 0);
    if (width >= 1 && width <= 38 && scale <= width) return { ok: true, type: `DECIMAL(${width},${scale})` };
    return {
      ok: false,
      message: 'has a width outside 1 to 38, or more decimals than digits',
      remedy: 'Write DECIMAL(width,scale) with scale up to width, such as DECIMAL(10,2).',
    };
  }
  // DuckDB takes and ignores the length of a text.
  if (/^(?:VARCHAR|CHAR|NVARCHAR|BPCHAR) ?\( ?\d{1,9} ?\)$/.test(text)) return { ok: true, type: 'VARCHAR' };
  const unfit = UNFIT.find(([pattern]) => pattern.test(text));
  if (unfit !== undefined) return { ok: false, message: 'cannot be stored', remedy: unfit[1] };
  return { ok: false, message: 'is not known', remedy: undefined };
}

/** Names of types that no column may have, and that queries still give. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['INT128', 'HUGEINT'],
  ['UINT128', 'UHUGEINT'],
  ['TIMETZ', 'TIME WITH TIME ZONE'],
  // Kept apart from TIMESTAMP: a query gives them, though Parquet does not keep them.
  ['TIMESTAMP_S', 'TIMESTAMP_S'],
  ['TIMESTAMP_MS', 'TIMESTAMP_MS'],
]);

/** A type under DuckDB's own name, however it is written: INT8 is BIGINT, NUMERIC(8) is DECIMAL(8,0). */
export function typeName(written: string): string {
  const text = written.trim().toUpperCase().replace(/\s+/g, ' ');
  const other = OTHER_NAMES.get(text);
  if (other !== undefined) return other;
  const checked = checkType(text);
  return checked.ok ? checked.type : text;
}

/** What kind of values a type holds: what rules, conversions, warehouses and grids go by. */
export type TypeFamily =
  'text' | 'number' | 'boolean' | 'date' | 'time' | 'nested' | 'binary' | 'uuid' | 'other';

const FAMILIES: readonly (readonly [RegExp, TypeFamily])[] = [
  [/\]$|^(?:STRUCT|MAP|UNION|LIST|ARRAY|JSON|VARIANT)\b/, 'nested'],
  [/^VARCHAR$|^ENUM\b/, 'text'],
  [/^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$|^(?:FLOAT|DOUBLE|BIGNUM)$|^DECIMAL\b/, 'number'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$|^TIMESTAMP/, 'date'],
  [/^TIME\b|^TIME_NS$/, 'time'],
  [/^BLOB$/, 'binary'],
  [/^UUID$/, 'uuid'],
];

/** The family of a DuckDB type, however it is written. */
export function typeFamily(type: string): TypeFamily {
  const name = typeName(type);
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

/** Whole numbers of any width. */
export function isInteger(type: string): boolean {
  return typeFamily(type) === 'number' && /INT/.test(typeName(type));
}

/** Numbers whose sums depend on the order, and whose text on the database. */
export function isFloating(type: string): boolean {
  return ['FLOAT', 'DOUBLE'].includes(typeName(type));
}

export function isNumeric(type: string): boolean {
  return typeFamily(type) === 'number';
}

export function isTemporal(type: string): boolean {
  return ['date', 'time'].includes(typeFamily(type));
}

export function isTimestamp(type: string): boolean {
  return typeName(type).startsWith('TIMESTAMP');
}

const INTEGERS: ReadonlyMap<string, readonly [bigint, bigint]> = new Map([
  ['TINYINT', [-(2n ** 7n), 2n ** 7n - 1n]],
  ['SMALLINT', [-(2n ** 15n), 2n ** 15n - 1n]],
  ['INTEGER', [-(2n ** 31n), 2n ** 31n - 1n]],
  ['BIGINT', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['UTINYINT', [0n, 2n ** 8n - 1n]],
  ['USMALLINT', [0n, 2n ** 16n - 1n]],
  ['UINTEGER', [0n, 2n ** 32n - 1n]],
  ['UBIGINT', [0n, 2n ** 64n - 1n]],
]);

/** Can a default be of this type? Says no only where it is sure: the database has the last word. */
export function holds(type: string, value: string | number | boolean): boolean {
  const text = String(value).trim();
  const range = INTEGERS.get(type);
  if (range !== undefined) {
    if (!/^[+-]?\d{1,40}$/.test(text)) return false;
    const whole = BigInt(text.replace('+', ''));
    return whole >= range[0] && whole <= range[1];
  }
  if (type.startsWith('DECIMAL')) {
    const [width = 0, scale = 0] = (/(?<!\d)\d+,\d+/.exec(type)?.[0] ?? '').split(',').map(Number);
    const match = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(text);
    return match !== null && /\d/.test(text) && (match[1] ?? '').replace(/^0+/, '').length <= width - scale;
  }
  if (isFloating(type)) return text !== '' && typeof value !== 'boolean' && !Number.isNaN(Number(text));
  if (type === 'BOOLEAN') return /^(?:true|false|t|f|yes|no|y|n|1|0)$/i.test(text);
  if (type === 'DATE') return isDate(text);
  if (type === 'TIME') return isTime(text);
  if (isTimestamp(type)) {
    const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](.+?)(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/.exec(text);
    return match !== null && isDate(match[1] ?? '') && (match[2] === undefined || isTime(match[2]));
  }
  if (type === 'UUID') return /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text);
  if (type === 'JSON') return isJson(text);
  return true;
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // JavaScript makes 2 March of 30 February.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/.test(text);
}

/** Types that Parquet lacks, or gives back as another one. */
const UNSTORED =
  /^(?:UHUGEINT|BIGNUM|BIT|INTERVAL|TIME WITH TIME ZONE|TIME_NS|VARIANT|"NULL"|NULL)$|^UNION\b|^ENUM\b/;

/**
 * SQL of a column's values as Parquet keeps them without loss: a type that it lacks becomes text, HUGEINT the
 * widest decimal, since as a floating-point number it would be another value.
 */
export function storedSql(expression: string, type: string): string {
  if (type === 'HUGEINT') return `CAST(${expression} AS DECIMAL(38, 0))`;
  return UNSTORED.test(type) ? `CAST(${expression} AS VARCHAR)` : expression;
}

/** Is the text whole JSON? */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What DuckDB's strptime knows (1.5.6), with "-" where it may drop leading zeros. */
const SPECIFIERS = new Set('a b c d f g h j m n p u w x y z A B G H I M S T U V W X Y Z %'.split(' '));
const UNPADDED = new Set('d j m y H I M S'.split(' '));

/** The first part of a strptime format that DuckDB does not know, or undefined. */
export function unknownSpecifier(format: string): string | undefined {
  for (let at = format.indexOf('%'); at !== -1; at = format.indexOf('%', at + 2)) {
    const unpadded = format[at + 1] === '-';
    const letter = format[at + (unpadded ? 2 : 1)] ?? '';
    if (!(unpadded ? UNPADDED : SPECIFIERS).has(letter)) return `%${unpadded ? '-' : ''}${letter}`;
  }
  return undefined;
}

/**
 * Why a format gives other moments than its texts mean, though DuckDB takes it: without a year all are in 1900, and
 * hours of the clock face are of the morning without the half of the day. Undefined where nothing is wrong.
 */
export function formatFault(
  format: string,
  type: string,
): { readonly message: string; readonly remedy: string } | undefined {
  const letters = new Set([...format.matchAll(/%-?(.)/gsu)].map(([, letter]) => letter ?? ''));
  const dated = typeName(type) === 'DATE' || isTimestamp(type);
  if (dated && !['Y', 'y', 'G', 'c', 'x'].some((letter) => letters.has(letter)))
    return { message: 'without a year', remedy: 'Add %Y: without it every date is in 1900.' };
  if (letters.has('I') !== letters.has('p'))
    return letters.has('I')
      ? { message: 'with %I and without %p', remedy: 'Use %H for hours of 24, or add %p for AM and PM.' }
      : { message: 'with %p and without %I', remedy: 'Use %I for the hours of a clock with AM and PM.' };
  return undefined;
}
