// At rest: what a workspace holds is for its owner, or for the group of its folder.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildCommand, m7 } from './command';
import { DATE, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';

(process.platform === 'win32' ? describe.skip : describe)('files of a workspace', function () {
  this.timeout(120_000);
  const folder = useFolder();
  before(buildCommand);
  const modeOf = (path: string): number => statSync(join(folder(), path)).mode & 0o777;

  for (const [access, others] of [
    ['private', 0o077],
    ['group', 0o007],
  ] as const)
    it(`are ${access} after a run`, async () => {
      const day = smallDay();
      writeDay(folder(), { ...day, settings: `${day.settings ?? ''}FILE_ACCESS=${access}\n` });
      await m7(['run', '--date', DATE, '--force'], { cwd: folder() });
      const open = readdirSync(join(folder(), 'data'), { recursive: true, withFileTypes: true })
        .map((entry) => relative(folder(), join(entry.parentPath, entry.name)))
        // Originals keep the rights they were delivered with: their folder is closed.
        .filter((path) => !path.startsWith('data/landing') && !path.endsWith('.csv'))
        .filter((path) => (modeOf(path) & others) !== 0);
      assert.deepEqual(open, []);
      assert.equal(modeOf('data/warehouse.duckdb') & 0o040, access === 'group' ? 0o040 : 0);
    });

  it('are not for a repository, nor secrets for others', async () => {
    await m7(['init', '.'], { cwd: folder() });
    assert.equal(readFileSync(join(folder(), '.gitignore'), 'utf8'), '.env\ndata/\n');
    assert.equal(modeOf('.env'), 0o600);
  });

  it('leave a .gitignore that stands', async () => {
    writeFileSync(join(folder(), '.gitignore'), 'mine\n');
    await m7(['init', '.'], { cwd: folder() });
    assert.equal(readFileSync(join(folder(), '.gitignore'), 'utf8'), 'mine\n');
  });

  it('that others may read are told by m7 check', async () => {
    await m7(['init', '.'], { cwd: folder() });
    mkdirSync(join(folder(), 'data/.state'));
    chmodSync(join(folder(), 'data/.state'), 0o755);
    writeFileSync(join(folder(), '.env'), 'SMTP_PASSWORD=hidden-word\nEXPECTED_TABLES=Device\n');
    chmodSync(join(folder(), '.env'), 0o644);
    const { out } = await m7(['check', '--json'], { cwd: folder() });
    assert.match(out, /\.env holds a secret and may be read by others/);
    assert.match(out, /\.state holds data about people/);
    assert.ok(!out.includes('hidden-word'));
  });
});
