// m7 trace --file: what became of a line, as users ask for it.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATE, runDay, smallDay, writeDay } from '../support/day';
import { buildCommand, m7, type Ended } from './command';

const FILE = `Skylink_Playback_${DATE}.csv`;

describe('m7 trace --file', () => {
  let folder = '';
  before(async function () {
    this.timeout(120_000);
    await buildCommand();
    folder = await mkdtemp(join(tmpdir(), 'm7-trace-command-'));
    writeDay(folder, smallDay());
    await runDay(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const ask = (...words: readonly string[]): Promise<Ended> => m7(['trace', ...words], { cwd: folder });

  it('tells a line by the name the file came with, where it lies now, and a record by its number', async () => {
    const raw = join('data/raw', DATE, 'Skylink/Playback.csv');
    const told = await ask('--file', FILE, '--line', '3');
    assert.deepEqual([told.code, told.err], [0, '']);
    const [title, slot, , summary] = told.out.split('\n');
    assert.deepEqual([title, slot], [`${FILE}, line 3, record 2`, `Playback, Skylink, ${DATE}`]);
    assert.match(summary ?? '', /^Loaded into STG_SG\.PLAYBACK/);
    assert.match(told.out, new RegExp(`^ +${raw}:3$`, 'm'));
    assert.match(told.out, /^ +Read as utf-8 \(\d+ % sure\), delimiter ",", header$/m);
    for (const words of [
      ['--file', raw, '--line', '3'],
      ['--file', join(folder, raw), '--line', '3'],
      ['--file', `data/landing/${FILE}`, '--line', '3'],
      ['--file', FILE, '--record', '2'],
    ])
      assert.equal((await ask(...words)).out, told.out, words.join(' '));
  });

  it('gives one JSON document', async () => {
    const { out, code } = await ask('--file', FILE, '--line', '44', '--json');
    assert.equal(code, 0);
    const { outcome, line, steps, reading } = JSON.parse(out) as {
      outcome: string;
      reading: Readonly<Record<string, unknown>>;
      line: number;
      steps: readonly { at: string; code?: string }[];
    };
    assert.deepEqual([outcome, line, steps.length, steps[0]?.code], ['kept_out', 44, 1, 'TOO_FEW_FIELDS']);
    const { confidence, ...rest } = reading;
    assert.ok(typeof confidence === 'number' && confidence <= 1, String(confidence));
    assert.deepEqual(rest, { encoding: 'utf-8', delimiter: ',', header: 1, doubts: [] });
  });

  const wrong: readonly (readonly [string, RegExp, number])[] = [
    ['', /Trace what\?/, 2],
    [`--file ${FILE}`, /Which line of/, 2],
    ['--line 3', /--line is of which file\?/, 2],
    [`--file ${FILE} --line 3 --record 3`, /name a place each/, 2],
    [`--file ${FILE} --line 3 --date ${DATE}`, /--file asks what became of a line, --date/, 2],
    [`--file ${FILE} --line 0`, /no number for --line/, 2],
    [`--file ${FILE} --line 999`, /has 44 lines: there is no line 999/, 2],
    ['--file nowhere.csv --line 1', /not a landing file of this workspace: the file does not exist/, 2],
    ['--file config/table_schemas.json --line 1', /not a landing file of this workspace\./, 2],
    [`--date ${DATE} --where true`, /--table is missing/, 2],
  ];
  for (const [words, says, code] of wrong)
    it(`refuses: ${words}`, async () => {
      const end = await ask(...words.split(' ').filter((word) => word !== ''));
      assert.match(end.err, says);
      assert.deepEqual([end.code, end.out], [code, '']);
      assert.doesNotMatch(end.err, /\n\s+at .*\.(?:js|ts):\d/, 'no stack trace');
    });
});
