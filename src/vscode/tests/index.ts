// Rules and cases in the Test Explorer: nothing is read, and no engine started, before it or the rules file is opened.
import * as vscode from 'vscode';
import { isCancelledCall } from '../../shared/channel';
import { defined } from '../../shared/defined';
import type { Draft } from '../../shared/editingApi';
import { METHOD_NEEDS } from '../../shared/needs';
import { registerCommand } from '../commands/register';
import { documentsOf, type Documents } from '../editing/documents';
import { openRows, withPercent } from '../editing/tryRule';
import { errorOf, requireTrust } from '../failure';
import type { Parts } from '../parts';
import { continueOnSave } from './continuous';
import { openDates, type Dates, type ProfileHandler } from './dates';
import { debugTests } from './debugging';
import { draftNow, isRules } from './draft';
import { SHOW_ROWS, type RowsTarget } from './messages';
import { openPublished, type Published } from './published';
import { runTests } from './ruleRun';
import { selectionOf } from './selection';
import { TestTree } from './tree';
import { showInformation } from '../shown/notices';

/** Part of filters: "@m7-rules:error". */
const CONTROLLER = 'm7-rules';
/** Of a request without rules. */
const NO_DATE = { kind: 'none' } as const;
/** How long nothing is typed before the tree follows. */
const PAUSE_MS = 300;

/** Registers the tests: a controller, its profiles, and the command of links in its messages. */
export function registerTests(parts: Parts): vscode.Disposable {
  const explorer = new RuleExplorer(parts);
  return new vscode.Disposable(() => explorer.dispose());
}

/** Rules and cases in the Test Explorer, as they are read, followed and run. */
class RuleExplorer {
  readonly #parts: Parts;
  readonly #controller = vscode.tests.createTestController(CONTROLLER, vscode.l10n.t('M7 Rules'));
  readonly #documents: Documents;
  readonly #tree: TestTree;
  readonly #published: Published;
  readonly #dates: Dates;
  readonly #subscriptions: readonly vscode.Disposable[];
  /** Has it been read, because somebody looks at it? */
  #started = false;
  #timer: NodeJS.Timeout | undefined;
  #reading: { readonly control: AbortController; readonly done: Promise<void> } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#documents = documentsOf(parts);
    this.#tree = new TestTree(this.#controller);
    this.#published = openPublished(parts, this.#controller, this.#tree);
    this.#dates = openDates(parts, this.#controller, { run: this.#run, debug: this.#debug });
    this.#controller.resolveHandler = async (item) => {
      if (item === undefined && !this.#started) await this.#refresh();
    };
    this.#controller.refreshHandler = () => this.#refresh();
    this.#subscriptions = this.#subscribe();
    // After activation: a rules file may be open already.
    setTimeout(() => vscode.workspace.textDocuments.forEach(this.#startWithRules), 0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#reading?.control.abort();
    const owned = [this.#controller, this.#documents, this.#dates, ...this.#subscriptions];
    for (const one of owned) one.dispose();
  }

  #subscribe(): readonly vscode.Disposable[] {
    const { runs, workspace, onDidChangeState } = this.#parts;
    const documents = this.#documents;
    return [
      watchCases(() => {
        if (this.#started) void this.#refreshCases();
      }),
      vscode.workspace.onDidOpenTextDocument(this.#startWithRules),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && documents.isConfig(document)) this.#refreshRulesSoon();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        // Unsaved text that was let go no longer counts.
        if (documents.isConfig(document)) this.#refreshRulesSoon();
      }),
      onDidChangeState(() => {
        if (!this.#started) return;
        this.#refreshRulesSoon();
        void this.#refreshDates();
        void this.#published.look();
      }),
      runs.onDidChange(() => {
        if (this.#started && runs.current === undefined) void this.#published.look();
      }),
      workspace.onDidChange(() => {
        this.#published.forget();
        this.#tree.clear();
        if (this.#started) void this.#refresh();
      }),
      registerCommand(this.#parts, SHOW_ROWS, (argument: unknown) => this.#showRows(argument)),
    ];
  }

  /** Is there a workspace to read of? */
  get #isReady(): boolean {
    const { workspace } = this.#parts;
    return workspace.uri !== undefined && workspace.isReady;
  }

  readonly #startWithRules = (document: vscode.TextDocument): void => {
    if (!this.#started && this.#parts.workspace.isReady && isRules(document)) void this.#refresh();
  };

  async #refresh(): Promise<void> {
    this.#started = true;
    await Promise.all([this.#refreshRules(), this.#refreshCases(), this.#refreshDates()]);
    await this.#published.look();
  }

  /** Reads the rules as they are now; who asks while they are read gets the newer answer. */
  #refreshRules(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading?.control.abort();
    const control = new AbortController();
    const done = this.#readRules(control.signal);
    this.#reading = { control, done };
    return done;
  }

  #refreshRulesSoon(): void {
    if (!this.#started) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refreshRules(), PAUSE_MS);
  }

  async #readRules(signal: AbortSignal): Promise<void> {
    const { engine, workspace } = this.#parts;
    if (workspace.uri === undefined || !workspace.isReady) {
      this.#tree.clear();
      return;
    }
    try {
      const draft = await draftNow(this.#documents);
      const rules = await engine.call('tests.rules', defined({ draft }), { signal });
      if (!signal.aborted) this.#tree.showRules(rules);
    } catch (error) {
      if (isCancelledCall(error) || signal.aborted) return;
      const { message, remedy } = errorOf(error);
      this.#tree.showProblem(`${message} ${remedy}`, workspace.uri);
    }
  }

  async #refreshCases(): Promise<void> {
    if (!this.#isReady) return;
    try {
      const { folder, cases } = await this.#parts.engine.call('tests.cases', {});
      this.#tree.showCases(cases, vscode.Uri.file(folder));
    } catch (error) {
      if (!isCancelledCall(error)) this.#parts.log.debug(`Cases: ${String(error)}`);
    }
  }

  async #refreshDates(): Promise<void> {
    if (!this.#isReady) return;
    try {
      await this.#dates.refresh();
    } catch (error) {
      this.#parts.log.debug(`Dates of tests: ${String(error)}`);
    }
  }

  /** The tree as it is now, whether or not it was looked at before. */
  async #ready(): Promise<void> {
    if (!this.#started) await this.#refresh();
    else if (this.#timer !== undefined) await this.#refreshRules();
    else await this.#reading?.done;
  }

  readonly #run: ProfileHandler = async (choice, request, token) => {
    try {
      if (request.continuous === true) {
        continueOnSave(request, token, (next, once) => this.#run(choice, next, once));
        return;
      }
      if (!(await requireTrust(METHOD_NEEDS['tests.run'].uses))) return;
      await this.#ready();
      const selection = selectionOf(this.#tree, this.#controller.items, request);
      const target = selection.tables.length === 0 ? NO_DATE : await this.#dates.resolve(choice);
      if (target === undefined) return;
      const run = this.#controller.createTestRun(request);
      const context = { parts: this.#parts, documents: this.#documents, tree: this.#tree, run };
      await runTests(context, selection, target.kind === 'date' ? target.date : undefined, token);
    } catch (error) {
      void this.#parts.reportError(error);
    }
  };

  readonly #debug: ProfileHandler = async (choice, request) => {
    try {
      await this.#ready();
      const selection = selectionOf(this.#tree, this.#controller.items, request);
      await debugTests(selection, () => this.#dates.resolve(choice));
    } catch (error) {
      void this.#parts.reportError(error);
    }
  };

  async #showRows(argument: unknown): Promise<void> {
    const target = rowsOf(argument);
    if (target === undefined) return;
    const draft = (await draftNow(this.#documents)) ?? (await this.#savedDraft());
    if (draft === undefined) return;
    const rows = await withPercent(vscode.l10n.t('Failing rows of {0}', target.rule), (options) =>
      this.#parts.engine.call('editing.failingRows', { draft, ...target }, options),
    );
    if (rows === null) void showInformation(vscode.l10n.t('{0} has no failing rows now.', target.rule));
    else await openRows(rows.path);
  }

  async #savedDraft(): Promise<Draft | undefined> {
    const document = await this.#documents.open('validation_rules');
    return document === undefined ? undefined : this.#documents.draft(document);
  }
}

function watchCases(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/expected.json', false, true);
  return vscode.Disposable.from(watcher, watcher.onDidCreate(changed), watcher.onDidDelete(changed));
}

function rowsOf(argument: unknown): RowsTarget | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { table, rule, date } = argument as Partial<Record<keyof RowsTarget, unknown>>;
  return typeof table === 'string' && typeof rule === 'string' && typeof date === 'string'
    ? { table, rule, date }
    : undefined;
}
