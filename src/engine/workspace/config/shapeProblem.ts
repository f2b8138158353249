// What is wrong where a document departs from its schema, and the remedy, in words for people.
import type { ErrorObject } from 'ajv';
import { type ProblemKind, shown, suggestion } from '../../base';
import { nodeAtPointer, pointerParts, type Node } from './jsonDocument';

interface ShapeProblem {
  readonly node: Node;
  readonly message: string;
  readonly remedy: string;
  readonly trouble: ProblemKind;
}

/** A departure as Ajv gives it, with what its explanation needs. */
interface Departure {
  readonly error: ErrorObject;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What the schema says of the value, and of its properties. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
  readonly node: Node;
  readonly value: unknown;
  /** The object or value in words. */
  readonly place: string;
  /** The schema's description, or nothing. */
  readonly hint: string;
}

/** @param describe names the object a path leads to. */
export function shapeProblem(
  error: ErrorObject,
  root: Node,
  describe: (path: readonly string[]) => string,
): ShapeProblem {
  const path = pointerParts(error.instancePath);
  const schema = asObject(error.parentSchema);
  const departure: Departure = {
    error,
    parameters: error.params,
    schema,
    properties: asObject(schema['properties']),
    path,
    node: nodeAtPointer(root, error.instancePath),
    value: error.data,
    place: describe(path),
    hint: hintOf(schema),
  };
  return { node: departure.node, ...explain(departure) };
}

type Explanation = Omit<ShapeProblem, 'node'> & Partial<Pick<ShapeProblem, 'node'>>;

function explain(departure: Departure): Explanation {
  const { error, parameters, place, hint, value } = departure;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(departure);
    case 'required':
      return missingKey(departure);
    case 'type':
      return {
        message: `${place} must be ${typeNames(parameters['type'])}, not ${kindOf(value)}.`,
        remedy: hint || `Write ${typeNames(parameters['type'])}.`,
        trouble: { kind: 'wrong-type', wanted: [parameters['type']].flat().map(String) },
      };
    case 'enum':
    case 'const':
      return unknownValue(departure);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return outOfBounds(departure);
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
      return wrongSize(departure);
    case 'anyOf':
    case 'oneOf':
    case 'not':
      return wrongChoice(departure);
    case 'uniqueItems':
      return {
        message: `${place} has an entry twice.`,
        remedy: 'Keep one of the two.',
        trouble: { kind: 'duplicate-entry' },
      };
    case 'pattern':
      return wrongForm(departure, `It must match ${String(parameters['pattern'])}.`);
    default:
      return {
        message: `${place} is not allowed here: ${error.message ?? error.keyword}.`,
        remedy: hint || 'See the description of the key.',
        trouble: { kind: 'wrong-form' },
      };
  }
}

function unknownKey({ parameters, properties, node, place }: Departure): Explanation {
  const key = String(parameters['additionalProperty']);
  const known = Object.keys(properties).filter((name) => name !== '$schema');
  return {
    node: keyNodeOf(node, key),
    message: `Unknown key ${shown(key)}.`,
    remedy: suggestion(key, known, `${place} takes: ${known.join(', ')}.`),
    trouble: { kind: 'unknown-key', name: key, known },
  };
}

function missingKey({ parameters, properties, place }: Departure): Explanation {
  const key = String(parameters['missingProperty']);
  return {
    message: `${place} lacks ${shown(key)}.`,
    remedy: `Add ${shown(key)}${afterColon(hintOf(asObject(properties[key])))}`,
    trouble: { kind: 'missing-key', keys: [key] },
  };
}

function unknownValue({ schema, path, place, value }: Departure): Explanation {
  const allowed = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [String(schema['const'])];
  const list = `Use one of: ${allowed.join(', ')}.`;
  return {
    message: `${place} is ${shown(value)}, which is not known.`,
    remedy: typeof value === 'string' ? suggestion(value, allowed, list) : list,
    trouble: {
      kind: path.at(-1) === 'rule' ? 'unknown-kind' : 'unknown-value',
      name: String(value),
      known: allowed,
    },
  };
}

function outOfBounds({ parameters, place, value, hint }: Departure): Explanation {
  const limit = `${String(parameters['comparison'])} ${String(parameters['limit'])}`;
  return {
    message: `${place} is ${shown(value)}; it must be ${limit}.`,
    remedy: hint || `Write a number ${limit}.`,
    trouble: { kind: 'out-of-bounds' },
  };
}

function wrongSize({ error, parameters, place, hint }: Departure): Explanation {
  const limit = Number(parameters['limit']);
  const least = error.keyword.startsWith('min');
  const what = error.keyword.endsWith('Length') ? 'characters' : 'entries';
  if (least && limit === 1)
    return {
      message: `${place} is empty.`,
      remedy: hint || 'Add an entry, or remove the key.',
      trouble: { kind: 'empty' },
    };
  return {
    message: `${place} must have ${least ? 'at least' : 'at most'} ${limit} ${what}.`,
    remedy: hint || 'Write fewer or more.',
    trouble: { kind: 'out-of-bounds' },
  };
}

function wrongChoice(departure: Departure): Explanation {
  const { error, place } = departure;
  const keys = requiredKeys(error.schema);
  if (keys.length === 0) return wrongForm(departure, 'See its description.');
  const names = keys.map((key) => JSON.stringify(key));
  return error.keyword === 'not'
    ? {
        message: `${place} has both ${names.join(' and ')}.`,
        remedy: 'Keep one of the two.',
        trouble: { kind: 'conflicting-keys', keys },
      }
    : {
        message: `${place} lacks ${names.join(' or ')}.`,
        remedy: `Add ${names.join(' or ')}.`,
        trouble: { kind: 'missing-key', keys },
      };
}

const wrongForm = ({ place, value, hint }: Departure, remedy: string): Explanation => ({
  message: `${place} is ${shown(value)}, which does not have the right form.`,
  remedy: hint || remedy,
  trouble: { kind: 'wrong-form' },
});

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
