// Roles and grants: who may do what, checked before each statement as Snowflake's access control does.
import { insufficient, notFound, SnowflakeError } from './errors';

export type ObjectKind =
  'ACCOUNT' | 'DATABASE' | 'SCHEMA' | 'TABLE' | 'STAGE' | 'WAREHOUSE' | 'ROLE' | 'DATABASE_ROLE';

export interface Grant {
  readonly privilege: string;
  readonly on: ObjectKind;
  /** Full name as Snowflake writes it: DB, DB.SCHEMA, DB.SCHEMA.TABLE. */
  readonly name: string;
  readonly createdAt: Date;
}

/** Privileges that may be granted, by kind of object. */
export const PRIVILEGES: Readonly<Record<ObjectKind, readonly string[]>> = {
  ACCOUNT: ['CREATE DATABASE', 'CREATE WAREHOUSE', 'CREATE ROLE'],
  DATABASE: ['OWNERSHIP', 'USAGE', 'CREATE SCHEMA', 'MONITOR', 'MODIFY'],
  SCHEMA: ['OWNERSHIP', 'USAGE', 'CREATE TABLE', 'CREATE STAGE', 'CREATE VIEW', 'MONITOR', 'MODIFY'],
  TABLE: ['OWNERSHIP', 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES'],
  STAGE: ['OWNERSHIP', 'READ', 'WRITE'],
  WAREHOUSE: ['OWNERSHIP', 'USAGE', 'OPERATE', 'MONITOR', 'MODIFY'],
  ROLE: ['OWNERSHIP', 'USAGE'],
  DATABASE_ROLE: ['OWNERSHIP', 'USAGE'],
};

/** The role that may do everything, as the account's administrator. */
export const ADMIN = 'ACCOUNTADMIN';

export class Roles {
  private readonly grants = new Map<string, Grant[]>([
    [ADMIN, []],
    ['PUBLIC', []],
  ]);

  /** Secondary roles of sessions whose primary role this is. */
  readonly secondary = new Map<string, readonly string[]>();

  add(role: string): void {
    if (!this.grants.has(role)) this.grants.set(role, []);
  }

  names(): readonly string[] {
    return [...this.grants.keys()];
  }

  has(role: string): boolean {
    return this.grants.has(role);
  }

  grant(role: string, privilege: string, on: ObjectKind, name: string): void {
    const list = this.grants.get(role);
    if (list === undefined) throw notFound('Role', role);
    if (!PRIVILEGES[on].includes(privilege))
      throw new SnowflakeError(
        '003008',
        '42601',
        `SQL compilation error:\nInvalid privilege '${privilege}' for object type '${on}'.`,
      );
    if (!list.some((g) => g.privilege === privilege && g.on === on && g.name === name))
      list.push({ privilege, on, name, createdAt: new Date() });
  }

  revoke(role: string, privilege: string, on: ObjectKind, name: string): void {
    const list = this.grants.get(role);
    if (list === undefined) throw notFound('Role', role);
    this.grants.set(
      role,
      list.filter((g) => !(g.privilege === privilege && g.on === on && g.name === name)),
    );
  }

  /** An object is gone: so are the grants on it. */
  forget(on: ObjectKind, name: string): void {
    for (const [role, list] of this.grants)
      this.grants.set(
        role,
        list.filter((g) => !(g.name === name && g.on === on) && !g.name.startsWith(`${name}.`)),
      );
  }

  of(role: string): readonly Grant[] {
    const list = this.grants.get(role);
    if (list === undefined) throw notFound('Role', role);
    return list;
  }

  /** The role, all roles granted to it, and PUBLIC. */
  private reach(role: string): ReadonlySet<string> {
    const found = new Set(['PUBLIC']);
    const walk = (name: string): void => {
      if (found.has(name)) return;
      found.add(name);
      for (const g of this.grants.get(name) ?? [])
        if ((g.on === 'ROLE' || g.on === 'DATABASE_ROLE') && g.privilege === 'USAGE') walk(g.name);
    };
    walk(role);
    return found;
  }

  /** Has the role one of these privileges, or OWNERSHIP? No privileges: any at all will do. */
  may(role: string, on: ObjectKind, name: string, privileges: readonly string[] = []): boolean {
    if (role === ADMIN) return true;
    // CREATE is allowed by the primary role alone.
    const others = privileges.some((p) => p.startsWith('CREATE ')) ? [] : (this.secondary.get(role) ?? []);
    const active = [role, ...others].flatMap((one) => [...this.reach(one)]);
    return active.some((r) =>
      (this.grants.get(r) ?? []).some(
        (g) =>
          g.on === on &&
          g.name === name &&
          (privileges.length === 0 || g.privilege === 'OWNERSHIP' || privileges.includes(g.privilege)),
      ),
    );
  }

  /**
   * @throws SnowflakeError 002003 where the role may not even see the object, 003001 where it may but lacks
   * all of these privileges.
   */
  need(role: string, on: ObjectKind, name: string, privileges: readonly string[]): void {
    if (this.may(role, on, name, privileges)) return;
    const word = on.charAt(0) + on.slice(1).toLowerCase();
    if (!this.may(role, on, name)) throw notFound(on === 'TABLE' ? 'Object' : word, name);
    throw insufficient(on.toLowerCase(), name.split('.').at(-1) ?? name);
  }
}
