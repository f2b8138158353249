// The figures of gold's accepted rows, computed as the warehouse computes those of the target.
import { type Cell, type Connection, quoteIdentifier, quotePath } from '../../base';
import type { Lake, Manifest } from '../../lake';
import { type Config, type Settings, type Table, brandsThere } from '../../model';
import { GOLD_ROW, goldColumns, goldView } from '../../stages';
import {
  DATE_COLUMN,
  DUCKDB_DIALECT,
  type Measures,
  type TargetColumn,
  measureQuery,
  readMeasures,
  targetOf,
} from '../../warehouse';

const VIEW = 'm7_compared_gold';

/**
 * The columns that are compared: those of the target but LOAD_DATE, which selects the rows. BRAND_CODE is among
 * them: a row under another brand's code is another row.
 */
function comparedColumns(settings: Settings, table: Table): readonly TargetColumn[] {
  return targetOf(settings, table).columns.filter((column) => column.name !== DATE_COLUMN);
}

/** The query of the figures; its rows are those of the view of gold that are not in the rejects file. */
export function goldFiguresSql(columns: readonly TargetColumn[], rejects: string | undefined): string {
  const renamed = columns.map((c) => `    gold.${quoteIdentifier(c.source)} AS ${quoteIdentifier(c.name)}`);
  const accepted = [
    '(',
    '  SELECT',
    renamed.join(',\n'),
    `  FROM ${quoteIdentifier(VIEW)} AS gold`,
    ...(rejects === undefined
      ? []
      : [
          `  ANTI JOIN read_parquet(${quotePath(rejects)}) AS rejected ON rejected.${quoteIdentifier(GOLD_ROW)} = gold."_row"`,
        ]),
    ') AS accepted',
  ].join('\n');
  return measureQuery(columns, accepted, undefined, DUCKDB_DIALECT);
}

/** Gold of a table with the validation of exactly this gold. */
export interface ValidatedGold {
  readonly table: Table;
  readonly gold: Manifest;
  /** Its rejects are the rows that are not loaded. */
  readonly validated: Manifest;
}

/**
 * Figures of the rows that a load of this gold takes.
 * @returns undefined where the rejects it tells of are not as they were published.
 * @throws PipelineError PARQUET_INVALID | DUCKDB where gold cannot be read; CANCELLED.
 */
export async function goldFigures(
  connection: Connection,
  workspace: {
    readonly settings: Settings;
    readonly lake: Lake;
    readonly config: Config;
  },
  { table, gold, validated }: ValidatedGold,
  signal: AbortSignal | undefined,
): Promise<Measures | undefined> {
  const { lake, settings, config } = workspace;
  const { rejects } = validated;
  if (rejects !== undefined && !lake.intact({ output: rejects })) return undefined;
  const path = lake.absolute(gold.output.path);
  const found = await goldColumns(connection, path);
  await connection.run(goldView(VIEW, path, found, brandsThere(config)));
  const names = new Set([...found.map((c) => c.name.toLowerCase()), 'brand_code']);
  // A column that the config got after gold was made is told as missing on this side.
  const columns = comparedColumns(settings, table).filter((c) => names.has(c.source.toLowerCase()));
  const [row] = await connection.rows<Record<string, Cell>>(
    goldFiguresSql(columns, rejects === undefined ? undefined : lake.absolute(rejects.path)),
    { signal },
  );
  return row === undefined ? undefined : readMeasures(columns, row);
}
