// m7 status as its users run it: what it says of a run that was killed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../src/engine';
import { DATE, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildCommand, ended, m7, startM7 } from './command';

describe('m7 status', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);

  it('reports a killed run as interrupted, with its date and how to continue, and none as running', async () => {
    writeDay(folder(), smallDay());
    const run = startM7(['run', '--date', DATE, '--json'], { cwd: folder() });
    const end = ended(run);
    run.stdin.end();
    await new Promise<void>((resolve) => {
      let heard = '';
      run.stdout.on('data', (text: string) => {
        heard += text;
        if (heard.includes('"step_finished"')) resolve();
      });
      void end.then(() => resolve());
    });
    run.kill('SIGKILL');
    assert.equal((await end).signal, 'SIGKILL');

    const json = JSON.parse((await m7(['status', '--json'], { cwd: folder() })).out) as Status;
    assert.equal(json.running, undefined);
    assert.deepEqual(
      json.runs.map(({ status, dates }) => [status, dates]),
      [['interrupted', [DATE]]],
    );
    const { out, code, err } = await m7(['status'], { cwd: folder() });
    assert.equal(code, 0, err);
    assert.doesNotMatch(out, /Running now/);
    assert.match(out, new RegExp(`interrupted .* ${DATE}`));
    assert.match(out, new RegExp(`Continue with: m7 run --date ${DATE}`));

    assert.equal((await m7(['run', '--date', DATE, '--quiet'], { cwd: folder() })).code, 0);
    assert.doesNotMatch((await m7(['status'], { cwd: folder() })).out, /Continue with/);
  });

  it('says before any run that a manifest is damaged, of which slot, and what to do', async () => {
    writeDay(folder(), smallDay());
    assert.equal((await m7(['run', '--date', DATE, '--quiet'], { cwd: folder() })).code, 0);
    const manifest = join(folder(), `data/.state/manifests/raw/${DATE}/Digi/Device.json`);
    writeFileSync(manifest, '{');
    const said = async (): Promise<string> =>
      (await m7(['status'], { cwd: folder() })).out.replace(/\s+/g, ' ');
    const expected =
      /Failed damaged manifest 20241115 Digi Device STATE_CORRUPT .*Device\.json is damaged.*Run "m7 repair --date 20241115"/;
    assert.match(await said(), /20241115 failed/);
    assert.match(await said(), expected);
    const { dates } = JSON.parse((await m7(['status', '--json'], { cwd: folder() })).out) as Status;
    assert.equal(dates[0]?.state, 'failed');
    assert.deepEqual(
      dates[0].tables.map(({ table, damaged }) => [table, damaged?.map((d) => [d.brand, d.error.file])]),
      [
        ['Device', [['Digi', manifest]]],
        ['Playback', undefined],
      ],
    );
    // The step that a run failed at for it is the same problem.
    assert.equal((await m7(['run', '--date', DATE, '--quiet'], { cwd: folder() })).code, 1);
    assert.match(await said(), expected);
    assert.equal((await said()).match(/STATE_CORRUPT/g)?.length, 1);
    assert.equal((await m7(['repair'], { cwd: folder() })).code, 0);
    assert.equal((await m7(['run', '--date', DATE, '--quiet'], { cwd: folder() })).code, 0);
    assert.doesNotMatch(await said(), /damaged/);
  });

  it('and a run, once, say that lines of the history are damaged', async () => {
    writeDay(folder(), smallDay());
    const run = async (): Promise<string> =>
      (await m7(['run', '--date', DATE, '--json'], { cwd: folder() })).out;
    const damaged = /2 lines of data\/\.state\/ledger are damaged: .* from a backup/;
    assert.doesNotMatch(await run(), /ledger/);
    assert.equal(
      'damaged_history' in JSON.parse((await m7(['status', '--json'], { cwd: folder() })).out),
      false,
    );
    const ledger = join(folder(), 'data/.state/ledger');
    const lines = readFileSync(ledger, 'utf8').split('\n');
    const spoilt = lines.map((line, i) =>
      i === 1 ? line.replace('"step"', '"stop"') : i === 3 ? 'x' : line,
    );
    writeFileSync(ledger, spoilt.join('\n'));
    const { out, code } = await m7(['status'], { cwd: folder() });
    assert.equal(code, 0);
    assert.match(out.replace(/\s+/g, ' '), damaged);
    const { damaged_history } = JSON.parse((await m7(['status', '--json'], { cwd: folder() })).out) as Status;
    assert.equal(damaged_history, 2);
    assert.match(await run(), damaged);
    assert.doesNotMatch(await run(), damaged);
  });
});
