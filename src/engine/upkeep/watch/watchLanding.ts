// Watching the drop zone: looks again and again, and gives what is due to the one `run`.
import { tellStopped } from '../../notify';
import { existsSync } from 'node:fs';
import {
  type DateKey,
  type LogEvent,
  type RunResult,
  type Selection,
  PipelineError,
  dayOf,
  defined,
  isCancelled,
  plainError,
} from '../../model';
import { newRunId, run } from '../../run';
import { type Landing, lockHolder } from '../../lake';
import { type OpenWorkspace, type WorkspaceOptions, openWorkspace } from '../../workspace';
import {
  backOffMs,
  decideDates,
  markOf,
  sameInputs,
  type Attempt,
  type DateDecision,
  type DueDate,
  type FileMark,
} from './dueDates';
import { noteInLog } from './watchLog';
import { configState, lookAtLanding, lookForWork, stateOfWork } from './landingScan';
import { waitForMovement } from './landingWait';
import { WatchVoice, type WatchNews } from './watchVoice';

export type { WatchNews };

export interface WatchOptions {
  readonly workspace: WorkspaceOptions;
  /** Asked whenever the config was reloaded: names may have gone. @throws what makes the watch wait for the next change. */
  readonly selection: (workspace: OpenWorkspace) => Selection;
  /** Milliseconds between looks. */
  readonly intervalMs: number;
  /** Milliseconds a file must have been seen unmoved; SETTLE of the settings without it. */
  readonly settleMs?: number | undefined;
  /** Milliseconds until a date that did not succeed is tried again; doubles up to an hour. */
  readonly retryMs: number;
  /** Ends after the first run. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly clock?: () => Date;
}

/** How a watch ended: stopped by its signal, or (`once`) with a run. */
export type WatchEnd = { readonly kind: 'stopped' } | { readonly kind: 'ran'; readonly result: RunResult };

/** What was due is looked up again after this time even where nothing seems to have changed. */
const STALE_MS = 600_000;
/** Longest wait between looks that fail. */
const LONGEST_LOOK_MS = 300_000;

/**
 * Watches until the signal says stop; a run under way is cancelled then. What a look cannot read (a drive that is
 * away, a config that is being edited) is reported once and looked at again.
 * @throws PipelineError when the workspace cannot be opened at the start.
 */
export async function* watchLanding(options: WatchOptions): AsyncGenerator<WatchNews, WatchEnd> {
  const workspace = await openWorkspace(options.workspace);
  return yield* new LandingWatch(options, workspace).news();
}

class LandingWatch {
  readonly #options: WatchOptions;
  readonly #clock: () => Date;
  readonly #voice: WatchVoice;
  #workspace: OpenWorkspace;
  #selection: Selection;
  /** State of the files that settings and config were read from. */
  #config: string;
  /** They cannot be read as they are now. */
  #broken = false;
  /** Since when each file has been seen unmoved, ms of the watch's own clock. */
  readonly #still = new Map<FileMark, number>();
  readonly #attempts = new Map<DateKey, Attempt>();
  /** The dates that were due when they were looked up, and what that depends on. */
  #due: { readonly seen: string; readonly at: number; readonly dates: readonly DueDate[] } | undefined;
  #failedLooks = 0;

  /** @throws PipelineError what the selection of the options throws. */
  constructor(options: WatchOptions, workspace: OpenWorkspace) {
    this.#options = options;
    this.#clock = options.clock ?? ((): Date => new Date());
    this.#voice = new WatchVoice(`watch-${newRunId(this.#clock())}`, this.#clock);
    this.#workspace = workspace;
    this.#selection = options.selection(workspace);
    this.#config = this.#configNow();
  }

  async *news(): AsyncGenerator<WatchNews, WatchEnd> {
    const { signal, intervalMs } = this.#options;
    const { settings } = this.#workspace;
    const landing = this.#workspace.relative(settings.landingDir);
    yield this.#say(
      'info',
      `Watching ${landing} every ${seconds(intervalMs)}. A file is complete after ${seconds(this.#settleMs())} without a change.`,
    );
    while (!signal.aborted) {
      let waitMs: number;
      try {
        const readable = yield* this.#reload();
        const decisions = readable ? ((yield* this.#look()) ?? []) : [];
        this.#failedLooks = 0;
        this.#voice.forget('look');
        waitMs = yield* this.#waits(decisions);
        const dates = decisions.filter(({ kind }) => kind === 'run').map(({ date }) => date);
        const result = dates.length === 0 ? undefined : yield* this.#run(dates);
        if (result !== undefined) {
          this.#remember(dates);
          if (this.#options.once) return { kind: 'ran', result };
          waitMs = 0;
        }
      } catch (error) {
        if (isCancelled(error)) break;
        this.#failedLooks += 1;
        const longer = intervalMs * 2 ** Math.min(this.#failedLooks, 20);
        waitMs = Math.min(longer, Math.max(intervalMs, LONGEST_LOOK_MS));
        yield* this.#once('look', 'error', `Checking for new files failed: ${inWords(error)}`);
      }
      await waitForMovement(waitMs, signal, this.#workspace.settings.landingDir);
    }
    yield this.#say('info', 'Stopped watching.');
    return { kind: 'stopped' };
  }

  /** Reads settings and config again when a file of theirs has changed; false: they cannot be read as they are now. */
  async *#reload(): AsyncGenerator<WatchNews, boolean> {
    const now = this.#configNow();
    if (now === this.#config) return !this.#broken;
    this.#config = now;
    try {
      const opened = await openWorkspace(this.#options.workspace);
      this.#selection = this.#options.selection(opened);
      this.#workspace = opened;
      this.#config = this.#configNow();
      this.#broken = false;
      this.#voice.forget('config');
      this.#due = undefined;
      yield this.#say('info', 'Settings or config changed and were reloaded.');
    } catch (error) {
      this.#broken = true;
      yield* this.#once('config', 'error', `Nothing runs until the config is fixed: ${inWords(error)}`);
      await tellStopped(this.#options.workspace, error);
    }
    return !this.#broken;
  }

  /** What is to be done now; undefined while that is not known. */
  async *#look(): AsyncGenerator<WatchNews, readonly DateDecision[] | undefined> {
    const workspace = this.#workspace;
    const { settings, lake } = workspace;
    const folder = workspace.relative(settings.landingDir);
    if (existsSync(settings.landingDir)) yield* this.#over('landing', `${folder} is available again.`);
    else yield* this.#once('landing', 'warning', `${folder} is missing: waiting for it.`);
    // A run would make the data folder again, where a drive is to be mounted.
    if (!existsSync(settings.dataDir)) return undefined;
    const landing = await lookAtLanding(workspace, this.#options.signal);
    const now = performance.now();
    const marks = new Set(landing.files.map(markOf));
    for (const mark of marks) if (!this.#still.has(mark)) this.#still.set(mark, now);
    for (const mark of this.#still.keys()) if (!marks.has(mark)) this.#still.delete(mark);
    if (lockHolder(lake.stateDir) !== undefined) {
      yield* this.#once('lock', 'info', WAITING_FOR_RUN);
      return undefined;
    }
    yield* this.#over('lock', 'The other run has ended.');
    return decideDates(await this.#dueDates(landing, now), now, {
      ...{ still: this.#still, attempts: this.#attempts, config: this.#config },
      settleMs: this.#settleMs(),
    });
  }

  /** Looked up again only where something has changed since. */
  async #dueDates(landing: Landing, now: number): Promise<readonly DueDate[]> {
    const workspace = this.#workspace;
    const today = dayOf(this.#clock());
    const seen = JSON.stringify([stateOfWork(workspace, today), this.#config, landing]);
    if (this.#due?.seen === seen && now - this.#due.at <= STALE_MS) return this.#due.dates;
    const { signal } = this.#options;
    const dates = await lookForWork(workspace, this.#selection, { landing, today }, signal);
    this.#due = { seen, at: now, dates };
    for (const date of this.#attempts.keys())
      if (!dates.some((one) => one.date === date)) {
        this.#attempts.delete(date);
        this.#voice.forget(date);
      }
    return dates;
  }

  /** Reports the dates that are tried again later, and gives how long to wait until the next look, in milliseconds. */
  *#waits(decisions: readonly DateDecision[]): Generator<WatchNews, number> {
    const now = performance.now();
    let waitMs = this.#options.intervalMs;
    for (const decision of decisions) {
      const { kind, date } = decision;
      if (kind === 'run') {
        this.#voice.forget(date);
        continue;
      }
      waitMs = Math.min(waitMs, Math.max(0, decision.at - now));
      if (kind === 'settling') continue;
      const next = String((this.#attempts.get(date)?.tries ?? 0) + 1);
      yield* this.#once(
        date,
        'warning',
        `${date} is not finished: attempt ${next} starts in ${seconds(decision.at - now)}, or as soon as new files arrive or the config changes.`,
        next,
      );
    }
    return waitMs;
  }

  /** Runs dates; the run's result, or undefined where it could not be. */
  async *#run(dates: readonly DateKey[]): AsyncGenerator<WatchNews, RunResult | undefined> {
    const { signal } = this.#options;
    const workspace = this.#workspace;
    const selection: Selection = { ...this.#selection, dates };
    // One controller a run: what listens to the watch's own signal is taken off again.
    const stop = new AbortController();
    const stopRun = (): void => stop.abort();
    signal.addEventListener('abort', stopRun, { once: true });
    if (signal.aborted) stop.abort();
    const events = run(workspace, selection, {
      signal: stop.signal,
      clock: this.#clock,
      settleMs: this.#settleMs(),
    });
    try {
      let next = await events.next();
      while (next.done !== true) {
        const event = next.value;
        if (event.event === 'run_started' || event.event === 'run_finished')
          noteInLog(workspace.settings, event);
        yield { kind: 'event', event, own: false };
        next = await events.next();
      }
      yield { kind: 'ended', workspace, selection, result: next.value };
      return next.value;
    } catch (error) {
      if (error instanceof PipelineError && error.code === 'LOCKED') {
        yield* this.#once('lock', 'info', WAITING_FOR_RUN);
        return undefined;
      }
      if (isCancelled(error)) return undefined;
      yield this.#say('error', `The run stopped: ${inWords(error)}`);
      this.#remember(dates);
      return undefined;
    } finally {
      signal.removeEventListener('abort', stopRun);
      await events.return(undefined as never);
    }
  }

  /** Dates that are still due after their run wait longer each time, as long as nothing new comes for them. */
  #remember(dates: readonly DateKey[]): void {
    const config = this.#config;
    for (const { date, files } of this.#due?.dates ?? []) {
      if (!dates.includes(date)) continue;
      const last = this.#attempts.get(date);
      const tries = last !== undefined && sameInputs(last, files, config) ? last.tries + 1 : 1;
      const retryAt = performance.now() + backOffMs(this.#options.retryMs, tries);
      this.#attempts.set(date, { files: new Set(files), config, tries, retryAt });
    }
  }

  /** Asked each time: the settings may have been read again. */
  #settleMs(): number {
    return this.#options.settleMs ?? this.#workspace.settings.settleSeconds * 1000;
  }

  #configNow(): string {
    return configState(this.#options.workspace.directory, this.#workspace.settings.configDir);
  }

  #say(level: LogEvent['level'], message: string): WatchNews {
    return this.#voice.say(this.#workspace.settings, level, message);
  }

  #once(topic: string, level: LogEvent['level'], message: string, state?: string): Generator<WatchNews> {
    return this.#voice.once(this.#workspace.settings, topic, { level, message, ...defined({ state }) });
  }

  #over(topic: string, message: string): Generator<WatchNews> {
    return this.#voice.over(this.#workspace.settings, topic, message);
  }
}

const WAITING_FOR_RUN = 'Another run is using the data folder: waiting for its end.';

function inWords(error: unknown): string {
  const { message, remedy, file, line } = plainError(error);
  const where =
    file === undefined || message.includes(file) ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${message}${where} ${remedy}`;
}

/** "0.5 s", "30 s", "4 min". */
function seconds(ms: number): string {
  if (ms >= 120_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 10_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 1000)} s`;
}
