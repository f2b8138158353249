import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { clearDrafts, takeLock } from '../../../src/engine/lake/lock';
import { lockHolder } from '../../../src/engine/lake/lockOwner';
import type { PipelineError } from '../../../src/engine/model';
import { useFolder } from '../../support/folder';

const locked = { name: 'PipelineError', code: 'LOCKED' };

describe('the lock of a data folder', () => {
  const folder = useFolder();

  it('is held by one and can be taken again after its release', async () => {
    const lock = await takeLock(folder());
    await assert.rejects(takeLock(folder()), locked);
    await lock.release();
    await lock.release();
    await (await takeLock(folder())).release();
    assert.deepEqual(await readdir(folder()), []);
  });

  it('goes to exactly one of many that want it at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(folder())));
    assert.equal(results.filter((r) => r.status === 'fulfilled').length, 1);
  });

  it('is taken over from a process that was killed', async () => {
    const script = `require('tsx/cjs/api').register(); require(${JSON.stringify(join(__dirname, '../../../src/engine/lake/lock.ts'))}).takeLock(${JSON.stringify(folder())}).then(() => { console.log('held'); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await assert.rejects(takeLock(folder()), locked);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(folder())));
    assert.equal(results.filter((r) => r.status === 'fulfilled').length, 1);
  });

  it('is taken over from a pid that belongs to another process by now', async () => {
    const owner = { pid: process.pid, host: hostname(), started: '1', since: 'long ago', token: 'x' };
    await writeFile(join(folder(), 'lock'), JSON.stringify(owner));
    await (await takeLock(folder())).release();
  });

  it('of another host is respected while its heart beats, and taken over a minute later', async () => {
    const path = join(folder(), 'lock');
    await writeFile(
      path,
      JSON.stringify({ pid: 1, host: 'elsewhere', started: null, since: 'now', token: 'x' }),
    );
    await assert.rejects(takeLock(folder()), locked);
    const old = new Date(Date.now() - 61_000);
    await utimes(path, old, old);
    const lock = await takeLock(folder());
    assert.equal((JSON.parse(await readFile(path, 'utf8')) as { host: string }).host, hostname());
    await lock.release();
  });

  it('is taken over at once where its file is damaged: nobody is known to hold it', async () => {
    for (const text of ['', 'null', '{"pid":1', '{"pid":0,"token":"x"}']) {
      await writeFile(join(folder(), 'lock'), text);
      assert.equal(lockHolder(folder()), undefined, text);
      await (await takeLock(folder())).release();
    }
  });

  it('cannot be taken where a folder has its name, which stays', async () => {
    await mkdir(join(folder(), 'lock'));
    await writeFile(join(folder(), 'lock/notes'), 'x');
    await assert.rejects(takeLock(folder()), (error: PipelineError) => {
      assert.equal(error.code, 'FILE_UNREADABLE');
      assert.ok(error.message.includes(join(folder(), 'lock')) && /Move it out/.test(error.remedy));
      return true;
    });
    assert.deepEqual(await readdir(folder(), { recursive: true }), ['lock', 'lock/notes']);
  });

  it('is not given back by one who lost it', async () => {
    const path = join(folder(), 'lock');
    const lock = await takeLock(folder());
    await writeFile(
      path,
      JSON.stringify({ pid: 1, host: 'elsewhere', started: null, since: 'now', token: 'other' }),
    );
    await lock.release();
    assert.equal((JSON.parse(await readFile(path, 'utf8')) as { token: string }).token, 'other');
  });

  it('leaves no drafts of killed contenders once its holder clears them', async () => {
    await writeFile(join(folder(), 'lock.deadbeef'), '{}');
    const lock = await takeLock(folder());
    await clearDrafts(folder());
    assert.deepEqual(await readdir(folder()), ['lock']);
    await lock.release();
  });
});
