// What became of a line: its command, its panel, and the problems in open landing files.
import * as vscode from 'vscode';
import type { TraceLink } from '../../shared/traceApi';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import { beside, openLink } from './links';
import { registerMarks } from './marks';
import { lineOf } from './lineName';
import { tracePanel } from './panel';
import { showInformation } from '../shown/notices';

/** Registers command `m7.traceLine`; the engine starts with the first line, or landing file, that is looked at. */
export function registerTrace(parts: Parts): vscode.Disposable {
  const panel = tracePanel(parts);
  return vscode.Disposable.from(
    panel,
    registerMarks(parts),
    registerCommand(parts, 'm7.traceLine', (argument: unknown) => {
      const name = lineOf(argument);
      if (name !== undefined) panel.show(name);
      else
        void showInformation(
          vscode.l10n.t('Open a landing file, or its original in raw, and place the cursor on a line first.'),
        );
    }),
    // Of problems: a click on their code.
    registerCommand(parts, 'm7.trace.open', async (link: TraceLink) => {
      if (link.kind === 'record') panel.show({ kind: 'record', name: link.name });
      else await openLink(parts, link, beside(vscode.window.tabGroups.activeTabGroup.viewColumn));
    }),
  );
}
