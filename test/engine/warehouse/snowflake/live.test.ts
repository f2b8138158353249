// One load into a true account, only where it is asked for: M7_LIVE_SNOWFLAKE=1 and the SNOWFLAKE_… settings in the environment.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { loadSettings } from '../../../../src/engine/workspace/settings';
import { openFixture, publishGold, key, CONFIG } from '../warehouseFixture';
import { goldColumns, goldView } from '../../../../src/engine/stages/validation/goldView';
import { SnowflakeWarehouse } from '../../../../src/engine/warehouse/snowflake';
import { users, USER } from './fixture';

describe('snowflake: a true account', function () {
  this.timeout(300_000);

  it('loads a date, replaces it and measures it (skipped without M7_LIVE_SNOWFLAKE=1)', async function () {
    if (process.env['M7_LIVE_SNOWFLAKE'] !== '1') {
      this.skip();
      return;
    }
    const { snowflake, origins } = await loadSettings({
      workspace: tmpdir(),
      overrides: { MOCK_SNOWFLAKE: 'false' },
    });
    const schema = snowflake.schema === 'STG_SG' ? 'M7_SMOKE' : snowflake.schema;
    const fixture = await openFixture({
      mockSnowflake: false,
      snowflake: { ...snowflake, schema, monitoringSchema: `${schema}_MONITORING` },
      origins,
    });
    const warehouse = new SnowflakeWarehouse(fixture.settings, 'load');
    try {
      const { problems } = await warehouse.check([USER]);
      assert.deepEqual(
        problems.filter((problem) => problem.severity === 'error'),
        [],
      );
      const run = `${Date.now()}`;
      for (const [i, rows] of [5, 3].entries()) {
        const manifest = await publishGold(fixture, '20241115', 'User', users(rows), key(`${run}${i}`));
        const gold = fixture.lake.absolute(manifest.output.path);
        await fixture.connection.run(
          goldView('live', gold, await goldColumns(fixture.connection, gold), CONFIG.brands),
        );
        const { loaded } = await warehouse.load({
          ...{ connection: fixture.connection, table: USER, date: '20241115', runId: run, gold },
          ...{ loadId: key(`${run}${i}`), source: 'live', sourceRows: rows, expectedRows: rows },
          ...{ rejects: undefined, again: true, signal: new AbortController().signal },
        });
        assert.equal(loaded, rows);
        assert.equal((await warehouse.measure(USER, ['20241115']))?.get('20241115')?.rows, rows);
      }
    } finally {
      await warehouse.close();
      fixture.close();
    }
  });
});
