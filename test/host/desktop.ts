// `npm run test:desktop`: the suites of test/host/inside in a downloaded VS Code with a window, for machines that may download it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { buildInside, insideEnvironment } from '../support/host/inside';
import { repository } from '../support/host/install';
import { readOutcomes } from '../support/host/outcome';
import { removeTemplate, removeWorkspace, sampleWorkspace } from '../support/host/sample';

async function main(): Promise<void> {
  const extensionTestsPath = await buildInside();
  const folder = await sampleWorkspace();
  const notes = await mkdtemp(join(tmpdir(), 'm7-desktop-'));
  const results = join(notes, 'results.ndjson');
  try {
    const code = await runTests({
      cachePath: join(repository, '.vscode-test'),
      extensionDevelopmentPath: repository,
      extensionTestsPath,
      extensionTestsEnv: insideEnvironment(results),
      launchArgs: [
        folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${join(notes, 'user')}`,
      ],
    }).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      return 1;
    });
    const outcomes = readOutcomes(await readFile(results, 'utf8').catch(() => ''));
    const count = (kind: string): number => outcomes.filter((one) => one.kind === kind).length;
    for (const one of outcomes)
      if (one.kind === 'measured') console.log(`${one.what}: ${one.milliseconds.toFixed(1)} ms`);
      else if (one.kind === 'failed')
        console.error(`\n${[...one.suite, one.title].join(' › ')}\n${one.stack}`);
    console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
    process.exitCode = code === 0 && count('ended') === 1 && count('failed') === 0 ? 0 : 1;
  } finally {
    await removeWorkspace(folder);
    await removeTemplate();
    await rm(notes, { recursive: true, force: true });
  }
}

void main();
