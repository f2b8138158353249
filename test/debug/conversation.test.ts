// A debug session from beginning to end, as an editor has it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, hashes, lineOf, RULES, writeOldDay } from './adapter';

describe('a conversation with the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  beforeEach(() => {
    writeOldDay(folder(), failingDay());
    talk = new Conversation(folder());
  });
  afterEach(() => talk.hangUp());

  it('stops at a rule, shows its rows, asks, steps in and back, tries another rule, and changes nothing', async () => {
    await runDay(folder());
    const before = hashes(join(folder(), 'data'));
    const rules = join(folder(), RULES);
    const line = lineOf(rules, 'playback_length');

    await talk.greet();
    const [bound] = await talk.breakpoints(RULES, { line: line + 2 });
    assert.equal(bound?.verified, true);
    assert.equal(bound.line, line - 1, 'at the object around the line');
    const first = await talk.stop(() => talk.launch());
    assert.equal(first.reason, 'breakpoint');
    assert.match(first.text ?? '', /^playback_length: 6 of 82 rows fail, limit 0 rows$/);
    assert.deepEqual(await talk.stack(), [
      `rule playback_length  validation_rules.json:${line - 1}`,
      `table Playback  table_schemas.json:${lineOf(join(folder(), 'config/table_schemas.json'), '"Playback"')}`,
      'stage gold-to-snowflake',
      'date 20241115',
      'run',
    ]);
    assert.deepEqual(
      (await talk.scopes()).map((scope) => scope.name),
      ['Rule', 'Counts', 'Failing rows (6)', 'Rows (82)', 'Schema', 'Settings'],
    );
    const rule = await talk.variables('Rule');
    assert.ok(rule.includes('min: 14') && rule.includes('limit: 0 rows'), rule.join('\n'));
    const page = await talk.variables('Failing rows', { start: 4, count: 2 });
    assert.equal(page.length, 2);
    assert.match(page[0] ?? '', /^\[4\]: playback_id=/);

    assert.equal((await talk.ask('count(*) FILTER (WHERE seconds < 14)')).result, '6');
    assert.equal((await talk.ask('SELECT count(*) FROM failing')).result, '6');
    assert.equal((await talk.ask('SELECT count(*) FROM silver.Device')).result, '80');
    const table = await talk.ask('SELECT _brand, count(*) AS n FROM rows GROUP BY ALL ORDER BY ALL');
    assert.equal(table.result, '2 rows × 2 columns');
    assert.deepEqual(
      (await talk.read(table.variablesReference)).map((one) => one.value),
      ['n=41', 'n=41'],
    );
    assert.match(
      (await talk.ask('seconds', 'hover')).result,
      /^seconds INTEGER: 0 of 82 NULL, about \d+ distinct, -5 … 273$/,
    );

    await talk.stop(talk.go.in);
    assert.match(await talk.top(), /^failing row 1 Skylink_Playback_20241115\.csv:3  Playback\.csv:3$/);
    assert.equal((await talk.ask('seconds')).result, '7');
    await talk.stop(talk.go.in);
    assert.match(await talk.top(), /^failing row 2 /);
    await talk.stop(talk.go.out);
    assert.match(await talk.top(), /^rule playback_length/);

    await talk.stop(talk.go.next);
    assert.match(await talk.top(), /^rule has_id/);
    await talk.stop(talk.go.back);
    assert.match(await talk.top(), /^rule playback_length/);
    await talk.stop(talk.go.back);
    assert.match(await talk.top(), /^rule known_device/);
    await talk.stop(talk.go.back);
    assert.deepEqual((await talk.stack()).slice(1, 2), ['stage silver-to-gold (begins)']);

    const again = await talk.stop(talk.go.on);
    assert.equal(again.reason, 'breakpoint', 'the same rule, of a gold made anew');
    const broken = readFileSync(rules, 'utf8');
    writeFileSync(rules, broken.replace('"min": 14', '"min": "many"'));
    const restart = (): Promise<unknown> => talk.client.restartFrameRequest({ frameId: 2 });
    await assert.rejects(restart, /"many" is no INTEGER/);
    assert.match(await talk.top(), /^rule playback_length/, 'nothing has changed');
    writeFileSync(rules, broken.replace('"min": 14', '"min": -10'));
    const mended = await talk.stop(restart);
    assert.equal(mended.reason, 'restart');
    assert.equal((await talk.variables('Rule')).includes('failing: 0 (0%)'), true);
    await talk.end(talk.go.on);
    assert.match(talk.printed.at(-1) ?? '', /^The run succeeded\. Nothing was changed/);
    assert.deepEqual(hashes(join(folder(), 'data')), before);
  });
});
