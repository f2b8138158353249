// The Snowflake warehouse: the same questions and answers as the embedded one, each load in a session of its own.
import { type DateKey, type Settings, type Table, isCancelled, isoDate, throwIfCancelled } from '../../model';
import type {
  FailedLoad,
  LoadRecord,
  LoadRequest,
  LoadResult,
  Measures,
  Warehouse,
  WarehouseCheck,
  WarehouseUse,
} from '../contract';
import { TIME_LIMITS, untrusted } from '../../base';
import { measureDatesQuery, readMeasuresByDate } from '../measures';
import { rememberLoads } from '../remembered';
import { checkDistinct, qualified, type Target } from '../target';
import { checkSnowflake } from './checkRights';
import { clearLeftovers, sweepStage } from './leftovers';
import { loadOnce, noteFailed, type Loader } from './load';
import { loginOf, type Login } from './login';
import { plannedStatements } from './plannedStatements';
import { settingName, snowflakeLocks, snowflakeMonitoring, snowflakeTarget } from './snowflakeNames';
import { SessionPool, type Patience } from './sessionPool';
import { openSetup, readColumns, tableKey } from './setup';
import type { SchemaNames } from './snowflakeNames';
import { ledgerLoads } from './snowflakeLedger';
import { DATE, SNOWFLAKE_DIALECT } from './snowflakeStatements';

export interface SnowflakeOptions {
  readonly patience?: Patience;
  /** About how large an uploaded file gets. */
  readonly fileBytes?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** What clearing up at the very end may take. */
const LAST_CHORES_MS = 3_000;

/** See `Warehouse`. Nothing is loaded or asked before the first question, which reports what is wrong with settings. */
export class SnowflakeWarehouse implements Warehouse {
  readonly kind = 'snowflake';
  readonly #settings: Settings;
  readonly #use: WarehouseUse;
  readonly #options: SnowflakeOptions;
  readonly #patience: Patience;
  readonly #pool: SessionPool;
  #knownLogin: Login | undefined;
  #opened: Loader | undefined;
  /** The ledger as it was when it was asked, and what this process has loaded since. */
  #known: Promise<Map<string, LoadRecord>> | undefined;
  /** Is there news of the ledger to remember? */
  #changed = false;

  constructor(settings: Settings, use: WarehouseUse, options: SnowflakeOptions = {}) {
    this.#settings = settings;
    this.#use = use;
    this.#options = options;
    this.#patience = options.patience ?? TIME_LIMITS.snowflake;
    this.#pool = new SessionPool(settings, () => this.#login(), this.#patience);
  }

  get place(): string {
    try {
      return this.#login().place;
    } catch {
      return this.#settings.snowflake.account ?? 'Snowflake';
    }
  }

  async prepare(tables: readonly Table[]): Promise<readonly string[]> {
    const targets = this.#targetsOf(tables);
    const { setup } = this.#loader();
    return this.#pool.with(async (session) => {
      const done: string[] = [...(await setup.shared(session, undefined))];
      for (const target of targets) done.push(...(await setup.table(session, target, undefined)));
      return done;
    });
  }

  async loads(): Promise<ReadonlyMap<string, LoadRecord>> {
    this.#known = undefined;
    const loads = await this.#knownLoads(undefined);
    this.#changed = true;
    return new Map(loads);
  }

  async load(request: LoadRequest): Promise<LoadResult> {
    throwIfCancelled(request.signal);
    const startedAt = new Date().toISOString();
    try {
      return await this.#load(request);
    } catch (error) {
      if (!isCancelled(error))
        await noteFailed(this.#loader(), { ...request, error, startedAt }).catch(() => undefined);
      throw error;
    }
  }

  noteFailure(attempt: FailedLoad): Promise<void> {
    return noteFailed(this.#loader(), attempt);
  }

  statementsOf(table: Table, date: DateKey): readonly string[] {
    return plannedStatements(this.#settings, this.#names(), table, date);
  }

  check(tables: readonly Table[], signal?: AbortSignal): Promise<WarehouseCheck> {
    return checkSnowflake(
      {
        pool: this.#pool,
        login: () => this.#login(),
        names: () => this.#names(),
        targets: () => this.#targetsOf(tables),
      },
      signal,
    );
  }

  async measure(
    table: Table,
    dates: readonly [DateKey, ...DateKey[]],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<DateKey, Measures> | undefined> {
    const target = snowflakeTarget(this.#settings, table);
    const { place } = this.#loader();
    return this.#pool.with(async (session) => {
      const existing = (await readColumns(session, place, signal)).get(tableKey(target));
      if (existing === undefined) return undefined;
      const names = new Set(existing.map((column) => column.name));
      const columns = target.columns.filter((column) => names.has(column.name));
      const { rows } = await session.run(
        {
          sql: measureDatesQuery(
            columns,
            qualified(target, place.database),
            dates.map(() => DATE),
            SNOWFLAKE_DIALECT,
          ),
          binds: dates.map(isoDate),
        },
        {
          doing: `measuring ${table.name}, ${dates.length === 1 ? dates[0] : `${dates.length} dates`}`,
          signal,
        },
      );
      return readMeasuresByDate(columns, dates, rows);
    }, signal);
  }

  async close(): Promise<void> {
    try {
      if (this.#opened !== undefined && this.#opened.leftovers.size > 0)
        await Promise.race([
          clearLeftovers(this.#opened).catch(() => undefined),
          new Promise((resolve) => setTimeout(resolve, LAST_CHORES_MS).unref()),
        ]);
      if (this.#use === 'load' && this.#changed && this.#known !== undefined)
        await rememberLoads(this.#settings, await this.#known);
    } finally {
      await this.#pool.close();
    }
  }

  async #load(request: LoadRequest): Promise<LoadResult> {
    const { signal } = request;
    const target = snowflakeTarget(this.#settings, request.table);
    const loader = this.#loader();
    const loads = await this.#knownLoads(signal);
    const key = `${request.date}/${target.name}`;
    // A load into a table that was gone counts for nothing: `loads` has it only where the table was there.
    const latest = loads.get(key);
    if (latest?.loadId === request.loadId && !request.again)
      return { loaded: latest.rows, deleted: 0, repeated: true };
    await this.#pool.with((session) => loader.setup.table(session, target, signal), signal);
    const { sha256, ...result } = await loadOnce(loader, request, target, latest?.loadId);
    loads.set(key, {
      loadId: request.loadId,
      runId: request.runId,
      rows: result.loaded,
      goldSha256: sha256,
      finishedAt: new Date().toISOString(),
    });
    this.#changed = true;
    await clearLeftovers(loader).catch(() => undefined);
    return result;
  }

  #login(): Login {
    if (!this.#settings.trusted) throw untrusted('Logging in where a folder says');
    return (this.#knownLogin ??= loginOf(this.#settings, this.#options.environment));
  }

  #names(): SchemaNames {
    const { trusted, snowflake } = this.#settings;
    return {
      // Who only shows statements shows them without what connections.toml adds.
      database: trusted ? this.#login().options.database : (snowflake.database ?? 'SNOWFLAKE_DATABASE'),
      schema: settingName(this.#settings, 'SNOWFLAKE_SCHEMA', this.#settings.snowflake.schema),
      monitoring: snowflakeMonitoring(this.#settings),
      locks: snowflakeLocks(this.#settings),
    };
  }

  #targetsOf(tables: readonly Table[]): readonly Target[] {
    checkDistinct(tables);
    return tables.map((table) => snowflakeTarget(this.#settings, table));
  }

  #loader(): Loader {
    if (this.#opened !== undefined) return this.#opened;
    const place = this.#names();
    this.#opened = {
      settings: this.#settings,
      pool: this.#pool,
      place,
      setup: openSetup(place),
      patience: this.#patience,
      leftovers: new Set(),
      fileBytes: this.#options.fileBytes,
    };
    return this.#opened;
  }

  #knownLoads(signal: AbortSignal | undefined): Promise<Map<string, LoadRecord>> {
    if (this.#known !== undefined) return this.#known;
    const asking = this.#askLoads(signal);
    this.#known = asking;
    asking.catch(() => {
      if (this.#known === asking) this.#known = undefined;
    });
    return asking;
  }

  async #askLoads(signal: AbortSignal | undefined): Promise<Map<string, LoadRecord>> {
    const loader = this.#loader();
    return this.#pool.with(async (session) => {
      const loads = await ledgerLoads(session, loader.place, signal);
      if (loads === undefined) return new Map<string, LoadRecord>();
      if (this.#use === 'load') await sweepStage(session, loader);
      return loads;
    }, signal);
  }
}
