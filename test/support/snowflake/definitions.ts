// Statements that define objects: schemas, tables, stages.
import { quoteIdentifier } from '../../../src/engine/base/duckdb';
import { columnOf, fullText, plainOrQuoted, type Stage, type StoredTable } from './catalogue';
import { collated, mayBecome, storedAs, typeText } from './columnTypes';
import type { Context } from './context';
import { alreadyThere, notFound, notSpoken, SnowflakeError } from './errors';
import type { Statement, TableChange } from './sql/statements';
import { filesOf, removeFile } from './stageFiles';
import { ROW } from './store';
import { statusAnswer, type Answer } from './wire';

export async function define(
  context: Context,
  statement: Extract<
    Statement,
    { kind: 'CREATE SCHEMA' | 'CREATE STAGE' | 'CREATE TABLE' | 'ALTER TABLE' | 'DROP' | 'TRUNCATE' }
  >,
): Promise<Answer> {
  const { session, account } = context;
  const { catalogue, roles } = account;
  switch (statement.kind) {
    case 'CREATE SCHEMA': {
      const [name, database] = [...statement.name].reverse();
      const parent = database ?? session.database;
      if (parent === undefined || name === undefined) throw notSpoken('a schema without a database');
      account.needDatabase(session, parent);
      roles.need(session.role, 'DATABASE', plainOrQuoted(parent), ['CREATE SCHEMA']);
      const there = catalogue.database(parent).schemas.has(name);
      if (there && !statement.ifNotExists) throw alreadyThere(plainOrQuoted(name));
      if (there) return statusAnswer(`${name} already exists, statement succeeded.`);
      catalogue.addSchema(parent, name, session.role);
      roles.grant(session.role, 'OWNERSHIP', 'SCHEMA', `${plainOrQuoted(parent)}.${plainOrQuoted(name)}`);
      await account.store.createSchema(parent, name);
      session.database = parent;
      session.schema = name;
      return statusAnswer(`Schema ${name} successfully created.`);
    }
    case 'CREATE STAGE': {
      const name = account.full(session, statement.name);
      context.needSchemaPrivilege(name, statement.temporary ? undefined : 'CREATE STAGE');
      const schema = catalogue.schema(name.database, name.schema);
      const there = statement.temporary
        ? session.tempStages.has(fullText(name))
        : schema.stages.has(name.name);
      if (there && !statement.ifNotExists) throw alreadyThere(fullText(name));
      if (there) return statusAnswer(`${name.name} already exists, statement succeeded.`);
      const stage: Stage = {
        id: catalogue.nextId(),
        ...name,
        temporary: statement.temporary,
        owner: session.role,
      };
      if (statement.temporary) session.tempStages.set(fullText(name), stage);
      else {
        schema.stages.set(name.name, stage);
        roles.grant(session.role, 'OWNERSHIP', 'STAGE', fullText(name));
      }
      return statusAnswer(`Stage area ${name.name} successfully created.`);
    }
    case 'CREATE TABLE':
      return createTable(context, statement);
    case 'ALTER TABLE': {
      const table = account.findTable(session, statement.table);
      if (table === undefined && statement.ifExists) return statusAnswer('Statement executed successfully.');
      const found = account.table(session, statement.table, ['OWNERSHIP']);
      await account.store.quiet(found, context.waiting());
      await alter(context, found, statement.change);
      return statusAnswer('Statement executed successfully.');
    }
    case 'DROP':
      return drop(context, statement);
    case 'TRUNCATE': {
      if (account.findTable(session, statement.table) === undefined && statement.ifExists)
        return statusAnswer('Statement executed successfully.');
      const table = account.table(session, statement.table, ['TRUNCATE']);
      const own = account.store.begin();
      try {
        await account.store.lock(table, own, context.waiting());
        const rows = `SELECT ${ROW} FROM (${account.store.visible(table, own, true)})`;
        await account.store.remove(session.connection, table, rows, own, context.signal);
      } catch (error) {
        await account.store.rollback(own);
        throw error;
      }
      await account.store.commit(own);
      table.loadedFiles.clear();
      return statusAnswer('Statement executed successfully.');
    }
    default:
      return statement satisfies never;
  }
}

async function createTable(
  context: Context,
  statement: Extract<Statement, { kind: 'CREATE TABLE' }>,
): Promise<Answer> {
  const { session, account } = context;
  const name = account.full(session, statement.name);
  // A temporary table asks for no privilege to create one.
  context.needSchemaPrivilege(name, statement.temporary ? undefined : 'CREATE TABLE');
  const schema = account.catalogue.schema(name.database, name.schema);
  const there = statement.temporary ? session.tempTables.get(fullText(name)) : schema.tables.get(name.name);
  if (there !== undefined && statement.ifNotExists)
    return statusAnswer(`${name.name} already exists, statement succeeded.`);
  if (there !== undefined && !statement.orReplace) throw alreadyThere(fullText(name));
  const columns =
    statement.like === undefined
      ? statement.columns.map((c) =>
          c.type.kind === 'TEXT' ? { ...c, collation: c.collation ?? account.collation } : c,
        )
      : account.table(session, statement.like, ['SELECT']).columns;
  const names = new Set<string>();
  for (const column of columns) {
    if (names.has(column.name))
      throw new SnowflakeError(
        '002025',
        '42S21',
        `SQL compilation error:\nduplicate column name '${column.name}'`,
      );
    // DuckDB cannot tell names apart that differ by case alone.
    if ([...names].some((n) => n.toLowerCase() === column.name.toLowerCase()))
      throw notSpoken(`a second column "${column.name}" but for its case`);
    names.add(column.name);
  }
  if (there !== undefined) await dropTable(context, there);
  const table: StoredTable = {
    id: account.catalogue.nextId(),
    ...name,
    temporary: statement.temporary,
    columns,
    owner: session.role,
    loadedFiles: new Set(),
    createdAt: new Date(),
  };
  await account.store.create(table);
  if (statement.temporary) session.tempTables.set(fullText(name), table);
  else {
    schema.tables.set(name.name, table);
    account.roles.grant(session.role, 'OWNERSHIP', 'TABLE', fullText(name));
  }
  return statusAnswer(`Table ${name.name} successfully created.`);
}

async function dropTable(context: Context, table: StoredTable): Promise<void> {
  await context.account.store.quiet(table, context.waiting());
  if (table.temporary) context.session.tempTables.delete(fullText(table));
  else {
    context.account.catalogue.schema(table.database, table.schema).tables.delete(table.name);
    context.account.roles.forget('TABLE', fullText(table));
  }
  await context.account.store.drop(table);
}

async function drop(context: Context, statement: Extract<Statement, { kind: 'DROP' }>): Promise<Answer> {
  const { session, account } = context;
  const gone = statusAnswer(
    `Drop statement executed successfully (${statement.name.at(-1) ?? ''} already dropped).`,
  );
  switch (statement.what) {
    case 'TABLE': {
      const found = account.findTable(session, statement.name);
      if (found === undefined && statement.ifExists) return gone;
      const table = account.table(session, statement.name, ['OWNERSHIP']);
      await dropTable(context, table);
      return statusAnswer(`${table.name} successfully dropped.`);
    }
    case 'STAGE': {
      const name = account.full(session, statement.name);
      account.needSchema(session, name);
      const schema = account.catalogue.schema(name.database, name.schema);
      if (!schema.stages.has(name.name) && !session.tempStages.has(fullText(name)) && statement.ifExists)
        return gone;
      const stage = account.stage(session, statement.name, ['OWNERSHIP']);
      for (const f of await filesOf(context.root, stage)) await removeFile(f);
      if (!session.tempStages.delete(fullText(name))) schema.stages.delete(name.name);
      account.roles.forget('STAGE', fullText(name));
      return statusAnswer(`${name.name} successfully dropped.`);
    }
    case 'SCHEMA': {
      const [name, database] = [...statement.name].reverse();
      const parent = database ?? session.database ?? '';
      account.needDatabase(session, parent);
      const schema = account.catalogue.database(parent).schemas.get(name ?? '');
      if (schema === undefined && statement.ifExists) return gone;
      if (schema === undefined)
        throw notFound('Schema', `${plainOrQuoted(parent)}.${plainOrQuoted(name ?? '')}`);
      const full = `${plainOrQuoted(parent)}.${plainOrQuoted(schema.name)}`;
      account.roles.need(session.role, 'SCHEMA', full, ['OWNERSHIP']);
      for (const table of [...schema.tables.values()]) await dropTable(context, table);
      account.catalogue.database(parent).schemas.delete(schema.name);
      account.roles.forget('SCHEMA', full);
      return statusAnswer(`${schema.name} successfully dropped.`);
    }
    default:
      return statement.what satisfies never;
  }
}

async function alter(context: Context, table: StoredTable, change: TableChange): Promise<void> {
  const { store } = context.account;
  switch (change.kind) {
    case 'add':
      for (const column of change.columns) {
        if (table.columns.some((c) => c.name === column.name)) {
          if (change.ifNotExists) continue;
          throw new SnowflakeError(
            '001430',
            '42601',
            `SQL compilation error:\ncolumn '${column.name}' already exists`,
          );
        }
        if (!column.nullable) throw notSpoken('ADD COLUMN … NOT NULL');
        table.columns = [...table.columns, column];
        await store.alter(
          table,
          `ADD COLUMN ${quoteIdentifier(column.name)} ${storedAs(column.type)}${collated(column.type.kind === 'TEXT' ? (column.collation ?? context.account.collation) : undefined)}`,
        );
      }
      return;
    case 'type': {
      const column = columnOf(table, change.column);
      if (!mayBecome(column.type, change.type))
        throw new SnowflakeError(
          '002108',
          '22000',
          `SQL compilation error: cannot change column ${column.name} from type ${typeText(column.type)} to ${typeText(change.type)}`,
        );
      table.columns = table.columns.map((c) => (c === column ? { ...c, type: change.type } : c));
      if (storedAs(column.type) !== storedAs(change.type))
        await store.alter(
          table,
          `ALTER COLUMN ${quoteIdentifier(column.name)} SET DATA TYPE ${storedAs(change.type)}`,
        );
      return;
    }
    case 'nullable': {
      const column = columnOf(table, change.column);
      if (!change.nullable) throw notSpoken('SET NOT NULL');
      table.columns = table.columns.map((c) => (c === column ? { ...c, nullable: true } : c));
      return;
    }
    case 'drop': {
      if (change.ifExists && !table.columns.some((c) => c.name === change.column)) return;
      const column = columnOf(table, change.column);
      table.columns = table.columns.filter((c) => c !== column);
      // The view names its columns: it goes first and comes again.
      await store.alter(table, `DROP COLUMN ${quoteIdentifier(column.name)}`);
      return;
    }
    default:
      change satisfies never;
  }
}
