// A run over gigabytes with MEMORY_LIMIT=512MB: peak resident memory of the whole process.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeSample } from '../../src/sample';
import type { Line } from './measure';

const CLI = resolve(__dirname, '../../dist/cli.js');

export async function memory(folder: string, rows: number): Promise<Line[]> {
  const workspace = join(folder, 'memory');
  process.stderr.write(`  writing the sample, ${rows} rows for each brand\n`);
  const truth = await writeSample({ workspace, date: '20241115', rows, clean: true });
  const preload = join(folder, 'peak.cjs');
  writeFileSync(
    preload,
    `process.on('exit', () => require('fs').writeSync(2, 'PEAK ' + process.resourceUsage().maxRSS * 1024 + '\\n'));`,
  );
  const begun = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', preload, CLI, 'run', '--workspace', workspace, '--date', '20241115', '--quiet'],
    {
      encoding: 'utf8',
      env: { ...process.env, MEMORY_LIMIT: '512MB' },
    },
  );
  const seconds = (performance.now() - begun) / 1000;
  rmSync(workspace, { recursive: true, force: true });
  if (status !== 0) throw new Error(`The run ended with ${String(status)}: ${stderr}`);
  const peak = Number(/PEAK (\d+)/.exec(stderr)?.[1]);
  return [
    {
      what: `${(truth.bytes / 1e9).toFixed(2)} GB of CSV to the warehouse, MEMORY_LIMIT=512MB, ${seconds.toFixed(0)} s`,
      measured: `${(peak / 1e9).toFixed(2)} GB peak`,
      limit: '1.20 GB peak',
      holds: peak < 1.2e9,
    },
  ];
}
