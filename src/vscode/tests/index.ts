// Rules and cases in the Test Explorer: nothing is read, and no engine started, before it or the rules file is opened.
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import { documentsOf } from '../editing/documents';
import { openRows, withPercent } from '../editing/tryRule';
import { errorOf, requireTrust } from '../failure';
import type { Parts } from '../parts';
import { continueOnSave } from './continuous';
import { openDates, type ProfileHandler } from './dates';
import { debugTests } from './debugging';
import { draftNow, isRules } from './draft';
import { SHOW_ROWS, type RowsWanted } from './messages';
import { openPublished } from './published';
import { runTests } from './running';
import { selectionOf } from './selection';
import { openTree } from './tree';

/** Part of filters: "@m7-rules:error". */
const CONTROLLER = 'm7-rules';
/** Of a request without rules. */
const NO_DATE = { kind: 'none' } as const;
/** How long nothing is typed before the tree follows. */
const PAUSE_MS = 300;

/** Registers the tests: a controller, its profiles, and the command of links in its messages. */
export function registerTests(parts: Parts): vscode.Disposable {
  const { engine, workspace, log } = parts;
  const controller = vscode.tests.createTestController(CONTROLLER, vscode.l10n.t('M7 Rules'));
  const documents = documentsOf(parts);
  const tree = openTree(controller);
  const published = openPublished(parts, controller, tree);
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let reading: { readonly control: AbortController; readonly done: Promise<void> } | undefined;

  const readRules = async (signal: AbortSignal): Promise<void> => {
    if (workspace.uri === undefined || !workspace.isReady) {
      tree.clear();
      return;
    }
    try {
      const draft = await draftNow(documents);
      const found = await engine.call('tests.rules', draft === undefined ? {} : { draft }, { signal });
      if (!signal.aborted) tree.showRules(found);
    } catch (error) {
      if (isCancelledCall(error) || signal.aborted) return;
      const { message, remedy } = errorOf(error);
      tree.showProblem(`${message} ${remedy}`, workspace.uri);
    }
  };
  /** Reads the rules as they are now; who asks while they are read gets the newer answer. */
  const refreshRules = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    reading?.control.abort();
    const control = new AbortController();
    const done = readRules(control.signal);
    reading = { control, done };
    return done;
  };
  const refreshCases = async (): Promise<void> => {
    if (workspace.uri === undefined || !workspace.isReady) return;
    try {
      const { folder, cases } = await engine.call('tests.cases', {});
      tree.showCases(cases, vscode.Uri.file(folder));
    } catch (error) {
      if (!isCancelledCall(error)) log.debug(`Cases: ${String(error)}`);
    }
  };
  const refreshDates = async (): Promise<void> => {
    if (workspace.uri === undefined || !workspace.isReady) return;
    await dates.refresh().catch((error: unknown) => log.debug(`Dates of tests: ${String(error)}`));
  };
  const refresh = async (): Promise<void> => {
    started = true;
    await Promise.all([refreshRules(), refreshCases(), refreshDates()]);
    await published.look();
  };
  const soon = (): void => {
    if (!started) return;
    clearTimeout(timer);
    timer = setTimeout(() => void refreshRules(), PAUSE_MS);
  };
  /** The tree as it is now, whether or not it was looked at before. */
  const ready = async (): Promise<void> => {
    if (!started) await refresh();
    else if (timer !== undefined) await refreshRules();
    else await reading?.done;
  };

  const run: ProfileHandler = async (wish, request, token) => {
    try {
      if (request.continuous === true) {
        continueOnSave(request, token, (next, once) => run(wish, next, once));
        return;
      }
      if (!(await requireTrust())) return;
      await ready();
      const selection = selectionOf(tree, controller.items, request);
      const found = selection.tables.length === 0 ? NO_DATE : await dates.resolve(wish);
      if (found === undefined) return;
      const test = controller.createTestRun(request);
      const wanted = { run: test, selection, date: found.kind === 'date' ? found.date : undefined };
      await runTests(parts, documents, tree, wanted, token);
    } catch (error) {
      void parts.tellError(error);
    }
  };
  const debug: ProfileHandler = async (wish, request) => {
    try {
      await ready();
      await debugTests(selectionOf(tree, controller.items, request), () => dates.resolve(wish));
    } catch (error) {
      void parts.tellError(error);
    }
  };
  const dates = openDates(parts, controller, { run, debug });

  controller.resolveHandler = async (item) => {
    if (item === undefined && !started) await refresh();
  };
  controller.refreshHandler = refresh;
  const look = (document: vscode.TextDocument): void => {
    if (!started && workspace.isReady && isRules(document)) void refresh();
  };
  const cases = watchCases(() => {
    if (started) void refreshCases();
  });
  // After activation: a rules file may be open already.
  setTimeout(() => vscode.workspace.textDocuments.forEach(look), 0);
  return vscode.Disposable.from(
    controller,
    documents,
    dates,
    cases,
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && documents.isConfig(document)) soon();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      // Unsaved text that was let go no longer counts.
      if (documents.isConfig(document)) soon();
    }),
    parts.onDidChangeState(() => {
      if (!started) return;
      soon();
      void refreshDates();
      void published.look();
    }),
    parts.runs.onDidChange(() => {
      if (started && parts.runs.current === undefined) void published.look();
    }),
    workspace.onDidChange(() => {
      published.forget();
      tree.clear();
      if (started) void refresh();
    }),
    vscode.commands.registerCommand(SHOW_ROWS, (argument: unknown) =>
      showRows(argument).catch((error: unknown) => parts.tellError(error)),
    ),
    new vscode.Disposable(() => {
      clearTimeout(timer);
      reading?.control.abort();
    }),
  );

  async function showRows(argument: unknown): Promise<void> {
    const target = rowsOf(argument);
    if (target === undefined || !(await requireTrust())) return;
    const draft = await draftNow(documents);
    const document = draft === undefined ? await documents.open('validation_rules') : undefined;
    const text = draft ?? (document === undefined ? undefined : await documents.draft(document));
    if (text === undefined) return;
    const found = await withPercent(vscode.l10n.t('Failing rows of {0}', target.rule), (options) =>
      engine.call('editing.failingRows', { draft: text, ...target }, options),
    );
    if (found === null)
      void vscode.window.showInformationMessage(vscode.l10n.t('{0} has no failing rows now.', target.rule));
    else await openRows(found.path);
  }
}

function watchCases(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/expected.json', false, true);
  return vscode.Disposable.from(watcher, watcher.onDidCreate(changed), watcher.onDidDelete(changed));
}

function rowsOf(argument: unknown): RowsWanted | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { table, rule, date } = argument as Partial<Record<keyof RowsWanted, unknown>>;
  return typeof table === 'string' && typeof rule === 'string' && typeof date === 'string'
    ? { table, rule, date }
    : undefined;
}
