// Runs rules and cases that were chosen: what came of each is told as it comes, of all rules by one call.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import { isCancelledCall } from '../../shared/channel';
import type { Finding, RulesWanted, RuleTestNews } from '../../shared/testsApi';
import type { TestedCase } from '../../shared/caseApi';
import { signalOf, type Documents } from '../editing/documents';
import { errorOf } from '../failure';
import type { Parts } from '../parts';
import { count, day, duration } from '../words';
import { draftNow } from './draft';
import { at, differencesMessage, outputLine, verdictOf } from './messages';
import type { Selection } from './selection';
import type { TestTree } from './tree';

export interface TestRunWanted {
  readonly run: vscode.TestRun;
  readonly selection: Selection;
  /** Undefined: no date has gold. */
  readonly date: DateKey | undefined;
}

/** Fills a run and ends it. What fails as a whole is told at each item that waits for it; never rejects. */
export async function runTests(
  parts: Parts,
  documents: Documents,
  tree: TestTree,
  { run, selection, date }: TestRunWanted,
  token: vscode.CancellationToken,
): Promise<void> {
  const control = new AbortController();
  const signals = [signalOf(token), signalOf(run.token)];
  for (const one of signals) {
    if (one.aborted) control.abort();
    one.addEventListener('abort', () => control.abort());
  }
  const { signal } = control;
  for (const item of selection.items) run.enqueued(item);
  try {
    if (selection.tables.length > 0) {
      if (date === undefined) tellNoGold(run, tree, selection.tables);
      else await runRules(parts, documents, tree, run, { date, tables: selection.tables }, signal);
    }
    for (const one of selection.cases) {
      if (signal.aborted) break;
      await runCase(parts, run, one, signal);
    }
  } catch (error) {
    if (!isCancelledCall(error)) void parts.tellError(error);
  } finally {
    run.end();
  }
}

function tellNoGold(run: vscode.TestRun, tree: TestTree, tables: RulesWanted['tables']): void {
  const words = vscode.l10n.t('No gold yet. Run a date first.');
  run.appendOutput(`${words}\r\n`);
  for (const { table, rules } of tables)
    for (const rule of rules ?? []) {
      const item = tree.rule(table, rule);
      if (item !== undefined) run.skipped(item);
    }
  void vscode.window.showInformationMessage(words);
}

async function runRules(
  { engine }: Pick<Parts, 'engine'>,
  documents: Documents,
  tree: TestTree,
  run: vscode.TestRun,
  wanted: RulesWanted,
  signal: AbortSignal,
): Promise<void> {
  const { date } = wanted;
  const items = (table: string, rules: readonly string[] | undefined): readonly vscode.TestItem[] =>
    (rules ?? []).flatMap((rule) => tree.rule(table, rule) ?? []);
  let shown = '';
  const head = (table: string): void => {
    if (table !== shown) run.appendOutput(`${table} · ${day(date)}\r\n`);
    shown = table;
  };
  const told = (news: RuleTestNews): void => {
    switch (news.kind) {
      case 'started':
        for (const item of items(news.table, news.rules)) run.started(item);
        return;
      case 'tested': {
        const { table, finding } = news;
        const item = tree.ruleOrCheck(table, finding);
        head(table);
        tellFinding(run, tree, item, finding, table, date);
        return;
      }
      case 'untested':
        head(news.table);
        run.appendOutput(`  ${news.error.message} ${news.error.remedy}\r\n`);
        for (const item of items(news.table, news.rules))
          if (news.because === 'no gold') run.skipped(item);
          else
            run.errored(item, at(item, new vscode.TestMessage(`${news.error.message} ${news.error.remedy}`)));
        return;
      default:
        news satisfies never;
    }
  };
  const draft = await draftNow(documents);
  try {
    const end = await engine.call(
      'tests.run',
      { ...wanted, ...defined({ draft }) },
      { signal, onProgress: told },
    );
    run.appendOutput(`${vscode.l10n.t('{0} tested in {1}', rules(end.tested), duration(end.seconds))}\r\n`);
  } catch (error) {
    if (isCancelledCall(error)) {
      run.appendOutput(`${vscode.l10n.t('Cancelled.')}\r\n`);
      return;
    }
    const { message, remedy } = errorOf(error);
    run.appendOutput(`${message} ${remedy}\r\n`);
    const text = new vscode.TestMessage(`${message} ${remedy}`);
    for (const { table, rules: ids } of wanted.tables)
      for (const item of items(table, ids)) run.errored(item, text);
  }
}

/** Tells of a finding: a line of output, and the state of its item where it has one. */
export function tellFinding(
  run: vscode.TestRun,
  tree: Pick<TestTree, 'note'>,
  item: vscode.TestItem | undefined,
  finding: Finding,
  table: string,
  date: DateKey,
): void {
  if (item === undefined) {
    run.appendOutput(outputLine(finding));
    return;
  }
  const verdict = verdictOf(finding, table, date, item);
  tree.note(item, verdict.kind === 'noted' ? verdict.note : undefined);
  if (verdict.kind === 'noted') tellNote(run, item, finding, verdict.note);
  else run.appendOutput(outputLine(finding), undefined, item);
  // Rules that are counted together take no time of their own.
  const milliseconds = finding.seconds === 0 ? undefined : finding.seconds * 1000;
  switch (verdict.kind) {
    case 'passed':
    case 'noted':
      run.passed(item, milliseconds);
      return;
    case 'skipped':
      run.skipped(item);
      return;
    case 'failed':
      run.failed(item, verdict.message, milliseconds);
      return;
    case 'errored':
      run.errored(item, verdict.message, milliseconds);
      return;
    default:
      verdict satisfies never;
  }
}

/** Output with a place is shown beside the rule too, without the colour of a failure. */
function tellNote(run: vscode.TestRun, item: vscode.TestItem, { id, failing }: Finding, note: string): void {
  const location = item.uri && new vscode.Location(item.uri, item.range?.start ?? new vscode.Position(0, 0));
  const way = failing === 0 ? '' : ` · ${vscode.l10n.t('use “Run this rule” to see the rows')}`;
  run.appendOutput(`  warned  ${id}: `);
  run.appendOutput(`${note}${way}\r\n`, location, item);
}

async function runCase(
  { engine }: Pick<Parts, 'engine'>,
  run: vscode.TestRun,
  { item, folder }: Selection['cases'][number],
  signal: AbortSignal,
): Promise<void> {
  run.started(item);
  try {
    const { cases } = await engine.call('case.test', { folders: [folder] }, { signal });
    for (const one of cases) caseState(run, item, one);
  } catch (error) {
    if (isCancelledCall(error)) return;
    const { message, remedy } = errorOf(error);
    run.errored(item, at(item, new vscode.TestMessage(`${message} ${remedy}`)));
  }
}

function caseState(run: vscode.TestRun, item: vscode.TestItem, { outcome, seconds }: TestedCase): void {
  const milliseconds = seconds * 1000;
  const line = (words: string): void =>
    run.appendOutput(`${item.label}: ${words} · ${duration(seconds)}\r\n`, undefined, item);
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
      run.errored(item, at(item, new vscode.TestMessage(`${message} ${remedy}`)), milliseconds);
      return;
    }
    default:
      outcome satisfies never;
  }
}

const rules = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 rule') : vscode.l10n.t('{0} rules', count(n));
