// The composition root of the extension: opens what it owns and joins the parts; nothing else happens here.
import type * as vscode from 'vscode';
import { registerCases } from './cases';
import { registerCommands } from './commands';
import { registerDebugging } from './debug';
import { registerEditing } from './editing';
import { errorTeller } from './failure';
import { registerManual } from './manual';
import type { Parts } from './parts';
import { registerPreview } from './preview/register';
import { registerReport } from './report/register';
import { WindowRuns } from './runs';
import { openSecrets } from './secrets';
import { openStatusBar } from './statusBar';
import { registerTasks } from './tasks';
import { registerTests } from './tests';
import { registerTrace } from './trace';
import { registerViews } from './views';
import { registerWarehouse } from './warehouse';
import { openKnowledge } from './warehouse/knowledge';
import { followWorkspace } from './workspace';
import { reportCrashes, workspaceEngine } from './workspaceEngine';
import { watchWorkspace } from './workspaceState';
import { openLog } from './shown/log';

export function activate(context: vscode.ExtensionContext): void {
  const log = openLog('M7 Pipeline');
  const workspace = followWorkspace();
  const secrets = openSecrets(context, log);
  const engine = workspaceEngine({ extension: context.extensionUri, workspace, secrets, log });
  const state = watchWorkspace(workspace);
  const reportError = errorTeller(log, workspace);
  const runs = new WindowRuns({ engine, log, reportError, touch: state.touch });
  const parts: Parts = {
    context,
    engine,
    engineOf: engine.of,
    log,
    workspace,
    onDidChangeState: state.onDidChange,
    runs,
    reportError,
  };
  const knowledge = openKnowledge(parts);
  context.subscriptions.push(
    log,
    workspace,
    secrets,
    state,
    engine,
    runs,
    knowledge,
    reportCrashes(parts, state.touch),
    openStatusBar(parts, state),
    registerCommands(parts, secrets, state.touch),
    registerViews(parts, state, knowledge),
    registerWarehouse(parts, secrets, knowledge, state.touch),
    registerTasks(parts, secrets),
    registerPreview(parts),
    registerReport(parts),
    registerTrace(parts),
    registerCases(parts),
    registerEditing(parts),
    registerTests(parts),
    registerDebugging(parts, secrets, state),
    registerManual(parts),
  );
}
