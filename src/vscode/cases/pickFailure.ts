// Which failure of a date a case is to show: its table, then the failure, worst first.
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import type { CaseCandidate } from '../../shared/caseApi';
import { count, day, rows } from '../words';
import { pickOne } from '../shown/pickers';

/** Asks as far as it is not clear. @returns undefined where the user went away */
export async function pickFailure(
  failures: readonly CaseCandidate[],
  date: DateKey,
): Promise<CaseCandidate | undefined> {
  const names = [...new Set(failures.map(({ table }) => table))];
  const table = names.length > 1 ? await pickTable(names, failures, date) : names[0];
  if (table === undefined) return undefined;
  const items = failures.filter((one) => one.table === table).flatMap(item);
  const picked = await pickOne(items, {
    title: vscode.l10n.t('Create a Test Case: {0}, {1}', table, day(date)),
    placeHolder: vscode.l10n.t('Which failure should it reproduce?'),
    matchOnDescription: true,
  });
  return picked?.candidate;
}

async function pickTable(
  names: readonly string[],
  failures: readonly CaseCandidate[],
  date: DateKey,
): Promise<string | undefined> {
  const items = names
    .map((label) => ({ label, own: failures.filter(({ table }) => table === label) }))
    // Tables come in the order of the config: of two with the same worst failure the first stays first.
    .sort((a, b) => urgency(a.own) - urgency(b.own))
    .map(({ label, own }) => {
      const [worst] = own;
      return {
        label,
        description: summary(own),
        ...(worst === undefined ? {} : { iconPath: new vscode.ThemeIcon(ICONS[groupOf(worst)]) }),
      };
    });
  const picked = await pickOne(items, {
    title: vscode.l10n.t('Create a Test Case: {0}', day(date)),
    placeHolder: vscode.l10n.t('Which table?'),
    matchOnDescription: true,
  });
  return picked?.label;
}

type Group = CaseCandidate['kind'] | 'removed';

const GROUPS: readonly Group[] = [
  'step',
  'file',
  'failed',
  'warned',
  'reject',
  'conversion',
  'passed',
  'removed',
];

const ICONS: Readonly<Record<Group, string>> = {
  step: 'error',
  file: 'file',
  failed: 'error',
  warned: 'warning',
  reject: 'circle-slash',
  conversion: 'symbol-string',
  passed: 'pass',
  removed: 'copy',
};

const groupOf = ({ kind, failure }: CaseCandidate): Group =>
  kind === 'reject' && failure.kind === 'reject' && failure.code === 'DUPLICATE_REMOVED' ? 'removed' : kind;

const urgency = (own: readonly CaseCandidate[]): number =>
  Math.min(...own.map((one) => GROUPS.indexOf(groupOf(one))));

function groupTitle(group: Group): string {
  switch (group) {
    case 'step':
      return vscode.l10n.t('failed steps');
    case 'file':
      return vscode.l10n.t('rejected files');
    case 'failed':
      return vscode.l10n.t('failed rules');
    case 'warned':
      return vscode.l10n.t('rules with warnings');
    case 'reject':
      return vscode.l10n.t('rejected rows and lines');
    case 'conversion':
      return vscode.l10n.t('values that did not convert');
    case 'passed':
      return vscode.l10n.t('failing rows within their limits');
    case 'removed':
      return vscode.l10n.t('duplicates removed');
    default:
      return group satisfies never;
  }
}

/** "failed rules: 2 · rejected rows and lines: 1". */
function summary(own: readonly CaseCandidate[]): string {
  return GROUPS.flatMap((group) => {
    const n = own.filter((one) => groupOf(one) === group).length;
    return n === 0 ? [] : [`${groupTitle(group)}: ${count(n)}`];
  }).join(' · ');
}

interface FailureItem extends vscode.QuickPickItem {
  readonly candidate?: CaseCandidate;
}

/** The item, with its group above it where that begins with it. */
function item(candidate: CaseCandidate, i: number, all: readonly CaseCandidate[]): readonly FailureItem[] {
  const group = groupOf(candidate);
  const before = all[i - 1];
  const separator: FailureItem = { label: groupTitle(group), kind: vscode.QuickPickItemKind.Separator };
  return [
    ...(before === undefined || groupOf(before) !== group ? [separator] : []),
    {
      candidate,
      label: labelOf(candidate),
      iconPath: new vscode.ThemeIcon(ICONS[group]),
      ...(candidate.rows === null || candidate.rows === 0 ? {} : { description: rows(candidate.rows) }),
    },
  ];
}

function labelOf({ failure }: CaseCandidate): string {
  switch (failure.kind) {
    case 'rule':
      return failure.id;
    case 'reject': {
      const words = failure.code.toLowerCase().replaceAll('_', ' ');
      return failure.column === undefined ? words : `${words}: ${failure.column}`;
    }
    case 'conversion':
      return failure.column;
    case 'step':
      return failure.code === undefined ? failure.stage : `${failure.stage}: ${failure.code}`;
    default:
      return failure satisfies never;
  }
}
