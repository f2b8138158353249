// Gold as rules and warehouse see it: one temporary view with the brand's code and the row's number.
import { type Connection, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import { type Brand, type DateKey, PipelineError, type Table } from '../../model';
import { numberedFile } from '../select';

/** A column of a gold file with its SQL type. */
export interface GoldColumn {
  readonly name: string;
  readonly type: string;
}

/** What the view adds. A kept extra column of such a name is hidden by it. */
const ADDED: readonly string[] = ['brand_code', '_row'];

/** The columns of a gold file, in order. */
export async function goldColumns(connection: Connection, path: string): Promise<readonly GoldColumn[]> {
  const rows = await connection.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM read_parquet(${quotePath(path)})`,
  );
  return rows.map((row) => ({ name: row.column_name, type: row.column_type }));
}

/**
 * The view's SQL: the file's columns, `brand_code` (NULL for a brand the config does not know) and `_row`,
 * the row's place in the file from 0.
 */
export function goldView(
  name: string,
  path: string,
  columns: readonly GoldColumn[],
  brands: readonly Brand[],
): string {
  const own = columns
    .filter((c) => !ADDED.includes(c.name.toLowerCase()))
    .map((c) => quoteIdentifier(c.name));
  // Rows of a brand that was renamed have its old name until they are made again.
  const cases = brands.flatMap((b) =>
    [b.name, ...b.aliases].map((one) => `    WHEN ${quoteLiteral(one)} THEN ${quoteLiteral(b.code)}`),
  );
  const code =
    cases.length === 0
      ? 'CAST(NULL AS VARCHAR) AS "brand_code"'
      : ['CASE "_brand"', ...cases, '  END AS "brand_code"'].join('\n');
  const { from, row } = numberedFile(
    path,
    columns.map((c) => c.name),
  );
  return [
    `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(name)} AS`,
    'SELECT',
    [...own, code, `${row} AS "_row"`].map((c) => `  ${c}`).join(',\n'),
    from,
  ].join('\n');
}

/** A gold file that is checked, by the view that shows it. */
interface GoldSubject {
  readonly view: string;
  readonly table: Table;
  readonly date: DateKey;
  /** Of the file, in order. */
  readonly columns: readonly GoldColumn[];
}

/**
 * The last technical check before rules and load: every column of the config is in gold with its type, and
 * every row's brand has a code.
 * @throws PipelineError TABLE_FAILED when gold is not what the config says.
 */
export async function checkGold(
  connection: Connection,
  { view, table, date, columns }: GoldSubject,
  signal: AbortSignal,
): Promise<void> {
  const found = new Map(columns.map((c) => [c.name.toLowerCase(), c.type]));
  const wanted = await spelled(connection, table);
  const again =
    'Run again with --force --stage raw-to-silver and the stages after it: gold is made again as the config says.';
  table.columns.forEach((column, i) => {
    const type = found.get(column.name.toLowerCase());
    if (type === undefined)
      throw new PipelineError(
        'TABLE_FAILED',
        `Gold of ${table.name}, ${date}, has no column ${column.name}.`,
        again,
        { where: column.location },
      );
    if (!holds(type, wanted[i] ?? column.type))
      throw new PipelineError(
        'TABLE_FAILED',
        `Column ${column.name} of ${table.name}, ${date}, is ${type} in gold and ${column.type} in the config.`,
        again,
        { where: column.location },
      );
  });
  const [unknown] = await connection.rows<{ brand: string | null; n: number }>(
    `SELECT "_brand" AS brand, count(*) AS n
FROM ${quoteIdentifier(view)}
WHERE "brand_code" IS NULL
GROUP BY "_brand"
ORDER BY n DESC, "_brand"
LIMIT 1`,
    { signal },
  );
  if (unknown !== undefined)
    throw new PipelineError(
      'TABLE_FAILED',
      `${unknown.n} rows of gold of ${table.name}, ${date}, are of brand ${unknown.brand ?? '(none)'}, which has no code.`,
      'Add the brand with its code to config/brand_configs.json, or remove its files and run again.',
      { where: table.location },
    );
}

/** Types that Parquet gives back as another one without loss. */
function holds(gold: string, wanted: string): boolean {
  if (gold === wanted) return true;
  if (gold === 'VARCHAR') return wanted === 'JSON' || wanted.startsWith('ENUM');
  return gold === 'TIMESTAMP' && ['TIMESTAMP_S', 'TIMESTAMP_MS'].includes(wanted);
}

async function spelled(connection: Connection, table: Table): Promise<readonly string[]> {
  if (table.columns.length === 0) return [];
  const nulls = table.columns.map((c, i) => `CAST(NULL AS ${c.type}) AS c${i}`);
  const rows = await connection.rows<{ column_type: string }>(`DESCRIBE SELECT ${nulls.join(', ')}`);
  return rows.map((row) => row.column_type);
}
