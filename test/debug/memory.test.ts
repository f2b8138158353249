// Questions that would never end, or fill the memory: they are ended, and the session with them only where it must be.
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useFolder } from '../support/folder';
import { buildAdapter, Conversation, failingDay, hashes, lineOf, RULES, writeOldDay } from './adapter';
import { doubled } from '../support/doubledSql';

const huge = `length(${doubled("concat('a', seconds)", 28)})`;

describe('questions without end in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let copies = '';
  let talk: Conversation;
  beforeEach(async () => {
    copies = mkdtempSync(join(tmpdir(), 'm7-test-copies-'));
    writeOldDay(folder(), {
      ...failingDay(),
      settings: 'EXPECTED_TABLES=Device,Playback\nMEMORY_LIMIT=256MB\n',
    });
    talk = new Conversation(folder(), { TMPDIR: copies, TEMP: copies, TMP: copies });
    await talk.greet({ supportsProgressReporting: true });
    await talk.stop(() => talk.launch());
  });
  afterEach(async () => {
    await talk.hangUp();
    rmSync(copies, { recursive: true, force: true });
  });

  it('are shown, and cancelled by what shows them', async () => {
    const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t';
    const heard: string[] = [];
    for (const name of ['progressStart', 'progressEnd'])
      talk.client.on(name, ({ body }: DebugProtocol.ProgressStartEvent) =>
        heard.push([name, body.title, body.cancellable].filter((one) => one !== undefined).join(' ')),
      );
    const started = talk.client.waitForEvent('progressStart');
    const asked = assert.rejects(
      talk.client.evaluateRequest({ expression: endless, context: 'repl', frameId: 2 }),
      /cancelled/,
    );
    const { body } = (await started) as DebugProtocol.ProgressStartEvent;
    await talk.client.customRequest('cancel', { progressId: body.progressId });
    await asked;
    assert.deepEqual(heard, [`progressStart ${endless.slice(0, 80)}… true`, 'progressEnd']);
    assert.equal((await talk.ask('count(*)')).result, '82', 'and it goes on as before');
  });

  it('are ended where they take too much memory, and the session goes on', async () => {
    const big = await talk.ask(`SELECT string_agg(repeat('x', 1000), '') FROM range(2000000)`);
    assert.match(big.result, /^refused: .*memory/i);
    assert.equal((await talk.ask('count(*)')).result, '82');
  });

  it('end the session where nothing else ends them, and leave nothing behind', async () => {
    const before = hashes(folder());
    const asked = talk.ask(`SELECT ${huge} FROM rows`).catch(() => undefined);
    await talk.client.waitForEvent('terminated');
    assert.match(talk.printed.at(-1) ?? '', /used too much memory and could not be cancelled/);
    await talk.gone();
    void asked;
    assert.deepEqual(readdirSync(copies), []);
    assert.deepEqual(hashes(folder()), before);
  });
});

describe('conditions and log messages without end', () => {
  before(buildAdapter);
  const folder = useFolder();
  const endless = '(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t)';
  let copies = '';
  let talk: Conversation;
  beforeEach(async () => {
    copies = mkdtempSync(join(tmpdir(), 'm7-test-copies-'));
    writeOldDay(folder(), {
      ...failingDay(),
      settings: 'EXPECTED_TABLES=Device,Playback\nMEMORY_LIMIT=256MB\n',
    });
    talk = new Conversation(folder(), { TMPDIR: copies, TEMP: copies, TMP: copies });
    await talk.greet({ supportsProgressReporting: true });
    await talk.filters();
  });
  afterEach(async () => {
    await talk.hangUp();
    rmSync(copies, { recursive: true, force: true });
  });
  const at = (more: Partial<DebugProtocol.SourceBreakpoint>): Promise<unknown> =>
    talk.breakpoints(RULES, { line: lineOf(join(folder(), RULES), 'playback_length'), ...more });

  it('are shown, cancelled by what shows them, and stop then', async () => {
    await at({ logMessage: `{${endless}}` });
    const started = talk.client.waitForEvent('progressStart');
    const shown = new Promise<string>((settle) => {
      talk.client.on('progressStart', ({ body }: DebugProtocol.ProgressStartEvent) => {
        if (body.title.startsWith('{(WITH') && body.cancellable === true) settle(body.progressId);
      });
    });
    const stopped = talk.stop(() => talk.launch());
    await started;
    await talk.client.customRequest('cancel', { progressId: await shown });
    assert.equal((await stopped).reason, 'breakpoint');
    assert.match(talk.printed.join('\n'), /The breakpoint's condition could not be evaluated: .*cancelled/i);
    assert.equal((await talk.ask('count(*)')).result, '82');
  });

  it('are ended with the session', async () => {
    await at({ logMessage: `{${endless}}` });
    const shown = talk.client.waitForEvent('progressStart');
    await talk.launch();
    await shown;
    await talk.client.disconnectRequest();
    await talk.gone();
    assert.deepEqual(readdirSync(copies), []);
  });

  it('are ended where they take too much memory, and stop then', async () => {
    await at({ logMessage: "{(SELECT string_agg(repeat('x', 1000), '') FROM range(2000000))}" });
    assert.equal((await talk.stop(() => talk.launch())).reason, 'breakpoint');
    assert.match(talk.printed.join('\n'), /The breakpoint's condition could not be evaluated: .*memory/i);
  });

  for (const [what, more] of [
    ['condition', { condition: `${huge} > 0` }],
    ['log message', { logMessage: `{max(${huge})}` }],
  ] as const)
    it(`end the session where nothing else ends a ${what}`, async () => {
      await at(more);
      const over = talk.client.waitForEvent('terminated');
      void talk.launch().catch(() => undefined);
      await over;
      assert.match(talk.printed.at(-1) ?? '', /used too much memory and could not be cancelled/);
      await talk.gone();
      assert.deepEqual(readdirSync(copies), []);
    });
});
