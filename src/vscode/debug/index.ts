// Debugging in the editor: sessions with and without launch.json, what the pointer is over, rows in the preview.
import * as vscode from 'vscode';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import type { Secrets } from '../secrets';
import type { WorkspaceState } from '../workspaceState';
import { adapterFactory } from './adapter';
import { registerAnswers } from './rowsPreview';
import { configurationProvider } from './configurations';
import { debugDate } from './debugDate';
import { registerExpressions } from './expressions';
import { registerFirstStop } from './firstStop';
import { registerRunningNotice } from './runNotice';
import { openSessionBreakpoints } from './sessionBreakpoints';
import { registerUnsaved } from './unsaved';
import { TYPE } from './debugRequest';

/** Registers sessions of type `m7` and the commands `m7.debugDate` and `m7.previewVariable`. */
export function registerDebugging(
  parts: Parts,
  secrets: Pick<Secrets, 'environment'>,
  state: Pick<WorkspaceState, 'holder'>,
): vscode.Disposable {
  const breakpoints = openSessionBreakpoints(parts);
  return vscode.Disposable.from(
    breakpoints,
    vscode.debug.registerDebugAdapterDescriptorFactory(TYPE, adapterFactory(parts, secrets)),
    vscode.debug.registerDebugConfigurationProvider(TYPE, configurationProvider(parts)),
    registerCommand(parts, 'm7.debugDate', (argument: unknown) => debugDate(parts, breakpoints, argument)),
    registerAnswers(parts),
    registerExpressions(),
    registerUnsaved(),
    registerFirstStop(),
    registerRunningNotice(parts, state),
  );
}
