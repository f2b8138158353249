// Root hooks of the host suites: one VS Code and one browser for all of them, or every test skipped with the reason.
import assert from 'node:assert/strict';
import { installHost, type Host } from './install';
import { openBrowser, type Browser } from './playwright';
import { removeTemplate } from './sample';

let opened: { readonly host: Host; readonly browser: Browser } | undefined;

/** For tests: what the hooks below have opened. */
export function theHost(): { readonly host: Host; readonly browser: Browser } {
  assert.ok(opened, 'Run host suites with --config .mocharc.host.json: its hooks open VS Code.');
  return opened;
}

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(1_800_000);
    const host = installHost();
    if (host.kind === 'none') {
      process.stderr.write(
        `${host.because}\nThe tests in VS Code are skipped. To enable them: ${host.remedy}\n`,
      );
      this.skip();
    }
    opened = { host, browser: await openBrowser(host) };
  },
  async afterAll(): Promise<void> {
    await opened?.browser.close();
    opened = undefined;
    await removeTemplate();
  },
};
