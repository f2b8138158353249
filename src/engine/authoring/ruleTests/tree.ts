// The rules of a draft as a tree of tests: by table, each with its place in the text.
import { parseDocument, placesIn } from '../../workspace';
import { entriesOf, type Sketch } from '../editing/draftConfig';
import type { RuleTree, TextRange } from './model';

/** Lists the rules of a sketch; what cannot be read of its text is left out, and `broken` says why. */
export function ruleTree(sketch: Sketch): RuleTree {
  const path = sketch.paths.validation_rules;
  const loose = sketch.texts.validation_rules;
  const rangeOf = rangesOf(loose.text);
  const schemas = sketch.texts.table_schemas;
  const schemaRangeOf = rangesOf(schemas.text);
  const defined = new Map(entriesOf(schemas, 'tables').map(({ key, keyNode }) => [key, keyNode]));
  const written = new Map(entriesOf(loose, 'tables').map(({ key, keyNode }) => [key, keyNode]));
  return {
    path,
    schemaPath: sketch.paths.table_schemas,
    tables: [...written].flatMap(([table, keyNode]) => {
      const schemaNode = defined.get(table);
      if (schemaNode === undefined) return [];
      const placed = sketch.placed.filter(({ rule }) => rule.table === table);
      const first = new Map(placed.toReversed().map((one) => [one.rule.id, one]));
      return {
        table,
        range: rangeOf(keyNode),
        schemaRange: schemaRangeOf(schemaNode),
        rules: placed
          .filter((one) => first.get(one.rule.id) === one)
          .map(({ rule, node }) => ({
            id: rule.id,
            kind: rule.kind,
            columns: rule.columns,
            severity: rule.severity,
            enabled: rule.enabled,
            description: rule.description,
            tags: rule.tags,
            range: rangeOf(node),
          })),
      };
    }),
    ...brokenText(path, loose.text),
  };
}

/** The first reason why a text is no JSON. A file that is not there holds no rules, which is nothing broken. */
function brokenText(path: string, text: string): Pick<RuleTree, 'broken'> {
  if (text === '') return {};
  const { root, problems } = parseDocument(path, 'validation_rules.json', text);
  const [problem] = problems;
  if (root !== undefined || problem === undefined) return {};
  return { broken: { message: `${problem.message} ${problem.remedy}`, line: problem.line } };
}

/** Makes ranges of nodes of a text. */
function rangesOf(text: string): (node: { readonly offset: number; readonly length: number }) => TextRange {
  const place = placesIn(text);
  const at = (offset: number): readonly [number, number] => {
    const { line, column } = place(offset);
    return [line, column];
  };
  return ({ offset, length }) => ({ from: at(offset), to: at(offset + length) });
}
