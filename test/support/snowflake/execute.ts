// Executes one statement in a session: privileges first, then what Snowflake would do, on the backing database.
import { quoteIdentifier, quoteLiteral } from '../../../src/engine/duckdb';
import type { Account } from './account';
import { setParameter } from './account';
import { fullText, plainOrQuoted, type FullName, type Stage, type StoredTable } from './catalogue';
import { filled, informationOf, mayBecome, storedAs, typeText, type Column } from './columnTypes';
import { copyInto, stagePathOf } from './copy';
import { alreadyThere, canceled, insufficient, notFound, notSpoken, SnowflakeError } from './errors';
import { PRIVILEGES, type ObjectKind } from './privileges';
import type { Session } from './sessions';
import { translate, type Binding, type Relation, type Scope } from './sql/query';
import { read, type GrantedOn, type Statement, type TableChange } from './sql/statements';
import type { Token } from './sql/tokens';
import { filesOf, md5Of, removeFile } from './stageFiles';
import { ROW, type Transaction } from './store';
import { countsAnswer, statusAnswer, textsAnswer, TYPE_IDS, wireOf, type Answer, type WireRow } from './wire';

/** What PUT is answered: where the driver is to bring the file itself. */
export interface Upload {
  readonly file: string;
  readonly stage: Stage;
  readonly path: string;
  readonly autoCompress: boolean;
  readonly overwrite: boolean;
  readonly parallel: number;
}

export type Executed =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'upload'; readonly upload: Upload };

export interface Order {
  readonly account: Account;
  readonly session: Session;
  readonly sql: string;
  readonly bindings: ReadonlyMap<number, Binding>;
  /** Folder of the stages. */
  readonly root: string;
  readonly queryId: string;
  readonly signal: AbortSignal;
}

/** @throws SnowflakeError */
export async function execute(order: Order): Promise<Executed> {
  const statement = read(order.sql);
  if (statement.kind === 'PUT') {
    const { to, ...rest } = statement;
    const stage = order.account.stage(order.session, to.stage, ['WRITE']);
    return { kind: 'upload', upload: { ...rest, stage, path: to.path } };
  }
  return { kind: 'answer', answer: await new Execution(order).run(statement) };
}

class Execution {
  private readonly account: Account;
  private readonly session: Session;
  private readonly signal: AbortSignal;
  private readonly bound = { count: 0 };

  constructor(private readonly order: Order) {
    this.account = order.account;
    this.session = order.session;
    this.signal = order.signal;
  }

  async run(statement: Exclude<Statement, { kind: 'PUT' }>): Promise<Answer> {
    if (this.session.transaction?.abandoned === true) {
      this.session.transaction = undefined;
      if (statement.kind !== 'ROLLBACK')
        throw new SnowflakeError(
          '000628',
          '57014',
          'The transaction was idle while it blocked another and has been rolled back.',
        );
    }
    switch (statement.kind) {
      case 'SELECT':
        return this.select(statement.query);
      case 'INSERT':
        this.needWarehouse();
        return this.insert(statement);
      case 'DELETE':
        this.needWarehouse();
        return this.delete(statement);
      case 'UPDATE':
        this.needWarehouse();
        return this.update(statement);
      case 'COPY': {
        this.needWarehouse();
        const table = this.account.table(this.session, statement.table, ['INSERT']);
        const stage = this.account.stage(this.session, statement.from.stage, ['READ']);
        return copyInto({
          store: this.account.store,
          session: this.session,
          table,
          stage,
          root: this.order.root,
          path: statement.from.path,
          options: statement.options,
          transaction: this.session.transaction,
          signal: this.signal,
        });
      }
      case 'LIST': {
        const stage = this.account.stage(this.session, statement.from.stage, ['READ']);
        const found = await filesOf(this.order.root, stage, statement.from.path);
        const rows: WireRow[] = [];
        for (const f of found)
          rows.push([stagePathOf(stage, f), String(f.size), await md5Of(f.file), f.modified.toUTCString()]);
        return textsAnswer(['name', 'size', 'md5', 'last_modified'], rows);
      }
      case 'REMOVE': {
        const stage = this.account.stage(this.session, statement.from.stage, ['WRITE']);
        const found = await filesOf(this.order.root, stage, statement.from.path);
        for (const f of found) await removeFile(f);
        return textsAnswer(
          ['name', 'result'],
          found.map((f) => [stagePathOf(stage, f), 'removed']),
        );
      }
      case 'BEGIN':
        this.session.transaction ??= this.account.store.begin();
        return statusAnswer('Statement executed successfully.', TYPE_IDS.TCL);
      case 'COMMIT':
        await this.endTransaction('commit');
        return statusAnswer('Statement executed successfully.', TYPE_IDS.TCL);
      case 'ROLLBACK':
        await this.endTransaction('rollback');
        return statusAnswer('Statement executed successfully.', TYPE_IDS.TCL);
      case 'SHOW':
        return 'grantsOn' in statement
          ? this.grantsOn(statement.grantsOn)
          : this.grantsTo(statement.grantsTo, statement.name);
      case 'DESCRIBE':
        return this.describe(this.account.table(this.session, statement.table, []));
      case 'ALTER SESSION':
        for (const { name, value } of statement.set) setParameter(this.session, name, value);
        return statusAnswer('Statement executed successfully.', TYPE_IDS.SCL);
      case 'USE':
        return this.use(statement.what, statement.name);
      case 'GRANT':
      case 'REVOKE':
        await this.endTransaction('commit');
        return this.grant(statement);
      case 'CREATE SCHEMA':
      case 'CREATE STAGE':
      case 'CREATE TABLE':
      case 'ALTER TABLE':
      case 'DROP':
      case 'TRUNCATE':
        // DDL commits what is open, also when it fails itself.
        await this.endTransaction('commit');
        return this.define(statement);
      default:
        return statement satisfies never;
    }
  }

  private async endTransaction(how: 'commit' | 'rollback'): Promise<void> {
    const { transaction } = this.session;
    this.session.transaction = undefined;
    if (transaction !== undefined) await this.account.store[how](transaction);
  }

  private needWarehouse(): void {
    const { warehouse } = this.session;
    if (
      warehouse === undefined ||
      !this.account.roles.may(this.session.role, 'WAREHOUSE', warehouse, ['USAGE'])
    )
      throw new SnowflakeError(
        '000606',
        '57P03',
        "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
      );
  }

  /** Runs one statement's change: in the open transaction, or in one of its own that is committed at once. */
  private async changing(work: (transaction: Transaction) => Promise<number>): Promise<number> {
    const { session, account } = this;
    if (session.transaction !== undefined) return work(session.transaction);
    const own = account.store.begin();
    if (session.parameters.get('AUTOCOMMIT') === 'false') {
      session.transaction = own;
      return work(own);
    }
    try {
      const count = await work(own);
      if (this.signal.aborted) throw canceled();
      await account.store.commit(own);
      return count;
    } catch (error) {
      await account.store.rollback(own);
      throw error;
    }
  }

  private lockSeconds(): number {
    return Number(this.session.parameters.get('LOCK_TIMEOUT') ?? '43200');
  }

  private scope(known: readonly string[] = []): Scope {
    return {
      relation: (path) => this.relation(path),
      session: (name) => this.sessionValue(name),
      bindings: this.order.bindings,
      known,
      bound: this.bound,
    };
  }

  private translated(query: readonly Token[], known: readonly string[] = []): string {
    return translate(this.order.sql, query, this.scope(known));
  }

  private relation(path: readonly string[]): Relation {
    const name = this.account.full(this.session, path);
    if (name.schema === 'INFORMATION_SCHEMA') {
      this.account.needDatabase(this.session, name.database);
      return this.information(name);
    }
    this.needWarehouse();
    const table = this.account.table(this.session, path, ['SELECT']);
    return {
      sql: this.account.store.visible(table, this.session.transaction),
      name: table.name,
      columns: table.columns.map((c) => c.name),
    };
  }

  private sessionValue(name: string): string | null | undefined {
    switch (name) {
      case 'CURRENT_ACCOUNT':
      case 'CURRENT_ACCOUNT_NAME':
        return this.account.name.toUpperCase();
      case 'CURRENT_USER':
        return this.session.user;
      case 'CURRENT_ROLE':
        return this.session.role;
      case 'CURRENT_WAREHOUSE':
        return this.session.warehouse ?? null;
      case 'CURRENT_DATABASE':
        return this.session.database ?? null;
      case 'CURRENT_SCHEMA':
        return this.session.schema ?? null;
      case 'CURRENT_SESSION':
        return this.session.id;
      case 'CURRENT_VERSION':
        return '9.99.0';
      case 'CURRENT_REGION':
        return 'AWS_EU_CENTRAL_1';
      case 'CURRENT_ORGANIZATION_NAME':
        return 'PEER';
      case 'CURRENT_TRANSACTION':
        return this.session.transaction === undefined ? null : String(this.session.transaction.id);
      default:
        return undefined;
    }
  }

  private async select(query: readonly Token[]): Promise<Answer> {
    const sql = this.translated(query);
    const described = await this.described(sql);
    const offsets = new Set(
      this.account.catalogue
        .tables()
        .flatMap((t) => t.columns.filter((c) => c.type.kind === 'TIMESTAMP_TZ').map((c) => c.name)),
    );
    const names = described.map((_, i) => `c${i}`);
    const wires = described.map((d, i) => ({
      ...wireOf(names[i] ?? '', d.type, offsets.has(d.name)),
      name: d.name,
    }));
    const { rows } = await this.session.connection.table(
      `SELECT ${wires.map((w) => w.expression).join(', ')} FROM (${sql}) AS result(${names.join(', ')})`,
      { signal: this.signal },
    );
    return {
      columns: wires.map((w) => ({ ...w.column, name: w.name })),
      rows: rows.map((row) => row.map((v) => (v === null ? null : String(v)))),
      typeId: TYPE_IDS.SELECT,
    };
  }

  /** Names and DuckDB's types of a query's columns. */
  private async described(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]> {
    const rows = await this.session.connection.rows(`DESCRIBE ${sql}`, { signal: this.signal });
    return rows.map((r) => ({ name: String(r['column_name']), type: String(r['column_type']) }));
  }

  private async insert(statement: Extract<Statement, { kind: 'INSERT' }>): Promise<Answer> {
    const table = this.account.table(this.session, statement.table, ['INSERT']);
    const targets = (statement.columns ?? table.columns.map((c) => c.name)).map((name) =>
      columnOf(table, name),
    );
    const source = this.translated(statement.query);
    const described = await this.described(/^VALUES\b/.test(source) ? `SELECT * FROM (${source})` : source);
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
    for (const column of table.columns)
      if (!column.nullable && !targets.includes(column)) throw nullIn(column);
    const query = `SELECT ${values.join(', ')} FROM (${source}) AS given(${names.join(', ')})`;
    const columns = targets.map((c) => c.name);
    const { store } = this.account;
    const automatic =
      this.session.transaction === undefined && this.session.parameters.get('AUTOCOMMIT') !== 'false';
    const count = automatic
      ? await store.insert(this.session.connection, table, columns, query, undefined, this.signal)
      : await this.changing((t) =>
          store.insert(this.session.connection, table, columns, query, t, this.signal),
        );
    return countsAnswer(TYPE_IDS.INSERT, { 'number of rows inserted': count });
  }

  private async delete(statement: Extract<Statement, { kind: 'DELETE' }>): Promise<Answer> {
    const table = this.account.table(this.session, statement.table, ['DELETE']);
    const known = [...table.columns.map((c) => c.name), table.name];
    const where = statement.where.length <= 1 ? 'TRUE' : this.translated(statement.where, known);
    const { store } = this.account;
    const count = await this.changing(async (t) => {
      await store.lock(table, t, this.lockSeconds(), this.signal);
      const rows = `(${store.visible(table, t, true)}) AS ${quoteIdentifier(table.name)}`;
      return store.remove(
        this.session.connection,
        table,
        `SELECT ${ROW} FROM ${rows} WHERE ${where}`,
        t,
        this.signal,
      );
    });
    return countsAnswer(TYPE_IDS.DELETE, { 'number of rows deleted': count });
  }

  private async update(statement: Extract<Statement, { kind: 'UPDATE' }>): Promise<Answer> {
    const table = this.account.table(this.session, statement.table, ['UPDATE']);
    const known = [...table.columns.map((c) => c.name), table.name];
    const set = new Map<string, string>();
    for (const s of statement.set) set.set(columnOf(table, s.column).name, this.translated(s.value, known));
    const where = statement.where.length <= 1 ? 'TRUE' : this.translated(statement.where, known);
    const { store } = this.account;
    const count = await this.changing(async (t) => {
      await store.lock(table, t, this.lockSeconds(), this.signal);
      const rows = `(${store.visible(table, t, true)}) AS ${quoteIdentifier(table.name)}`;
      const given = table.columns.map((c) => set.get(c.name) ?? quoteIdentifier(c.name));
      const described = await this.described(`SELECT ${given.join(', ')} FROM ${rows}`);
      const names = given.map((_, i) => `c${i}`);
      const values = table.columns.map((c, i) =>
        filled(c, names[i] ?? '', described[i]?.type ?? '', 'INSERT'),
      );
      const updated = `SELECT ${given.join(', ')}, ${ROW} FROM ${rows} WHERE ${where}`;
      // The rows are computed once and kept: what is deleted and what is inserted must be the same ones.
      const kept = `updated${t.id}`;
      await this.session.connection.run(`CREATE OR REPLACE TEMP TABLE ${kept} AS ${updated}`, {
        signal: this.signal,
      });
      const alias = `${kept} AS given(${[...names, ROW].join(', ')})`;
      const columns = table.columns.map((c) => c.name);
      const changed = await store.insert(
        this.session.connection,
        table,
        columns,
        `SELECT ${values.join(', ')} FROM ${alias}`,
        t,
        this.signal,
      );
      await store.remove(this.session.connection, table, `SELECT ${ROW} FROM ${alias}`, t, this.signal);
      await this.session.connection.run(`DROP TABLE ${kept}`);
      return changed;
    });
    return countsAnswer(TYPE_IDS.UPDATE, {
      'number of rows updated': count,
      'number of multi-joined rows updated': 0,
    });
  }

  private async define(
    statement: Extract<
      Statement,
      { kind: 'CREATE SCHEMA' | 'CREATE STAGE' | 'CREATE TABLE' | 'ALTER TABLE' | 'DROP' | 'TRUNCATE' }
    >,
  ): Promise<Answer> {
    const { session, account } = this;
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
        this.needSchemaPrivilege(name, statement.temporary ? undefined : 'CREATE STAGE');
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
        return this.createTable(statement);
      case 'ALTER TABLE': {
        const table = account.findTable(session, statement.table);
        if (table === undefined && statement.ifExists)
          return statusAnswer('Statement executed successfully.');
        const found = account.table(session, statement.table, ['OWNERSHIP']);
        await account.store.quiet(found, this.lockSeconds(), this.signal);
        await this.alter(found, statement.change);
        return statusAnswer('Statement executed successfully.');
      }
      case 'DROP':
        return this.drop(statement);
      case 'TRUNCATE': {
        if (account.findTable(session, statement.table) === undefined && statement.ifExists)
          return statusAnswer('Statement executed successfully.');
        const table = account.table(session, statement.table, ['TRUNCATE']);
        const own = account.store.begin();
        try {
          await account.store.lock(table, own, this.lockSeconds(), this.signal);
          const rows = `SELECT ${ROW} FROM (${account.store.visible(table, own, true)})`;
          await account.store.remove(session.connection, table, rows, own, this.signal);
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

  private needSchemaPrivilege(name: FullName, privilege: string | undefined): void {
    this.account.needSchema(this.session, name);
    const full = `${plainOrQuoted(name.database)}.${plainOrQuoted(name.schema)}`;
    if (privilege !== undefined) this.account.roles.need(this.session.role, 'SCHEMA', full, [privilege]);
  }

  private async createTable(statement: Extract<Statement, { kind: 'CREATE TABLE' }>): Promise<Answer> {
    const { session, account } = this;
    const name = account.full(session, statement.name);
    // A temporary table asks for no privilege to create one.
    this.needSchemaPrivilege(name, statement.temporary ? undefined : 'CREATE TABLE');
    const schema = account.catalogue.schema(name.database, name.schema);
    const there = statement.temporary ? session.tempTables.get(fullText(name)) : schema.tables.get(name.name);
    if (there !== undefined && statement.ifNotExists)
      return statusAnswer(`${name.name} already exists, statement succeeded.`);
    if (there !== undefined && !statement.orReplace) throw alreadyThere(fullText(name));
    const columns =
      statement.like === undefined
        ? statement.columns
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
    if (there !== undefined) await this.dropTable(there);
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

  private async dropTable(table: StoredTable): Promise<void> {
    await this.account.store.quiet(table, this.lockSeconds(), this.signal);
    if (table.temporary) this.session.tempTables.delete(fullText(table));
    else {
      this.account.catalogue.schema(table.database, table.schema).tables.delete(table.name);
      this.account.roles.forget('TABLE', fullText(table));
    }
    await this.account.store.drop(table);
  }

  private async drop(statement: Extract<Statement, { kind: 'DROP' }>): Promise<Answer> {
    const { session, account } = this;
    const gone = statusAnswer(
      `Drop statement executed successfully (${statement.name.at(-1) ?? ''} already dropped).`,
    );
    switch (statement.what) {
      case 'TABLE': {
        const found = account.findTable(session, statement.name);
        if (found === undefined && statement.ifExists) return gone;
        const table = account.table(session, statement.name, ['OWNERSHIP']);
        await this.dropTable(table);
        return statusAnswer(`${table.name} successfully dropped.`);
      }
      case 'STAGE': {
        const name = account.full(session, statement.name);
        account.needSchema(session, name);
        const schema = account.catalogue.schema(name.database, name.schema);
        if (!schema.stages.has(name.name) && !session.tempStages.has(fullText(name)) && statement.ifExists)
          return gone;
        const stage = account.stage(session, statement.name, ['OWNERSHIP']);
        for (const f of await filesOf(this.order.root, stage)) await removeFile(f);
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
        for (const table of [...schema.tables.values()]) await this.dropTable(table);
        account.catalogue.database(parent).schemas.delete(schema.name);
        account.roles.forget('SCHEMA', full);
        return statusAnswer(`${schema.name} successfully dropped.`);
      }
      default:
        return statement.what satisfies never;
    }
  }

  private async alter(table: StoredTable, change: TableChange): Promise<void> {
    const { store } = this.account;
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
          await store.alter(table, `ADD COLUMN ${quoteIdentifier(column.name)} ${storedAs(column.type)}`);
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

  private describe(table: StoredTable): Answer {
    return textsAnswer(
      ['name', 'type', 'kind', 'null?'],
      table.columns.map((c) => [c.name, typeText(c.type), 'COLUMN', c.nullable ? 'Y' : 'N']),
    );
  }

  private use(what: 'ROLE' | 'WAREHOUSE' | 'DATABASE' | 'SCHEMA', path: readonly string[]): Answer {
    const { session, account } = this;
    const [name = '', parent] = [...path].reverse();
    switch (what) {
      case 'ROLE': {
        const user = account.users.find((u) => u.name === session.user);
        if (user?.defaultRole !== name && !(user?.roles ?? []).includes(name))
          throw new SnowflakeError(
            '003013',
            '42501',
            `SQL access control error:\nRequested role '${name}' is not assigned to the executing user. Specify another role to activate.`,
          );
        session.role = name;
        break;
      }
      case 'WAREHOUSE':
        account.roles.need(session.role, 'WAREHOUSE', name, ['USAGE']);
        session.warehouse = name;
        break;
      case 'DATABASE':
        account.needDatabase(session, name);
        session.database = name;
        session.schema = account.catalogue.database(name).schemas.has('PUBLIC') ? 'PUBLIC' : undefined;
        break;
      case 'SCHEMA': {
        const database = parent ?? session.database ?? '';
        account.needSchema(session, { database, schema: name });
        session.database = database;
        session.schema = name;
        break;
      }
      default:
        what satisfies never;
    }
    return statusAnswer('Statement executed successfully.', TYPE_IDS.SCL);
  }

  private grant(statement: Extract<Statement, { kind: 'GRANT' | 'REVOKE' }>): Answer {
    const { roles } = this.account;
    const { on, name } = this.grantTarget(statement.on);
    if (on !== 'ACCOUNT' && !roles.may(this.session.role, on, name, ['OWNERSHIP']))
      throw insufficient(on.toLowerCase(), name);
    const wanted = statement.privileges.flatMap((p) =>
      p === 'ALL' || p === 'ALL PRIVILEGES' ? PRIVILEGES[on].filter((x) => x !== 'OWNERSHIP') : [p],
    );
    for (const privilege of wanted)
      roles[statement.kind === 'GRANT' ? 'grant' : 'revoke'](statement.role, privilege, on, name);
    return statusAnswer('Statement executed successfully.');
  }

  private grantTarget(target: GrantedOn): { readonly on: ObjectKind; readonly name: string } {
    const { account, session } = this;
    if (target.kind === 'ACCOUNT') return { on: 'ACCOUNT', name: account.name };
    const [name = '', parent] = [...target.name].reverse();
    switch (target.kind) {
      case 'DATABASE':
        account.catalogue.database(name);
        return { on: 'DATABASE', name: plainOrQuoted(name) };
      case 'WAREHOUSE':
        if (!account.catalogue.warehouses.has(name)) throw notFound('Warehouse', name);
        return { on: 'WAREHOUSE', name };
      case 'ROLE':
        if (!account.roles.has(name)) throw notFound('Role', name);
        return { on: 'ROLE', name };
      case 'SCHEMA': {
        const database = parent ?? session.database ?? '';
        account.catalogue.schema(database, name);
        return { on: 'SCHEMA', name: `${plainOrQuoted(database)}.${plainOrQuoted(name)}` };
      }
      case 'TABLE':
        return { on: 'TABLE', name: fullText(account.table(session, target.name, [])) };
      case 'STAGE':
        return { on: 'STAGE', name: fullText(account.stage(session, target.name, [])) };
      default:
        return target satisfies never;
    }
  }

  private grantsTo(kind: 'ROLE' | 'USER', name: string): Answer {
    const columns = [
      'created_on',
      'privilege',
      'granted_on',
      'name',
      'granted_to',
      'grantee_name',
      'grant_option',
      'granted_by',
    ];
    if (kind === 'USER') {
      const user = this.account.users.find((u) => u.name === name);
      if (user === undefined) throw notFound('User', name);
      return textsAnswer(
        ['created_on', 'role', 'granted_to', 'grantee_name', 'granted_by'],
        [...new Set([user.defaultRole, ...(user.roles ?? [])])].map((r) => ['', r, 'USER', user.name, '']),
      );
    }
    return textsAnswer(
      columns,
      this.account.roles
        .of(name)
        .map((g) => [
          g.createdAt.toISOString(),
          g.privilege,
          g.on,
          g.name,
          'ROLE',
          name,
          String(g.privilege === 'OWNERSHIP'),
          'ACCOUNTADMIN',
        ]),
    );
  }

  private grantsOn(target: GrantedOn): Answer {
    const { on, name } = this.grantTarget(target);
    const rows: WireRow[] = [];
    for (const role of this.account.roles.names())
      for (const g of this.account.roles.of(role))
        if (g.on === on && g.name === name)
          rows.push([
            g.createdAt.toISOString(),
            g.privilege,
            on,
            name,
            'ROLE',
            role,
            String(g.privilege === 'OWNERSHIP'),
            'ACCOUNTADMIN',
          ]);
    return textsAnswer(
      [
        'created_on',
        'privilege',
        'granted_on',
        'name',
        'granted_to',
        'grantee_name',
        'grant_option',
        'granted_by',
      ],
      rows,
    );
  }

  /** Views of INFORMATION_SCHEMA: of what the role may see. */
  private information(name: FullName): Relation {
    const { account, session } = this;
    const visible = account.catalogue
      .tables()
      .filter((t) => t.database === name.database && account.roles.may(session.role, 'TABLE', fullText(t)));
    const temporary = [...session.tempTables.values()].filter((t) => t.database === name.database);
    const tables = [...visible, ...temporary];
    const view = (
      columns: Readonly<Record<string, 'VARCHAR' | 'DECIMAL(38,0)'>>,
      rows: readonly (readonly (string | number | null)[])[],
    ): Relation => {
      const names = Object.keys(columns);
      const types = Object.values(columns);
      const literal = (v: string | number | null, i: number): string =>
        `CAST(${v === null ? 'NULL' : quoteLiteral(String(v))} AS ${types[i] ?? 'VARCHAR'})`;
      const line = (row: readonly (string | number | null)[]): string => `(${row.map(literal).join(', ')})`;
      const all = rows.length === 0 ? [names.map(() => null)] : rows;
      return {
        sql: `SELECT * FROM (VALUES ${all.map(line).join(', ')}) AS v(${names.map(quoteIdentifier).join(', ')})${rows.length === 0 ? ' WHERE FALSE' : ''}`,
        name: name.name,
        columns: names,
      };
    };
    switch (name.name) {
      case 'COLUMNS':
        return view(
          {
            TABLE_CATALOG: 'VARCHAR',
            TABLE_SCHEMA: 'VARCHAR',
            TABLE_NAME: 'VARCHAR',
            COLUMN_NAME: 'VARCHAR',
            ORDINAL_POSITION: 'DECIMAL(38,0)',
            IS_NULLABLE: 'VARCHAR',
            DATA_TYPE: 'VARCHAR',
            CHARACTER_MAXIMUM_LENGTH: 'DECIMAL(38,0)',
            CHARACTER_OCTET_LENGTH: 'DECIMAL(38,0)',
            NUMERIC_PRECISION: 'DECIMAL(38,0)',
            NUMERIC_SCALE: 'DECIMAL(38,0)',
            DATETIME_PRECISION: 'DECIMAL(38,0)',
          },
          tables.flatMap((t) =>
            t.columns.map((c, i) => {
              const about = informationOf(c.type);
              return [
                t.database,
                t.schema,
                t.name,
                c.name,
                i + 1,
                c.nullable ? 'YES' : 'NO',
                about.dataType,
                about.characters,
                about.octets,
                about.precision,
                about.scale,
                about.datetime,
              ];
            }),
          ),
        );
      case 'TABLES':
        return view(
          {
            TABLE_CATALOG: 'VARCHAR',
            TABLE_SCHEMA: 'VARCHAR',
            TABLE_NAME: 'VARCHAR',
            TABLE_OWNER: 'VARCHAR',
            TABLE_TYPE: 'VARCHAR',
          },
          tables.map((t) => [
            t.database,
            t.schema,
            t.name,
            t.owner,
            t.temporary ? 'LOCAL TEMPORARY' : 'BASE TABLE',
          ]),
        );
      case 'SCHEMATA':
        return view(
          { CATALOG_NAME: 'VARCHAR', SCHEMA_NAME: 'VARCHAR', SCHEMA_OWNER: 'VARCHAR' },
          [...account.catalogue.database(name.database).schemas.values()]
            .filter((s) =>
              account.roles.may(
                session.role,
                'SCHEMA',
                `${plainOrQuoted(name.database)}.${plainOrQuoted(s.name)}`,
              ),
            )
            .map((s) => [name.database, s.name, s.owner]),
        );
      case 'STAGES':
        return view(
          { STAGE_CATALOG: 'VARCHAR', STAGE_SCHEMA: 'VARCHAR', STAGE_NAME: 'VARCHAR', STAGE_TYPE: 'VARCHAR' },
          account.catalogue
            .stages()
            .filter(
              (s) => s.database === name.database && account.roles.may(session.role, 'STAGE', fullText(s)),
            )
            .map((s) => [s.database, s.schema, s.name, 'Internal Named']),
        );
      default:
        throw notFound(
          'Object',
          `${plainOrQuoted(name.database)}.INFORMATION_SCHEMA.${plainOrQuoted(name.name)}`,
        );
    }
  }
}

function columnOf(table: StoredTable, name: string): Column {
  const found = table.columns.find((c) => c.name === name);
  if (found === undefined)
    throw new SnowflakeError(
      '000904',
      '42000',
      `SQL compilation error: error line 1 at position 0\ninvalid identifier '${plainOrQuoted(name)}'`,
    );
  return found;
}

function nullIn(column: Column): SnowflakeError {
  return new SnowflakeError('100072', '22000', `NULL result in a non-nullable column '${column.name}'`);
}
