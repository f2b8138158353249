// Native files of a VSIX: a registry that gives others than package-lock.json names gets nothing packaged.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { integrityOfBytes } from '../../src/build/lockfile';
import { bindingsPackage, nativeFiles, thisTarget } from '../../src/build/platforms';
import { useFolder } from '../support/folder';

const root = resolve(__dirname, '../..');
const execute = promisify(execFile);
const name = bindingsPackage(thisTarget());

/** A tarball as npm makes them, with other bytes. */
async function tampered(folder: string, version: string): Promise<Buffer> {
  const inside = join(folder, 'package');
  await mkdir(inside);
  await writeFile(join(inside, 'package.json'), JSON.stringify({ name, version }));
  await writeFile(join(inside, 'LICENSE'), 'MIT');
  for (const file of nativeFiles(thisTarget())) await writeFile(join(inside, file), 'tampered');
  await execute('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
  return readFile(join(folder, 'package.tgz'));
}

/** A registry that has this one package, and answers of it what npm wants to see. */
async function withRegistry<T>(
  version: string,
  tarball: Buffer,
  use: (address: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz') === true) return void response.end(tarball);
    const dist = {
      tarball: `http://${String(request.headers.host)}/package.tgz`,
      integrity: integrityOfBytes(tarball),
      shasum: createHash('sha1').update(tarball).digest('hex'),
    };
    const versions = { [version]: { name, version, dist } };
    response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe('native files of a VSIX', () => {
  const folder = useFolder();

  it('of another tarball than the locked one make packaging fail', async () => {
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
    const { version, integrity } = lock.packages[`node_modules/${name}`];
    const tarball = await tampered(folder(), version);
    const out = join(folder(), 'out');
    const failure = await withRegistry(version, tarball, (registry) =>
      execute(
        process.execPath,
        ['--import', 'tsx', join(root, 'src/build/package.ts'), '--out', join(out, 'm7.vsix')],
        {
          cwd: root,
          env: {
            ...process.env,
            npm_config_registry: registry,
            npm_config_noproxy: '127.0.0.1',
            // What an installation left in npm's cache would be taken first.
            npm_config_cache: join(folder(), 'cache'),
          },
        },
      ).then(
        () => 'packaged',
        (error: unknown) => String((error as { readonly stderr?: string }).stderr),
      ),
    );
    assert.equal(
      failure,
      `${name}@${version} is not the package that package-lock.json names, so there is no VSIX for ${thisTarget()}.\n` +
        `  its tarball:       ${integrityOfBytes(tarball)}\n  package-lock.json: ${integrity}\n` +
        'Find out who changed it before you package again.\n',
    );
    await assert.rejects(readdir(out), { code: 'ENOENT' });
  });
});
