// What is certain to have no effect: shown as a hint, never as a fault.
import type { Node } from 'jsonc-parser';
import type { Config, Rule } from '../../model';
import { tableNamed } from './suggestion';
import type { Diagnostic, DraftFile, Fix, Range } from './model';
import { derivedRuleId } from '../../rules';
import { insertion, removal } from './edits';
import type { Sketch } from './draftConfig';

/** Hints for a file whose config has no error. */
export function hints(file: DraftFile, sketch: Sketch): readonly Diagnostic[] {
  if (file !== 'validation_rules') return [];
  const { text } = sketch.texts[file];
  return sketch.placed.flatMap(({ rule, node, fields }): readonly Diagnostic[] => {
    if (!rule.enabled) {
      const enabled = fields.get('enabled');
      return [
        hint(node, 'rule-off', {
          message: `Rule ${rule.id} is disabled.`,
          remedy: 'The report lists it as skipped.',
          fixes: enabled === undefined ? [] : [without(text, enabled.keyNode, 'Enable the rule')],
        }),
      ];
    }
    if (!fields.has('id') && rule.id !== derivedRuleId(rule.kind, rule.columns, rule.parameters))
      return [
        {
          ...hint(fields.get('rule')?.value ?? node, 'unstable-id', {
            message: `Without "id" this rule is named ${rule.id}, because a similar rule comes before it.`,
            remedy: 'Add an id: otherwise its history moves to the other rule when their order changes.',
            fixes: [
              {
                title: `Add "id": ${JSON.stringify(rule.id)}`,
                edits: [insertion(text, node, `"id": ${JSON.stringify(rule.id)}`)],
                preferred: true,
              },
            ],
          }),
          idle: false,
        },
      ];
    const because = whyIdle(rule, sketch.config);
    if (because === undefined) return [];
    const kind = fields.get('rule')?.value ?? node;
    return [
      hint(kind, 'rule-without-effect', {
        message: `Rule ${rule.id} can never fail: ${because}`,
        remedy: 'Remove it, or keep it for readers of the report.',
        fixes: [without(text, node, 'Remove the rule')],
      }),
    ];
  });
}

/** Why no row can ever break a rule, where that is certain. */
function whyIdle(rule: Rule, config: Config): string | undefined {
  const table = tableNamed(config, rule.table);
  if (table === undefined || rule.columns.length === 0) return undefined;
  const columns = rule.columns.map((name) => table.columns.find((column) => column.name === name));
  if (
    rule.kind === 'not_null' &&
    columns.every((column) => column?.required === true && column.derived === undefined)
  )
    return 'the column is required, so rows without a value are rejected earlier.';
  const key = table.primaryKey;
  const unique = key.length > 0 && key.every((name) => rule.columns.includes(name));
  if (rule.kind === 'unique' && unique && table.deduplicate !== 'none')
    return 'the columns contain the primary key, and duplicates of it are removed earlier.';
  return undefined;
}

function hint(
  node: Node,
  code: string,
  more: { readonly message: string; readonly remedy: string; readonly fixes: readonly Fix[] },
): Diagnostic {
  const range: Range = { start: node.offset, end: node.offset + node.length };
  return { range, severity: 'hint', code, idle: true, ...more };
}

function without(text: string, node: Node, title: string): Fix {
  const whole = node.parent?.type === 'property' ? node.parent : node;
  return { title, edits: [removal(text, whole)], preferred: false };
}
