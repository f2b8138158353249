// The panel of one date: answers its page from the engine, and notifies it when something has changed.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import type { DateKey, Selection } from '../../engine';
import { openChannel, type Channel, type Methods } from '../../shared/channel';
import {
  TREND_DATES,
  type DateDocument,
  type Focus,
  type ReportHostApi,
  type ReportPageApi,
  type TrendPoint,
  type DateRunProgress,
} from '../../shared/reportApi';
import type { Command } from '../commands/ids';
import { errorOf, openAt } from '../failure';
import type { Parts, RunRequest } from '../parts';
import { webviewHtml, webviewRoots } from '../webviewHtml';
import { eachPage, webviewPort } from '../webviewPort';
import { day } from '../words';
import { acceptDrift, takeName } from '../drift';
import { copyMarkdown, exportHtml, openRule, openSource } from './destinations';

/** What a panel is opened with. */
export interface ReportPanelOptions {
  readonly date: DateKey;
  readonly panel: vscode.WebviewPanel;
  /** Where it leads at first. */
  readonly focus: Focus | undefined;
}

/** A run's steps come by the thousand: its page is notified this often at most. */
const REPORT_MS = 250;

/** The panel of a date's report, new or of an earlier window; it fills itself. */
export class ReportPanel {
  readonly #parts: Parts;
  readonly #date: DateKey;
  readonly #panel: vscode.WebviewPanel;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #progress = throttled(() => this.#reportProgress());
  #page: Channel<ReportPageApi> | undefined;
  /** Where the page leads its reader when it is drawn next. */
  #focus: Focus | undefined;
  /** What the page shows: only files that it names are opened. */
  #document: DateDocument | undefined;
  /** Does the page show a run? */
  #showsRun = false;

  constructor(parts: Parts, { date, panel, focus }: ReportPanelOptions) {
    this.#parts = parts;
    this.#date = date;
    this.#panel = panel;
    this.#focus = focus;
    this.#draw();
    this.#subscriptions = this.#subscribe();
    panel.onDidDispose(() => this.dispose());
  }

  /** Brings it to the front; with a focus it leads there. */
  show(focus: Focus | undefined): void {
    const isVisible = this.#page !== undefined;
    if (!isVisible) this.#focus = focus ?? this.#focus;
    this.#panel.reveal();
    if (isVisible && focus !== undefined) this.#notify('focus', focus);
  }

  /** Lets go of what was opened for it; the panel itself stays for the next window. */
  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#progress.cancel();
    this.#page?.close('The report was closed.');
  }

  #draw(): void {
    const panel = this.#panel;
    const { extensionUri } = this.#parts.context;
    const methods = { ...this.#reading(), ...this.#running(), ...this.#leading() };
    panel.webview.options = { enableScripts: true, localResourceRoots: [...webviewRoots(extensionUri)] };
    eachPage(webviewPort(panel), (port) => {
      this.#page?.close('The page was reloaded.');
      this.#page = openChannel<ReportHostApi, ReportPageApi>(port, methods, errorOf);
    });
    panel.title = vscode.l10n.t('Report {0}', day(this.#date));
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'report-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'report-dark.svg'),
    };
    panel.webview.html = webviewHtml(panel.webview, extensionUri, {
      title: panel.title,
      script: 'report.js',
      style: 'report.css',
    });
  }

  #subscribe(): readonly vscode.Disposable[] {
    const { engine, runs, onDidChangeState } = this.#parts;
    const changed = (): void => this.#notify('changed', {});
    return [
      onDidChangeState(changed),
      runs.onDidChange(this.#progress),
      vscode.workspace.onDidGrantWorkspaceTrust(changed),
      engine.onDidCrash(changed),
      this.#panel.onDidChangeViewState(() => {
        if (this.#panel.visible) return;
        this.#page?.close('The report was hidden.');
        this.#page = undefined;
      }),
    ];
  }

  #reading(): Pick<Methods<ReportHostApi>, 'ready' | 'rejects'> {
    const { engine } = this.#parts;
    const date = this.#date;
    return {
      ready: async (_, { signal }) => {
        const [document, trend] = await Promise.all([
          engine.call('report', { date }, { signal }),
          trendOf(this.#parts, date, signal),
        ]);
        this.#document = document;
        const focus = this.#focus;
        // A page that has asked again in the meantime takes it with its own answer.
        if (!signal.aborted) this.#focus = undefined;
        const run = runOf(this.#parts, date);
        return { document, trend, run, mayRun: vscode.workspace.isTrusted, ...defined({ focus }) };
      },
      rejects: (_, { signal }) => engine.call('report.rejects', { date }, { signal }),
    };
  }

  #running(): Pick<Methods<ReportHostApi>, 'run' | 'cancelRun'> {
    const { runs } = this.#parts;
    const date = this.#date;
    return {
      run: ({ validateOnly }) => {
        const request: RunRequest = validateOnly
          ? {
              title: vscode.l10n.t('Validate {0}', day(date)),
              selection: { dates: [date], stages: ['gold-to-snowflake'], validateOnly: true },
            }
          : { title: vscode.l10n.t('Run {0}', day(date)), selection: { dates: [date] } };
        // It takes as long as it takes; the page hears of it by `running`.
        void runs.start(request);
        return null;
      },
      cancelRun: () => {
        runs.cancel();
        return null;
      },
    };
  }

  /** What leads on from the report: errors of these are reported by the editor, and the page gets null. */
  #leading(): Omit<Methods<ReportHostApi>, 'ready' | 'rejects' | 'run' | 'cancelRun'> {
    const parts = this.#parts;
    const date = this.#date;
    return {
      openSummary: () => this.#open(this.#document?.files.summary),
      openLog: () => this.#open(this.#document?.files.log),
      openFile: ({ path, line }) => this.#open(isNamed(this.#document, path) ? path : undefined, line),
      openRejects: ({ path }) =>
        this.#guarded(async () => {
          if (this.#document?.rejects.some((file) => file.path === path) !== true) return null;
          await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), 'm7.preview');
          return null;
        }),
      exportHtml: () => this.#guarded(() => exportHtml(parts, date)),
      copyMarkdown: () => this.#guarded(() => copyMarkdown(parts, date)),
      openRule: (rule) =>
        this.#guarded(async () => {
          if (this.#document !== undefined) await openRule(parts, this.#document, rule);
          return null;
        }),
      openSource: (name, { signal }) => this.#guarded(() => openSource(parts, { ...name, date }, signal)),
      traceLine: (name) => this.#command('m7.traceLine', name),
      takeName: (named) => this.#guarded(() => takeName(parts, { ...named, date })),
      acceptDrift: (target) => this.#guarded(() => acceptDrift(parts, { ...target, date })),
      debug: (subject) => this.#command('m7.debugDate', subject),
      createCase: (subject) => this.#command('m7.createTestCase', subject),
    };
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      void this.#parts.reportError(error);
      return null;
    }
  }

  #open(path: string | undefined, line?: number): Promise<null> {
    return this.#guarded(async () => {
      if (path === undefined) return null;
      if (line === undefined) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
      else await openAt(vscode.Uri.file(path), line);
      return null;
    });
  }

  /** Starts a command about the date; it takes as long as its questions, so nobody waits for it. */
  #command(command: Command, subject: object): null {
    void this.#guarded(async () => vscode.commands.executeCommand(command, { ...subject, date: this.#date }));
    return null;
  }

  /** A page that is hidden asks by itself when it is drawn again. */
  #notify<K extends keyof ReportPageApi>(method: K, params: ReportPageApi[K]['params']): void {
    this.#page?.call(method, params).catch(() => undefined);
  }

  #reportProgress(): void {
    const run = runOf(this.#parts, this.#date);
    if (run === null && !this.#showsRun) return;
    this.#showsRun = run !== null;
    this.#notify('running', { run });
  }
}

/** The trend beside the report: one that cannot be read is no reason to show nothing. */
async function trendOf(
  { engine, log }: Parts,
  date: DateKey,
  signal: AbortSignal,
): Promise<readonly TrendPoint[] | null> {
  try {
    return await engine.call('trend', { until: date, dates: TREND_DATES }, { signal });
  } catch (error) {
    log.warn(`Trend of ${date}: ${errorOf(error).message}`);
    return null;
  }
}

/** The run of this window, where it takes the date. */
function runOf({ runs }: Parts, date: DateKey): DateRunProgress | null {
  const { current } = runs;
  if (current === undefined || !takes(current.selection, date)) return null;
  const { title, step, percent } = current;
  return { title, step, percent };
}

function takes({ dates }: Selection, date: DateKey): boolean {
  if (dates === undefined) return true;
  return 'from' in dates ? dates.from <= date && date <= dates.to : dates.includes(date);
}

/** Is it a file that the document itself speaks of? */
function isNamed(document: DateDocument | undefined, path: string): boolean {
  if (document === undefined) return false;
  return (
    document.broken.some((one) => one.path === path) ||
    document.failures.some(({ error }) => error.file === path)
  );
}

function throttled(work: () => void): { (): void; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, REPORT_MS);
  };
  return Object.assign(later, { cancel: () => clearTimeout(timer) });
}
