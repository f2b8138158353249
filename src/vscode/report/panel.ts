// The panel of one date: answers its page from the engine, and tells it when something has changed.
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
  type ReportSnapshot,
  type TrendPoint,
  type Work,
} from '../../shared/reportApi';
import type { Command } from '../commands/ids';
import { errorOf, openAt } from '../failure';
import type { Parts } from '../parts';
import { webviewHtml, webviewRoots } from '../webviewHtml';
import { eachPage, webviewPort } from '../webviewPort';
import { day } from '../words';
import { copyMarkdown, exportHtml, openRule, openSource } from './places';

export interface ReportPanel {
  /** Brings it to the front; with a focus it leads there. */
  show(focus: Focus | undefined): void;
  /** Lets go of what was opened for it; the panel itself stays for the next window. */
  dispose(): void;
}

/** A run's steps come by the thousand: its page is told this often at most. */
const TELL_MS = 250;

/** Fills a panel, new or of an earlier window, with the report of a date. */
export function openReport(
  parts: Parts,
  date: DateKey,
  panel: vscode.WebviewPanel,
  first: Focus | undefined,
): ReportPanel {
  const { engine, runs, context } = parts;
  let page: Channel<ReportPageApi> | undefined;
  let focus = first;
  /** What the page shows: only files that it names are opened. */
  let document: DateDocument | undefined;

  const told = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      void parts.tellError(error);
      return null;
    }
  };
  const open = (path: string | undefined, line?: number): Promise<null> =>
    told(async () => {
      if (path === undefined) return null;
      if (line === undefined) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
      else await openAt(vscode.Uri.file(path), line);
      return null;
    });

  /** Starts a command about the date; it takes as long as its questions, so nobody waits for it. */
  const lead = (command: Command, subject: object): null => {
    void told(async () => vscode.commands.executeCommand(command, { ...subject, date }));
    return null;
  };

  const methods: Methods<ReportHostApi> = {
    ready: async (_, { signal }): Promise<ReportSnapshot> => {
      const [read, trend] = await Promise.all([
        engine.call('report', { date }, { signal }),
        trendOf(parts, date, signal),
      ]);
      document = read;
      const wanted = focus;
      // A page that has asked anew in the meantime takes it with its own answer.
      if (!signal.aborted) focus = undefined;
      return {
        document: read,
        trend,
        work: workOf(parts, date),
        mayRun: vscode.workspace.isTrusted,
        ...defined({ focus: wanted }),
      };
    },
    rejects: (_, { signal }) => engine.call('report.rejects', { date }, { signal }),
    run: ({ validateOnly }) => {
      // It takes as long as it takes; the page hears of it by `working`.
      void runs.start(
        validateOnly
          ? {
              title: vscode.l10n.t('Validate {0}', day(date)),
              selection: { dates: [date], stages: ['gold-to-snowflake'], validateOnly: true },
            }
          : { title: vscode.l10n.t('Run {0}', day(date)), selection: { dates: [date] } },
      );
      return null;
    },
    cancelRun: () => {
      runs.cancel();
      return null;
    },
    openSummary: () => open(document?.files.summary),
    openLog: () => open(document?.files.log),
    openFile: ({ path, line }) => open(isNamed(document, path) ? path : undefined, line),
    openRejects: ({ path }) =>
      told(async () => {
        if (document?.rejects.some((file) => file.path === path) !== true) return null;
        await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), 'm7.preview');
        return null;
      }),
    exportHtml: () => told(() => exportHtml(parts, date)),
    copyMarkdown: () => told(() => copyMarkdown(parts, date)),
    openRule: (rule) =>
      told(async () => {
        if (document !== undefined) await openRule(parts, document, rule);
        return null;
      }),
    traceLine: (name) => lead('m7.traceLine', name),
    debug: (subject) => lead('m7.debugDate', subject),
    createCase: (wanted) => lead('m7.createTestCase', wanted),
    openSource: (name, { signal }) => told(() => openSource(parts, { ...name, date }, signal)),
  };

  panel.webview.options = {
    enableScripts: true,
    localResourceRoots: [...webviewRoots(context.extensionUri)],
  };
  eachPage(webviewPort(panel), (port) => {
    page?.close('The page was reloaded.');
    page = openChannel<ReportHostApi, ReportPageApi>(port, methods, errorOf);
  });
  panel.title = vscode.l10n.t('Report {0}', day(date));
  panel.iconPath = {
    light: vscode.Uri.joinPath(context.extensionUri, 'media', 'report-light.svg'),
    dark: vscode.Uri.joinPath(context.extensionUri, 'media', 'report-dark.svg'),
  };
  panel.webview.html = webviewHtml(panel.webview, context.extensionUri, {
    title: panel.title,
    script: 'report.js',
    style: 'report.css',
  });

  const tell = <K extends keyof ReportPageApi>(method: K, params: ReportPageApi[K]['params']): void => {
    // A page that is hidden asks by itself when it is drawn again.
    page?.call(method, params).catch(() => undefined);
  };
  const changed = (): void => tell('changed', {});
  let shown: Work | null = null;
  const working = throttled(() => {
    const work = workOf(parts, date);
    if (work === null && shown === null) return;
    shown = work;
    tell('working', { work });
  });

  const subscriptions = [
    parts.onDidChangeState(changed),
    runs.onDidChange(working),
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
    engine.onDidCrash(changed),
    panel.onDidChangeViewState(() => {
      if (panel.visible) return;
      page?.close('The report was hidden.');
      page = undefined;
    }),
  ];
  const dispose = (): void => {
    for (const subscription of subscriptions) subscription.dispose();
    working.cancel();
    page?.close('The report was closed.');
  };
  panel.onDidDispose(dispose);

  return {
    show: (next) => {
      const visible = page !== undefined;
      if (!visible) focus = next ?? focus;
      panel.reveal();
      if (visible && next !== undefined) tell('focus', next);
    },
    dispose,
  };
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
function workOf({ runs }: Parts, date: DateKey): Work | null {
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
    }, TELL_MS);
  };
  return Object.assign(later, { cancel: () => clearTimeout(timer) });
}
