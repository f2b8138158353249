// One editor of a file: answers its page, forwards to the engine, and closes what was opened for it.
import { defined } from '../../shared/defined';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { PlainError } from '../../engine';
import { ChannelError, openChannel, type Channel, type Methods, type WireError } from '../../shared/channel';
import type { Handle, PreviewApi, RowOrigin } from '../../shared/previewApi';
import type {
  OpenOutcome,
  PageCommand,
  PreviewHostApi,
  PreviewPageApi,
  PreviewStart,
} from '../../shared/previewHostApi';
import type { Parts } from '../parts';
import { showLine, showPacked } from '../trace/links';
import { webviewHtml, webviewRoots } from '../webviewHtml';
import { eachPage, webviewPort } from '../webviewPort';
import { exportView } from './export';

/** A file is read again when it has rested so long after a change. */
const REST_MS = 400;

/** What an editor is opened with. */
export interface PreviewPanelOptions {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  /** Where the page starts, the first time it is drawn. */
  readonly start: PreviewStart | undefined;
}

/** A preview in an editor; it lives as long as its panel. */
export class PreviewPanel {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  readonly #parts: Parts;
  readonly #subscriptions: readonly vscode.Disposable[];
  /** What is open in the engine for this editor. */
  readonly #handles = new Set<Handle>();
  #outcome: Promise<OpenOutcome> | undefined;
  #page: Channel<PreviewPageApi> | undefined;
  #start: PreviewStart | undefined;

  constructor(parts: Parts, { uri, panel, start }: PreviewPanelOptions) {
    this.uri = uri;
    this.panel = panel;
    this.#parts = parts;
    this.#start = start;
    this.#draw();
    this.#subscriptions = this.#subscribe();
    panel.onDidDispose(() => this.#dispose());
  }

  do(command: PageCommand): void {
    this.#notify('page.do', { command });
  }

  start(start: PreviewStart): void {
    if (this.#page === undefined) this.#start = start;
    else this.#notify('page.start', start);
  }

  #draw(): void {
    const { webview } = this.panel;
    const { extensionUri } = this.#parts.context;
    const methods = { ...this.#lifecycle(), ...this.#outlets(), ...forwarded(this.#parts) };
    webview.options = { enableScripts: true, localResourceRoots: [...webviewRoots(extensionUri)] };
    eachPage(webviewPort(this.panel), (port) => {
      this.#page?.close('The page was reloaded.');
      this.#page = openChannel<PreviewHostApi, PreviewPageApi>(port, methods, plain);
    });
    webview.html = webviewHtml(webview, extensionUri, {
      title: basename(this.uri.fsPath),
      script: 'preview.js',
      style: 'preview.css',
    });
  }

  #subscribe(): readonly vscode.Disposable[] {
    return [
      this.#parts.engine.onDidCrash((reason) => {
        this.#handles.clear();
        this.#outcome = undefined;
        this.#notify('page.engineGone', { reason });
      }),
      watch(this.uri, () => {
        // The page opens it again; a hidden one does so when it is drawn again.
        const old = this.#outcome;
        this.#outcome = undefined;
        void old?.then((known) => this.#forgetOpened(known));
        this.#notify('page.changed', {});
      }),
      this.panel.onDidChangeViewState(() => {
        if (this.panel.visible) return;
        // Hidden pages are not kept: what they asked for has nobody to take it.
        this.#page?.close('The editor was hidden.');
        this.#page = undefined;
      }),
    ];
  }

  #dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const handle of [...this.#handles]) this.#forget(handle);
  }

  /** The file as it is opened, and queries over it. */
  #lifecycle(): Pick<Methods<PreviewHostApi>, 'host.ready' | 'host.reopen' | 'host.close' | 'preview.query'> {
    const path = this.uri.fsPath;
    return {
      'host.ready': async () => {
        const known = await this.#outcome;
        if (known === undefined || known.kind === 'failed') this.#outcome = this.#open();
        const start = this.#start;
        this.#start = undefined;
        const outcome = (await this.#outcome) ?? (await this.#open());
        const own = outcome.kind === 'opened' ? outcome.opened.handle : undefined;
        // Queries of an earlier page have no owner any more.
        for (const handle of this.#handles) if (handle !== own) this.#forget(handle);
        return { path, name: basename(path), outcome, words: words(), ...defined({ start }) };
      },
      'host.reopen': async () => {
        const known = await this.#outcome;
        if (known !== undefined) this.#forgetOpened(known);
        this.#outcome = this.#open();
        return this.#outcome;
      },
      'host.close': ({ handle }) => {
        this.#forget(handle);
        return null;
      },
      'preview.query': async (params, call) => {
        const opened = await this.#parts.engine.call('preview.query', params, options(call));
        this.#handles.add(opened.handle);
        return opened;
      },
    };
  }

  /** What leaves the page: to the clipboard, to a file, to other editors. */
  #outlets(): Pick<
    Methods<PreviewHostApi>,
    'host.copy' | 'host.export' | 'host.openOrigin' | 'host.follow' | 'host.openAsText' | 'host.showLog'
  > {
    const { engine, log } = this.#parts;
    return {
      'host.copy': async ({ text }) => {
        await vscode.env.clipboard.writeText(text);
        return null;
      },
      'host.export': (params, call) => exportView(engine, this.uri, params, call),
      'host.openOrigin': async (origin) => {
        await openOrigin(origin);
        return null;
      },
      'host.follow': async ({ follow }) => {
        await vscode.commands.executeCommand('m7.traceLine', follow);
        return null;
      },
      'host.openAsText': async () => {
        await vscode.commands.executeCommand('vscode.openWith', this.uri, 'default', this.panel.viewColumn);
        return null;
      },
      'host.showLog': () => {
        log.show();
        return null;
      },
    };
  }

  async #open(): Promise<OpenOutcome> {
    if (this.uri.scheme !== 'file') return { kind: 'failed', error: notOnDisk(this.uri) };
    try {
      const opened = await this.#parts.engine.call('preview.open', { path: this.uri.fsPath });
      this.#handles.add(opened.handle);
      return { kind: 'opened', opened };
    } catch (error) {
      return { kind: 'failed', error: plain(error) };
    }
  }

  #forget(handle: Handle): void {
    this.#handles.delete(handle);
    this.#parts.engine.call('preview.close', { handle }).catch(() => undefined);
  }

  #forgetOpened(outcome: OpenOutcome): void {
    if (outcome.kind === 'opened') this.#forget(outcome.opened.handle);
  }

  /** A page that is hidden learns it when it is drawn again. */
  #notify<K extends keyof PreviewPageApi>(method: K, params: PreviewPageApi[K]['params']): void {
    this.#page?.call(method, params).catch(() => undefined);
  }
}

/** What the engine answers itself. */
function forwarded({
  engine,
}: Pick<Parts, 'engine'>): Omit<
  Methods<PreviewApi>,
  'preview.open' | 'preview.query' | 'preview.close' | 'preview.export'
> {
  return {
    'preview.page': (params, call) => engine.call('preview.page', params, options(call)),
    'preview.count': (params, call) => engine.call('preview.count', params, options(call)),
    'preview.find': (params, call) => engine.call('preview.find', params, options(call)),
    'preview.profile': (params, call) => engine.call('preview.profile', params, options(call)),
    'preview.metadata': (params, call) => engine.call('preview.metadata', params, options(call)),
    'preview.cell': (params, call) => engine.call('preview.cell', params, options(call)),
    'preview.copy': (params, call) => engine.call('preview.copy', params, options(call)),
    'preview.origin': (params, call) => engine.call('preview.origin', params, options(call)),
  };
}

/** Calls when the file was written or removed, once it rests. */
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
  if (packed) await showPacked(original, line, text);
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
