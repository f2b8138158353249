// A run in which everything is up to date: 100 dates × 7 tables × 6 brands, CPU seconds of the whole process.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeSample } from '../../src/sample';
import { median, type Line } from './measure';

const CLI = resolve(__dirname, '../../dist/cli.js');

/** The sample has seven brands; six are measured. */
function withoutOneBrand(workspace: string): void {
  const path = join(workspace, 'config/brand_configs.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as { brands: Record<string, unknown> };
  delete file.brands['HDAustria'];
  writeFileSync(path, JSON.stringify(file));
  const landing = join(workspace, 'data/landing');
  for (const name of readdirSync(landing, { recursive: true, encoding: 'utf8' }))
    if (name.toLowerCase().includes('hdaustria_')) rmSync(join(landing, name));
}

export async function idle(folder: string, days: number): Promise<Line[]> {
  const workspace = join(folder, 'idle');
  await writeSample({ workspace, date: '20241115', rows: 20, days, clean: true });
  withoutOneBrand(workspace);
  const from = new Date(Date.UTC(2024, 10, 15 - days + 1)).toISOString().slice(0, 10).replaceAll('-', '');
  const run = [CLI, 'run', '--workspace', workspace, '--from', from, '--to', '20241115', '--quiet'];
  process.stderr.write(`  first run of ${days} dates\n`);
  const first = spawnSync(process.execPath, run, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (first.status !== 0) throw new Error(`The first run ended with ${String(first.status)}.`);
  const seconds: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    // Node tells the CPU time of the children it waited for only through itself: the child prints its own.
    const report = `process.on('exit', () => { const u = process.cpuUsage(); require('fs').writeSync(2, 'CPU ' + (u.user + u.system) / 1e6 + '\\n'); });`;
    const preload = join(folder, 'cpu.cjs');
    writeFileSync(preload, report);
    const { stderr, status } = spawnSync(process.execPath, ['--require', preload, ...run], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`An idle run ended with ${String(status)}: ${stderr}`);
    seconds.push(Number(/CPU ([\d.]+)/.exec(stderr)?.[1]));
    process.stderr.write(`  idle: ${String(seconds.at(-1))} s CPU\n`);
  }
  const measured = median(seconds);
  return [
    {
      what: `all up to date, ${days} dates × 7 tables × 6 brands`,
      measured: `${measured.toFixed(2)} s CPU`,
      limit: '1.00 s CPU',
      holds: measured < 1,
    },
  ];
}
