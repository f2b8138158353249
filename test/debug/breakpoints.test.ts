// Where breakpoints bind, what decides whether one stops, and which troubles stop by themselves.
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DATE, runDay, smallDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, lineOf, RULES, TABLES, writeOldDay } from './adapter';

describe('breakpoints of the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  beforeEach(async () => {
    writeOldDay(folder(), failingDay());
    talk = new Conversation(folder());
    await talk.greet();
    await talk.filters();
  });
  afterEach(() => talk.hangUp());
  const at = (text: string): number => lineOf(join(folder(), RULES), text);

  it('bind to the object around the line, move to the next one, or tell why not', async () => {
    const rules = await talk.breakpoints(RULES, { line: 1 }, { line: at('"min"') }, { line: 9_999 });
    assert.deepEqual(
      rules.map((one) => [one.verified, one.line]),
      [
        [true, at('known_device') - 1],
        [true, at('playback_length') - 1],
        [false, 9_999],
      ],
    );
    assert.match(rules[2]?.message ?? '', /There is no rule or column at or below this line/);
    const [column] = await talk.breakpoints(TABLES, {
      line: lineOf(join(folder(), TABLES), '"seconds"') + 1,
    });
    assert.deepEqual([column?.verified, column?.line], [true, lineOf(join(folder(), TABLES), '"seconds"')]);
    const [elsewhere] = await talk.breakpoints('config/brand_configs.json', { line: 2 });
    assert.match(elsewhere?.message ?? '', /validation_rules\.json and table_schemas\.json/);
    const [odd] = await talk.breakpoints(RULES, { line: at('"min"'), hitCondition: 'often' });
    assert.deepEqual([odd?.verified, /not a valid hit count/.test(odd?.message ?? '')], [false, true]);
    const found = await talk.client.customRequest('breakpointLocations', {
      source: { path: join(folder(), RULES) },
      line: 1,
      endLine: at('playback_length'),
    });
    const { breakpoints } = (found as DebugProtocol.BreakpointLocationsResponse).body;
    assert.deepEqual(
      breakpoints.map((one) => one.line),
      [at('known_device') - 1, at('playback_length') - 1],
    );
  });

  it('stop by a condition over the failing rows, by their number, or print a line', async () => {
    await talk.breakpoints(
      RULES,
      {
        line: at('known_device'),
        condition: "device_id = 'again'",
        logMessage: '{rule}: {failing} rows, {min(seconds)} to {max(seconds)} s',
      },
      { line: at('playback_length'), condition: 'seconds > 13' },
      { line: at('playback_length'), hitCondition: '> 6' },
      { line: at('has_id') },
    );
    const stopped = await talk.stop(() => talk.launch());
    assert.equal(stopped.reason, 'breakpoint');
    assert.match(await talk.top(), /^rule has_id/, 'neither rows above 13 nor more than six fail');
    assert.ok(talk.printed.includes('known_device: 4 rows, -5 to 1 s'), talk.printed.join('\n'));
    await talk.breakpoints(RULES, {
      line: at('playback_length'),
      condition: 'seconds < 0',
      hitCondition: '2',
    });
    await talk.stop(talk.go.back);
    assert.match(await talk.top(), /^rule playback_length/);
  });

  it('stop where a condition cannot be understood, and say so', async () => {
    await talk.breakpoints(RULES, { line: at('playback_length'), condition: 'no_such < 0' });
    await talk.stop(() => talk.launch());
    assert.match(
      talk.printed.join('\n'),
      /The breakpoint's condition could not be evaluated: There is no column "no_such"/,
    );
  });

  it('stop at a column of each brand, before its silver is published', async () => {
    await talk.breakpoints(TABLES, { line: lineOf(join(folder(), TABLES), '"started_at"') });
    await talk.stop(() => talk.launch());
    const tops: string[] = [(await talk.stack()).slice(0, 2).join(' < ')];
    assert.equal((await talk.ask('count(*)')).result, '42');
    assert.ok((await talk.variables('Column')).includes('not converted: 1'));
    await talk.stop(talk.go.on);
    tops.push((await talk.stack()).slice(0, 2).join(' < '));
    assert.deepEqual(
      tops.map((top) => /column started_at.*table Playback \((\w+)\)/.exec(top)?.[1]),
      ['Skylink', 'Digi'],
    );
  });

  it('are set while it runs', async () => {
    await talk.stop(() => talk.launch({ stopOnEntry: true }));
    await talk.breakpoints(RULES, { line: at('has_id') });
    await talk.stop(talk.go.on);
    assert.match(await talk.top(), /^rule has_id/);
  });
});

describe('exception filters of the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  beforeEach(() => {
    writeOldDay(folder(), failingDay());
    talk = new Conversation(folder());
  });
  afterEach(() => talk.hangUp());

  const stopsWith = (filter: string, more: RegExp): void => {
    it(`stop with ${filter}`, async () => {
      await talk.greet();
      await talk.filters(filter);
      const stopped = await talk.stop(() => talk.launch());
      assert.equal(stopped.reason, 'exception');
      assert.match(stopped.text ?? '', more);
      const { body } = await talk.client.exceptionInfoRequest({ threadId: 1 });
      assert.match(body.description ?? '', more);
    });
  };
  stopsWith('failed', /^playback_length: 6 of 82 rows fail/);
  stopsWith('warned', /^known_device: 4 of 82 rows fail/);
  stopsWith('conversions', /^1 value of Playback \(Skylink\)\.started_at did not convert to TIMESTAMP/);
  stopsWith('rejects', /^landing-to-raw of Playback \(Skylink\) rejected 1 of 43 rows\./);
  stopsWith('steps', /^Playback, 20241115, is not loaded: playback_length/);

  it('are on for failed rules and steps, and stop once for one failure', async () => {
    await talk.greet();
    await talk.stop(() => talk.launch());
    assert.match(await talk.top(), /^rule playback_length/);
    await talk.end(talk.go.on);
    assert.match(talk.printed.join('\n'), /The run failed/);
  });

  it('are bound to tables and rules by their names', async () => {
    await talk.greet();
    await talk.client.setExceptionBreakpointsRequest({
      filters: [],
      filterOptions: [
        { filterId: 'warned', condition: 'Device' },
        { filterId: 'failed', condition: 'known_device, Playback.playback_length' },
      ],
    });
    await talk.stop(() => talk.launch());
    assert.match(await talk.top(), /^rule playback_length/);
  });

  it('stop after a step that failed, at what it blames', async () => {
    const day = smallDay();
    writeOldDay(folder(), {
      ...day,
      tables: {
        ...day.tables,
        Playback: {
          primary_key: ['playback_id'],
          columns: { playback_id: { type: 'VARCHAR' }, seconds: { type: 'DATE', on_error: 'fail' } },
        },
      },
      rules: {},
    });
    await talk.greet();
    const stopped = await talk.stop(() => talk.launch({ table: 'playback' }));
    assert.equal(stopped.reason, 'exception');
    assert.match(
      await talk.top(),
      new RegExp(
        `^table Playback \\(Skylink\\)  table_schemas.json:${lineOf(join(folder(), TABLES), '"seconds"')}`,
      ),
    );
    await talk.stop(talk.go.back);
    assert.match((await talk.stack()).join('\n'), /stage raw-to-silver \(begins\)/);
  });

  it('begin where the date failed last: what is up to date is not run again', async () => {
    await runDay(folder());
    await talk.greet();
    await talk.stop(() => talk.launch({ date: DATE }));
    assert.match(await talk.top(), /^rule playback_length/);
    assert.doesNotMatch(talk.printed.join('\n'), /landing-to-raw|raw-to-silver|silver-to-gold/);
  });
});
