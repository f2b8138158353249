// A stage that takes its time: what is told meanwhile, how it is paused, left, and killed.
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATE, runDay, smallDay } from '../support/day';
import { useFolder } from '../support/folder';
import { differences, snapshot } from '../support/snapshot';
import { buildAdapter, Conversation, hashes, lineOf, RULES, writeOldDay } from './adapter';

/** A day whose Playback of Skylink takes raw-to-silver a second or so. */
function longDay(rows: number): ReturnType<typeof smallDay> {
  const day = smallDay();
  const lines = ['playback_id,device_id,started_at,seconds'];
  for (let i = 0; i < rows; i++) lines.push(`p${i},S${i % 40},2024-11-15 10:00:00,${i % 900}`);
  return { ...day, rules: {}, files: { ...day.files, [`Skylink_Playback_${DATE}.csv`]: lines.join('\n') } };
}

describe('a long stage in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let copies = '';
  let talk: Conversation;
  const conversation = (): Conversation =>
    new Conversation(folder(), { TMPDIR: copies, TEMP: copies, TMP: copies });
  beforeEach(() => {
    copies = mkdtempSync(join(tmpdir(), 'm7-test-copies-'));
    talk = conversation();
  });
  afterEach(async () => {
    await talk.hangUp();
    rmSync(copies, { recursive: true, force: true });
  });
  /** Settles once raw-to-silver of the long table is at work. */
  const atWork = (): Promise<void> =>
    new Promise((settle) => {
      talk.client.on('progressStart', ({ body }: DebugProtocol.ProgressStartEvent) => {
        if (body.title === 'raw-to-silver Playback (Skylink)') settle();
      });
    });
  const run = async (publish: boolean): Promise<void> => {
    await talk.greet({ supportsProgressReporting: true });
    await talk.filters();
    const working = atWork();
    await talk.launch({ table: 'Playback', publish });
    await working;
  };

  it('is told of as it goes, and each progress ends', async () => {
    writeOldDay(folder(), longDay(200_000));
    await talk.greet({ supportsProgressReporting: true });
    const open = new Set<string>();
    const titles = new Set<string>();
    const percents: number[] = [];
    talk.client.on('progressStart', ({ body }: DebugProtocol.ProgressStartEvent) => {
      open.add(body.progressId);
      titles.add(body.title);
    });
    talk.client.on('progressUpdate', ({ body }: DebugProtocol.ProgressUpdateEvent) => {
      assert.ok(open.has(body.progressId));
      if (body.percentage !== undefined) percents.push(body.percentage);
    });
    talk.client.on('progressEnd', ({ body }: DebugProtocol.ProgressEndEvent) => open.delete(body.progressId));
    await talk.end(() => talk.launch({ table: 'Playback' }));
    assert.ok(titles.has('raw-to-silver Playback (Skylink)'), [...titles].join());
    assert.ok(percents.length > 0 && percents.every((one) => one >= 0 && one <= 100));
    assert.deepEqual([...open], []);
  });

  it('is paused at the next place', async () => {
    writeOldDay(folder(), longDay(300_000));
    await run(false);
    const paused = await talk.stop(() => talk.client.pauseRequest({ threadId: 1 }));
    assert.equal(paused.reason, 'pause');
    const stack = await talk.stack();
    assert.match(stack[0] ?? '', /^column playback_id/);
    assert.match(stack[1] ?? '', /^table Playback \(Skylink\)/);
  });

  for (const how of ['killed', 'disconnected'] as const)
    it(`changes nothing where it is ${how} on a copy`, async () => {
      writeOldDay(folder(), longDay(300_000));
      const before = hashes(folder());
      await run(false);
      if (how === 'killed') talk.process.kill('SIGKILL');
      else await talk.client.disconnectRequest();
      await talk.gone();
      assert.deepEqual(hashes(folder()), before);
      if (how === 'killed') {
        assert.equal(readdirSync(copies).filter((name) => name.startsWith('m7-debug-')).length, 1);
        const next = conversation();
        await next.greet();
        await next.end(() => next.launch({ table: 'Device', noDebug: true }));
        await next.client.disconnectRequest();
        await next.gone();
      }
      assert.deepEqual(readdirSync(copies), []);
    });

  for (const how of ['killed', 'disconnected'] as const)
    it(`is made up for by the next run where it is ${how} in a run that counts`, async () => {
      const other = mkdtempSync(join(tmpdir(), 'm7-test-'));
      try {
        const day = longDay(300_000);
        writeOldDay(other, day);
        await runDay(other);
        writeOldDay(folder(), day);
        await run(true);
        if (how === 'killed') talk.process.kill('SIGKILL');
        else await talk.client.disconnectRequest();
        await talk.gone();
        assert.deepEqual(readdirSync(copies), []);
        await runDay(folder());
        assert.deepEqual(
          differences(await snapshot(join(other, 'data')), await snapshot(join(folder(), 'data'))),
          [],
        );
      } finally {
        rmSync(other, { recursive: true, force: true });
      }
    });

  it('is not run where a rule alone is looked at: nothing is due, and its table is validated again', async () => {
    writeOldDay(folder(), { ...longDay(1_000), rules: smallDay().rules });
    await runDay(folder());
    await talk.greet();
    await talk.filters();
    await talk.breakpoints(RULES, { line: lineOf(join(folder(), RULES), '"range"') });
    const stopped = await talk.stop(() => talk.launch({ table: 'Playback' }));
    assert.equal(stopped.reason, 'breakpoint');
    assert.match(talk.printed.join('\n'), /^Date 20241115: 1 of 1 steps? to run\./);
    assert.deepEqual(
      talk.printed.filter((line) => /landing-to-raw|raw-to-silver|silver-to-gold|Device/.test(line)),
      [],
    );
  });
});

describe('secrets in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();

  it('are shown by no scope, answer or output', async () => {
    const secrets = {
      ...{ SNOWFLAKE_PASSWORD: 'planted-one-1', SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: 'planted-two-2' },
      ...{ SNOWFLAKE_TOKEN: 'planted-three-3', SMTP_PASSWORD: 'planted-four-4' },
      ...{
        ALERT_WEBHOOK_URL: 'https://hooks.example.com/planted-five-5',
        OPENLINEAGE_API_KEY: 'planted-six-6',
      },
    };
    writeOldDay(folder(), {
      ...smallDay(),
      settings: `EXPECTED_TABLES=Device,Playback\n${Object.entries(secrets)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n')}\n`,
    });
    const talk = new Conversation(folder(), { SNOWFLAKE_ROLE: 'planted-seven-7' });
    const heard: string[] = [];
    try {
      await talk.greet();
      talk.process.stdout?.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
      await talk.stop(() => talk.launch({ stopOnEntry: true }));
      const settings = await talk.variables('Settings');
      for (const name of ['password', 'privateKeyPassphrase', 'token', 'apiKey'])
        assert.ok(
          settings.some((line) => line.endsWith(`${name}: ***`)),
          `${name}\n${settings.join('\n')}`,
        );
      for (const name of Object.keys(secrets))
        for (const expression of [`getenv('${name}')`, `current_setting('${name}')`, name])
          assert.match((await talk.ask(expression)).result, /^refused: /);
      await talk.end(talk.go.on);
    } finally {
      await talk.hangUp();
    }
    assert.ok(heard.join('').length > 1_000);
    assert.doesNotMatch(heard.join(''), /planted-(?!seven)/);
  });
});
