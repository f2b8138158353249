// How a debug session begins and ends: wrong launches, runs that count, clients that go, processes that are killed.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../src/engine/lake/lock';
import { STAGES } from '../../src/engine/model';
import { open, runDay, smallDay } from '../support/day';
import { useFolder } from '../support/folder';
import { differences, snapshot } from '../support/snapshot';
import {
  ADAPTER,
  buildAdapter,
  Conversation,
  failingDay,
  hashes,
  lineOf,
  RULES,
  writeOldDay,
} from './adapter';

describe('the life of a debug session', () => {
  before(buildAdapter);
  const folder = useFolder();
  /** Where the adapter puts its copies: a folder of this test alone. */
  let copies = '';
  let talk: Conversation;
  beforeEach(() => {
    copies = mkdtempSync(join(tmpdir(), 'm7-test-copies-'));
    writeOldDay(folder(), failingDay());
    talk = new Conversation(folder(), { TMPDIR: copies, TEMP: copies, TMP: copies });
  });
  afterEach(async () => {
    await talk.hangUp();
    rmSync(copies, { recursive: true, force: true });
  });

  const refuses = (
    what: string,
    more: Readonly<Record<string, unknown>>,
    message: RegExp,
    before?: () => void,
  ): void => {
    it(`tells a wrong launch: ${what}`, async () => {
      before?.();
      await talk.greet();
      await assert.rejects(talk.launch(more), message);
      assert.deepEqual(readdirSync(copies), []);
    });
  };
  refuses('no date', { date: undefined }, /No date was given\. Set "date" in launch\.json/);
  refuses('a date that is none', { date: '2024-13-45' }, /is not a date\. Write it as YYYYMMDD/);
  refuses('a date of which nothing is there', { date: '20200101' }, /There is nothing of 20200101/);
  refuses('no workspace', { workspace: '/no/such/folder' }, /There is no .*brand_configs\.json|is not there/);
  refuses(
    'a table that is none',
    { table: 'Playbak' },
    /There is no table "Playbak"\. Did you mean.*Playback/,
  );
  refuses('a stage that is none', { stage: 'gold' }, /There is no stage "gold"/);
  refuses('a flag that is none', { publish: 'yes' }, /"publish" is neither true nor false/);
  refuses('a broken config', {}, /validation_rules\.json/, () =>
    writeFileSync(join(folder(), RULES), '{ "tables": '),
  );

  it('tells that another run works on the data, where this one would count', async () => {
    const { lake } = await open(folder());
    const lock = await takeLock(lake.stateDir);
    try {
      await talk.greet();
      await assert.rejects(talk.launch({ publish: true }), /Another run is using this data folder/);
    } finally {
      await lock.release();
    }
  });

  it('runs on a copy beside another run', async () => {
    const { lake } = await open(folder());
    const lock = await takeLock(lake.stateDir);
    try {
      await talk.greet();
      await talk.stop(() => talk.launch());
    } finally {
      await lock.release();
    }
  });

  it('with "publish" ends as an ordinary run does, and neither goes back nor takes other rules', async () => {
    const other = mkdtempSync(join(tmpdir(), 'm7-test-'));
    try {
      writeOldDay(other, smallDay());
      await runDay(other);
      writeOldDay(folder(), smallDay());
      await talk.greet();
      await talk.breakpoints(RULES, { line: lineOf(join(folder(), RULES), '"references"') });
      await talk.stop(() => talk.launch({ publish: true }));
      await assert.rejects(talk.client.restartFrameRequest({ frameId: 2 }), /A run with "publish"/);
      await talk.stop(talk.go.back);
      assert.match(talk.printed.at(-1) ?? '', /cannot go back/);
      await talk.end(talk.go.on);
      assert.deepEqual(
        differences(await snapshot(join(other, 'data')), await snapshot(join(folder(), 'data'))),
        [],
      );
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('removes its copy at the end, and leaves the workspace as it was', async () => {
    const before = hashes(folder());
    await talk.greet();
    await talk.stop(() => talk.launch());
    assert.equal(readdirSync(copies).filter((name) => name.startsWith('m7-debug-')).length, 1);
    await talk.client.disconnectRequest();
    await talk.gone();
    assert.deepEqual(readdirSync(copies), []);
    assert.deepEqual(hashes(folder()), before);
  });

  it('copies where files cannot be linked: between two disks', async function () {
    const memory = '/dev/shm';
    if (!existsSync(memory) || statSync(memory).dev === statSync(folder()).dev) this.skip();
    const elsewhere = mkdtempSync(join(memory, 'm7-test-copies-'));
    await runDay(folder());
    const before = hashes(folder());
    const far = new Conversation(folder(), { TMPDIR: elsewhere });
    try {
      await far.greet();
      await far.filters('failed');
      await far.stop(() => far.launch({ stage: [...STAGES] }));
      assert.match(await far.top(), /^rule playback_length/);
      assert.equal((await far.ask('SELECT count(*) FROM silver.Playback')).result, '84');
      await far.stop(far.go.in);
      assert.match(await far.top(), /Playback\.csv:3$/);
    } finally {
      await far.hangUp();
      rmSync(elsewhere, { recursive: true, force: true });
    }
    assert.deepEqual(hashes(folder()), before);
  });

  it('ends in the middle of a run when it is told to, and says so', async () => {
    await talk.greet();
    await talk.filters();
    await talk.stop(() => talk.launch({ stopOnEntry: true }));
    await talk.end(() => talk.client.terminateRequest());
    assert.match(talk.printed.at(-1) ?? '', /^The run was cancelled/);
  });

  it('begins anew when it is told to', async () => {
    await talk.greet();
    await talk.stop(() => talk.launch());
    const again = await talk.stop(() => talk.client.restartRequest({}));
    assert.equal(again.reason, 'exception');
    assert.equal(readdirSync(copies).filter((name) => name.startsWith('m7-debug-')).length, 1);
  });

  describe('that is begun anew', () => {
    const broken = '{ "tables": ';
    const copied = (): number => readdirSync(copies).filter((name) => name.startsWith('m7-debug-')).length;

    it('stays as it is where the rules are broken now, and begins by them once they are mended', async () => {
      const rules = join(folder(), RULES);
      const good = readFileSync(rules, 'utf8');
      await talk.greet();
      await talk.stop(() => talk.launch());
      writeFileSync(rules, broken);
      await assert.rejects(talk.client.restartRequest({}), /validation_rules\.json/);
      assert.match(await talk.top(), /^rule playback_length/);
      assert.equal((await talk.ask('count(*)')).result, '82', 'and can be asked');
      writeFileSync(rules, good.replace('"min": 14', '"min": 21'));
      await talk.stop(() => talk.client.restartRequest({}));
      assert.ok((await talk.variables('Rule')).includes('min: 21'));
      assert.equal(copied(), 1);
    });

    it('begins after a launch that failed', async () => {
      const rules = join(folder(), RULES);
      const good = readFileSync(rules, 'utf8');
      writeFileSync(rules, broken);
      await talk.greet();
      await assert.rejects(talk.launch(), /validation_rules\.json/);
      await assert.rejects(talk.client.restartRequest({}), /validation_rules\.json/);
      writeFileSync(rules, good);
      await talk.stop(() => talk.client.restartRequest({}));
      assert.match(await talk.top(), /^rule playback_length/);
      assert.equal(copied(), 1);
    });

    it('stays as it is where there is nothing of the date that is asked for', async () => {
      await talk.greet();
      await talk.stop(() => talk.launch());
      const elsewhere = { arguments: { workspace: folder(), date: '20200101' } } as never;
      await assert.rejects(talk.client.restartRequest(elsewhere), /There is nothing of 20200101/);
      assert.match(await talk.top(), /^rule playback_length/);
      const again = await talk.stop(() => talk.client.restartRequest({}));
      assert.equal(again.reason, 'exception', 'of the date it was launched with');
    });

    it('ends where the run is left and no other can begin', async () => {
      await talk.greet();
      await talk.stop(() => talk.launch());
      rmSync(copies, { recursive: true });
      writeFileSync(copies, 'no folder for a copy');
      await talk.end(() => assert.rejects(talk.client.restartRequest({}), /copies/));
      assert.match(talk.printed.at(-1) ?? '', /^The run failed\./);
    });
  });

  it('pauses at the next place', async () => {
    await talk.greet();
    await talk.filters();
    await talk.stop(() => talk.launch({ stopOnEntry: true }));
    const paused = await talk.stop(async () => {
      await talk.client.pauseRequest({ threadId: 1 });
      await talk.go.on();
    });
    assert.equal(paused.reason, 'pause');
  });

  it('runs to the end without a stop where debugging is off', async () => {
    await talk.greet();
    await talk.end(() => talk.launch({ noDebug: true, stopOnEntry: true }));
    assert.match(talk.printed.join('\n'), /gold-to-snowflake Playback: failed/);
  });

  for (const [how, publish] of [
    ['killed', false],
    ['left by a client that is gone', false],
    ['left by a client that is gone, with a run that counts', true],
  ] as const)
    it(`leaves no process and no change when it is ${how}`, async () => {
      if (!publish) await runDay(folder());
      const before = hashes(folder());
      await talk.greet();
      await talk.filters();
      await talk.stop(() =>
        talk.launch({ stopOnEntry: true, stage: publish ? undefined : 'raw-to-silver', publish }),
      );
      if (how === 'killed') talk.process.kill('SIGKILL');
      else talk.process.stdin?.end();
      await talk.gone();
      if (publish) assert.equal(existsSync(join(folder(), 'data/.state/lock')), false);
      else assert.deepEqual(hashes(folder()), before);
      if (how === 'killed') {
        // The next one takes away what the killed one could not.
        const next = new Conversation(folder(), { TMPDIR: copies, TEMP: copies, TMP: copies });
        await next.greet();
        await next.end(() => next.launch({ noDebug: true }));
        await next.hangUp();
      }
      assert.deepEqual(readdirSync(copies), []);
    });

  it('tells no catalogue of a run on a copy', async () => {
    let told = 0;
    const catalogue = createServer((request, response) => {
      told += 1;
      request.resume();
      response.end();
    }).listen(0, '127.0.0.1');
    await once(catalogue, 'listening');
    try {
      const { port } = catalogue.address() as AddressInfo;
      const settings = `EXPECTED_TABLES=Device,Playback\nOPENLINEAGE=http\nOPENLINEAGE_URL=http://127.0.0.1:${port}\n`;
      writeOldDay(folder(), { ...smallDay(), settings });
      await talk.greet();
      await talk.end(() => talk.launch());
      await talk.client.disconnectRequest();
      await talk.gone();
      assert.equal(told, 0);
    } finally {
      catalogue.close();
    }
  });

  it('answers nothing that is no protocol', async () => {
    const child: ChildProcess = spawn(process.execPath, [ADAPTER], { stdio: ['pipe', 'pipe', 'pipe'] });
    const exit = once(child, 'exit');
    child.stdin?.end('hello\r\n');
    const [code] = (await exit) as [number];
    assert.equal(code, 0);
  });
});
