// The Snowflake warehouse: the same questions and answers as the embedded one, each load in a session of its own.
import { quoteLiteral } from '../../base';
import { type DateKey, type Settings, isCancelled, isoDate, throwIfCancelled } from '../../model';
import type { LoadRecord, Warehouse, WarehouseUse } from '../contract';
import { measureDatesQuery, readMeasuresByDate } from '../measures';
import { rememberLoads } from '../remembered';
import { checkDistinct, qualified } from '../target';
import { checkSnowflake } from './checkRights';
import { createSnowflakeTable } from './ddl';
import { clearLeftovers, loadOnce, noteFailed, ownerOf, removeLeftovers, type Loader } from './load';
import { loginOf, type Login } from './login';
import { settingName, snowflakeMonitoring, snowflakeTarget } from './snowflakeNames';
import { openSessionPool, PATIENCE, type Lent, type Patience } from './sessionPool';
import { openSetup, readColumns, tableKey, type SchemaNames } from './setup';
import {
  attemptPath,
  copyFiles,
  createTemporary,
  DATE,
  deleteDate,
  dropTemporary,
  insertRows,
  latestLoads,
  listStage,
  noteRow,
  putFile,
  removePath,
  SNOWFLAKE_DIALECT,
  type Statement,
} from './snowflakeStatements';

export interface SnowflakeOptions {
  readonly patience?: Patience;
  /** About how large an uploaded file gets. */
  readonly fileBytes?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Leftovers of other loaders are theirs to remove; after so long nobody will. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1_000;

/** What clearing up at the very end may take. */
const LAST_CHORES_MS = 3_000;

/** See `Warehouse`. Nothing is loaded or asked before the first question; what is wrong with settings is told by it. */
export function snowflakeWarehouse(
  settings: Settings,
  use: WarehouseUse,
  options: SnowflakeOptions = {},
): Warehouse {
  const patience = options.patience ?? PATIENCE;
  let knownLogin: Login | undefined;
  const login = (): Login => (knownLogin ??= loginOf(settings, options.environment));
  const placeOf = (): SchemaNames => ({
    database: login().options.database,
    schema: settingName(settings, 'SNOWFLAKE_SCHEMA', settings.snowflake.schema),
    monitoring: snowflakeMonitoring(settings),
  });
  const pool = openSessionPool(settings, login, patience);
  const leftovers = new Set<string>();
  let opened: Loader | undefined;
  const loader = (): Loader => {
    const place = placeOf();
    return (opened ??= {
      ...{ settings, pool, place, setup: openSetup(place), patience, leftovers },
      fileBytes: options.fileBytes,
    });
  };
  /** The ledger as it was when it was asked, and what this process has loaded since. */
  let known: Promise<Map<string, LoadRecord>> | undefined;
  let changed = false;

  async function askLoads(signal: AbortSignal | undefined): Promise<Map<string, LoadRecord>> {
    const { place } = loader();
    return pool.with(async (session) => {
      const tables = await readColumns(session, place, signal);
      if (!tables.has(tableKey(place.monitoring))) return new Map<string, LoadRecord>();
      const { rows } = await session.run(latestLoads(place.database, place.monitoring), {
        doing: 'reading the ledger of loads',
        signal,
      });
      if (use === 'load') await findLeftovers(session, place);
      // A row whose target is gone confirms nothing.
      return new Map(
        rows
          .filter((row) => tables.has(`${place.schema}.${String(row['TABLE_NAME'])}`))
          .map((row) => [`${String(row['DATE'])}/${String(row['TABLE_NAME'])}`, recordOf(row)]),
      );
    }, signal);
  }

  /** Removes what killed loads of this data folder left on the stage, and what anybody left long ago. */
  async function findLeftovers(session: Lent, place: SchemaNames): Promise<void> {
    try {
      const { rows } = await session.run(listStage(place.database, place.schema), {
        doing: 'looking at the stage',
        deadlineMs: patience.lastMs,
      });
      const owner = `${ownerOf(settings)}_`;
      for (const row of rows) {
        const found = /([A-Z_][A-Z0-9_$]*)\/(\d{8})\/([0-9a-f]{8}_[0-9a-f]{12})\/[^/]+$/.exec(
          String(row['name']),
        );
        if (found === null) continue;
        const [, table = '', date = '', attempt = ''] = found;
        const age = Date.now() - Date.parse(String(row['last_modified']));
        if (attempt.startsWith(owner) || age > FORGOTTEN_MS) leftovers.add(attemptPath(table, date, attempt));
      }
      await removeLeftovers(session, { place, leftovers, patience });
    } catch {
      // There is no stage yet, or it may not be read: a load that needs it will tell.
    }
  }

  function knownLoads(signal: AbortSignal | undefined): Promise<Map<string, LoadRecord>> {
    if (known !== undefined) return known;
    const asking = askLoads(signal);
    known = asking;
    asking.catch(() => {
      if (known === asking) known = undefined;
    });
    return asking;
  }

  return {
    kind: 'snowflake',
    get place() {
      try {
        return login().place;
      } catch {
        return settings.snowflake.account ?? 'Snowflake';
      }
    },

    prepare: async (tables) => {
      checkDistinct(tables);
      const targets = tables.map((table) => snowflakeTarget(settings, table));
      const { setup } = loader();
      return pool.with(async (session) => {
        const done: string[] = [...(await setup.shared(session, undefined))];
        for (const target of targets) done.push(...(await setup.table(session, target, undefined)));
        return done;
      });
    },

    loads: async () => {
      known = undefined;
      const loads = await knownLoads(undefined);
      changed = true;
      return new Map(loads);
    },

    load: async (request) => {
      throwIfCancelled(request.signal);
      const startedAt = new Date().toISOString();
      const { signal } = request;
      try {
        const target = snowflakeTarget(settings, request.table);
        const own = loader();
        const loads = await knownLoads(signal);
        const key = `${request.date}/${target.name}`;
        // A load into a table that was gone counts for nothing: `loads` has it only where the table was there.
        const latest = loads.get(key);
        if (latest?.loadId === request.loadId && !request.again)
          return { loaded: latest.rows, deleted: 0, repeated: true };
        await pool.with((session) => own.setup.table(session, target, signal), signal);
        const { sha256, ...result } = await loadOnce(own, request, target, latest?.loadId);
        loads.set(key, {
          loadId: request.loadId,
          runId: request.runId,
          rows: result.loaded,
          goldSha256: sha256,
          finishedAt: new Date().toISOString(),
        });
        changed = true;
        await clearLeftovers(own).catch(() => undefined);
        return result;
      } catch (error) {
        if (!isCancelled(error))
          await noteFailed(loader(), { ...request, error, startedAt }).catch(() => undefined);
        throw error;
      }
    },

    noteFailure: (attempt) => noteFailed(loader(), attempt),

    statementsOf: (table, date) => statementsOf(settings, placeOf(), table, date),

    check: (tables, signal) =>
      checkSnowflake(
        pool,
        login,
        placeOf,
        () => {
          checkDistinct(tables);
          return tables.map((table) => snowflakeTarget(settings, table));
        },
        signal,
      ),

    measure: async (table, dates, signal) => {
      const target = snowflakeTarget(settings, table);
      const { place } = loader();
      return pool.with(async (session) => {
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
    },

    close: async () => {
      try {
        if (opened !== undefined && leftovers.size > 0)
          await Promise.race([
            clearLeftovers(opened).catch(() => undefined),
            new Promise((resolve) => setTimeout(resolve, LAST_CHORES_MS).unref()),
          ]);
        if (use === 'load' && changed && known !== undefined) await rememberLoads(settings, await known);
      } finally {
        await pool.close();
      }
    },
  };
}

function recordOf(row: Readonly<Record<string, unknown>>): LoadRecord {
  const text = (name: string): string => (typeof row[name] === 'string' ? row[name] : '');
  const finished = text('FINISHED');
  return {
    loadId: text('LOAD_ID'),
    runId: text('RUN_ID'),
    rows: Number(row['ROWS_LOADED'] ?? 0),
    goldSha256: text('FILE_SHA256'),
    finishedAt: finished === '' ? '' : `${finished.replace(' ', 'T')}Z`,
  };
}

/** What a load of this date would run, with stand-ins for what only the load knows. */
function statementsOf(
  settings: Settings,
  place: SchemaNames,
  table: Parameters<Warehouse['statementsOf']>[0],
  date: DateKey,
): readonly string[] {
  const { database, monitoring } = place;
  const target = snowflakeTarget(settings, table);
  const attempt = 'attempt';
  const path = attemptPath(target.name, date, attempt);
  const file = `${attempt}_0.parquet`;
  const statements: readonly Statement[] = [
    { sql: createSnowflakeTable(target, database) },
    putFile(database, target.schema, file, path),
    createTemporary(database, target, attempt),
    copyFiles(database, target, attempt, path, [file]),
    { sql: 'BEGIN TRANSACTION' },
    deleteDate(database, target, date),
    insertRows(database, target, attempt),
    noteRow(database, monitoring, {}, 0),
    { sql: 'COMMIT' },
    dropTemporary(database, target, attempt),
    removePath(database, target.schema, path),
  ];
  const day = quoteLiteral(isoDate(date));
  return statements.map(({ sql }) =>
    sql.replace("TO_DATE(?, 'YYYY-MM-DD')", `TO_DATE(${day}, 'YYYY-MM-DD')`),
  );
}
