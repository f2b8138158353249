// What a VSIX may hold: each kind of stowaway is found, and the real one of this platform has none and works.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  nativeFiles,
  problemsOf,
  readContents,
  type Contents,
  type PackedFile,
} from '../../src/build/contents';
import { packageExtension } from '../../src/build/package';
import {
  bindingsPackage,
  executableKind,
  PLATFORMS,
  thisTarget,
  type Target,
} from '../../src/build/platforms';
import { linksOf } from '../support/markdown';
import { unpack } from '../support/unpack';

const root = resolve(__dirname, '../..');
const execute = promisify(execFile);

/** The beginning of an executable, as far as it tells for what it is made. */
function executable(format: 'elf' | 'macho' | 'pe', processor: 'x64' | 'arm64'): Buffer {
  const start = Buffer.alloc(4096);
  const x64 = processor === 'x64';
  switch (format) {
    case 'elf':
      start.writeUInt32BE(0x7f454c46, 0);
      start.writeUInt16LE(x64 ? 0x3e : 0xb7, 18);
      break;
    case 'macho':
      start.writeUInt32LE(0xfeedfacf, 0);
      start.writeUInt32LE(x64 ? 0x01000007 : 0x0100000c, 4);
      break;
    case 'pe':
      start.writeUInt16BE(0x4d5a, 0);
      start.writeUInt32LE(0x80, 60);
      start.writeUInt32BE(0x50450000, 0x80);
      start.writeUInt16LE(x64 ? 0x8664 : 0xaa64, 0x84);
      break;
  }
  return start;
}

/** Links of README and manual that lead to no file of the VSIX; their headings are tested beside them. */
async function brokenLinks({ files }: Contents): Promise<readonly string[]> {
  const paths = new Set(files.map(({ path }) => path));
  const pages = files.filter(({ path }) => /^extension\/(readme|media\/manual\/.*)\.md$/.test(path));
  assert.ok(pages.length > 10);
  const broken = pages.map(async ({ path }) => {
    const inRepository = path.replace('extension/', '').replace('readme.md', 'README.md');
    const links = linksOf(await readFile(join(root, inRepository), 'utf8'));
    return links
      .filter((link) => !/^(https:|#)/.test(link))
      .filter((link) => !paths.has(posix.join(posix.dirname(path), link.split('#')[0] ?? '')))
      .map((link) => `${path}: ${link}`);
  });
  return (await Promise.all(broken)).flat();
}

const folder = (target: Target): string => `extension/dist/node_modules/${bindingsPackage(target)}`;

function wellMade(target: Target): Contents {
  const { format, processor } = PLATFORMS[target];
  const plain = [
    '[Content_Types].xml',
    'extension.vsixmanifest',
    'extension/package.json',
    'extension/package.nls.json',
    'extension/readme.md',
    'extension/changelog.md',
    'extension/LICENSE.txt',
    'extension/dist/extension.js',
    'extension/dist/server.js',
    'extension/dist/cli.js',
    'extension/dist/debug.js',
    'extension/dist/snowflake.js',
    'extension/dist/webviews/preview.js',
    'extension/media/icon.png',
    'extension/media/manual/index.md',
    'extension/media/walkthrough/run.svg',
    'extension/config/table_schemas.schema.json',
    `${folder(target)}/package.json`,
    `${folder(target)}/LICENSE`,
  ];
  const natives = nativeFiles(target).map((name) => ({
    path: `${folder(target)}/${name}`,
    bytes: 1000,
    start: executable(format, processor),
  }));
  return { files: [...plain.map((path) => ({ path, bytes: 100 })), ...natives], bytes: 1e7, target };
}

const withFile = (file: PackedFile, target: Target = 'linux-x64'): readonly string[] => {
  const contents = wellMade(target);
  return problemsOf({ ...contents, files: [...contents.files, file] }, target);
};

describe('what is in a VSIX', () => {
  it('is as expected for every target', () => {
    for (const target of Object.keys(PLATFORMS) as Target[])
      assert.deepEqual(problemsOf(wellMade(target), target), [], target);
  });

  it('is never a stowaway', () => {
    const stowaways: readonly (readonly [string, RegExp])[] = [
      ['extension/dist/addon.node', /native file that nobody expects/],
      ['extension/dist/libssl.so.3', /native file/],
      ['extension/media/thing.dll', /native file/],
      [`${folder('win32-x64')}/duckdb.dll`, /native file/],
      [`${folder('linux-arm64')}/package.json`, /package @duckdb\/node-bindings-linux-arm64/],
      ['extension/dist/node_modules/snowflake-sdk/index.js', /package snowflake-sdk/],
      ['extension/node_modules/@aws/x/index.js', /package @aws\/x/],
      ['extension/dist/extension.js.map', /source map/],
      ['extension/dist/webviews/preview.js.map', /source map/],
      ['extension/test/host/inside.test.ts', /does not belong/],
      ['extension/src/cli/main.ts', /does not belong/],
      ['extension/.env', /does not belong/],
      ['extension/config/brand_configs.json', /does not belong/],
      ['extension/dist/test/index.js', /does not belong/],
      ['extension/package-lock.json', /does not belong/],
    ];
    for (const [path, problem] of stowaways) {
      const problems = withFile({ path, bytes: 1 });
      assert.equal(problems.length, 1, `${path}: ${problems.join()}`);
      assert.match(problems[0]!, problem);
    }
  });

  it('is of one platform: manifest, package and machine code', () => {
    assert.deepEqual(problemsOf({ ...wellMade('linux-x64'), target: 'linux-arm64' }, 'linux-x64'), [
      'Its manifest is for linux-arm64, not for linux-x64.',
    ]);
    // The other platform's files, of course, are strangers, and the own ones are missing.
    assert.ok(problemsOf(wellMade('darwin-x64'), 'win32-x64').length >= 5);
    const { files, ...rest } = wellMade('linux-x64');
    const swapped = files.map((file) =>
      file.path.endsWith('duckdb.node') ? { ...file, start: executable('elf', 'arm64') } : file,
    );
    assert.deepEqual(problemsOf({ ...rest, files: swapped }, 'linux-x64'), [
      `${folder('linux-x64')}/duckdb.node is elf arm64, not elf x64.`,
    ]);
    const empty = files.map((file) =>
      file.path.endsWith('libduckdb.so') ? { ...file, start: Buffer.alloc(0) } : file,
    );
    assert.deepEqual(problemsOf({ ...rest, files: empty }, 'linux-x64'), [
      `${folder('linux-x64')}/libduckdb.so is no program, not elf x64.`,
    ]);
  });

  it('is complete and small', () => {
    const { files, ...rest } = wellMade('linux-x64');
    assert.deepEqual(
      problemsOf({ ...rest, files: files.filter((f) => f.path !== 'extension/dist/server.js') }, 'linux-x64'),
      ['extension/dist/server.js is missing.'],
    );
    const large = files.map((f) => (f.path === 'extension/dist/extension.js' ? { ...f, bytes: 307_201 } : f));
    assert.match(problemsOf({ ...rest, files: large }, 'linux-x64').join(), /extension\.js has 307201 bytes/);
    assert.match(problemsOf({ ...rest, files, bytes: 41 << 20 }, 'linux-x64').join(), /41\.0 MB/);
  });

  it('knows executables by their first bytes', () => {
    for (const format of ['elf', 'macho', 'pe'] as const)
      for (const processor of ['x64', 'arm64'] as const)
        assert.equal(executableKind(executable(format, processor)), `${format} ${processor}`);
    assert.equal(executableKind(Buffer.from('#!/bin/sh\n'.padEnd(100))), undefined);
    assert.equal(executableKind(Buffer.alloc(10)), undefined);
    // An offset that points behind the end.
    const wild = executable('pe', 'x64');
    wild.writeUInt32LE(0xffffffff, 60);
    assert.equal(executableKind(wild), undefined);
  });

  it('of this platform has no problem, and its command line runs far from this repository', async function () {
    this.timeout(180_000);
    const work = await mkdtemp(join(tmpdir(), 'm7-vsix-'));
    try {
      const file = join(work, 'm7.vsix');
      const bytes = await packageExtension(thisTarget(), file);
      const contents = await readContents(file, bytes);
      assert.deepEqual(problemsOf(contents, thisTarget()), []);
      assert.deepEqual(await brokenLinks(contents), []);
      const there = join(work, 'unpacked');
      await unpack(file, there);
      const cli = join(there, 'extension/dist/cli.js');
      const words = ['init', join(work, 'sample'), '--sample', '--date', '20241115', '--rows', '50'];
      await execute(process.execPath, [cli, ...words], { cwd: work });
      const { stdout } = await execute(
        process.execPath,
        [
          cli,
          'run',
          '--workspace',
          join(work, 'sample'),
          '--date',
          '20241115',
          '--table',
          'Device',
          '--json',
        ],
        { cwd: work, maxBuffer: 1 << 26 },
        // A table with planted faults fails its validation: exit code 1 is as good as 0 here.
      ).catch((error: unknown) => error as { readonly stdout: string });
      assert.match(stdout, /"event":"run_finished"/);
      assert.deepEqual(await readdir(join(work, 'sample/data/gold')), ['20241115']);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });

  it('is refused for a target that does not exist', async () => {
    const script = join(root, 'src/build/package.ts');
    await assert.rejects(
      execute(process.execPath, ['--import', 'tsx', script, '--target', 'linux-mips'], { cwd: root }),
      (error: { stderr?: string }) => /no target "linux-mips": linux-x64, /.test(error.stderr ?? ''),
    );
  });
});
