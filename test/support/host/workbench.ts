// Drives one window of VS Code the way a user does: palette, pickers, trees, notifications, webviews, themes.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, ConsoleMessage, Context, Frame, Locator, Page } from './playwright';
import type { Server } from './server';

/** What VS Code's own web build says in a profile without network. Nothing else is overlooked. */
const HARMLESS: readonly RegExp[] = [
  /status of 404 .*\/(favicon\.ico|favicon-dark-support\.svg|vsda_bg\.wasm|vsda\.js|update\/check)\)$/,
  /^A bad HTTP response code \(404\) was received when fetching the script\. \(\)$/,
  /Timed out waiting for authentication provider 'github' to register/,
  // A picture of its own list of walkthroughs.
  /status of 404 .*\/_static\/src\/browser\/media\/templates\.png\)$/,
  /\[Service Worker\] registration TypeError: .*\/serviceWorker\.js/,
  // Results of tests that are kept nowhere yet.
  /Unable to resolve nonexistent file '.*\/workspaceStorage\/[\w-]+\/testResults'/,
  // A window that is loaded anew closes in the middle of its own work.
  /\[lifecycle\] Long running operations during shutdown are unsupported in the web/,
  /Unable to write file 'vscode-log:.*IndexedDB database 'vscode-web-db' is closed/,
];

/** VS Code's own themes: the label in its picker, the file that the window's class tells. */
export const THEMES = {
  light: { label: 'Light Modern', file: 'light_modern' },
  dark: { label: 'Dark Modern', file: 'dark_modern' },
  'high-contrast': { label: 'Dark High Contrast', file: 'hc_black' },
  'high-contrast-light': { label: 'Light High Contrast', file: 'hc_light' },
} as const;
export type Theme = keyof typeof THEMES;

export interface WindowOptions {
  readonly folder: string;
  /** Folder of the extension's source; undefined for what is installed in the profile. */
  readonly development?: string;
  /** A bundle that exports run(), to be run inside the extension host. */
  readonly tests?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Asks until the answer is neither undefined nor false; the last error, or `what`, is thrown after 30 s. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  milliseconds = 30_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    let problem: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      problem = error;
    }
    if (Date.now() > end)
      throw new Error(`Waited ${milliseconds / 1000} s in vain for ${what}.`, { cause: problem });
    await new Promise((settle) => setTimeout(settle, 50));
  }
}

/** An open window. Whoever opens closes. */
export class Workbench {
  readonly #unexpected: string[] = [];

  private constructor(
    private readonly context: Context,
    readonly page: Page,
  ) {
    page.on('console', (message) => this.#note(message));
    page.on('pageerror', (error) => this.#unexpected.push(error.stack ?? error.message));
  }

  /** Opens a folder; resolves when the page is asked for, see `ready`. */
  static async open(
    browser: Browser,
    server: Server,
    options: WindowOptions,
    prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
  ): Promise<Workbench> {
    const viewport = { width: options.width ?? 1400, height: options.height ?? 900 };
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce', locale: 'en-US' });
    try {
      const workbench = new Workbench(context, await context.newPage());
      await prepare(workbench.page);
      const remote = (path: string): string => `vscode-remote://${server.address}${path}`;
      const payload = [
        ...(options.development === undefined
          ? []
          : [['extensionDevelopmentPath', remote(options.development)]]),
        ...(options.tests === undefined ? [] : [['extensionTestsPath', remote(options.tests)]]),
        ['enableProposedApi', ''],
        ['skipWelcome', 'true'],
      ];
      const query = new URLSearchParams({ folder: options.folder, payload: JSON.stringify(payload) });
      await workbench.page.goto(`http://${server.address}/?${query.toString()}`);
      return workbench;
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  #note(message: ConsoleMessage): void {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (!HARMLESS.some((pattern) => pattern.test(text))) this.#unexpected.push(text);
  }

  /** Errors of the page and of webviews that are not VS Code's own noise. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  /** Resolves when the workbench is drawn and its extension host answers. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.statusbar-item').filter({ hasText: /\S/ }).first().waitFor({ timeout: 60_000 });
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  /** The picker that is open, whoever opened it. */
  get picker(): Locator {
    return this.page.locator('.quick-input-widget').filter({ visible: true });
  }

  /** Runs a command from the palette by its whole title, such as `M7: Run a Date…`. */
  async command(title: string): Promise<void> {
    await this.#pick('F1', `>${title}`, title);
  }

  /** The list is made when the picker opens: who comes too early for a row opens it again. */
  async #pick(key: string, text: string, label: string): Promise<void> {
    await eventually(`"${label}" in the list of "${text}"`, async () => {
      await this.page.keyboard.press(key);
      try {
        await this.picker.locator('input').first().fill(text, { timeout: 2_000 });
        await this.row(label).waitFor({ timeout: 3_000 });
        // A click might hit the row that has just come where this one was: it is for rows that stand lower.
        const first = this.focusedRow(label).waitFor({ timeout: 500 });
        if (
          await first.then(
            () => true,
            () => false,
          )
        )
          await this.page.keyboard.press('Enter');
        else await this.row(label).click({ timeout: 2_000 });
      } catch (error) {
        await this.page.keyboard.press('Escape');
        throw error;
      }
      return true;
    });
  }

  /** The row of the open picker that Enter would take, where its label is this text. */
  focusedRow(label: string): Locator {
    return this.picker
      .locator('.quick-input-list .monaco-list-row.focused')
      .filter({ has: this.page.locator('.label-name').getByText(label, { exact: true }) })
      .first();
  }

  /** A row of the open picker whose label is, or begins with, this text. */
  row(label: string): Locator {
    return this.picker
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.label-name').getByText(label, { exact: true }) })
      .first();
  }

  /** Chooses a row of the open picker by its label: typed, and taken by Enter once it is the one in focus. */
  async choose(label: string, milliseconds = 30_000): Promise<void> {
    await eventually(
      `"${label}" in the picker`,
      async () => {
        // What is typed too early goes into the picker that is about to close; a click might hit the row that
        // has just come where this one was.
        await this.picker.locator('input').first().fill(label, { timeout: 2_000 });
        await this.focusedRow(label).waitFor({ timeout: 2_000 });
        await this.page.keyboard.press('Enter');
        return true;
      },
      milliseconds,
    );
  }

  /** Texts of all rows the open picker shows: label, description, detail, one line each. */
  async rows(): Promise<readonly string[]> {
    await this.picker.locator('.quick-input-list .monaco-list-row').first().waitFor();
    return this.picker.locator('.quick-input-list .monaco-list-row').allInnerTexts();
  }

  /**
   * A notification with this text, waited for. The driver that loads an extension from source switches
   * toasts off: then the list of notifications is opened, and stays open. A list that was closed while the
   * notification came leaves a bell without a dot: it is opened too, a little later.
   */
  async notification(text: string | RegExp): Promise<Locator> {
    const shown = this.page
      .locator('.notification-list-item')
      .filter({ hasText: text, visible: true })
      .first();
    const patience = Date.now() + 3_000;
    await eventually(
      `a notification with ${String(text)}`,
      async () => {
        if (await shown.isVisible()) return true;
        const centre = this.page.locator('.notifications-center').filter({ visible: true });
        const dotted = '.statusbar-item .codicon-notifications-bell-dot, .statusbar-item .codicon-bell-dot';
        const bell = this.page
          .locator(Date.now() < patience ? dotted : `${dotted}, .statusbar-item .codicon-bell`)
          .first();
        if (!(await centre.isVisible()) && (await bell.isVisible())) await bell.click({ timeout: 1_000 });
        return false;
      },
      60_000,
    );
    return shown;
  }

  /** Opens a view container by the title of its icon in the activity bar. */
  async container(title: string): Promise<void> {
    const icon = this.page.locator('.activitybar').getByRole('tab', { name: title });
    await icon.waitFor();
    if ((await icon.getAttribute('aria-selected')) !== 'true') await icon.click();
  }

  /** The section of one view in the side bar, by its title. */
  view(title: string): Locator {
    return this.page
      .locator('.sidebar .pane')
      .filter({ has: this.page.locator('.pane-header').getByText(title, { exact: true }) })
      .first();
  }

  /** A visible item of a tree, by the beginning of its label. */
  item(view: string, label: string | RegExp): Locator {
    return this.view(view).locator('.monaco-list-row').filter({ hasText: label }).first();
  }

  /** Unfolds items one below the other. */
  async unfold(view: string, ...labels: readonly (string | RegExp)[]): Promise<Locator> {
    let item = this.view(view);
    for (const label of labels) {
      item = this.item(view, label);
      await item.waitFor();
      if ((await item.getAttribute('aria-expanded')) !== 'false') continue;
      const isUnfolded = async (): Promise<boolean> => (await item.getAttribute('aria-expanded')) === 'true';
      // A click on a row that is read again meanwhile is lost.
      await eventually('the item to unfold', async () => {
        if (await isUnfolded()) return true;
        await item.click({ timeout: 2_000 });
        return eventually('its children', isUnfolded, 2_000);
      });
    }
    return item;
  }

  /** The content of the visible webview that has an element for this selector. */
  async webview(selector = 'body'): Promise<Frame> {
    return eventually(`a webview with ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        if (!frame.url().includes('fake.html') || frame.isDetached()) continue;
        const outer = frame.parentFrame();
        if (outer === null || !(await (await outer.frameElement()).isVisible())) continue;
        if ((await frame.locator(selector).count()) > 0) return frame;
      }
      return undefined;
    });
  }

  /** Opens a file of the workspace by its path, through Go to File. */
  async openFile(path: string): Promise<void> {
    await this.#pick('ControlOrMeta+P', path, path.split('/').at(-1) ?? path);
  }

  /** Puts the cursor of the text editor at a place, counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    const there = this.page.locator('.statusbar-item').filter({ hasText: `Ln ${line}, Col ${column}` });
    await eventually(`line ${line}`, async () => {
      await this.page.keyboard.press('ControlOrMeta+P');
      // Enter counts once the list has taken the text for a line.
      await this.picker.locator('input').first().fill(`:${line}:${column}`, { timeout: 2_000 });
      await this.picker.getByText(`go to line ${line}`).first().waitFor({ timeout: 2_000 });
      await this.page.keyboard.press('Enter');
      await there.waitFor({ timeout: 2_000 });
      return true;
    });
  }

  /** An empty window: no picker, no notification, no editor. */
  async clear(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.command('Notifications: Clear All Notifications');
    if ((await this.editors()).length > 0) await this.command('View: Close All Editors');
  }

  /** Titles of the editors that are open, in order. */
  async editors(): Promise<readonly string[]> {
    return this.page
      .locator('.editor-group-container .tab')
      .evaluateAll((tabs) => tabs.map((tab) => String(tab.dataset.resourceName)));
  }

  /** Colours of the whole window, chosen as a user does: a change of the settings file is not followed. */
  async theme(theme: Theme): Promise<void> {
    const { label, file } = THEMES[theme];
    const drawn = this.page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${file}-json`);
    if (await drawn.isVisible()) return;
    await eventually(`the theme ${label}`, async () => {
      await this.command('Preferences: Color Theme');
      // A picker that was opened before the themes were there stays empty.
      await this.choose(label, 2_000).catch(() => this.page.keyboard.press('Escape'));
      await drawn.waitFor({ timeout: 3_000 });
      return true;
    });
  }

  async resize(width: number, height = 900): Promise<void> {
    await this.page.setViewportSize({ width, height });
  }

  /** A picture of the whole window. */
  async picture(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /** Fails where the page logged an error that is not VS Code's own. */
  assertQuiet(): void {
    assert.deepEqual(this.#unexpected, []);
  }
}
