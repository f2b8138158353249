// Rules that take more than they may, evaluated by the engine process and by m7: the call fails in words, and the process
// stays small or ends.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ChannelError } from '../../src/shared/channel';
import { startEngine } from '../../src/vscode/engine/process';
import { ended, m7, startM7 } from '../cli/command';
import { DATE, runDay, smallDay, writeDay } from '../support/day';
import { doubled } from '../support/doubledSql';
import { grownBy } from '../support/peakMemory';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const RULES = 'config/validation_rules.json';
/** MEMORY_LIMIT with its room, the rest that is not interrupted, a process at rest, and what is filled between two looks. */
const MOST_MEGABYTES = 256 + 384 + 512 + 400;

const LARGE = `length(${doubled("concat('a', seconds)", 28)}) > 0`;
const DEAF = "(repeat('a', 20000) || seconds) NOT LIKE '%a%a%a%a_%a%a%b'";
const rules = (sql: string): string =>
  JSON.stringify({
    tables: { Playback: { rules: [{ id: 'attack', rule: 'expression', expression: sql }] } },
  });

describe('a rule over its bounds', () => {
  const folders: string[] = [];
  /** A day that has run, where statements may take so many seconds. */
  const workspace = async (seconds: number): Promise<string> => {
    const folder = mkdtempSync(join(tmpdir(), 'm7-test-'));
    folders.push(folder);
    const settings = `EXPECTED_TABLES=Device,Playback\nMEMORY_LIMIT=256MB\nSQL_TIMEOUT=${seconds}\n`;
    writeDay(folder, { ...smallDay(), settings });
    await runDay(folder);
    return folder;
  };
  const engineOf = (directory: string, log: string[]) =>
    startEngine({
      ...{ script: SCRIPT, directory, trusted: true, environment: { SETTLE: '0' } },
      log: (line) => log.push(line),
    });
  const draft = (sql: string) => ({ file: 'validation_rules', text: rules(sql) }) as const;
  const wanted = { table: 'Playback', rule: 'attack', date: DATE };
  let deaf: Promise<{
    readonly error: unknown;
    readonly departure: { readonly reason: string };
    readonly log: readonly string[];
  }>;

  before(async () => {
    // Takes the patience of the watch: the others are tried meanwhile.
    const log: string[] = [];
    const engine = engineOf(await workspace(2), log);
    const answer = engine.channel.call('editing.tryRule', { draft: draft(DEAF), ...wanted });
    deaf = answer
      .catch((error: unknown) => error)
      .then(async (error) => {
        // It is ended already, unless it does wrong.
        engine.stop();
        return { error, departure: await engine.gone, log };
      });
  });
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('fails in words where it fills the memory, and its process stays small', async () => {
    const log: string[] = [];
    const engine = engineOf(await workspace(60), log);
    await engine.channel.call('status', {});
    try {
      const { result, most } = await grownBy(
        () =>
          engine.channel.call('editing.tryRule', { draft: draft(LARGE), ...wanted }).catch((e: unknown) => e),
        engine.pid,
      );
      const said = result instanceof ChannelError ? result.plain.message : JSON.stringify(result);
      assert.match(said, /used too much memory/);
      assert.ok(most < MOST_MEGABYTES, `${most} MB`);
    } finally {
      engine.stop();
      await engine.gone;
    }
  });

  it('fails a run of m7 in words, whose process stays small', async () => {
    const folder = await workspace(60);
    writeFileSync(join(folder, RULES), rules(LARGE));
    const child = startM7(['validate', '--date', DATE], { cwd: folder });
    const { result, most } = await grownBy(() => ended(child), child.pid);
    const { out, err, code, signal } = result;
    assert.ok(most < MOST_MEGABYTES, `${most} MB`);
    assert.match(`${out}${err}`, /used too much memory/);
    assert.ok(code === 1 || signal === 'SIGKILL', `${String(code)} ${String(signal)}`);
  });

  it('ends a run of m7 where it does not obey, and the next run goes on', async () => {
    const folder = await workspace(2);
    const before = readFileSync(join(folder, RULES), 'utf8');
    writeFileSync(join(folder, RULES), rules(DEAF));
    const { err, signal } = await m7(['validate', '--date', DATE], { cwd: folder });
    assert.equal(signal, 'SIGKILL');
    assert.match(err, /A query took too long and could not be cancelled: .*\(TIMEOUT\)/);
    writeFileSync(join(folder, RULES), before);
    assert.equal((await m7(['validate', '--date', DATE], { cwd: folder })).code, 0);
  });

  it('ends the engine process where it does not obey: the call and the log say why', async () => {
    const { error, departure, log } = await deaf;
    assert.ok(error instanceof ChannelError, JSON.stringify(error));
    assert.equal(error.code, 'TIMEOUT');
    assert.match(
      error.message,
      /took too long and could not be cancelled: the process that ran it was ended/,
    );
    assert.match(log.join('\n'), /could not be cancelled: .* It was answering editing\.tryRule\./);
    assert.equal(departure.reason, 'signal SIGKILL');
  });
});
