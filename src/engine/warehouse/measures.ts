// Figures of a table that two databases compute alike: one query for all columns, and how its answer is read.
import { quoteIdentifier } from '../duckdb';
import type { ColumnMeasures, Measures } from './contract';
import type { TargetColumn } from './target';

/** How a database writes a value of a column as text. */
export interface MeasureDialect {
  /** @param expression SQL of the value; @param kind see `comparedAs`. */
  readonly text: (expression: string, kind: ComparedAs) => string;
}

/** Kinds of columns whose values have one text in every database. */
type ComparedAs = 'number' | 'date' | 'timestamp' | 'text';

/** DuckDB's texts. */
export const DUCKDB_DIALECT: MeasureDialect = {
  text: (expression, kind) =>
    kind === 'timestamp'
      ? `strftime(${expression}, '%Y-%m-%d %H:%M:%S.%f')`
      : `CAST(${expression} AS VARCHAR)`,
};

/**
 * How a type (DuckDB's name) is compared; undefined: by the number of its values alone. Floating point is not:
 * its sums depend on the order, and its shortest text on the database.
 */
export function comparedAs(type: string): ComparedAs | undefined {
  const name = type.toUpperCase().replace(/\(.*$/, '').trim();
  if (type.includes('[')) return undefined;
  if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|INT[1248]?|SHORT|LONG|DECIMAL|NUMERIC)$/.test(name))
    return 'number';
  if (name === 'DATE') return 'date';
  if (/^(?:TIMESTAMP|DATETIME)(?:_US|_MS|_S)?$/.test(name)) return 'timestamp';
  if (/^(?:VARCHAR|TEXT|STRING|CHAR|BPCHAR)$/.test(name)) return 'text';
  return undefined;
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
  const figures = columns.flatMap(({ name, type }, i) => {
    const column = quoteIdentifier(name);
    const kind = comparedAs(type);
    const as = (figure: string): string => `"c${i}_${figure}"`;
    return [
      `count(${column}) AS ${as('filled')}`,
      ...(kind === undefined
        ? []
        : ['min', 'max', ...(kind === 'number' ? ['sum'] : [])].map(
            (f) => `${dialect.text(`${f}(${column})`, kind)} AS ${as(f)}`,
          )),
    ];
  });
  return [
    'SELECT',
    ['count(*) AS "n"', ...figures].map((line) => `  ${line}`).join(',\n'),
    `FROM ${from}`,
    ...(filter === undefined ? [] : [`WHERE ${filter}`]),
  ].join('\n');
}

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

/** A decimal without zeros that say nothing: "1.50" and "1.5" are one number. */
const plainNumber = (text: string): string =>
  text.includes('.') && !/e/i.test(text) ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
