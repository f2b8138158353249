// A conversation with the built adapter over stdio, written down: requests, responses and events as readable lines.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import { ADAPTER } from './adapter';

type Message = DebugProtocol.Request | DebugProtocol.Response | DebugProtocol.Event;

/** Longer than any answer takes on a busy machine, in milliseconds. */
const PATIENCE = 20_000;

export class Transcript {
  readonly #child: ChildProcess;
  readonly #workspace: readonly string[];
  readonly #lines: string[] = [];
  /** Events that came and are not written yet: behind the response that they may have overtaken. */
  #events: DebugProtocol.Event[] = [];
  readonly #seen: string[] = [];
  readonly #responses = new Map<number, (response: DebugProtocol.Response) => void>();
  #wake: () => void = () => undefined;
  #buffer = Buffer.alloc(0);
  #seq = 0;

  constructor(workspace: string) {
    this.#workspace = [realpathSync(workspace), workspace];
    this.#child = spawn('node', [ADAPTER], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TZ: 'UTC' },
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, bytes]);
      for (let message = this.#next(); message !== undefined; message = this.#next()) this.#take(message);
    });
  }

  heading(words: string): void {
    this.#lines.push('', `## ${words}`);
  }

  /** Sends a request and writes it down with its answer. @param event that is waited for as well. */
  async request(command: string, args: object, event?: string): Promise<unknown> {
    const before = this.#count(event);
    const seq = ++this.#seq;
    const answered = new Promise<DebugProtocol.Response>((settle) => this.#responses.set(seq, settle));
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#child.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    const response = await this.#soon(answered, `the answer to ${command}`);
    if (event !== undefined && response.success) await this.#until(event, before + 1);
    this.#write(`→ ${command} ${JSON.stringify(args)}`);
    if (!response.success) this.#write(`← refused: ${errorOf(response)}`);
    else for (const line of bodyLines(command, response.body)) this.#write(`← ${line}`);
    this.#flush();
    return response.body;
  }

  /** Waits for the first event of a kind. */
  async event(name: string): Promise<void> {
    await this.#until(name, 1);
    this.#flush();
  }

  /** Reads the scope of a frame whose name begins so, and writes down its variables. */
  async variables(frameId: number, scope: string, page: object = {}): Promise<void> {
    const { scopes } = (await this.request('scopes', { frameId })) as DebugProtocol.ScopesResponse['body'];
    const found = scopes.find((one) => one.name.startsWith(scope));
    if (found === undefined) throw new Error(`There is no scope ${scope}.`);
    await this.request('variables', { variablesReference: found.variablesReference, ...page });
  }

  text(): string {
    return `${this.#lines.join('\n').trim()}\n`;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin?.end();
    await once(this.#child, 'exit');
  }

  #next(): Message | undefined {
    const head = this.#buffer.indexOf('\r\n\r\n');
    if (head === -1) return undefined;
    const length = Number(/Content-Length: (\d+)/.exec(this.#buffer.toString('utf8', 0, head))?.[1]);
    const end = head + 4 + length;
    if (this.#buffer.length < end) return undefined;
    const message = JSON.parse(this.#buffer.toString('utf8', head + 4, end)) as Message;
    this.#buffer = this.#buffer.subarray(end);
    return message;
  }

  #take(message: Message): void {
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.#responses.get(response.request_seq)?.(response);
      return;
    }
    const event = message as DebugProtocol.Event;
    this.#events.push(event);
    this.#seen.push(event.event);
    this.#wake();
  }

  #count(event: string | undefined): number {
    return this.#seen.filter((name) => name === event).length;
  }

  async #until(event: string, count: number): Promise<void> {
    while (this.#count(event) < count)
      await this.#soon(new Promise<void>((settle) => (this.#wake = settle)), `the event ${event}`);
  }

  async #soon<T>(what: Promise<T>, name: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, refuse) => {
      timer = setTimeout(() => refuse(new Error(`${name} did not come.\n${this.text()}`)), PATIENCE);
    });
    try {
      return await Promise.race([what, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #flush(): void {
    for (const event of this.#events.splice(0)) this.#write(`  ${eventLine(event)}`);
  }

  /** What differs from one time to the next is replaced. */
  #write(line: string): void {
    let plain = line;
    for (const folder of this.#workspace) plain = plain.replaceAll(folder, '<workspace>');
    this.#lines.push(
      plain
        .replace(/"variablesReference":\d+/, '"variablesReference":<n>')
        .replace(/\d+\.\d s\b/g, '<n> s')
        .trimEnd(),
    );
  }
}

const errorOf = ({ message, body }: DebugProtocol.Response): string => {
  const { error } = (body ?? {}) as { readonly error?: DebugProtocol.Message };
  return error?.format ?? message ?? '';
};

const at = (source: DebugProtocol.Source | undefined, line: number | undefined): string =>
  source?.path === undefined ? '' : `  (${basename(source.path)}${line === undefined ? '' : `:${line}`})`;

/** The body of a response, a line for each thing in it; what opens ends with "▸". */
function bodyLines(command: string, body: unknown): readonly string[] {
  switch (command) {
    case 'stackTrace':
      return (body as DebugProtocol.StackTraceResponse['body']).stackFrames.map(
        ({ name, source, line, canRestart }) =>
          `${name}${at(source, line)}${canRestart === true ? '  restartable' : ''}`,
      );
    case 'scopes':
      return (body as DebugProtocol.ScopesResponse['body']).scopes.map(
        ({ name, expensive }) => `${name}${expensive ? '  (read on demand)' : ''}`,
      );
    case 'variables':
      return (body as DebugProtocol.VariablesResponse['body']).variables.map(
        ({ name, value, variablesReference }) => `${name}: ${value}${variablesReference === 0 ? '' : '  ▸'}`,
      );
    case 'evaluate': {
      const { result, type, variablesReference } = body as DebugProtocol.EvaluateResponse['body'];
      const opens = variablesReference === 0 ? '' : '  ▸';
      return `${result}${type === undefined ? '' : `  (${type})`}${opens}`.split('\n');
    }
    case 'setBreakpoints':
      return (body as DebugProtocol.SetBreakpointsResponse['body']).breakpoints.map(
        ({ verified, line, message }) =>
          `${verified ? 'bound' : 'not bound'} at line ${line ?? '?'}${message === undefined ? '' : `: ${message}`}`,
      );
    case 'initialize': {
      const { exceptionBreakpointFilters = [], ...flags } = body as DebugProtocol.Capabilities;
      return [
        ...Object.entries(flags).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
        ...exceptionBreakpointFilters.map(
          ({ filter, label, description, default: on }) =>
            `filter ${filter}${on === true ? ' (on)' : ''}: ${label}. ${description ?? ''}`,
        ),
      ];
    }
    default:
      return [body === undefined ? 'ok' : JSON.stringify(body)];
  }
}

function eventLine({ event, body }: DebugProtocol.Event): string {
  if (event === 'output') {
    const { category, output, source, line } = body as DebugProtocol.OutputEvent['body'];
    return `output ${category ?? ''}: ${output.trimEnd()}${at(source, line)}`;
  }
  if (event === 'stopped') {
    const { reason, description, text, hitBreakpointIds } = body as DebugProtocol.StoppedEvent['body'];
    const ids = hitBreakpointIds === undefined ? undefined : `breakpoint ${hitBreakpointIds.join(', ')}`;
    return ['stopped', reason, description, text, ids].filter((one) => one !== undefined).join(' · ');
  }
  return body === undefined ? event : `${event} ${JSON.stringify(body)}`;
}
