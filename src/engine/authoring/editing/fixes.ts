// Quick fixes: for each kind of trouble the edits that may mend it, the likeliest first.
import type { Node } from 'jsonc-parser';
import { ownValue } from '../../model';
import { memberMap, stringOf } from '../../workspace';
import { type ProblemKind, nearest as nearestName } from '../../base';
import { ruleKind } from '../../rules';
import { extent, insertion, removal, replacement } from './edits';
import type { DraftFile, Fix } from './model';
import { pathOf } from './cursor';
import { fittingColumns } from './ruleSnippets';
import { shapeAt, typesOf } from './shapes';
import { entriesOf, type Sketch } from './draftConfig';
import { tableNamed } from './suggestion';

interface Bench {
  readonly file: DraftFile;
  readonly sketch: Sketch;
  readonly text: string;
  readonly node: Node;
  readonly offset: number;
}

/** @param node What stands where the trouble was told; `offset` may be inside of its text. */
export function fixesFor(
  file: DraftFile,
  sketch: Sketch,
  trouble: ProblemKind,
  node: Node | undefined,
  offset: number,
): readonly Fix[] {
  const { text } = sketch.texts[file];
  if (node === undefined)
    return trouble.kind === 'empty'
      ? [
          {
            title: 'Write an empty config',
            edits: [{ range: { start: 0, end: text.length }, text: SKELETONS[file] }],
            preferred: true,
          },
        ]
      : [];
  const bench: Bench = { file, sketch, text, node, offset };
  switch (trouble.kind) {
    case 'unknown-key':
      return unknownKey(bench, trouble.name, trouble.known);
    case 'unknown-table':
      return [...renamed(bench, trouble.name, trouble.known), ...newTable(bench, trouble.name)];
    case 'unknown-column':
      return [...renamed(bench, trouble.name, trouble.known), ...newColumn(bench, trouble.name)];
    case 'unknown-value':
    case 'unknown-kind':
    case 'unknown-reference':
    case 'unknown-type':
    case 'unknown-encoding':
    case 'unknown-timezone':
      return renamed(bench, trouble.name, trouble.known);
    case 'missing-key':
      return missingKeys(bench, trouble.keys);
    case 'conflicting-keys':
      return removals(bench, trouble.keys);
    case 'wrong-type':
      return converted(bench, trouble.wanted);
    case 'duplicate-key':
    case 'needless-key':
      return [removed(bench, propertyOf(node), true)];
    case 'duplicate-entry':
      return [uniqueEntries(bench)];
    case 'duplicate-id':
      return duplicateId(bench);
    case 'min-above-max':
      return exchanged(bench);
    case 'wrong-form':
      return percentages(bench);
    case 'invalid-default':
    case 'empty':
      return [removed(bench, entryOf(node), false)];
    case 'syntax':
    case 'too-deep':
    case 'duplicate-name':
    case 'bad-name':
    case 'out-of-bounds':
    case 'type-mismatch':
    case 'invalid-sql':
    case 'invalid-pattern':
    case 'invalid-format':
    case 'settings':
      return [];
    default:
      return trouble satisfies never;
  }
}

const SKELETONS: Readonly<Record<DraftFile, string>> = {
  brand_configs: '{\n  "brands": {}\n}\n',
  table_schemas: '{\n  "tables": {}\n}\n',
  validation_rules: '{\n  "tables": {}\n}\n',
};

/** The name that was meant: mistyped, or not written to its end. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const begun = known.filter((one) => name.length >= 3 && one.toLowerCase().startsWith(name.toLowerCase()));
  return nearestName(name, known) ?? (begun.length === 1 ? begun[0] : undefined);
}

const quoted = (text: string): string => JSON.stringify(text);

function propertyOf(node: Node): Node {
  let at: Node | undefined = node;
  while (at !== undefined && at.type !== 'property') at = at.parent;
  return at ?? node;
}

/** The member or the entry of a list that a value is. */
function entryOf(node: Node): Node {
  return node.parent?.type === 'array' ? node : propertyOf(node);
}

/** The object a node is, or stands in. */
function objectOf(node: Node): Node {
  let at: Node = node;
  while (at.type !== 'object' && at.parent !== undefined) at = at.parent;
  return at;
}

function removed({ text }: Bench, node: Node, preferred: boolean): Fix {
  const name: unknown = node.type === 'property' ? node.children?.[0]?.value : node.value;
  const title = typeof name === 'string' ? `Remove ${quoted(name)}` : 'Remove it';
  return { title, edits: [removal(text, node)], preferred };
}

function unknownKey(bench: Bench, name: string, known: readonly string[]): readonly Fix[] {
  const property = propertyOf(bench.node);
  const present = memberMap(property.parent);
  const near = nearest(
    name,
    known.filter((key) => !present.has(key)),
  );
  const key = property.children?.[0] ?? bench.node;
  return [
    ...(near === undefined
      ? []
      : [{ title: `Change to ${quoted(near)}`, edits: [replacement(key, quoted(near))], preferred: true }]),
    removed(bench, property, near === undefined),
  ];
}

/** The nearest known name in place of the unknown one: the whole text, or the word within a fragment of SQL. */
function renamed({ node, offset, text }: Bench, name: string, known: readonly string[]): readonly Fix[] {
  const near = nearest(name, known);
  if (near === undefined) return [];
  const key = node.type === 'property' ? node.children?.[0] : node;
  if (key === undefined) return [];
  const title = `Change to ${quoted(near)}`;
  if (key.type !== 'string' || key.value === name)
    return [{ title, edits: [replacement(key, quoted(near))], preferred: true }];
  if (!text.startsWith(name, offset)) return [];
  const range = { start: offset, end: offset + name.length };
  return [{ title, edits: [{ range, text: quoted(near).slice(1, -1) }], preferred: true }];
}

/** The unknown table, with a first column, in table_schemas.json. */
function newTable({ sketch, file }: Bench, name: string): readonly Fix[] {
  const { root, text } = sketch.texts.table_schemas;
  const tables = memberMap(root).get('tables')?.value;
  if (tables?.type !== 'object' || file === 'table_schemas') return [];
  const member = `${quoted(name)}: { "columns": { "id": { "type": "VARCHAR" } } }`;
  return [
    {
      title: `Create table ${quoted(name)} in table_schemas.json`,
      edits: [{ ...insertion(text, tables, member), file: 'table_schemas' }],
      preferred: false,
    },
  ];
}

/** The unknown column as text in table_schemas.json, in the table that the place belongs to. */
function newColumn({ sketch, file, node }: Bench, name: string): readonly Fix[] {
  const table = pathOf(node)[1];
  const { text } = sketch.texts.table_schemas;
  const entry = entriesOf(sketch.texts.table_schemas, 'tables').find(({ key }) => key === table);
  const columns = memberMap(entry?.value).get('columns')?.value;
  if (columns?.type !== 'object') return [];
  const edit = insertion(text, columns, `${quoted(name)}: { "type": "VARCHAR" }`);
  return [
    {
      title: `Create column ${quoted(name)} in table_schemas.json`,
      edits: [file === 'table_schemas' ? edit : { ...edit, file: 'table_schemas' }],
      preferred: false,
    },
  ];
}

function missingKeys(bench: Bench, keys: readonly string[]): readonly Fix[] {
  const object = objectOf(bench.node);
  return keys.map((key, index) => {
    const member = `${quoted(key)}: ${startOf(bench, object, key)}`;
    return {
      title: `Add ${member.length > 60 ? quoted(key) : member}`,
      edits: [insertion(bench.text, object, member)],
      preferred: index === 0,
    };
  });
}

/** A value that the key may have: of the example of its kind, of this table, or an empty one. */
function startOf({ file, sketch }: Bench, object: Node, key: string): string {
  const path = pathOf(object);
  const table = tableNamed(sketch.config, path[1]);
  const first = table?.columns[0]?.name ?? 'id';
  if (file === 'validation_rules' && path.length === 4) {
    const kind = ruleKind(stringOf(memberMap(object).get('rule')?.value) ?? '');
    if (key === 'rule') return quoted('not_null');
    if (key === 'column') return quoted((kind && fittingColumns(kind, table)[0]) ?? first);
    if (key === 'columns') return `[${quoted((kind && fittingColumns(kind, table)[0]) ?? first)}]`;
    if (kind?.columnParameters?.includes(key) === true) return quoted(first);
    if (key === 'expression') return quoted('true');
    if (key === 'q') return '0.95';
    const given = kind && ownValue(kind.example, key);
    if (given !== undefined) return JSON.stringify(given);
  }
  const known: Readonly<Record<string, string>> = {
    type: quoted('VARCHAR'),
    columns: '{ "id": { "type": "VARCHAR" } }',
    rules: '[]',
    order_by: quoted(first),
    code: quoted(
      String(path[1] ?? 'X')
        .slice(0, 3)
        .toUpperCase(),
    ),
  };
  const given = ownValue(known, key);
  if (given !== undefined) return given;
  const schema = shapeAt(file, undefined, [...path, key])?.schema ?? {};
  switch (typesOf(schema)[0]) {
    case 'array':
      return '[]';
    case 'object':
      return '{}';
    case 'number':
    case 'integer':
      return '0';
    case 'boolean':
      return 'true';
    default:
      return '""';
  }
}

function removals(bench: Bench, keys: readonly string[]): readonly Fix[] {
  const fields = memberMap(objectOf(bench.node));
  return keys.flatMap((key) => {
    const member = fields.get(key);
    return member === undefined ? [] : [removed(bench, propertyOf(member.keyNode), false)];
  });
}

/** The value as another JSON type, where it says the same. */
function converted({ node, text }: Bench, wanted: readonly string[]): readonly Fix[] {
  const value: unknown = node.value;
  const written = text.slice(node.offset, node.offset + node.length);
  const results = wanted.flatMap((type): readonly string[] => {
    switch (type) {
      case 'string':
        return ['number', 'boolean'].includes(typeof value) ? [quoted(written)] : [];
      case 'number':
      case 'integer': {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
        return Number.isFinite(number) && (type === 'number' || Number.isInteger(number))
          ? [String(number)]
          : [];
      }
      case 'boolean':
        if (typeof value === 'string' && /^(?:true|yes|y|1)$/i.test(value)) return ['true'];
        if (typeof value === 'string' && /^(?:false|no|n|0)$/i.test(value)) return ['false'];
        return value === 0 || value === 1 ? [String(value === 1)] : [];
      case 'array':
        return node.type === 'object' ? [] : [`[${written}]`];
      default:
        return [];
    }
  });
  return [...new Set(results)].map((result, index) => ({
    title: `Change to ${result}`,
    edits: [{ range: extent(node), text: result }],
    preferred: index === 0,
  }));
}

function uniqueEntries(bench: Bench): Fix {
  const { node, text } = bench;
  if (node.type !== 'array') return removed(bench, entryOf(node), true);
  const written = (node.children ?? []).map((child) => text.slice(child.offset, child.offset + child.length));
  return {
    title: 'Remove the duplicate',
    edits: [replacement(node, `[${[...new Set(written)].join(', ')}]`)],
    preferred: true,
  };
}

function duplicateId(bench: Bench): readonly Fix[] {
  const { sketch, node } = bench;
  const id = stringOf(node) ?? '';
  const table = pathOf(node)[1];
  const taken = new Set(sketch.config.rules.filter((rule) => rule.table === table).map((rule) => rule.id));
  let number = 2;
  while (taken.has(`${id}_${number}`)) number++;
  const free = `${id}_${number}`;
  return [
    { title: `Change to ${quoted(free)}`, edits: [replacement(node, quoted(free))], preferred: true },
    {
      title: 'Remove this rule',
      edits: [removal(bench.text, objectOf(node))],
      preferred: false,
    },
  ];
}

function exchanged({ node, text }: Bench): readonly Fix[] {
  const fields = memberMap(objectOf(node));
  const [min, max] = [fields.get('min')?.value, fields.get('max')?.value];
  if (min === undefined || max === undefined) return [];
  const written = (one: Node): string => text.slice(one.offset, one.offset + one.length);
  return [
    {
      title: 'Swap "min" and "max"',
      edits: [replacement(min, written(max)), replacement(max, written(min))],
      preferred: true,
    },
  ];
}

/** "5" as a limit: a count or a percentage. */
function percentages({ node }: Bench): readonly Fix[] {
  const value = stringOf(node);
  if (value === undefined || !/^\s*\d+(?:\.\d+)?\s*(?:%+\s*)?$/.test(value)) return [];
  const number = /[\d.]+/.exec(value)?.[0] ?? '0';
  return [`"${number}%"`, ...(number.includes('.') ? [] : [number])].map((text, index) => ({
    title: `Change to ${text}`,
    edits: [replacement(node, text)],
    preferred: index === 0,
  }));
}
