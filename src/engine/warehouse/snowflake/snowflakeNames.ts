// Names and types of the target at Snowflake: the table of types, and which names may be used.
import { typeName } from '../../base';
import { PipelineError, type Settings, type Table } from '../../model';
import { isReservedColumn } from '../../workspace';
import { monitoringTarget, targetOf, type Target } from '../target';

/** A name that needs no quotes, in its stored form: others would have to be quoted by everyone who reads the table. */
const NAME = /^[A-Z_][A-Z0-9_$]{0,254}$/;

/** One of our types at Snowflake. */
interface SnowflakeType {
  /** As DDL writes it. */
  readonly type: string;
  /** SQL that makes of a value what Snowflake reads from Parquet without loss. */
  readonly written: (expression: string) => string;
}

const as =
  (type: string) =>
  (expression: string): string =>
    `CAST(${expression} AS ${type})`;
const asItIs = (expression: string): string => expression;

/**
 * Types of DuckDB and what they are at Snowflake, after docs.snowflake.com "Summary of data types" (NUMBER has up to
 * 38 digits; integers are NUMBER with scale 0; FLOAT is a double) and "CREATE FILE FORMAT" (Parquet's logical types).
 * Integers are written signed: Parquet's unsigned ones are read as signed by some readers. A point in time with a zone
 * is stored in UTC as TIMESTAMP_NTZ, like every timestamp here. What Snowflake has no type for goes as its text.
 */
const TYPES: Readonly<Record<string, SnowflakeType>> = {
  VARCHAR: { type: 'VARCHAR', written: as('VARCHAR') },
  BOOLEAN: { type: 'BOOLEAN', written: asItIs },
  TINYINT: { type: 'NUMBER(3,0)', written: as('INTEGER') },
  SMALLINT: { type: 'NUMBER(5,0)', written: as('INTEGER') },
  INTEGER: { type: 'NUMBER(10,0)', written: asItIs },
  BIGINT: { type: 'NUMBER(19,0)', written: asItIs },
  HUGEINT: { type: 'NUMBER(38,0)', written: as('DECIMAL(38,0)') },
  UTINYINT: { type: 'NUMBER(3,0)', written: as('INTEGER') },
  USMALLINT: { type: 'NUMBER(5,0)', written: as('INTEGER') },
  UINTEGER: { type: 'NUMBER(10,0)', written: as('BIGINT') },
  UBIGINT: { type: 'NUMBER(20,0)', written: as('DECIMAL(20,0)') },
  UHUGEINT: { type: 'NUMBER(38,0)', written: as('DECIMAL(38,0)') },
  FLOAT: { type: 'FLOAT', written: as('DOUBLE') },
  DOUBLE: { type: 'FLOAT', written: asItIs },
  DATE: { type: 'DATE', written: asItIs },
  TIME: { type: 'TIME(6)', written: asItIs },
  TIMESTAMP: { type: 'TIMESTAMP_NTZ(6)', written: asItIs },
  TIMESTAMP_S: { type: 'TIMESTAMP_NTZ(6)', written: as('TIMESTAMP') },
  TIMESTAMP_MS: { type: 'TIMESTAMP_NTZ(6)', written: as('TIMESTAMP') },
  TIMESTAMP_NS: { type: 'TIMESTAMP_NTZ(9)', written: asItIs },
  'TIMESTAMP WITH TIME ZONE': { type: 'TIMESTAMP_NTZ(6)', written: as('TIMESTAMP') },
  BLOB: { type: 'BINARY', written: asItIs },
  UUID: { type: 'VARCHAR(36)', written: as('VARCHAR') },
};
/** JSON, intervals, lists: the text that DuckDB writes. */
const TEXT: SnowflakeType = { type: 'VARCHAR', written: as('VARCHAR') };

/** @param type in DuckDB's spelling. */
export function snowflakeType(type: string): SnowflakeType {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  if (decimal !== null) return { type: `NUMBER(${decimal[1]},${decimal[2]})`, written: asItIs };
  return TYPES[type] ?? TEXT;
}

/**
 * A table's target at Snowflake; types in DuckDB's spelling.
 * @throws PipelineError CONFIG_INVALID with file and line for a name that is none there, or is there twice.
 */
export function snowflakeTarget(settings: Settings, table: Table): Target {
  const target = targetOf(settings, table);
  const check = (name: string, what: string, where: Table['location'] | undefined): void => {
    if (NAME.test(name)) return;
    throw new PipelineError(
      'CONFIG_INVALID',
      `${what} cannot be a name at Snowflake: ${JSON.stringify(name)}.`,
      'Use letters A to Z, digits, _ and $, at most 255 of them, and no digit or $ at the beginning.',
      where === undefined ? {} : { where },
    );
  };
  check(target.name, `Table ${table.name}`, table.location);
  const { schema, monitoringSchema } = settings.snowflake;
  if (target.name === LOCK_TABLE && schema.toUpperCase() === monitoringSchema.toUpperCase())
    throw new PipelineError(
      'CONFIG_INVALID',
      `Table ${table.name} has the name of the lock table ${monitoringSchema}.${LOCK_TABLE}.`,
      'Give SNOWFLAKE_SCHEMA and SNOWFLAKE_MONITORING_SCHEMA two names in .env.',
      { where: table.location },
    );
  for (const column of target.columns) {
    check(column.name, `Column ${column.source} of table ${table.name}`, column.location);
    if (isReservedColumn(column.name))
      throw new PipelineError(
        'CONFIG_INVALID',
        `Column ${column.source} of table ${table.name} cannot have that name at Snowflake, which reserves ${column.name}.`,
        'Give the column another name, and the old one in "source".',
        column.location === undefined ? {} : { where: column.location },
      );
  }
  return {
    ...target,
    schema: settingName(settings, 'SNOWFLAKE_SCHEMA', target.schema),
    columns: target.columns.map((column) => ({ ...column, type: typeName(column.type) })),
  };
}

/** Where a load's objects are. */
export interface SchemaNames {
  readonly database: string;
  /** Of the tables and the stage. */
  readonly schema: string;
  readonly monitoring: Target;
  /** A row per table and date, which a load locks; beside the monitoring table. */
  readonly locks: Target;
}

/** The monitoring table at Snowflake. */
export function snowflakeMonitoring(settings: Settings): Target {
  const target = monitoringTarget(settings);
  return { ...target, schema: settingName(settings, 'SNOWFLAKE_MONITORING_SCHEMA', target.schema) };
}

/** The table whose rows loads lock. */
const LOCK_TABLE = 'LOAD_LOCKS';
const LOCK_COLUMNS = {
  TABLE_NAME: 'VARCHAR',
  LOAD_DATE: 'DATE',
  RUN_ID: 'VARCHAR',
  LOAD_ID: 'VARCHAR',
  LOCKED_AT: 'TIMESTAMP',
} as const;

/** The lock table at Snowflake, in the schema of the monitoring table. */
export function snowflakeLocks(settings: Settings): Target {
  const columns = Object.entries(LOCK_COLUMNS);
  return {
    schema: snowflakeMonitoring(settings).schema,
    name: LOCK_TABLE,
    columns: columns.map(([name, type]) => ({ name, type, source: name, location: undefined })),
  };
}

/**
 * A name from the settings in its stored form.
 * @throws PipelineError SETTINGS_INVALID with the setting's place.
 */
export function settingName(settings: Settings, setting: string, value: string): string {
  const name = value.toUpperCase();
  if (NAME.test(name)) return name;
  const origin = settings.origins[setting];
  throw new PipelineError(
    'SETTINGS_INVALID',
    `${setting} cannot be a name at Snowflake: ${JSON.stringify(value)}.`,
    'Use letters A to Z, digits, _ and $, and no digit or $ at the beginning.',
    origin === undefined || origin === 'environment' ? {} : { where: origin },
  );
}
