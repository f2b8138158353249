// What the editor itself bears: activation, pauses of its extension host during a run, sizes of bundle and VSIX.
import { join } from 'node:path';
import { LARGEST_MAIN, LARGEST_VSIX, readContents } from '../../src/build/contents';
import { packageExtension } from '../../src/build/package';
import { thisTarget } from '../../src/build/platforms';
import { runInside } from '../support/host/inside';
import { installHost } from '../support/host/install';
import { openBrowser } from '../support/host/playwright';
import { removeTemplate } from '../support/host/sample';
import { median, type Line } from './measure';

/** Both of activation and of a pause that a user does not feel. */
const FLOOR_MS = 50;

async function sizes(folder: string): Promise<Line[]> {
  const file = join(folder, 'm7.vsix');
  const contents = await readContents(file, await packageExtension(thisTarget(), file));
  const main = contents.files.find((one) => one.path === 'extension/dist/extension.js')?.bytes ?? Number.NaN;
  return [
    {
      what: 'main bundle of the extension',
      measured: `${(main / 1024).toFixed(0)} KB`,
      limit: `${LARGEST_MAIN / 1024} KB`,
      holds: main < LARGEST_MAIN,
    },
    {
      what: `VSIX for ${thisTarget()}`,
      measured: `${(contents.bytes / (1 << 20)).toFixed(1)} MB`,
      limit: `${LARGEST_VSIX >> 20} MB`,
      holds: contents.bytes < LARGEST_VSIX,
    },
  ];
}

/** Each repetition opens a window of its own; the medians are held against the floor. */
export async function editor(folder: string, repetitions: number): Promise<Line[]> {
  const lines = await sizes(folder);
  const host = installHost();
  if (host.kind === 'none') throw new Error(`${host.because} ${host.remedy}`);
  const browser = await openBrowser(host);
  const found = new Map<string, number[]>();
  try {
    for (let i = 0; i < repetitions; i += 1) {
      const { tests, measured } = await runInside(host, browser, ['measures']);
      for (const test of tests) if (test.kind === 'failed') process.stderr.write(`  ${test.message}\n`);
      for (const { what, milliseconds } of measured) {
        process.stderr.write(`  ${what}: ${milliseconds.toFixed(1)} ms\n`);
        found.set(what, [...(found.get(what) ?? []), milliseconds]);
      }
    }
  } finally {
    await browser.close();
    await removeTemplate();
  }
  if (found.size === 0) throw new Error('Nothing was measured inside VS Code.');
  const figures = [...found].map(([what, values]): Line => {
    const middle = median(values);
    return {
      what: `${what}, median of ${values.length} windows`,
      measured: `${middle.toFixed(1)} ms (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`,
      limit: `${FLOOR_MS} ms`,
      holds: middle < FLOOR_MS,
    };
  });
  return [...lines, ...figures];
}
