// package-lock.json: which bytes of which package this version is made of.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
}

export interface Lockfile {
  /** Version of a package at the top of node_modules; `undefined` where the lock file has none. */
  versionOf(name: string): string | undefined;
  /** `sha512-…` of the tarball of a package in this version. */
  integrityOf(name: string, version: string): string | undefined;
}

export async function readLockfile(root: string): Promise<Lockfile> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const integrities = new Map(
    Object.entries(packages).map(([path, { version, integrity }]) => {
      const [name = ''] = path.split('node_modules/').slice(-1);
      return [`${name}@${version ?? ''}`, integrity] as const;
    }),
  );
  return {
    versionOf: (name) => packages[`node_modules/${name}`]?.version,
    integrityOf: (name, version) => integrities.get(`${name}@${version}`),
  };
}

/** The integrity of bytes, as npm writes it. */
export const integrityOfBytes = (bytes: Buffer): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** An integrity in the hexadecimal digits that bills of materials have. */
export const hexOfIntegrity = (integrity: string): string =>
  Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
