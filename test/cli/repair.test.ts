// m7 repair over a workspace whose state was harmed: what it says, what it changes, and its exit codes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../src/engine/lake/lock';
import { DATE, failures, runDay, smallDay, worked, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildCommand, ended, m7, startM7, type Ended } from './command';

const RAW = `data/raw/${DATE}`;
const MANIFESTS = `data/.state/manifests/raw/${DATE}`;

describe('m7 repair', function () {
  this.timeout(120_000);
  const folder = useFolder();
  let done = '';
  before(async () => {
    await buildCommand();
    done = mkdtempSync(join(tmpdir(), 'm7-repair-cli-'));
    writeDay(done, smallDay());
    assert.deepEqual(failures(await runDay(done)), []);
  });
  after(() => rmSync(done, { recursive: true, force: true }));
  beforeEach(() => cpSync(done, folder(), { recursive: true, preserveTimestamps: true }));

  const at = (path: string): string => join(folder(), path);
  const repair = (...words: string[]): Promise<Ended> => m7(['repair', ...words, '--workspace', folder()]);
  const flat = (text: string): string => text.replace(/\s+/g, ' ');
  const lines = (text: string): Record<string, unknown>[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  /** Everything in the data folder by bytes and time; folders by their names. */
  const all = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(at('data'), { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => {
          const found = statSync(at(`data/${name}`));
          return [
            name,
            found.isFile()
              ? `${found.mtimeMs} ${readFileSync(at(`data/${name}`)).toString('base64')}`
              : 'folder',
          ];
        }),
    );
  const loseState = (): void => rmSync(at('data/.state'), { recursive: true });

  it('says that there is nothing to repair', async () => {
    const { code, out, err } = await repair('--verify');
    assert.deepEqual([code, out], [0, 'Nothing to repair in 1 date.\n'], err);
    assert.deepEqual(lines((await repair('--json')).out), [
      {
        ...{ event: 'repair_finished', dry_run: false, dates: 1, adopted: 0, made_again: 0, noted: 0 },
        ...{ next_run: 0, unproven: 0 },
      },
    ]);
  });

  it('with --dry-run says what it would do, and changes nothing at all', async () => {
    rmSync(at(`${MANIFESTS}/Digi/Device.json`));
    writeFileSync(at(`${MANIFESTS}/Digi/Playback.json`), '{');
    writeFileSync(at(`data/.state/manifests/gold/${DATE}/Device.json`), '{');
    appendFileSync(at(`${RAW}/Skylink/Device.csv`), '\nnew,M,1.00\n');
    rmSync(at(`${RAW}/Skylink/Playback.parquet`));
    // What every command that takes the lock makes.
    mkdirSync(at('data/.state/tmp'), { recursive: true });
    const before = all();
    const { code, out, err } = await repair('--dry-run');
    assert.equal(code, 0, out + err);
    assert.match(out, /adopted +data\/raw\/20241115\/Digi\/Device\.csv/);
    assert.match(out, /adopted +data\/raw\/20241115\/Digi\/Playback\.csv/);
    assert.match(out, /made again +data\/raw\/20241115\/Skylink\/Device\.csv/);
    assert.match(out, /made again +data\/raw\/20241115\/Skylink\/Playback\.csv/);
    assert.match(out, /next run +data\/\.state\/manifests\/gold\/20241115\/Device/);
    assert.match(out, /5 files would be repaired, 0 not proven\./);
    assert.match(err, /Nothing was changed: --dry-run\./);
    const json = lines((await repair('--dry-run', '--json')).out);
    assert.deepEqual(json.at(-1), {
      ...{ event: 'repair_finished', dry_run: true, dates: 1, adopted: 2, made_again: 2, noted: 0 },
      ...{ next_run: 1, unproven: 0 },
    });
    assert.deepEqual(all(), before);

    const { code: after, out: told } = await repair();
    assert.equal(after, 0);
    assert.match(told, /5 files repaired, 0 not proven\./);
    assert.equal((await m7(['run', '--date', DATE, '--quiet', '--workspace', folder()])).code, 0);
    assert.match((await repair()).out, /Nothing to repair/);
  });

  it('ends with 1 where a file is not proven: which, why, and what to do; the others are repaired', async () => {
    loseState();
    appendFileSync(at(`${RAW}/Digi/Device.csv`), '\nnew,M,1.00\n');
    const before = readFileSync(at(`${RAW}/Digi/Device.parquet`));
    const { code, out } = await repair();
    assert.equal(code, 1);
    assert.match(
      flat(out),
      /Not proven: data\/raw\/20241115\/Digi\/Device\.parquet .*Device\.csv, read again, gives other rows.* backup/,
    );
    assert.match(out, /3 files repaired, 1 not proven\./);
    const json = await repair('--json', '--date', DATE);
    assert.equal(json.code, 1);
    const [file, end] = lines(json.out);
    assert.deepEqual(
      [file?.['event'], file?.['outcome'], file?.['path'], file?.['date'], file?.['brand'], file?.['table']],
      ['file', 'unproven', `${RAW}/Digi/Device.parquet`, DATE, 'Digi', 'Device'],
    );
    assert.ok(file?.['reason'] !== '' && typeof file?.['remedy'] === 'string');
    assert.equal(end?.['unproven'], 1);
    assert.deepEqual(readFileSync(at(`${RAW}/Digi/Device.parquet`)), before);
  });

  it('looks at the date that is asked for only', async () => {
    loseState();
    assert.match((await repair('--date', '20240101')).out, /Nothing to repair in 1 date\./);
    assert.match((await repair('--date', DATE)).out, /4 files repaired/);
  });

  for (const [what, words] of Object.entries({
    'a date that is none': ['--date', '20241399'],
    'an option that it has not': ['--all'],
    'an argument': [DATE],
  }))
    it(`ends with 2 for ${what}, and changes nothing`, async () => {
      loseState();
      const before = all();
      const { code, out } = await repair(...words, '--json');
      assert.equal(code, 2);
      const [{ error } = {}] = lines(out);
      assert.equal((error as { readonly code: string }).code, 'USAGE');
      assert.deepEqual(all(), before);
    });

  it('ends with 2 where the config cannot be read', async () => {
    loseState();
    writeFileSync(at('config/table_schemas.json'), '{');
    assert.equal((await repair()).code, 2);
  });

  it('ends with 3 while a run works on the data folder', async () => {
    rmSync(at(`${MANIFESTS}/Digi/Device.json`));
    const lock = await takeLock(at('data/.state'));
    try {
      for (const words of [[], ['--dry-run']]) {
        const { code, err } = await repair(...words);
        assert.equal(code, 3);
        assert.match(err, /Another run is using this data folder/);
      }
    } finally {
      await lock.release();
    }
    assert.equal((await repair()).code, 0);
  });

  it('ends with 130 when it is interrupted, and the next one does the rest', async () => {
    loseState();
    const child = startM7(['repair', '--verbose', '--workspace', folder()]);
    const end = ended(child);
    child.stdin.end();
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { code, err } = await end;
    assert.equal(code, 130, err);
    assert.match(err, /Cancelled\./);
    assert.deepEqual(
      readdirSync(at('data/.state')).filter((name) => name.startsWith('lock')),
      [],
    );
    const { code: next, out } = await repair();
    assert.equal(next, 0, out);
    assert.deepEqual(
      worked(await runDay(folder())).filter((step) => step.startsWith('landing')),
      [],
    );
  });
});
