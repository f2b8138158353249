// The bill of materials of a VSIX: the packages that its bundles are made of, from the bundler's own list, and those
// beside them. The third-party notices and the check of licences are made from the same list.
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { hexOfIntegrity, type Lockfile } from './lockfile';
import type { NativePackage } from './native';
import { runTool } from './tool';

/** A package that is shipped. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** As its package.json declares it: an SPDX expression, or other words; empty where it declares none. */
  readonly licence: string;
  /** The texts of its licence files. */
  readonly texts: readonly string[];
}

export interface Bill {
  readonly components: readonly Component[];
  /** What is wrong with it, one sentence each. */
  readonly problems: readonly string[];
  /** As CycloneDX JSON. */
  readonly json: string;
}

/** What is read and written here of CycloneDX. */
interface Hash {
  readonly alg: 'SHA-256' | 'SHA-512';
  readonly content: string;
}
type Licence =
  | { readonly expression: string }
  | {
      readonly license: {
        readonly id?: string;
        readonly name?: string;
        readonly text?: { readonly content: string };
      };
    };
interface Listed {
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly licenses?: readonly Licence[];
  readonly evidence?: { readonly licenses?: readonly Licence[] };
  readonly hashes?: readonly Hash[];
  readonly components?: readonly unknown[];
}
interface Document {
  readonly components: readonly Listed[];
}
/** The part of esbuild's list that says which file is in which bundle. */
interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Where the bill is made from. */
export interface Sources {
  /** Of the repository: paths of the bundler's list begin there. */
  readonly root: string;
  /** esbuild's list, `--metafile` of esbuild.mjs. */
  readonly metafile: string;
  readonly native: NativePackage;
  readonly lock: Lockfile;
}

/** Makes the bill; `work` is a folder for files in between. */
export async function billOfMaterials(
  { root, metafile, native, lock }: Sources,
  work: string,
): Promise<Bill> {
  const list = join(work, 'shipped.json');
  const file = join(work, 'bill.json');
  const bundled = JSON.parse(await readFile(metafile, 'utf8')) as Metafile;
  await writeFile(list, JSON.stringify(withNative(bundled, relative(root, native.folder))));
  const tool = join(root, 'node_modules/@cyclonedx/cyclonedx-esbuild/bin/cyclonedx-esbuild-cli.js');
  const words = [
    '--gather-license-texts',
    '--output-reproducible',
    '--spec-version',
    '1.6',
    '-o',
    file,
    list,
  ];
  await runTool(tool, words, root);
  // A reference is made unique by the package's folder, and the native package lies in another one each time.
  const text = (await readFile(file, 'utf8')).replaceAll(
    new RegExp(`(${native.name}@[^"#]+)#[0-9a-f]+`, 'g'),
    '$1',
  );
  const document = JSON.parse(text) as Document;
  const components = document.components.map((one) => complete(one, native, lock));
  return {
    components: document.components.map(componentOf),
    problems: components.filter(({ hashes }) => hashes === undefined).map(unlocked),
    json: `${JSON.stringify({ ...document, components }, withoutTexts, 2)}\n`,
  };
}

/** The native package's files in esbuild's list, as if they were in a bundle. */
function withNative({ inputs, outputs }: Metafile, folder: string): Metafile {
  const path = `${folder.split(sep).join('/')}/duckdb.node`;
  return {
    inputs: { ...inputs, [path]: { bytes: 1, imports: [] } },
    outputs: {
      ...outputs,
      native: { bytes: 1, imports: [], exports: [], inputs: { [path]: { bytesInOutput: 1 } } },
    },
  };
}

/** The notices have the licence texts; a megabyte of them helps nobody who looks for a package. */
const withoutTexts = (key: string, value: unknown): unknown => (key === 'evidence' ? undefined : value);

const nameOf = ({ group, name }: Listed): string => (group === undefined ? name : `${group}/${name}`);

const unlocked = (one: Listed): string =>
  `${nameOf(one)} ${one.version ?? ''} is shipped, but package-lock.json does not have it: run npm ci.`;

function componentOf(one: Listed): Component {
  const texts = (one.evidence?.licenses ?? []).flatMap((licence) =>
    'license' in licence && licence.license.text !== undefined
      ? [Buffer.from(licence.license.text.content, 'base64').toString('utf8')]
      : [],
  );
  const declared = (one.licenses ?? []).map((licence) =>
    'license' in licence ? (licence.license.id ?? licence.license.name ?? '') : licence.expression,
  );
  return { name: nameOf(one), version: one.version ?? '', licence: declared.join(' AND '), texts };
}

/** With the hash of its tarball, and the native files one by one. */
function complete(one: Listed, { name, digests }: NativePackage, lock: Lockfile): Listed {
  const integrity = lock.integrityOf(nameOf(one), one.version ?? '');
  if (integrity === undefined) return one;
  const hashes: readonly Hash[] = [{ alg: 'SHA-512', content: hexOfIntegrity(integrity) }];
  if (nameOf(one) !== name) return { ...one, hashes };
  const components = [...digests].map(([file, content]) => ({
    type: 'file',
    name: file,
    hashes: [{ alg: 'SHA-256', content } satisfies Hash],
  }));
  return { ...one, hashes, components };
}
