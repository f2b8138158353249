// m7 watch as its users run it: files that arrive, settle, fail, and folders that come and go.
import assert from 'node:assert/strict';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../../src/engine/lake/lock';
import { DATE, smallDay, writeDay, type Day } from '../support/day';
import { useFolder } from '../support/folder';
import { PASSWORD, startPeer } from '../support/snowflake/peer';
import { buildCommand, ended, m7, startM7, type Ended } from './command';

interface Told {
  readonly event: string;
  readonly run_id: string;
  readonly level?: string;
  readonly message?: string;
  readonly status?: string;
  readonly dates?: readonly string[];
  readonly steps?: { readonly done: number; readonly failed: number };
}

interface Watching {
  readonly child: ChildProcessWithoutNullStreams;
  readonly told: readonly Told[];
  /** The next event that is so, of those told after the last one that was asked for. */
  until(what: string, is: (event: Told) => boolean): Promise<Told>;
  stop(): Promise<Ended>;
}

const QUICK = ['--interval', '0.2', '--settle', '0.1', '--json'];
const running: ChildProcessWithoutNullStreams[] = [];

function startWatch(
  folder: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Watching {
  const child = startM7(['watch', ...QUICK, ...words], { cwd: folder, env });
  running.push(child);
  child.stdin.end();
  const told: Told[] = [];
  let rest = '';
  let wake = (): void => undefined;
  child.stdout.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) told.push(JSON.parse(line) as Told);
    wake();
  });
  const end = ended(child);
  let asked = 0;
  void end.then(() => wake());
  return {
    child,
    told,
    until: async (what, is) => {
      for (;;) {
        for (; asked < told.length; asked += 1) {
          const event = told[asked];
          if (event !== undefined && is(event)) {
            asked += 1;
            return event;
          }
        }
        if (child.exitCode !== null || child.signalCode !== null)
          assert.fail(`ended before: ${what}. ${(await end).err}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    stop: () => {
      child.kill('SIGTERM');
      return end;
    },
  };
}

const finished = (event: Told): boolean => event.event === 'run_finished';
const says =
  (pattern: RegExp) =>
  (event: Told): boolean =>
    event.event === 'log' && pattern.test(event.message ?? '');

/** The small day, of a date that a run without a date looks at. */
function recent(): Day {
  const day = smallDay();
  return { ...day, settings: `${day.settings ?? ''}MAX_DAYS_BACK=36500\n` };
}
const playback = (name: string): string => `data/landing/${name}_Playback_${DATE}.csv`;

describe('m7 watch', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  it('runs what is there and what arrives, each file once it is whole, and stops with 0', async () => {
    const day = recent();
    const late = `Digi_Playback_${DATE}.csv`;
    const { [late]: content = '', ...files } = day.files;
    writeDay(folder(), { ...day, files });
    const watching = startWatch(folder());
    const first = await watching.until('a run', finished);
    assert.deepEqual([first.status, first.dates], ['ok', [DATE]]);

    // Written in many parts, as a slow copy is: only the whole file may be taken.
    const text = content.toString();
    for (let at = 0; at < text.length; at += 200) {
      appendFileSync(join(folder(), playback('Digi')), text.slice(at, at + 200));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    const second = await watching.until('the run of the late file', finished);
    assert.equal(second.status, 'ok');
    const end = await watching.stop();
    assert.deepEqual([end.code, end.signal], [0, null], end.err);
    assert.equal(readFileSync(join(folder(), `data/raw/${DATE}/Digi/Playback.csv`), 'utf8'), text);
    assert.equal(watching.told.filter(finished).length, 2, 'it came in one piece');

    const logs = readdirSync(join(folder(), 'data/logs/watch'));
    assert.match(logs.join(), /^\d{8}\.ndjson$/);
    const log = readFileSync(join(folder(), 'data/logs/watch', logs[0] ?? ''), 'utf8')
      .trim()
      .split('\n');
    const events = log.map((line) => JSON.parse(line) as Told);
    assert.match(events[0]?.message ?? '', /^Watching data\/landing every 0\.2 s/);
    assert.equal(events.filter(finished).length, 2);
    assert.equal(events.at(-1)?.message, 'Stopped watching.');
    assert.equal(readdirSync(join(folder(), 'data/logs/runs')).length, 2, 'an idle look is no run');
  });

  it('does not run a broken date again and again, but at once when its rules are mended', async () => {
    const day = recent();
    const strict = { Device: { rules: [{ rule: 'range', column: 'price', max: 1, error: 1 }] } };
    writeDay(folder(), { ...day, rules: strict });
    const watching = startWatch(folder(), ['--retry', '3000']);
    assert.equal((await watching.until('the failure', finished)).status, 'failed');
    await watching.until('the wait', says(/20241115 is not finished: attempt 2 starts in 50 min/));
    writeFileSync(join(folder(), 'config/validation_rules.json'), '{"tables": ');
    await watching.until('the broken config', says(/Nothing runs until the config is fixed/));
    writeFileSync(join(folder(), 'config/validation_rules.json'), '{"tables": {}}');
    assert.equal((await watching.until('the mended run', finished)).status, 'ok');
    assert.equal((await watching.stop()).code, 0);
    assert.equal(watching.told.filter(finished).length, 2);
  });

  it('runs a waiting date at once when a file of it comes, and what a changed rule makes due', async () => {
    const day = recent();
    const strict = { Device: { rules: [{ rule: 'range', column: 'price', max: 1, error: 1 }] } };
    const late = `Digi_Playback_${DATE}.csv`;
    const { [late]: content = '', ...files } = day.files;
    writeDay(folder(), { ...day, files, rules: strict });
    const watching = startWatch(folder(), ['--retry', '3000']);
    await watching.until('the wait', says(/attempt 2 starts/));
    writeFileSync(join(folder(), playback('Digi')), content);
    const again = await watching.until('a second run', finished);
    assert.deepEqual([again.status, again.steps?.failed], ['failed', 1]);
    await watching.until('the wait', says(/attempt 2 starts/));
    writeFileSync(join(folder(), 'config/validation_rules.json'), JSON.stringify({ tables: {} }));
    assert.equal((await watching.until('a run', finished)).status, 'ok');
    // Everything is loaded now: a rule that changes makes the loaded date due again.
    writeFileSync(
      join(folder(), 'config/validation_rules.json'),
      JSON.stringify({ tables: { Device: { rules: [{ rule: 'not_null', column: 'model' }] } } }),
    );
    const fourth = await watching.until('the run of the new rule', finished);
    assert.deepEqual([fourth.status, fourth.steps?.done], ['ok', 1]);
    assert.equal((await watching.stop()).code, 0);
  });

  it('tries again by itself, and less and less often', async () => {
    const strict = { Device: { rules: [{ rule: 'range', column: 'price', max: 1, error: 1 }] } };
    writeDay(folder(), { ...recent(), rules: strict });
    const watching = startWatch(folder(), ['--retry', '0.3']);
    await watching.until('the first wait', says(/attempt 2 starts in 0\.\d s/));
    await watching.until('the second try', finished);
    await watching.until('the second wait', says(/attempt 3 starts/));
    await watching.until('the third try', finished);
    assert.equal((await watching.stop()).code, 0);
  });

  it('waits for another run to end', async () => {
    writeDay(folder(), recent());
    const lock = await takeLock(join(folder(), 'data/.state'));
    const watching = startWatch(folder());
    await watching.until('the wait', says(/Another run is using the data folder: waiting for its end/));
    await lock.release();
    await watching.until('the end of the wait', says(/The other run has ended/));
    assert.equal((await watching.until('the run', finished)).status, 'ok');
    assert.equal((await watching.stop()).code, 0);
    assert.equal(watching.told.filter(says(/Another run/)).length, 1, 'it is told once');
  });

  it('survives a landing folder that goes and comes back', async () => {
    const { files, ...day } = recent();
    writeDay(folder(), { ...day, files: {} });
    const landing = join(folder(), 'data/landing');
    const watching = startWatch(folder());
    await watching.until('the start', says(/^Watching/));
    renameSync(landing, `${landing}.away`);
    await watching.until('the absence', says(/data\/landing is missing: waiting for it/));
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(`${landing}.away`, name), content);
    renameSync(`${landing}.away`, landing);
    await watching.until('the return', says(/data\/landing is available again/));
    assert.equal((await watching.until('the run', finished)).status, 'ok');
    // A drive with all the data: nothing is made in its place.
    const data = join(folder(), 'data');
    renameSync(data, `${data}.away`);
    await watching.until('the absence', says(/is missing/));
    writeFileSync(join(folder(), 'config/validation_rules.json'), '{"tables": {}}');
    await watching.until('a look', says(/were reloaded/));
    assert.deepEqual(readdirSync(folder()).sort(), ['.env', 'config', 'data.away']);
    renameSync(`${data}.away`, data);
    assert.equal((await watching.until('the run of the changed rules', finished)).status, 'ok');
    assert.equal((await watching.stop()).code, 0);
  });

  it('cancels its run when it is stopped, and the next run goes on from there', async () => {
    writeDay(folder(), { ...recent(), files: smallDay(40_000).files });
    const watching = startWatch(folder());
    await watching.until('work', (event) => event.event === 'step_started');
    const end = await watching.stop();
    assert.deepEqual([end.code, end.signal], [0, null], end.err);
    const last = watching.told.find(finished);
    assert.equal(last?.status, 'cancelled');
    const after = await m7(['run', '--quiet'], { cwd: folder() });
    assert.equal(after.code, 0, after.err);
    const idle = await m7(['run', '--json'], { cwd: folder() });
    assert.match(idle.out, /"done":0/);
  });

  it('picks up a date that a killed run left unfinished', async () => {
    writeDay(folder(), recent());
    const killed = await m7(['run'], { cwd: folder(), env: { M7_CRASH_AT: 'load.committed:2' } });
    assert.equal(killed.signal, 'SIGKILL');
    const end = await m7(['watch', ...QUICK, '--once'], { cwd: folder() });
    assert.equal(end.code, 0, end.err);
    const run = end.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
      .filter(finished);
    assert.deepEqual(
      run.map((one) => [one.status, one.dates]),
      [['ok', [DATE]]],
    );
  });

  it('ends with --once as its run did, and with 130 when it is stopped before one', async () => {
    const strict = { Device: { rules: [{ rule: 'range', column: 'price', max: 1, error: 1 }] } };
    writeDay(folder(), { ...recent(), rules: strict });
    const failed = await m7(['watch', '--interval', '0.2', '--settle', '0', '--once'], { cwd: folder() });
    assert.equal(failed.code, 1, failed.err);
    assert.match(failed.out, /Device .* failed/);
    assert.match(failed.err, /Watching data\/landing every 0\.2 s/);

    writeDay(folder(), { ...recent(), files: {} });
    const waiting = startWatch(folder(), ['--once', '--date', '20240101']);
    await waiting.until('the start', says(/^Watching/));
    assert.equal((await waiting.stop()).code, 130);
  });

  it('finds its files among thousands that are none of its', async () => {
    const day = recent();
    writeDay(folder(), day);
    for (let i = 0; i < 3_000; i += 1) writeFileSync(join(folder(), `data/landing/other-${i}.txt`), '');
    const end = await m7(['watch', ...QUICK, '--once'], { cwd: folder() });
    assert.equal(end.code, 0, end.err);
  });

  it('does not keep Snowflake awake: what is loaded is not asked about again', async () => {
    const peer = await startPeer();
    try {
      writeDay(folder(), recent());
      const watching = startWatch(folder(), [], {
        MOCK_SNOWFLAKE: 'false',
        SNOWFLAKE_ACCOUNT: peer.account,
        SNOWFLAKE_ACCESS_URL: peer.url,
        SNOWFLAKE_USER: 'LOADER',
        SNOWFLAKE_PASSWORD: PASSWORD,
        SNOWFLAKE_WAREHOUSE: peer.warehouse,
        SNOWFLAKE_DATABASE: peer.database,
      });
      assert.equal((await watching.until('the load', finished)).status, 'ok');
      const landing = join(folder(), 'data/landing');
      // The run has given its session back when the next look is told.
      renameSync(landing, `${landing}.away`);
      await watching.until('a look', says(/is missing/));
      const asked = peer.requests.length;
      renameSync(`${landing}.away`, landing);
      await watching.until('a look', says(/is available again/));
      renameSync(landing, `${landing}.away`);
      await watching.until('a look', says(/is missing/));
      assert.equal(peer.requests.length, asked);
      assert.equal((await watching.stop()).code, 0);
      assert.equal(watching.told.filter(finished).length, 1);
    } finally {
      await peer.close();
    }
  });

  it('ends when nobody reads its events any more', async () => {
    writeDay(folder(), { ...recent(), files: {} });
    const watching = startWatch(folder());
    await watching.until('the start', says(/^Watching/));
    watching.child.stdout.destroy();
    const end = new Promise<number | null>((resolve) => watching.child.on('exit', resolve));
    for (const [name, content] of Object.entries(smallDay(4_000).files))
      writeFileSync(join(folder(), 'data/landing', name), content);
    assert.equal(await end, 0);
  });

  it('refuses what it cannot do', async () => {
    writeDay(folder(), recent());
    const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['--interval', '0'], 2, /"0" is no number of seconds for --interval/],
      [['--settle', '-1'], 2, /-1/],
      [['--retry', 'soon'], 2, /"soon" is no number of seconds for --retry/],
      [['--interval', '1', '--interval', '2'], 2, /--interval is given twice/],
      [['--from', DATE], 2, /--from needs --to/],
      [['--force'], 2, /--force/],
      [['--table', 'Devise'], 2, /There is no table "Devise"[\s\S]*Did you mean Device/],
      [['--workspace', join(folder(), 'none')], 2, /There is no folder/],
      [['--interval', '99999999'], 2, /Give a number from 0\.1 to 86400/],
    ];
    for (const [words, code, message] of wrong) {
      const end = await m7(['watch', ...words], { cwd: folder() });
      assert.equal(end.code, code, `${words.join(' ')}: ${end.err}`);
      assert.match(end.err, message);
    }
    writeFileSync(join(folder(), 'config/table_schemas.json'), '{');
    const broken = await m7(['watch'], { cwd: folder() });
    assert.equal(broken.code, 2);
    assert.match(broken.err, /table_schemas\.json/);
  });
});
