// Figures of a table that two databases compute alike: one query for all columns, and how its answer is read.
import { isFloating, isNumeric, quoteIdentifier, typeName } from '../base';
import { type DateKey, isoDate } from '../model';
import type { ColumnMeasures, Measures } from './contract';
import { DATE_COLUMN, type TargetColumn } from './target';

/** How a database writes a value of a column as text. */
export interface MeasureDialect {
  /** The value of a column as it is compared byte by byte. */
  readonly compared: (expression: string, kind: ComparedAs) => string;
  /** @param expression SQL of the value; @param kind see `comparedAs`. */
  readonly text: (expression: string, kind: ComparedAs) => string;
}

/** Kinds of columns whose values have one text in every database. */
type ComparedAs = 'number' | 'date' | 'timestamp' | 'text';

/** DuckDB's texts. */
export const DUCKDB_DIALECT: MeasureDialect = {
  compared: (expression) => expression,
  text: (expression, kind) =>
    kind === 'timestamp'
      ? `strftime(${expression}, '%Y-%m-%d %H:%M:%S.%f')`
      : `CAST(${expression} AS VARCHAR)`,
};

/**
 * How a type (DuckDB's name) is compared; undefined: by the number of its values alone. Floating point is not:
 * its sums depend on the order, and its shortest text on the database.
 */
function comparedAs(type: string): ComparedAs | undefined {
  const name = typeName(type);
  if (isNumeric(type)) return isFloating(type) ? undefined : 'number';
  if (name === 'DATE') return 'date';
  if (['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS'].includes(name)) return 'timestamp';
  return name === 'VARCHAR' ? 'text' : undefined;
}

/**
 * One row of figures: `n`, then for column i `c<i>_filled`, and `c<i>_min`, `c<i>_max`, `c<i>_sum` where they can be
 * compared.
 * @param columns with the name each has in `from`, where that is not the target's.
 * @param from SQL of the table; @param filter SQL after WHERE.
 */
export function measureQuery(
  columns: readonly Pick<TargetColumn, 'name' | 'type'>[],
  from: string,
  filter: string | undefined,
  dialect: MeasureDialect,
): string {
  return [
    'SELECT',
    listed(figuresOf(columns, dialect)),
    `FROM ${from}`,
    ...(filter === undefined ? [] : [`WHERE ${filter}`]),
  ].join('\n');
}

/**
 * The same figures by date: a row with `day`, as ISO 8601, for each of the dates that has rows in `from`.
 * @param dates SQL of each date that is meant.
 */
export function measureDatesQuery(
  columns: readonly Pick<TargetColumn, 'name' | 'type'>[],
  from: string,
  dates: readonly string[],
  dialect: MeasureDialect,
): string {
  const day = quoteIdentifier(DATE_COLUMN);
  return [
    'SELECT',
    listed([`${dialect.text(day, 'date')} AS "day"`, ...figuresOf(columns, dialect)]),
    `FROM ${from}`,
    `WHERE ${day} IN (${dates.join(', ')})`,
    `GROUP BY ${day}`,
  ].join('\n');
}

function figuresOf(
  columns: readonly Pick<TargetColumn, 'name' | 'type'>[],
  dialect: MeasureDialect,
): readonly string[] {
  const figures = columns.flatMap(({ name, type }, i) => {
    const column = quoteIdentifier(name);
    const kind = comparedAs(type);
    const as = (figure: string): string => `"c${i}_${figure}"`;
    return [
      `count(${column}) AS ${as('filled')}`,
      ...(kind === undefined
        ? []
        : ['min', 'max', ...(kind === 'number' ? ['sum'] : [])].map(
            (f) => `${dialect.text(`${f}(${dialect.compared(column, kind)})`, kind)} AS ${as(f)}`,
          )),
    ];
  });
  return ['count(*) AS "n"', ...figures];
}

const listed = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join(',\n');

/** Reads the row of `measureQuery`; numbers come as numbers or as text, whatever the driver gives. */
export function readMeasures(
  columns: readonly Pick<TargetColumn, 'name' | 'type'>[],
  row: Readonly<Record<string, unknown>>,
): Measures {
  const text = (key: string): string | null => {
    const value = row[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  return {
    rows: Number(row['n']),
    columns: Object.fromEntries(
      columns.map(({ name, type }, i): [string, ColumnMeasures] => {
        const figure = (f: string): string | null => {
          const value = text(`c${i}_${f}`);
          return value !== null && comparedAs(type) === 'number' ? plainNumber(value) : value;
        };
        return [
          name,
          { filled: Number(row[`c${i}_filled`]), min: figure('min'), max: figure('max'), sum: figure('sum') },
        ];
      }),
    ),
  };
}

/** Reads the rows of `measureDatesQuery`: figures of every date that was asked for. */
export function readMeasuresByDate(
  columns: readonly Pick<TargetColumn, 'name' | 'type'>[],
  dates: readonly DateKey[],
  rows: readonly Readonly<Record<string, unknown>>[],
): ReadonlyMap<DateKey, Measures> {
  const nothing: Readonly<Record<string, unknown>> = {
    n: 0,
    ...Object.fromEntries(columns.map((_, i) => [`c${i}_filled`, 0])),
  };
  const found = new Map(rows.map((row) => [row['day'], row]));
  return new Map(dates.map((date) => [date, readMeasures(columns, found.get(isoDate(date)) ?? nothing)]));
}

/** A decimal without zeros that say nothing: "1.50" and "1.5" are one number. */
const plainNumber = (text: string): string =>
  text.includes('.') && !/e/i.test(text) ? text.replace(/(?<!0)0+$/, '').replace(/\.$/, '') : text;
