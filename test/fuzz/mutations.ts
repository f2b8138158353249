// How inputs are damaged: bytes, lines, keys and values, drawn from random numbers that are the same for a seed.
import type { Seeded } from '../support/seeded';

/** Damages a text; bytes where the damage is none of characters. */
export type Mutation = (text: string, random: Seeded) => string | Buffer;

/** Characters that mean something to one of the readers, or to people who look at what they show. */
export const STRANGE: readonly string[] = [
  '\0', '\u2028', '\uFEFF', '𝕏', 'ﬀ', '\u202e', '\r', '\n\n', '\t', '{', '}', '[', ']', '"', '\\', '\\u0000', '\\ud800', ',', ':', '//', '/*', '#', '=', "'", '`', '%', '__proto__', 'é', '-0', '..', '/', '*',
]; // prettier-ignore
/** JSON values, valid and not. */
const VALUES: readonly string[] = [
  'null', 'true', 'false', '0', '-1', '1e308', '1e999', '-1e999', '12345678901234567890123', '0.1', '""', '" "', '"x"', '"../.."', '"\\u0000"', '"💥"', '[]', '{}', '[[]]', '[null]', '[1, "a", {}]', '{"a": {"b": []}}', '{"__proto__": null}', '"DROP TABLE"', `"${'long'.repeat(5_000)}"`, '['.repeat(5_000), '{"a":'.repeat(5_000), `${'['.repeat(100)}${']'.repeat(100)}`,
]; // prettier-ignore

/** A place in a text or in bytes, both ends included. */
const place = (sized: { readonly length: number }, random: Seeded): number => random.below(sized.length + 1);

/** Replaces one match of a pattern, drawn at random. */
function replaceOne(pattern: RegExp, by: (match: string, random: Seeded) => string): Mutation {
  return (text, random) => {
    const matches = [...text.matchAll(pattern)];
    if (matches.length === 0) return text;
    const match = random.pick(matches);
    return text.slice(0, match.index) + by(match[0], random) + text.slice(match.index + match[0].length);
  };
}

const LINE = /^.*\n?/gm;

/** Flips some bits. */
export function flipBits(bytes: Buffer, random: Seeded, most = 3): Buffer {
  const damaged = Buffer.from(bytes);
  if (damaged.length === 0) return damaged;
  for (let n = 0; n <= random.below(most); n += 1) {
    const at = random.below(damaged.length);
    damaged[at] = damaged[at]! ^ (1 << random.below(8));
  }
  return damaged;
}

const TEXT_MUTATIONS: readonly Mutation[] = [
  // bytes
  (text, random) => flipBits(Buffer.from(text), random),
  (text, random) => Buffer.from(text).subarray(0, place(text, random)),
  (text, random) => text.slice(place(text, random)),
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + random.pick(STRANGE) + text.slice(at);
  },
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + text.slice(at + 1 + random.below(8));
  },
  // lines
  replaceOne(LINE, () => ''),
  replaceOne(LINE, (line) => line + line),
  (text, random) => {
    const lines = text.split('\n');
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    return lines.join('\n');
  },
  (text) => text.replaceAll('\n', '\r'),
];

const KEY = /"[^"\n]*"(?=\s*:)/g;
const VALUE = /(?<=:\s*)(?:"(?:[^"\\\n]|\\.)*"|-?\d[\d.]*|true|false|null|\[[^[\]]*\]|\{[^{}]*\})/g;

/** Of JSON, on top of those of any text. */
export const JSON_MUTATIONS: readonly Mutation[] = [
  ...TEXT_MUTATIONS,
  replaceOne(KEY, (key, random) => {
    const at = 1 + random.below(key.length - 1);
    return key.slice(0, at) + random.pick(['x', '_', ' ', ...STRANGE]) + key.slice(at);
  }),
  replaceOne(KEY, (key) => (key.length > 3 ? `${key.slice(0, 2)}${key.slice(3)}` : '""')),
  replaceOne(KEY, (key) => key.toUpperCase()),
  replaceOne(KEY, (_, random) =>
    random.pick(['"__proto__"', '"constructor"', '"rule"', '"columns"', '""', '"_brand"']),
  ),
  replaceOne(VALUE, (_, random) => random.pick(VALUES)),
  replaceOne(VALUE, (_, random) => random.pick(VALUES)),
  replaceOne(VALUE, (value, random) => `${value}${random.pick(STRANGE)}`),
  replaceOne(VALUE, (value, random) =>
    value.startsWith('"') ? `"${random.pick(STRANGE)}${value.slice(1)}` : `"${value}"`,
  ),
  // one value in the place of another
  (text, random) => {
    const values = [...text.matchAll(VALUE)];
    const other = values.length === 0 ? '0' : random.pick(values)[0];
    return replaceOne(VALUE, () => other)(text, random);
  },
];

/** Of .env, on top of those of any text. */
export const ENV_MUTATIONS: readonly Mutation[] = [
  ...TEXT_MUTATIONS,
  replaceOne(/^[A-Z_]+(?==)/gm, (key) => key.slice(1)),
  replaceOne(/^[A-Z_]+(?==)/gm, (key) => `export ${key.toLowerCase()}`),
  replaceOne(/(?<==).*/gm, (value, random) =>
    random.pick([...VALUES, '"', "'", '$HOME', '../..', '-1', '"a\nb"', `"${value}`]),
  ),
  replaceOne(/(?<==).*/gm, (value, random) => value + random.pick(STRANGE)),
];

/** Marks that decide how a delimited text is read. */
const MARKS: readonly string[] = [
  '"', '""', "'", ';', ',', '\t', '|', '\r\n', '\r', '\n', '\n\n\n', '\\', '\\"', '"\n', '\n"', '#', '\uFEFF', '\0', 'NULL', '\\N', 'é', '\u00a0', '\u200b', '=1+1', '1.234,56', '1e400', 'Ünïcödé', 'TOTAL;3', '---', 'x'.repeat(70_000), ';'.repeat(300),
]; // prettier-ignore

/** Of delimited texts, as latin1: byte for byte, whatever their encoding is. */
export const CSV_MUTATIONS: readonly Mutation[] = [
  ...TEXT_MUTATIONS.map((mutation): Mutation => (text, random) => {
    const damaged = mutation(text, random);
    return typeof damaged === 'string' ? Buffer.from(damaged, 'latin1') : damaged;
  }),
  ...[1, 1, 4].map((most): Mutation => (text, random) => {
    let damaged = text;
    for (let n = 0; n <= random.below(most); n += 1) {
      const at = place(damaged, random);
      damaged = damaged.slice(0, at) + random.pick(MARKS) + damaged.slice(at + random.below(3));
    }
    return Buffer.from(damaged, 'latin1');
  }),
  // another delimiter or quote, now and then
  (text, random) => {
    const [from, to] = [
      random.pick([';', ',', '\t', '|', '"']),
      random.pick([';', ',', '\t', '|', '"', "'"]),
    ];
    return Buffer.from(
      text.replaceAll(from, (mark) => (random.below(3) === 0 ? to : mark)),
      'latin1',
    );
  },
  // many times the same records
  (text, random) => Buffer.from(text.repeat(2 + random.below(40)), 'latin1'),
  // cells that hold other cells
  replaceOne(/(?<=[;,\t|])[^;,\t|\r\n]*(?=[;,\t|\r\n])/g, (cell, random) =>
    random.pick([
      `"${cell}`,
      `"${cell}"`,
      `"${cell}""`,
      `""${cell}""`,
      `"a\n${cell}"`,
      ' '.repeat(9),
      cell.repeat(9),
    ]),
  ),
];

/** Of bytes whose beginning and end say how the rest is read. */
export const BINARY_MUTATIONS: readonly ((bytes: Buffer, random: Seeded, other: Buffer) => Buffer)[] = [
  (bytes, random) => flipBits(bytes, random),
  (bytes, random) => flipBits(bytes, random, 40),
  // in the footer: its length, and what it lists
  ...[12, 64, 400].map((tail) => (bytes: Buffer, random: Seeded): Buffer => {
    const from = Math.max(0, bytes.length - tail);
    return Buffer.concat([bytes.subarray(0, from), flipBits(bytes.subarray(from), random)]);
  }),
  (bytes, random) => {
    const damaged = Buffer.from(bytes);
    if (damaged.length >= 8)
      damaged.writeUInt32LE(
        random.pick([0, 1, 0x7fffffff, 0xffffffff, bytes.length, bytes.length - 8, random.below(0xffffffff)]),
        damaged.length - 8,
      );
    return damaged;
  },
  // the first page header
  (bytes, random) =>
    Buffer.concat([bytes.subarray(0, 4), flipBits(bytes.subarray(4, 60), random), bytes.subarray(60)]),
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, random) => {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
  },
  (bytes, random) => {
    const [at, from] = [place(bytes, random), place(bytes, random)];
    return Buffer.concat([
      bytes.subarray(0, at),
      bytes.subarray(from, from + random.below(200)),
      bytes.subarray(at),
    ]);
  },
  (bytes, random) => {
    const damaged = Buffer.from(bytes);
    const at = place(bytes, random);
    return damaged.fill(random.pick([0, 0xff, 0x80]), at, Math.min(damaged.length, at + random.below(32)));
  },
  // the beginning of one, the end of another
  (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random))]),
];
