// What VS Code calls inside its extension host: runs every suite beside this file and writes how each test ended.
import { readdirSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import { join } from 'node:path';
import Mocha from 'mocha';
import { write } from '../../support/host/writeOutcome';

/** Suites to run, by file name without `.test.js`; all where not given. */
const only = process.env['M7_HOST_ONLY']?.split(',');

function titles(test: Mocha.Runnable): { readonly suite: readonly string[]; readonly title: string } {
  return { suite: test.titlePath().slice(0, -1), title: test.title };
}

/** The lines of the source: VS Code formats stacks itself and knows of no source maps. */
function mapped(stack: string): string {
  return stack.replace(
    /([^\s(]+\.test\.js):(\d+):(\d+)/g,
    (place, file: string, line: string, column: string) => {
      const entry = findSourceMap(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      return entry !== undefined && 'originalLine' in entry
        ? `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
        : place;
    },
  );
}

class Notes extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('pass', (test) => write({ kind: 'passed', ...titles(test), milliseconds: test.duration ?? 0 }));
    runner.on('pending', (test) => write({ kind: 'skipped', ...titles(test) }));
    runner.on('fail', (test, error: Error) =>
      write({ kind: 'failed', ...titles(test), message: error.message, stack: mapped(error.stack ?? '') }),
    );
  }
}

/** @throws where a test failed, so that VS Code's exit code says so too. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, forbidOnly: process.env['CI'] !== undefined });
  mocha.reporter(Notes);
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith('.test.js') && only?.includes(name.slice(0, -'.test.js'.length)) !== false)
      mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((settle) => mocha.run(settle));
  write({ kind: 'ended', failures });
  if (failures > 0) throw new Error(`${failures} tests failed inside VS Code.`);
}
