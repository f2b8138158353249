// Scores the reader of unknown files on the Pollock corpus: `node --import tsx test/bench/pollock.ts`.
//
// The corpus and its scorer lie beside the repository (../shared, or the folder M7_CORPORA names); where they
// are not found, nothing is measured and the message says so. No hints are given: what is scored is the preview.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCsv } from '../../src/engine/csv/readCsv';

const repository = resolve(import.meta.dirname, '../..');
const corpora = process.env['M7_CORPORA'] ?? resolve(repository, '../shared/corpora');
const unpacked = join(repository, 'test/.corpora/pollock');
let temporary: string | undefined;

/** What the scorer calls for every file. */
export async function load(
  file: string,
): Promise<{ header: readonly string[] | null; rows: readonly (readonly string[])[] }> {
  temporary ??= mkdtempSync(join(tmpdir(), 'm7-pollock-'));
  const page = await readCsv({ file, temporary });
  return { header: page.header ? page.columns : null, rows: page.rows };
}

function main(): void {
  const archive = join(corpora, 'pollock-polluted.tar.xz');
  const scorer = resolve(corpora, '../tools/pollock.mjs');
  if (!existsSync(scorer) || (!existsSync(archive) && !existsSync(unpacked))) {
    console.log(`Pollock: skipped, no corpus in ${corpora} (set M7_CORPORA).`);
    return;
  }
  if (!existsSync(join(unpacked, 'polluted_files'))) {
    mkdirSync(unpacked, { recursive: true });
    const tar = spawnSync('tar', ['-xJf', archive, '-C', unpacked], { stdio: 'inherit' });
    if (tar.status !== 0) throw new Error(`${archive} cannot be unpacked.`);
  }
  const weights = join(corpora, 'pollock_weights.json');
  const run = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      scorer,
      '--root',
      unpacked,
      ...(existsSync(weights) ? ['--weights', weights] : []),
      '--loader',
      `${fileURLToPath(import.meta.url)}#load`,
      ...process.argv.slice(2),
    ],
    { stdio: 'inherit', cwd: repository },
  );
  run.on('close', (code) => (process.exitCode = code ?? 1));
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) main();
