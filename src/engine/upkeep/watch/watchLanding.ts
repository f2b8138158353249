// Watching the drop zone: looks again and again, and gives what is due to the one `run`.
import { tellStopped } from '../../notify';
import { existsSync } from 'node:fs';
import {
  type DateKey,
  type LogEvent,
  PipelineError,
  type RunEvent,
  type RunResult,
  type Selection,
  isCancelled,
  plainError,
} from '../../model';
import { dayOf, newRunId, run } from '../../run';
import { lockHolder } from '../../lake';
import { type OpenWorkspace, type WorkspaceOptions, openWorkspace, redaction } from '../../workspace';
import {
  backOffMs,
  decide,
  markOf,
  sameInputs,
  type Attempt,
  type Decision,
  type DueDate,
  type FileMark,
} from './due';
import { noteInLog } from './watchLog';
import { configState, lookAtLanding, lookForWork, stateOfWork } from './landingScan';
import { pause } from './pause';

export interface WatchOptions {
  readonly workspace: WorkspaceOptions;
  /** Asked whenever the config was read anew: names may have gone. @throws what makes the watch wait for the next change. */
  readonly selection: (workspace: OpenWorkspace) => Selection;
  /** Milliseconds between looks. */
  readonly intervalMs: number;
  /** Milliseconds a file must have been seen unmoved. */
  readonly settleMs: number;
  /** Milliseconds until a date that did not end well is tried again; doubles up to an hour. */
  readonly retryMs: number;
  /** Ends after the first run. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly clock?: () => Date;
}

/** What a watch tells: events of its runs and its own `log` events, and the end of each run. */
export type WatchNews =
  | {
      readonly kind: 'event';
      readonly event: RunEvent;
      /** By the watch itself, not by a run. */ readonly own: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly workspace: OpenWorkspace;
      readonly selection: Selection;
      readonly result: RunResult;
    };

/** How a watch ended: stopped by its signal, or (`once`) with a run. */
export type WatchEnd = { readonly kind: 'stopped' } | { readonly kind: 'ran'; readonly result: RunResult };

/** What was due is looked up again after this time even where nothing seems to have changed. */
const STALE_MS = 600_000;
/** Longest wait between looks that fail. */
const LONGEST_LOOK_MS = 300_000;

/**
 * Watches until the signal says stop; a run that goes on then is cancelled. What a look cannot read (a drive
 * that is away, a config that is being edited) is told once and looked at again.
 * @throws PipelineError when the workspace cannot be opened at the start.
 */
export async function* watch(options: WatchOptions): AsyncGenerator<WatchNews, WatchEnd> {
  const { signal, intervalMs, settleMs } = options;
  const clock = options.clock ?? ((): Date => new Date());
  const watchId = `watch-${newRunId(clock())}`;
  const { directory } = options.workspace;

  let workspace = await openWorkspace(options.workspace);
  let selection = options.selection(workspace);
  let config = configState(directory, workspace.settings.configDir);
  let broken = false;

  const still = new Map<FileMark, number>();
  const attempts = new Map<DateKey, Attempt>();
  let due: { readonly seen: string; readonly at: number; readonly dates: readonly DueDate[] } | undefined;
  let failedLooks = 0;

  // A state is told when it begins and when it changes, not at every look.
  const told = new Map<string, string>();
  const say = (level: LogEvent['level'], message: string): WatchNews => {
    const { settings } = workspace;
    const event = redaction(settings)<LogEvent>({
      event: 'log',
      time: clock().toISOString(),
      run_id: watchId,
      level,
      message,
    });
    noteInLog(settings, event);
    return { kind: 'event', event, own: true };
  };
  function* sayOnce(
    topic: string,
    level: LogEvent['level'],
    message: string,
    state = message,
  ): Generator<WatchNews> {
    if (told.get(topic) === state) return;
    told.set(topic, state);
    yield say(level, message);
  }
  function* over(topic: string, message: string): Generator<WatchNews> {
    if (told.delete(topic)) yield say('info', message);
  }

  /** Reads settings and config again when a file of theirs has changed; false: they cannot be read as they are now. */
  async function* reread(): AsyncGenerator<WatchNews, boolean> {
    const now = configState(directory, workspace.settings.configDir);
    if (now === config) return !broken;
    config = now;
    try {
      const opened = await openWorkspace(options.workspace);
      selection = options.selection(opened);
      workspace = opened;
      config = configState(directory, workspace.settings.configDir);
      broken = false;
      told.delete('config');
      due = undefined;
      yield say('info', 'Settings or config changed: they were read again.');
    } catch (error) {
      broken = true;
      yield* sayOnce('config', 'error', `Nothing runs until the config is mended: ${inWords(error)}`);
      await tellStopped(options.workspace, error);
    }
    return !broken;
  }

  /** What is to be done now; undefined while it cannot be told. */
  async function* look(): AsyncGenerator<WatchNews, readonly Decision[] | undefined> {
    const { settings, lake } = workspace;
    const today = dayOf(clock());
    const place = workspace.relative(settings.landingDir);
    if (existsSync(settings.landingDir)) yield* over('landing', `${place} is there again.`);
    else yield* sayOnce('landing', 'warning', `${place} is not there: it is waited for.`);
    // A run would make the data folder anew, where a drive is to be mounted.
    if (!existsSync(settings.dataDir)) return undefined;
    const landing = await lookAtLanding(workspace, signal);
    const now = performance.now();
    const marks = new Set(landing.files.map(markOf));
    for (const mark of marks) if (!still.has(mark)) still.set(mark, now);
    for (const mark of still.keys()) if (!marks.has(mark)) still.delete(mark);
    if (lockHolder(lake.stateDir) !== undefined) {
      yield* sayOnce('lock', 'info', 'Another run works on the data folder: it is waited for.');
      return undefined;
    }
    yield* over('lock', 'The data folder is free again.');
    const seen = JSON.stringify([stateOfWork(workspace, today), config, landing]);
    if (due?.seen !== seen || now - due.at > STALE_MS) {
      const dates = await lookForWork(workspace, selection, landing, today, signal);
      due = { seen, at: now, dates };
      for (const date of attempts.keys())
        if (!dates.some((one) => one.date === date)) {
          attempts.delete(date);
          told.delete(date);
        }
    }
    return decide(due.dates, now, { still, attempts, config, settleMs });
  }

  /** Runs dates; the run's result, or undefined where it could not be. */
  async function* work(dates: readonly DateKey[]): AsyncGenerator<WatchNews, RunResult | undefined> {
    const chosen: Selection = { ...selection, dates };
    // One controller a run: what listens to the watch's own signal is taken off again.
    const stop = new AbortController();
    const stopRun = (): void => stop.abort();
    signal.addEventListener('abort', stopRun, { once: true });
    if (signal.aborted) stop.abort();
    const events = run(workspace, chosen, { signal: stop.signal, clock });
    try {
      let next = await events.next();
      while (next.done !== true) {
        const event = next.value;
        if (event.event === 'run_started' || event.event === 'run_finished')
          noteInLog(workspace.settings, event);
        yield { kind: 'event', event, own: false };
        next = await events.next();
      }
      yield { kind: 'ended', workspace, selection: chosen, result: next.value };
      return next.value;
    } catch (error) {
      if (error instanceof PipelineError && error.code === 'LOCKED') {
        yield* sayOnce('lock', 'info', 'Another run works on the data folder: it is waited for.');
        return undefined;
      }
      if (isCancelled(error)) return undefined;
      yield say('error', `The run could not go on: ${inWords(error)}`);
      remember(dates);
      return undefined;
    } finally {
      signal.removeEventListener('abort', stopRun);
      await events.return(undefined as never);
    }
  }

  /** Dates that are still due after their run wait longer each time, as long as nothing new comes for them. */
  function remember(dates: readonly DateKey[]): void {
    for (const { date, files } of due?.dates ?? []) {
      if (!dates.includes(date)) continue;
      const last = attempts.get(date);
      const tries = last !== undefined && sameInputs(last, files, config) ? last.tries + 1 : 1;
      const retryAt = performance.now() + backOffMs(options.retryMs, tries);
      attempts.set(date, { files: new Set(files), config, tries, retryAt });
    }
  }

  yield say(
    'info',
    `Watching ${workspace.relative(workspace.settings.landingDir)} every ${seconds(intervalMs)}; a file counts as whole after ${seconds(settleMs)} without a change.`,
  );
  while (!signal.aborted) {
    let waitMs = intervalMs;
    try {
      const readable = yield* reread();
      const decisions = readable ? yield* look() : undefined;
      failedLooks = 0;
      told.delete('look');
      const now = performance.now();
      for (const decision of decisions ?? []) {
        if (decision.kind === 'run') told.delete(decision.date);
        else waitMs = Math.min(waitMs, Math.max(0, decision.at - now));
        if (decision.kind === 'later') {
          const next = (attempts.get(decision.date)?.tries ?? 0) + 1;
          const message = `${decision.date} is not done: try ${next} follows in ${seconds(decision.at - now)}, or as soon as files of it come or the config changes.`;
          yield* sayOnce(decision.date, 'warning', message, String(next));
        }
      }
      const dates = (decisions ?? []).filter(({ kind }) => kind === 'run').map(({ date }) => date);
      if (dates.length > 0) {
        const result = yield* work(dates);
        if (result !== undefined) {
          remember(dates);
          if (options.once) return { kind: 'ran', result };
          waitMs = 0;
        }
      }
    } catch (error) {
      if (isCancelled(error)) break;
      failedLooks += 1;
      waitMs = Math.min(intervalMs * 2 ** Math.min(failedLooks, 20), Math.max(intervalMs, LONGEST_LOOK_MS));
      yield* sayOnce('look', 'error', `Looking for work failed: ${inWords(error)}`);
    }
    await pause(waitMs, signal, workspace.settings.landingDir);
  }
  yield say('info', 'Stopped watching.');
  return { kind: 'stopped' };
}

function inWords(error: unknown): string {
  const { message, remedy, file, line } = plainError(error);
  const place =
    file === undefined || message.includes(file) ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${message}${place} ${remedy}`;
}

/** "0.5 s", "30 s", "4 min". */
function seconds(ms: number): string {
  if (ms >= 120_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 10_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 1000)} s`;
}
