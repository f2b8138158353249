// Loads through the real driver into the protocol peer: what is in the target, the ledger, on the stage.
import assert from 'node:assert/strict';
import type { Warehouse } from '../../../../src/engine/warehouse/contract';
import { startPeer, type Peer } from '../../../support/snowflake/peer';
import { D1, D2, openLoading, users, type Loading } from './fixture';

describe('snowflake: a load', () => {
  let peer: Peer;
  let loading: Loading;
  let warehouse: Warehouse;

  beforeEach(async () => {
    peer = await startPeer();
    loading = await openLoading(peer);
    warehouse = loading.open();
  });
  afterEach(async () => {
    await warehouse.close();
    loading.close();
    await peer.close();
  });

  it('replaces exactly its date, with one row in the ledger', async () => {
    assert.deepEqual(await warehouse.loads(), new Map());
    const first = await warehouse.load(await loading.request(D1, users(3), 'a'));
    assert.deepEqual(first, { loaded: 3, deleted: 0, repeated: false });
    await warehouse.load(await loading.request(D2, users(2), 'b'));
    const second = await warehouse.load(await loading.request(D1, users(5, "'changed'"), 'c'));
    assert.deepEqual(second, { loaded: 5, deleted: 3, repeated: false });
    assert.deepEqual(
      await peer.target(
        `SELECT "LOAD_DATE"::VARCHAR AS d, count(*) AS n, min("NAME") AS name, sum("FEE")::VARCHAR AS fee FROM "M7"."STG_SG"."USER" GROUP BY 1 ORDER BY 1`,
      ),
      [
        { d: '2024-11-15', n: 5, name: 'changed', fee: '7.50' },
        { d: '2024-11-16', n: 2, name: 'n1', fee: '1.50' },
      ],
    );
    assert.deepEqual(
      await peer.target(
        `SELECT "LOAD_DATE"::VARCHAR AS d, "STATUS" AS s, "ROWS_LOADED"::INT AS n FROM "M7"."STG_SG_MONITORING"."LOADS" ORDER BY "FINISHED_AT"`,
      ),
      [
        { d: '2024-11-15', s: 'LOADED', n: 3 },
        { d: '2024-11-16', s: 'LOADED', n: 2 },
        { d: '2024-11-15', s: 'LOADED', n: 5 },
      ],
    );
    assert.deepEqual(await peer.stageFiles(), []);
    assert.deepEqual(peer.tempTables(), []);
  });
});
