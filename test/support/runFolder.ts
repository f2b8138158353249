// Each run of the tests has a temporary folder of its own: two checkouts may test at once, and nothing is left behind,
// no process either.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { endLeft } from './leftProcesses';

const PREFIX = 'm7-run-';

// Workers of parallel runs, and every process a test starts, get the folder from who started them.
if (!basename(tmpdir()).startsWith(PREFIX)) {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // Some tests run as another user, who has to get through.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
  // Hosts of secrets are remembered in the home of whoever runs: not of whoever tests.
  process.env[process.platform === 'win32' ? 'APPDATA' : 'XDG_STATE_HOME'] = join(folder, 'state');
  // Tests write files and run at once; what waits for a file to be complete says so itself.
  process.env['SETTLE'] ??= '0';
  process.once('exit', () => {
    const left = endLeft(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (left.length === 0) return;
    const named = left.map(({ pid, command }) => `  ${pid}  ${command}`);
    process.stderr.write(`Processes that this run has started were left:\n${named.join('\n')}\n`);
    // Mocha would exit by its own count of failures.
    process.exit(1);
  });
}
