// Drives the debugger of a window the way a user does: gutter, toolbar, stack, variables, console.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from './playwright';
import { eventually, type Workbench } from './workbench';

export class DebugView {
  constructor(readonly workbench: Workbench) {}

  get toolbar(): Locator {
    return this.workbench.page.locator('.debug-toolbar').filter({ visible: true });
  }

  /** Toggles the breakpoint of a line that is in sight, by a click beside its number. */
  async gutter(line: number): Promise<void> {
    const number = this.workbench.page
      .locator('.editor-instance .margin-view-overlays .line-numbers')
      .getByText(String(line), { exact: true })
      .first();
    const box = await number.boundingBox();
    if (box === null) throw new Error(`Line ${line} is not in sight.`);
    const margin = await this.workbench.page
      .locator('.editor-instance .margin-view-overlays')
      .first()
      .boundingBox();
    await this.workbench.page.mouse.click((margin?.x ?? box.x) + 8, box.y + box.height / 2);
  }

  /** Lines of the editor in sight that bear a breakpoint. */
  async breakpoints(): Promise<number> {
    return this.workbench.page.locator('.editor-instance .codicon-debug-breakpoint').count();
  }

  /** Frames of the stack in sight, one line each: "rule known_device validation_rules.json 4:1". */
  async stack(): Promise<readonly string[]> {
    const frames = await this.workbench.page.locator('.debug-call-stack .stack-frame').allInnerTexts();
    return frames.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Waits until it stands still with this on top of the stack. */
  async stands(top: RegExp): Promise<void> {
    await eventually(`a stop at ${String(top)}`, async () => top.test((await this.stack())[0] ?? ''));
  }

  /** Waits until the session is over. */
  async over(): Promise<void> {
    await this.toolbar.waitFor({ state: 'hidden', timeout: 60_000 });
  }

  /** Presses a button of the toolbar by its title: Continue, Step Over, Step Into, Step Out, Step Back, Stop. */
  async press(title: string): Promise<void> {
    await this.toolbar.locator(`a.action-label[aria-label^="${title}"]`).click();
  }

  /** Rows of the Variables view in sight. */
  async variables(): Promise<readonly string[]> {
    const rows = await this.workbench.page.locator('.debug-variables .monaco-list-row').allInnerTexts();
    return rows.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Opens a scope or variable, or closes it, so that its row says so. */
  async unfold(label: RegExp, open = true): Promise<void> {
    await eventually(`${String(label)} to ${open ? 'open' : 'close'}`, async () => {
      const row = this.workbench.page
        .locator('.debug-variables .monaco-list-row')
        .filter({ hasText: label })
        .first();
      if ((await row.getAttribute('aria-expanded', { timeout: 2_000 })) === String(open)) return true;
      await row.click({ timeout: 2_000 });
      return false;
    });
  }

  /** Waits until a variable is in sight. */
  async shows(variable: RegExp): Promise<void> {
    await eventually(`the variable ${String(variable)}`, async () =>
      (await this.variables()).some((text) => variable.test(text)),
    );
  }

  /** Asks in the Debug Console, and waits for an answer. */
  async ask(expression: string, answer: RegExp): Promise<void> {
    const { page } = this.workbench;
    const before = (await this.printed()).length;
    await page.locator('.repl-input-wrapper .monaco-editor').first().click();
    await page.keyboard.type(expression);
    // What is offered would be taken by the same key.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await eventually(`${String(answer)} for ${expression}`, async () =>
      answer.test((await this.printed()).slice(before)),
    );
  }

  /** What the Debug Console shows. */
  async printed(): Promise<string> {
    return this.workbench.page.locator('.repl .repl-tree').innerText();
  }

  /** Turns an exception filter on or off by its check box. */
  async filter(label: string, on: boolean): Promise<void> {
    const row = this.workbench.page
      .locator('.debug-breakpoints .monaco-list-row')
      .filter({ hasText: label })
      .first();
    const box = row.locator('.monaco-custom-toggle, input[type=checkbox]').first();
    if ((await box.getAttribute('aria-checked')) !== String(on)) await box.click();
    await eventually(
      `${label} to be ${on ? 'on' : 'off'}`,
      async () => (await box.getAttribute('aria-checked')) === String(on),
    );
  }
}

/** Every file below a folder with the hash of its bytes. */
export function bytesOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

/** Debug adapters that work on this folder. */
export function adapters(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          words.some((word) => word.endsWith('dist/debug.js')) && readlinkSync(`/proc/${pid}/cwd`) === folder
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}
