// Every command in README and manual, run as it is written in a copy of the demo; what cannot be run says why.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { makeDemo, MANUAL, PAGES, ROOT, tracingPage } from '../support/docs';
import { shellLinesOf, type ShellLine } from '../support/markdown';
import { buildCommand, ended } from './command';

const PAGES_WITH_COMMANDS = ['README.md', ...PAGES.map((name) => `media/manual/${name}`)]
  .map((page) => [page, shellLinesOf(readFileSync(join(ROOT, page), 'utf8'))] as const)
  .filter(([, lines]) => lines.length > 0);

describe('every command of README and manual', function () {
  this.timeout(300_000);
  let work = '';

  before(async () => {
    await buildCommand();
    work = await mkdtemp(join(tmpdir(), 'm7-readme-'));
    makeDemo(join(work, 'demo'));
    await mkdir(join(work, 'bin'));
    const shim = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'dist/cli.js')}" "$@"\n`;
    await writeFile(join(work, 'bin/m7'), shim);
    await chmod(join(work, 'bin/m7'), 0o755);
  });
  after(() => rm(work, { recursive: true, force: true }));

  /** A command as a reader types it: `sh` in this folder, with m7 and node on the path. */
  async function run({ command, code }: ShellLine, cwd: string): Promise<void> {
    const node = join(process.execPath, '..');
    const path = [join(work, 'bin'), node, process.env['PATH'] ?? ''].join(delimiter);
    const child = spawn('sh', ['-c', command], { cwd, env: { PATH: path, HOME: work, TZ: 'UTC' } });
    child.stdin.end();
    const { code: found, out, err } = await ended(child);
    assert.equal(found, code, `${command}\n${out.slice(-2_000)}\n${err.slice(-2_000)}`);
  }

  /** A page's own copy: what one page changes is not there for the next. */
  async function copyOf(page: string): Promise<string> {
    const folder = join(work, page);
    await cp(join(work, 'demo'), join(folder, 'demo'), { recursive: true, preserveTimestamps: true });
    await symlink(join(ROOT, 'dist'), join(folder, 'dist'));
    return folder;
  }

  for (const [page, lines] of PAGES_WITH_COMMANDS)
    it(`of ${page} ends as it says`, async () => {
      const folder = await copyOf(page.replaceAll('/', '-'));
      const cwd = page === 'README.md' ? folder : join(folder, 'demo');
      for (const line of lines) if (line.notRun === undefined) await run(line, cwd);
    });

  it('answers as the manual shows: the trace of a line', () => {
    const page = readFileSync(join(MANUAL, 'tracing.md'), 'utf8');
    assert.equal(page, tracingPage(page, join(work, 'demo')));
  });

  it('that is not run has a reason, and most are run', () => {
    const all = PAGES_WITH_COMMANDS.flatMap(([, lines]) => lines);
    const left = all.filter(({ notRun }) => notRun !== undefined);
    for (const { command, notRun } of left) assert.match(notRun ?? '', /\w+ \w+/, command);
    assert.ok(all.length - left.length > 30, `${all.length - left.length} of ${all.length} are run`);
  });
});
