// What a look at Snowflake tells before a run: who we are, what is there, and each GRANT that a load would miss.
import { problemOf } from '../../base';
import type { CheckProblem } from '../../model';
import type { WarehouseCheck } from '../contract';
import type { Target } from '../target';
import type { Login } from './login';
import type { LentSession, SessionPool } from './sessionPool';
import {
  sharedStatements,
  statementsFor,
  tableKey,
  readObjects,
  type SnowflakeObjects,
  type SchemaNames,
} from './setup';
import { grantsTo, STAGE_NAME, whoAmI } from './snowflakeStatements';

/** A right on an object, as SHOW GRANTS tells it. */
interface Grant {
  readonly privilege: string;
  readonly on: string;
  readonly name: string;
}

/** A right that a load needs. Any of `privileges` is enough. */
interface Need {
  readonly privileges: readonly [string, ...string[]];
  /** SHEMA, TABLE, … as SHOW GRANTS says in granted_on. */
  readonly on: 'WAREHOUSE' | 'DATABASE' | 'SCHEMA' | 'TABLE' | 'STAGE';
  /** Name with what it lies in, without quotes: DB.SCHEMA.TABLE. */
  readonly name: string;
  readonly because: string;
}

/** Rights to load these tables into what is there now. */
function needsOf(
  place: SchemaNames,
  inventory: SnowflakeObjects,
  targets: readonly Target[],
  warehouse: string | undefined,
): readonly Need[] {
  const { database, schema, monitoring, locks } = place;
  const need = (
    on: Need['on'],
    name: string,
    because: string,
    ...privileges: [string, ...string[]]
  ): Need => ({
    on,
    name,
    because,
    privileges,
  });
  const needs: Need[] = [
    ...(warehouse === undefined
      ? []
      : [need('WAREHOUSE', warehouse, 'to run statements', 'USAGE', 'OWNERSHIP')]),
    need('DATABASE', database, 'to load into it', 'USAGE', 'OWNERSHIP'),
  ];
  const schemas = [...new Set([schema, monitoring.schema])];
  for (const name of schemas) {
    const full = `${database}.${name}`;
    if (inventory.schemas.has(name))
      needs.push(need('SCHEMA', full, 'to load into it', 'USAGE', 'OWNERSHIP'));
    else needs.push(need('DATABASE', database, `to make the schema ${name}`, 'CREATE SCHEMA', 'OWNERSHIP'));
  }
  if (inventory.schemas.has(schema)) {
    const full = `${database}.${schema}`;
    if (!inventory.stage)
      needs.push(need('SCHEMA', full, `to make the stage ${STAGE_NAME}`, 'CREATE STAGE', 'OWNERSHIP'));
    else {
      needs.push(need('STAGE', `${full}.${STAGE_NAME}`, 'to copy from it', 'READ', 'OWNERSHIP'));
      needs.push(need('STAGE', `${full}.${STAGE_NAME}`, 'to upload files', 'WRITE', 'OWNERSHIP'));
    }
  }
  for (const target of [monitoring, locks, ...targets]) {
    const full = `${database}.${target.schema}`;
    const found = inventory.tables.get(tableKey(target));
    if (found === undefined) {
      if (inventory.schemas.has(target.schema))
        needs.push(need('SCHEMA', full, `to make the table ${target.name}`, 'CREATE TABLE', 'OWNERSHIP'));
      continue;
    }
    const table = `${full}.${target.name}`;
    needs.push(need('TABLE', table, 'to compare what was loaded', 'SELECT', 'OWNERSHIP'));
    needs.push(need('TABLE', table, 'to load rows', 'INSERT', 'OWNERSHIP'));
    if (target === locks) needs.push(need('TABLE', table, 'to lock a date', 'UPDATE', 'OWNERSHIP'));
    else if (target !== monitoring)
      needs.push(need('TABLE', table, 'to replace a date', 'DELETE', 'OWNERSHIP'));
    if (changes(inventory, place, target))
      needs.push(need('TABLE', table, 'to add or widen columns', 'OWNERSHIP'));
  }
  return needs;
}

/** Would the table be altered? One that may not be is told by itself. */
function changes(inventory: SnowflakeObjects, place: SchemaNames, target: Target): boolean {
  try {
    return statementsFor(inventory, place, target).length > 0;
  } catch {
    return false;
  }
}

/** The needs that none of the grants meets, each once. */
function missingOf(needs: readonly Need[], grants: readonly Grant[]): readonly Need[] {
  const has = new Set(grants.map(({ privilege, on, name }) => `${privilege}/${on}/${name}`));
  const seen = new Set<string>();
  return needs.filter(({ privileges, on, name }) => {
    const key = `${privileges[0]}/${on}/${name}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return ![...privileges, 'ALL'].some((privilege) => has.has(`${privilege}/${on}/${name}`));
  });
}

/** The statement that gives a right. */
function grantOf({ privileges, on, name }: Need, role: string): string {
  const quoted = name
    .split('.')
    .map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : `"${part}"`))
    .join('.');
  const to = /^[A-Z_][A-Z0-9_$]*$/.test(role) ? role : `"${role}"`;
  return `GRANT ${privileges[0]} ON ${on} ${quoted} TO ROLE ${to};`;
}

/** All rights of a role, those of roles granted to it and those that everybody has. */
async function grantsOf(
  session: LentSession,
  role: string,
  signal: AbortSignal | undefined,
): Promise<readonly Grant[]> {
  const grants: Grant[] = [];
  const asked = new Set<string>();
  const waiting = [role, 'PUBLIC'];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (asked.has(next)) continue;
    asked.add(next);
    const { rows } = await session.run(grantsTo(next), { doing: `asking for the rights of ${next}`, signal });
    for (const row of rows) {
      const grant = {
        privilege: String(row['privilege']),
        on: String(row['granted_on']),
        // Names that need quotes come with them.
        name: String(row['name']).replaceAll('"', ''),
      };
      grants.push(grant);
      if (grant.on === 'ROLE' && grant.privilege === 'USAGE') waiting.push(grant.name);
    }
  }
  return grants;
}

/** Snowflake shows a role nothing it has no right on: what belongs to another role looks as if it were not there. */
const UNSEEN: Readonly<Record<string, string>> = {
  'CREATE SCHEMA':
    ' If the schema already exists, GRANT USAGE on it instead: Snowflake shows it to nobody else.',
  'CREATE TABLE':
    ' If another role owns the table already, GRANT SELECT, INSERT, UPDATE, DELETE on it instead: Snowflake shows it to nobody else.',
};

/** What is checked; asked for within the check, which reports what is wrong with it. */
interface RightsCheck {
  readonly pool: SessionPool;
  readonly login: () => Login;
  readonly names: () => SchemaNames;
  readonly targets: () => readonly Target[];
}

/** @throws PipelineError CANCELLED only. */
export async function checkSnowflake(
  { pool, login, names, targets: targetsOf }: RightsCheck,
  signal: AbortSignal | undefined,
): Promise<WarehouseCheck> {
  const facts: { name: string; value: string }[] = [];
  const problems: CheckProblem[] = [];
  const report = (error: unknown): void => void problems.push(problemOf(error));
  try {
    const known = login();
    for (const { message, remedy, where } of known.warnings)
      problems.push({
        severity: 'warning',
        message,
        remedy,
        ...(where === undefined ? {} : { file: where.file }),
      });
    const place = names();
    const targets = targetsOf();
    await pool.with(async (session) => {
      const { rows } = await session.run(whoAmI, { doing: 'asking who we are', signal });
      const text = (name: string): string | undefined => {
        const value = rows[0]?.[name];
        return typeof value === 'string' && value !== '' ? value : undefined;
      };
      const role = text('ROLE');
      const warehouse = text('WAREHOUSE');
      facts.push({
        name: 'warehouse',
        value: `Snowflake ${text('VERSION') ?? ''}, ${known.place}`,
      });
      facts.push({ name: 'role', value: role ?? 'none' });
      facts.push({ name: 'virtual warehouse', value: warehouse ?? 'none' });
      if (warehouse === undefined)
        problems.push({
          severity: 'error',
          message: `The session has no virtual warehouse${known.options.warehouse === undefined ? '' : `: ${known.options.warehouse} is not there, or the role ${role ?? ''} may not use it`}.`,
          remedy:
            known.options.warehouse === undefined
              ? 'Set SNOWFLAKE_WAREHOUSE.'
              : `Run: ${grantOf({ privileges: ['USAGE'], on: 'WAREHOUSE', name: known.options.warehouse.toUpperCase(), because: '' }, role ?? 'PUBLIC')}`,
        });
      if (text('DATABASE') === undefined) {
        problems.push({
          severity: 'error',
          message: `The database ${place.database} is not there, or the role ${role ?? ''} may not use it.`,
          remedy: `Make it, or run: ${grantOf({ privileges: ['USAGE'], on: 'DATABASE', name: place.database, because: '' }, role ?? 'PUBLIC')}`,
        });
        return;
      }
      const inventory = await readObjects(session, place, signal);
      const grants = role === undefined ? [] : await grantsOf(session, role, signal);
      const missing = missingOf(needsOf(place, inventory, targets, warehouse), grants);
      for (const need of missing)
        problems.push({
          severity: 'error',
          message: `The role ${role ?? ''} lacks ${need.privileges[0]} on ${need.on.toLowerCase()} ${need.name}, ${need.because}.`,
          remedy: `Run: ${grantOf(need, role ?? 'PUBLIC')}${UNSEEN[need.privileges[0]] ?? ''}`,
        });
      for (const target of targets)
        try {
          statementsFor(inventory, place, target);
        } catch (error) {
          report(error);
        }
      const there = targets.filter((target) => inventory.tables.has(tableKey(target))).length;
      const shared = sharedStatements(inventory, place).length;
      facts.push({
        name: 'tables',
        value: `${there} of ${targets.length} are in ${place.database}.${place.schema}${shared === 0 ? '' : '; a run makes what is missing'}`,
      });
    }, signal);
  } catch (error) {
    report(error);
  }
  return { facts, problems };
}
