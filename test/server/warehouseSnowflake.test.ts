// The engine process with Snowflake chosen, spoken to over the driver's own protocol: test, run, loads, comparison.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';
import { DATE, smallDay, writeDay } from '../support/day';
import { PASSWORD, startPeer, type Peer } from '../support/snowflake/peer';

const SCRIPT = resolve(__dirname, '../../dist/server.js');

describe('Snowflake, asked of the engine process', function () {
  this.timeout(120_000);
  let directory: string;
  let peer: Peer;
  const engines: EngineProcess[] = [];
  const start = (environment: Readonly<Record<string, string>>): EngineProcess['channel'] => {
    const engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SNOWFLAKE_HOME: directory, ...environment },
      log: () => undefined,
    });
    engines.push(engine);
    return engine.channel;
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'm7-snowflake-'));
    peer = await startPeer();
    const day = smallDay();
    writeDay(directory, day);
    writeFileSync(
      join(directory, '.env'),
      [
        day.settings?.trim(),
        'MOCK_SNOWFLAKE=false',
        `SNOWFLAKE_ACCESS_URL=${peer.url}`,
        `SNOWFLAKE_ACCOUNT=${peer.account}`,
        'SNOWFLAKE_USER=LOADER',
        `SNOWFLAKE_DATABASE=${peer.database}`,
        `SNOWFLAKE_WAREHOUSE=${peer.warehouse}`,
        '',
      ].join('\n'),
    );
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) {
      engine.stop();
      await engine.gone;
    }
    await peer.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('answers a test with its facts; a wrong password and a missing one are problems, and told without it', async () => {
    const well = await start({ SNOWFLAKE_PASSWORD: PASSWORD }).call('warehouse.test', {});
    assert.equal(well.warehouse?.kind, 'snowflake');
    assert.deepEqual(
      well.problems.filter((one) => one.severity === 'error'),
      [],
    );
    assert.ok(well.facts.some((fact) => fact.value.includes('LOADER')));
    const wrong = await start({ SNOWFLAKE_PASSWORD: 'hunter2-wrong' }).call('warehouse.test', {});
    assert.ok(wrong.problems.some((one) => one.severity === 'error'));
    assert.doesNotMatch(JSON.stringify(wrong), /hunter2/);
    const none = await start({}).call('warehouse.test', {});
    assert.ok(none.problems.some((one) => one.severity === 'error'));
  });

  it('shows loads as last known without a request, and compares by asking', async () => {
    const channel = start({ SNOWFLAKE_PASSWORD: PASSWORD });
    const end = await channel.call('run', { selection: { dates: [DATE] } });
    assert.deepEqual(end.failures, []);
    const asked = peer.requests.length;
    const calendar = await channel.call('warehouse.calendar', {});
    assert.equal(calendar.warehouse.kind, 'snowflake');
    assert.deepEqual(calendar.dates, [DATE]);
    const [found] = await channel.call('warehouse.dates', { dates: [DATE] });
    assert.deepEqual(
      found?.tables.map((t) => [t.table, t.state, t.load?.rows]),
      [
        ['Device', 'loaded', 80],
        ['Playback', 'loaded', 80],
      ],
    );
    const { statements } = await channel.call('warehouse.statements', { date: DATE, table: 'Device' });
    assert.ok(statements.some((one) => one.startsWith('PUT ')));
    assert.equal(peer.requests.length, asked, 'A view has asked Snowflake.');
    const same = await channel.call('warehouse.compare', { dates: [DATE] });
    assert.deepEqual([same.same, same.different], [2, 0]);
    assert.ok(peer.requests.length > asked);
    await peer.admin(`DELETE FROM "M7"."STG_SG"."DEVICE" WHERE "LOAD_DATE" = '2024-11-15'`);
    const other = await channel.call('warehouse.compare', { dates: [DATE], tables: ['Device'] });
    assert.deepEqual(
      other.tables.map((t) => [t.table, t.verdict]),
      [['Device', 'changed']],
    );
  });
});
