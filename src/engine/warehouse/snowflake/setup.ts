// What is there at Snowflake, asked once per process, and the DDL that is done before loads: DDL commits, so it never stands inside one.
import type { Target } from '../target';
import { alterations, createSnowflakeTable, type FoundColumn } from './ddl';
import type { LentSession } from './sessionPool';
import type { SchemaNames } from './snowflakeNames';
import { columnsIn, createSchema, createStage, schemasIn, stagesIn, STAGE_NAME } from './snowflakeStatements';

/** What a look into INFORMATION_SCHEMA found. */
export interface SnowflakeObjects {
  /** Schemas that are there, of the two that were asked for. */
  readonly schemas: ReadonlySet<string>;
  readonly stage: boolean;
  /** Columns by `SCHEMA.TABLE`. */
  readonly tables: ReadonlyMap<string, readonly FoundColumn[]>;
}

export const tableKey = (target: Pick<Target, 'schema' | 'name'>): string =>
  `${target.schema}.${target.name}`;

/** Three questions for all tables. Nothing is made. */
export async function readObjects(
  session: LentSession,
  place: SchemaNames,
  signal: AbortSignal | undefined,
): Promise<SnowflakeObjects> {
  const { database, schema, monitoring } = place;
  const schemas = [...new Set([schema, monitoring.schema])];
  const options = { doing: 'looking for tables', signal };
  const found = await session.run(schemasIn(database, schemas), options);
  const stages = await session.run(stagesIn(database, schema), options);
  const columns = await readColumns(session, place, signal);
  return {
    schemas: new Set(found.rows.map((row) => String(row['SCHEMA_NAME']))),
    stage: stages.rows.some((row) => row['STAGE_NAME'] === STAGE_NAME),
    tables: columns,
  };
}

/** Columns of all tables of both schemas, by `SCHEMA.TABLE`. */
export async function readColumns(
  session: LentSession,
  { database, schema, monitoring }: SchemaNames,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly FoundColumn[]>> {
  const schemas = [...new Set([schema, monitoring.schema])];
  const { rows } = await session.run(columnsIn(database, schemas), { doing: 'looking for tables', signal });
  const tables = new Map<string, FoundColumn[]>();
  const number = (value: unknown): number | undefined =>
    value === null || value === undefined ? undefined : Number(value);
  for (const row of rows) {
    const key = `${String(row['TABLE_SCHEMA'])}.${String(row['TABLE_NAME'])}`;
    const columns = tables.get(key) ?? [];
    tables.set(key, columns);
    columns.push({
      name: String(row['COLUMN_NAME']),
      kind: String(row['DATA_TYPE']),
      length: number(row['CHARACTER_MAXIMUM_LENGTH']),
      precision: number(row['NUMERIC_PRECISION']),
      scale: number(row['NUMERIC_SCALE']),
      fraction: number(row['DATETIME_PRECISION']),
    });
  }
  return tables;
}

/** The statements that make schemas, stage and one table as wanted; empty where all is there. */
export function statementsFor(
  inventory: SnowflakeObjects,
  place: SchemaNames,
  target: Target,
): readonly string[] {
  const found = inventory.tables.get(tableKey(target));
  return found === undefined
    ? [createSnowflakeTable(target, place.database)]
    : alterations(target, found, place.database);
}

/** The statements that make what all tables share. */
export function sharedStatements(inventory: SnowflakeObjects, place: SchemaNames): readonly string[] {
  const { database, schema, monitoring, locks } = place;
  const missing = [...new Set([schema, monitoring.schema])].filter((name) => !inventory.schemas.has(name));
  return [
    ...missing.map((name) => createSchema(database, name)),
    ...(inventory.stage ? [] : [createStage(database, schema)]),
    ...statementsFor(inventory, place, monitoring),
    ...statementsFor(inventory, place, locks),
  ];
}

export interface Setup {
  /** Makes what all tables share; gives the statements that were run. */
  shared(session: LentSession, signal: AbortSignal | undefined): Promise<readonly string[]>;
  /** Makes a table as wanted, once per process; gives the statements that were run by this call. */
  table(session: LentSession, target: Target, signal: AbortSignal | undefined): Promise<readonly string[]>;
  /** Was the table there when it was first looked for? */
  existed(target: Target): boolean;
}

export function openSetup(place: SchemaNames): Setup {
  let inventory: SnowflakeObjects | undefined;
  const pending = new Map<string, Promise<readonly string[]>>();

  async function run(
    session: LentSession,
    statements: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    for (const sql of statements) await session.run({ sql }, { doing: 'making tables', signal });
    return statements;
  }

  /** One caller does the work, with its session; one that failed is done anew by the next. */
  async function once(key: string, work: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const before = pending.get(key);
    if (before !== undefined) {
      try {
        await before;
        return [];
      } catch {
        return once(key, work);
      }
    }
    const mine = work();
    pending.set(key, mine);
    try {
      return await mine;
    } catch (error) {
      if (pending.get(key) === mine) pending.delete(key);
      throw error;
    }
  }

  const shared: Setup['shared'] = (session, signal) =>
    once('', async () => {
      inventory ??= await readObjects(session, place, signal);
      return run(session, sharedStatements(inventory, place), signal);
    });

  return {
    shared,
    table: async (session, target, signal) => {
      const before = await shared(session, signal);
      const own = await once(tableKey(target), async () => {
        if (inventory === undefined) throw new Error('Tables are made before they were looked for.');
        return run(session, statementsFor(inventory, place, target), signal);
      });
      return [...before, ...own];
    },
    existed: (target) => inventory?.tables.has(tableKey(target)) === true,
  };
}
