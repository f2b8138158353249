// The walk over a syntax tree: every node of an owner's SQL must be of a kind known to be harmless.
import {
  AGGREGATE_FUNCTIONS,
  CLOCK,
  SCALAR_FUNCTIONS,
  SESSION,
  TABLE_FUNCTIONS,
  WINDOW_FUNCTIONS,
} from './functions';
import { chance, clock, refuseFunction, refusePart, type SqlProblem } from './refusals';
import {
  childrenOf,
  columnNames,
  functionName,
  isObject,
  type Json,
  type SyntaxNode,
  nodeText,
  parametersOf,
  placeOf,
} from './syntax';

export interface Bounds {
  /** Names (lower case) an expression may use; undefined in queries, where binding decides. */
  readonly columns: ReadonlySet<string> | undefined;
  /** Collects the names (lower case) it does use. */
  readonly seen?: Set<string>;
  /** undefined: no queries at all. */
  readonly tables:
    | {
        readonly given: ReadonlyMap<string, string>;
        /** CTEs visible here, lower case. */
        readonly scope: ReadonlySet<string>;
        readonly used: Set<string>;
      }
    | undefined;
  readonly aggregates: boolean;
}

const EXPRESSIONS: ReadonlySet<string> = new Set(
  'BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR'.split(' '),
);
const QUERY_EXPRESSIONS: ReadonlySet<string> = new Set([
  ...EXPRESSIONS,
  ...'POSITIONAL_REFERENCE STAR SUBQUERY WINDOW'.split(' '),
]);
const QUERY_NODES: ReadonlySet<string> = new Set(
  'SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE'.split(' '),
);
const OTHER_NODES: ReadonlySet<string> = new Set(
  [
    'EMPTY BASE_TABLE JOIN SUBQUERY TABLE_FUNCTION EXPRESSION_LIST',
    'ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER',
    'ORDER_DEFAULT ASCENDING DESCENDING',
  ].flatMap((words) => words.split(' ')),
);

/** Walks a syntax tree: every node must be of a kind known to be harmless. `at` of a problem is in bytes of the statement. */
export function inspect(node: Json | undefined, bounds: Bounds): SqlProblem | null {
  if (Array.isArray(node)) {
    for (const item of node as readonly Json[]) {
      const problem = inspect(item, bounds);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (!isObject(node)) return null;
  const kind = node['class'];
  if (typeof kind === 'string') return placed(inspectExpression(kind, node, bounds), node);
  const type = node['type'];
  if (typeof type === 'string') {
    if (QUERY_NODES.has(type)) return inspectQueryNode(node, bounds);
    if (!OTHER_NODES.has(type)) return refusePart(type);
    if (node['sample'] !== null && node['sample'] !== undefined) return chance('SAMPLE');
    if (type === 'BASE_TABLE') return placed(inspectTable(node, bounds), node);
    if (type === 'TABLE_FUNCTION') {
      const call = node['function'];
      const name = isObject(call) ? functionName(call) : undefined;
      if (!isObject(call) || name === undefined || !TABLE_FUNCTIONS.has(name))
        return refuseFunction(name ?? 'this table function');
      return inspect(childrenOf(call), bounds);
    }
  }
  return inspect(Object.values(node), bounds);
}

/** The innermost node that knows its place tells it. */
function placed(problem: SqlProblem | null, node: SyntaxNode): SqlProblem | null {
  const at = placeOf(node);
  if (problem === null || problem.at !== undefined || at === undefined) return problem;
  const name =
    node['class'] === 'COLUMN_REF'
      ? columnNames(node).join('.')
      : (functionName(node) ?? nodeText(node, 'table_name'));
  return { ...problem, at: { at, ...(name === '' ? {} : { length: name.length }) } };
}

function inspectExpression(kind: string, node: SyntaxNode, bounds: Bounds): SqlProblem | null {
  if (!(bounds.tables === undefined ? EXPRESSIONS : QUERY_EXPRESSIONS).has(kind)) return refusePart(kind);
  switch (kind) {
    case 'CONSTANT':
      return null;
    case 'CAST':
      return inspect(node['child'], bounds);
    case 'COLUMN_REF':
      return inspectColumn(node, bounds);
    case 'FUNCTION':
      return inspectFunction(node, bounds);
    case 'WINDOW': {
      const name = functionName(node);
      if (name === undefined || !(WINDOW_FUNCTIONS.has(name) || AGGREGATE_FUNCTIONS.has(name)))
        return refuseFunction(name ?? 'this window function');
      break;
    }
    case 'LAMBDA': {
      const inner = {
        ...bounds,
        ...(bounds.columns && { columns: new Set([...bounds.columns, ...parametersOf(node['lhs'])]) }),
      };
      // "column -> path" of JSON has the same form: binding finds out whether the column is there.
      return inspect(node['lhs'], inner) ?? inspect(node['expr'], inner);
    }
  }
  return inspect(Object.values(node), bounds);
}

function inspectColumn(node: SyntaxNode, bounds: Bounds): SqlProblem | null {
  const names = columnNames(node);
  const first = (names[0] ?? '').toLowerCase();
  if (bounds.columns === undefined) {
    if (names.length !== 1) return null;
    return CLOCK.has(first) ? clock(first) : SESSION.has(first) ? refuseFunction(first) : null;
  }
  if (names.length !== 1)
    return {
      message: `"${names.join('.')}" is not a plain column name.`,
      remedy: "Name the column alone; for a field of a struct write column['field'].",
    };
  if (bounds.columns.has(first)) {
    bounds.seen?.add(first);
    return null;
  }
  if (CLOCK.has(first)) return clock(first);
  return {
    message: `There is no column "${names[0] ?? ''}" here.`,
    remedy: `Use one of ${some(bounds.columns)}.`,
    unknown: { name: names[0] ?? '', known: [...bounds.columns] },
  };
}

function some(names: ReadonlySet<string>): string {
  const all = [...names];
  return all.slice(0, 12).join(', ') + (all.length > 12 ? ', …' : '');
}

function inspectFunction(node: SyntaxNode, bounds: Bounds): SqlProblem | null {
  const name = functionName(node);
  if (name === undefined) return refuseFunction(nodeText(node, 'function_name'));
  // With one argument, age() counts from today.
  if (name === 'age' && childrenOf(node).length < 2) return clock('age');
  const allowed =
    SCALAR_FUNCTIONS.has(name) ||
    (bounds.aggregates && AGGREGATE_FUNCTIONS.has(name)) ||
    (bounds.tables !== undefined && name === 'unnest');
  if (!allowed) return refuseFunction(name);
  return inspect(Object.values(node), bounds);
}

function inspectQueryNode(node: SyntaxNode, bounds: Bounds): SqlProblem | null {
  if (bounds.tables === undefined) return refusePart('SUBQUERY');
  if (node['sample'] !== null && node['sample'] !== undefined) return chance('SAMPLE');
  // A CTE sees those before it and, where it is recursive, itself: any other table of that name is not it.
  let scope = bounds.tables.scope;
  const within = (names: ReadonlySet<string>): Bounds => ({
    ...bounds,
    ...(bounds.tables && { tables: { ...bounds.tables, scope: names } }),
  });
  const map = isObject(node['cte_map']) ? node['cte_map']['map'] : undefined;
  for (const entry of Array.isArray(map) ? (map as readonly Json[]) : []) {
    const name = isObject(entry) && typeof entry['key'] === 'string' ? entry['key'].toLowerCase() : '';
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
      return {
        message: `"${name}" is not a plain name.`,
        remedy: 'Name the CTE with letters, digits and _.',
      };
    const problem = inspect(isObject(entry) ? (entry['value'] ?? null) : null, within(scope));
    if (problem !== null) return problem;
    scope = new Set([...scope, name]);
  }
  const cte = node['type'] === 'RECURSIVE_CTE_NODE' ? node['cte_name'] : undefined;
  const itself = typeof cte === 'string' ? new Set([...scope, cte.toLowerCase()]) : scope;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'cte_map') continue;
    // Only the repeated half of a recursive CTE sees the CTE itself.
    const problem = inspect(value, within(key === 'right' ? itself : scope));
    if (problem !== null) return problem;
  }
  return null;
}

function inspectTable(node: SyntaxNode, bounds: Bounds): SqlProblem | null {
  const name = nodeText(node, 'table_name');
  const plain = ['schema_name', 'catalog_name'].every((key) => node[key] === '' || node[key] === undefined);
  const lower = name.toLowerCase();
  if (bounds.tables !== undefined && plain && (node['at_clause'] ?? null) === null) {
    if (bounds.tables.scope.has(lower)) return null;
    const given = bounds.tables.given.get(lower);
    if (given !== undefined) {
      bounds.tables.used.add(given);
      return null;
    }
  }
  return {
    message: `There is no table "${name}" here.`,
    remedy: `Read only ${[...(bounds.tables?.given.values() ?? [])].slice(0, 12).join(', ')}; no files, schemas or catalogs.`,
  };
}
