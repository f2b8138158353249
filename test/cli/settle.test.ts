// Files that may still be written: a run waits for them, and never loads half of one.
import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
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
  /** A time of change that lies ahead: such a file is watched for all of SETTLE, however slowly a run starts. */
  const ahead = async (name = NAME): Promise<void> => {
    const then = new Date(Date.now() + 3_600_000);
    await utimes(landing(name), then, then);
  };
  /** A run that says that it waits. */
  const waitingRun = async (): Promise<{ readonly end: Promise<Ended> }> => {
    await ahead();
    const child = startM7(['run', '--workspace', folder(), '--date', '20241115'], SETTLE);
    child.stdin.end();
    const end = ended(child);
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stderr.on('data', (chunk: string) => {
        text += chunk;
        if (WAITS.test(text)) resolve();
      });
      child.once('close', () => reject(new Error(`It did not wait: ${text}`)));
    });
    return { end };
  };
  const rows = async (): Promise<number> => {
    const report = join(folder(), 'data/logs/reports/20241115/T.json');
    return (JSON.parse(await readFile(report, 'utf8')) as { rows: { loaded: number } }).rows.loaded;
  };
  const old = async (name = NAME): Promise<void> => {
    const then = new Date(Date.now() - 3_600_000);
    await utimes(landing(name), then, then);
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
    // Long enough for a slow start: the file counts from its own last change.
    const { code, err } = await run({ SETTLE: '10' });
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
    const running = await waitingRun();
    await appendFile(landing(), 'c,3\n');
    await ahead();
    const { code, err } = await running.end;
    assert.equal(code, 0);
    assert.match(err, /A_T_20241115\.csv stays in landing: it is still being written/);
    assert.equal((await stat(landing())).size, 17);
    await old();
    assert.equal((await run()).code, 0);
    assert.equal(await rows(), 3);
  });

  it('leaves a file that comes while it waits', async () => {
    const running = await waitingRun();
    await writeFile(landing('B_T_20241115.csv'), 'id,n\nz,9\n');
    await ahead('B_T_20241115.csv');
    const { code, err } = await running.end;
    assert.equal(code, 0);
    assert.match(err, /B_T_20241115\.csv stays in landing: it is still being written/);
    assert.equal(await rows(), 2);
    await old('B_T_20241115.csv');
    assert.equal((await run()).code, 0);
    assert.equal(await rows(), 3);
  });

  it('watches a file whose time of change lies ahead, and loads it', async () => {
    await ahead();
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
