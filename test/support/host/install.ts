// A real VS Code from npm packages, installed once into .vscode-test/host: its server, a Node to run it, a browser driver.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findBrowser, installPackages, isRootWithApt, missingPackages } from './tools';

export const repository = resolve(__dirname, '../../..');
const cache = join(repository, '.vscode-test');
const folder = join(cache, 'host');

const VERSIONS: Readonly<Record<string, string>> = {
  // The server's native modules want Node 24; the headers to compile them come in the same package.
  [`node-linux-${process.arch}`]: '24.21.0',
  'code-server': '4.139.1',
  'playwright-core': '1.65.1',
};
const STAMP = JSON.stringify(VERSIONS);

/** Paths of an installed VS Code and what drives it. */
export interface Host {
  readonly kind: 'ready';
  /** The Node that runs the server. */
  readonly node: string;
  /** `server-main.js`. */
  readonly server: string;
  /** Folder of playwright-core. */
  readonly playwright: string;
  readonly browser: string;
}

/** Why there is none here, and the one command that would change it. */
export interface NoHost {
  readonly kind: 'none';
  readonly because: string;
  readonly remedy: string;
}

const tell = (text: string): boolean => process.stderr.write(`${text}\n`);

function isInstalled(path: string): boolean {
  const stamp = join(path, 'stamp.json');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === STAMP;
}

function npm(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  tell(`  npm ${words.join(' ')}`);
  const started = Date.now();
  // `npm test` hands this repository's strictness about Node versions to what it starts.
  const flags = ['--engine-strict=false', '--no-audit', '--no-fund'];
  const { status, error, stdout, stderr } = spawnSync('npm', [...words, ...flags], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`npm ${words.join(' ')} ended with ${String(status)}.\n${stdout}${stderr}`);
  tell(`  ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** Leftovers of installations that were interrupted: their process is gone. */
function removeLeftovers(): void {
  for (const name of readdirSync(cache)) {
    const pid = /^host\.(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}

/** Built beside its place and renamed last: an installation that is cut short leaves nothing that looks whole. */
function install(): void {
  mkdirSync(cache, { recursive: true });
  removeLeftovers();
  const building = join(cache, `host.${process.pid}`);
  tell(`VS Code for the tests comes into ${folder}: once, about 2 minutes and 0.8 GB.`);
  try {
    mkdirSync(building);
    writeFileSync(join(building, 'package.json'), '{"private": true}');
    npm(
      ['install', '--ignore-scripts', ...Object.entries(VERSIONS).map(([name, v]) => `${name}@${v}`)],
      building,
      process.env,
    );
    const node = join(building, 'node_modules', `node-linux-${process.arch}`);
    npm(
      ['install', '--omit=dev', '--ignore-scripts=false'],
      join(building, 'node_modules/code-server/lib/vscode'),
      {
        ...process.env,
        PATH: `${join(node, 'bin')}:${process.env['PATH'] ?? ''}`,
        npm_config_nodedir: node,
      },
    );
    writeFileSync(join(building, 'stamp.json'), STAMP);
    if (isInstalled(folder)) return;
    rmSync(folder, { recursive: true, force: true });
    renameSync(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/**
 * The VS Code of this machine, installed where that is not done yet. Progress goes to stderr.
 * `none` where it cannot be had without a person; throws where an installation was tried and failed.
 */
export function installHost(): Host | NoHost {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    return {
      kind: 'none',
      because: `The VS Code for these tests runs on Linux, not on ${process.platform}-${process.arch}.`,
      remedy: 'npm run test:desktop',
    };
  const missing = missingPackages(!isInstalled(folder));
  if (missing.length > 0) {
    if (!isRootWithApt())
      return {
        kind: 'none',
        because: 'A browser or the packages to compile with are missing.',
        remedy: `sudo apt-get install ${missing.join(' ')}`,
      };
    installPackages(missing);
  }
  if (!isInstalled(folder)) install();
  const browser = findBrowser();
  if (browser === undefined) throw new Error('Chromium was installed, and is not on PATH.');
  const modules = join(folder, 'node_modules');
  return {
    kind: 'ready',
    node: join(modules, `node-linux-${process.arch}`, 'bin/node'),
    server: join(modules, 'code-server/lib/vscode/out/server-main.js'),
    playwright: join(modules, 'playwright-core'),
    browser,
  };
}
