// m7 status as its users run it: what it says of a run that was killed.
import assert from 'node:assert/strict';
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
});
