// The runs of this window: one at a time, with a notification that shows its progress and one that tells its end.
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunEvent } from '../engine';
import { ChannelError, isCancelledCall } from '../shared/channel';
import type { RunEnd } from '../shared/serverApi';
import { errorOf, requireTrust } from './failure';
import type { CurrentRun, Owned, Parts, RunRequest, Runs } from './parts';
import { tellEnd } from './runEnd';
import { followRun, type RunState } from './runProgress';
import { logLine } from './runText';
import { count } from './words';

export interface RunsOptions extends Pick<Parts, 'engine' | 'log' | 'tellError'> {
  /** Called when a run has begun, and when it has ended. */
  readonly touch: () => void;
}

/** A cancelled run gives its lock back a moment after its caller was told. */
const WIND_DOWN_MS = 10_000;

export function openRuns({ engine, log, tellError, touch }: RunsOptions): Runs & Owned {
  const changed = new vscode.EventEmitter<void>();
  const events = new vscode.EventEmitter<RunEvent>();
  let current: CurrentRun | undefined;
  let control: AbortController | undefined;
  let last: Runs['last'];
  let cancelledAt = 0;

  const set = (run: CurrentRun | undefined): void => {
    if ((current === undefined) !== (run === undefined))
      void vscode.commands.executeCommand('setContext', 'm7.running', run !== undefined);
    current = run;
    changed.fire();
  };

  const call = async (
    request: RunRequest,
    signal: AbortSignal,
    take: (event: RunEvent) => void,
  ): Promise<RunEnd> => {
    for (;;)
      try {
        return await engine.call('run', { selection: request.selection }, { signal, onProgress: take });
      } catch (error) {
        const windsDown = Date.now() - cancelledAt < WIND_DOWN_MS;
        if (!(error instanceof ChannelError) || error.code !== 'LOCKED' || !windsDown) throw error;
        await wait(200, undefined, { signal }).catch(() => undefined);
      }
  };

  const runs: Runs = {
    get current() {
      return current;
    },
    get last() {
      return last;
    },
    onDidChange: changed.event,
    onEvent: events.event,
    cancel: () => control?.abort(),
    start: async (request) => {
      if (!(await requireTrust())) return undefined;
      if (current !== undefined) {
        await tellBusy(current, () => control?.abort());
        return undefined;
      }
      const stop = new AbortController();
      control = stop;
      const progress = followRun();
      set({ ...request, step: '', percent: 0 });
      touch();
      log.info(`${request.title}.`);
      try {
        const end = await vscode.window.withProgress(
          { location: vscode.ProgressLocation.Notification, title: request.title, cancellable: true },
          (notification, token) => {
            token.onCancellationRequested(() => stop.abort());
            stop.signal.addEventListener('abort', () => (cancelledAt = Date.now()), { once: true });
            let shown = 0;
            return call(request, stop.signal, (event) => {
              const state = progress.take(event);
              write(log, event);
              events.fire(event);
              notification.report({ increment: state.percent - shown, message: progressText(state) });
              shown = state.percent;
              // Most steps begin and end within one frame: who draws them is told by what it shows.
              if (event.event !== 'log') set({ ...request, step: state.step, percent: state.percent });
            });
          },
        );
        last = { title: request.title, end };
        finish();
        void tellEnd(request, end, progress.state(), {
          again: () => runs.start({ ...request, selection: { ...request.selection, force: true } }),
          log,
          tellError,
        });
        return end;
      } catch (error) {
        finish();
        if (isCancelledCall(error)) log.info(`${request.title}: cancelled.`);
        else if (errorOf(error).code === 'DISCONNECTED')
          void tellCrash(request, error, () => runs.start(request), log);
        else void tellError(error);
        return undefined;
      }
    },
  };
  const finish = (): void => {
    control = undefined;
    set(undefined);
    touch();
    void vscode.commands.executeCommand('setContext', 'm7.hasRun', true);
  };
  return Object.assign(runs, {
    dispose: () => {
      control?.abort();
      changed.dispose();
      events.dispose();
    },
  });
}

function write(log: vscode.LogOutputChannel, event: RunEvent): void {
  const line = logLine(event);
  if (line !== undefined) log[line.level](line.text);
}

/** "3 of 49 steps · raw-to-silver 20241115 Skylink Playback · 12 rows rejected". */
function progressText(state: RunState): string {
  if (state.due === 0) return vscode.l10n.t('planning');
  const parts = [vscode.l10n.t('{0} of {1} steps', count(state.done), count(state.due))];
  if (state.failed > 0) parts.push(vscode.l10n.t('{0} failed', count(state.failed)));
  if (state.step !== '') parts.push(state.step);
  if (state.rejected > 0) parts.push(vscode.l10n.t('{0} rows rejected', count(state.rejected)));
  return parts.join(' · ');
}

async function tellBusy(run: CurrentRun, cancel: () => void): Promise<void> {
  const stop = vscode.l10n.t('Cancel Run');
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('"{0}" is still running. Only one run at a time can use a data folder.', run.title),
    stop,
  );
  if (choice === stop) cancel();
}

async function tellCrash(
  request: RunRequest,
  error: unknown,
  again: () => Promise<unknown>,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const { message } = errorOf(error);
  log.error(`${request.title}: ${message}`);
  const rerun = vscode.l10n.t('Run Again');
  const showLog = vscode.l10n.t('Show Log');
  const choice = await vscode.window.showErrorMessage(
    vscode.l10n.t(
      '{0} was interrupted: {1} Published data is intact. Run again to continue where it stopped.',
      request.title,
      message,
    ),
    rerun,
    showLog,
  );
  if (choice === rerun) await again();
  else if (choice === showLog) log.show();
}
