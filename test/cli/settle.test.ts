// Files that may still be written: a run waits for them, and never loads half of one.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useFolder } from '../support/folder';
import { buildCommand, ended, m7, startM7, type Ended } from './command';

const NAME = 'A_T_20241115.csv';
const SETTLE = { env: { SETTLE: '3' } };
const WAITS = /Waiting \d+ s: A_T_20241115\.csv changed less than \d+ s ago \(SETTLE\)/;

describe('SETTLE: files that may still be written', function () {
  before(buildCommand);
  const folder = useFolder();
  const landing = (name = NAME): string => join(folder(), 'data/landing', name);
  const run = (env = SETTLE.env): Promise<Ended> =>
    m7(['run', '--workspace', folder(), '--date', '20241115'], { env });
  const rows = async (): Promise<number> => {
    const report = join(folder(), 'data/logs/reports/20241115/T.json');
    return (JSON.parse(await readFile(report, 'utf8')) as { rows: { loaded: number } }).rows.loaded;
  };
  const changed = (ms: number, name = NAME): Promise<void> =>
    utimes(landing(name), new Date(ms), new Date(ms));
  const old = (name = NAME): Promise<void> => changed(Date.now() - 3_600_000, name);
  /** A run that waits: it has seen the files, and says so. In an object, so that nobody waits for its end here. */
  const waiting = async (): Promise<{ readonly end: Promise<Ended> }> => {
    // A time of change that lies ahead: it waits, however long it took to start.
    await changed(Date.now() + 86_400_000 * 365);
    const child = startM7(['run', '--workspace', folder(), '--date', '20241115'], SETTLE);
    child.stdin.end();
    const end = ended(child);
    await new Promise<void>((resolve) => {
      let said = '';
      child.stderr.on('data', (text: string) => {
        said += text;
        if (WAITS.test(said)) resolve();
      });
      child.once('close', () => resolve());
    });
    return { end };
  };

  /** Writes again and again, with pauses much shorter than SETTLE. */
  const goesOn = (write: () => void): { readonly stop: () => number } => {
    let times = 1;
    write();
    const timer = setInterval(() => {
      write();
      times += 1;
    }, 500);
    return {
      stop: () => {
        clearInterval(timer);
        return times;
      },
    };
  };

  beforeEach(async () => {
    await mkdir(join(folder(), 'config'));
    await mkdir(join(folder(), 'data/landing'), { recursive: true });
    await writeFile(join(folder(), '.env'), 'EXPECTED_TABLES=T\n');
    await writeFile(join(folder(), 'config/brand_configs.json'), '{"brands": {"A": "A", "B": "B"}}');
    await writeFile(
      join(folder(), 'config/table_schemas.json'),
      '{"tables": {"T": {"columns": {"id": {"type": "VARCHAR"}, "n": {"type": "BIGINT"}}}}}',
    );
    await writeFile(join(folder(), 'config/validation_rules.json'), '{"tables": {}}');
    await writeFile(landing(), 'id,n\na,1\nb,2\n');
  });

  it('waits for a new file, says so, and loads it', async () => {
    const { code, err } = await run({ SETTLE: '8' });
    assert.equal(code, 0);
    assert.match(err, WAITS);
    assert.equal(await rows(), 2);
  });

  it('does not wait for a file that changed long ago, nor where nothing came', async () => {
    await old();
    const first = await run();
    assert.equal(first.code, 0);
    assert.doesNotMatch(first.err, /Waiting/);
    assert.doesNotMatch((await run()).err, /Waiting/);
  });

  it('leaves an upload that pauses in landing, and loads all of it with the next run', async () => {
    const running = await waiting();
    const upload = goesOn(() => appendFileSync(landing(), 'c,3\n'));
    const { code, err } = await running.end;
    const lines = upload.stop();
    assert.equal(code, 0);
    assert.match(err, /A_T_20241115\.csv stays in landing: it is still being written/);
    assert.equal((await stat(landing())).size, 13 + 4 * lines);
    await old();
    assert.equal((await run()).code, 0);
    assert.equal(await rows(), 2 + lines);
  });

  it('leaves a file that comes while it waits', async () => {
    const running = await waiting();
    const upload = goesOn(() => writeFileSync(landing('B_T_20241115.csv'), 'id,n\nz,9\n'));
    const { code, err } = await running.end;
    upload.stop();
    assert.equal(code, 0);
    assert.match(err, /B_T_20241115\.csv stays in landing: it is still being written/);
    assert.equal(await rows(), 2);
    await old('B_T_20241115.csv');
    assert.equal((await run()).code, 0);
    assert.equal(await rows(), 3);
  });

  it('watches a file whose time of change lies ahead, and loads it', async () => {
    await changed(Date.now() + 86_400_000 * 365);
    const { code, err } = await run();
    assert.equal(code, 0);
    assert.match(err, WAITS);
    assert.equal(await rows(), 2);
  });

  it('can be cancelled while it waits', async () => {
    const child = startM7(['run', '--workspace', folder(), '--date', '20241115'], { env: { SETTLE: '600' } });
    child.stderr.once('data', () => child.kill('SIGINT'));
    child.stdin.end();
    const { code } = await ended(child);
    assert.equal(code, 130);
    assert.equal((await stat(landing())).size, 13);
  });

  it('refuses a SETTLE that is no number of seconds', async () => {
    for (const wrong of ['-1', 'soon', '1e9']) {
      const { code, err } = await run({ SETTLE: wrong });
      assert.equal(code, 2, wrong);
      assert.match(err, /SETTLE/);
    }
  });

  it('loads the same bytes of two brands under both, and says so', async () => {
    await writeFile(landing('B_T_20241115.csv'), 'id,n\na,1\nb,2\n');
    await old();
    await old('B_T_20241115.csv');
    const { code, err } = await run();
    assert.equal(code, 0);
    assert.match(
      err,
      /B_T_20241115\.csv has the same bytes as A_T_20241115\.csv of another brand: both are loaded/,
    );
    assert.equal(await rows(), 4);
  });
});
