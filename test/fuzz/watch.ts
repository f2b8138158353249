// Watches a worker: how long an input takes, how much memory it and what it has started hold, and whether it lives.
// Whatever ends, nothing of it is left.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from './target';
import type { News, Order } from './worker';

/** What came of an input. */
export type Verdict =
  | { readonly kind: 'fine' }
  | { readonly kind: 'wrong'; readonly wrong: string; readonly name: string; readonly bytes: Buffer };

const WORKER = join(import.meta.dirname, 'worker.ts');
/** For the part to open: it may have to prepare a workspace. */
const OPENING_SECONDS = 120;
const LOOK_MS = 50;

export class Watch {
  readonly #target: Target;
  #worker: Worker | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Gives an input to a worker: to that of the last one, where it still lives. */
  async try(order: Order): Promise<Verdict> {
    this.#worker ??= new Worker(this.#target);
    const verdict = await this.#worker.try(order);
    // Whatever did wrong may be why the next one does.
    if (verdict.kind === 'wrong') this.close();
    return verdict;
  }

  /** Ends the worker and all it has started. */
  close(): void {
    this.#worker?.close();
    this.#worker = undefined;
  }
}

class Worker {
  readonly #target: Target;
  readonly #folder = mkdtempSync(join(tmpdir(), 'm7-fuzz-'));
  readonly #child: ChildProcess;
  #name = 'input';
  #said = '';
  #hear: (news: News) => void = () => undefined;
  readonly #opened: Promise<unknown>;
  readonly #gone: Promise<string>;

  constructor(target: Target) {
    this.#target = target;
    // A group of its own: what it starts is ended with it, even where it hangs.
    this.#child = spawn(process.execPath, ['--import', 'tsx', WORKER, target.name, this.#folder], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, TMPDIR: this.#folder },
    });
    this.#child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#said = (this.#said + text).slice(-4_000)));
    this.#gone = new Promise((ended) => {
      this.#child.once('exit', (code, signal) =>
        ended(`The process ended (${signal ?? `exit code ${String(code)}`}). ${this.#said.trim()}`),
      );
    });
    this.#opened = new Promise<void>((open) => {
      this.#child.on('message', (news: News) => {
        if (news.kind === 'open') {
          open();
          return;
        }
        if (news.kind === 'trying') this.#name = news.name;
        this.#hear(news);
      });
    });
    OPEN.add(this);
  }

  async try(order: Order): Promise<Verdict> {
    const opened = await this.#within(
      OPENING_SECONDS,
      this.#opened.then(() => undefined),
    );
    if (opened !== undefined) throw new Error(`${this.#target.name} does not open: ${opened}`);
    const tried = new Promise<string | undefined>((settle) => {
      this.#hear = (news) => {
        if (news.kind === 'tried') settle(news.wrong);
      };
    });
    this.#child.send(order);
    const wrong = await this.#within(this.#target.bounds.seconds, tried);
    if (wrong === undefined) return { kind: 'fine' };
    return { kind: 'wrong', wrong, name: this.#name, bytes: readFileSync(join(this.#folder, 'input')) };
  }

  /** What `work` gives, or a sentence where it takes too long or too much, or the process ends. */
  async #within(seconds: number, work: Promise<string | undefined>): Promise<string | undefined> {
    const begun = Date.now();
    let timer: NodeJS.Timeout | undefined;
    const bounds = new Promise<string>((exceeded) => {
      timer = setInterval(() => {
        if (Date.now() - begun > seconds * 1_000) exceeded(`It takes more than ${seconds} seconds.`);
        const most = this.#target.bounds.megabytes;
        for (const pid of familyOf(this.#child.pid ?? 0)) {
          const megabytes = mostMemoryOf(pid);
          if (megabytes > most) exceeded(`A process takes ${megabytes.toFixed(0)} MB, more than ${most}.`);
        }
      }, LOOK_MS);
    });
    try {
      return await Promise.race([work, bounds, this.#gone]);
    } finally {
      clearInterval(timer);
    }
  }

  close(): void {
    OPEN.delete(this);
    const { pid } = this.#child;
    if (pid !== undefined) end(-pid);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Workers that have to end with this process, whatever ends it. */
const OPEN = new Set<Worker>();
process.once('exit', () => {
  for (const one of OPEN) one.close();
});

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A process and all that it has started, as far as the system says. */
function familyOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter((one) => one !== '');
    return [pid, ...children.flatMap((one) => familyOf(Number(one)))];
  } catch {
    return [pid];
  }
}

/** The most memory that a process ever held; 0 where the system does not say. */
function mostMemoryOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
