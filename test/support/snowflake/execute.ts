// Executes one statement in a session: read, then handed to who knows its kind.
import type { Account } from './account';
import { setParameter } from './account';
import type { Stage, StoredTable } from './catalogue';
import { typeText } from './columnTypes';
import { Context } from './context';
import { copyInto, stagePathOf } from './copy';
import { define } from './definitions';
import { SnowflakeError } from './errors';
import { grant, grantsOn, grantsTo } from './grants';
import { deleteRows, insert, select, update } from './rows';
import type { Session } from './sessions';
import type { Binding } from './sql/query';
import { read, type Statement } from './sql/statements';
import { filesOf, md5Of, removeFile } from './stageFiles';
import {
  numberColumn,
  statusAnswer,
  textColumn,
  textsAnswer,
  TYPE_IDS,
  type Answer,
  type WireRow,
} from './wire';

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
  return { kind: 'answer', answer: await run(contextOf(order), statement) };
}

async function run(context: Context, statement: Exclude<Statement, { kind: 'PUT' }>): Promise<Answer> {
  if (context.session.transaction?.abandoned === true) {
    context.session.transaction = undefined;
    if (statement.kind !== 'ROLLBACK')
      throw new SnowflakeError(
        '000628',
        '57014',
        'The transaction was idle while it blocked another and has been rolled back.',
      );
  }
  switch (statement.kind) {
    case 'SELECT':
      return select(context, statement.query);
    case 'INSERT':
      context.needWarehouse();
      return insert(context, statement);
    case 'DELETE':
      context.needWarehouse();
      return deleteRows(context, statement);
    case 'UPDATE':
      context.needWarehouse();
      return update(context, statement);
    case 'COPY': {
      context.needWarehouse();
      const table = context.account.table(context.session, statement.table, ['INSERT']);
      const stage = context.account.stage(context.session, statement.from.stage, ['READ']);
      return copyInto({
        store: context.account.store,
        session: context.session,
        table,
        stage,
        root: context.root,
        path: statement.from.path,
        options: statement.options,
        transaction: context.session.transaction,
        signal: context.signal,
      });
    }
    case 'LIST': {
      const stage = context.account.stage(context.session, statement.from.stage, ['READ']);
      const found = await filesOf(context.root, stage, statement.from.path);
      const rows: WireRow[] = [];
      for (const f of found)
        rows.push([stagePathOf(stage, f), String(f.size), await md5Of(f.file), f.modified.toUTCString()]);
      return {
        columns: [textColumn('name'), numberColumn('size'), textColumn('md5'), textColumn('last_modified')],
        rows,
        typeId: TYPE_IDS.SELECT,
      };
    }
    case 'REMOVE': {
      const stage = context.account.stage(context.session, statement.from.stage, ['WRITE']);
      const found = await filesOf(context.root, stage, statement.from.path);
      for (const f of found) await removeFile(f);
      return textsAnswer(
        ['name', 'result'],
        found.map((f) => [stagePathOf(stage, f), 'removed']),
      );
    }
    case 'BEGIN':
      context.session.transaction ??= context.account.store.begin();
      return statusAnswer('Statement executed successfully.', TYPE_IDS.TCL);
    case 'COMMIT':
      await context.endTransaction('commit');
      return statusAnswer('Statement executed successfully.', TYPE_IDS.TCL);
    case 'ROLLBACK':
      await context.endTransaction('rollback');
      return statusAnswer('Statement executed successfully.', TYPE_IDS.TCL);
    case 'SHOW':
      if ('parameter' in statement) return parameterOf(context, statement);
      return 'grantsOn' in statement
        ? grantsOn(context, statement.grantsOn)
        : grantsTo(context, statement.grantsTo, statement.name);
    case 'DESCRIBE':
      return describe(context, context.account.table(context.session, statement.table, []));
    case 'ALTER SESSION':
      for (const { name, value } of statement.set) setParameter(context.session, name, value);
      return statusAnswer('Statement executed successfully.', TYPE_IDS.SCL);
    case 'USE':
      return use(context, statement.what, statement.name);
    case 'GRANT':
    case 'REVOKE':
      await context.endTransaction('commit');
      return grant(context, statement);
    case 'CREATE SCHEMA':
    case 'CREATE STAGE':
    case 'CREATE TABLE':
    case 'ALTER TABLE':
    case 'DROP':
    case 'TRUNCATE':
      // DDL commits what is open, also when it fails itself.
      await context.endTransaction('commit');
      return define(context, statement);
    default:
      return statement satisfies never;
  }
}

function describe(context: Context, table: StoredTable): Answer {
  return textsAnswer(
    ['name', 'type', 'kind', 'null?'],
    table.columns.map((c) => [c.name, typeText(c.type), 'COLUMN', c.nullable ? 'Y' : 'N']),
  );
}

/** Parameters of a virtual warehouse, of whoever may use it. */
function parameterOf(
  { account, session }: Context,
  { parameter, warehouse }: { readonly parameter: string; readonly warehouse: string },
): Answer {
  account.roles.need(session.role, 'WAREHOUSE', warehouse, ['USAGE']);
  const columns = ['key', 'value', 'default', 'level', 'description', 'type'];
  if (parameter.toUpperCase() !== 'STATEMENT_TIMEOUT_IN_SECONDS') return textsAnswer(columns, []);
  const seconds = String(account.warehouseTimeout || 172_800);
  const level = account.warehouseTimeout > 0 ? 'WAREHOUSE' : '';
  return textsAnswer(columns, [['STATEMENT_TIMEOUT_IN_SECONDS', seconds, '172800', level, '', 'NUMBER']]);
}

function use(
  context: Context,
  what: 'ROLE' | 'WAREHOUSE' | 'DATABASE' | 'SCHEMA',
  path: readonly string[],
): Answer {
  const { session, account } = context;
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

function contextOf(order: Order): Context {
  return new Context(order.account, order.session, order.sql, order.bindings, order.root, order.signal);
}
