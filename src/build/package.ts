// `npm run package [-- --target T] [--out FILE]`: the extension with DuckDB's native files of one platform, as a VSIX.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { nativeFiles, problemsOf, readContents } from './contents';
import { bindingsPackage, isTarget, PLATFORMS, thisTarget, type Target } from './platforms';

const root = resolve(__dirname, '../..');
const execute = promisify(execFile);

/** The part of package.json and package-lock.json that is read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
}
interface Lockfile {
  readonly packages: Readonly<Record<string, Manifest | undefined>>;
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

/**
 * Folder of DuckDB's native package of a target: the installed one, else fetched into `folder`, in the version
 * that the lockfile has.
 */
async function bindingsOf(target: Target, folder: string): Promise<string> {
  const name = bindingsPackage(target);
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
  const version = lock.packages[`node_modules/${name}`]?.version;
  if (version === undefined) throw new Error(`${name} is not in package-lock.json. Run npm install.`);
  const installed = join(root, 'node_modules', name);
  if (existsSync(installed) && (await manifestOf(installed)).version === version) return installed;
  const words = ['pack', `${name}@${version}`, '--pack-destination', folder, '--json'];
  const { stdout } = await execute('npm', words, { shell: process.platform === 'win32' }).catch(
    (cause: unknown) => {
      const reason = /"detail": "([^"]*)"/.exec(String((cause as { stdout?: unknown }).stdout))?.[1];
      throw new Error(
        `${name}@${version} is neither installed nor to be had from the registry, so there is no VSIX for ${target}. ` +
          'Run the same command on that platform after npm ci, or where the registry has it.' +
          (reason === undefined ? '' : `\nnpm says: ${reason}`),
        { cause },
      );
    },
  );
  const [packed] = JSON.parse(stdout) as { readonly filename: string }[];
  if (packed === undefined) throw new Error(`npm pack ${name}@${version} gave no file.`);
  await execute('tar', ['-xzf', packed.filename], { cwd: folder });
  return join(folder, 'package');
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Parts of the manifest that only this repository needs: what the extension imports is in its bundles. */
const OF_REPOSITORY: readonly string[] = ['scripts', 'dependencies', 'devDependencies', 'private'];

async function publishedManifest(): Promise<string> {
  const kept = Object.entries(await manifestOf(root)).filter(([key]) => !OF_REPOSITORY.includes(key));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}

/**
 * Builds a VSIX and holds it against what may be in one; a VSIX with a problem is removed.
 * @param file where it goes; its folder is made
 * @returns bytes of the VSIX
 */
export async function packageExtension(target: Target, file: string): Promise<number> {
  const work = await mkdtemp(join(tmpdir(), 'm7-package-'));
  try {
    const stage = join(work, 'stage');
    await mkdir(stage);
    await execute(process.execPath, ['esbuild.mjs', '--production', `--outdir=${join(stage, 'dist')}`], {
      cwd: root,
    });
    for (const name of CONTENT) await cp(join(root, name), join(stage, name), { recursive: true });
    await writeFile(join(stage, 'package.json'), await publishedManifest());
    const bindings = await bindingsOf(target, work);
    // vsce leaves out the node_modules of the root; Node looks into the one beside the bundles first.
    const place = join(stage, 'dist/node_modules', bindingsPackage(target));
    await mkdir(place, { recursive: true });
    for (const name of [...nativeFiles(target), 'package.json', 'LICENSE'])
      await cp(join(bindings, name), join(place, name));
    await mkdir(dirname(file), { recursive: true });
    const words = ['package', '--target', target, '--out', file, '--no-dependencies'];
    const flags = ['--allow-missing-repository', '--no-rewrite-relative-links', '--allow-star-activation'];
    const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
    await execute(process.execPath, [vsce, ...words, ...flags], { cwd: stage, maxBuffer: 1 << 26 });
    const { size } = await stat(file);
    const problems = problemsOf(await readContents(file, size), target);
    if (problems.length === 0) return size;
    await rm(file);
    throw new Error(`The VSIX for ${target} is not as it must be:\n  ${problems.join('\n  ')}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
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
