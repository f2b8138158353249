// Holds a document against its JSON schema and tells what is wrong in words for people, not for machines.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type ProblemKind, shown, suggestion } from '../../base';
import { MAXIMUM_PROBLEMS, nodeAtPointer, pointerParts, type JsonDocument, type Node } from './jsonDocument';

/** A JSON schema, draft-07, as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

const compiled = new WeakMap<JsonSchema, ValidateFunction>();

function validator(schema: JsonSchema): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    // defaultSnippets and the like are for editors.
    // The schemas are our own and a test holds them against draft-07: checking and polishing them again would
    // double the time of opening a workspace.
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      strict: false,
      allowUnionTypes: true,
      meta: false,
      validateSchema: false,
      code: { optimize: false },
    });
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/**
 * Reports every departure from the schema, at most one per place.
 * @param describe names the object a path leads to: ["tables", "Playback"] is `Table "Playback"`.
 */
export function checkShape(
  document: JsonDocument,
  schema: JsonSchema,
  describe: (path: readonly string[]) => string,
): void {
  const { root } = document;
  if (root === undefined) return;
  const validate = validator(schema);
  if (validate(document.value)) return;
  const seen = new Set<string>();
  const errors = telling(validate.errors ?? []);
  // Looking up the place of each error is linear in the file: of very many the first will do.
  for (const error of errors.slice(0, MAXIMUM_PROBLEMS)) {
    const { node, message, remedy, trouble } = explain(error, root, describe);
    // Of several errors about one value the first is about its type, the others follow from it.
    const place = `${node.offset}:${error.keyword === 'required' ? String(error.params['missingProperty']) : ''}`;
    if (seen.has(place)) continue;
    seen.add(place);
    document.report(node, message, remedy, { trouble });
  }
  const more = errors.length - MAXIMUM_PROBLEMS;
  if (more > 0)
    document.report(root, `The file has ${more} further problems.`, 'Fix the others first.', {
      overall: true,
    });
}

/** Of a choice between forms only the choice itself is told, not what each form would have wanted. */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = new Map<string, string[]>();
  for (const { keyword, schemaPath, instancePath } of errors)
    if (keyword === 'anyOf' || keyword === 'oneOf') {
      const paths = choices.get(schemaPath) ?? [];
      paths.push(instancePath);
      choices.set(schemaPath, paths);
    }
  const inside = (error: ErrorObject): boolean => {
    const parts = error.schemaPath.split('/');
    for (let length = parts.length - 1; length > 0; length--) {
      const paths = choices.get(parts.slice(0, length).join('/'));
      if (paths?.some((path) => error.instancePath.startsWith(path)) === true) return true;
    }
    return false;
  };
  return errors.filter((error) => error.keyword !== 'if' && !(choices.size > 0 && inside(error)));
}

interface Explained {
  readonly node: Node;
  readonly message: string;
  readonly remedy: string;
  readonly trouble: ProblemKind;
}

function explain(error: ErrorObject, root: Node, describe: (path: readonly string[]) => string): Explained {
  const path = pointerParts(error.instancePath);
  const node = nodeAtPointer(root, error.instancePath);
  const parameters: Readonly<Record<string, unknown>> = error.params;
  const schema = asObject(error.parentSchema);
  const properties = asObject(schema['properties']);
  const place = describe(path);
  const hint = hintOf(schema);
  const value: unknown = error.data;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(parameters['additionalProperty']);
      const known = Object.keys(properties).filter((name) => name !== '$schema');
      return {
        node: keyNodeOf(node, key),
        message: `Unknown key ${shown(key)}.`,
        remedy: suggestion(key, known, `${describe(path)} takes: ${known.join(', ')}.`),
        trouble: { kind: 'unknown-key', name: key, known },
      };
    }
    case 'required': {
      const key = String(parameters['missingProperty']);
      return {
        node,
        message: `${describe(path)} lacks ${shown(key)}.`,
        remedy: `Add ${shown(key)}${afterColon(hintOf(asObject(properties[key])))}`,
        trouble: { kind: 'missing-key', keys: [key] },
      };
    }
    case 'type':
      return {
        node,
        message: `${place} must be ${typeNames(parameters['type'])}, not ${kindOf(value)}.`,
        remedy: hint || `Write ${typeNames(parameters['type'])}.`,
        trouble: { kind: 'wrong-type', wanted: [parameters['type']].flat().map(String) },
      };
    case 'enum':
    case 'const': {
      const allowed = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [String(schema['const'])];
      return {
        node,
        message: `${place} is ${shown(value)}, which is not known.`,
        remedy:
          typeof value === 'string'
            ? suggestion(value, allowed, `Use one of: ${allowed.join(', ')}.`)
            : `Use one of: ${allowed.join(', ')}.`,
        trouble: {
          kind: path.at(-1) === 'rule' ? 'unknown-kind' : 'unknown-value',
          name: String(value),
          known: allowed,
        },
      };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      const limit = `${String(parameters['comparison'])} ${String(parameters['limit'])}`;
      return {
        node,
        message: `${place} is ${shown(value)}; it must be ${limit}.`,
        remedy: hint || `Write a number ${limit}.`,
        trouble: { kind: 'out-of-bounds' },
      };
    }
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties': {
      const limit = Number(parameters['limit']);
      const least = error.keyword.startsWith('min');
      const what = error.keyword.endsWith('Length') ? 'characters' : 'entries';
      if (least && limit === 1)
        return {
          node,
          message: `${place} is empty.`,
          remedy: hint || 'Add an entry, or remove the key.',
          trouble: { kind: 'empty' },
        };
      return {
        node,
        message: `${place} must have ${least ? 'at least' : 'at most'} ${limit} ${what}.`,
        remedy: hint || 'Write fewer or more.',
        trouble: { kind: 'out-of-bounds' },
      };
    }
    case 'anyOf':
    case 'oneOf':
    case 'not': {
      const keys = requiredKeys(error.schema);
      if (keys.length === 0)
        return {
          node,
          message: `${place} is ${shown(value)}, which has not the right form.`,
          remedy: hint || 'See its description.',
          trouble: { kind: 'wrong-form' },
        };
      const names = keys.map((key) => JSON.stringify(key));
      return error.keyword === 'not'
        ? {
            node,
            message: `${describe(path)} has both ${names.join(' and ')}.`,
            remedy: 'Keep one of the two.',
            trouble: { kind: 'conflicting-keys', keys },
          }
        : {
            node,
            message: `${describe(path)} lacks ${names.join(' or ')}.`,
            remedy: `Add ${names.join(' or ')}.`,
            trouble: { kind: 'missing-key', keys },
          };
    }
    case 'uniqueItems':
      return {
        node,
        message: `${place} has an entry twice.`,
        remedy: 'Keep one of the two.',
        trouble: { kind: 'duplicate-entry' },
      };
    case 'pattern':
      return {
        node,
        message: `${place} is ${shown(value)}, which has not the right form.`,
        remedy: hint || `It must match ${String(parameters['pattern'])}.`,
        trouble: { kind: 'wrong-form' },
      };
    default:
      return {
        node,
        message: `${place} is not allowed here: ${error.message ?? error.keyword}.`,
        remedy: hint || 'See the description of the key.',
        trouble: { kind: 'wrong-form' },
      };
  }
}

/** The keys that a choice of `required` is about; empty where it is about something else. */
function requiredKeys(schema: unknown): readonly string[] {
  const branches: readonly unknown[] = Array.isArray(schema) ? schema : [schema];
  return branches.flatMap((branch) => {
    const required = asObject(branch)['required'];
    return Array.isArray(required) ? required.map(String) : [];
  });
}

/** Searches without building a map: an object may have very many unknown keys. */
function keyNodeOf(node: Node, key: string): Node {
  const property = node.children?.find((child) => child.children?.[0]?.value === key);
  return property?.children?.[0] ?? node;
}

function hintOf(schema: Readonly<Record<string, unknown>>): string {
  return typeof schema['description'] === 'string' ? schema['description'] : '';
}

function afterColon(text: string): string {
  return text === '' ? '.' : `: ${text}`;
}

function typeNames(types: unknown): string {
  const names: readonly unknown[] = Array.isArray(types) ? types : [types];
  return names.map((name) => TYPE_NAMES.get(String(name)) ?? String(name)).join(' or ');
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'text in double quotes'],
  ['number', 'a number'],
  ['integer', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list in [ ]'],
  ['object', 'an object in { }'],
  ['null', 'null'],
]);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `the text ${shown(value)}`;
    case 'number':
      return `the number ${shown(value)}`;
    case 'boolean':
      return shown(value);
    default:
      return 'an object';
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
