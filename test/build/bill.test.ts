// The list of what is shipped: from the bundler's list, held against package-lock.json; and the checksums.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { billOfMaterials } from '../../src/build/bill';
import { integrityOfBytes, readLockfile } from '../../src/build/lockfile';
import { enterSums } from '../../src/build/sums';
import { useFolder } from '../support/folder';

const root = resolve(__dirname, '../..');

describe('the bill of materials', () => {
  const folder = useFolder();

  async function put(path: string, text: string): Promise<string> {
    const file = join(folder(), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }
  const manifest = (name: string, version: string): string =>
    JSON.stringify({ name, version, license: 'MIT' });

  it('has what the bundles are made of, and a problem where that is not what the lock file has', async () => {
    const bundled = [
      await put('node_modules/locked/index.js', ''),
      await put('node_modules/other/node_modules/locked/lib/index.js', ''),
      await put('node_modules/other/index.js', ''),
    ].map((path) => relative(root, path));
    await put('node_modules/locked/package.json', manifest('locked', '1.0.0'));
    await put('node_modules/locked/LICENSE', 'Copyright A');
    await put('node_modules/other/package.json', manifest('other', '2.0.0'));
    await put('node_modules/other/node_modules/locked/package.json', manifest('locked', '1.0.1'));
    await put('node_modules/idle/package.json', manifest('idle', '1.0.0'));
    await put('native/package.json', manifest('@duckdb/native', '1.0.0'));
    await put('native/duckdb.node', '');
    const inputs = Object.fromEntries(bundled.map((path) => [path, { bytes: 1, imports: [] }]));
    const outputs = {
      'cli.js': { inputs: Object.fromEntries(bundled.map((path) => [path, { bytesInOutput: 1 }])) },
    };
    const integrity = integrityOfBytes(Buffer.from('x'));
    await put(
      'package-lock.json',
      JSON.stringify({
        packages: {
          'node_modules/locked': { version: '1.0.0', integrity },
          'node_modules/other': { version: '1.9.9', integrity },
          'node_modules/other/node_modules/locked': { version: '1.0.1', integrity },
          'node_modules/@duckdb/native': { version: '1.0.0', integrity },
        },
      }),
    );
    const bill = await billOfMaterials(
      {
        root,
        metafile: await put('metafile.json', JSON.stringify({ inputs, outputs })),
        native: { name: '@duckdb/native', folder: join(folder(), 'native'), digests: new Map() },
        lock: await readLockfile(folder()),
      },
      folder(),
    );
    assert.deepEqual(
      bill.components.map(({ name, version, licence, texts }) => [name, version, licence, ...texts]),
      [
        ['@duckdb/native', '1.0.0', 'MIT'],
        ['locked', '1.0.0', 'MIT', 'Copyright A'],
        ['locked', '1.0.1', 'MIT'],
        ['other', '2.0.0', 'MIT'],
      ],
    );
    assert.deepEqual(bill.problems, [
      'other 2.0.0 is shipped, but package-lock.json does not have it: run npm ci.',
    ]);
  });

  it('is one of the files whose checksums are entered: others stay, files that are gone do not', async () => {
    const gone = `${'0'.repeat(64)}  gone.vsix`;
    const other = `${'1'.repeat(64)}  other.vsix`;
    await put('other.vsix', 'other');
    const sums = await put('SHA256SUMS', `${gone}\n${other}\n${'2'.repeat(64)}  a.vsix\n`);
    const list = await put('a.cdx.json', 'list');
    await enterSums([await put('a.vsix', 'text'), list]);
    assert.equal(
      await readFile(sums, 'utf8'),
      'a330395cc0a53ad1207736546afff4735940937564bbf75ce1edad40780d9139  a.cdx.json\n' +
        '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1  a.vsix\n' +
        `${other}\n`,
    );
  });
});
