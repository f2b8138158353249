// The SQL that is sent to Snowflake: every name quoted and with its database, every value bound.
import { quoteIdentifier, quoteLiteral } from '../../base';
import { type DateKey, isoDate } from '../../model';
import type { MeasureDialect } from '../measures';
import { DATE_COLUMN, qualified, type MONITORING_COLUMNS, type Target } from '../target';
import type { Bind } from './protocol';
import type { SchemaNames } from './snowflakeNames';

/** A statement with its values. */
export interface Statement {
  readonly sql: string;
  readonly binds?: readonly Bind[];
}

/** The named internal stage, in the schema of the tables: files wait here between PUT and COPY. */
export const STAGE_NAME = 'GOLD';

/**
 * Without the collation that a column, its schema or the account may have (DEFAULT_DDL_COLLATION): one that ignores case
 * or punctuation would take two texts for one, and sorts differently from DuckDB.
 */
export const uncollated = (expression: string): string => `COLLATE(${expression}, 'utf8')`;

/** Snowflake's texts of values, the same as DuckDB's; see measures.ts. */
export const SNOWFLAKE_DIALECT: MeasureDialect = {
  compared: (expression, kind) => (kind === 'text' ? uncollated(expression) : expression),
  text: (expression, kind) => {
    switch (kind) {
      case 'timestamp':
        return `TO_VARCHAR(${expression}, 'YYYY-MM-DD HH24:MI:SS.FF6')`;
      case 'date':
        return `TO_VARCHAR(${expression}, 'YYYY-MM-DD')`;
      case 'number':
      case 'text':
        return `TO_VARCHAR(${expression})`;
    }
  },
};

/** SQL of a date that is bound; its value is `isoDate`. */
export const DATE = `TO_DATE(?, 'YYYY-MM-DD')`;

const schemaNamed = (database: string, schema: string): string =>
  `${quoteIdentifier(database)}.${quoteIdentifier(schema)}`;

/**
 * The stage, or a path on it, as PUT, LIST, COPY and REMOVE take it: always in quotes, since without them a path ends at
 * the first character that no name has. Names and paths have neither quotes nor backslashes.
 */
const stagePath = (database: string, schema: string, path?: string): string =>
  quoteLiteral(
    `@${schemaNamed(database, schema)}.${quoteIdentifier(STAGE_NAME)}${path === undefined ? '' : `/${path}`}`,
  );

/** Folder of one attempt, below the stage. */
export const attemptPath = (table: string, date: DateKey, attempt: string): string =>
  `${table}/${date}/${attempt}/`;

/** What every session is told first: nothing may depend on how account or user are set up. */
export const sessionSettings = (timeoutSeconds: number): Statement => ({
  sql: [
    'ALTER SESSION SET',
    "  TIMEZONE = 'UTC'",
    '  AUTOCOMMIT = TRUE',
    '  QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE',
    `  STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutSeconds}`,
    // Sooner than the statement: so that it is told that there is a lock.
    `  LOCK_TIMEOUT = ${Math.max(1, Math.floor(timeoutSeconds * 0.9))}`,
  ].join('\n'),
});

export const whoAmI: Statement = {
  sql: [
    'SELECT',
    ['ACCOUNT', 'USER', 'ROLE', 'SECONDARY_ROLES', 'WAREHOUSE', 'DATABASE', 'VERSION']
      .map((what) => `  CURRENT_${what}() AS ${quoteIdentifier(what)}`)
      .join(',\n'),
  ].join('\n'),
};

/** @param kind ROLE or DATABASE ROLE. */
export const grantsTo = (kind: string, path: readonly string[]): Statement => ({
  sql: `SHOW GRANTS TO ${kind} ${path.map(quoteIdentifier).join('.')}`,
});

/** After how long the virtual warehouse ends a statement, whatever the session says; 0: never. */
export const warehouseTimeout = (warehouse: string): Statement => ({
  sql: `SHOW PARAMETERS LIKE 'STATEMENT_TIMEOUT_IN_SECONDS' IN WAREHOUSE ${quoteIdentifier(warehouse)}`,
});

/** All columns of both schemas in one question. */
export const columnsIn = (database: string, schemas: readonly string[]): Statement => ({
  sql: [
    'SELECT',
    '  TABLE_SCHEMA,',
    '  TABLE_NAME,',
    '  COLUMN_NAME,',
    '  DATA_TYPE,',
    '  CHARACTER_MAXIMUM_LENGTH,',
    '  NUMERIC_PRECISION,',
    '  NUMERIC_SCALE,',
    '  DATETIME_PRECISION',
    `FROM ${quoteIdentifier(database)}.INFORMATION_SCHEMA.COLUMNS`,
    `WHERE TABLE_SCHEMA IN (${schemas.map(() => '?').join(', ')})`,
  ].join('\n'),
  binds: schemas,
});

export const schemasIn = (database: string, schemas: readonly string[]): Statement => ({
  sql: `SELECT SCHEMA_NAME\nFROM ${quoteIdentifier(database)}.INFORMATION_SCHEMA.SCHEMATA\nWHERE SCHEMA_NAME IN (${schemas.map(() => '?').join(', ')})`,
  binds: schemas,
});

export const stagesIn = (database: string, schema: string): Statement => ({
  sql: `SELECT STAGE_SCHEMA, STAGE_NAME\nFROM ${quoteIdentifier(database)}.INFORMATION_SCHEMA.STAGES\nWHERE STAGE_SCHEMA = ?`,
  binds: [schema],
});

export const createSchema = (database: string, schema: string): string =>
  `CREATE SCHEMA IF NOT EXISTS ${schemaNamed(database, schema)}`;

export const createStage = (database: string, schema: string): string =>
  `CREATE STAGE IF NOT EXISTS ${schemaNamed(database, schema)}.${quoteIdentifier(STAGE_NAME)}`;

export const listStage = (database: string, schema: string): Statement => ({
  sql: `LIST ${stagePath(database, schema)}`,
});

export const removePath = (database: string, schema: string, path: string): Statement => ({
  sql: `REMOVE ${stagePath(database, schema, path)}`,
});

/** @param file name of a generated file; its folder is given to the driver, so that no path stands in SQL. */
export const putFile = (database: string, schema: string, file: string, path: string): Statement => ({
  sql: `PUT 'file://${file}' ${stagePath(database, schema, path)} AUTO_COMPRESS=FALSE OVERWRITE=FALSE PARALLEL=4`,
});

/** Where the rows of one attempt wait until they are known to be whole. */
export const temporaryTable = (target: Target, attempt: string): Target => ({
  ...target,
  name: `M7_LOAD_${attempt.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`,
});

export const createTemporary = (database: string, target: Target, attempt: string): Statement => ({
  sql: `CREATE TEMPORARY TABLE ${qualified(temporaryTable(target, attempt), database)}\nLIKE ${qualified(target, database)}`,
});

export const dropTemporary = (database: string, target: Target, attempt: string): Statement => ({
  sql: `DROP TABLE IF EXISTS ${qualified(temporaryTable(target, attempt), database)}`,
});

/**
 * Every option that decides what a value becomes, whether its default would do or not (docs.snowflake.com, "COPY INTO
 * <table>"; a schema or account may have defaults of its own):
 *
 * | Option                     | Default            | Here            | Because                                         |
 * | -------------------------- | ------------------ | --------------- | ----------------------------------------------- |
 * | COMPRESSION                | AUTO               | AUTO            | the file says (Zstandard)                       |
 * | USE_VECTORIZED_SCANNER     | FALSE, will change | TRUE            | reads Parquet's types as they are, and faster   |
 * | USE_LOGICAL_TYPE           | FALSE              | TRUE            | else timestamps are read as numbers             |
 * | BINARY_AS_TEXT             | TRUE               | FALSE           | bytes stay bytes                                |
 * | TRIM_SPACE                 | FALSE              | FALSE           | blanks are part of a value                      |
 * | REPLACE_INVALID_CHARACTERS | FALSE              | FALSE           | nothing is replaced in silence                  |
 * | NULL_IF                    | ('\\N')             | ()              | the text \N is a value, NULL is NULL in Parquet |
 * | MATCH_BY_COLUMN_NAME       | NONE               | by name         | columns of the table may stand in another order |
 * | ON_ERROR                   | ABORT_STATEMENT    | ABORT_STATEMENT | all of it or nothing                            |
 * | ENFORCE_LENGTH             | TRUE               | TRUE            | a text that is too long fails, it is not cut    |
 * | FORCE                      | FALSE              | FALSE           | paths are new for each attempt                  |
 * | PURGE                      | FALSE              | FALSE           | files go when the load is known to have ended   |
 * | RETURN_FAILED_ONLY         | FALSE              | FALSE           | each file's rows are added up                   |
 *
 * SIZE_LIMIT has no limit unless it is given, and is not; LOAD_UNCERTAIN_FILES and LOAD_MODE do not matter to new files
 * and a plain table. EMPTY_FIELD_AS_NULL is an option of CSV alone: an empty text stays one.
 */
const FORMAT_OPTIONS = [
  'TYPE = PARQUET',
  'COMPRESSION = AUTO',
  'USE_VECTORIZED_SCANNER = TRUE',
  'USE_LOGICAL_TYPE = TRUE',
  'BINARY_AS_TEXT = FALSE',
  'TRIM_SPACE = FALSE',
  'REPLACE_INVALID_CHARACTERS = FALSE',
  'NULL_IF = ()',
] as const;
const COPY_OPTIONS = [
  'MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE',
  'ON_ERROR = ABORT_STATEMENT',
  'ENFORCE_LENGTH = TRUE',
  'FORCE = FALSE',
  'PURGE = FALSE',
  'RETURN_FAILED_ONLY = FALSE',
] as const;

export const copyFiles = (
  database: string,
  target: Target,
  attempt: string,
  { path, files }: { readonly path: string; readonly files: readonly string[] },
): Statement => ({
  sql: [
    `COPY INTO ${qualified(temporaryTable(target, attempt), database)}`,
    `FROM ${stagePath(database, target.schema, path)}`,
    `FILES = (${files.map(quoteLiteral).join(', ')})`,
    'FILE_FORMAT = (',
    ...FORMAT_OPTIONS.map((option) => `  ${option}`),
    ')',
    ...COPY_OPTIONS,
  ].join('\n'),
});

export const deleteDate = (database: string, target: Target, date: DateKey): Statement => ({
  sql: `DELETE FROM ${qualified(target, database)}\nWHERE ${quoteIdentifier(DATE_COLUMN)} = ${DATE}`,
  binds: [isoDate(date)],
});

export const insertRows = (database: string, target: Target, attempt: string): Statement => {
  const columns = target.columns.map((c) => `  ${quoteIdentifier(c.name)}`).join(',\n');
  return {
    sql: [
      `INSERT INTO ${qualified(target, database)} (`,
      columns,
      ')',
      'SELECT',
      columns,
      `FROM ${qualified(temporaryTable(target, attempt), database)}`,
    ].join('\n'),
  };
};

/** Rows of a date; within a transaction its own and what others have committed. */
export const countRows = (database: string, target: Target, date: DateKey): Statement => ({
  sql: `SELECT COUNT(*) AS "N"\nFROM ${qualified(target, database)}\nWHERE ${quoteIdentifier(DATE_COLUMN)} = ${DATE}`,
  binds: [isoDate(date)],
});

type BoundMonitoringRow = Partial<Readonly<Record<keyof typeof MONITORING_COLUMNS, Bind>>>;

/**
 * A row of the monitoring table. Its times are the server's: clocks of loaders differ, and the latest row decides.
 * @param sinceMs milliseconds since the load began.
 */
export function noteRow(
  database: string,
  monitoring: Target,
  row: Omit<BoundMonitoringRow, 'STARTED_AT' | 'FINISHED_AT'>,
  sinceMs: number,
): Statement {
  const names = monitoring.columns.map((column) => column.name);
  const values: string[] = [];
  const binds: Bind[] = [];
  for (const name of names) {
    if (name === 'FINISHED_AT') {
      values.push('SYSDATE()');
      continue;
    }
    binds.push(
      name === 'STARTED_AT'
        ? -Math.max(0, Math.round(sinceMs))
        : ((row as Readonly<Record<string, Bind>>)[name] ?? null),
    );
    values.push(
      name === 'STARTED_AT' ? `DATEADD('MILLISECOND', ?, SYSDATE())` : name === 'LOAD_DATE' ? DATE : '?',
    );
  }
  return {
    sql: [
      `INSERT INTO ${qualified(monitoring, database)} (`,
      names.map((name) => `  ${quoteIdentifier(name)}`).join(',\n'),
      ')',
      'SELECT',
      values.map((value) => `  ${value}`).join(',\n'),
    ].join('\n'),
    binds,
  };
}

/** The latest LOADED row per date and table. */
export const latestLoads = (database: string, monitoring: Target): Statement => ({
  sql: [
    'SELECT',
    `  TO_VARCHAR("LOAD_DATE", 'YYYYMMDD') AS "DATE",`,
    '  "TABLE_NAME",',
    '  "LOAD_ID",',
    '  "RUN_ID",',
    '  "ROWS_LOADED",',
    '  "FILE_SHA256",',
    `  TO_VARCHAR("FINISHED_AT", 'YYYY-MM-DD HH24:MI:SS.FF3') AS "FINISHED"`,
    `FROM ${qualified(monitoring, database)}`,
    `WHERE "STATUS" = 'LOADED'`,
    '  AND "LOAD_ID" IS NOT NULL',
    `QUALIFY ROW_NUMBER() OVER (PARTITION BY "LOAD_DATE", ${uncollated('"TABLE_NAME"')} ORDER BY "FINISHED_AT" DESC) = 1`,
  ].join('\n'),
});

/** The latest LOADED rows of one date and table; QUERY_ID names the attempt: it is that of its COPY. */
export const latestLoad = (
  { database, monitoring }: Pick<SchemaNames, 'database' | 'monitoring'>,
  table: string,
  date: DateKey,
  most = 1,
): Statement => ({
  sql: [
    'SELECT',
    '  "LOAD_ID",',
    '  "RUN_ID",',
    '  "QUERY_ID",',
    '  "ROWS_LOADED",',
    '  "LOADER_VERSION",',
    `  TO_VARCHAR("FINISHED_AT", 'YYYY-MM-DD HH24:MI:SS') AS "FINISHED"`,
    `FROM ${qualified(monitoring, database)}`,
    `WHERE "STATUS" = 'LOADED'`,
    `  AND "LOAD_DATE" = ${DATE}`,
    `  AND ${uncollated('"TABLE_NAME"')} = ?`,
    'ORDER BY "FINISHED_AT" DESC',
    `LIMIT ${most}`,
  ].join('\n'),
  binds: [isoDate(date), table],
});
