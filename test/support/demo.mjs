// `npm run demo`: a workspace with generated files, run through the whole flow, and held against what was planted.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const workspace = resolve(process.argv[2] ?? join(root, 'demo'));
const date = '20241115';
const shown = relative(process.cwd(), workspace) || '.';

/** Runs one command in sight of the user and gives its exit code. */
function m7(...words) {
  console.log(`\n$ m7 ${words.map((word) => (word === workspace ? shown : word)).join(' ')}`);
  const { status, signal, error } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...words], {
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  if (signal !== null || status === 130) process.exit(130);
  return status ?? 1;
}

/** What one command answers in JSON. */
function answer(...words) {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...words, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? JSON.parse(stdout) : undefined;
}

function fail(text) {
  console.error(`\nThe demo did not come out as expected: ${text}`);
  process.exit(1);
}

if (existsSync(join(workspace, 'sample_truth.json')))
  console.log(`${shown} is there already: going on in it.`);
else if (m7('init', workspace, '--sample', '--date', date) !== 0) fail('m7 init failed.');

const code = m7('run', '--workspace', workspace, '--date', date);
if (code !== 0 && code !== 1) fail(`m7 run ended with ${code}.`);
if (m7('status', '--workspace', workspace) !== 0) fail('m7 status failed.');

const truth = JSON.parse(readFileSync(join(workspace, 'sample_truth.json'), 'utf8'));
const report = answer('report', '--workspace', workspace, '--date', date);
if (report === undefined) fail('there is no report.');
const wrong = [];
let failed = 0;
for (const expected of truth.tables.filter((table) => table.date === date)) {
  const found = report.reports.find((one) => one.table === expected.table);
  if (found === undefined) {
    wrong.push(`${expected.table} has no report`);
    continue;
  }
  if (found.status === 'failed') failed += 1;
  for (const layer of ['silver', 'gold', 'accepted'])
    if (found.rows[layer] !== expected[layer])
      wrong.push(`${expected.table}: ${found.rows[layer]} rows ${layer}, planted were ${expected[layer]}`);
  const loaded = found.status === 'failed' ? null : expected.accepted;
  if (found.rows.loaded !== loaded)
    wrong.push(`${expected.table}: ${found.rows.loaded} rows loaded, not ${loaded}`);
}
if (failed > 0 !== (code === 1))
  wrong.push(`m7 run ended with ${code} although ${failed} tables failed their validation`);
if (wrong.length > 0) fail(`\n  ${wrong.join('\n  ')}`);

const planted = truth.planted.reduce((sum, plant) => sum + plant.rows, 0);
console.log(`
The sample holds ${planted} planted faults, listed in ${join(shown, 'sample_truth.json')}; the counts above are those
of that list, row by row.${code === 1 ? ` ${failed} of the tables broke a rule too often, was not loaded, and m7 run ended with 1, as it should.` : ''}

Look further:
  m7 report --workspace ${shown} --date ${date} --format html --output report.html
  m7 trace --workspace ${shown} --date ${date} --table Playback --where "duration_s > 80000"
  m7 trace --workspace ${shown} --file SkylinkCZ_Playback_${date}.csv --line 649
  m7 preview ${join(shown, 'data/gold', date, 'Playback.parquet')}`);
