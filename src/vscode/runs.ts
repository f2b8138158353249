// The runs of this window: one at a time, with a notification that shows its progress and one that reports its end.
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunEvent } from '../engine';
import { defined } from '../shared/defined';
import { ChannelError, isCancelledCall } from '../shared/channel';
import { COMMAND_NEEDS } from '../shared/needs';
import type { RunEnd } from '../shared/serverApi';
import { errorOf, requireTrust } from './failure';
import { hostsAgreed } from './hosts';
import type { CurrentRun, Owned, Parts, RunRequest, Runs } from './parts';
import { reportEnd } from './runEnd';
import { followRun, type RunState } from './runProgress';
import { logLine } from './runText';
import { count } from './words';
import type { Log } from './shown/log';
import { showError, showWarning } from './shown/notices';
import { withNotice } from './shown/progress';

export interface RunsOptions extends Pick<Parts, 'engine' | 'log' | 'reportError'> {
  /** Called when a run has started, and when it has ended. */
  readonly touch: () => void;
}

/** A cancelled run gives its lock back a moment after its caller was answered. */
const WIND_DOWN_MS = 10_000;

/** Starts runs, shows their progress, and keeps the last one. */
export class WindowRuns implements Runs, Owned {
  readonly #options: RunsOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #events = new vscode.EventEmitter<RunEvent>();
  readonly onDidChange = this.#changed.event;
  readonly onEvent = this.#events.event;
  #current: CurrentRun | undefined;
  #last: Runs['last'];
  #control: AbortController | undefined;
  #cancelledAt = 0;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  get current(): CurrentRun | undefined {
    return this.#current;
  }

  get last(): Runs['last'] {
    return this.#last;
  }

  async start(request: RunRequest): Promise<RunEnd | undefined> {
    if (!(await requireTrust(COMMAND_NEEDS['m7.runDate'].uses))) return undefined;
    if (!(await hostsAgreed(this.#options))) return undefined;
    if (this.#current !== undefined) {
      await reportBusy(this.#current, () => this.cancel());
      return undefined;
    }
    const { log, reportError } = this.#options;
    const progress = followRun();
    this.#begin(request);
    try {
      const end = await this.#runWithProgress(request, progress.take);
      this.#last = { title: request.title, end };
      this.#finish();
      const again = { ...request, selection: { ...request.selection, force: true } };
      void reportEnd(request, end, progress.state(), { again: () => this.start(again), log, reportError });
      return end;
    } catch (error) {
      this.#finish();
      if (isCancelledCall(error)) log.info(`${request.title}: cancelled.`);
      else if (errorOf(error).code === 'DISCONNECTED')
        void reportCrash(request, error, () => this.start(request), log);
      else void reportError(error);
      return undefined;
    }
  }

  cancel(): void {
    this.#control?.abort();
  }

  dispose(): void {
    this.#control?.abort();
    this.#changed.dispose();
    this.#events.dispose();
  }

  #begin(request: RunRequest): void {
    const control = new AbortController();
    control.signal.addEventListener('abort', () => (this.#cancelledAt = Date.now()), { once: true });
    this.#control = control;
    this.#set({ ...request, step: '', percent: 0 });
    this.#options.touch();
    this.#options.log.info(`${request.title}.`);
  }

  #finish(): void {
    this.#control = undefined;
    this.#set(undefined);
    this.#options.touch();
    void vscode.commands.executeCommand('setContext', 'm7.hasRun', true);
  }

  #set(run: CurrentRun | undefined): void {
    if ((this.#current === undefined) !== (run === undefined))
      void vscode.commands.executeCommand('setContext', 'm7.running', run !== undefined);
    this.#current = run;
    this.#changed.fire();
  }

  #runWithProgress(request: RunRequest, take: (event: RunEvent) => RunState): Thenable<RunEnd> {
    return withNotice({ title: request.title, cancellable: true }, (signal, tell) => {
      signal.addEventListener('abort', () => this.cancel());
      let shown = 0;
      return this.#call(request, (event) => {
        const state = take(event);
        write(this.#options.log, event);
        this.#events.fire(event);
        tell({ increment: state.percent - shown, message: progressText(state) });
        shown = state.percent;
        // Most steps begin and end within one frame: who draws them is informed by what it shows.
        if (event.event !== 'log' || state.due === 0)
          this.#set({ ...request, step: state.step, percent: state.percent });
      });
    });
  }

  async #call({ selection }: RunRequest, onProgress: (event: RunEvent) => void): Promise<RunEnd> {
    const signal = this.#control?.signal;
    for (;;)
      try {
        return await this.#options.engine.call('run', { selection }, { signal, onProgress });
      } catch (error) {
        const windsDown = Date.now() - this.#cancelledAt < WIND_DOWN_MS;
        if (!(error instanceof ChannelError) || error.code !== 'LOCKED' || !windsDown) throw error;
        await wait(200, undefined, defined({ signal })).catch(() => undefined);
      }
  }
}

function write(log: Log, event: RunEvent): void {
  const line = logLine(event);
  if (line !== undefined) log[line.level](line.text);
}

/** "3 of 49 steps · raw-to-silver 20241115 Skylink Playback · 12 rows rejected". */
function progressText(state: RunState): string {
  if (state.due === 0) return state.step === '' ? vscode.l10n.t('planning') : state.step;
  const parts = [vscode.l10n.t('{0} of {1} steps', count(state.done), count(state.due))];
  if (state.failed > 0) parts.push(vscode.l10n.t('{0} failed', count(state.failed)));
  if (state.step !== '') parts.push(state.step);
  if (state.rejected > 0) parts.push(vscode.l10n.t('{0} rows rejected', count(state.rejected)));
  return parts.join(' · ');
}

async function reportBusy(run: CurrentRun, cancel: () => void): Promise<void> {
  const stop = vscode.l10n.t('Cancel Run');
  const choice = await showWarning(
    vscode.l10n.t('"{0}" is still running. Only one run at a time can use a data folder.', run.title),
    stop,
  );
  if (choice === stop) cancel();
}

async function reportCrash(
  request: RunRequest,
  error: unknown,
  again: () => Promise<unknown>,
  log: Log,
): Promise<void> {
  const { message } = errorOf(error);
  log.error(`${request.title}: ${message}`);
  const rerun = vscode.l10n.t('Run Again');
  const showLog = vscode.l10n.t('Show Log');
  const choice = await showError(
    vscode.l10n.t(
      '{0} was interrupted: {1} Published data is intact. The next run continues where it stopped.',
      request.title,
      message,
    ),
    rerun,
    showLog,
  );
  if (choice === rerun) await again();
  else if (choice === showLog) log.show();
}
