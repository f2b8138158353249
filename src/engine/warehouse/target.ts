// What a table looks like in the warehouse: pure functions from the config to names, types and DDL.
import { createHash } from 'node:crypto';
import { quoteIdentifier } from '../base';
import { PipelineError, type Settings, type Table, type Where } from '../model';

/** One column of a warehouse table; `source` is its name in the view of gold. */
export interface TargetColumn {
  readonly name: string;
  readonly type: string;
  readonly source: string;
  readonly location: Where | undefined;
}

export interface Target {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TargetColumn[];
}

/** Columns every target has before its own: who sent the row, and the date it is replaced by. */
const BRAND_COLUMN = 'BRAND_CODE';
export const DATE_COLUMN = 'LOAD_DATE';

/** The monitoring table, in the order of its columns: one row per attempt to load a date of a table. */
const MONITORING_TABLE = 'LOADS';
export const MONITORING_COLUMNS = {
  RUN_ID: 'VARCHAR',
  TABLE_NAME: 'VARCHAR',
  LOAD_DATE: 'DATE',
  STATUS: 'VARCHAR',
  ROWS_SOURCE: 'BIGINT',
  ROWS_LOADED: 'BIGINT',
  ROWS_DELETED: 'BIGINT',
  FILE_NAME: 'VARCHAR',
  FILE_BYTES: 'BIGINT',
  FILE_SHA256: 'VARCHAR',
  LOAD_ID: 'VARCHAR',
  QUERY_ID: 'VARCHAR',
  STARTED_AT: 'TIMESTAMP',
  FINISHED_AT: 'TIMESTAMP',
  ERROR_CODE: 'VARCHAR',
  SQLSTATE: 'VARCHAR',
  ERROR_MESSAGE: 'VARCHAR',
  LOADER_VERSION: 'VARCHAR',
} as const;

/** A plain type name with parameters and array brackets: the only config text that stands in DDL unquoted. */
const TYPE = /^[A-Z][A-Z0-9_ ]*(\(\s*\d+\s*(,\s*\d+\s*)?\))?(\[\d*\])*$/i;

/**
 * The target of a table: upper-case names, BRAND_CODE and LOAD_DATE first.
 * @throws PipelineError CONFIG_INVALID when two columns have one name in the warehouse.
 */
export function targetOf(settings: Settings, table: Table): Target {
  const columns: TargetColumn[] = [
    { name: BRAND_COLUMN, type: 'VARCHAR', source: 'brand_code', location: undefined },
    { name: DATE_COLUMN, type: 'DATE', source: 'load_date', location: undefined },
  ];
  const taken = new Set(columns.map((c) => c.name));
  for (const column of table.columns) {
    const name = column.name.toUpperCase();
    if (taken.has(name))
      throw new PipelineError(
        'CONFIG_INVALID',
        `Table ${table.name} has two columns called ${name} in the warehouse, where names do not differ by case.`,
        `Rename column ${column.name}.`,
        { where: column.location },
      );
    if (!TYPE.test(column.type))
      throw new PipelineError(
        'CONFIG_INVALID',
        `Column ${column.name} of table ${table.name} has the type "${column.type}", which is not a type.`,
        'Give it a type such as VARCHAR, BIGINT, DECIMAL(10,2), DATE or TIMESTAMP.',
        { where: column.location },
      );
    taken.add(name);
    columns.push({ name, type: column.type, source: column.name, location: column.location });
  }
  const { schema, monitoringSchema } = settings.snowflake;
  const name = table.name.toUpperCase();
  if (name === MONITORING_TABLE && schema.toUpperCase() === monitoringSchema.toUpperCase())
    throw new PipelineError(
      'CONFIG_INVALID',
      `Table ${table.name} has the name of the monitoring table ${monitoringSchema}.${MONITORING_TABLE}.`,
      'Give SNOWFLAKE_SCHEMA and SNOWFLAKE_MONITORING_SCHEMA two names in .env.',
      { where: table.location },
    );
  return { schema, name, columns };
}

/** The monitoring table as a target. */
export function monitoringTarget(settings: Settings): Target {
  return {
    schema: settings.snowflake.monitoringSchema,
    name: MONITORING_TABLE,
    columns: Object.entries(MONITORING_COLUMNS).map(([name, type]) => ({
      name,
      type,
      source: name,
      location: undefined,
    })),
  };
}

/** Refuses tables that are one table in the warehouse. */
export function checkDistinct(tables: readonly Table[]): void {
  const seen = new Map<string, Table>();
  for (const table of tables) {
    const other = seen.get(table.name.toUpperCase());
    if (other !== undefined && other.name !== table.name)
      throw new PipelineError(
        'CONFIG_INVALID',
        `Tables ${other.name} and ${table.name} are one in the warehouse, where names do not differ by case.`,
        `Rename table ${table.name}.`,
        { where: table.location },
      );
    seen.set(table.name.toUpperCase(), table);
  }
}

/** `"SCHEMA"."TABLE"`, below a database where one is given. */
export function qualified(target: Pick<Target, 'schema' | 'name'>, database?: string): string {
  return [...(database === undefined ? [] : [database]), target.schema, target.name]
    .map(quoteIdentifier)
    .join('.');
}

export function createTable(target: Target, database?: string): string {
  const columns = target.columns.map((c) => `  ${quoteIdentifier(c.name)} ${c.type}`);
  return `CREATE TABLE IF NOT EXISTS ${qualified(target, database)} (\n${columns.join(',\n')}\n)`;
}

/**
 * Names one load: the same accepted rows into the same target are the same load, whoever asks.
 * @param validatedKey key of the validated manifest (or the one planned): it covers gold, rules and brand codes.
 */
export function loadIdOf(validatedKey: string, table: Table, settings: Settings): string {
  return createHash('sha256')
    .update(`${validatedKey}\n${createTable(targetOf(settings, table))}`)
    .digest('hex');
}

/** What must be done so that an existing table has the wanted columns. */
export interface Changes {
  /** Statements that lose nothing: new columns, wider types. */
  readonly statements: readonly string[];
  /** Columns whose change a person must decide on, with the statement that makes it. */
  readonly refused: readonly {
    readonly column: TargetColumn;
    readonly from: string;
    readonly alter: string;
  }[];
}

/**
 * Compares a table with what is wanted. Columns that are no longer wanted stay: their old dates keep them.
 * @param existing upper-case name → type in DuckDB's spelling.
 * @param wanted in the same spelling.
 */
export function changesTo(
  target: Target,
  existing: ReadonlyMap<string, string>,
  wanted: readonly string[],
  database?: string,
): Changes {
  const statements: string[] = [];
  const refused: Changes['refused'][number][] = [];
  target.columns.forEach((column, i) => {
    const type = wanted[i] ?? column.type;
    const from = existing.get(column.name);
    if (from === undefined)
      statements.push(
        `ALTER TABLE ${qualified(target, database)} ADD COLUMN ${quoteIdentifier(column.name)} ${type}`,
      );
    else if (from !== type) {
      const alter = (db?: string): string =>
        `ALTER TABLE ${qualified(target, db)} ALTER COLUMN ${quoteIdentifier(column.name)} SET DATA TYPE ${type}`;
      if (widens(from, type)) statements.push(alter(database));
      else refused.push({ column, from, alter: alter() });
    }
  });
  return { statements, refused };
}

const INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'];

/** Does every value of `from` exist in `to`, unchanged? Types in DuckDB's spelling. */
export function widens(from: string, to: string): boolean {
  if (INTEGERS.includes(from) && INTEGERS.includes(to)) return INTEGERS.indexOf(from) < INTEGERS.indexOf(to);
  if (from === 'FLOAT' && to === 'DOUBLE') return true;
  const a = /^DECIMAL\((\d+),(\d+)\)$/.exec(from);
  const b = /^DECIMAL\((\d+),(\d+)\)$/.exec(to);
  if (a === null || b === null) return false;
  const [precisionA, scaleA, precisionB, scaleB] = [a[1], a[2], b[1], b[2]].map(Number);
  if (precisionA === undefined || scaleA === undefined || precisionB === undefined || scaleB === undefined)
    return false;
  return scaleB >= scaleA && precisionB - scaleB >= precisionA - scaleA;
}
