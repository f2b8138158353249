// Builds the rules from validation_rules.json: defaults filled in, ids made unique, parameters kept apart.
import type { Config, Rule, Severity, Table } from '../../model';
import { checkRule, derivedRuleId } from '../../rules';
import {
  booleanOf,
  memberMap,
  members,
  limitOf,
  numberOf,
  textNodes,
  stringOf,
  textsOf,
  valueOf,
  type JsonDocument,
  type Member,
  type Node,
} from './jsonDocument';
import { shown, suggestion } from '../../base';

/** A rule with its place in the document, for checks that come later. */
export interface PlacedRule {
  readonly rule: Rule;
  readonly table: Table;
  readonly node: Node;
  readonly fields: ReadonlyMap<string, Member>;
}

/** Keys of a rule object that are fields of Rule; all others are parameters of its kind. */
const FIELDS: ReadonlySet<string> = new Set([
  'id',
  'rule',
  'column',
  'columns',
  'where',
  'severity',
  'on_fail',
  'error',
  'warn',
  'samples',
  'enabled',
  'description',
  'tags',
]);

/** The rules in the order of the file; problems go to the document. Malformed rules are left out. */
export function readRules(document: JsonDocument, tables: readonly Table[]): readonly PlacedRule[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const placed: PlacedRule[] = [];
  for (const { key, keyNode, value } of members(memberMap(document.root).get('tables')?.value)) {
    const table = byName.get(key);
    if (table === undefined) {
      const names = [...byName.keys()];
      document.report(
        keyNode,
        `Rules are given for the unknown table ${shown(key)}.`,
        suggestion(key, names, `The tables of table_schemas.json are: ${names.join(', ')}.`),
        { trouble: { kind: 'unknown-table', name: key, known: names } },
      );
      continue;
    }
    const list = memberMap(value).get('rules')?.value;
    const nodes = list?.type === 'array' ? (list.children ?? []) : [];
    placed.push(...readTableRules(document, table, nodes));
  }
  return placed;
}

function readTableRules(document: JsonDocument, table: Table, nodes: readonly Node[]): readonly PlacedRule[] {
  const sound = nodes.filter((node) => node.type === 'object' && !document.isBroken(node));
  const taken = new Map<string, number>();
  for (const node of sound) {
    const idNode = memberMap(node).get('id')?.value;
    const id = stringOf(idNode);
    if (idNode === undefined || id === undefined) continue;
    const line = document.where(idNode).line ?? 1;
    const before = taken.get(id);
    if (before !== undefined)
      document.report(
        idNode,
        `The rule id ${shown(id)} occurs twice in table ${shown(table.name)}, in lines ${before} and ${line}.`,
        'Give each rule of a table an id of its own.',
        { trouble: { kind: 'duplicate-id' } },
      );
    else taken.set(id, line);
  }
  return sound.map((node) => {
    const fields = memberMap(node);
    const rule = readRule(document, { table, node, fields }, taken);
    return { rule, table, node, fields };
  });
}

function readRule(
  document: JsonDocument,
  { table, node, fields }: Omit<PlacedRule, 'rule'>,
  taken: Map<string, number>,
): Rule {
  const field = (key: string): Node | undefined => fields.get(key)?.value;
  const lineOf = (at: Node): number => document.where(at).line ?? 1;
  const kind = stringOf(field('rule')) ?? '';
  const column = stringOf(field('column'));
  const columns = column === undefined ? textsOf(field('columns')) : [column];
  const parameters = Object.fromEntries(
    [...fields.values()].filter(({ key }) => !FIELDS.has(key)).map(({ key, value }) => [key, valueOf(value)]),
  );
  const severity = severityOf(field('severity'));
  const given = stringOf(field('id'));
  const id = given ?? freeId(derivedRuleId(kind, columns, parameters), taken);
  if (given === undefined) taken.set(id, lineOf(node));
  return {
    id,
    table: table.name,
    kind,
    columns,
    parameters,
    filter: stringOf(field('where')),
    severity,
    onFail: onFailOf(field('on_fail'), severity),
    error: limitOf(field('error')),
    warn: limitOf(field('warn')),
    enabled: booleanOf(field('enabled')) ?? true,
    samples: numberOf(field('samples')) ?? 20,
    description: stringOf(field('description')) ?? '',
    tags: textsOf(field('tags')),
    location: document.where(node),
    lines: Object.fromEntries([...fields.values()].map(({ key, keyNode }) => [key, lineOf(keyNode)])),
  };
}

/** The derived id, or with _2, _3, … where another rule of the table has it. */
function freeId(wanted: string, taken: ReadonlyMap<string, number>): string {
  const base = wanted === '' ? 'rule' : wanted;
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}_${number}`)) number++;
  return `${base}_${number}`;
}

function severityOf(node: Node | undefined): Severity {
  const text = stringOf(node);
  return text === 'warning' || text === 'info' ? text : 'error';
}

/** For a rule without rows to keep out, "reject" keeps the whole table out: see the catalogue's common keys. */
function onFailOf(node: Node | undefined, severity: Severity): Rule['onFail'] {
  const text = stringOf(node);
  if (text === 'reject' || text === 'report' || text === 'fail') return text;
  return severity === 'error' ? 'reject' : 'report';
}

/** Reports what the catalogue finds wrong with each rule, at the key it is about; `broken` as of brokenColumns. */
export function checkRules(
  document: JsonDocument,
  placed: readonly PlacedRule[],
  config: Config,
  broken: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  for (const { rule, table, node, fields } of placed) {
    if (document.isBroken(node) || table.columns.length === 0) continue;
    if (rule.columns.some((name) => broken.get(table.name)?.has(name) === true)) continue;
    for (const problem of checkRule(rule, table, config)) {
      const at = problem.key === undefined ? undefined : fields.get(problem.key);
      const entry = textNodes(at?.value).find((one) => stringOf(one) === problem.entry);
      document.report(
        entry ?? at?.value ?? node,
        `Rule ${shown(rule.id)}: ${problem.message}`,
        problem.remedy,
        {
          trouble: problem.trouble ?? { kind: 'wrong-form' },
        },
      );
    }
  }
}
