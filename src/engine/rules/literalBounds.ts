// How much SQL makes of its literals: DuckDB computes that while it binds, before a memory limit or an interrupt counts.
import { ownValue } from '../model';
import type { SqlProblem } from './refusals';
import {
  childrenOf,
  columnNames,
  functionName,
  isObject,
  type Json,
  nodeText,
  parametersOf,
  placeOf,
  type SyntaxNode,
} from './syntax';

/** Characters or entries that one value may have which is made of literals alone. */
const MOST_OF_LITERALS = 1_000_000;

/** What the size of a column's value counts for, where a literal multiplies it; what number it is nobody knows. */
const OF_DATA = 100;

/** What is known of a value before anything is run; all are upper bounds. */
interface Measure {
  /** Characters of a text, entries of a list and of all in it. */
  readonly size: number;
  /** Of a number, or of the numbers in a list; of a moment or a span of time in seconds. Infinity: nobody can tell. */
  readonly number: number;
  /** Is it made of literals alone? What comes of data is computed row by row, under the watch of a run. */
  readonly literal: boolean;
  readonly time?: 'moment' | 'span';
}

type Names = ReadonlyMap<string, Measure>;

const DATA: Measure = { size: OF_DATA, number: Infinity, literal: false };
const FLAG: Measure = { size: 1, number: 1, literal: true };

/** A value that is too large, thrown to the one place that catches it. */
class TooLarge extends Error {
  readonly problem: SqlProblem;

  constructor(problem: SqlProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Why a syntax tree makes too much of its literals; null where it does not. `at` is in bytes of the statement. */
export function exceedsLiterals(node: Json | undefined): SqlProblem | null {
  try {
    walk(node);
    return null;
  } catch (error) {
    if (error instanceof TooLarge) return error.problem;
    throw error;
  }
}

/** Measures every expression of a statement. */
function walk(node: Json | undefined): void {
  if (Array.isArray(node)) for (const item of node as readonly Json[]) walk(item);
  else if (isObject(node)) {
    if (node['type'] === 'TABLE_FUNCTION' && isObject(node['function'])) {
      // It gives its rows bit by bit: how many there are is nobody's memory.
      for (const argument of childrenOf(node['function'])) measure(argument, NO_NAMES);
      return;
    }
    if (typeof node['class'] === 'string') measure(node, NO_NAMES);
    else for (const value of Object.values(node)) walk(value);
  }
}

const NO_NAMES: Names = new Map();

function measure(node: Json | undefined, names: Names): Measure {
  return isObject(node) ? limited(node, measured(node, names)) : FLAG;
}

function limited(node: SyntaxNode, found: Measure): Measure {
  if (found.size <= MOST_OF_LITERALS) return found;
  const name = functionName(node);
  const what = name === undefined || !/^\w/.test(name) ? 'This' : `${name}()`;
  const at = placeOf(node);
  throw new TooLarge({
    message: Number.isFinite(found.size)
      ? `${what} makes a value of more than ${MOST_OF_LITERALS.toLocaleString('en-US')} characters or entries.`
      : `Before it runs nobody knows how large a value ${what === 'This' ? 'this' : what} makes.`,
    remedy: Number.isFinite(found.size)
      ? 'Write a smaller number, as a number.'
      : 'Write a number, or bound it: least(…, 1000).',
    ...(at === undefined ? {} : { at: { at, ...(name === undefined ? {} : { length: name.length }) } }),
  });
}

function measured(node: SyntaxNode, names: Names): Measure {
  switch (node['class']) {
    case 'CONSTANT':
      return constant(node['value']);
    case 'COLUMN_REF': {
      const [name = '', ...more] = columnNames(node);
      return (more.length === 0 ? names.get(name.toLowerCase()) : undefined) ?? DATA;
    }
    case 'CAST':
      return cast(measure(node['child'], names), node);
    case 'FUNCTION':
      return call(node, names);
    case 'COMPARISON':
    case 'CONJUNCTION':
    case 'BETWEEN':
      return { ...FLAG, literal: all(node, names).every((one) => one.literal) };
    case 'CASE':
      return oneOf(all(node, names));
    case 'SUBQUERY':
    case 'WINDOW':
      for (const value of Object.values(node)) walk(value);
      return DATA;
    default:
      return joined(all(node, names));
  }
}

/** The expressions directly below a node, measured. */
function all(node: SyntaxNode, names: Names): readonly Measure[] {
  const below = (value: Json | undefined): readonly Measure[] => {
    if (Array.isArray(value)) return (value as readonly Json[]).flatMap(below);
    if (!isObject(value)) return [];
    return typeof value['class'] === 'string' ? [measure(value, names)] : Object.values(value).flatMap(below);
  };
  return Object.values(node).flatMap(below);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const most = (numbers: readonly number[]): number => Math.max(0, ...numbers);

/** One of several values. */
function oneOf(parts: readonly Measure[]): Measure {
  return {
    size: most(parts.map((one) => one.size)),
    number: most(parts.map((one) => one.number)),
    literal: parts.every((one) => one.literal),
  };
}

/** A value that holds several. */
function joined(parts: readonly Measure[], factor = 1): Measure {
  return {
    size: factor * sum(parts.map((one) => one.size)),
    number: most(parts.map((one) => one.number)),
    literal: parts.every((one) => one.literal),
  };
}

function constant(value: Json | undefined): Measure {
  const given = isObject(value) ? value['value'] : undefined;
  if (typeof given === 'string') {
    const number = given.trim() === '' ? NaN : Number(given);
    return { size: given.length, number: Number.isNaN(number) ? Infinity : Math.abs(number), literal: true };
  }
  if (typeof given === 'number') return { size: 1, number: Math.abs(given), literal: true };
  // NULL and booleans; what is wider than 64 bits is no number of anything.
  return typeof given === 'object' && given !== null ? { ...FLAG, number: Infinity } : FLAG;
}

function cast(child: Measure, node: SyntaxNode): Measure {
  const type = isObject(node['cast_type']) ? node['cast_type'] : {};
  const arrays = arrayEntries(type);
  const size = arrays === 1 ? child.size : Math.max(child.size, arrays);
  const written =
    isObject(node['child']) && node['child']['class'] === 'CONSTANT' ? textOf(node['child']) : undefined;
  switch (nodeText(type, 'id')) {
    case 'DATE':
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
    case 'TIMESTAMP WITH TIME ZONE':
      return { ...child, size, time: 'moment', number: written === undefined ? Infinity : moment(written) };
    case 'INTERVAL':
      return { ...child, size, time: 'span', number: written === undefined ? Infinity : span(written) };
    case 'VARCHAR':
      // Texts within a list are quoted, quotes and all.
      return { ...child, size: child.literal && written === undefined ? 2 * size : size };
    default:
      return { ...child, size };
  }
}

function textOf(node: SyntaxNode): string | undefined {
  const value = isObject(node['value']) ? node['value']['value'] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Entries of a type of fixed length: even NULL has them all. */
function arrayEntries(type: Json | undefined): number {
  const more = isObject(type) && isObject(type['type_info']) ? type['type_info'] : undefined;
  if (!isObject(type) || more === undefined) return 1;
  const size = type['id'] === 'ARRAY' && typeof more['size'] === 'number' ? more['size'] : 1;
  const fields = Array.isArray(more['child_types'])
    ? sum(
        (more['child_types'] as readonly Json[]).map((field) =>
          isObject(field) ? arrayEntries(field['second']) : 1,
        ),
      )
    : 1;
  return size * Math.max(1, fields) * arrayEntries(more['child_type']);
}

/** Seconds from the year 1 to a written moment. */
function moment(text: string): number {
  const milliseconds = Date.parse(text.trim().replace(' ', 'T'));
  return Number.isNaN(milliseconds) ? Infinity : milliseconds / 1000 + 62_135_596_800;
}

const SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^(?:microseconds?|us|usecs?)$/, 1e-6],
  [/^(?:milliseconds?|ms|msecs?)$/, 1e-3],
  [/^(?:seconds?|secs?|s)$/, 1],
  [/^(?:minutes?|mins?|m)$/, 60],
  [/^(?:hours?|hrs?|h)$/, 3_600],
  [/^(?:days?|d)$/, 86_400],
  [/^(?:weeks?|w)$/, 604_800],
  [/^(?:months?|mons?|mon)$/, 2_419_200],
  [/^(?:quarters?|q)$/, 7_776_000],
  [/^(?:years?|yrs?|y)$/, 31_536_000],
];

/** Seconds of a written span of time; the shortest there is where it cannot be read. */
function span(text: string): number {
  const [, count = '', unit = ''] = /^\s*(\d+)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const seconds = SECONDS.find(([pattern]) => pattern.test(unit.toLowerCase()))?.[1];
  return seconds === undefined ? 1e-6 : Number(count) * seconds;
}

// ---- functions -----------------------------------------------------------------------------------

/** How many times as long a text becomes at most. */
const FACTORS: Readonly<Record<string, number>> = {
  hex: 2,
  to_hex: 2,
  bin: 8,
  to_binary: 8,
  to_base64: 2,
  base64: 2,
  url_encode: 3,
  regexp_escape: 2,
  to_json: 6,
  json_quote: 6,
  row_to_json: 6,
  array_to_json: 6,
  json_object: 6,
  json_array: 6,
  strip_accents: 3,
  nfc_normalize: 3,
  strftime: 40,
};

/** Functions whose number is not larger than the largest they are given. */
const KEEPS_NUMBER: ReadonlySet<string> = new Set(
  'abs floor ceil ceiling round trunc greatest coalesce ifnull if nullif list_value'.split(' '),
);

type Grown = (parts: readonly Measure[], node: SyntaxNode) => number;

/** A length that the function is told: by its argument of this index. */
const toldBy =
  (index: number): Grown =>
  (parts) =>
    sum(parts.map((one) => one.size)) + count(parts[index]);

/** As a number of times. What a column says is nobody's bound: one cell of a supplier would end the run with its process. */
const count = (part: Measure | undefined): number => part?.number ?? 0;

const size = (part: Measure | undefined): number => part?.size ?? 0;

/** Sizes of functions that multiply. */
const GROWN: Readonly<Record<string, Grown>> = {
  repeat: ([text, times]) => size(text) * Math.max(1, count(times)),
  lpad: toldBy(1),
  rpad: toldBy(1),
  bitstring: toldBy(1),
  to_base: toldBy(2),
  equi_width_bins: toldBy(2),
  bar: ([, , , width]) => 3 * Math.max(80, count(width)),
  list_resize: ([list, length, value]) => size(list) + count(length) * Math.max(1, size(value)),
  range: series,
  generate_series: series,
  replace: ([text, from, to]) =>
    text?.literal === true ? size(text) * Math.max(1, size(to) / Math.max(1, size(from))) : size(text),
  regexp_replace: ([text, , to]) =>
    text?.literal === true ? (size(text) + 1) * (size(to) + 1) : Math.max(size(text), size(to)),
  array_to_string: separated,
  list_string_agg: separated,
  concat_ws: ([separator, ...parts]) =>
    sum(parts.map(size)) + (parts.every((one) => one.literal) ? size(separator) * sum(parts.map(size)) : 0),
  // It keeps a table of both.
  damerau_levenshtein: ([a, b]) => size(a) * size(b),
  json_pretty: ([text]) => (text?.literal === true ? size(text) ** 2 : size(text)),
  printf: formatted,
  format: formatted,
};
const GROWN_TOO: Readonly<Record<string, string>> = { array_resize: 'list_resize' };

/** Entries from one value to another in steps; a step of numbers is 1 at the least. */
function series(parts: readonly Measure[]): number {
  const [from, to, step] = parts;
  if (from?.time !== 'moment' || to?.time !== 'moment') return sum(parts.map((one) => one.number)) + 1;
  if (!Number.isFinite(from.number) || !Number.isFinite(to.number) || step?.time !== 'span') return Infinity;
  return Math.abs(to.number - from.number) / step.number + 1;
}

function separated([list, separator]: readonly Measure[]): number {
  const text = size(list) * 20;
  return list?.literal === true ? text + size(list) * size(separator) : size(list);
}

/** Each number in a pattern may be a width, each sign of a value may stand for all of them. */
function formatted(parts: readonly Measure[], node: SyntaxNode): number {
  const [first] = childrenOf(node);
  const pattern = isObject(first) && first['class'] === 'CONSTANT' ? textOf(first) : undefined;
  const values = sum(parts.slice(1).map((one) => one.size));
  // A pattern that data gives may name any width.
  if (pattern === undefined) return parts[0]?.literal === true ? size(parts[0]) + values : Infinity;
  const widths = sum([...pattern.matchAll(/\d+/g)].map(([digits]) => Number(digits)));
  // A width that is itself one of the values.
  const told = /%[-+ #0]*\*|\{[^{}]*\{/.test(pattern) ? sum(parts.slice(1).map(count)) : 0;
  const signs = [...pattern.matchAll(/[%{]/g)].length;
  return pattern.length + widths + told + signs * values;
}

const APPLIES: ReadonlySet<string> = new Set(
  ['list', 'array'].flatMap((kind) => [`${kind}_transform`, `${kind}_apply`]).concat('apply'),
);
const REDUCES: ReadonlySet<string> = new Set(['list_reduce', 'array_reduce', 'reduce']);

function call(node: SyntaxNode, names: Names): Measure {
  const name = functionName(node) ?? '';
  const children = childrenOf(node);
  const lambda = children.findIndex((child) => isObject(child) && child['class'] === 'LAMBDA');
  if (lambda > 0) return withLambda(name, children, lambda, names);
  const parts = children.map((child) => measure(child, names));
  const literal = parts.every((one) => one.literal);
  const grown = ownValue(GROWN, ownValue(GROWN_TOO, name) ?? name);
  const number = numberOf(name, parts);
  if (grown !== undefined)
    return { size: grown(parts, node), number: most(parts.map((one) => one.number)), literal };
  const time = timeOf(name, parts);
  return {
    size: number === undefined ? joined(parts, ownValue(FACTORS, name) ?? 1).size : 1,
    number: number ?? (KEEPS_NUMBER.has(name) ? most(parts.map((one) => one.number)) : Infinity),
    literal,
    ...(time === undefined ? {} : { time }),
  };
}

const SPANS: Readonly<Record<string, number>> = {
  to_microseconds: 1e-6,
  to_milliseconds: 1e-3,
  to_seconds: 1,
  to_minutes: 60,
  to_hours: 3_600,
  to_days: 86_400,
  to_weeks: 604_800,
  to_months: 2_419_200,
  to_quarters: 7_257_600,
  to_years: 31_536_000,
};

function timeOf(name: string, parts: readonly Measure[]): Measure['time'] {
  if (Object.hasOwn(SPANS, name)) return 'span';
  return name === '+' || name === '-' ? parts.find((one) => one.time !== undefined)?.time : undefined;
}

/** What arithmetic makes of bounds; undefined for all else. */
function numberOf(name: string, parts: readonly Measure[]): number | undefined {
  const numbers = parts.map((one) => one.number);
  const [a = Infinity, b = Infinity] = numbers;
  const unit = ownValue(SPANS, name);
  if (unit !== undefined) return a * unit;
  switch (name) {
    case '+':
    case '-':
      // A day is added to a date as 1: told apart from a span it would have to be.
      if (parts.some((one) => one.time === 'moment') && !parts.every((one) => one.time !== undefined))
        return Infinity;
      return sum(numbers);
    case '*':
    case 'multiply':
      return a === 0 || b === 0 ? 0 : a * b;
    case '/':
    case '//':
      return b >= 1 ? a : Infinity;
    case '**':
    case '^':
    case 'pow':
    case 'power':
      return a <= 1 ? 1 : a ** b;
    case '%':
    case 'mod':
      return b;
    // The smallest bound bounds it.
    case 'least':
      return Math.min(...numbers);
    case 'length':
    case 'len':
    case 'strlen':
      return parts[0]?.size ?? Infinity;
    default:
      return undefined;
  }
}

/** A function that computes for each entry of a list. */
function withLambda(name: string, children: readonly Json[], at: number, names: Names): Measure {
  const lambda = children[at];
  const list = measure(children[0], names);
  const others = children.filter((_, i) => i !== 0 && i !== at).map((child) => measure(child, names));
  if (!isObject(lambda)) return DATA;
  const parameters = parametersOf(lambda['lhs']);
  const within = (accumulated: Measure): Measure =>
    measure(
      lambda['expr'],
      new Map([...names, ...parameters.map((one, i) => [one, i === 0 ? accumulated : list] as const)]),
    );
  if (REDUCES.has(name)) {
    let found = oneOf([list, ...others]);
    for (let i = 0; i < Math.min(list.size, MOST_STEPS); i++) {
      const next = within(found);
      if (next.size <= found.size) break;
      found = {
        ...next,
        size: next.size + (i === MOST_STEPS - 1 ? list.size * (next.size - found.size) : 0),
      };
      limited(lambda, found);
    }
    return found;
  }
  const each = within(list);
  const literal = list.literal && each.literal;
  if (!APPLIES.has(name)) return { ...list, literal };
  return { ...each, size: literal ? list.size * each.size : Math.max(list.size, each.size), literal };
}

/** Entries of a list whose growth is followed one by one. */
const MOST_STEPS = 1_000;
