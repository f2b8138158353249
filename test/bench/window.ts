// A large Parquet file as it is seen in a real window: from opening to the first rows, from a jump to its rows, the size of the page.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installHost, repository } from '../support/host/install';
import { openBrowser, type Frame } from '../support/host/playwright';
import { startServer } from '../support/host/server';
import { eventually, Workbench } from '../support/host/workbench';
import { median, type Line } from './measure';
import { writeLarge } from './preview';

const JUMPS = 40;

/** In the page: drags the scrollbar to a place and tells the milliseconds until all that is seen there is drawn. */
const JUMP = `(async (fraction) => {
  // A person looks before the next jump; who drags on is served where she rests.
  await new Promise((settle) => setTimeout(settle, 250));
  const scroller = document.querySelector('.grid-scroller');
  const first = () => Math.min(...[...document.querySelectorAll('.row[aria-rowindex]')].map((row) => Number(row.getAttribute('aria-rowindex'))).filter((index) => index > 1));
  const before = first();
  const start = performance.now();
  scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * fraction;
  while (first() === before || document.querySelector('.cell.is-waiting') !== null || document.querySelector('.cell') === null)
    await new Promise((settle) => requestAnimationFrame(settle));
  return performance.now() - start;
})`;

const ELEMENTS = `document.querySelectorAll('*').length`;
/** More are never needed for what a screen shows. */
const MOST_ELEMENTS = 2_500;

/** @param rows of the file; @param repetitions windows in which it is opened. */
export async function window(folder: string, rows: number, repetitions: number): Promise<Line[]> {
  const host = installHost();
  if (host.kind === 'none') throw new Error(`${host.because} ${host.remedy}`);
  const workspace = join(folder, 'window');
  await mkdir(workspace, { recursive: true });
  const size = await writeLarge(join(workspace, 'large.parquet'), rows);
  const browser = await openBrowser(host);
  const opened: number[] = [];
  const jumps: number[] = [];
  let elements = Number.NaN;
  try {
    for (let i = 0; i < repetitions; i += 1) {
      const server = await startServer(host, {});
      const workbench = await Workbench.open(browser, server, { folder: workspace, development: repository });
      try {
        await workbench.ready();
        // The second opening is a user's: extension and engine process are there.
        for (const turn of ['first', 'second']) {
          const taken = await open(workbench, 'large.parquet');
          process.stderr.write(`  opened, ${turn} time: ${taken.milliseconds.toFixed(0)} ms\n`);
          if (turn === 'second') {
            opened.push(taken.milliseconds);
            for (let jump = 1; jump <= JUMPS; jump += 1)
              jumps.push(
                await taken.frame.evaluate<number>(`${JUMP}(${((jump * 17) % JUMPS) / JUMPS + 0.001})`),
              );
            elements = await taken.frame.evaluate<number>(ELEMENTS);
          }
          await workbench.command('View: Close All Editors');
        }
      } finally {
        await workbench.close();
        await server.close();
      }
    }
  } finally {
    await browser.close();
    await rm(workspace, { recursive: true, force: true });
  }
  return [
    milliseconds(`first rows on screen, ${(size / 1e9).toFixed(2)} GB`, opened, 1_000),
    milliseconds(`jump by the scrollbar, of ${jumps.length}`, jumps, 150),
    {
      what: 'elements of the page after the jumps',
      measured: String(elements),
      limit: String(MOST_ELEMENTS),
      holds: elements < MOST_ELEMENTS,
    },
  ];
}

function milliseconds(what: string, values: readonly number[], limit: number): Line {
  const middle = median(values);
  return {
    what: `${what}, median`,
    measured: `${middle.toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`,
    limit: `${limit} ms`,
    holds: middle < limit,
  };
}

/** From Enter on the file's name to its first cells. */
async function open(
  workbench: Workbench,
  name: string,
): Promise<{ readonly milliseconds: number; readonly frame: Frame }> {
  await workbench.page.keyboard.press('ControlOrMeta+P');
  await workbench.picker.locator('input').first().fill(name);
  await workbench.focusedRow(name).waitFor();
  const start = performance.now();
  await workbench.page.keyboard.press('Enter');
  const frame = await workbench.webview('.cell:not(.is-waiting)');
  const taken = performance.now() - start;
  await eventually('the whole page', async () => (await frame.locator('.cell.is-waiting').count()) === 0);
  return { milliseconds: taken, frame };
}
