// The items of the Test Explorer: tables with their rules, and cases; kept while they are edited, so results stay.
import * as vscode from 'vscode';
import type { Finding, FoundCase, RuleTest, RuleTree, TableTests, TextRange } from '../../shared/testsApi';

/** What an item stands for. */
export type Meaning =
  | { readonly kind: 'rules' }
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'rule'; readonly table: string; readonly rule: string; readonly enabled: boolean }
  /** A technical built-in check, which comes with the schema. */
  | { readonly kind: 'check'; readonly table: string; readonly rule: string }
  | { readonly kind: 'cases' }
  | { readonly kind: 'case'; readonly folder: string };

export interface TestTree {
  /** Draws the rules. Of a text that is broken nothing is taken away: the root says why. */
  showRules(tree: RuleTree): void;
  showCases(cases: readonly FoundCase[], folder: vscode.Uri): void;
  /** Why there is nothing to show, at the root of the rules; undefined: no reason. */
  showProblem(message: string | undefined, path: vscode.Uri): void;
  clear(): void;
  meaning(item: vscode.TestItem): Meaning | undefined;
  /** The item of a rule or check of a table; undefined where it is not written any more. */
  rule(table: string, rule: string): vscode.TestItem | undefined;
  /** As `rule`; a technical check that went wrong gets an item, which it keeps. */
  ruleOrCheck(table: string, finding: Finding): vscode.TestItem | undefined;
  /** What was said of its last result, after the name of the item; undefined: nothing. */
  note(item: vscode.TestItem, note: string | undefined): void;
}

/** Ids of items: those of one parent differ. */
const RULES = 'rules';
const CASES = 'cases';
const isCheck = ({ rule }: Pick<Finding, 'rule'>): boolean => rule.startsWith('technical.');

export function openTree(controller: vscode.TestController): TestTree {
  const meanings = new WeakMap<vscode.TestItem, Meaning>();
  const notes = new WeakMap<vscode.TestItem, string>();
  const words = new WeakMap<vscode.TestItem, readonly string[]>();
  /** Where technical checks of a table lead. */
  let schemas: { readonly uri: vscode.Uri; readonly ranges: ReadonlyMap<string, vscode.Range> } | undefined;

  /** The child of that id, or a new one: an item cannot move to another file. */
  const itemIn = (
    parent: vscode.TestItemCollection,
    id: string,
    label: string,
    uri: vscode.Uri,
    meaning: Meaning,
  ): vscode.TestItem => {
    const known = parent.get(id);
    const item =
      known?.uri?.toString() === uri.toString() ? known : controller.createTestItem(id, label, uri);
    meanings.set(item, meaning);
    return item;
  };
  /**
   * All of it is the label: a description would be drawn beside it, but screen readers are told it in place of the
   * label, and then nobody hears which rule it is.
   */
  const name = (item: vscode.TestItem, parts: readonly string[]): void => {
    words.set(item, parts);
    const [id = '', ...others] = parts;
    item.label = [id, notes.get(item) ?? '', ...others].filter((part) => part !== '').join(' · ');
  };
  const root = (uri: vscode.Uri): vscode.TestItem => {
    const label = vscode.l10n.t('Rules');
    const item = itemIn(controller.items, RULES, label, uri, { kind: 'rules' });
    item.sortText = '0';
    if (controller.items.get(RULES) !== item) controller.items.add(item);
    return item;
  };
  const ruleItem = (
    parent: vscode.TestItem,
    uri: vscode.Uri,
    table: string,
    rule: RuleTest,
    place: number,
  ): vscode.TestItem => {
    const { id, enabled } = rule;
    const item = itemIn(parent.children, id, id, uri, { kind: 'rule', table, rule: id, enabled });
    item.sortText = order(place);
    name(item, [id, ...wordsOf(rule)]);
    item.range = rangeOf(rule.range);
    const tags = [...new Set([rule.severity, rule.kind, ...rule.tags])].filter((tag) => tag !== '');
    if (tags.join('\n') !== item.tags.map((tag) => tag.id).join('\n'))
      item.tags = tags.map((tag) => new vscode.TestTag(tag));
    return item;
  };
  const tableItem = (
    parent: vscode.TestItem,
    uri: vscode.Uri,
    { table, range, rules }: TableTests,
    place: number,
  ): vscode.TestItem => {
    const item = itemIn(parent.children, table, table, uri, { kind: 'table', table });
    item.sortText = order(place);
    item.range = rangeOf(range);
    const checks = childrenOf(item).filter((child) => meanings.get(child)?.kind === 'check');
    const items = rules.map((rule, i) => ruleItem(item, uri, table, rule, i + 1));
    item.children.replace([...checks, ...items]);
    return item;
  };
  const find = (table: string, rule: string): vscode.TestItem | undefined =>
    controller.items.get(RULES)?.children.get(table)?.children.get(rule);

  return {
    showRules: (tree) => {
      const uri = vscode.Uri.file(tree.path);
      const top = root(uri);
      schemas = {
        uri: vscode.Uri.file(tree.schemaPath),
        ranges: new Map(tree.tables.map(({ table, schemaRange }) => [table, rangeOf(schemaRange)])),
      };
      if (tree.broken !== undefined && top.children.size > 0) {
        top.error = brokenText(tree.broken);
        for (const { table, rules } of tree.tables)
          for (const { id, range } of rules) {
            const item = find(table, id);
            if (item !== undefined) item.range = rangeOf(range);
          }
        return;
      }
      top.error = tree.broken === undefined ? undefined : brokenText(tree.broken);
      const written = tree.tables.filter(
        ({ table, rules }) => rules.length > 0 || (top.children.get(table)?.children.size ?? 0) > 0,
      );
      top.children.replace(written.map((table, i) => tableItem(top, uri, table, i)));
    },
    showCases: (cases, folder) => {
      if (cases.length === 0) {
        controller.items.delete(CASES);
        return;
      }
      const label = vscode.l10n.t('Cases');
      const top = itemIn(controller.items, CASES, label, folder, { kind: 'cases' });
      top.sortText = '1';
      const items = cases.map((one) => {
        const uri = vscode.Uri.file(one.expected);
        const item = itemIn(top.children, one.name, one.name, uri, { kind: 'case', folder: one.folder });
        item.range = new vscode.Range(0, 0, 0, 0);
        return item;
      });
      top.children.replace(items);
      if (controller.items.get(CASES) !== top) controller.items.add(top);
    },
    showProblem: (message, path) => {
      root(path).error = message;
    },
    clear: () => {
      schemas = undefined;
      controller.items.replace([]);
    },
    meaning: (item) => meanings.get(item),
    rule: find,
    ruleOrCheck: (table, finding) => {
      const known = find(table, finding.id);
      if (known !== undefined) return known;
      const parent = controller.items.get(RULES)?.children.get(table);
      const ended = finding.status === 'passed' || finding.status === 'skipped';
      if (parent === undefined || schemas === undefined || !isCheck(finding) || ended) return undefined;
      const { id } = finding;
      const label = id.replace(/^technical\./, '').replaceAll('_', ' ');
      const item = itemIn(parent.children, id, label, schemas.uri, { kind: 'check', table, rule: id });
      item.sortText = order(0);
      name(item, [label, vscode.l10n.t('built-in check')]);
      item.range = schemas.ranges.get(table);
      item.tags = [new vscode.TestTag('technical')];
      parent.children.add(item);
      return item;
    },
    note: (item, note) => {
      if (note === undefined) notes.delete(item);
      else notes.set(item, note);
      name(item, words.get(item) ?? [item.label]);
    },
  };
}

export function childrenOf(item: vscode.TestItem): readonly vscode.TestItem[] {
  const found: vscode.TestItem[] = [];
  item.children.forEach((child) => found.push(child));
  return found;
}

function rangeOf({ from, to }: TextRange): vscode.Range {
  return new vscode.Range(...from, ...to);
}

/** Items are sorted as text. */
const order = (place: number): string => String(place).padStart(5, '0');

function brokenText({ message, line }: NonNullable<RuleTree['broken']>): string {
  return vscode.l10n.t('Line {0}: {1}', line, message);
}

/** "range duration_s", "warning", "disabled". */
function wordsOf({ kind, columns, severity, enabled }: RuleTest): readonly string[] {
  return [
    [kind, columns.join(', ')].filter((part) => part !== '').join(' '),
    severity === 'error' ? '' : severity,
    enabled ? '' : vscode.l10n.t('disabled'),
  ];
}
