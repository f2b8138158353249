// One editor of a file: answers its page, forwards to the engine, and closes what was opened for it.
import { defined } from '../../shared/defined';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { PlainError } from '../../engine';
import { ChannelError, openChannel, type Channel, type Methods, type WireError } from '../../shared/channel';
import type { Handle, RowOrigin } from '../../shared/previewApi';
import type {
  OpenOutcome,
  PageCommand,
  PreviewHostApi,
  PreviewPageApi,
  PreviewStart,
} from '../../shared/previewHostApi';
import type { Parts } from '../parts';
import { showLine, tellPacked } from '../trace/links';
import { webviewHtml, webviewRoots } from '../webviewHtml';
import { eachPage, webviewPort } from '../webviewPort';
import { exportView } from './export';

/** A file is read anew when it has rested so long after a change. */
const REST_MS = 400;

export interface PreviewPanel {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  readonly do: (command: PageCommand) => void;
  readonly start: (start: PreviewStart) => void;
}

/** @param start Where the page starts, the first time it is drawn. */
export function openPanel(
  parts: Parts,
  uri: vscode.Uri,
  panel: vscode.WebviewPanel,
  start: PreviewStart | undefined,
): PreviewPanel {
  const { engine, context } = parts;
  const path = uri.fsPath;
  const handles = new Set<Handle>();
  let outcome: Promise<OpenOutcome> | undefined;
  let page: Channel<PreviewPageApi> | undefined;
  let starting = start;

  const forget = (handle: Handle): void => {
    handles.delete(handle);
    engine.call('preview.close', { handle }).catch(() => undefined);
  };

  const open = async (): Promise<OpenOutcome> => {
    if (uri.scheme !== 'file') return { kind: 'failed', error: notOnDisk(uri) };
    try {
      const opened = await engine.call('preview.open', { path });
      handles.add(opened.handle);
      return { kind: 'opened', opened };
    } catch (error) {
      return { kind: 'failed', error: plain(error) };
    }
  };

  const methods: Methods<PreviewHostApi> = {
    'host.ready': async () => {
      const known = await outcome;
      if (known === undefined || known.kind === 'failed') outcome = open();
      const first = starting;
      starting = undefined;
      const now = (await outcome) ?? (await open());
      // Queries of an earlier page have no owner any more.
      for (const handle of handles) if (now.kind !== 'opened' || handle !== now.opened.handle) forget(handle);
      return {
        path,
        name: basename(path),
        outcome: now,
        words: words(),
        ...defined({ start: first }),
      };
    },
    'host.reopen': async () => {
      const known = await outcome;
      if (known?.kind === 'opened') forget(known.opened.handle);
      outcome = open();
      return outcome;
    },
    'host.close': ({ handle }) => {
      forget(handle);
      return null;
    },
    'host.copy': async ({ text }) => {
      await vscode.env.clipboard.writeText(text);
      return null;
    },
    'host.export': (params, call) => exportView(engine, uri, params, call),
    'host.openOrigin': async (origin) => {
      await openOrigin(origin);
      return null;
    },
    'host.follow': async ({ follow }) => {
      await vscode.commands.executeCommand('m7.traceLine', follow);
      return null;
    },
    'host.openAsText': async () => {
      await vscode.commands.executeCommand('vscode.openWith', uri, 'default', panel.viewColumn);
      return null;
    },
    'host.showLog': () => {
      parts.log.show();
      return null;
    },
    'preview.query': async (params, call) => {
      const opened = await engine.call('preview.query', params, options(call));
      handles.add(opened.handle);
      return opened;
    },
    'preview.page': (params, call) => engine.call('preview.page', params, options(call)),
    'preview.count': (params, call) => engine.call('preview.count', params, options(call)),
    'preview.find': (params, call) => engine.call('preview.find', params, options(call)),
    'preview.profile': (params, call) => engine.call('preview.profile', params, options(call)),
    'preview.metadata': (params, call) => engine.call('preview.metadata', params, options(call)),
    'preview.cell': (params, call) => engine.call('preview.cell', params, options(call)),
    'preview.copy': (params, call) => engine.call('preview.copy', params, options(call)),
    'preview.origin': (params, call) => engine.call('preview.origin', params, options(call)),
  };

  panel.webview.options = {
    enableScripts: true,
    localResourceRoots: [...webviewRoots(context.extensionUri)],
  };
  eachPage(webviewPort(panel), (port) => {
    page?.close('The page was reloaded.');
    page = openChannel<PreviewHostApi, PreviewPageApi>(port, methods, plain);
  });
  panel.webview.html = webviewHtml(panel.webview, context.extensionUri, {
    title: basename(path),
    script: 'preview.js',
    style: 'preview.css',
  });

  const tell = <K extends keyof PreviewPageApi>(method: K, params: PreviewPageApi[K]['params']): void => {
    // A page that is hidden learns it when it is drawn again.
    page?.call(method, params).catch(() => undefined);
  };

  const subscriptions = [
    engine.onDidCrash((reason) => {
      handles.clear();
      outcome = undefined;
      tell('page.engineGone', { reason });
    }),
    watch(uri, () => {
      // The page opens it anew; a hidden one does so when it is drawn again.
      const old = outcome;
      outcome = undefined;
      void old?.then((known) => {
        if (known.kind === 'opened') forget(known.opened.handle);
      });
      tell('page.changed', {});
    }),
    panel.onDidChangeViewState(() => {
      if (panel.visible) return;
      // Hidden pages are not kept: what they asked for has nobody to take it.
      page?.close('The editor was hidden.');
      page = undefined;
    }),
  ];
  panel.onDidDispose(() => {
    for (const subscription of subscriptions) subscription.dispose();
    for (const handle of [...handles]) forget(handle);
  });

  return {
    uri,
    panel,
    do: (command) => tell('page.do', { command }),
    start: (next) => {
      if (page === undefined) starting = next;
      else tell('page.start', next);
    },
  };
}

/** Tells when the file was written or removed, once it rests. */
function watch(uri: vscode.Uri, changed: () => void): vscode.Disposable {
  if (uri.scheme !== 'file') return vscode.Disposable.from();
  const pattern = new vscode.RelativePattern(
    vscode.Uri.joinPath(uri, '..'),
    escapeGlob(basename(uri.fsPath)),
  );
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, REST_MS);
  };
  watcher.onDidChange(later);
  watcher.onDidCreate(later);
  watcher.onDidDelete(later);
  return vscode.Disposable.from(watcher, new vscode.Disposable(() => clearTimeout(timer)));
}

function escapeGlob(name: string): string {
  return name.replace(/[*?{}[\]]/g, '[$&]');
}

async function openOrigin({ original, file, line, packed, text }: RowOrigin): Promise<void> {
  if (original === null)
    throw new ChannelError({
      code: 'NOT_FOUND',
      message: vscode.l10n.t('The landing file {0} no longer exists.', file),
      remedy: vscode.l10n.t('It may have been archived, or removed by RAW_RETENTION_DAYS.'),
    });
  const uri = vscode.Uri.file(original);
  if (packed) await tellPacked(original, line, text);
  else if (line === null) await vscode.commands.executeCommand('vscode.open', uri);
  else await showLine(uri, line, vscode.ViewColumn.Beside);
}

function options<Progress>(call: {
  readonly signal: AbortSignal;
  readonly progress: (value: Progress) => void;
}): {
  signal: AbortSignal;
  onProgress: (value: Progress) => void;
} {
  return { signal: call.signal, onProgress: call.progress };
}

function words(): Readonly<Record<string, string>> {
  const bundle: Readonly<Record<string, unknown>> = vscode.l10n.bundle ?? {};
  return Object.fromEntries(
    Object.entries(bundle).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

function notOnDisk(uri: vscode.Uri): WireError {
  return {
    code: 'UNSUPPORTED',
    message: vscode.l10n.t(
      '{0} is not a file on this disk (its scheme is "{1}").',
      basename(uri.path),
      uri.scheme,
    ),
    remedy: vscode.l10n.t('Save a copy of it to a folder and open that one.'),
  };
}

function plain(error: unknown): WireError {
  if (error instanceof ChannelError) return error.plain;
  const code: PlainError['code'] = 'BUG';
  return {
    code,
    message: error instanceof Error ? error.message : String(error),
    remedy: vscode.l10n.t('See the log of M7 Pipeline.'),
  };
}
