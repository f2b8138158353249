// DuckDB's native package of a target: always from its tarball, and only where that is the one package-lock.json names.
// What is installed proves nothing: any script of a dependency could have written there.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { integrityOfBytes, type Lockfile } from './lockfile';
import { bindingsPackage, nativeFiles, type Target } from './platforms';

const execute = promisify(execFile);

export interface NativePackage {
  readonly name: string;
  /** Holds the package as its tarball has it. */
  readonly folder: string;
  /** SHA-256 of each native file, by its name. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * Fetches the native package of a target into `folder`; npm takes it from its cache where an installation left it.
 * Throws where there is none, or where its bytes are not those of the lock file.
 */
export async function fetchNative(target: Target, lock: Lockfile, folder: string): Promise<NativePackage> {
  const name = bindingsPackage(target);
  const version = lock.versionOf(name);
  const locked = version === undefined ? undefined : lock.integrityOf(name, version);
  if (version === undefined || locked === undefined)
    throw new Error(`package-lock.json has no integrity of ${name}. Run npm install.`);
  const tarball = await packed(`${name}@${version}`, target, folder);
  const found = integrityOfBytes(await readFile(tarball));
  if (found !== locked)
    throw new Error(
      `${name}@${version} is not the package that package-lock.json names, so there is no VSIX for ${target}.\n` +
        `  its tarball:       ${found}\n  package-lock.json: ${locked}\n` +
        'Find out who changed it before you package again.',
    );
  const unpacked = join(folder, 'native');
  await mkdir(unpacked);
  await execute('tar', ['-xzf', tarball, '-C', unpacked]);
  const inside = join(unpacked, 'package');
  const digests = nativeFiles(target).map(
    async (file) => [file, sha256(await readFile(join(inside, file)))] as const,
  );
  return { name, folder: inside, digests: new Map(await Promise.all(digests)) };
}

/** The tarball, alone in a folder of its own: what npm says of its name differs between versions. */
async function packed(specifier: string, target: Target, folder: string): Promise<string> {
  const place = join(folder, 'tarball');
  await mkdir(place);
  const words = ['pack', specifier, '--pack-destination', place, '--json', '--prefer-offline'];
  await execute('npm', words, { shell: process.platform === 'win32' }).catch((cause: unknown) => {
    const reason = /"(?:detail|summary)": "([^"]+)"/.exec(
      String((cause as { stdout?: unknown }).stdout),
    )?.[1];
    throw new Error(
      `${specifier} is neither in npm's cache nor to be had from the registry, so there is no VSIX for ${target}. ` +
        'Run the same command after npm ci on that platform, or where the registry has it.' +
        (reason === undefined ? '' : `\nnpm says: ${reason}`),
      { cause },
    );
  });
  const [file, ...more] = await readdir(place);
  if (file === undefined || more.length > 0) throw new Error(`npm pack ${specifier} did not give one file.`);
  return join(place, file);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
