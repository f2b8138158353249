// "Run this rule": the rule as it is written now, on a date's gold, with its failing rows one click away.
import * as vscode from 'vscode';
import type { RuleTrial } from '../../shared/editingApi';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import { day } from '../words';
import { rangeIn, type Documents } from './documents';
import type { RuleTarget, Trials } from './lenses';
import { plainResult } from './results';
import type { TrialDate } from './trialDate';
import { showInformation, showWarning } from '../shown/notices';
import { withNotice } from '../shown/progress';

export function registerTryRule(
  parts: Parts,
  documents: Documents,
  trials: Trials,
  dates: TrialDate,
): vscode.Disposable {
  const attempt = async (argument: unknown): Promise<RuleTrial | undefined> => {
    const target = targetOf(argument) ?? (await ruleAtCursor(parts, documents));
    if (target === undefined) return undefined;
    const document = await vscode.workspace.openTextDocument(target.uri);
    const draft = await documents.draft(document);
    const date = await dates.for(target.table);
    if (draft === undefined || date === undefined) return undefined;
    const trial = await withPercent(vscode.l10n.t('{0} on {1}', target.rule, day(date)), (options) =>
      parts.engine.call('editing.tryRule', { draft, table: target.table, rule: target.rule, date }, options),
    );
    const { rules } = await parts.engine.call('editing.lenses', { draft });
    const lens = rules.find((one) => one.table === target.table && one.rule === target.rule);
    if (lens !== undefined) trials.set(target, draft.text.slice(lens.range.start, lens.range.end), trial);
    // Told without being waited for: the message stays until it is answered.
    void report(target, trial, () => showRows(target, trial)).catch(parts.reportError);
    return trial;
  };
  const show = async (argument: unknown): Promise<void> => {
    const target = targetOf(argument);
    if (target === undefined) return;
    const document = await vscode.workspace.openTextDocument(target.uri);
    const draft = await documents.draft(document);
    if (draft === undefined) return;
    const { rules } = await parts.engine.call('editing.lenses', { draft });
    const lens = rules.find((one) => one.table === target.table && one.rule === target.rule);
    const trial =
      lens === undefined ? undefined : trials.get(target, document.getText(rangeIn(document, lens.range)));
    if (trial !== undefined && trial.rows > 0) await showRows(target, trial);
    else if (trial !== undefined) await report(target, trial, () => Promise.resolve());
  };
  const showRows = async (target: RuleTarget, { date }: RuleTrial): Promise<void> => {
    const draft = await documents.draft(await vscode.workspace.openTextDocument(target.uri));
    if (draft === undefined) return;
    const { table, rule } = target;
    const found = await withPercent(vscode.l10n.t('Failing rows of {0}', rule), (options) =>
      parts.engine.call('editing.failingRows', { draft, table, rule, date }, options),
    );
    if (found !== null) await openRows(found.path);
  };
  return vscode.Disposable.from(
    registerCommand(parts, 'm7.tryRule', attempt),
    registerCommand(parts, 'm7.showTrial', show),
    registerCommand(parts, 'm7.chooseTrialDate', () => dates.choose()),
  );
}

/** Opens rows that were written for a reader. */
export async function openRows(path: string): Promise<void> {
  await vscode.commands.executeCommand('m7.openPreview', vscode.Uri.file(path));
}

async function report(
  target: RuleTarget,
  { finding, rows: failing, seconds }: RuleTrial,
  show: () => Promise<void>,
): Promise<void> {
  const words = `${target.rule}: ${plainResult(finding)}${
    finding.limit === undefined ? '' : ` (${vscode.l10n.t('limit {0}', finding.limit)})`
  } · ${seconds.toLocaleString(vscode.env.language, { maximumFractionDigits: 2 })} s`;
  const open = vscode.l10n.t('Show Failing Rows');
  const buttons = failing > 0 ? [open] : [];
  const quiet = finding.status === 'passed' || finding.status === 'skipped';
  const choice = await (quiet ? showInformation(words, ...buttons) : showWarning(words, ...buttons));
  if (choice === open) await show();
}

/** Work with a cancellable notification that shows how far it is. */
export function withPercent<T>(
  title: string,
  work: (options: { signal: AbortSignal; onProgress: (percent: number) => void }) => Promise<T>,
): Thenable<T> {
  return withNotice({ title, cancellable: true }, (signal, tell) => {
    let before = 0;
    return work({
      signal,
      onProgress: (percent) => {
        tell({ increment: Math.max(0, percent - before) });
        before = Math.max(before, percent);
      },
    });
  });
}

function targetOf(argument: unknown): RuleTarget | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { uri, table, rule } = argument as Partial<Record<keyof RuleTarget, unknown>>;
  return uri instanceof vscode.Uri && typeof table === 'string' && typeof rule === 'string'
    ? { uri, table, rule }
    : undefined;
}

/** The rule around the cursor of the active editor; says so where there is none. */
async function ruleAtCursor({ engine }: Parts, documents: Documents): Promise<RuleTarget | undefined> {
  const editor = vscode.window.activeTextEditor;
  const draft = editor === undefined ? undefined : await documents.draft(editor.document);
  if (editor !== undefined && draft?.file === 'validation_rules') {
    const offset = editor.document.offsetAt(editor.selection.active);
    const { rules } = await engine.call('editing.lenses', { draft });
    const found = rules.find(({ range }) => range.start <= offset && offset <= range.end);
    if (found !== undefined) return { uri: editor.document.uri, table: found.table, rule: found.rule };
  }
  void showInformation(vscode.l10n.t('Place the cursor in a rule of validation_rules.json first.'));
  return undefined;
}
