// Hooks for a `describe` that looks at one window: a profile and a sample workspace of its own, a picture of each failure.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { repository } from './install';
import { removeWorkspace, sampleWorkspace } from './sample';
import { startServer, type Server, type ServerOptions } from './server';
import { theHost } from './suite';
import { Workbench } from './workbench';

export interface WindowOptions extends ServerOptions {
  /** Makes the folder to open; the sample where not given. It is removed with the folder around it. */
  readonly workspace?: () => Promise<string>;
  readonly width?: number;
  readonly height?: number;
  /** Messages of errors that these tests provoke: VS Code logs what it tells the user. */
  readonly provokes?: readonly RegExp[];
}

export interface OpenWindow {
  readonly workbench: Workbench;
  readonly server: Server;
  /** The folder that is open. */
  readonly folder: string;
}

/**
 * Opens a window for the tests of the surrounding `describe`, and fails where its page has logged an error.
 * @param options the options, or how to make them when the time has come
 * @returns gives the window to a running test
 */
export function useWindow(options: WindowOptions | (() => Promise<WindowOptions>) = {}): () => OpenWindow {
  let open: OpenWindow | undefined;
  let provoked: readonly RegExp[] = [];
  let undo: readonly (() => Promise<void>)[] = [];

  before(async function () {
    this.timeout(180_000);
    const { host, browser } = theHost();
    const given = typeof options === 'function' ? await options() : options;
    provoked = given.provokes ?? [];
    const folder = await (given.workspace ?? sampleWorkspace)();
    undo = [() => removeWorkspace(folder)];
    const server = await startServer(host, given);
    undo = [server.close, ...undo];
    const workbench = await Workbench.open(browser, server, {
      folder,
      ...(given.vsix === undefined ? { development: repository } : {}),
      ...(given.width === undefined ? {} : { width: given.width }),
      ...(given.height === undefined ? {} : { height: given.height }),
    });
    undo = [() => workbench.close(), ...undo];
    await workbench.ready();
    open = { workbench, server, folder };
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || open === undefined) return;
    const name = this.currentTest.titlePath().join(' ').replace(/\W+/g, '-').slice(0, 120);
    const path = join(repository, '.screenshots/failed', `${name}.png`);
    await open.workbench.picture(path);
    process.stderr.write(`    a picture of it: ${path}\n`);
  });

  after(async function () {
    this.timeout(60_000);
    // What it says while it is closed does not count.
    const unexpected = (open?.workbench.unexpected ?? []).filter(
      (text) => !provoked.some((pattern) => pattern.test(text)),
    );
    open = undefined;
    for (const step of undo) await step();
    assert.deepEqual(unexpected, [], 'The page has logged errors.');
  });

  return () => {
    assert.ok(open, 'The window of this describe is not open.');
    return open;
  };
}
