// What the Debug Console says of a run: a session as its user reads it.
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, lineOf, RULES, writeOldDay } from './adapter';

describe('the console of a debug session', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  let heard: DebugProtocol.OutputEvent['body'][] = [];
  beforeEach(async () => {
    writeOldDay(folder(), failingDay());
    talk = new Conversation(folder());
    heard = [];
    talk.client.on('output', ({ body }: DebugProtocol.OutputEvent) => heard.push(body));
    await talk.greet();
    await talk.filters();
  });
  afterEach(() => talk.hangUp());
  /** Lines with their category, seconds left out. */
  const told = (): readonly string[] =>
    heard.map(({ category, output }) => `${category}: ${output.trimEnd().replace(/\d+\.\d s\b/, 'N s')}`);
  const secondsOf = (step: string): number =>
    Number(/([\d.]+) s\b/.exec(talk.printed.find((line) => line.startsWith(step)) ?? '')?.[1]);

  it('tells each step that worked, without alarm but for what failed', async () => {
    await talk.end(() => talk.launch());
    assert.deepEqual(
      [...new Set(heard.map(({ category }) => category))].sort(),
      ['stderr', 'stdout'],
      'VS Code draws "console" as a warning',
    );
    assert.deepEqual(
      told()
        .filter((line) => line.startsWith('stderr'))
        .map((line) => line.slice(0, 58)),
      ['stderr: gold-to-snowflake Playback: failed after N s. Play'],
    );
    assert.ok(told().includes('stdout: Date 20241115: 12 of 12 steps to run.'), told().join('\n'));
    assert.ok(
      told().includes('stdout: gold-to-snowflake Device: 80 rows in, 80 validated, 0 rejected (N s)'),
      'on a copy nothing is loaded',
    );
    assert.ok(told().includes('stdout: silver-to-gold Device: 80 rows in, 80 out, 0 rejected (N s)'));
    assert.equal(told().at(-1), 'stdout: The run failed. Nothing was changed: it ran on a copy.');
  });

  it('tells what is loaded by a run that counts', async () => {
    await talk.end(() => talk.launch({ publish: true, table: 'Device' }));
    assert.ok(
      told().includes('stdout: gold-to-snowflake Device: 80 rows in, 80 out, 0 rejected (N s)'),
      told().join('\n'),
    );
  });

  it('counts the seconds in which a step worked, not those in which it stood still', async () => {
    const step = 'landing-to-raw Device (Skylink)';
    await talk.stop(() => talk.launch({ stopOnEntry: true, table: 'Device', brand: 'Skylink' }));
    await new Promise((settle) => setTimeout(settle, 3_000));
    await talk.end(talk.go.on);
    assert.ok(secondsOf(step) < 3, talk.printed.join('\n'));
  });

  it('tells once how much there is to run, also where a frame was begun again, and the run goes back', async () => {
    const rules = join(folder(), RULES);
    await talk.breakpoints(RULES, { line: lineOf(rules, 'playback_length') });
    await talk.stop(() => talk.launch());
    writeFileSync(rules, readFileSync(rules, 'utf8').replace('"min": 14', '"min": 15'));
    await talk.stop(() => talk.client.restartFrameRequest({ frameId: 2 }));
    await talk.stop(talk.go.back);
    await talk.stop(talk.go.back);
    await talk.stop(talk.go.on);
    await talk.end(talk.go.on);
    assert.equal(
      talk.printed.filter((line) => /steps? to run/.test(line)).length,
      1,
      talk.printed.join('\n'),
    );
  });

  it('names one row as one row', async () => {
    const rules = join(folder(), RULES);
    writeFileSync(rules, readFileSync(rules, 'utf8').replace('"min": 14', '"min": 14, "warn": 1'));
    await talk.breakpoints(RULES, { line: lineOf(rules, 'playback_length') });
    await talk.stop(() => talk.launch());
    const shown = await talk.variables('Rule');
    assert.ok(shown.includes('warn: 1 row') && shown.includes('error: 0 rows'), shown.join('\n'));
  });
});
