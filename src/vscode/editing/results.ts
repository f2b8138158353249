// Results of rules in words: for the lens above a rule, a message, a quick pick.
import * as vscode from 'vscode';
import type { Finding } from '../../engine';
import type { RuleChange, RuleLens, RuleOutcome } from '../../shared/editingApi';
import { formatPercent, markdownCode, markdownText } from '../../shared/words';
import { count, day, rows } from '../words';

type Result = Pick<Finding, 'status' | 'failing' | 'evaluated' | 'failing_pct'> &
  Partial<Pick<Finding, 'observed' | 'message'>>;

const SIGNS: Readonly<Record<Finding['status'], string>> = {
  passed: 'pass',
  warned: 'warning',
  failed: 'error',
  error: 'error',
  skipped: 'circle-slash',
};

/** What stands above a rule: an icon of VS Code's own, and words. */
export interface LensWords {
  readonly icon?: string;
  readonly text: string;
}

/** "385 of 12,034 rows fail (3.2%) · 2024-11-15". */
export function resultInWords(result: Result, more: string): LensWords {
  return { icon: SIGNS[result.status], text: `${plainResult(result)} · ${more}` };
}

export function plainResult(result: Result): string {
  if (result.status === 'error') return result.message ?? vscode.l10n.t('could not be evaluated');
  if (result.status === 'skipped') return result.message ?? vscode.l10n.t('skipped');
  if (result.observed !== undefined && result.observed !== null)
    return typeof result.observed === 'number' ? count(result.observed) : result.observed;
  if (result.failing === 0) return vscode.l10n.t('all {0} pass', rows(result.evaluated));
  const failing = vscode.l10n.t('{0} of {1} fail', count(result.failing), rows(result.evaluated));
  return `${failing} (${formatPercent(result.failing_pct)})`;
}

export function lensInWords({ last, enabled }: RuleLens): LensWords {
  if (!enabled) return { text: vscode.l10n.t('disabled') };
  return last === undefined ? { text: vscode.l10n.t('never run') } : resultInWords(last, day(last.date));
}

/** "12 rows newly rejected, 3 newly accepted". */
export function changeInWords(change: RuleChange): string {
  if (change.newlyRejected === 0 && change.newlyAccepted === 0)
    return vscode.l10n.t('the same rows are rejected');
  return vscode.l10n.t(
    '{0} newly rejected, {1} newly accepted',
    rows(change.newlyRejected),
    rows(change.newlyAccepted),
  );
}

export function outcomeInWords(outcome: RuleOutcome | null): string {
  if (outcome === null) return '–';
  const { status, failing, observed } = outcome;
  return `${status}, ${observed === undefined || observed === null ? count(failing) : String(observed)}`;
}

/** The changes of a draft as a page to read: nothing of rules, tables and what was observed is markup. */
export function changesMarkdown(changes: readonly RuleChange[], date: string): string {
  const tables = changes.flatMap((change) => [
    `## ${markdownCode(change.table)}`,
    '',
    `${changeInWords(change)}; ${rows(change.unchanged)} ${vscode.l10n.t('as before')}.`,
    '',
    `${vscode.l10n.t('Status')}: ${change.before.status} → ${change.after.status}. ${vscode.l10n.t('Rejected')}: ${count(change.before.rejected)} → ${count(change.after.rejected)}.`,
    '',
    ...(change.rules.length === 0
      ? []
      : [
          `| ${vscode.l10n.t('Rule')} | ${vscode.l10n.t('Before')} | ${vscode.l10n.t('After')} |`,
          '| --- | --- | --- |',
          ...change.rules.map(
            ({ id, before, after }) =>
              `| ${markdownCode(id)} | ${markdownText(outcomeInWords(before))} | ${markdownText(outcomeInWords(after))} |`,
          ),
          '',
        ]),
  ]);
  return [`# ${vscode.l10n.t('What the rules would change on {0}', day(date))}`, '', ...tables].join('\n');
}
