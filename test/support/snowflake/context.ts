// What a statement works with: its account and session, and the ways to change rows and end transactions.
import type { Account } from './account';
import { plainOrQuoted, type FullName } from './catalogue';
import { canceled, SnowflakeError } from './errors';
import type { Waiting } from './locks';
import type { Session } from './sessions';
import type { Binding } from './sql/query';
import type { Transaction } from './store';

export class Context {
  /** Bound values that were used so far, over all parts of the statement. */
  readonly bound = { count: 0 };

  constructor(
    readonly account: Account,
    readonly session: Session,
    readonly sql: string,
    readonly bindings: ReadonlyMap<number, Binding>,
    /** Folder of the stages. */
    readonly root: string,
    readonly signal: AbortSignal,
  ) {}

  needWarehouse(): void {
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
  async changing(work: (transaction: Transaction) => Promise<number>): Promise<number> {
    const { session, account } = this;
    if (session.transaction !== undefined) return work(session.transaction);
    const own = account.store.begin();
    own.busy = true;
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

  /** How long the statement waits for locks. */
  waiting(): Waiting {
    return { seconds: Number(this.session.parameters.get('LOCK_TIMEOUT') ?? '43200'), signal: this.signal };
  }

  async endTransaction(how: 'commit' | 'rollback'): Promise<void> {
    const { transaction } = this.session;
    this.session.transaction = undefined;
    if (transaction !== undefined) await this.account.store[how](transaction);
  }

  needSchemaPrivilege(name: FullName, privilege: string | undefined): void {
    this.account.needSchema(this.session, name);
    const full = `${plainOrQuoted(name.database)}.${plainOrQuoted(name.schema)}`;
    if (privilege !== undefined) this.account.roles.need(this.session.role, 'SCHEMA', full, [privilege]);
  }
}
