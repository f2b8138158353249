// A workspace whose warehouse is the protocol peer: for tests of loads through the real driver.
import type { LoadRequest, Warehouse } from '../../../../src/engine/warehouse/contract';
import type { Settings, SnowflakeSettings, Table } from '../../../../src/engine/model';
import { goldColumns, goldView } from '../../../../src/engine/stages/validation/goldView';
import { SnowflakeWarehouse, type SnowflakeOptions } from '../../../../src/engine/warehouse/snowflake';
import { key, openFixture, publishGold, users, USER, CONFIG, type Fixture } from '../warehouseFixture';
import { PASSWORD, type Peer } from '../../../support/snowflake/peer';

export const D1 = '20241115';
export const D2 = '20241116';

/** Short enough for a test, long enough for a busy machine. */
export const QUICK = {
  loginMs: 15_000,
  browserMs: 15_000,
  requestMs: 3_000,
  pauseMs: 50,
  lastMs: 5_000,
  lockMs: 20_000,
};

type At = Pick<Peer, 'url' | 'account' | 'database' | 'warehouse'>;

function peerSettings(peer: At, changes: Partial<SnowflakeSettings> = {}): SnowflakeSettings {
  return {
    account: peer.account,
    accessUrl: peer.url,
    user: 'LOADER',
    password: PASSWORD,
    warehouse: peer.warehouse,
    database: peer.database,
    schema: 'STG_SG',
    monitoringSchema: 'STG_SG_MONITORING',
    statementTimeout: 60,
    ...changes,
  };
}

export interface Loading {
  readonly fixture: Fixture;
  readonly settings: Settings;
  /** @param changes of the settings, for this warehouse alone. */
  open(options?: SnowflakeOptions, changes?: Partial<SnowflakeSettings>): Warehouse;
  request(date: string, rows: string, id: string, changes?: Partial<LoadRequest>): Promise<LoadRequest>;
  close(): void;
}

/** A workspace with a connection; `rows` is a SELECT of gold. */
export async function openLoading(peer: At, changes: Partial<SnowflakeSettings> = {}): Promise<Loading> {
  const fixture = await openFixture({ mockSnowflake: false, snowflake: peerSettings(peer, changes) });
  let views = 0;
  return {
    fixture,
    settings: fixture.settings,
    open: (options = {}, own = {}) =>
      new SnowflakeWarehouse(
        { ...fixture.settings, snowflake: { ...fixture.settings.snowflake, ...own } },
        'load',
        { patience: QUICK, environment: { SETTLE: '0' }, ...options },
      ),
    request: async (date, rows, id, more = {}) => {
      const table: Table = more.table ?? USER;
      const manifest = await publishGold(fixture, date, table.name, rows, key(id));
      const gold = fixture.lake.absolute(manifest.output.path);
      views += 1;
      const view = `gold${views}`;
      await fixture.connection.run(
        goldView(view, gold, await goldColumns(fixture.connection, gold), CONFIG.brands),
      );
      return {
        connection: fixture.connection,
        table,
        date,
        loadId: key(id),
        runId: 'run-1',
        gold,
        source: view,
        sourceRows: manifest.output.rows,
        rejects: undefined,
        expectedRows: manifest.output.rows,
        again: false,
        signal: new AbortController().signal,
        ...more,
      };
    },
    close: () => fixture.close(),
  };
}

export { users, USER };
