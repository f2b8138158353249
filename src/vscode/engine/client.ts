// The engine as the rest of the extension sees it: always callable, started when needed and again after a crash.
import * as vscode from 'vscode';
import { ChannelError, type Caller, type CallOptions } from '../../shared/channel';
import type { ServerApi } from '../../shared/serverApi';
import { startEngine, type EngineProcess } from './process';
import type { Log } from '../shown/log';

export interface Engine extends Caller<ServerApi> {
  dispose(): void;
  /** The next call starts a new process, with the secrets of then; the old one ends its calls first. */
  restart(): void;
  /** Fires after the process has ended unasked. */
  readonly onDidCrash: vscode.Event<string>;
  /** Process id of the running engine; undefined while there is none. */
  readonly pid: number | undefined;
}

export interface EngineClientOptions {
  readonly script: string;
  readonly directory: string;
  /** Is the folder trusted, at the time of the start? */
  readonly trusted: () => boolean;
  /** Secrets of the folder; not asked for where it is not trusted. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  readonly log: Log;
}

/** So many crashes within CRASH_WINDOW_MS and it is not started again by itself. */
const CRASHES = 3;
const CRASH_WINDOW_MS = 60_000;

/** Makes a client; the process starts with the first call. */
export function openEngine(options: EngineClientOptions): Engine {
  const { log } = options;
  const crashed = new vscode.EventEmitter<string>();
  let running: Promise<EngineProcess> | undefined;
  let current: EngineProcess | undefined;
  /** Calls that each process has not answered yet. */
  const open = new Map<EngineProcess, number>();
  const retired = new Set<EngineProcess>();
  let disposed = false;
  /** Counts restarts: a process that was still starting then has the secrets of before. */
  let generation = 0;
  const crashes: number[] = [];

  const start = async (): Promise<EngineProcess> => {
    const recent = crashes.filter((time) => Date.now() - time < CRASH_WINDOW_MS);
    if (recent.length >= CRASHES)
      throw new ChannelError({
        code: 'DISCONNECTED',
        message: vscode.l10n.t('The engine process ended {0} times within a minute.', recent.length),
        remedy: vscode.l10n.t('See the log of M7 Pipeline, then reload the window or wait a minute.'),
      });
    const born = generation;
    const trusted = options.trusted();
    const engine = startEngine({
      script: options.script,
      directory: options.directory,
      trusted,
      environment: trusted ? await options.environment() : {},
      log: (line) => log.warn(line),
    });
    if (born === generation) current = engine;
    else retired.add(engine);
    log.info(`Engine process ${String(engine.pid)} started for ${options.directory}.`);
    void engine.gone.then(({ reason, asked }) => {
      retired.delete(engine);
      open.delete(engine);
      log.info(`Engine process ${String(engine.pid)} has ended: ${reason}.`);
      if (current !== engine) return;
      current = undefined;
      running = undefined;
      if (asked || disposed) return;
      crashes.push(Date.now());
      crashed.fire(reason);
    });
    return engine;
  };

  const count = (engine: EngineProcess, more: number): void => {
    const left = (open.get(engine) ?? 0) + more;
    open.set(engine, left);
    if (left === 0 && retired.has(engine)) engine.stop();
  };
  const retire = (): void => {
    const engine = current;
    generation += 1;
    current = undefined;
    running = undefined;
    if (engine === undefined) return;
    retired.add(engine);
    count(engine, 0);
  };

  return {
    async call<K extends keyof ServerApi>(
      method: K,
      params: ServerApi[K]['params'],
      callOptions?: CallOptions<ServerApi[K]['progress']>,
    ): Promise<ServerApi[K]['result']> {
      running ??= start();
      const engine = await running.catch((error: unknown) => {
        running = undefined;
        throw error;
      });
      count(engine, 1);
      try {
        return await engine.channel.call(method, params, callOptions);
      } finally {
        count(engine, -1);
      }
    },
    restart: retire,
    onDidCrash: crashed.event,
    get pid() {
      return current?.pid;
    },
    dispose: () => {
      disposed = true;
      for (const engine of retired) engine.stop();
      current?.stop();
      crashed.dispose();
    },
  };
}
