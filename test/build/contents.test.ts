// What a VSIX may hold: each kind of stowaway is found, and the real one of this platform has none, works, says what it
// is made of, and comes out byte for byte the same elsewhere.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { problemsOf, readContents, type Contents, type PackedFile } from '../../src/build/contents';
import { readLockfile } from '../../src/build/lockfile';
import { packageExtension } from '../../src/build/package';
import {
  bindingsPackage,
  executableKind,
  nativeFiles,
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

const DIGEST = 'ab'.repeat(32);

/** Problems of a VSIX whose native files have to have that digest. */
const problemsIn = (contents: Contents, target: Target): readonly string[] =>
  problemsOf(contents, target, new Map(nativeFiles(target).map((name) => [name, DIGEST])));

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
    'extension/ThirdPartyNotices.txt',
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
    sha256: DIGEST,
  }));
  return { files: [...plain.map((path) => ({ path, bytes: 100 })), ...natives], bytes: 1e7, target };
}

const withFile = (file: PackedFile, target: Target = 'linux-x64'): readonly string[] => {
  const contents = wellMade(target);
  return problemsIn({ ...contents, files: [...contents.files, file] }, target);
};

describe('what is in a VSIX', () => {
  it('is as expected for every target', () => {
    for (const target of Object.keys(PLATFORMS) as Target[])
      assert.deepEqual(problemsIn(wellMade(target), target), [], target);
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
    assert.deepEqual(problemsIn({ ...wellMade('linux-x64'), target: 'linux-arm64' }, 'linux-x64'), [
      'Its manifest is for linux-arm64, not for linux-x64.',
    ]);
    // The other platform's files, of course, are strangers, and the own ones are missing.
    assert.ok(problemsIn(wellMade('darwin-x64'), 'win32-x64').length >= 5);
    const { files, ...rest } = wellMade('linux-x64');
    const swapped = files.map((file) =>
      file.path.endsWith('duckdb.node') ? { ...file, start: executable('elf', 'arm64') } : file,
    );
    assert.deepEqual(problemsIn({ ...rest, files: swapped }, 'linux-x64'), [
      `${folder('linux-x64')}/duckdb.node is elf arm64, not elf x64.`,
    ]);
    const empty = files.map((file) =>
      file.path.endsWith('libduckdb.so') ? { ...file, start: Buffer.alloc(0) } : file,
    );
    assert.deepEqual(problemsIn({ ...rest, files: empty }, 'linux-x64'), [
      `${folder('linux-x64')}/libduckdb.so is no program, not elf x64.`,
    ]);
  });

  it('is for the processor of its target, where a file is for several', () => {
    const { files, ...rest } = wellMade('darwin-x64');
    const library = `${folder('darwin-x64')}/libduckdb.dylib`;
    const withParts = (...processors: readonly number[]): readonly string[] => {
      const start = Buffer.alloc(4096);
      start.writeUInt32BE(0xcafebabe, 0);
      start.writeUInt32BE(processors.length, 4);
      for (const [i, processor] of processors.entries()) start.writeUInt32BE(processor, 8 + 20 * i);
      const swapped = files.map((file) => (file.path === library ? { ...file, start } : file));
      return problemsIn({ ...rest, files: swapped }, 'darwin-x64');
    };
    assert.deepEqual(withParts(0x01000007, 0x0100000c), []);
    assert.deepEqual(withParts(0x0100000c), [`${library} is macho arm64, not macho x64.`]);
  });

  it('is complete and small', () => {
    const { files, ...rest } = wellMade('linux-x64');
    assert.deepEqual(
      problemsIn({ ...rest, files: files.filter((f) => f.path !== 'extension/dist/server.js') }, 'linux-x64'),
      ['extension/dist/server.js is missing.'],
    );
    const large = files.map((f) => (f.path === 'extension/dist/extension.js' ? { ...f, bytes: 307_201 } : f));
    assert.match(problemsIn({ ...rest, files: large }, 'linux-x64').join(), /extension\.js has 307201 bytes/);
    const without = (name: string): Contents => ({
      ...rest,
      files: files.filter(({ path }) => path !== `extension/${name}`),
    });
    assert.deepEqual(problemsIn(without('ThirdPartyNotices.txt'), 'linux-x64'), [
      'extension/ThirdPartyNotices.txt is missing.',
    ]);
    assert.match(problemsIn({ ...rest, files, bytes: 41 << 20 }, 'linux-x64').join(), /41\.0 MB/);
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

  it('has native files of the locked package, to the byte', () => {
    const { files, ...rest } = wellMade('linux-x64');
    const library = `${folder('linux-x64')}/libduckdb.so`;
    const tampered = files.map((one) => (one.path === library ? { ...one, sha256: 'cd'.repeat(32) } : one));
    const problem = [`${library} is not the file of the package that package-lock.json names.`];
    assert.deepEqual(problemsIn({ ...rest, files: tampered }, 'linux-x64'), problem);
    // Where no digest is known, nothing is proven.
    const known = new Map([['duckdb.node', DIGEST]]);
    assert.deepEqual(problemsOf({ ...rest, files }, 'linux-x64', known), problem);
  });

  it('is refused for a target that does not exist', async () => {
    const script = join(root, 'src/build/package.ts');
    await assert.rejects(
      execute(process.execPath, ['--import', 'tsx', script, '--target', 'linux-mips'], { cwd: root }),
      (error: { stderr?: string }) => /no target "linux-mips": linux-x64, /.test(error.stderr ?? ''),
    );
  });
});

/** Of a bill of materials. */
interface Listed {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly components?: readonly Listed[];
}

describe('the VSIX of this platform', () => {
  let work = '';
  let file = '';
  let contents: Contents;

  before(async function () {
    this.timeout(180_000);
    work = await mkdtemp(join(tmpdir(), 'm7-vsix-'));
    file = join(work, 'm7.vsix');
    contents = await readContents(file, await packageExtension(thisTarget(), file));
    await unpack(file, join(work, 'unpacked'));
  });
  after(() => rm(work, { recursive: true, force: true }));

  it('has no problem, and its command line runs far from this repository', async function () {
    this.timeout(180_000);
    assert.deepEqual(await brokenLinks(contents), []);
    const cli = join(work, 'unpacked/extension/dist/cli.js');
    const words = ['init', join(work, 'sample'), '--sample', '--date', '20241115', '--rows', '50'];
    await execute(process.execPath, [cli, ...words], { cwd: work });
    const run = ['run', '--workspace', join(work, 'sample'), '--date', '20241115', '--table', 'Device'];
    const { stdout } = await execute(process.execPath, [cli, ...run, '--json'], {
      cwd: work,
      maxBuffer: 1 << 26,
      // A table with planted faults fails its validation: exit code 1 is as good as 0 here.
    }).catch((error: unknown) => error as { readonly stdout: string });
    assert.match(stdout, /"event":"run_finished"/);
    assert.deepEqual(await readdir(join(work, 'sample/data/gold')), ['20241115']);
  });

  it('has a bill of materials and checksums beside it, and the notices of every package', async () => {
    const text = await readFile(join(work, 'm7.cdx.json'), 'utf8');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    assert.equal(await validator.validate(text), null);
    const { components } = JSON.parse(text) as { components: readonly Listed[] };
    // The bundle's own list: production packages that no bundle holds are not in it.
    assert.ok(components.length > 150, `${components.length} components`);
    const lock = await readLockfile(root);
    const names = components.map(
      (one: any) => `${one.group === undefined ? '' : `${one.group}/`}${one.name}`,
    );
    assert.ok(names.includes('snowflake-sdk') && names.includes('ajv') && !names.includes('esbuild'));
    assert.ok(names.includes(bindingsPackage(thisTarget())));
    const notices = await readFile(join(work, 'unpacked/extension/ThirdPartyNotices.txt'), 'utf8');
    for (const [i, one] of components.entries()) {
      const integrity = lock.integrityOf(names[i]!, one.version)!;
      const hex = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
      assert.deepEqual(one.hashes, [{ alg: 'SHA-512', content: hex }], names[i]);
      assert.ok(notices.includes(`\n${names[i]} ${one.version} (`), names[i]);
    }
    const natives = components.find((one) => one.components !== undefined)!.components!;
    assert.deepEqual(
      natives.map((one) => [one.name, one.hashes[0]!.content]),
      nativeFiles(thisTarget()).map((name) => [
        name,
        contents.files.find(({ path }) => path.endsWith(`/${name}`))!.sha256,
      ]),
    );
    const { stdout } = await execute('sha256sum', ['-c', 'SHA256SUMS'], { cwd: work });
    assert.equal(stdout, 'm7.cdx.json: OK\nm7.vsix: OK\n');
  });

  // Another folder, language, time zone and mask of rights; and somebody has changed the installed native library.
  it('is the same from another checkout, whatever is installed there as native library', async function () {
    this.timeout(180_000);
    const installed = `node_modules/${bindingsPackage(thisTarget())}/duckdb.node`;
    const script = `
      umask 077 && mkdir other && cd other && cp -r $(ls -d "$1"/* "$1"/.vscodeignore | grep -v node_modules) .
      cp -al "$1/node_modules" . 2>/dev/null || { rm -rf node_modules; cp -a "$1/node_modules" .; }
      rm ${installed} && echo tampered > ${installed}
      exec "$2" --import tsx src/build/package.ts --out "$3"`;
    const again = join(work, 'again', 'm7.vsix');
    await execute('sh', ['-ec', script, 'sh', root, process.execPath, again], {
      cwd: work,
      env: { ...process.env, TZ: 'Pacific/Auckland', LC_ALL: 'cs_CZ.UTF-8' },
    });
    for (const name of ['m7.vsix', 'm7.cdx.json', 'SHA256SUMS'])
      assert.ok(
        (await readFile(join(work, name))).equals(await readFile(join(work, 'again', name))),
        `${name} differs`,
      );
  });
});
