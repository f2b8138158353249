// Runs test/host/inside in the extension host of a real window and gives back how each of its tests ended.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { repository, type Host } from './install';
import { readOutcomes, type Measured, type TestOutcome } from './outcome';
import type { Browser } from './playwright';
import { removeWorkspace, sampleWorkspace } from './sample';
import { startServer } from './server';
import { Workbench } from './workbench';

/** A bundle for each suite and one for the entry, where `require` still finds mocha of this repository. */
export async function buildInside(): Promise<string> {
  const source = join(repository, 'test/host/inside');
  const outdir = join(repository, '.vscode-test/inside');
  await rm(outdir, { recursive: true, force: true });
  const files = readdirSync(source).filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
  await build({
    entryPoints: files.map((name) => join(source, name)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return join(outdir, 'index.js');
}

/** What tests inside need to know of the machine outside. */
export function insideEnvironment(results: string): Readonly<Record<string, string>> {
  return {
    M7_HOST_RESULTS: results,
    M7_REPOSITORY: repository,
    // The extension host's own Node is another one: a terminal beside the editor has this.
    M7_NODE: process.execPath,
  };
}

export interface InsideResult {
  readonly tests: readonly TestOutcome[];
  readonly measured: readonly Measured[];
}

/**
 * Opens a window on a fresh sample workspace and waits until the suites in it have ended, at most ten minutes.
 * @param only names of suites; all where not given
 */
export async function runInside(
  host: Host,
  browser: Browser,
  only?: readonly string[],
): Promise<InsideResult> {
  const tests = await buildInside();
  const folder = await sampleWorkspace();
  const notes = await mkdtemp(join(tmpdir(), 'm7-inside-'));
  const results = join(notes, 'results.ndjson');
  try {
    const server = await startServer(host, {
      env: { ...insideEnvironment(results), ...(only === undefined ? {} : { M7_HOST_ONLY: only.join(',') }) },
    });
    const said: string[] = [];
    try {
      const exit = await new Promise<number>((settle, fail) => {
        const late = setTimeout(() => fail(new Error('The tests inside VS Code did not end.')), 600_000);
        Workbench.open(browser, server, { folder, development: repository, tests }, async (page) => {
          await page.exposeFunction('codeAutomationLog', (type: string, words: readonly unknown[]) => {
            said.push(
              `${type}: ${words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' ')}`,
            );
          });
          await page.exposeFunction('codeAutomationExit', (code: number) => {
            clearTimeout(late);
            settle(code);
          });
        }).catch(fail);
      });
      const outcomes = readOutcomes(await readFile(results, 'utf8').catch(() => ''));
      const end = outcomes.find((one) => one.kind === 'ended');
      if (end === undefined || (exit !== 0 && end.failures === 0))
        throw new Error(
          `The tests of ${basename(tests)} ended with ${exit} before their end.\n${said.join('\n')}\n${server.output()}`,
        );
      return {
        tests: outcomes.filter((one) => one.kind !== 'ended' && one.kind !== 'measured'),
        measured: outcomes.filter((one) => one.kind === 'measured'),
      };
    } finally {
      await server.close();
    }
  } finally {
    await removeWorkspace(folder);
    await rm(notes, { recursive: true, force: true });
  }
}
