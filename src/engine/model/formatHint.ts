// What the config states about the files of a brand and table: the statements of three places as one.
import type { Column, Config, FormatHint, Table } from './config';
import { defined, ownValue } from './defined';
import { findTable } from './findTable';

/**
 * The format that is stated for a brand's files of a table, key by key: what stands under the brand's tables counts
 * before the table's own, and that before the brand's. Undefined where nothing is stated.
 */
export function formatHintOf(
  config: Pick<Config, 'brands' | 'tables'>,
  brand: string,
  table: string,
): FormatHint | undefined {
  const owner = config.brands.find((one) => one.name === brand);
  const general = findTable(config, table)?.format;
  const stated = [owner?.format, general, owner?.tableFormats && ownValue(owner.tableFormats, table)].filter(
    (hint) => hint !== undefined,
  );
  if (stated.length === 0) return undefined;
  const places = Object.assign({}, ...stated.map((hint) => hint.places ?? {})) as FormatHint['places'];
  return Object.assign({}, ...stated, { places }) as FormatHint;
}

/** What is known of a brand's file of a table before it is read: the names of the columns, and the stated format. */
export interface FileKnowledge {
  /** For each column of the table the names that mean it. */
  readonly knownColumns?: readonly (readonly string[])[];
  readonly hint?: FormatHint;
}

/** What landing-to-raw knows of a brand's file of a table; nothing for a table that is not configured. */
export function fileKnowledge(
  config: Pick<Config, 'brands' | 'tables'>,
  brand: string,
  tableName: string,
): FileKnowledge {
  const table = findTable(config, tableName);
  if (table === undefined) return {};
  return {
    knownColumns: table.columns.filter((c) => c.derived === undefined).map((c) => [c.name, ...c.source]),
    ...defined({ hint: formatHintOf(config, brand, tableName) }),
  };
}

const NUMERIC = /^(?:U?(?:TINY|SMALL|BIG)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL)/;

/** The table as a brand's files write it: number columns without marks of their own have those of the format. */
export function tableOfBrand(config: Pick<Config, 'brands' | 'tables'>, brand: string, table: Table): Table {
  const hint = formatHintOf(config, brand, table.name);
  if (hint?.decimal === undefined && hint?.thousands === undefined) return table;
  return { ...table, columns: table.columns.map((column) => withMarks(column, hint)) };
}

/** A column with the marks of a format. A grouping mark that is the column's decimal mark is not meant for it. */
function withMarks(column: Column, hint: FormatHint): Column {
  if (column.derived !== undefined || !NUMERIC.test(column.type)) return column;
  const decimal = column.ownDecimal === true ? column.decimal : (hint.decimal ?? column.decimal);
  const grouped = hint.thousands === decimal ? undefined : hint.thousands;
  return { ...column, decimal, thousands: column.thousands ?? grouped };
}
