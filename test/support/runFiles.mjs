// `npm run test:file -- FILE…`: these files alone, each with the configuration of its folder.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

/** Folders of test/ that mocha runs in another way than the rest. */
const CONFIGS = { host: '.mocharc.host.json', crash: '.mocharc.crash.json' };

const words = process.argv.slice(2);
// `--grep` and what else mocha takes goes to each run.
const isFile = (word) => /\.test\.ts$/.test(word);
const files = words.filter(isFile).map((file) => resolve(file));
if (files.length === 0) {
  console.error('Name test files: npm run test:file -- test/engine/run/plan.test.ts [--grep TEXT]');
  process.exit(2);
}
// Mocha says so of a file it does not find, and passes on the others.
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) {
  console.error(`Not found: ${missing.map((file) => relative(root, file)).join(', ')}`);
  process.exit(2);
}
const configOf = (file) => {
  const [, folder] = relative(root, resolve(file)).split(sep);
  return CONFIGS[folder] ?? '.mocharc.json';
};
let status = 0;
for (const config of new Set(files.map(configOf))) {
  const group = files.filter((file) => configOf(file) === config);
  const run = spawnSync(
    process.execPath,
    // A --grep that matches no test has tested nothing.
    [
      mocha,
      '--fail-zero',
      '--config',
      join(root, config),
      ...words.filter((word) => !isFile(word)),
      ...group,
    ],
    { stdio: 'inherit', cwd: root },
  );
  status ||= run.status ?? 1;
}
process.exit(status);
