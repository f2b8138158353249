// The status bar item: the current run, or how the last one ended; a click leads to either.
import * as vscode from 'vscode';
import type { Command } from './commands/ids';
import type { Owned, Parts } from './parts';
import { runElsewhere, type WorkspaceState } from './workspaceState';
import { inert } from '../shared/words';
import { withIcon } from './shown/labels';

export function openStatusBar(
  parts: Pick<Parts, 'engine' | 'runs' | 'workspace' | 'onDidChangeState'>,
  state: Pick<WorkspaceState, 'holder'>,
): Owned {
  const { runs, workspace } = parts;
  const item = vscode.window.createStatusBarItem('m7.run', vscode.StatusBarAlignment.Left, 20);
  item.name = vscode.l10n.t('M7 Pipeline');
  /** The last run of this window, where another process has run since. */
  let outdone: Parts['runs']['last'];
  const show = (): void => {
    if (!workspace.isReady) {
      item.hide();
      return;
    }
    const elsewhere = runElsewhere(parts, state);
    if (elsewhere !== undefined) outdone = runs.last;
    const { icon, text, tooltip, command, bad } = face(
      runs.current,
      elsewhere,
      runs.last === outdone ? undefined : runs.last,
    );
    item.text = withIcon(icon, text);
    item.tooltip = inert(tooltip);
    item.command = command;
    item.accessibilityInformation = { label: inert(`${text}. ${tooltip}`) };
    item.backgroundColor = bad ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    item.show();
  };
  const listeners = [runs.onDidChange(show), workspace.onDidChange(show), parts.onDidChangeState(show)];
  show();
  return { dispose: () => [item, ...listeners].forEach((one) => void one.dispose()) };
}

interface Face {
  readonly icon: string;
  readonly text: string;
  readonly tooltip: string;
  readonly command: Command;
  readonly bad: boolean;
}

function face(
  current: Parts['runs']['current'],
  holder: number | undefined,
  last: Parts['runs']['last'],
): Face {
  if (current !== undefined)
    return {
      icon: 'sync~spin',
      text: `${current.title} ${Math.floor(current.percent)}%`,
      tooltip: current.step === '' ? vscode.l10n.t('The run is starting') : current.step,
      command: 'm7.showRun',
      bad: false,
    };
  if (holder !== undefined)
    return {
      icon: 'sync~spin',
      text: vscode.l10n.t('M7: running elsewhere'),
      tooltip: vscode.l10n.t(
        'A terminal or another window is running on this data folder (process {0}).',
        String(holder),
      ),
      command: 'm7.showRun',
      bad: false,
    };
  if (last === undefined)
    return {
      icon: 'layers',
      text: 'M7',
      tooltip: vscode.l10n.t('Run a date'),
      command: 'm7.runDate',
      bad: false,
    };
  const failed = last.end.status === 'failed';
  return {
    icon: failed ? 'error' : 'check',
    text: last.title,
    tooltip: failed
      ? vscode.l10n.t('The last run failed. Show its report')
      : vscode.l10n.t('The last run succeeded. Show its report'),
    command: 'm7.showRun',
    bad: failed,
  };
}
