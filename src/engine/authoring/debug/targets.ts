// Where in the config files a run can be stopped: the objects of rules, and those of columns.
import type { Node } from 'jsonc-parser';
import { placesIn } from '../../workspace';
import { readLoosely } from '../editing/tolerantJson';

/** An object of a config file at which a run can pause. Lines count from 1. */
export interface DebugTarget {
  readonly kind: 'rule' | 'column';
  readonly table: string;
  /** rule: its index among the rules of its table; column: its name. */
  readonly key: number | string;
  readonly line: number;
  readonly endLine: number;
  /** In words, for people. */
  readonly name: string;
}

/**
 * All targets of the text of `validation_rules.json` or `table_schemas.json`, in the order of the file; of a text that
 * is being edited those that can be made out.
 */
export function debugTargets(
  file: 'validation_rules' | 'table_schemas',
  text: string,
): readonly DebugTarget[] {
  const plain = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const positionOf = placesIn(plain);
  const lineOf = (offset: number): number => positionOf(offset).line + 1;
  const found: DebugTarget[] = [];
  for (const [table, body] of membersOf(memberOf(readLoosely(plain).root, 'tables'))) {
    if (file === 'validation_rules') {
      const rules = memberOf(body.value, 'rules');
      if (rules?.type !== 'array') continue;
      (rules.children ?? []).forEach((node, key) => {
        const text = (name: string): string | undefined => textOf(memberOf(node, name));
        const name = text('id') ?? [text('rule') ?? 'rule', text('column')].filter(Boolean).join(' ');
        found.push({ kind: 'rule', table, key, ...extent(node, node), name: `${table}: ${name}` });
      });
    } else
      for (const [name, column] of membersOf(memberOf(body.value, 'columns')))
        found.push({
          kind: 'column',
          table,
          key: name,
          ...extent(column.key, column.value),
          name: `${table}.${name}`,
        });
  }
  return found;

  function extent(first: Node, last: Node): { readonly line: number; readonly endLine: number } {
    return {
      line: lineOf(first.offset),
      endLine: lineOf(Math.max(first.offset, last.offset + last.length - 1)),
    };
  }
}

/** The target whose object is around a line, or else the next one below it. */
export function targetAt(targets: readonly DebugTarget[], line: number): DebugTarget | undefined {
  return (
    targets.find((one) => one.line <= line && line <= one.endLine) ?? targets.find((one) => one.line > line)
  );
}

function membersOf(
  node: Node | undefined,
): readonly [string, { readonly key: Node; readonly value: Node }][] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), { key, value }]];
  });
}

const memberOf = (node: Node | undefined, name: string): Node | undefined =>
  membersOf(node).find(([key]) => key === name)?.[1].value;

const textOf = (node: Node | undefined): string | undefined =>
  typeof node?.value === 'string' ? node.value : undefined;
