// The debug adapter as an editor starts it: the built bundle, spoken to over stdio, and words for what it shows.
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildCommand } from '../cli/command';
import { DATE, smallDay, writeDay, type Day } from '../support/day';

export const ADAPTER = join(__dirname, '../../dist/debug.js');
export { buildCommand as buildAdapter };

export const RULES = 'config/validation_rules.json';
export const TABLES = 'config/table_schemas.json';

/** A day with one rule that fails its table (`playback_length`) and one that warns. */
export function failingDay(): Day {
  return {
    ...smallDay(),
    rules: {
      Playback: {
        rules: [
          {
            id: 'known_device',
            rule: 'references',
            column: 'device_id',
            to: 'Device.device_id',
            severity: 'warning',
          },
          { id: 'playback_length', rule: 'range', column: 'seconds', min: 14, error: 0 },
          { id: 'has_id', rule: 'not_null', column: 'playback_id' },
        ],
      },
    },
  };
}

/** Writes a day whose files came long enough ago that nothing waits for them to settle. */
export function writeOldDay(folder: string, day: Day): void {
  writeDay(folder, day);
  const landing = join(folder, 'data/landing');
  for (const name of readdirSync(landing)) utimesSync(join(landing, name), 1_731_700_000, 1_731_700_000);
}

/** The line (from 1) of a file in which a text stands first. */
export function lineOf(path: string, text: string): number {
  const index = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (index === -1) throw new Error(`${text} does not stand in ${path}.`);
  return index + 1;
}

/** Every file below a folder with the hash of its bytes. */
export function hashes(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

/** One conversation with an adapter. */
export class Conversation {
  readonly client: DebugClient;
  readonly printed: string[] = [];
  readonly #folder: string;

  constructor(folder: string, environment: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.client = new DebugClient('node', ADAPTER, 'm7', {
      env: {
        ...{ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TZ: 'UTC' },
        // By it a process that is left is known to be of this run.
        XDG_STATE_HOME: process.env['XDG_STATE_HOME'] ?? '',
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    } as never);
    this.client.defaultTimeout = 30_000;
    this.client.setMaxListeners(0);
    this.client.on('output', (event: DebugProtocol.OutputEvent) =>
      this.printed.push(event.body.output.trimEnd()),
    );
  }

  /** Starts the adapter and greets it. */
  async greet(
    more: Partial<DebugProtocol.InitializeRequestArguments> = {},
  ): Promise<DebugProtocol.Capabilities> {
    await this.client.start();
    const initialized = this.client.waitForEvent('initialized');
    const { body } = await this.client.initializeRequest({
      adapterID: 'm7',
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
      ...more,
    });
    await initialized;
    return body ?? {};
  }

  /** Ends the configuration and launches; what stops first is waited for separately. */
  async launch(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const launched = this.client.launchRequest({ workspace: this.#folder, date: DATE, ...more } as never);
    await Promise.all([this.client.configurationDoneRequest(), launched]);
  }

  async filters(...filters: readonly string[]): Promise<void> {
    await this.client.setExceptionBreakpointsRequest({ filters: [...filters] });
  }

  async breakpoints(
    file: string,
    ...asked: readonly DebugProtocol.SourceBreakpoint[]
  ): Promise<readonly DebugProtocol.Breakpoint[]> {
    const path = join(this.#folder, file);
    const { body } = await this.client.setBreakpointsRequest({ source: { path }, breakpoints: [...asked] });
    return body.breakpoints;
  }

  /** What it stops for next. `act` is done once it is listened for. */
  async stop(act: () => Promise<unknown>): Promise<DebugProtocol.StoppedEvent['body']> {
    const [event] = await Promise.all([
      Promise.race([
        this.client.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>,
        this.client.waitForEvent('terminated').then(() => {
          throw new Error(`It ended instead: ${this.printed.join(' | ')}`);
        }),
      ]),
      act(),
    ]);
    return event.body;
  }

  /** Waits for the end. */
  async end(act: () => Promise<unknown>): Promise<void> {
    await Promise.all([this.client.waitForEvent('terminated'), act()]);
  }

  /** The stack, one frame a line: "rule known_device  validation_rules.json:4". */
  async stack(): Promise<readonly string[]> {
    const { body } = await this.client.stackTraceRequest({ threadId: 1 });
    return body.stackFrames.map((frame) =>
      frame.source === undefined
        ? frame.name
        : `${frame.name}  ${basename(frame.source.path ?? '')}:${frame.line}`,
    );
  }

  async top(): Promise<string> {
    return (await this.stack())[0] ?? '';
  }

  async scopes(frame = 0): Promise<readonly DebugProtocol.Scope[]> {
    const { body } = await this.client.stackTraceRequest({ threadId: 1 });
    const found = await this.client.scopesRequest({ frameId: body.stackFrames[frame]?.id ?? 0 });
    return found.body.scopes;
  }

  /** Variables of the scope whose name begins so, as "name: value". */
  async variables(
    scope: string,
    page: { readonly start?: number; readonly count?: number } = {},
  ): Promise<readonly string[]> {
    const found = (await this.scopes()).find((one) => one.name.startsWith(scope));
    if (found === undefined) throw new Error(`There is no scope ${scope}.`);
    return (await this.read(found.variablesReference, page)).map((one) => `${one.name}: ${one.value}`);
  }

  async read(
    variablesReference: number,
    page: { readonly start?: number; readonly count?: number } = {},
  ): Promise<readonly DebugProtocol.Variable[]> {
    const { body } = await this.client.variablesRequest({ variablesReference, ...page });
    return body.variables;
  }

  /** The result of an expression in the top frame, or the message with which it is refused. */
  async ask(expression: string, context = 'repl'): Promise<DebugProtocol.EvaluateResponse['body']> {
    const { body } = await this.client.stackTraceRequest({ threadId: 1 });
    const frameId = body.stackFrames[0]?.id ?? 0;
    try {
      return (await this.client.evaluateRequest({ expression, context, frameId })).body;
    } catch (error) {
      return { result: `refused: ${(error as Error).message}`, variablesReference: 0 };
    }
  }

  readonly go = {
    on: () => this.client.continueRequest({ threadId: 1 }),
    next: () => this.client.nextRequest({ threadId: 1 }),
    in: () => this.client.stepInRequest({ threadId: 1 }),
    out: () => this.client.stepOutRequest({ threadId: 1 }),
    back: () => this.client.stepBackRequest({ threadId: 1 }),
  } as const;

  /** The adapter's process. */
  get process(): ChildProcess {
    return (this.client as unknown as { readonly _adapterProcess: ChildProcess })._adapterProcess;
  }

  /** Waits until the adapter's process has ended. */
  async gone(): Promise<void> {
    const child = this.process;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async hangUp(): Promise<void> {
    const child = this.process as ChildProcess | undefined;
    if (child?.exitCode === null && child.signalCode === null) await this.client.stop();
  }
}
