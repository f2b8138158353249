// Files into their place: nothing is written over, and between two disks a kill at any moment loses nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CROSSING_STEPS } from '../../../src/engine/base/durable';
import { finishMoves, moveFile, placeFile } from '../../../src/engine/base/moves';
import { useFolder } from '../../support/folder';
import { otherDisk } from '../../support/otherDisk';

const MOVES = pathToFileURL(resolve(__dirname, '../../../src/engine/base/moves.ts')).href;

const names = (folder: string): string[] => readdirSync(folder).sort();

describe('a file that is moved', () => {
  const folder = useFolder();
  const at = (name: string): string => join(folder(), name);

  it('takes a free name, in a folder that need not be there', async () => {
    writeFileSync(at('a'), 'one');
    await moveFile(at('a'), at('deep/er/b'), at('notes'));
    assert.equal(readFileSync(at('deep/er/b'), 'utf8'), 'one');
    assert.ok(!existsSync(at('a')));
    assert.ok(!existsSync(at('notes')), 'on one disk no note is needed');
  });

  for (const [what, put] of Object.entries({
    'another file': (path: string) => writeFileSync(path, 'two'),
    'an empty file': (path: string) => writeFileSync(path, ''),
    'a folder': (path: string) => mkdirSync(path),
    'a link that leads nowhere': (path: string) => symlinkSync('nowhere', path),
  }))
    it(`never takes the name of ${what}: both stay as they are`, async () => {
      writeFileSync(at('a'), 'one');
      put(at('b'));
      await assert.rejects(moveFile(at('a'), at('b'), at('notes')), {
        code: 'UNKNOWN_FILE',
        where: { file: at('b') },
      });
      assert.equal(readFileSync(at('a'), 'utf8'), 'one');
      assert.deepEqual(names(folder()), ['a', 'b']);
      if (what === 'another file') assert.equal(readFileSync(at('b'), 'utf8'), 'two');
    });

  it('that lies there already with the same bytes is moved once', async () => {
    writeFileSync(at('a'), 'one');
    writeFileSync(at('b'), 'one');
    await moveFile(at('a'), at('b'), at('notes'));
    assert.deepEqual(names(folder()), ['b']);
  });

  it('a note that was cut short or is of another kind costs nothing', async () => {
    mkdirSync(at('notes'));
    for (const [i, text] of ['', '{"from":', 'null', '[]', '{"from":1,"to":2}'].entries())
      writeFileSync(at(`notes/${i}.json`), text);
    await finishMoves(at('notes'));
    assert.deepEqual(names(at('notes')), []);
  });

  it('a note never makes a file go whose other place holds something else, or nothing', async () => {
    writeFileSync(at('from'), 'one');
    for (const other of ['two', undefined]) {
      rmSync(at('to'), { force: true });
      if (other !== undefined) writeFileSync(at('to'), other);
      mkdirSync(at('notes'), { recursive: true });
      writeFileSync(at('notes/x.json'), JSON.stringify({ from: '../from', to: '../to', move: true }));
      await finishMoves(at('notes'));
      assert.equal(readFileSync(at('from'), 'utf8'), 'one');
    }
  });

  describe('to another disk', () => {
    let other = '';
    beforeEach(function () {
      const disk = otherDisk(folder());
      if (disk === undefined) this.skip();
      other = disk;
    });
    afterEach(() => other !== '' && rmSync(other, { recursive: true, force: true }));

    it('is there whole with its time, and nothing is left behind', async () => {
      writeFileSync(at('a'), 'one');
      utimesSync(at('a'), 1_700_000_000, 1_700_000_000.25);
      await moveFile(at('a'), join(other, 'x/b'), at('notes'));
      assert.equal(statSync(join(other, 'x/b')).mtimeMs, 1_700_000_000_250);
      assert.deepEqual(names(join(other, 'x')), ['b']);
      assert.deepEqual(names(folder()), ['notes']);
      assert.deepEqual(names(at('notes')), []);
    });

    it('never takes the name of another file', async () => {
      writeFileSync(at('a'), 'one');
      writeFileSync(join(other, 'b'), 'two');
      await assert.rejects(moveFile(at('a'), join(other, 'b'), at('notes')), { code: 'UNKNOWN_FILE' });
      assert.equal(readFileSync(join(other, 'b'), 'utf8'), 'two');
      assert.equal(readFileSync(at('a'), 'utf8'), 'one');
    });

    it('replaces what it is published over', async () => {
      writeFileSync(at('a'), 'new');
      writeFileSync(join(other, 'b'), 'old');
      await placeFile(at('a'), join(other, 'b'), at('notes'));
      assert.equal(readFileSync(join(other, 'b'), 'utf8'), 'new');
      assert.deepEqual(names(other), ['b']);
    });

    for (const step of CROSSING_STEPS)
      it(`killed at ${step}: the file is in one place afterwards, whole`, async () => {
        const content = 'row\n'.repeat(100_000);
        mkdirSync(at('data'));
        writeFileSync(at('data/a'), content);
        const script = `import moves from ${JSON.stringify(MOVES)};
await moves.moveFile(...${JSON.stringify([at('data/a'), join(other, 'b'), at('notes')])});`;
        const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
          env: { ...process.env, M7_CRASH_AT: step },
        });
        assert.equal(ended.signal, 'SIGKILL', String(ended.stderr));
        await finishMoves(at('notes'));
        const places = [at('data/a'), join(other, 'b')].filter((path) => existsSync(path));
        assert.equal(places.length, 1, places.join());
        assert.equal(readFileSync(places[0] ?? '', 'utf8'), content);
        assert.deepEqual(names(at('notes')), []);
        assert.deepEqual(
          [...names(other), ...names(at('data'))].filter((n) => n.startsWith('.')),
          [],
        );
      });
  });
});
