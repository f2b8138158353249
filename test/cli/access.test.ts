// At rest: what a workspace holds is for its owner, or for the group of its folder.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

  for (const sample of [[], ['--sample', '--date', DATE, '--rows', '5']])
    it(`are not for a repository, nor secrets for others: m7 init ${sample[0] ?? ''}`, async () => {
      await m7(['init', '.', ...sample], { cwd: folder() });
      assert.equal(readFileSync(join(folder(), '.gitignore'), 'utf8'), '.env\ndata/\n');
      assert.equal(modeOf('.env'), 0o600);
    });

  it('leave a .gitignore that stands', async () => {
    writeFileSync(join(folder(), '.gitignore'), 'mine\n');
    await m7(['init', '.'], { cwd: folder() });
    assert.equal(readFileSync(join(folder(), '.gitignore'), 'utf8'), 'mine\n');
  });

  describe('that others may read are reported by m7 check', () => {
    interface Problem {
      readonly file: string;
      readonly message: string;
      readonly remedy: string;
    }
    const PARTS = ['.state', 'logs', 'rejects', 'raw', 'silver', 'gold', 'archive', 'warehouse.duckdb'];

    /** A workspace as older versions left it, with a secret in .env. */
    beforeEach(async () => {
      await m7(['init', '.'], { cwd: folder() });
      for (const part of PARTS.slice(0, -1)) mkdirSync(join(folder(), 'data', part));
      mkdirSync(join(folder(), 'data/logs/reports'));
      writeFileSync(join(folder(), 'data/warehouse.duckdb'), '');
      for (const part of ['', ...PARTS, 'logs/reports']) chmodSync(join(folder(), 'data', part), 0o755);
      writeFileSync(join(folder(), '.env'), 'SMTP_PASSWORD=hidden-word\nEXPECTED_TABLES=Device\n');
    });

    /** What is said of access, by its path below the workspace. */
    async function reported(): Promise<ReadonlyMap<string, Problem>> {
      const { out } = await m7(['check', '--json'], { cwd: folder() });
      assert.ok(!out.includes('hidden-word'));
      const { problems } = JSON.parse(out) as { readonly problems: readonly Problem[] };
      const about = problems.filter(({ message }) => /may be read by|is open to/.test(message));
      return new Map(about.map((one) => [relative(folder(), one.file), one]));
    }

    it('one by one, each with the command that closes it', async () => {
      // Whoever wrote the folder named the file: its name is no command.
      const key = 'key; touch canary';
      writeFileSync(join(folder(), key), 'secret');
      writeFileSync(
        join(folder(), '.env'),
        `SMTP_PASSWORD=x-hidden-word\nSNOWFLAKE_PRIVATE_KEY_PATH="${key}"\n`,
      );
      for (const secret of ['.env', key]) chmodSync(join(folder(), secret), 0o644);
      const found = await reported();
      const data = [...PARTS, 'logs/reports'].map((part) => `data/${part}`);
      assert.deepEqual([...found.keys()].sort(), ['.env', key, ...data].sort());
      for (const { remedy } of found.values()) {
        const [, command = ''] = /^Run: (chmod .*)$/.exec(remedy) ?? [];
        execFileSync('/bin/sh', ['-c', command], { cwd: folder() });
      }
      assert.ok(!existsSync(join(folder(), 'canary')));
      assert.deepEqual([...(await reported()).keys()], []);
    });

    it('where they are open to a group without being meant for one', async () => {
      for (const part of PARTS) chmodSync(join(folder(), 'data', part), 0o750);
      const open = await reported();
      assert.equal(open.size, PARTS.length + 1);
      assert.match(open.get('data/gold')?.message ?? '', /open to its group, but FILE_ACCESS is private/);
      writeFileSync(join(folder(), '.env'), 'FILE_ACCESS=group\nEXPECTED_TABLES=Device\n');
      assert.equal((await reported()).size, 0);
    });

    it('until the folder above them is closed', async () => {
      chmodSync(join(folder(), 'data'), 0o700);
      assert.deepEqual([...(await reported()).keys()], []);
    });
  });
});
