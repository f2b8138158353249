// Statements that read and change rows: SELECT, INSERT, DELETE, UPDATE.
import { quoteIdentifier } from '../../../src/engine/base/duckdb';
import { columnOf } from './catalogue';
import { filled, type Column } from './columnTypes';
import type { Context } from './context';
import { SnowflakeError } from './errors';
import { information } from './information';
import { translate, type Relation, type Scope } from './sql/query';
import type { Statement } from './sql/statements';
import type { Token } from './sql/tokens';
import { ROW } from './store';
import { columnsOf, countsAnswer, TYPE_IDS, wireOf, type Answer } from './wire';

export async function select(context: Context, query: readonly Token[]): Promise<Answer> {
  const sql = translated(context, query);
  const described = await columnsOf(context.session.connection, sql, context.signal);
  const offsets = new Set(
    context.account.catalogue
      .tables()
      .flatMap((t) => t.columns.filter((c) => c.type.kind === 'TIMESTAMP_TZ').map((c) => c.name)),
  );
  const names = described.map((_, i) => `c${i}`);
  const wires = described.map((d, i) => ({
    ...wireOf(names[i] ?? '', d.type, offsets.has(d.name)),
    name: d.name,
  }));
  const { rows } = await context.session.connection.table(
    `SELECT ${wires.map((w) => w.expression).join(', ')} FROM (${sql}) AS result(${names.join(', ')})`,
    { signal: context.signal },
  );
  return {
    columns: wires.map((w) => ({ ...w.column, name: w.name })),
    rows: rows.map((row) =>
      row.map((v) => (v === null ? null : typeof v === 'string' ? v : JSON.stringify(v))),
    ),
    typeId: TYPE_IDS.SELECT,
  };
}

export async function insert(
  context: Context,
  statement: Extract<Statement, { kind: 'INSERT' }>,
): Promise<Answer> {
  const table = context.account.table(context.session, statement.table, ['INSERT']);
  const targets = (statement.columns ?? table.columns.map((c) => c.name)).map((name) =>
    columnOf(table, name),
  );
  const source = translated(context, statement.query);
  const described = await columnsOf(
    context.session.connection,
    /^VALUES\b/.test(source) ? `SELECT * FROM (${source})` : source,
    context.signal,
  );
  if (described.length !== targets.length)
    throw new SnowflakeError(
      '002020',
      '42601',
      `SQL compilation error:\nInsert value list does not match column list expecting ${targets.length} but got ${described.length}`,
    );
  const names = described.map((_, i) => `c${i}`);
  const values = targets.map((column, i) =>
    filled(column, names[i] ?? '', described[i]?.type ?? '', 'INSERT'),
  );
  for (const column of table.columns) if (!column.nullable && !targets.includes(column)) throw nullIn(column);
  const query = `SELECT ${values.join(', ')} FROM (${source}) AS given(${names.join(', ')})`;
  const columns = targets.map((c) => c.name);
  const { store } = context.account;
  const automatic =
    context.session.transaction === undefined && context.session.parameters.get('AUTOCOMMIT') !== 'false';
  const count = automatic
    ? await store.insert(context.session.connection, table, columns, query, undefined, context.signal)
    : await context.changing((t) =>
        store.insert(context.session.connection, table, columns, query, t, context.signal),
      );
  return countsAnswer(TYPE_IDS.INSERT, { 'number of rows inserted': count });
}

export async function deleteRows(
  context: Context,
  statement: Extract<Statement, { kind: 'DELETE' }>,
): Promise<Answer> {
  const table = context.account.table(context.session, statement.table, ['DELETE']);
  const known = [...table.columns.map((c) => c.name), table.name];
  const where = statement.where.length <= 1 ? 'TRUE' : translated(context, statement.where, known);
  const { store } = context.account;
  const { connection } = context.session;
  const count = await context.changing(async (transaction) => {
    const claimed = await store.claim({ connection, table, transaction, where }, context.waiting());
    const [found] = await connection.rows(`SELECT count(*)::INTEGER AS n FROM ${claimed}`);
    const rows = `SELECT ${ROW} FROM ${claimed}`;
    // What deletes nothing leaves no trace of itself in the transaction.
    if (found?.['n'] !== 0) await store.remove(connection, table, rows, transaction, context.signal);
    await connection.run(`DROP TABLE ${claimed}`);
    return Number(found?.['n']);
  });
  return countsAnswer(TYPE_IDS.DELETE, { 'number of rows deleted': count });
}

export async function update(
  context: Context,
  statement: Extract<Statement, { kind: 'UPDATE' }>,
): Promise<Answer> {
  const table = context.account.table(context.session, statement.table, ['UPDATE']);
  const known = [...table.columns.map((c) => c.name), table.name];
  const set = new Map<string, string>();
  for (const s of statement.set) set.set(columnOf(table, s.column).name, translated(context, s.value, known));
  const where = statement.where.length <= 1 ? 'TRUE' : translated(context, statement.where, known);
  const { store } = context.account;
  const { connection } = context.session;
  const count = await context.changing(async (t) => {
    const claimed = await store.claim({ connection, table, transaction: t, where }, context.waiting());
    const rows = `(${store.visible(table, t, true)}) AS ${quoteIdentifier(table.name)}`;
    const given = table.columns.map((c) => set.get(c.name) ?? quoteIdentifier(c.name));
    const described = await columnsOf(
      context.session.connection,
      `SELECT ${given.join(', ')} FROM ${rows}`,
      context.signal,
    );
    const names = given.map((_, i) => `c${i}`);
    const values = table.columns.map((c, i) => filled(c, names[i] ?? '', described[i]?.type ?? '', 'INSERT'));
    const updated = `SELECT ${given.join(', ')}, ${ROW} FROM ${rows} WHERE ${ROW} IN (SELECT ${ROW} FROM ${claimed})`;
    // The rows are computed once and kept: what is deleted and what is inserted must be the same ones.
    const kept = `updated${t.id}`;
    await context.session.connection.run(`CREATE OR REPLACE TEMP TABLE ${kept} AS ${updated}`, {
      signal: context.signal,
    });
    const alias = `${kept} AS given(${[...names, ROW].join(', ')})`;
    const columns = table.columns.map((c) => c.name);
    const changed = await store.insert(
      context.session.connection,
      table,
      columns,
      `SELECT ${values.join(', ')} FROM ${alias}`,
      t,
      context.signal,
    );
    await store.remove(context.session.connection, table, `SELECT ${ROW} FROM ${alias}`, t, context.signal);
    await connection.run(`DROP TABLE ${kept}; DROP TABLE ${claimed}`);
    return changed;
  });
  return countsAnswer(TYPE_IDS.UPDATE, {
    'number of rows updated': count,
    'number of multi-joined rows updated': 0,
  });
}

function scope(context: Context, known: readonly string[] = []): Scope {
  return {
    relation: (path) => relation(context, path),
    session: (name) => sessionValue(context, name),
    bindings: context.bindings,
    known,
    bound: context.bound,
  };
}

function translated(context: Context, query: readonly Token[], known: readonly string[] = []): string {
  return translate(context.sql, query, scope(context, known));
}

function relation(context: Context, path: readonly string[]): Relation {
  const name = context.account.full(context.session, path);
  if (name.schema === 'INFORMATION_SCHEMA') {
    context.account.needDatabase(context.session, name.database);
    return information(context, name);
  }
  context.needWarehouse();
  const table = context.account.table(context.session, path, ['SELECT']);
  return {
    sql: context.account.store.visible(table, context.session.transaction),
    name: table.name,
    columns: table.columns.map((c) => c.name),
  };
}

function sessionValue(context: Context, name: string): string | null | undefined {
  switch (name) {
    case 'CURRENT_ACCOUNT':
    case 'CURRENT_ACCOUNT_NAME':
      return context.account.name.toUpperCase();
    case 'CURRENT_USER':
      return context.session.user;
    case 'CURRENT_ROLE':
      return context.session.role;
    case 'CURRENT_SECONDARY_ROLES': {
      const roles = context.account.roles.secondary.get(context.session.role);
      return JSON.stringify({ roles: (roles ?? []).join(','), value: roles === undefined ? '' : 'ALL' });
    }
    case 'CURRENT_WAREHOUSE':
      return context.session.warehouse ?? null;
    case 'CURRENT_DATABASE':
      return context.session.database ?? null;
    case 'CURRENT_SCHEMA':
      return context.session.schema ?? null;
    case 'CURRENT_SESSION':
      return context.session.id;
    case 'CURRENT_VERSION':
      return '9.99.0';
    case 'CURRENT_REGION':
      return 'AWS_EU_CENTRAL_1';
    case 'CURRENT_ORGANIZATION_NAME':
      return 'PEER';
    case 'CURRENT_TRANSACTION':
      return context.session.transaction === undefined ? null : String(context.session.transaction.id);
    default:
      return undefined;
  }
}

function nullIn(column: Column): SnowflakeError {
  return new SnowflakeError('100072', '22000', `NULL result in a non-nullable column '${column.name}'`);
}
