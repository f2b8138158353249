// Gold against a Snowflake target over the driver's protocol: the same figures on both sides, and what maintenance may take.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { maintain, openWorkspace, reconcile, run, type OpenWorkspace } from '../../../../src/engine';
import { DATE, smallDay, writeDay } from '../../../support/day';
import { useFolder } from '../../../support/folder';
import { PASSWORD, startPeer, type Peer } from '../../../support/snowflake/peer';

describe('reconcile over the protocol of Snowflake', function () {
  this.timeout(120_000);
  const folder = useFolder();
  let peer: Peer;
  before(async () => {
    peer = await startPeer();
  });
  after(() => peer.close());

  const open = (url: string): Promise<OpenWorkspace> =>
    openWorkspace({
      directory: folder(),
      environment: { SETTLE: '0' },
      overrides: {
        MOCK_SNOWFLAKE: 'false',
        SNOWFLAKE_ACCOUNT: peer.account,
        SNOWFLAKE_USER: 'LOADER',
        SNOWFLAKE_PASSWORD: PASSWORD,
        SNOWFLAKE_DATABASE: peer.database,
        SNOWFLAKE_WAREHOUSE: peer.warehouse,
        SNOWFLAKE_ACCESS_URL: url,
      },
    });

  it('agrees after a load, and confirms what may go; what cannot be asked stays', async () => {
    writeDay(folder(), smallDay());
    appendFileSync(
      join(folder(), '.env'),
      'DELETE_SILVER_FILES_AFTER_LOAD=true\nGOLD_RETENTION_DAYS=36500\n',
    );
    const workspace = await open(peer.url);
    const running = run(workspace, { dates: [DATE] });
    for (;;) {
      const next = await running.next();
      if (next.done === true) {
        assert.equal(next.value.status, 'ok', JSON.stringify(next.value.steps.map((s) => s.error)));
        break;
      }
    }
    const asked = peer.statements().length;
    const same = await reconcile(workspace, { dates: { from: '20241101', to: '20241130' } });
    const measuring = peer
      .statements()
      .slice(asked)
      .filter(({ sqlText }) => sqlText.includes('c0_filled'));
    assert.equal(measuring.length, 2, 'one question for all days of a table');
    assert.deepEqual(
      same.tables.map((t) => [t.table, t.verdict, t.compared, t.warehouse?.rows, t.differences]),
      [
        ['Device', 'same', 'figures', 80, []],
        ['Playback', 'same', 'figures', 80, []],
      ],
    );
    const [first] = await peer.target(`SELECT min("DEVICE_ID") AS id FROM "M7"."STG_SG"."DEVICE"`);
    const id = typeof first?.['id'] === 'string' ? first['id'] : '';
    await peer.admin(`UPDATE "M7"."STG_SG"."DEVICE" SET "DEVICE_ID" = '***' WHERE "DEVICE_ID" = '${id}'`);
    const masked = await reconcile(workspace, { dates: { from: DATE, to: DATE } });
    assert.match(
      masked.tables[0]?.explanation ?? '',
      /the figures of DEVICE_ID differ\. A masking policy looks the same to this role\./,
    );
    await peer.admin(`UPDATE "M7"."STG_SG"."DEVICE" SET "DEVICE_ID" = '${id}' WHERE "DEVICE_ID" = '***'`);
    const silver = join(folder(), 'data/silver', DATE, 'Skylink/Device.parquet');
    const away = await maintain(await open('http://127.0.0.1:9'), { dryRun: true });
    assert.deepEqual(
      [away.actions.filter((a) => a.layer !== 'temporary'), away.unreachable?.code],
      [[], 'WAREHOUSE'],
    );
    assert.ok(away.kept.length > 0);
    assert.ok(away.kept.every((one) => /cannot be asked/.test(one.reason)));
    assert.equal(existsSync(silver), true);
    const done = await maintain(workspace, { dryRun: false });
    assert.deepEqual(
      [done.actions.filter((a) => a.layer === 'silver').length, done.unreachable, done.failed],
      [4, undefined, []],
    );
    assert.deepEqual(
      done.actions.filter((a) => !['silver', 'temporary'].includes(a.layer)),
      [],
    );
    assert.equal(existsSync(silver), false);
  });
});
