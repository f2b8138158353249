// What the account holds: databases, schemas, tables, stages and warehouses, by their exact names.
import { alreadyThere, notFound, SnowflakeError } from './errors';
import type { Column } from './columnTypes';

export interface StoredTable {
  readonly id: number;
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly temporary: boolean;
  columns: readonly Column[];
  owner: string;
  /** Files that COPY loaded: path in the stage and content, which keep it from loading them again. */
  readonly loadedFiles: Set<string>;
  readonly createdAt: Date;
}

export interface Stage {
  readonly id: number;
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly temporary: boolean;
  owner: string;
}

export interface Schema {
  readonly name: string;
  owner: string;
  readonly tables: Map<string, StoredTable>;
  readonly stages: Map<string, Stage>;
}

export interface DatabaseEntry {
  readonly name: string;
  owner: string;
  readonly schemas: Map<string, Schema>;
}

/** Three parts, all known. */
export interface FullName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

export function fullText(name: FullName): string {
  return [name.database, name.schema, name.name].map(plainOrQuoted).join('.');
}

/** As Snowflake writes names in messages and SHOW: quoted only where they need it. */
export function plainOrQuoted(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name}"`;
}

export class Catalogue {
  readonly databases = new Map<string, DatabaseEntry>();
  /** Owner by name. */
  readonly warehouses = new Map<string, string>();
  private last = 0;

  nextId(): number {
    this.last += 1;
    return this.last;
  }

  addDatabase(name: string, owner: string): void {
    if (this.databases.has(name)) throw alreadyThere(name);
    this.databases.set(name, { name, owner, schemas: new Map() });
  }

  /** @throws SnowflakeError 002003 */
  database(name: string): DatabaseEntry {
    const found = this.databases.get(name);
    if (found === undefined) throw notFound('Database', plainOrQuoted(name));
    return found;
  }

  /** @throws SnowflakeError 002003 */
  schema(database: string, name: string): Schema {
    const found = this.database(database).schemas.get(name);
    if (found === undefined) throw notFound('Schema', `${plainOrQuoted(database)}.${plainOrQuoted(name)}`);
    return found;
  }

  addSchema(database: string, name: string, owner: string): void {
    const entry = this.database(database);
    if (entry.schemas.has(name)) throw alreadyThere(plainOrQuoted(name));
    entry.schemas.set(name, { name, owner, tables: new Map(), stages: new Map() });
  }

  tables(): StoredTable[] {
    return [...this.databases.values()].flatMap((d) =>
      [...d.schemas.values()].flatMap((s) => [...s.tables.values()]),
    );
  }

  stages(): Stage[] {
    return [...this.databases.values()].flatMap((d) =>
      [...d.schemas.values()].flatMap((s) => [...s.stages.values()]),
    );
  }
}

/** @throws SnowflakeError 000904 */
export function columnOf(table: StoredTable, name: string): Column {
  const found = table.columns.find((c) => c.name === name);
  if (found === undefined)
    throw new SnowflakeError(
      '000904',
      '42000',
      `SQL compilation error: error line 1 at position 0\ninvalid identifier '${plainOrQuoted(name)}'`,
    );
  return found;
}
