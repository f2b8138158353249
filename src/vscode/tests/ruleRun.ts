// Runs rules and cases that were chosen: what came of each is shown as it comes, of all rules by one call.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import { isCancelledCall } from '../../shared/channel';
import type { Finding, RuleTestsRequest, RuleTestNews } from '../../shared/testsApi';
import type { TestedCase } from '../../shared/caseApi';
import { signalOf, type Documents } from '../editing/documents';
import { errorOf } from '../failure';
import type { Parts } from '../parts';
import { count, day, duration } from '../words';
import { draftNow } from './draft';
import { at, differencesMessage, outputLine, testStateOf, textMessage } from './messages';
import { begin, print } from './output';
import type { Selection } from './selection';
import type { TestTree } from './tree';
import { showInformation } from '../shown/notices';

/** What the tests of one run share. */
export interface TestRunContext {
  readonly parts: Pick<Parts, 'engine' | 'reportError'>;
  readonly documents: Documents;
  readonly tree: TestTree;
  readonly run: vscode.TestRun;
}

/**
 * Fills a run and ends it. What fails as a whole is shown at each item that waits for it; never rejects.
 * @param date undefined: no date has gold
 */
export async function runTests(
  context: TestRunContext,
  selection: Selection,
  date: DateKey | undefined,
  token: vscode.CancellationToken,
): Promise<void> {
  const { run } = context;
  const signal = AbortSignal.any([signalOf(token), signalOf(run.token)]);
  for (const item of selection.items) run.enqueued(item);
  try {
    if (selection.tables.length > 0) {
      if (date === undefined) reportNoGold(context, selection.tables);
      else await runRules(context, { date, tables: selection.tables }, signal);
    }
    for (const one of selection.cases) {
      if (signal.aborted) break;
      await runCase(context, one, signal);
    }
  } catch (error) {
    if (!isCancelledCall(error)) void context.parts.reportError(error);
  } finally {
    run.end();
  }
}

function reportNoGold({ run, tree }: TestRunContext, tables: RuleTestsRequest['tables']): void {
  const words = vscode.l10n.t('No gold yet. Run a date first.');
  print(run, words);
  for (const { table, rules } of tables) for (const item of itemsOf(tree, table, rules)) run.skipped(item);
  void showInformation(words);
}

async function runRules(
  { parts, documents, tree, run }: TestRunContext,
  request: RuleTestsRequest,
  signal: AbortSignal,
): Promise<void> {
  const onProgress = ruleReporter(run, tree, request.date);
  const draft = await draftNow(documents);
  try {
    const options = { signal, onProgress };
    const end = await parts.engine.call('tests.run', { ...request, ...defined({ draft }) }, options);
    print(run, vscode.l10n.t('{0} tested in {1}', rules(end.tested), duration(end.seconds)));
  } catch (error) {
    if (isCancelledCall(error)) {
      print(run, vscode.l10n.t('Cancelled.'));
      return;
    }
    const { message, remedy } = errorOf(error);
    print(run, `${message} ${remedy}`);
    const text = textMessage(`${message} ${remedy}`);
    for (const { table, rules: ids } of request.tables)
      for (const item of itemsOf(tree, table, ids)) run.errored(item, text);
  }
}

/** Shows what comes of rules, as it comes: a line for each table, and the state of each rule below it. */
function ruleReporter(run: vscode.TestRun, tree: TestTree, date: DateKey): (news: RuleTestNews) => void {
  let lastTable = '';
  const headline = (table: string): void => {
    if (table !== lastTable) print(run, `${table} · ${day(date)}`);
    lastTable = table;
  };
  return (news) => {
    switch (news.kind) {
      case 'started':
        for (const item of itemsOf(tree, news.table, news.rules)) run.started(item);
        return;
      case 'tested': {
        const { table, finding } = news;
        const item = tree.ruleOrCheck(table, finding);
        headline(table);
        reportFinding({ run, tree }, item, { finding, table, date });
        return;
      }
      case 'untested': {
        const words = `${news.error.message} ${news.error.remedy}`;
        headline(news.table);
        print(run, `  ${words}`);
        for (const item of itemsOf(tree, news.table, news.rules))
          if (news.because === 'no gold') run.skipped(item);
          else run.errored(item, at(item, textMessage(words)));
        return;
      }
      default:
        news satisfies never;
    }
  };
}

function itemsOf(
  tree: TestTree,
  table: string,
  ids: readonly string[] | undefined,
): readonly vscode.TestItem[] {
  return (ids ?? []).flatMap((id) => tree.rule(table, id) ?? []);
}

/** A finding, and what it was found in. */
export interface DatedFinding {
  readonly finding: Finding;
  readonly table: string;
  readonly date: DateKey;
}

/** Shows a finding: a line of output, and the state of its item where it has one. */
export function reportFinding(
  { run, tree }: { readonly run: vscode.TestRun; readonly tree: Pick<TestTree, 'note'> },
  item: vscode.TestItem | undefined,
  { finding, table, date }: DatedFinding,
): void {
  if (item === undefined) {
    print(run, outputLine(finding));
    return;
  }
  const state = testStateOf(finding, table, date, item);
  tree.note(item, state.kind === 'noted' ? state.note : undefined);
  if (state.kind === 'noted') reportNote(run, item, finding, state.note);
  else print(run, outputLine(finding), { item });
  // Rules that are counted together take no time of their own.
  const milliseconds = finding.seconds === 0 ? undefined : finding.seconds * 1000;
  switch (state.kind) {
    case 'passed':
    case 'noted':
      run.passed(item, milliseconds);
      return;
    case 'skipped':
      run.skipped(item);
      return;
    case 'failed':
      run.failed(item, state.message, milliseconds);
      return;
    case 'errored':
      run.errored(item, state.message, milliseconds);
      return;
    default:
      state satisfies never;
  }
}

/** Output with a place is shown beside the rule too, without the colour of a failure. */
function reportNote(
  run: vscode.TestRun,
  item: vscode.TestItem,
  { id, failing }: Finding,
  note: string,
): void {
  const location = item.uri && new vscode.Location(item.uri, item.range?.start ?? new vscode.Position(0, 0));
  const hint = failing === 0 ? '' : ` · ${vscode.l10n.t('“Run this rule” shows the rows')}`;
  begin(run, `  warned  ${id}: `);
  print(run, `${note}${hint}`, { location, item });
}

async function runCase(
  { parts, run }: Pick<TestRunContext, 'parts' | 'run'>,
  { item, folder }: Selection['cases'][number],
  signal: AbortSignal,
): Promise<void> {
  run.started(item);
  try {
    const { cases } = await parts.engine.call('case.test', { folders: [folder] }, { signal });
    for (const one of cases) caseState(run, item, one);
  } catch (error) {
    if (isCancelledCall(error)) return;
    const { message, remedy } = errorOf(error);
    run.errored(item, at(item, textMessage(`${message} ${remedy}`)));
  }
}

function caseState(run: vscode.TestRun, item: vscode.TestItem, { outcome, seconds }: TestedCase): void {
  const milliseconds = seconds * 1000;
  const line = (words: string): void =>
    print(run, `${item.label}: ${words} · ${duration(seconds)}`, { item });
  switch (outcome.kind) {
    case 'passed':
    case 'updated':
      line(vscode.l10n.t('as expected'));
      run.passed(item, milliseconds);
      return;
    case 'differs':
      line(vscode.l10n.t('differs in {0}', outcome.differences.map(({ what }) => what).join(', ')));
      run.failed(item, at(item, differencesMessage(outcome.differences)), milliseconds);
      return;
    case 'broken': {
      const { message, remedy } = outcome.error;
      line(`${message} ${remedy}`);
      run.errored(item, at(item, textMessage(`${message} ${remedy}`)), milliseconds);
      return;
    }
    default:
      outcome satisfies never;
  }
}

const rules = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 rule') : vscode.l10n.t('{0} rules', count(n));
