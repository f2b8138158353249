// What the schemas of the config files say about one place: the same schemas that check the files.
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import {
  type JsonSchema,
  brandConfigsSchema,
  tableSchemasSchema,
  validationRulesSchema,
} from '../../workspace';
import type { DraftFile } from './model';
import type { Path } from './cursor';

/** What may stand at a place, with the choices of its object made. */
export interface Shape {
  readonly schema: JsonSchema;
  /** Keys in the order of the catalogue. */
  readonly properties: ReadonlyMap<string, JsonSchema>;
  readonly required: ReadonlySet<string>;
  /** Of these at least one is needed. */
  readonly demanded: ReadonlySet<string>;
  /** The schema of members under any other key. */
  readonly additional: JsonSchema | undefined;
  readonly items: JsonSchema | undefined;
}

const made = new Map<DraftFile, JsonSchema>();

function schemaOf(file: DraftFile): JsonSchema {
  const known = made.get(file);
  if (known !== undefined) return known;
  const schema = {
    brand_configs: brandConfigsSchema,
    table_schemas: tableSchemasSchema,
    validation_rules: validationRulesSchema,
  }[file]();
  made.set(file, schema);
  return schema;
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemas = (value: unknown): readonly JsonSchema[] =>
  Array.isArray(value) ? value.filter(isSchema) : [];

/** The shape at a path; undefined where the schema knows nothing of it. */
export function shapeAt(file: DraftFile, root: Node | undefined, path: Path): Shape | undefined {
  let schema = schemaOf(file);
  for (const [depth, segment] of path.entries()) {
    const node = root === undefined ? undefined : findNodeAtLocation(root, path.slice(0, depth));
    const shape = resolve(schema, node);
    const next =
      typeof segment === 'number' ? shape.items : (shape.properties.get(segment) ?? shape.additional);
    if (next === undefined) return undefined;
    schema = next;
  }
  return resolve(schema, root === undefined ? undefined : findNodeAtLocation(root, [...path]));
}

/** Makes the choices (if, then) that the node's own keys decide. */
function resolve(schema: JsonSchema, node: Node | undefined): Shape {
  const properties = new Map<string, JsonSchema>();
  const required = new Set<string>();
  const demanded = new Set<string>();
  let additional: JsonSchema | undefined;
  let merged = schema;
  const add = (part: JsonSchema, choice: boolean): void => {
    const own = isSchema(part['properties']) ? Object.entries(part['properties']) : [];
    if (choice && part['additionalProperties'] === false) {
      // The choice lists all keys there may be, its own behind the common ones: the reader wants these first.
      const common = own.filter(([, value]) => value === true).map(([key]) => key);
      const before = new Map(properties);
      properties.clear();
      for (const [key, value] of own) if (isSchema(value)) properties.set(key, value);
      for (const key of common) properties.set(key, before.get(key) ?? {});
    } else for (const [key, value] of own) if (isSchema(value)) properties.set(key, value);
    if (Array.isArray(part['required'])) for (const key of part['required']) required.add(String(key));
    if (isSchema(part['additionalProperties'])) additional = part['additionalProperties'];
    for (const demand of schemas(part['allOf']))
      for (const one of schemas(demand['anyOf']))
        if (Array.isArray(one['required'])) for (const key of one['required']) demanded.add(String(key));
  };
  add(schema, false);
  for (const choice of [schema, ...schemas(schema['allOf'])])
    if (isSchema(choice['if']) && isSchema(choice['then']) && matches(choice['if'], node)) {
      add(choice['then'], true);
      if (choice === schema) merged = { ...schema, ...choice['then'] };
    }
  return {
    schema: merged,
    properties,
    required,
    demanded,
    additional,
    items: isSchema(schema['items']) ? schema['items'] : undefined,
  };
}

/** The little of JSON schema that our own conditions use: type, and one key with a constant. */
function matches(condition: JsonSchema, node: Node | undefined): boolean {
  if (node === undefined || (condition['type'] !== undefined && condition['type'] !== node.type))
    return false;
  const properties = isSchema(condition['properties']) ? Object.entries(condition['properties']) : [];
  return properties.every(
    ([key, wanted]) =>
      isSchema(wanted) && (findNodeAtLocation(node, [key])?.value as unknown) === wanted['const'],
  );
}

/** All JSON types a value of this schema may have. */
export function typesOf(schema: JsonSchema): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.map(String);
  return schemas(schema['anyOf']).flatMap(typesOf);
}

/** The listed values of a schema with their words; those of its branches too. */
export function choicesOf(
  schema: JsonSchema,
): readonly { readonly value: unknown; readonly words?: string }[] {
  const words = schema['markdownEnumDescriptions'];
  const own = Array.isArray(schema['enum'])
    ? schema['enum'].map((value: unknown, i) => {
        const told: unknown = Array.isArray(words) ? words[i] : undefined;
        return { value, ...(typeof told === 'string' ? { words: told } : {}) };
      })
    : [];
  return [...own, ...schemas(schema['anyOf']).flatMap(choicesOf)];
}

/** The description of a schema, as Markdown. */
export function wordsOf(schema: JsonSchema | undefined): string | undefined {
  const words = schema?.['markdownDescription'] ?? schema?.['description'];
  return typeof words === 'string' ? words : undefined;
}
