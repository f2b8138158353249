// Messages to the engine process: calls of all methods with hostile values, and messages that are none. It may refuse
// them; it has to go on, and to answer each call.
import { fork, type ChildProcess } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CALLS } from '../calls';
import { JSON_MUTATIONS } from '../mutations';
import { INTERNAL } from '../refusal';
import { alike, anything, replaceIn, type Json } from '../values';
import { DATE, runDay, smallDay, writeDay } from '../../support/day';
import type { Seeded } from '../../support/seeded';
import type { Open } from '../target';

const SERVER = join(import.meta.dirname, '../../../dist/server.js');
/** So many inputs one process and one workspace take: what they left may be why another one fails. */
const INPUTS_EACH = 40;
/** Whoever has not answered after so long is cancelled. */
const PATIENCE_MS = 3_000;

/** A line of an input. */
interface Line {
  /** Is it a call with values of the right types? Then a defect is no answer to it. */
  readonly typed: boolean;
  readonly message: Json;
}

/** Words of the protocol: others are of another type. */
const WORDS = new Set(['kind', 'layer', 'format', 'operator', 'handle', 'validation_rules', 'table_schemas']);

export const open: Open = async (folder) => {
  const original = join(folder, 'original');
  await mkdir(original);
  writeDay(original, smallDay());
  await runDay(original);
  // Landing has files again, so that there is something to open and to run.
  const { files } = smallDay();
  writeDay(original, {
    ...smallDay(),
    files: Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name.replace(DATE, '20241116'), text]),
    ),
  });
  let engine: Engine | undefined;
  let inputs = 0;
  return {
    make: (random) => ({
      name: 'input.ndjson',
      bytes: Buffer.from(
        linesOf(random)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      ),
    }),
    async try({ bytes }) {
      if (engine === undefined || inputs === INPUTS_EACH) {
        await engine?.close();
        const workspace = join(folder, 'workspace');
        await rm(workspace, { recursive: true, force: true });
        await cp(original, workspace, { recursive: true });
        engine = await Engine.start(workspace);
        inputs = 0;
      }
      inputs += 1;
      const lines = bytes
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '');
      const wrong = await engine.take(lines.map((line) => JSON.parse(line) as Line));
      if (engine.ended !== undefined) engine = undefined;
      return wrong;
    },
    close: async () => engine?.close(),
  };
};

const KINDS = ['call', 'cancel', 'progress', 'result', 'failure', '', 'toString'];

function linesOf(random: Seeded): readonly Line[] {
  const names = Object.keys(CALLS) as (keyof typeof CALLS)[];
  return Array.from({ length: 1 + random.below(8) }, (_, i): Line => {
    const method = random.pick(names);
    const params = random.pick<unknown>(CALLS[method]) as Json;
    const call = { kind: 'call', id: i + 1, method, params };
    const draw = random.below(10);
    if (draw < 6)
      return { typed: true, message: { ...call, params: replaceIn(params, alike(WORDS), random) } };
    if (draw < 8) return { typed: false, message: { ...call, params: replaceIn(params, anything, random) } };
    if (draw === 8)
      return {
        typed: false,
        message: { ...call, kind: random.pick(KINDS), id: random.pick([i, 0, -1, 1e9]) },
      };
    const made = random.pick(JSON_MUTATIONS)(JSON.stringify(call), random).toString();
    try {
      return { typed: false, message: JSON.parse(made) as Json };
    } catch {
      return { typed: false, message: made };
    }
  });
}

interface Answer {
  readonly kind: string;
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The engine process, and two files that are open in it. */
class Engine {
  readonly #child: ChildProcess;
  readonly #workspace: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #handles: readonly string[] = [];
  #said = '';
  /** Ids are of one input. */
  #base = 0;
  ended: string | undefined;

  private constructor(workspace: string) {
    this.#workspace = workspace;
    this.#child = fork(SERVER, [workspace, 'trusted'], {
      cwd: workspace,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      // Whatever a call writes into .env: no other folder, nobody else's warehouse, no mail.
      env: {
        ...process.env,
        ...{
          DATA_DIR: './data',
          CONFIG_DIR: './config',
          MOCK_SNOWFLAKE: 'true',
          ENABLE_EMAIL_ALERTS: 'false',
        },
        ...{ MEMORY_LIMIT: '256MB', SETTLE: '0' },
      },
    });
    this.#child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#said = (this.#said + text).slice(-4_000)));
    this.#child.on('message', (answer: Answer) => {
      if (answer.kind === 'result' || answer.kind === 'failure') this.#waiting.get(answer.id)?.(answer);
    });
    this.#child.once('exit', (code, signal) => {
      this.ended = `The engine process ended (${signal ?? `exit code ${String(code)}`}). ${this.#said}`;
      for (const settle of this.#waiting.values()) settle({ kind: 'gone', id: 0 });
    });
  }

  static async start(workspace: string): Promise<Engine> {
    const engine = new Engine(workspace);
    const gold = await engine.#call('preview.open', {
      path: join(workspace, `data/gold/${DATE}/Device.parquet`),
    });
    const text = await engine.#call('preview.open', {
      path: join(workspace, 'data/landing/Skylink_Device_20241116.csv'),
    });
    engine.#handles = [gold, text].map(({ value }) => (value as { readonly handle: string }).handle);
    return engine;
  }

  /** Sends lines and waits for the answers. A sentence where it did wrong. */
  async take(lines: readonly Line[]): Promise<string | undefined> {
    this.#base += 1_000;
    const answers = lines.map(({ message, typed }) => this.#answered(message, typed));
    const wrong = (await Promise.all(answers)).find((one) => one !== undefined);
    if (this.ended !== undefined) return this.ended;
    if (wrong !== undefined) return wrong;
    const { kind } = await this.#call('hello', {});
    return kind === 'result' ? undefined : 'It does not greet any more.';
  }

  async #answered(message: Json, typed: boolean): Promise<string | undefined> {
    const sent = this.#own(message);
    const { kind, id, method } = (typeof sent === 'object' ? sent : {}) as Readonly<Record<string, unknown>>;
    if (kind !== 'call' || typeof id !== 'number' || this.#waiting.has(id) || id < this.#base) {
      this.#send(sent);
      return undefined;
    }
    const answer = await this.#settled(id, () => this.#send(sent));
    if (typed && answer.error?.code === 'BUG')
      return `${String(method)} answers with a defect: ${answer.error.message}`;
    const words = answer.error?.message ?? '';
    return INTERNAL.test(words) ? `${String(method)}: ${words}` : undefined;
  }

  /** With the folder and the handles of this process, and ids that no other input has. */
  #own(message: Json): Json {
    const walk = (value: Json): Json => {
      if (typeof value === 'string')
        return value
          .replaceAll('$FOLDER', this.#workspace)
          .replaceAll('$PARQUET', this.#handles[0] ?? '')
          .replaceAll('$TEXT', this.#handles[1] ?? '');
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map((one) => walk(one as Json));
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
    };
    const made = walk(message);
    if (typeof made !== 'object' || made === null || Array.isArray(made)) return made;
    const { id, ...rest } = made as { readonly id?: Json };
    return typeof id === 'number' ? { ...rest, id: this.#base + id } : made;
  }

  #call(method: string, params: Json): Promise<Answer> {
    const id = this.#base + 999;
    return this.#settled(id, () => this.#send({ kind: 'call', id, method, params }));
  }

  /** Waits for the answer to a call; cancels it where that takes long. Never settles where that does not help. */
  async #settled(id: number, send: () => void): Promise<Answer> {
    const answer = new Promise<Answer>((settle) => this.#waiting.set(id, settle));
    send();
    const timer = setTimeout(() => this.#send({ kind: 'cancel', id }), PATIENCE_MS);
    try {
      return this.ended === undefined ? await answer : { kind: 'gone', id };
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #send(message: Json): void {
    if (this.#child.connected) this.#child.send(message as never, () => undefined);
  }

  async close(): Promise<void> {
    if (this.ended !== undefined) return;
    const gone = new Promise((exited) => this.#child.once('exit', exited));
    this.#child.kill('SIGKILL');
    await gone;
  }
}
