// One kept database for the editing help, with a connection for each purpose; opened again when the settings move it.
import { type Connection, type Database, ofWorkspace, openDatabase } from '../../base';
import type { Settings } from '../../model';

/** judge: fragments are bound on it, and it remembers what was said of each. look: it reads the data folder. */
export type Purpose = 'judge' | 'look';

/** Answers about SQL that are kept; a rule has a handful. */
const MOST_ANSWERS = 5_000;

export class EditingDatabase {
  #opened: { readonly name: string; readonly database: Promise<Database> } | undefined;
  readonly #connections = new Map<Purpose, Promise<Connection>>();

  async connect(purpose: Purpose, settings: Settings): Promise<Connection> {
    const name = `${settings.dataDir}\n${settings.memoryLimit ?? ''}`;
    if (this.#opened?.name !== name) this.close();
    this.#opened ??= { name, database: openDatabase(ofWorkspace(settings)) };
    const before = this.#connections.get(purpose);
    if (before !== undefined) return before;
    const made = this.#opened.database
      .then((database) => database.connect())
      .then((connection) => (purpose === 'judge' ? remembering(connection) : connection));
    this.#connections.set(purpose, made);
    // What could not be opened now may be later.
    made.catch(() => this.close());
    return made;
  }

  /** Lets connections and database go, once they are open; the next `connect` opens others. */
  close(): void {
    const opened = this.#opened;
    const connections = [...this.#connections.values()];
    this.#opened = undefined;
    this.#connections.clear();
    void Promise.allSettled(connections).then(async (all) => {
      for (const one of all) if (one.status === 'fulfilled') one.value.close();
      (await opened?.database)?.close();
    });
  }
}

/**
 * A connection that answers the same question once. Only for questions whose answer no data decides: parsing and
 * binding of fragments.
 */
function remembering(connection: Connection): Connection {
  const answers = new Map<string, Promise<unknown>>();
  return {
    ...connection,
    rows: (sql, queryOptions) => {
      const name = JSON.stringify([sql, queryOptions?.values ?? []], (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      const before = answers.get(name);
      if (before !== undefined) return before as ReturnType<typeof connection.rows<never>>;
      if (answers.size >= MOST_ANSWERS) answers.clear();
      // Without the signal: the answer is worth keeping for callers that ask next, and takes a millisecond.
      const asked = connection.rows<never>(sql, { ...queryOptions, signal: undefined });
      answers.set(name, asked);
      return asked;
    },
  };
}
