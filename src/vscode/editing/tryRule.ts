// "Run this rule": the rule as it is written now, on a date's gold, with its failing rows one click away.
import * as vscode from 'vscode';
import type { RuleTrial } from '../../shared/editingApi';
import { requireTrust } from '../failure';
import type { Parts } from '../parts';
import { day, rows } from '../words';
import { rangeIn, signalOf, type Documents } from './documents';
import type { RuleTarget, Trials } from './lenses';
import { plainResult } from './results';
import type { TrialDate } from './trialDate';

export function registerTryRule(
  parts: Parts,
  documents: Documents,
  trials: Trials,
  dates: TrialDate,
): vscode.Disposable {
  const attempt = async (argument: unknown): Promise<RuleTrial | undefined> => {
    if (!(await requireTrust())) return undefined;
    const target = targetOf(argument) ?? (await ruleAtCursor(parts, documents));
    if (target === undefined) return undefined;
    const document = await vscode.workspace.openTextDocument(target.uri);
    const draft = await documents.draft(document);
    const date = await dates.for(target.table);
    if (draft === undefined || date === undefined) return undefined;
    const trial = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('{0} on {1}', target.rule, day(date)),
        cancellable: true,
      },
      (progress, token) => {
        let before = 0;
        return parts.engine.call(
          'editing.tryRule',
          { draft, table: target.table, rule: target.rule, date },
          {
            signal: signalOf(token),
            onProgress: (percent) => {
              progress.report({ increment: Math.max(0, percent - before) });
              before = Math.max(before, percent);
            },
          },
        );
      },
    );
    const { rules } = await parts.engine.call('editing.lenses', { draft });
    const lens = rules.find((one) => one.table === target.table && one.rule === target.rule);
    if (lens !== undefined) trials.set(target, draft.text.slice(lens.range.start, lens.range.end), trial);
    // Told without being waited for: the message stays until it is answered.
    void tell(target, trial);
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
    if (trial?.failing !== undefined) await openRows(trial.failing.path);
    else if (trial !== undefined) await tell(target, trial);
  };
  const guarded =
    <T>(work: (argument: unknown) => Promise<T>) =>
    async (argument: unknown): Promise<T | undefined> => {
      try {
        return await work(argument);
      } catch (error) {
        void parts.tellError(error);
        return undefined;
      }
    };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('m7.tryRule', guarded(attempt)),
    vscode.commands.registerCommand('m7.showTrial', guarded(show)),
    vscode.commands.registerCommand(
      'm7.chooseTrialDate',
      guarded(() => dates.choose()),
    ),
  );
}

/** Opens rows that were written for a reader. */
export async function openRows(path: string): Promise<void> {
  await vscode.commands.executeCommand('m7.openPreview', vscode.Uri.file(path));
}

async function tell(target: RuleTarget, { finding, failing, seconds }: RuleTrial): Promise<void> {
  const words = `${target.rule}: ${plainResult(finding)}${
    finding.limit === undefined ? '' : ` (${vscode.l10n.t('limit {0}', finding.limit)})`
  } · ${seconds.toLocaleString(vscode.env.language, { maximumFractionDigits: 2 })} s`;
  if (failing === undefined) {
    const quiet = finding.status === 'passed' || finding.status === 'skipped';
    await (quiet ? vscode.window.showInformationMessage(words) : vscode.window.showWarningMessage(words));
    return;
  }
  const open =
    failing.rows < failing.total
      ? vscode.l10n.t('Show the First {0}', rows(failing.rows))
      : vscode.l10n.t('Show Failing Rows');
  const choice = await vscode.window.showWarningMessage(words, open);
  if (choice === open) await openRows(failing.path);
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
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Put the cursor into a rule of validation_rules.json first.'),
  );
  return undefined;
}
