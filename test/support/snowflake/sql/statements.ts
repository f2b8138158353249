// Reads one statement: only the shapes listed here are spoken, everything else is refused by name.
import { readType, type Column, type ColumnType } from '../columnTypes';
import { notSpoken, SnowflakeError } from '../errors';
import type { StatementKind } from '../types';
import { readCopy, readPut, stagePath } from './stages';
import { Cursor, tokens, type Token } from './tokens';

type Path = readonly string[];

/** A place in a stage: the stage's name and the path within, without a slash at its start. */
export interface StagePath {
  readonly stage: Path;
  readonly path: string;
}

export interface CopyOptions {
  readonly files: readonly string[] | undefined;
  readonly match: 'CASE_INSENSITIVE' | 'CASE_SENSITIVE';
  readonly force: boolean;
  readonly purge: boolean;
  readonly logicalTypes: boolean;
  readonly binaryAsText: boolean;
  readonly trimSpace: boolean;
  /** Texts that become NULL. */
  readonly nullIf: readonly string[];
}

export type GrantedOn =
  | {
      readonly kind: 'DATABASE' | 'SCHEMA' | 'TABLE' | 'STAGE' | 'WAREHOUSE' | 'ROLE' | 'DATABASE_ROLE';
      readonly name: Path;
    }
  | { readonly kind: 'ACCOUNT' };

export type Statement =
  | { readonly kind: 'SELECT'; readonly query: readonly Token[] }
  | {
      readonly kind: 'INSERT';
      readonly table: Path;
      readonly columns: readonly string[] | undefined;
      readonly query: readonly Token[];
    }
  | { readonly kind: 'DELETE'; readonly table: Path; readonly where: readonly Token[] }
  | {
      readonly kind: 'UPDATE';
      readonly table: Path;
      readonly set: readonly { readonly column: string; readonly value: readonly Token[] }[];
      readonly where: readonly Token[];
    }
  | { readonly kind: 'COPY'; readonly table: Path; readonly from: StagePath; readonly options: CopyOptions }
  | {
      readonly kind: 'PUT';
      readonly file: string;
      readonly to: StagePath;
      readonly autoCompress: boolean;
      readonly overwrite: boolean;
      readonly parallel: number;
    }
  | { readonly kind: 'LIST' | 'REMOVE'; readonly from: StagePath }
  | {
      readonly kind: 'CREATE SCHEMA' | 'CREATE STAGE';
      readonly name: Path;
      readonly ifNotExists: boolean;
      readonly temporary: boolean;
    }
  | {
      readonly kind: 'CREATE TABLE';
      readonly name: Path;
      readonly ifNotExists: boolean;
      readonly orReplace: boolean;
      readonly temporary: boolean;
      readonly like: Path | undefined;
      readonly columns: readonly Column[];
    }
  | {
      readonly kind: 'ALTER TABLE';
      readonly table: Path;
      readonly ifExists: boolean;
      readonly change: TableChange;
    }
  | {
      readonly kind: 'DROP';
      readonly what: 'TABLE' | 'SCHEMA' | 'STAGE';
      readonly name: Path;
      readonly ifExists: boolean;
    }
  | { readonly kind: 'TRUNCATE'; readonly table: Path; readonly ifExists: boolean }
  | { readonly kind: 'BEGIN' | 'COMMIT' | 'ROLLBACK' }
  | { readonly kind: 'SHOW'; readonly grantsTo: 'ROLE' | 'USER' | 'DATABASE ROLE'; readonly name: string }
  | { readonly kind: 'SHOW'; readonly parameter: string; readonly warehouse: string }
  | { readonly kind: 'SHOW'; readonly grantsOn: GrantedOn }
  | { readonly kind: 'DESCRIBE'; readonly table: Path }
  | {
      readonly kind: 'ALTER SESSION';
      readonly set: readonly { readonly name: string; readonly value: string | undefined }[];
    }
  | { readonly kind: 'USE'; readonly what: 'ROLE' | 'WAREHOUSE' | 'DATABASE' | 'SCHEMA'; readonly name: Path }
  | {
      readonly kind: 'GRANT' | 'REVOKE';
      readonly privileges: readonly string[];
      readonly on: GrantedOn;
      readonly role: string;
    };

export type TableChange =
  | { readonly kind: 'add'; readonly ifNotExists: boolean; readonly columns: readonly Column[] }
  | { readonly kind: 'type'; readonly column: string; readonly type: ColumnType }
  | { readonly kind: 'nullable'; readonly column: string; readonly nullable: boolean }
  | { readonly kind: 'drop'; readonly column: string; readonly ifExists: boolean };

/** The kind of a statement by its leading words, also of one that would be refused; undefined where unknown. */
export function kindOf(sql: string): StatementKind | undefined {
  const words = sql
    .replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '')
    .slice(0, 100)
    .toUpperCase()
    .split(/[^A-Z]+/);
  const [first = '', second = '', third = ''] = words;
  switch (first) {
    case 'SELECT':
    case 'WITH':
      return 'SELECT';
    case 'INSERT':
    case 'DELETE':
    case 'UPDATE':
    case 'COPY':
    case 'PUT':
    case 'LIST':
    case 'REMOVE':
    case 'DROP':
    case 'TRUNCATE':
    case 'BEGIN':
    case 'COMMIT':
    case 'ROLLBACK':
    case 'SHOW':
    case 'DESCRIBE':
    case 'USE':
    case 'GRANT':
    case 'REVOKE':
      return first;
    case 'LS':
      return 'LIST';
    case 'RM':
      return 'REMOVE';
    case 'DESC':
      return 'DESCRIBE';
    case 'START':
      return 'BEGIN';
    case 'ALTER':
      return second === 'TABLE' ? 'ALTER TABLE' : second === 'SESSION' ? 'ALTER SESSION' : undefined;
    case 'CREATE': {
      const what = [second, third, words[3] ?? '', words[4] ?? ''].find((w) =>
        ['TABLE', 'SCHEMA', 'STAGE'].includes(w),
      );
      return what === undefined ? undefined : (`CREATE ${what}` as StatementKind);
    }
    default:
      return undefined;
  }
}

/** @throws SnowflakeError 001003 naming what is not known, 000008 for more than one statement. */
export function read(sql: string): Statement {
  const all = tokens(sql);
  if (all.length === 1)
    throw new SnowflakeError('000900', '42601', 'SQL compilation error:\nEmpty SQL statement.');
  const semicolon = all.findIndex((t) => t.kind === 'symbol' && t.text === ';');
  if (semicolon >= 0 && all[semicolon + 1]?.kind !== 'end')
    throw new SnowflakeError(
      '000008',
      '0A000',
      'Actual statement count 2 did not match the desired statement count 1.',
    );
  const cursor = new Cursor(sql, all);
  const kind = kindOf(sql);
  if (kind === undefined) throw cursor.unexpected();
  const statement = readers[kind](cursor);
  if (cursor.peek().kind !== 'end' || cursor.sees(';')) cursor.end();
  return statement;
}

const readers: Readonly<Record<StatementKind, (c: Cursor) => Statement>> = {
  SELECT: (c) => ({ kind: 'SELECT', query: c.rest() }),
  INSERT: (c) => {
    c.expect('INSERT', 'INTO');
    const table = c.path();
    let columns: string[] | undefined;
    if (c.takes('(')) {
      columns = [];
      do columns.push(c.name());
      while (c.takes(','));
      c.expect(')');
    }
    if (!c.sees('SELECT') && !c.sees('VALUES') && !c.sees('WITH')) throw c.unexpected();
    return { kind: 'INSERT', table, columns, query: c.rest() };
  },
  DELETE: (c) => {
    c.expect('DELETE', 'FROM');
    const table = c.path();
    if (!c.takes('WHERE') && c.peek().kind !== 'end' && !c.sees(';')) throw c.unexpected();
    return { kind: 'DELETE', table, where: c.rest() };
  },
  UPDATE: (c) => {
    c.expect('UPDATE');
    const table = c.path();
    c.expect('SET');
    const set: { column: string; value: Token[] }[] = [];
    do {
      const column = c.name();
      c.expect('=');
      set.push({ column, value: upTo(c, [',', 'WHERE', ';', 'FROM']) });
    } while (c.takes(','));
    if (c.sees('FROM')) throw notSpoken('UPDATE … FROM');
    if (!c.takes('WHERE') && c.peek().kind !== 'end' && !c.sees(';')) throw c.unexpected();
    return { kind: 'UPDATE', table, set, where: c.rest() };
  },
  COPY: readCopy,
  PUT: readPut,
  LIST: (c) => {
    if (!c.takes('LIST')) c.expect('LS');
    return { kind: 'LIST', from: stagePath(c) };
  },
  REMOVE: (c) => {
    if (!c.takes('REMOVE')) c.expect('RM');
    return { kind: 'REMOVE', from: stagePath(c) };
  },
  'CREATE SCHEMA': (c) => {
    c.expect('CREATE', 'SCHEMA');
    const ifNotExists = c.takes('IF', 'NOT', 'EXISTS');
    return { kind: 'CREATE SCHEMA', name: c.path(), ifNotExists, temporary: false };
  },
  'CREATE STAGE': (c) => {
    c.expect('CREATE');
    const temporary = c.takes('TEMPORARY') || c.takes('TEMP');
    c.expect('STAGE');
    const ifNotExists = c.takes('IF', 'NOT', 'EXISTS');
    return { kind: 'CREATE STAGE', name: c.path(), ifNotExists, temporary };
  },
  'CREATE TABLE': readCreateTable,
  'ALTER TABLE': (c) => {
    c.expect('ALTER', 'TABLE');
    const ifExists = c.takes('IF', 'EXISTS');
    const table = c.path();
    return { kind: 'ALTER TABLE', table, ifExists, change: tableChange(c) };
  },
  DROP: (c) => {
    c.expect('DROP');
    const what = c.name();
    if (what !== 'TABLE' && what !== 'SCHEMA' && what !== 'STAGE') throw notSpoken(`DROP ${what}`);
    const ifExists = c.takes('IF', 'EXISTS');
    const name = c.path();
    if (what === 'SCHEMA') c.takes('CASCADE');
    return { kind: 'DROP', what, name, ifExists };
  },
  TRUNCATE: (c) => {
    c.expect('TRUNCATE');
    c.takes('TABLE');
    const ifExists = c.takes('IF', 'EXISTS');
    return { kind: 'TRUNCATE', table: c.path(), ifExists };
  },
  BEGIN: (c) => {
    if (c.takes('START')) c.expect('TRANSACTION');
    else {
      c.expect('BEGIN');
      if (!c.takes('TRANSACTION')) c.takes('WORK');
    }
    if (c.takes('NAME')) c.name();
    return { kind: 'BEGIN' };
  },
  COMMIT: (c) => {
    c.expect('COMMIT');
    c.takes('WORK');
    return { kind: 'COMMIT' };
  },
  ROLLBACK: (c) => {
    c.expect('ROLLBACK');
    c.takes('WORK');
    return { kind: 'ROLLBACK' };
  },
  SHOW: (c) => {
    c.expect('SHOW');
    if (c.takes('PARAMETERS')) {
      c.expect('LIKE');
      const parameter = c.text();
      c.expect('IN', 'WAREHOUSE');
      return { kind: 'SHOW', parameter, warehouse: c.name() };
    }
    c.expect('GRANTS');
    if (c.takes('ON')) return { kind: 'SHOW', grantsOn: grantedOn(c) };
    c.expect('TO');
    if (c.takes('DATABASE', 'ROLE'))
      return { kind: 'SHOW', grantsTo: 'DATABASE ROLE', name: c.path().join('.') };
    const grantsTo = c.takes('USER') ? 'USER' : 'ROLE';
    if (grantsTo === 'ROLE') c.expect('ROLE');
    return { kind: 'SHOW', grantsTo, name: c.name() };
  },
  DESCRIBE: (c) => {
    c.next();
    c.expect('TABLE');
    return { kind: 'DESCRIBE', table: c.path() };
  },
  'ALTER SESSION': (c) => {
    c.expect('ALTER', 'SESSION');
    const unset = c.takes('UNSET');
    if (!unset) c.expect('SET');
    const set: { name: string; value: string | undefined }[] = [];
    do {
      const name = c.name();
      if (!unset) c.expect('=');
      set.push({ name, value: unset ? undefined : c.next().text });
    } while (c.takes(',') || (c.peek().kind === 'word' && !unset));
    return { kind: 'ALTER SESSION', set };
  },
  USE: (c) => {
    c.expect('USE');
    for (const what of ['ROLE', 'WAREHOUSE', 'DATABASE', 'SCHEMA'] as const)
      if (c.takes(what)) return { kind: 'USE', what, name: c.path() };
    throw c.unexpected();
  },
  GRANT: (c) => readGrant(c, 'GRANT'),
  REVOKE: (c) => readGrant(c, 'REVOKE'),
};

function readCreateTable(c: Cursor): Statement {
  c.expect('CREATE');
  const orReplace = c.takes('OR', 'REPLACE');
  const temporary = c.takes('TEMPORARY') || c.takes('TEMP');
  if (!temporary && c.sees('TRANSIENT')) throw notSpoken('TRANSIENT');
  c.expect('TABLE');
  const ifNotExists = c.takes('IF', 'NOT', 'EXISTS');
  const name = c.path();
  const common = { kind: 'CREATE TABLE', name, ifNotExists, orReplace, temporary } as const;
  if (c.takes('LIKE')) return { ...common, like: c.path(), columns: [] };
  c.expect('(');
  const columns: Column[] = [];
  do {
    if (c.takes('PRIMARY', 'KEY')) {
      // Snowflake does not enforce primary keys either.
      c.expect('(');
      do c.name();
      while (c.takes(','));
      c.expect(')');
    } else columns.push(readColumn(c));
  } while (c.takes(','));
  c.expect(')');
  if (c.takes('COMMENT')) {
    c.expect('=');
    c.text();
  }
  return { ...common, like: undefined, columns };
}

function readColumn(c: Cursor): Column {
  const name = c.name();
  const type = readType(c);
  let nullable = true;
  let collation: string | undefined;
  for (;;) {
    if (c.takes('NOT', 'NULL')) nullable = false;
    else if (c.takes('NULL')) nullable = true;
    else if (c.takes('COMMENT')) c.text();
    else if (c.takes('COLLATE')) collation = c.text();
    else break;
  }
  return { name, type, nullable, collation };
}

function tableChange(c: Cursor): TableChange {
  if (c.takes('ADD')) {
    c.takes('COLUMN');
    const ifNotExists = c.takes('IF', 'NOT', 'EXISTS');
    const columns = [readColumn(c)];
    while (c.takes(',')) {
      // IF NOT EXISTS stands before each column it is meant for.
      if (c.takes('IF', 'NOT', 'EXISTS') !== ifNotExists)
        throw notSpoken('IF NOT EXISTS for some of the columns');
      columns.push(readColumn(c));
    }
    return { kind: 'add', ifNotExists, columns };
  }
  if (c.takes('DROP')) {
    c.takes('COLUMN');
    const ifExists = c.takes('IF', 'EXISTS');
    return { kind: 'drop', column: c.name(), ifExists };
  }
  if (c.takes('ALTER') || c.takes('MODIFY')) {
    c.takes('COLUMN');
    const column = c.name();
    if (c.takes('DROP', 'NOT', 'NULL')) return { kind: 'nullable', column, nullable: true };
    if (c.takes('SET', 'NOT', 'NULL')) return { kind: 'nullable', column, nullable: false };
    c.takes('SET', 'DATA');
    c.takes('TYPE');
    return { kind: 'type', column, type: readType(c) };
  }
  throw c.unexpected();
}

function readGrant(c: Cursor, kind: 'GRANT' | 'REVOKE'): Statement {
  c.expect(kind);
  if (c.takes('DATABASE', 'ROLE')) {
    const name = c.path();
    c.expect(kind === 'GRANT' ? 'TO' : 'FROM', 'ROLE');
    return { kind, privileges: ['USAGE'], on: { kind: 'DATABASE_ROLE', name }, role: c.name() };
  }
  if (c.takes('ROLE')) {
    const name = c.path();
    c.expect(kind === 'GRANT' ? 'TO' : 'FROM', 'ROLE');
    return { kind, privileges: ['USAGE'], on: { kind: 'ROLE', name }, role: c.name() };
  }
  const privileges: string[] = [];
  do {
    const words: string[] = [];
    while (!c.sees('ON') && !c.sees(',')) words.push(c.name());
    privileges.push(words.join(' '));
  } while (c.takes(','));
  c.expect('ON');
  const on = grantedOn(c);
  c.expect(kind === 'GRANT' ? 'TO' : 'FROM');
  if (c.takes('DATABASE', 'ROLE')) return { kind, privileges, on, role: c.path().join('.') };
  c.takes('ROLE');
  return { kind, privileges, on, role: c.name() };
}

function grantedOn(c: Cursor): GrantedOn {
  if (c.takes('ACCOUNT')) return { kind: 'ACCOUNT' };
  const kind = c.name();
  if (
    kind === 'DATABASE' ||
    kind === 'SCHEMA' ||
    kind === 'TABLE' ||
    kind === 'STAGE' ||
    kind === 'WAREHOUSE'
  )
    return { kind, name: c.path() };
  throw notSpoken(`ON ${kind}`);
}

/** Tokens up to one of these words or symbols outside parentheses. */
function upTo(c: Cursor, ends: readonly string[]): Token[] {
  const found: Token[] = [];
  let depth = 0;
  while (c.peek().kind !== 'end' && !(depth === 0 && ends.some((e) => c.sees(e)))) {
    const token = c.next();
    if (token.text === '(' && token.kind === 'symbol') depth += 1;
    if (token.text === ')' && token.kind === 'symbol') depth -= 1;
    found.push(token);
  }
  const last = c.peek();
  return [...found, { kind: 'end', text: '<EOF>', at: last.at, until: last.at }];
}
