// `npm run screenshots [-- NAME…]`: pictures of the packaged extension in .screenshots/, in four themes and two widths.
// `npm run screenshots -- readme`: those of README and manual, in media/.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageExtension } from '../../src/build/package';
import { thisTarget } from '../../src/build/platforms';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import { DebugView } from '../support/host/debugging';
import { installHost, repository } from '../support/host/install';
import { openBrowser } from '../support/host/playwright';
import { m7, removeTemplate, removeWorkspace, RUN_DATE, sampleWorkspace } from '../support/host/sample';
import { startServer } from '../support/host/server';
import { eventually, THEMES, Workbench, type Theme } from '../support/host/workbench';

/** Brings the window into the state that the picture shows; it starts without editors, pickers and notifications. */
type Show = (workbench: Workbench, folder: string) => Promise<void>;

const RULES = 'config/validation_rules.json';
const DAY = `${RUN_DATE.slice(0, 4)}-${RUN_DATE.slice(4, 6)}-${RUN_DATE.slice(6)}`;

async function views(workbench: Workbench): Promise<void> {
  await workbench.container('M7 Pipeline');
  await workbench.unfold('Layers', 'Gold', DAY);
}

/** One entry, one picture. */
const PICTURES: Readonly<Record<string, Show>> = {
  views,

  picker: async (workbench) => {
    await views(workbench);
    await workbench.command('M7: Run a Date…');
    await workbench.row(DAY).waitFor();
  },

  preview: async (workbench) => {
    await workbench.openFile(`gold/${RUN_DATE}/Playback.parquet`);
    await workbench.webview('.cell:not(.is-waiting)');
  },

  report: async (workbench) => {
    await workbench.command('M7: Show Report…');
    await workbench.choose(DAY);
    await (await workbench.webview('h1, h2')).locator('h1, h2').first().waitFor();
  },

  rules: async (workbench) => {
    await workbench.openFile(RULES);
    await workbench.page.locator('.monaco-editor .codelens-decoration a').first().waitFor();
  },

  completion: async (workbench, folder) => {
    await workbench.openFile(RULES);
    const lines = (await readFile(join(folder, RULES), 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes('"column": "'));
    await workbench.goTo(line + 1, (lines[line] ?? '').indexOf('"column": "') + '"column": "'.length + 1);
    await workbench.page.keyboard.press('Control+Space');
    await workbench.page.locator('.suggest-widget .monaco-list-row').first().waitFor();
  },

  warehouse: async (workbench) => {
    await workbench.container('M7 Pipeline');
    await workbench.command('M7: Test the Warehouse Connection');
    await workbench.notification(/connected/);
    await workbench.unfold('Warehouse', /Embedded warehouse.*connected/s);
    await workbench.unfold('Warehouse', DAY);
    await workbench.item('Warehouse', 'Device').waitFor();
  },

  comparison: async (workbench, folder) => {
    await workbench.container('M7 Pipeline');
    await changeWarehouse(folder);
    await workbench.command('M7: Compare with the Warehouse…');
    await workbench.choose(DAY);
    await (await workbench.webview('h2')).locator('h2').first().waitFor();
    await workbench.unfold('Warehouse', DAY);
    await workbench.item('Warehouse', /Device.*differs/s).waitFor();
  },

  'load-sql': async (workbench) => {
    await workbench.command('M7: Show SQL of This Load');
    await workbench.choose(DAY);
    await workbench.row('Device').waitFor();
    await workbench.choose('Device');
    await workbench.page.locator('.editor-instance .view-lines').getByText('CREATE').first().waitFor();
  },

  'choose-warehouse': async (workbench) => {
    await workbench.container('M7 Pipeline');
    await workbench.command('M7: Choose the Warehouse…');
    await workbench.row('Snowflake (settings in .env)').waitFor();
  },

  'agree-warehouse': async (workbench) => {
    await workbench.command('M7: Choose the Warehouse…');
    await workbench.choose('Snowflake (settings in .env)');
    await workbench.page.locator('.monaco-dialog-box').waitFor();
  },

  secrets: async (workbench) => {
    await workbench.command('M7: Set a Secret…');
    await workbench.choose('SNOWFLAKE_TOKEN');
    await workbench.picker.locator('input[type=password]').first().waitFor();
  },

  manual: async (workbench) => {
    await workbench.command('M7: Open Manual');
    const index = await workbench.webview('#manual');
    await index.getByRole('link', { name: 'range', exact: true }).first().click();
    await (await workbench.webview('#range')).locator('#range').waitFor();
  },

  walkthrough: async (workbench) => {
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.choose('Get Started with M7 Pipeline');
    await workbench.page.locator('.gettingStartedContainer .step-title').first().waitFor();
  },

  'debug-dates': async (workbench) => {
    await workbench.openFile(RULES);
    await workbench.command('M7: Debug a Date…');
    await workbench.row(DAY).waitFor();
  },

  'debug-rule': async (workbench) => {
    const debug = await debugRule(workbench);
    await debug.unfold(/^Rule/, false);
    await debug.unfold(/^Failing rows/);
    await debug.ask('SELECT _brand, count(*) FROM failing GROUP BY 1', /rows?/);
  },

  'debug-row': async (workbench) => {
    const debug = await debugRule(workbench);
    await debug.press('Step Into');
    await debug.stands(/^failing row 1 /);
    await debug.shows(/^landing line = /);
  },
};

/** Rows that were removed behind the product's back; the first picture removes them, the others find them gone. */
async function changeWarehouse(folder: string): Promise<void> {
  const data = join(folder, 'data');
  const database = await openDatabase({ folders: [data] });
  const connection = await database.connect();
  try {
    await connection.run(`ATTACH ${quoteLiteral(join(data, 'warehouse.duckdb'))} AS w`);
    await connection.run(
      'DELETE FROM w.STG_SG.DEVICE WHERE DEVICE_ID = (SELECT min(DEVICE_ID) FROM w.STG_SG.DEVICE)',
    );
    await connection.run('DETACH w');
  } finally {
    connection.close();
    database.close();
  }
}

/** A session that stands at the first rule of the file, begun above it. */
async function debugRule(workbench: Workbench): Promise<DebugView> {
  const debug = new DebugView(workbench);
  await workbench.openFile(RULES);
  const lens = workbench.page.locator('.codelens-decoration').getByText('Debug this rule').first();
  await lens.waitFor();
  await eventually('the session', async () => {
    await lens.click({ timeout: 2_000 });
    await debug.toolbar.waitFor({ timeout: 5_000 });
    return true;
  });
  await debug.stands(/^rule /);
  return debug;
}

/** Ends the session of a picture, where it has one. */
async function endSession(workbench: Workbench): Promise<void> {
  const debug = new DebugView(workbench);
  if (!(await debug.toolbar.isVisible())) return;
  await debug.press('Stop');
  await debug.over();
}

/** A status that the rules no longer list: more rows break the rule than ERROR_THRESHOLD allows. */
async function failUsers(folder: string): Promise<void> {
  const path = join(folder, RULES);
  const text = await readFile(path, 'utf8');
  const listed = '"values": ["ACTIVE", "SUSPENDED", "CANCELLED"]';
  if (!text.includes(listed)) throw new Error(`The sample's rules do not have ${listed}.`);
  await writeFile(path, text.replace(listed, '"values": ["ACTIVE", "CANCELLED"]'));
  await m7('run', '--workspace', folder, '--date', RUN_DATE);
}

/** Pictures of README and manual, by their file in media/. */
const OF_README: Readonly<Record<string, Show>> = {
  'report.png': async (workbench, folder) => {
    await failUsers(folder);
    await workbench.container('M7 Pipeline');
    await workbench.item('Runs', DAY).waitFor();
    await workbench.command('M7: Show Report…');
    await workbench.choose(DAY);
    await (await workbench.webview('h1, h2')).locator('h1, h2').first().waitFor();
  },

  'rules.png': async (workbench, folder) => {
    await workbench.command('View: Show Explorer');
    await workbench.openFile(RULES);
    await workbench.page.locator('.monaco-editor .codelens-decoration a').first().waitFor();
    const lines = (await readFile(join(folder, RULES), 'utf8')).split('\n');
    await workbench.goTo(lines.findIndex((line) => line.includes('user_status_known')) + 10, 1);
    const kind = workbench.page.locator('.view-lines .view-line').getByText('"enum"').first();
    await eventually('the hover of the rule', async () => {
      await kind.hover({ timeout: 2_000 });
      await workbench.page.locator('.monaco-hover').getByText('Open the manual').waitFor({ timeout: 3_000 });
      return true;
    });
    await eventually('the hover to have faded in', () =>
      workbench.page.evaluate<boolean>(
        `[...document.querySelectorAll('.monaco-hover')].every((one) => one.getAnimations().length === 0 && getComputedStyle(one).opacity === '1')`,
      ),
    );
  },
};

/** The pictures that are checked in: one theme, one width, few colours. */
async function takeOfReadme(workbench: Workbench, folder: string): Promise<void> {
  await workbench.theme('light');
  for (const [name, show] of Object.entries(OF_README)) {
    await show(workbench, folder);
    const file = join(repository, 'media', name);
    await workbench.picture(file);
    await workbench.clear();
    const quantized = spawnSync('pngquant', ['--force', '--ext', '.png', '--strip', '256', file]);
    if (quantized.status !== 0) process.stderr.write(`${name} is not compressed: install pngquant.\n`);
  }
}

const WIDTHS = [1400, 800] as const;

async function takeAll(
  workbench: Workbench,
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const theme of Object.keys(THEMES) as Theme[]) {
    await workbench.resize(1400);
    await workbench.theme(theme);
    for (const width of WIDTHS) {
      await workbench.resize(width);
      for (const name of names) {
        const file = `${name}-${theme}-${width}.png`;
        try {
          await PICTURES[name]?.(workbench, folder);
          process.stderr.write(`${file}\n`);
        } catch (error) {
          failed.push(file);
          process.stderr.write(`${file}: ${error instanceof Error ? error.message : String(error)}\n`);
        }
        await workbench.picture(join(repository, '.screenshots', file));
        await endSession(workbench);
        await workbench.clear();
      }
    }
  }
  return failed;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const forReadme = wanted.length === 1 && wanted[0] === 'readme';
  const unknown = forReadme ? undefined : wanted.find((name) => !(name in PICTURES));
  if (unknown !== undefined)
    throw new Error(`There is no picture "${unknown}": ${Object.keys(PICTURES).join(', ')}.`);
  const host = installHost();
  if (host.kind === 'none') throw new Error(`${host.because} ${host.remedy}`);
  let undo: readonly (() => Promise<void>)[] = [];
  try {
    const work = await mkdtemp(join(tmpdir(), 'm7-pictures-'));
    undo = [() => rm(work, { recursive: true, force: true })];
    const vsix = join(work, 'm7.vsix');
    await packageExtension(thisTarget(), vsix);
    const folder = await sampleWorkspace('m7-sample');
    undo = [() => removeWorkspace(folder), removeTemplate, ...undo];
    const server = await startServer(host, { vsix });
    undo = [server.close, ...undo];
    const browser = await openBrowser(host);
    undo = [() => browser.close(), ...undo];
    const workbench = await Workbench.open(browser, server, { folder });
    await workbench.ready();
    const names = wanted.length > 0 ? wanted : Object.keys(PICTURES);
    const failed = forReadme
      ? await takeOfReadme(workbench, folder).then(() => [])
      : await takeAll(workbench, folder, names);
    for (const problem of workbench.unexpected) process.stderr.write(`The page has logged: ${problem}\n`);
    if (failed.length > 0) throw new Error(`${failed.length} pictures do not show what they should.`);
  } finally {
    for (const step of undo) await step();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
