// One server of VS Code in a profile of its own, with everything it starts in one process group that ends with it.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Host } from './install';

type Settings = Readonly<Record<string, unknown>>;

/** Nothing that moves, asks or talks to the network while a test looks. */
const QUIET: Settings = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  // Files of the data folder and .env are opened by their names, as in a workspace without .gitignore.
  'search.useIgnoreFiles': false,
  'workbench.reduceMotion': 'on',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'window.commandCenter': false,
  // Tooltips lie over what is to be clicked next.
  'workbench.hover.delay': 60_000,
};

export interface ServerOptions {
  /** User settings beside the quiet ones. */
  readonly settings?: Settings;
  /** A packaged extension to install into the profile: this profile then shows toasts, and loads none from source. */
  readonly vsix?: string;
  /** Folder of another extension, which is installed into the profile as it is. */
  readonly companion?: string;
  /** Whether folders are trusted without a question; true where not given. */
  readonly trust?: boolean;
  /** Environment of the extension host, beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Server {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** Everything the server has printed. */
  readonly output: () => string;
  readonly profile: string;
  readonly close: () => Promise<void>;
}

const running = new Set<ChildProcess>();

/** Ends the whole group: the extension hosts and what they forked included. */
function endGroup(child: ChildProcess): void {
  running.delete(child);
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

process.on('exit', () => running.forEach(endGroup));
process.once('SIGTERM', () => process.exit(143));

function bound(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((settle, fail) => {
    const look = (): void => {
      const address = /Server bound to (127\.0\.0\.1:\d+)/.exec(output())?.[1];
      if (address !== undefined) settle(address);
    };
    child.stdout?.on('data', look);
    child.on('error', fail);
    child.on('exit', (code) => {
      fail(new Error(`The server of VS Code ended with ${String(code)}.\n${output()}`));
    });
  });
}

/** Environment without what this process's own Node and editor would hand down. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_OPTIONS|VSCODE_|ELECTRON_)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/** Starts a server on a free port of this machine, with a fresh profile. */
export async function startServer(host: Host, options: ServerOptions = {}): Promise<Server> {
  const profile = mkdtempSync(join(tmpdir(), 'm7-vscode-'));
  mkdirSync(join(profile, 'data/User'), { recursive: true });
  if (options.companion !== undefined)
    cpSync(options.companion, join(profile, 'extensions', basename(options.companion)), { recursive: true });
  const settings = JSON.stringify({ ...QUIET, ...options.settings });
  writeFileSync(join(profile, 'data/User/settings.json'), settings);
  const env = cleanEnvironment({ EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...options.env });
  const folders = [
    '--server-data-dir',
    profile,
    '--extensions-dir',
    join(profile, 'extensions'),
    '--accept-server-license-terms',
    '--telemetry-level',
    'off',
  ];
  if (options.vsix !== undefined) {
    const words = [host.server, ...folders, '--install-extension', options.vsix];
    const { status, stdout, stderr } = spawnSync(host.node, words, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`The VSIX could not be installed.\n${stdout}${stderr}`);
  }
  const child = spawn(
    host.node,
    [
      host.server,
      ...folders,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--without-connection-token',
      ...(options.vsix === undefined ? ['--enable-smoke-test-driver'] : []),
      ...(options.trust === false ? [] : ['--disable-workspace-trust']),
      // Should this process be killed, the server ends by itself.
      '--enable-remote-auto-shutdown',
      '--reconnection-grace-time',
      '60',
    ],
    { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  let text = '';
  const output = (): string => text;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<void>((settle) => child.once('close', () => settle()));
  const close = async (): Promise<void> => {
    endGroup(child);
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { address: await bound(child, output), output, profile, close };
  } catch (error) {
    await close();
    throw error;
  }
}
