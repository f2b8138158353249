// `npm run bench`: all benchmarks, or those named: `npm run bench -- flow rules try debug idle editor preview window snowflake memory`.
// Sizes by environment: M7_BENCH_ROWS (flow, rows per brand), M7_BENCH_MEMORY_ROWS, M7_BENCH_RULE_ROWS, M7_BENCH_TRY_ROWS, M7_BENCH_DEBUG_ROWS, M7_BENCH_DAYS, M7_BENCH_PREVIEW_ROWS, M7_BENCH_LOAD_DATES, M7_BENCH_DIR.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debug } from './debug';
import { editor } from './editor';
import { flow } from './flow';
import { idle } from './idle';
import { table, type Line } from './measure';
import { memory } from './memory';
import { preview } from './preview';
import { rules } from './rules';
import { snowflake } from './snowflake';
import { tryRule } from './tryRule';
import { window } from './window';

const size = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

const BENCHMARKS: Readonly<Record<string, (folder: string) => Promise<Line[]>>> = {
  flow: (folder) => flow(folder, size('M7_BENCH_ROWS', 200_000), 5),
  rules: (folder) => rules(folder, size('M7_BENCH_RULE_ROWS', 5_000_000), 5),
  try: (folder) => tryRule(folder, size('M7_BENCH_TRY_ROWS', 10_000_000), 3),
  debug: (folder) => debug(folder, size('M7_BENCH_DEBUG_ROWS', 10_000_000), 3),
  idle: (folder) => idle(folder, size('M7_BENCH_DAYS', 100)),
  editor: (folder) => editor(folder, 5),
  preview: (folder) => preview(folder, size('M7_BENCH_PREVIEW_ROWS', 20_000_000), 3),
  window: (folder) => window(folder, size('M7_BENCH_PREVIEW_ROWS', 20_000_000), 3),
  snowflake: () => snowflake(size('M7_BENCH_LOAD_DATES', 100)),
  memory: (folder) => memory(folder, size('M7_BENCH_MEMORY_ROWS', 1_650_000)),
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in BENCHMARKS));
  if (unknown !== undefined)
    throw new Error(`There is no benchmark "${unknown}": ${Object.keys(BENCHMARKS).join(', ')}.`);
  const folder = mkdtempSync(join(process.env['M7_BENCH_DIR'] ?? tmpdir(), 'm7-bench-'));
  const lines: Line[] = [];
  try {
    for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      process.stderr.write(`${name}\n`);
      lines.push(...(await benchmark(folder)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(table(lines));
  process.exitCode = lines.every((l) => l.holds) ? 0 : 1;
}

void main();
