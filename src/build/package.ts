// `npm run package [-- --target T] [--out FILE]`: the extension with DuckDB's native files of one platform, as a VSIX,
// with its bill of materials and its checksums beside it. The same sources give the same bytes, anywhere, at any time.
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { billOfMaterials, type Bill } from './bill';
import { problemsOf, readContents } from './contents';
import licences from './licences.json';
import { readLockfile } from './lockfile';
import { fetchNative, type NativePackage } from './native';
import { noticesOf } from './notices';
import { bindingsPackage, isTarget, nativeFiles, PLATFORMS, thisTarget, type Target } from './platforms';
import { enterSums } from './sums';
import { runTool } from './tool';

const root = resolve(__dirname, '../..');

/** The part of package.json that is read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** What a VSIX is built of; the rest of the repository stays out. .vscodeignore says it once more. */
const CONTENT = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
  'media',
  'config',
  'package.nls.json',
];

/** Parts of the manifest that only this repository needs: what the extension imports is in its bundles. */
const OF_REPOSITORY: readonly string[] = ['scripts', 'dependencies', 'devDependencies', 'private'];

async function publishedManifest(): Promise<string> {
  const kept = Object.entries(await manifestOf(root)).filter(([key]) => !OF_REPOSITORY.includes(key));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * Builds a VSIX and holds it against what may be in one; where there is a problem, none is written.
 * Its bill of materials (`.cdx.json`) and SHA256SUMS are written beside it.
 * @param file where it goes; its folder is made
 * @returns bytes of the VSIX
 */
export async function packageExtension(target: Target, file: string): Promise<number> {
  const work = await mkdtemp(join(tmpdir(), 'm7-package-'));
  try {
    const lock = await readLockfile(root);
    const native = await fetchNative(target, lock, work);
    const stage = join(work, 'stage');
    const metafile = join(work, 'metafile.json');
    await fill(stage, metafile, target, native);
    const bill = await billOfMaterials({ root, metafile, native, lock }, work);
    const notices = await noticesOf(bill.components, licences, root);
    refuse([...bill.problems, ...notices.problems], target);
    await writeFile(join(stage, 'ThirdPartyNotices.txt'), notices.text);
    const made = join(work, 'made.vsix');
    await zip(stage, target, made);
    const { size } = await stat(made);
    refuse(problemsOf(await readContents(made, size), target, native.digests), target);
    await publish(made, bill, file);
    return size;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Builds and copies all that is in the VSIX but for the notices. */
async function fill(stage: string, metafile: string, target: Target, native: NativePackage): Promise<void> {
  const words = ['--production', `--outdir=${join(stage, 'dist')}`, `--metafile=${metafile}`];
  await runTool('esbuild.mjs', words, root);
  for (const name of CONTENT) await cp(join(root, name), join(stage, name), { recursive: true });
  await writeFile(join(stage, 'package.json'), await publishedManifest());
  // vsce leaves out the node_modules of the root; Node looks into the one beside the bundles first.
  const place = join(stage, 'dist/node_modules', bindingsPackage(target));
  await mkdir(place, { recursive: true });
  for (const name of [...nativeFiles(target), 'package.json', 'LICENSE'])
    await cp(join(native.folder, name), join(place, name));
}

async function zip(stage: string, target: Target, file: string): Promise<void> {
  // The modes of a checkout depend on who made it.
  for (const entry of await readdir(stage, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o644);
  const words = ['package', '--target', target, '--out', file, '--no-dependencies'];
  const flags = ['--allow-missing-repository', '--no-rewrite-relative-links', '--allow-star-activation'];
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  await runTool(vsce, [...words, ...flags], stage);
}

function refuse(problems: readonly string[], target: Target): void {
  if (problems.length > 0)
    throw new Error(`The VSIX for ${target} is not as it must be:\n  ${problems.join('\n  ')}`);
}

async function publish(made: string, bill: Bill, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const list = `${file.replace(/\.vsix$/, '')}.cdx.json`;
  await copyFile(made, file);
  await writeFile(list, bill.json);
  await enterSums([file, list]);
}

/** Where `npm run package` puts it. */
async function defaultFile(target: Target): Promise<string> {
  const { name, version } = await manifestOf(root);
  return join(root, `${name}-${target}-${version}.vsix`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  const target = values.target ?? thisTarget();
  if (!isTarget(target))
    throw new Error(`There is no target "${target}": ${Object.keys(PLATFORMS).join(', ')}.`);
  const file = values.out === undefined ? await defaultFile(target) : resolve(values.out);
  const bytes = await packageExtension(target, file);
  process.stdout.write(`${file}  ${(bytes / (1 << 20)).toFixed(1)} MB\n`);
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
