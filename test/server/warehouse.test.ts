// Answers about the warehouse over the wire: real process, real workspace, embedded warehouse, .env as people write it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ChannelError, isCancelledCall } from '../../src/shared/channel';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';
import { DATE, smallDay, writeDay } from '../support/day';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const CONNECTIONS = `
[work]
account = "org-acc"
user = "loader"
password = "hunter2-in-toml"
warehouse = "WH"
database = "DB"

["my second"]
account = "org-acc"
authenticator = "externalbrowser"
`;

/** The call is refused with this code. */
function refused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ChannelError && error.code === code;
}

describe('the warehouse, asked of the engine process', () => {
  let directory: string;
  let home: string;
  const engines: EngineProcess[] = [];
  const start = (environment: Readonly<Record<string, string>> = {}): EngineProcess['channel'] => {
    const engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SNOWFLAKE_HOME: home, ...environment },
      log: () => undefined,
    });
    engines.push(engine);
    return engine.channel;
  };
  const dotenv = (): string => readFileSync(join(directory, '.env'), 'utf8');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "m7 ware'house-"));
    home = mkdtempSync(join(tmpdir(), 'm7-home-'));
    writeDay(directory, smallDay());
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) {
      engine.stop();
      await engine.gone;
    }
    rmSync(directory, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });

  it('tells loads beside gold: not loaded, loaded, older gold', async () => {
    const channel = start();
    assert.deepEqual((await channel.call('warehouse.calendar', {})).dates, []);
    await channel.call('run', {
      selection: { dates: [DATE], stages: ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'] },
    });
    const calendar = await channel.call('warehouse.calendar', {});
    assert.deepEqual(calendar, {
      warehouse: { kind: 'embedded', place: join(directory, 'data/warehouse.duckdb') },
      dates: [DATE],
    });
    const states = async (): Promise<readonly string[]> => {
      const [found] = await channel.call('warehouse.dates', { dates: [DATE] });
      return (found?.tables ?? []).map(
        ({ table, state, gold, accepted, load }) =>
          `${table} ${state} ${String(gold)} ${String(accepted)} ${String(load?.rows ?? null)}`,
      );
    };
    assert.deepEqual(await states(), ['Device not_loaded 80 null null', 'Playback not_loaded 82 null null']);
    await channel.call('run', { selection: { dates: [DATE] } });
    assert.deepEqual(await states(), ['Device loaded 80 80 80', 'Playback loaded 82 80 80']);
    // More rows in gold than were loaded: a further file, run up to gold alone.
    writeFileSync(
      join(directory, `data/landing/Skylink_Device_${DATE}_2.csv`),
      'device_id,model,price\nnew,Model X,1.50\n',
    );
    writeFileSync(join(directory, '.env'), `${dotenv()}LANDING_PATTERN={brand}_{table}_{date}*\n`);
    await channel.call('run', {
      selection: { dates: [DATE], stages: ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'] },
    });
    assert.deepEqual((await states())[0], 'Device older 81 null 80');
  });

  it('tells a table that was refused, and one whose config is being edited', async () => {
    const rules = { Device: { rules: [{ rule: 'enum', column: 'model', values: ['none'], error: '1%' }] } };
    writeDay(directory, { ...smallDay(), rules });
    const channel = start();
    await channel.call('run', { selection: { dates: [DATE] } });
    const states = async (): Promise<unknown> =>
      (await channel.call('warehouse.dates', { dates: [DATE] }))[0]?.tables.map((t) => [t.table, t.state]);
    const expected = [
      ['Device', 'refused'],
      ['Playback', 'loaded'],
    ];
    assert.deepEqual(await states(), expected);
    writeFileSync(join(directory, 'config/table_schemas.json'), '{"tables": {');
    assert.deepEqual(await states(), expected);
  });

  it('tells the statements of a load, in order, without opening anything', async () => {
    const channel = start();
    const { table, statements, warehouse } = await channel.call('warehouse.statements', {
      date: DATE,
      table: 'device',
    });
    assert.equal(table, 'Device');
    assert.equal(warehouse.kind, 'embedded');
    assert.match(statements[0] ?? '', /^CREATE TABLE IF NOT EXISTS .*"STG_SG"\."DEVICE"/);
    assert.ok(statements.some((one) => one.startsWith('DELETE FROM') && one.includes('2024-11-15')));
    assert.equal(statements.at(-1), 'COMMIT');
    await assert.rejects(
      channel.call('warehouse.statements', { date: DATE, table: 'Nobody' }),
      refused('NOT_FOUND'),
    );
    await assert.rejects(
      channel.call('warehouse.statements', { date: 'today', table: 'Device' }),
      refused('USAGE'),
    );
    writeFileSync(join(directory, 'config/table_schemas.json'), '{');
    await assert.rejects(
      channel.call('warehouse.statements', { date: DATE, table: 'Device' }),
      refused('CONFIG_INVALID'),
    );
  });

  it('compares gold with the warehouse, and not while a run goes on', async () => {
    const channel = start();
    await channel.call('run', { selection: { dates: [DATE] } });
    const { tables, same, different } = await channel.call('warehouse.compare', { dates: [DATE] });
    assert.deepEqual([same, different], [2, 0]);
    assert.deepEqual(
      tables.map((t) => [t.table, t.verdict, t.warehouse?.rows]),
      [
        ['Device', 'same', 80],
        ['Playback', 'same', 80],
      ],
    );
    const other = start();
    let compared: unknown;
    const control = new AbortController();
    const run = channel.call(
      'run',
      { selection: { dates: [DATE], force: true } },
      {
        signal: control.signal,
        onProgress: (event) => {
          if (event.event !== 'run_started') return;
          void other
            .call('warehouse.compare', { dates: [DATE] })
            .catch((error: unknown) => (compared = error))
            .finally(() => control.abort());
        },
      },
    );
    await assert.rejects(run, isCancelledCall);
    assert.ok(refused('LOCKED')(compared), String(compared));
  });

  it('tests the connection: facts where it is well, problems with their place where it is not', async () => {
    const channel = start();
    const well = await channel.call('warehouse.test', {});
    assert.equal(well.warehouse?.kind, 'embedded');
    assert.deepEqual(well.problems, []);
    assert.ok(well.facts.length > 0);
    writeFileSync(join(directory, '.env'), 'EXPECTED_TABLES=Device\nMAX_WORKERS=none\n');
    const [problem] = (await channel.call('warehouse.test', {})).problems;
    assert.equal(problem?.file, '.env');
    assert.equal(problem.line, 2);
    rmSync(join(directory, '.env'));
    mkdirSync(join(directory, 'data'), { recursive: true });
    writeFileSync(join(directory, 'data/warehouse.duckdb'), 'no database at all, but some text');
    const broken = await channel.call('warehouse.test', {});
    assert.match(broken.problems[0]?.message ?? '', /warehouse cannot be opened/);
  });

  it('offers the embedded warehouse, Snowflake and the names of connections.toml, and no secret of it', async () => {
    writeFileSync(join(home, 'connections.toml'), CONNECTIONS, { mode: 0o600 });
    const choices = await start().call('warehouse.choices', {});
    assert.deepEqual(choices, {
      current: { kind: 'embedded' },
      embedded: join(directory, 'data/warehouse.duckdb'),
      connections: { file: join(home, 'connections.toml'), names: ['work', 'my second'] },
      environment: [],
    });
    writeFileSync(join(home, 'connections.toml'), '[work]\npassword = "hunter2\n');
    const { connections } = await start({ MOCK_SNOWFLAKE: 'true' }).call('warehouse.choices', {});
    assert.deepEqual(connections.names, []);
    assert.match(connections.problem ?? '', /not TOML/);
    assert.doesNotMatch(JSON.stringify(connections), /hunter2/);
  });

  it('writes the choice into .env after telling it, and says what is missing', async () => {
    writeFileSync(join(home, 'connections.toml'), CONNECTIONS, { mode: 0o600 });
    const text =
      '# mine\r\nEXPECTED_TABLES=Device,Playback\r\n# MOCK_SNOWFLAKE=true\r\n\r\nMAX_WORKERS=2 # two';
    writeFileSync(join(directory, '.env'), text);
    const channel = start();
    const told = await channel.call('warehouse.choose', { choice: { kind: 'settings' }, dryRun: true });
    assert.equal(dotenv(), text);
    assert.deepEqual(told.change.lines, [
      { name: 'MOCK_SNOWFLAKE', line: 4, before: null, after: 'MOCK_SNOWFLAKE=false' },
    ]);
    assert.deepEqual(
      told.missing.map((one) => one.names[0]),
      [
        'SNOWFLAKE_ACCOUNT',
        'SNOWFLAKE_USER',
        'SNOWFLAKE_PRIVATE_KEY_PATH',
        'SNOWFLAKE_WAREHOUSE',
        'SNOWFLAKE_DATABASE',
      ],
    );
    await channel.call('warehouse.choose', {
      choice: { kind: 'settings' },
      dryRun: false,
      expected: told.change.sha256,
    });
    assert.equal(dotenv(), text.replace('=true\r\n', '=true\r\nMOCK_SNOWFLAKE=false\r\n'));
    await assert.rejects(
      channel.call('warehouse.choose', {
        choice: { kind: 'embedded' },
        dryRun: false,
        expected: told.change.sha256,
      }),
      refused('CHANGED'),
    );
    const named = await channel.call('warehouse.choose', {
      choice: { kind: 'connection', name: 'work' },
      dryRun: false,
    });
    assert.deepEqual(named.missing, []);
    assert.ok(dotenv().endsWith('MAX_WORKERS=2 # two\r\nSNOWFLAKE_CONNECTION=work\r\n'));
    assert.deepEqual((await channel.call('warehouse.choices', {})).current, {
      kind: 'connection',
      name: 'work',
    });
    const back = await channel.call('warehouse.choose', { choice: { kind: 'embedded' }, dryRun: false });
    assert.deepEqual(
      back.change.lines.map((line) => line.after),
      ['MOCK_SNOWFLAKE=true'],
    );
    const again = await channel.call('warehouse.choose', { choice: { kind: 'embedded' }, dryRun: false });
    assert.deepEqual(again.change.lines, []);
  });

  it('tells where settings come from, and writes those that are no secrets', async () => {
    const channel = start({ SMTP_PASSWORD: 'hunter2', SNOWFLAKE_TOKEN: '' });
    writeFileSync(
      join(directory, '.env'),
      'EXPECTED_TABLES=Device\nMAX_WORKERS=none\nSNOWFLAKE_PASSWORD=x\n',
    );
    assert.deepEqual(await channel.call('settings.origins', {}), {
      EXPECTED_TABLES: { file: join(directory, '.env'), line: 1 },
      MAX_WORKERS: { file: join(directory, '.env'), line: 2 },
      SNOWFLAKE_PASSWORD: { file: join(directory, '.env'), line: 3 },
    });
    const { line } = await channel.call('settings.write', { name: 'SNOWFLAKE_USER', value: 'loader' });
    assert.equal(line, 4);
    assert.ok(dotenv().endsWith('SNOWFLAKE_USER=loader\n'));
    for (const name of ['SMTP_PASSWORD', 'NOT_A_SETTING', '__proto__'])
      await assert.rejects(channel.call('settings.write', { name, value: 'x' }), refused('USAGE'));
  });
});
