// What the session's roles may do: by SHOW GRANTS as far as it can be read, and by trying where it says nothing.
import type { Target } from '../target';
import { DATE_COLUMN, qualified } from '../target';
import { failureBehind } from './failures';
import type { LentSession } from './sessionPool';
import { grantsTo, listStage, removePath, type Statement } from './snowflakeStatements';

/** A right on an object, as SHOW GRANTS tells it. */
interface Grant {
  readonly privilege: string;
  readonly on: string;
  /** Without quotes. */
  readonly name: string;
}

export interface GrantedRights {
  /** Of the primary role, of roles and database roles granted to it, and those that everybody has. */
  readonly primary: readonly Grant[];
  /** Of the secondary roles: good for everything but CREATE, which takes the primary role's. */
  readonly secondary: readonly Grant[];
  /** Roles whose grants this user may not see: what they allow is not known. */
  readonly unread: readonly string[];
}

/** The session's active roles. */
export interface ActiveRoles {
  readonly primary: string;
  /** As CURRENT_SECONDARY_ROLES gives them: JSON. */
  readonly secondary: string | undefined;
}

/** @throws PipelineError CANCELLED, or WAREHOUSE where Snowflake is not reached. */
export async function grantedRights(
  session: LentSession,
  { primary, secondary }: ActiveRoles,
  signal: AbortSignal | undefined,
): Promise<GrantedRights> {
  const unread: string[] = [];
  return {
    primary: await grantsOf(session, [primary, 'PUBLIC'], unread, signal),
    secondary: await grantsOf(session, secondaryRoles(secondary), unread, signal),
    unread,
  };
}

/** `{"roles":"A,B","value":"ALL"}`. */
function secondaryRoles(text: string | undefined): readonly string[] {
  try {
    const { roles } = JSON.parse(text ?? '{}') as { readonly roles?: unknown };
    return typeof roles === 'string' ? roles.split(',').filter((role) => role !== '') : [];
  } catch {
    return [];
  }
}

/** All rights of roles, and of all roles and database roles that are granted to them. */
async function grantsOf(
  session: LentSession,
  roles: readonly string[],
  unread: string[],
  signal: AbortSignal | undefined,
): Promise<readonly Grant[]> {
  const grants: Grant[] = [];
  const asked = new Set<string>();
  const waiting: { readonly kind: string; readonly path: readonly string[] }[] = roles.map((name) => ({
    kind: 'ROLE',
    path: [name],
  }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const role = next.path.join('.');
    if (asked.has(`${next.kind} ${role}`)) continue;
    asked.add(`${next.kind} ${role}`);
    try {
      const doing = `asking for the rights of ${role}`;
      const { rows } = await session.run(grantsTo(next.kind, next.path), { doing, signal });
      for (const row of rows) {
        const [privilege, on, name] = ['privilege', 'granted_on', 'name'].map((key) => String(row[key]));
        if (privilege === undefined || on === undefined || name === undefined) continue;
        // Names that need quotes come with them.
        const path = partsOf(name);
        grants.push({ privilege, on, name: path.join('.') });
        if (on === 'ROLE' && privilege === 'USAGE') waiting.push({ kind: 'ROLE', path });
        if (on === 'DATABASE_ROLE' && privilege === 'USAGE') waiting.push({ kind: 'DATABASE ROLE', path });
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      unread.push(role);
    }
  }
  return grants;
}

/** `DB."Role of db"` in its parts, without quotes. */
function partsOf(name: string): readonly string[] {
  const parts = name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [name];
  return parts.map((part) => part.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"'));
}

/** Is something not there for this role, or not allowed? */
const isRefusal = (error: unknown): boolean =>
  ['002003', '002043', '003001'].includes(failureBehind(error)?.code ?? '');

/** Something that can be tried without changing anything. */
interface Attempted {
  readonly privilege: string;
  readonly on: 'TABLE' | 'STAGE';
  readonly database: string;
  readonly target: Pick<Target, 'schema' | 'name'>;
}

/** Statements that need a right and change nothing. */
function attemptOf({ privilege, on, database, target }: Attempted): Statement | undefined {
  if (on === 'STAGE')
    return privilege === 'READ'
      ? listStage(database, target.schema)
      : removePath(database, target.schema, 'm7-check-of-rights/');
  const table = qualified(target, database);
  switch (privilege) {
    case 'SELECT':
      return { sql: `SELECT COUNT(*) AS "N" FROM ${table} WHERE FALSE` };
    case 'INSERT':
      return {
        sql: `INSERT INTO ${table} ("${DATE_COLUMN}") SELECT CAST(NULL AS DATE) FROM (SELECT 1 AS "ONE") AS "NOTHING" WHERE FALSE`,
      };
    case 'UPDATE':
      return { sql: `UPDATE ${table} SET "${DATE_COLUMN}" = CAST(NULL AS DATE) WHERE FALSE` };
    case 'DELETE':
      return { sql: `DELETE FROM ${table} WHERE FALSE` };
    default:
      return undefined;
  }
}

/** May the session do it? Undefined where that cannot be tried without changing something. */
export async function isAllowed(
  session: LentSession,
  attempted: Attempted,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  const statement = attemptOf(attempted);
  if (statement === undefined) return undefined;
  try {
    await session.run(statement, { doing: `trying ${attempted.privilege}`, signal });
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}
