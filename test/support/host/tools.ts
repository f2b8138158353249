// What this machine has for a VS Code of its own: a browser and the packages that its native modules are compiled with.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs and pkg-config names that the native modules of VS Code's server need. */
const COMPILERS = ['make', 'g++', 'python3', 'pkg-config'] as const;
const LIBRARIES = ['krb5-gssapi', 'libsecret-1'] as const;
/** The same as Debian's package names, with fonts so that pictures show text. */
const BUILD_PACKAGES = ['make', 'g++', 'python3', 'pkg-config', 'libkrb5-dev', 'libsecret-1-dev'] as const;
const BROWSER_PACKAGES = ['chromium', 'fonts-dejavu-core'] as const;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

/** The path of a program of that name on PATH, or undefined. */
function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The browser of CHROME_PATH, else the first known one on PATH. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_PATH names ${named}, which is not there.`);
  }
  return BROWSERS.map(onPath).find((path) => path !== undefined);
}

function canCompile(): boolean {
  return (
    COMPILERS.every((name) => onPath(name) !== undefined) &&
    spawnSync('pkg-config', ['--exists', ...LIBRARIES]).status === 0
  );
}

/** Debian packages that are missing here; empty where everything is in place. */
export function missingPackages(compile: boolean): readonly string[] {
  return [
    ...(findBrowser() === undefined ? BROWSER_PACKAGES : []),
    ...(compile && !canCompile() ? BUILD_PACKAGES : []),
  ];
}

/** Whether packages can be installed without asking anybody. */
export function isRootWithApt(): boolean {
  return process.getuid?.() === 0 && onPath('apt-get') !== undefined;
}

/** Installs Debian packages, their output on stderr; throws with apt's exit code where it fails. */
export function installPackages(packages: readonly string[]): void {
  for (const words of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status, error } = spawnSync('apt-get', words, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`apt-get ${words.join(' ')} ended with ${String(status)}.`);
  }
}
