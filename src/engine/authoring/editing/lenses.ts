// What stands above a rule: its last result, from the newest report that has one. And where a rule is written.
import { defined } from '../../model';
import { memberMap, placesIn } from '../../workspace';
import { extent } from './edits';
import type { Knowledge, ReportGlance } from './knowledge';
import type { Lenses, RuleLens } from './model';
import { entriesOf, type Sketch } from './draftConfig';
import { maskingOf } from '../../report';

/** Lenses for the rules file of a sketch. */
export async function lenses(sketch: Sketch, knowledge: Knowledge): Promise<Lenses> {
  const reports = new Map<string, readonly ReportGlance[]>();
  for (const { rule } of sketch.placed)
    if (!reports.has(rule.table)) reports.set(rule.table, await knowledge.reports(rule.table));
  const rules = sketch.placed.map(({ rule, node }): RuleLens => {
    const last = (reports.get(rule.table) ?? [])
      .map(({ date, findings }) => ({ date, finding: findings.find((one) => one.id === rule.id) }))
      .find(({ finding }) => finding !== undefined);
    const finding = last?.finding && maskingOf(sketch.config).finding(rule.table, last.finding);
    return {
      table: rule.table,
      rule: rule.id,
      range: extent(node),
      enabled: rule.enabled,
      ...(last === undefined || finding === undefined
        ? {}
        : {
            last: {
              date: last.date,
              status: finding.status,
              failing: finding.failing,
              evaluated: finding.evaluated,
              failing_pct: finding.failing_pct,
              ...defined({ observed: finding.observed }),
            },
          }),
    };
  });
  const tables = entriesOf(sketch.texts.validation_rules, 'tables').flatMap(({ key, value }) => {
    const list = memberMap(value).get('rules');
    return list === undefined ? [] : [{ table: key, range: extent(list.keyNode) }];
  });
  return { rules, tables };
}

/** File and line (from 1) of a rule, or of a column of a table; undefined where it is not written any more. */
export function locate(
  sketch: Sketch,
  wanted: { readonly table: string; readonly rule?: string; readonly column?: string },
): { readonly path: string; readonly line: number } | undefined {
  const lineOf = (text: string, offset: number): number => placesIn(text)(offset).line + 1;
  if (wanted.rule !== undefined) {
    const placed = sketch.placed.find(({ rule }) => rule.table === wanted.table && rule.id === wanted.rule);
    if (placed === undefined) return undefined;
    const { text } = sketch.texts.validation_rules;
    return { path: sketch.paths.validation_rules, line: lineOf(text, placed.node.offset) };
  }
  const loose = sketch.texts.table_schemas;
  const table = entriesOf(loose, 'tables').find(({ key }) => key === wanted.table);
  const column = memberMap(memberMap(table?.value).get('columns')?.value).get(wanted.column ?? '');
  const node = wanted.column === undefined ? table?.keyNode : column?.keyNode;
  if (node === undefined) return undefined;
  return { path: sketch.paths.table_schemas, line: lineOf(loose.text, node.offset) };
}
