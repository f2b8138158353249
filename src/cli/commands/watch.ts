// m7 watch: runs what is due when files have arrived and settled, until it is told to stop.
import {
  PipelineError,
  watchLanding,
  type OpenWorkspace,
  type RunFinished,
  type Selection,
  type WatchNews,
  type WatchOptions,
} from '../../engine';
import { exitOfRun } from './run';
import { lineOf, openProgress, type Progress } from '../progress';
import { checkSelection, selectionOf, type SelectionOptions } from '../selection';
import type { ExitCode, Session } from '../session';
import { failureLines, summaryLines } from '../summary';
import { UsageError } from '../usage';

export interface WatchCommandOptions extends Omit<SelectionOptions, 'force'> {
  /** Seconds. */
  readonly interval?: number;
  readonly settle?: number;
  readonly retry?: number;
  readonly once?: boolean;
}

const DEFAULT_SECONDS = { interval: 10, retry: 30 } as const;

/** A stopped watch is a normal end, exit 0; with --once it ends as its run did. */
export async function watchPipeline(session: Session, options: WatchCommandOptions): Promise<ExitCode> {
  checkSelection(options);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  session.signal.addEventListener('abort', end, { once: true });
  // Nobody reads the events any more: there is nothing left to watch for.
  if (session.json) session.out.closed.addEventListener('abort', end, { once: true });
  const news = watchLanding({ ...watchOptions(session, options), signal: stop.signal });
  let progress: Progress | undefined;
  let finished: RunFinished | undefined;
  try {
    for (;;) {
      const next = await news.next();
      if (next.done === true) {
        if (next.value.kind === 'stopped') return options.once === true ? 130 : 0;
        return exitOfRun(next.value.result);
      }
      const one = next.value;
      if (one.kind === 'event' && one.event.event === 'run_finished') finished = one.event;
      if (one.kind === 'event' && !one.own) progress ??= openProgress(session);
      else {
        progress?.close();
        progress = undefined;
      }
      await tell(session, one, progress, finished);
    }
  } finally {
    progress?.close();
    await news.return({ kind: 'stopped' });
  }
}

function watchOptions(session: Session, options: WatchCommandOptions): Omit<WatchOptions, 'signal'> {
  const ms = (name: keyof typeof DEFAULT_SECONDS): number => (options[name] ?? DEFAULT_SECONDS[name]) * 1000;
  return {
    workspace: {
      directory: session.directory,
      environment: process.env,
      ...(options.mock === true ? { overrides: { MOCK_SNOWFLAKE: 'true' } } : {}),
    },
    selection: (workspace) => chosen(workspace, options),
    intervalMs: ms('interval'),
    settleMs: options.settle === undefined ? undefined : options.settle * 1000,
    retryMs: ms('retry'),
    once: options.once === true,
  };
}

/** A table that was asked for may leave the config while the watch goes on: the engine must know the error. */
function chosen(workspace: OpenWorkspace, options: WatchCommandOptions): Selection {
  try {
    return selectionOf(workspace, options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new PipelineError('USAGE', error.message, error.remedy, { cause: error });
  }
}

async function tell(
  session: Session,
  news: WatchNews,
  progress: Progress | undefined,
  finished: RunFinished | undefined,
): Promise<void> {
  const { out, log } = session;
  if (news.kind === 'event') {
    if (session.json) await out.line(JSON.stringify(news.event));
    if (progress !== undefined) progress.show(news.event);
    else if (!session.quiet || (news.event.event === 'log' && news.event.level === 'error')) {
      const line = lineOf(news.event, session);
      if (line !== undefined) log.line(line);
    }
    return;
  }
  if (session.json) return;
  const { workspace, selection, result } = news;
  if (session.quiet) {
    for (const step of result.steps)
      if (step.status === 'failed') for (const line of failureLines(step, log.style)) log.line(line);
  } else
    await out.write(
      `${(await summaryLines({ workspace, selection, result, finished }, out.style)).join('\n')}\n`,
    );
}
