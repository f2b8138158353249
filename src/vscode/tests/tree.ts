// The items of the Test Explorer: tables with their rules, and cases; kept while they are edited, so results stay.
import * as vscode from 'vscode';
import type { Finding, FoundCase, RuleTest, RuleTree, TableTests, TextRange } from '../../shared/testsApi';
import { inert } from '../../shared/words';

/** What an item is of. */
export type TestSubject =
  | { readonly kind: 'rules' }
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'rule'; readonly table: string; readonly rule: string; readonly enabled: boolean }
  /** A technical built-in check, which comes with the schema. */
  | { readonly kind: 'check'; readonly table: string; readonly rule: string }
  | { readonly kind: 'cases' }
  | { readonly kind: 'case'; readonly folder: string };

/** Ids of items: those of one parent differ. */
const RULES = 'rules';
const CASES = 'cases';
const isCheck = ({ rule }: Pick<Finding, 'rule'>): boolean => rule.startsWith('technical.');

/** A place in the file of the schemas, for technical checks. */
interface SchemaPlaces {
  readonly uri: vscode.Uri;
  readonly ranges: ReadonlyMap<string, vscode.Range>;
}

interface RulesRoot {
  readonly item: vscode.TestItem;
  readonly uri: vscode.Uri;
}

interface TableParent extends RulesRoot {
  readonly table: string;
}

/** The items of a controller, by what they are of. */
export class TestTree {
  readonly #controller: vscode.TestController;
  readonly #subjects = new WeakMap<vscode.TestItem, TestSubject>();
  readonly #notes = new WeakMap<vscode.TestItem, string>();
  readonly #words = new WeakMap<vscode.TestItem, readonly string[]>();
  /** Where technical checks of a table lead. */
  #schemas: SchemaPlaces | undefined;

  constructor(controller: vscode.TestController) {
    this.#controller = controller;
  }

  /** Draws the rules. Of a text that is broken nothing is taken away: the root says why. */
  showRules(tree: RuleTree): void {
    const uri = vscode.Uri.file(tree.path);
    const root = this.#root(uri);
    this.#schemas = {
      uri: vscode.Uri.file(tree.schemaPath),
      ranges: new Map(tree.tables.map(({ table, schemaRange }) => [table, rangeOf(schemaRange)])),
    };
    root.error = tree.broken === undefined ? undefined : brokenText(tree.broken);
    if (tree.broken !== undefined && root.children.size > 0) {
      this.#moveRules(tree.tables);
      return;
    }
    const written = tree.tables.filter(
      ({ table, rules }) => rules.length > 0 || (root.children.get(table)?.children.size ?? 0) > 0,
    );
    root.children.replace(written.map((table, i) => this.#tableItem({ item: root, uri }, table, i)));
  }

  showCases(cases: readonly FoundCase[], folder: vscode.Uri): void {
    const { items } = this.#controller;
    if (cases.length === 0) {
      items.delete(CASES);
      return;
    }
    const root = this.#itemIn(
      items,
      { id: CASES, label: vscode.l10n.t('Cases'), uri: folder },
      { kind: 'cases' },
    );
    root.sortText = '1';
    root.children.replace(
      cases.map(({ name, expected, folder: own }) => {
        const place = { id: name, label: name, uri: vscode.Uri.file(expected) };
        const item = this.#itemIn(root.children, place, { kind: 'case', folder: own });
        item.range = new vscode.Range(0, 0, 0, 0);
        return item;
      }),
    );
    if (items.get(CASES) !== root) items.add(root);
  }

  /** Why there is nothing to show, at the root of the rules; undefined: no reason. */
  showProblem(message: string | undefined, path: vscode.Uri): void {
    this.#root(path).error = message === undefined ? undefined : inert(message);
  }

  clear(): void {
    this.#schemas = undefined;
    this.#controller.items.replace([]);
  }

  subject(item: vscode.TestItem): TestSubject | undefined {
    return this.#subjects.get(item);
  }

  /** The item of a rule or check of a table; undefined where it is not written any more. */
  rule(table: string, rule: string): vscode.TestItem | undefined {
    return this.#controller.items.get(RULES)?.children.get(table)?.children.get(rule);
  }

  /** As `rule`; a technical check that did not pass gets an item, which it keeps. */
  ruleOrCheck(table: string, finding: Finding): vscode.TestItem | undefined {
    const { id } = finding;
    const present = this.rule(table, id);
    if (present !== undefined) return present;
    const parent = this.#controller.items.get(RULES)?.children.get(table);
    const isFine = finding.status === 'passed' || finding.status === 'skipped';
    if (parent === undefined || this.#schemas === undefined || !isCheck(finding) || isFine) return undefined;
    const label = id.replace(/^technical\./, '').replaceAll('_', ' ');
    const place = { id, label, uri: this.#schemas.uri };
    const item = this.#itemIn(parent.children, place, { kind: 'check', table, rule: id });
    item.sortText = order(0);
    this.#name(item, [label, vscode.l10n.t('built-in check')]);
    item.range = this.#schemas.ranges.get(table);
    item.tags = [new vscode.TestTag('technical')];
    parent.children.add(item);
    return item;
  }

  /** What was said of its last result, after the name of the item; undefined: nothing. */
  note(item: vscode.TestItem, note: string | undefined): void {
    if (note === undefined) this.#notes.delete(item);
    else this.#notes.set(item, note);
    this.#name(item, this.#words.get(item) ?? [item.label]);
  }

  /** The child of that id, or a new one: an item cannot move to another file. */
  #itemIn(
    parent: vscode.TestItemCollection,
    { id, label, uri }: { readonly id: string; readonly label: string; readonly uri: vscode.Uri },
    subject: TestSubject,
  ): vscode.TestItem {
    const present = parent.get(id);
    const isSame = present?.uri?.toString() === uri.toString();
    const item = isSame ? present : this.#controller.createTestItem(id, inert(label), uri);
    this.#subjects.set(item, subject);
    return item;
  }

  /**
   * All of it is the label: a description would be drawn beside it, but screen readers get it in place of the
   * label, and then nobody hears which rule it is.
   */
  #name(item: vscode.TestItem, parts: readonly string[]): void {
    this.#words.set(item, parts);
    const [id = '', ...others] = parts;
    const words = [id, this.#notes.get(item) ?? '', ...others];
    item.label = inert(words.filter((part) => part !== '').join(' · '));
  }

  /** The root of the rules. */
  #root(uri: vscode.Uri): vscode.TestItem {
    const { items } = this.#controller;
    const place = { id: RULES, label: vscode.l10n.t('Rules'), uri };
    const item = this.#itemIn(items, place, { kind: 'rules' });
    item.sortText = '0';
    if (items.get(RULES) !== item) items.add(item);
    return item;
  }

  #tableItem(root: RulesRoot, { table, range, rules }: TableTests, index: number): vscode.TestItem {
    const { uri } = root;
    const item = this.#itemIn(root.item.children, { id: table, label: table, uri }, { kind: 'table', table });
    item.sortText = order(index);
    item.range = rangeOf(range);
    const checks = childrenOf(item).filter((child) => this.#subjects.get(child)?.kind === 'check');
    const parent = { item, uri, table };
    item.children.replace([...checks, ...rules.map((rule, i) => this.#ruleItem(parent, rule, i + 1))]);
    return item;
  }

  #ruleItem({ item: parent, uri, table }: TableParent, rule: RuleTest, index: number): vscode.TestItem {
    const { id, enabled } = rule;
    const place = { id, label: id, uri };
    const item = this.#itemIn(parent.children, place, { kind: 'rule', table, rule: id, enabled });
    item.sortText = order(index);
    this.#name(item, [id, ...wordsOf(rule)]);
    item.range = rangeOf(rule.range);
    const tags = [...new Set([rule.severity, rule.kind, ...rule.tags])].filter((tag) => tag !== '');
    if (tags.join('\n') !== item.tags.map((tag) => tag.id).join('\n'))
      item.tags = tags.map((tag) => new vscode.TestTag(tag));
    return item;
  }

  /** Rules of a broken text: what is still read of them is where they are. */
  #moveRules(tables: RuleTree['tables']): void {
    for (const { table, rules } of tables)
      for (const { id, range } of rules) {
        const item = this.rule(table, id);
        if (item !== undefined) item.range = rangeOf(range);
      }
  }
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
  return inert(vscode.l10n.t('Line {0}: {1}', line, message));
}

/** "range duration_s", "warning", "disabled". */
function wordsOf({ kind, columns, severity, enabled }: RuleTest): readonly string[] {
  return [
    [kind, columns.join(', ')].filter((part) => part !== '').join(' '),
    severity === 'error' ? '' : severity,
    enabled ? '' : vscode.l10n.t('disabled'),
  ];
}
