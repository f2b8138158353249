// Lines that were kept out, and values that did not convert: stopped at, stepped through, seen by conditions.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DATE, smallDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, lineOf, TABLES, writeOldDay } from './adapter';

const HEADER = 'playback_id,device_id,started_at,seconds';

describe('what was kept out, in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  /** Writes a day whose Playback of Skylink has these lines, and whose columns are changed so. */
  const write = (
    lines: readonly string[],
    columns: Readonly<Record<string, unknown>> = {},
    files: Readonly<Record<string, string | Buffer>> = {},
  ): void => {
    const day = smallDay();
    const playback = day.tables['Playback'] as { readonly columns: object };
    writeOldDay(folder(), {
      ...day,
      tables: { ...day.tables, Playback: { ...playback, columns: { ...playback.columns, ...columns } } },
      rules: {},
      files: {
        ...day.files,
        [`Skylink_Playback_${DATE}.csv`]: [HEADER, ...lines].join('\n'),
        ...files,
      },
    });
  };
  beforeEach(() => {
    talk = new Conversation(folder());
  });
  afterEach(() => talk.hangUp());
  const scope = async (name: string): Promise<readonly string[]> =>
    (await talk.variables(name)).map((line) => line.replace(/\s+/g, ' '));

  it('stops at rejected lines, which open and are stepped through in their file', async () => {
    write(['p1,a,2024-11-15 10:00:00,1', 'too,few', 'p2,a,2024-11-15 10:00:00,2', 'a,b,c,d,e,f']);
    await talk.greet();
    await talk.filters('rejects');
    const stopped = await talk.stop(() => talk.launch({ table: 'Playback', brand: 'Skylink' }));
    assert.equal(stopped.reason, 'exception');
    assert.equal(stopped.text, 'landing-to-raw of Playback (Skylink) rejected 2 of 4 rows.');
    assert.deepEqual(
      (await talk.scopes()).map((one) => one.name),
      ['Counts', 'Rejected lines (2)', 'Rows (2)', 'Schema', 'Settings'],
    );
    const [first, second] = await scope('Rejected lines');
    assert.match(first ?? '', /^\[0\]: Skylink_Playback_20241115\.csv:3 .*2 .* 4.* too,few$/);
    assert.match(second ?? '', /^\[1\]: Skylink_Playback_20241115\.csv:5 .* a,b,c,d,e,f$/);
    assert.equal((await talk.ask('SELECT list(line) FROM failing')).result, '[3,5]');

    const tops: string[] = [];
    await talk.stop(talk.go.in);
    tops.push(await talk.top());
    const row = await scope('Row');
    assert.match(row[0] ?? '', /^landing line: Skylink_Playback_20241115\.csv:3 too,few$/);
    assert.equal((await talk.ask('record')).result, '"too,few"');
    await talk.stop(talk.go.in);
    tops.push(await talk.top());
    await talk.stop(talk.go.back);
    tops.push(await talk.top());
    await talk.stop(talk.go.out);
    tops.push(await talk.top());
    const line = lineOf(join(folder(), TABLES), '"Playback"');
    assert.deepEqual(tops, [
      // On the copy the file was moved on; what opens is the one that waits in landing.
      'rejected line 1 Skylink_Playback_20241115.csv:3  Skylink_Playback_20241115.csv:3',
      'rejected line 2 Skylink_Playback_20241115.csv:5  Skylink_Playback_20241115.csv:5',
      'rejected line 1 Skylink_Playback_20241115.csv:3  Skylink_Playback_20241115.csv:3',
      `table Playback (Skylink)  table_schemas.json:${line}`,
    ]);
    const { body } = await talk.client.stackTraceRequest({ threadId: 1 });
    assert.equal(body.totalFrames, 4);
    await talk.end(talk.go.on);
  });

  it('stops at a file that is kept out whole, and tells what for', async () => {
    const name = `Digi_Device_${DATE}.csv`;
    write(['p1,a,2024-11-15 10:00:00,1'], {}, { [name]: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]) });
    await talk.greet();
    await talk.filters('rejects');
    const stopped = await talk.stop(() => talk.launch({ table: 'Device', brand: 'Digi' }));
    assert.match(
      stopped.text ?? '',
      /^landing-to-raw of Device \(Digi\) rejected file Digi_Device_20241115\.csv \(\w+: .+\)\.$/,
    );
    const [one] = await scope('Rejected lines');
    assert.match(one ?? '', /^\[0\]: Digi_Device_20241115\.csv the whole file: /);
    await talk.stop(talk.go.in);
    assert.match(
      await talk.top(),
      /^rejected line 1 Digi_Device_20241115\.csv {2}Digi_Device_20241115\.csv:1$/,
    );
    const { body } = await talk.client.stackTraceRequest({ threadId: 1 });
    assert.equal(body.stackFrames[0]?.source?.path, join(folder(), 'data/landing', name));
  });

  it('stops after raw-to-silver at rows it kept out, each with its record and line', async () => {
    write(['p1,a,2024-11-15 10:00:00,1', ',a,2024-11-15 10:00:00,2']);
    await talk.greet();
    await talk.filters('rejects');
    const stopped = await talk.stop(() => talk.launch({ table: 'Playback', brand: 'Skylink' }));
    assert.equal(stopped.text, 'raw-to-silver of Playback (Skylink) rejected 1 of 2 rows.');
    await talk.stop(talk.go.in);
    assert.match(await talk.top(), /^rejected line 1 Skylink_Playback_20241115\.csv:3 /);
    assert.match((await talk.ask('reason')).result, /playback_id: the value is required and missing/);
    const row = (await talk.scopes()).find((one) => one.name === 'Row');
    const record = (await talk.read(row?.variablesReference ?? 0)).find((one) => one.name === 'record');
    assert.deepEqual(
      (await talk.read(record?.variablesReference ?? 0)).map((one) => `${one.name}: ${one.value}`),
      ['playback_id: NULL', 'device_id: "a"', 'started_at: "2024-11-15 10:00:00"', 'seconds: "2"'],
    );
  });

  it('steps into the values of a column that became NULL, and those whose rows were rejected', async () => {
    write(
      ['p1,a,noon,1', 'p2,b,2024-11-15 10:00:00,2', 'p3,c,never,30', 'p4,d,,4', 'p5,e,2024-11-15 10:00:00,x'],
      { seconds: { type: 'INTEGER', required: true } },
    );
    await talk.greet();
    await talk.filters('conversions');
    const first = await talk.stop(() => talk.launch({ table: 'Playback', brand: 'Skylink' }));
    assert.equal(
      first.text,
      '2 values of Playback (Skylink).started_at did not convert to TIMESTAMP (stored as NULL).',
    );
    assert.deepEqual(await scope('Failing rows'), [
      '[0]: "noon" playback_id="p1", device_id="a", started_at=NULL, seconds=1',
      '[1]: "never" playback_id="p3", device_id="c", started_at=NULL, seconds=30',
    ]);
    await talk.stop(talk.go.in);
    await talk.stop(talk.go.in);
    assert.match(await talk.top(), /^failing row 2 Skylink_Playback_20241115\.csv:4 /);
    assert.equal((await talk.ask('_text')).result, '"never"');
    assert.equal(
      (await talk.ask('_reason', 'clipboard')).result,
      JSON.stringify('started_at: "never" is not a TIMESTAMP'),
    );
    assert.equal((await talk.ask('_rejected')).result, 'false');
    const second = await talk.stop(talk.go.on);
    assert.match(second.text ?? '', /^1 value of .*seconds did not convert to INTEGER \(rows rejected\)\.$/);
    await talk.stop(talk.go.in);
    assert.match(await talk.top(), /^failing row 1 Skylink_Playback_20241115\.csv:6 /);
    assert.equal((await talk.ask('_rejected')).result, 'true');
  });

  it('lets conditions and hit counts of a column see the rows that fail', async () => {
    write(['p1,a,noon,1', 'p2,b,2024-11-15 10:00:00,200', 'p3,c,never,30']);
    await talk.greet();
    await talk.filters();
    const at = (text: string): number => lineOf(join(folder(), TABLES), `"${text}"`);
    await talk.breakpoints(
      TABLES,
      // Row p2 meets this, and does not fail.
      { line: at('started_at'), condition: 'seconds > 100' },
      { line: at('started_at'), hitCondition: '3' },
      { line: at('started_at'), condition: `_text = 'never' AND seconds = 30` },
      { line: at('seconds'), condition: 'true' },
    );
    const stopped = await talk.stop(() => talk.launch({ table: 'Playback', brand: 'Skylink' }));
    assert.equal(stopped.hitBreakpointIds?.length, 1);
    assert.match(await talk.top(), /^column started_at/);
    await talk.end(talk.go.on);
  });

  it('tells no failing rows of a column in which nothing is wrong', async () => {
    write(['p1,a,2024-11-15 10:00:00,1']);
    await talk.greet();
    await talk.filters();
    await talk.breakpoints(TABLES, { line: lineOf(join(folder(), TABLES), '"seconds"') });
    await talk.stop(() => talk.launch({ table: 'Playback', brand: 'Skylink' }));
    assert.equal(
      (await talk.scopes()).some((one) => one.name.startsWith('Failing rows')),
      false,
    );
    assert.match((await talk.ask(':failing 3')).result, /There are no failing rows here/);
    await talk.stop(talk.go.in);
    assert.match(await talk.top(), /^table Playback \(Skylink\)/, 'in goes on where there is no row');
  });
});
