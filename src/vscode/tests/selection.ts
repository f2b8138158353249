// What a request of the Test Explorer means: rules by table, and cases, with everything that is excluded left out.
import type * as vscode from 'vscode';
import type { RuleTestsRequest } from '../../shared/testsApi';
import { childrenOf, type TestTree } from './tree';

export interface Selection {
  readonly tables: RuleTestsRequest['tables'];
  readonly cases: readonly { readonly item: vscode.TestItem; readonly folder: string }[];
  /** All items that will get a state. */
  readonly items: readonly vscode.TestItem[];
  /** Rules that were chosen by themselves, not with their table. */
  readonly chosen: readonly { readonly table: string; readonly rule: string }[];
}

/** Expands a request: nothing included means all. */
export function selectionOf(
  tree: Pick<TestTree, 'subject'>,
  all: vscode.TestItemCollection,
  { include, exclude }: Pick<vscode.TestRunRequest, 'include' | 'exclude'>,
): Selection {
  const left = new Set(exclude ?? []);
  const roots: vscode.TestItem[] = [];
  if (include === undefined) all.forEach((item) => roots.push(item));
  /** By table: rules that are named, whether or not they are disabled. */
  const tables = new Map<string, Map<string, vscode.TestItem>>();
  const cases = new Map<string, vscode.TestItem>();
  const chosen: { table: string; rule: string }[] = [];
  const take = (item: vscode.TestItem, isChosen: boolean): void => {
    if (left.has(item)) return;
    const subject = tree.subject(item);
    switch (subject?.kind) {
      case 'rule':
      case 'check': {
        const rules = tables.get(subject.table) ?? new Map<string, vscode.TestItem>();
        tables.set(subject.table, rules);
        // A rule that is disabled runs where it is meant itself.
        if (subject.kind === 'rule' && !subject.enabled && !isChosen) return;
        rules.set(subject.rule, item);
        if (isChosen) chosen.push({ table: subject.table, rule: subject.rule });
        return;
      }
      case 'case':
        cases.set(subject.folder, item);
        return;
      case 'rules':
      case 'table':
      case 'cases':
      case undefined:
        for (const child of childrenOf(item)) take(child, false);
        return;
      default:
        subject satisfies never;
    }
  };
  for (const item of include ?? roots) take(item, true);
  const wanted = [...tables].filter(([, rules]) => rules.size > 0);
  return {
    tables: wanted.map(([table, rules]) => ({ table, rules: [...rules.keys()] })),
    cases: [...cases].map(([folder, item]) => ({ folder, item })),
    items: [...wanted.flatMap(([, rules]) => [...rules.values()]), ...cases.values()],
    chosen,
  };
}
