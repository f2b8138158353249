// Landing files that are replaced between listing and reading: by links, pipes and other files, at any moment.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { holdFile, moveHeld } from '../../../src/engine/base';
import { readLanding } from '../../../src/engine/lake';
import { DATE, open, runDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

const HEAD = 'device_id,model\n';
const FILE = `Skylink_Device_${DATE}.csv`;
const SECRET = `${HEAD}root,secret\n`;
const FIRST = `${HEAD}user,public\n`;

(process.platform === 'win32' ? describe.skip : describe)('a landing file that is replaced', function () {
  this.timeout(60_000);
  const folder = useFolder();
  const at = (...parts: readonly string[]): string => join(folder(), ...parts);
  const landing = (name = FILE): string => at('data/landing', name);

  /** What lies in landing has the size and the time of what it will be replaced by. */
  function write(text = FIRST, name = FILE): void {
    const columns = { device_id: { type: 'VARCHAR' }, model: { type: 'VARCHAR' } };
    const tables = { Device: { columns } };
    const settings = 'EXPECTED_TABLES=Device\n';
    writeDay(folder(), { brands: { Skylink: 'SKL' }, tables, settings, files: { [name]: text } });
    writeFileSync(at('secret.csv'), SECRET);
    for (const path of [at('secret.csv'), landing(name)]) utimesSync(path, 1_700_000_000, 1_700_000_000);
  }
  /** Everything a run left in the data folder, as one text. */
  const everything = (): string =>
    readdirSync(at('data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  const isLink = (path: string): boolean => lstatSync(path).isSymbolicLink();

  const swaps: Readonly<Record<string, (path: string) => void>> = {
    'a link out of the folder': (path) => symlinkSync(at('secret.csv'), path),
    'a link to a device without end': (path) => symlinkSync('/dev/zero', path),
    'a pipe that nobody writes': (path) => void execFileSync('mkfifo', [path]),
  };
  for (const [what, swap] of Object.entries(swaps))
    it(`by ${what} before its step is not read, and stays where it is`, async () => {
      write();
      let done = false;
      await runDay(folder(), {
        each: (event) => {
          if (event.event !== 'step_started' || done) return;
          done = true;
          unlinkSync(landing());
          swap(landing());
        },
      });
      assert.ok(done);
      assert.ok(!lstatSync(landing()).isFile());
      assert.ok(!existsSync(at(`data/raw/${DATE}/Skylink`)));
      assert.ok(!everything().includes('secret'));
    });

  it('in a folder that becomes a link is not read', async () => {
    write(undefined, `sub/${FILE}`);
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere', FILE), SECRET);
    utimesSync(at('elsewhere', FILE), 1_700_000_000, 1_700_000_000);
    let done = false;
    await runDay(folder(), {
      each: (event) => {
        if (event.event !== 'step_started' || done) return;
        done = true;
        renameSync(landing('sub'), at('moved'));
        symlinkSync(at('elsewhere'), landing('sub'));
      },
    });
    assert.ok(done);
    assert.ok(!everything().includes('secret'));
    assert.equal(readFileSync(at('elsewhere', FILE), 'utf8'), SECRET);
  });

  it('is listed as no file of a folder that is a link, and a pipe and a link neither', async () => {
    write();
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere', FILE), SECRET);
    symlinkSync(at('elsewhere'), landing('linked'));
    symlinkSync(at('secret.csv'), landing(`Skylink_Device_20241116.csv`));
    execFileSync('mkfifo', [landing(`Skylink_Device_20241117.csv`)]);
    const { settings, config } = await open(folder());
    const { files, strays } = await readLanding(settings, config);
    assert.deepEqual(
      files.map(({ path }) => path),
      [FILE],
    );
    assert.equal(strays.length, 3);
  });

  it('while it is held is read and moved as it was opened, whatever its name leads to', async () => {
    write();
    const to = at('raw/original.csv');
    mkdirSync(at('tmp'));
    for (const swap of Object.values(swaps)) {
      writeFileSync(landing(), FIRST);
      const held = await holdFile(landing(), { folder: at('data/landing'), temporary: at('tmp') });
      assert.ok(held);
      unlinkSync(landing());
      swap(landing());
      assert.equal(readFileSync(held.path, 'utf8'), FIRST);
      assert.equal(await moveHeld(held, landing(), to, at('notes')), false);
      await held.close();
      assert.ok(!lstatSync(landing()).isFile(), 'what replaced it is left alone');
      assert.ok(!isLink(to));
      assert.equal(readFileSync(to, 'utf8'), FIRST);
      unlinkSync(landing());
      unlinkSync(to);
    }
    assert.deepEqual(readdirSync(at('tmp')), []);
  });

  it('in gold by a link is made again, and what the link leads to stays', async () => {
    write();
    await runDay(folder());
    const gold = at(`data/gold/${DATE}/Device.parquet`);
    renameSync(gold, at('gold.parquet'));
    symlinkSync(at('gold.parquet'), gold);
    const { result } = await runDay(folder());
    assert.equal(result.status, 'ok');
    assert.ok(!isLink(gold));
    assert.ok(existsSync(at('gold.parquet')));
  });

  it('in raw by a link is told, and not read', async () => {
    write();
    await runDay(folder());
    const original = at(`data/raw/${DATE}/Skylink/Device.csv`);
    unlinkSync(original);
    symlinkSync(at('secret.csv'), original);
    const { result } = await runDay(folder());
    const errors = result.steps.flatMap(({ error }) => (error === undefined ? [] : [error.message]));
    assert.match(errors.join('\n'), /is a link or no regular file/);
    assert.ok(!everything().includes('secret'));
  });
});
