// What a look at Snowflake tells before a run: who we are, what is there, and each GRANT that a load would miss.
import { problemOf, quoteIdentifier } from '../../base';
import type { CheckProblem } from '../../model';
import type { WarehouseCheck } from '../contract';
import type { Target } from '../target';
import type { Login } from './login';
import type { LentSession, SessionPool } from './sessionPool';
import { sharedStatements, statementsFor, tableKey, readObjects, type SnowflakeObjects } from './setup';
import type { SchemaNames } from './snowflakeNames';
import { failureBehind } from './failures';
import { grantedRights, isAllowed, type ActiveRoles, type GrantedRights } from './grantedRights';
import { STAGE_NAME, warehouseTimeout, whoAmI } from './snowflakeStatements';

/** A right that a load needs. Any of `privileges` is enough. */
interface Need {
  readonly privileges: readonly [string, ...string[]];
  /** SCHEMA, TABLE, … as SHOW GRANTS says in granted_on. */
  readonly on: 'DATABASE' | 'SCHEMA' | 'TABLE' | 'STAGE';
  /** The table or stage that it can be tried at. */
  readonly target?: Pick<Target, 'schema' | 'name'>;
  /** Name with what it lies in, without quotes: DB.SCHEMA.TABLE. */
  readonly name: string;
  readonly because: string;
}

/**
 * Rights to load these tables into what is there now. USAGE of warehouse and database is not among them: a session that
 * may not use them has none.
 */
function needsOf(
  place: SchemaNames,
  inventory: SnowflakeObjects,
  targets: readonly Target[],
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
  const needs: Need[] = [];
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
      const target = { schema, name: STAGE_NAME };
      const stage = `${full}.${STAGE_NAME}`;
      needs.push({ ...need('STAGE', stage, 'to copy from it', 'READ', 'OWNERSHIP'), target });
      needs.push({ ...need('STAGE', stage, 'to upload files', 'WRITE', 'OWNERSHIP'), target });
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
    const rights = [
      ['SELECT', 'to compare what was loaded'],
      ['INSERT', 'to load rows'],
      ...(target === locks ? [['UPDATE', 'to lock a date'] as const] : []),
      ...(target === locks || target === monitoring ? [] : [['DELETE', 'to replace a date'] as const]),
    ] as const;
    for (const [privilege, because] of rights)
      needs.push({ ...need('TABLE', table, because, privilege, 'OWNERSHIP'), target });
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
function missingOf(needs: readonly Need[], { primary, secondary }: GrantedRights): readonly Need[] {
  const keyOf = (privilege: string, on: string, name: string): string => `${privilege}/${on}/${name}`;
  const keysOf = (grants: GrantedRights['primary']): ReadonlySet<string> =>
    new Set(grants.map(({ privilege, on, name }) => keyOf(privilege, on, name)));
  const own = keysOf(primary);
  const all = keysOf([...primary, ...secondary]);
  const seen = new Set<string>();
  return needs.filter(({ privileges, on, name }) => {
    const key = keyOf(privileges[0], on, name);
    if (seen.has(key)) return false;
    seen.add(key);
    const has = privileges[0].startsWith('CREATE ') ? own : all;
    return ![...privileges, 'ALL'].some((privilege) => has.has(keyOf(privilege, on, name)));
  });
}

/** The statement that gives a right. */
function grantOf(
  { privileges, on, name }: { readonly on: string } & Pick<Need, 'privileges' | 'name'>,
  role: string,
): string {
  const quoted = name.split('.').map(nameOf).join('.');
  return `GRANT ${privileges[0]} ON ${on} ${quoted} TO ROLE ${nameOf(role)};`;
}

/** A name as people write it: in quotes only where it needs them. */
const nameOf = (name: string): string => (/^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : quoteIdentifier(name));

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
  check: RightsCheck,
  signal: AbortSignal | undefined,
): Promise<WarehouseCheck> {
  const facts: { name: string; value: string }[] = [];
  const problems: CheckProblem[] = [];
  try {
    const known = check.login();
    for (const { message, remedy, where } of known.warnings)
      problems.push({
        severity: 'warning',
        message,
        remedy,
        ...(where === undefined ? {} : { file: where.file }),
      });
    const place = check.names();
    const targets = check.targets();
    await check.pool.with(
      (session) => checkSession({ session, known, place, targets, facts, problems }, signal),
      signal,
    );
  } catch (error) {
    problems.push(problemOf(error));
  }
  return { facts, problems };
}

interface SessionCheck {
  readonly session: LentSession;
  readonly known: Login;
  readonly place: SchemaNames;
  readonly targets: readonly Target[];
  readonly facts: { name: string; value: string }[];
  readonly problems: CheckProblem[];
}

async function checkSession(check: SessionCheck, signal: AbortSignal | undefined): Promise<void> {
  const { session, known, place, targets, facts, problems } = check;
  const { rows } = await session.run(whoAmI, { doing: 'asking who we are', signal });
  const text = (name: string): string | undefined => {
    const value = rows[0]?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const role = text('ROLE');
  const warehouse = text('WAREHOUSE');
  facts.push({ name: 'warehouse', value: `Snowflake ${text('VERSION') ?? ''}, ${known.place}` });
  facts.push({ name: 'role', value: role ?? 'none' });
  facts.push({ name: 'virtual warehouse', value: warehouse ?? 'none' });
  const usage = (on: string, name: string): string =>
    grantOf({ privileges: ['USAGE'], on, name }, role ?? 'PUBLIC');
  if (warehouse === undefined) {
    const wanted = known.options.warehouse;
    problems.push({
      severity: 'error',
      message: `The session has no virtual warehouse${wanted === undefined ? '' : `: ${wanted} does not exist, or the role ${role ?? ''} may not use it`}.`,
      remedy:
        wanted === undefined
          ? 'Set SNOWFLAKE_WAREHOUSE.'
          : `Run: ${usage('WAREHOUSE', wanted.toUpperCase())}`,
    });
  } else await checkTimeout(check, warehouse, signal);
  if (text('DATABASE') === undefined) {
    problems.push({
      severity: 'error',
      message: `The database ${place.database} does not exist, or the role ${role ?? ''} may not use it.`,
      remedy: `Create it, or run: ${usage('DATABASE', place.database)}`,
    });
    return;
  }
  const inventory = await readObjects(session, place, signal);
  if (role !== undefined)
    await checkGrants(check, inventory, { primary: role, secondary: text('SECONDARY_ROLES') }, signal);
  for (const target of targets)
    try {
      statementsFor(inventory, place, target);
    } catch (error) {
      problems.push(problemOf(error));
    }
  const there = targets.filter((target) => inventory.tables.has(tableKey(target))).length;
  const shared = sharedStatements(inventory, place).length;
  facts.push({
    name: 'tables',
    value: `${there} of ${targets.length} are in ${place.database}.${place.schema}${shared === 0 ? '' : '; a run makes what is missing'}`,
  });
}

/** A right that the grants do not show is tried before it is reported as missing: rights come by many ways. */
async function checkGrants(
  { session, place, targets, problems }: SessionCheck,
  inventory: SnowflakeObjects,
  roles: ActiveRoles,
  signal: AbortSignal | undefined,
): Promise<void> {
  const granted = await grantedRights(session, roles, signal);
  for (const need of missingOf(needsOf(place, inventory, targets), granted)) {
    const { privileges, on, name, because, target } = need;
    const allowed =
      target === undefined || (on !== 'TABLE' && on !== 'STAGE')
        ? undefined
        : await isAllowed(
            session,
            { privilege: privileges[0], on, database: place.database, target },
            signal,
          );
    if (allowed === true) continue;
    const isKnown = allowed === false || granted.unread.length === 0;
    const lacks = `${privileges[0]} on ${on.toLowerCase()} ${name}, ${because}`;
    problems.push({
      severity: isKnown ? 'error' : 'warning',
      message: isKnown
        ? `The role ${roles.primary} lacks ${lacks}.`
        : `Whether the role ${roles.primary} has ${lacks}, is not known: the rights of ${granted.unread.join(', ')} cannot be read.`,
      remedy: `${isKnown ? 'Run' : 'If a load fails, run'}: ${grantOf(need, roles.primary)}${UNSEEN[privileges[0]] ?? ''}`,
    });
  }
}

/** The lower of the session's limit and the virtual warehouse's holds; the latter is not the session's to change. */
async function checkTimeout(
  { session, problems }: SessionCheck,
  warehouse: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const needed = Math.ceil(session.lockMs / 1_000);
  // Who may not see the parameters of the warehouse still may use it.
  const shown = await session
    .run(warehouseTimeout(warehouse), { doing: 'asking for the time-out of the virtual warehouse', signal })
    .catch((error: unknown) => {
      if (failureBehind(error)?.kind === 'server') return undefined;
      throw error;
    });
  const seconds = Number(shown?.rows[0]?.['value'] ?? 0);
  if (!(seconds > 0 && seconds < needed)) return;
  problems.push({
    severity: 'warning',
    message: `The virtual warehouse ${warehouse} ends statements after ${seconds} seconds, and a load may need ${needed}: a date whose lock a killed load still holds is free after five minutes.`,
    remedy: `Run: ALTER WAREHOUSE ${nameOf(warehouse)} SET STATEMENT_TIMEOUT_IN_SECONDS = ${needed};`,
  });
}
