// The panel of traces: one, beside the editor, which follows the line that was asked for last.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { openChannel, type Channel, type Methods } from '../../shared/channel';
import type { LineName, TraceLink } from '../../shared/traceApi';
import {
  TRACE_VIEW,
  type TraceHostApi,
  type TracePageApi,
  type TraceSnapshot,
} from '../../shared/tracePageApi';
import { errorOf } from '../failure';
import type { Owned, Parts } from '../parts';
import { webviewHtml, webviewRoots } from '../webviewHtml';
import { eachPage, webviewPort } from '../webviewPort';
import { beside, openLink } from './links';
import { inert } from '../../shared/words';

export interface TracePanel extends Owned {
  show(name: LineName): void;
}

/** Nothing is opened before the first line is asked for. */
export function tracePanel(parts: Parts): TracePanel {
  const { context, engine } = parts;
  let panel: vscode.WebviewPanel | undefined;
  let page: Channel<TracePageApi> | undefined;
  let meant: LineName | undefined;

  const snapshot = async (signal: AbortSignal): Promise<TraceSnapshot> => {
    if (meant === undefined) throw new Error('No line was selected.');
    try {
      const trace = await engine.call('trace.line', meant, { signal });
      return { kind: 'traced', page: trace.page };
    } catch (error) {
      return { kind: 'failed', error: errorOf(error) };
    }
  };
  const open = async (link: TraceLink): Promise<null> => {
    try {
      if (link.kind === 'record') show({ kind: 'record', name: link.name });
      else await openLink(parts, link, beside(panel?.viewColumn));
    } catch (error) {
      void parts.reportError(error);
    }
    return null;
  };
  const methods: Methods<TraceHostApi> = {
    ready: (_, { signal }) => snapshot(signal),
    open: (link) => open(link),
  };
  const changed = (): void => {
    page?.call('changed', {}).catch(() => undefined);
  };

  const make = (): vscode.WebviewPanel => {
    const made = vscode.window.createWebviewPanel(
      TRACE_VIEW,
      vscode.l10n.t('Trace'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      {
        enableScripts: true,
        enableFindWidget: true,
        localResourceRoots: [...webviewRoots(context.extensionUri)],
      },
    );
    eachPage(webviewPort(made), (port) => {
      page?.close('The page was reloaded.');
      page = openChannel<TraceHostApi, TracePageApi>(port, methods, errorOf);
    });
    made.onDidChangeViewState(() => {
      if (made.visible) return;
      page?.close('The panel was hidden.');
      page = undefined;
    });
    made.onDidDispose(() => {
      page?.close('The panel was closed.');
      page = undefined;
      panel = undefined;
    });
    return made;
  };
  function show(name: LineName): void {
    meant = name;
    const title = inert(titleOf(name));
    if (panel === undefined) {
      panel = make();
      panel.title = title;
      panel.webview.html = webviewHtml(panel.webview, context.extensionUri, {
        title,
        script: 'trace.js',
        style: 'trace.css',
      });
      return;
    }
    panel.title = title;
    panel.reveal(undefined, false);
    changed();
  }

  const subscriptions = [parts.onDidChangeState(changed), engine.onDidCrash(changed)];
  return {
    show,
    dispose: () => {
      for (const one of subscriptions) one.dispose();
      panel?.dispose();
    },
  };
}

function titleOf(name: LineName): string {
  switch (name.kind) {
    case 'line':
      return vscode.l10n.t('Line {0} of {1}', name.line, basename(name.path));
    case 'number':
      return vscode.l10n.t('Record {0}', name.row);
    case 'record':
      return vscode.l10n.t('Record {0}', name.name.row);
    default:
      return name satisfies never;
  }
}
