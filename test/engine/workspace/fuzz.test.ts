// Thousands of damaged config and .env files, the same ones each time: all end in success or in a place to look at.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILES, loadConfig, type ConfigFile } from '../../../src/engine/workspace/config';
import { PipelineError } from '../../../src/engine/model/errors';
import { loadSettings, SETTINGS } from '../../../src/engine/workspace/settings';
import { SMALL_CONFIG, smallWorkspace, type SmallWorkspace } from '../../support/smallConfig';

/** Numbers in [0, 1), the same for the same seed (mulberry32, public domain). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Mutation = (text: string, random: () => number) => string | Buffer;

const STRANGE = [
  '\0', '\u2028', '\uFEFF', '𝕏', 'ﬀ', '\u202e', '\r', '\n\n', '\t', '{', '}', '[', ']', '"', '\\', '\\u0000', '\\ud800', ',', ':', '//', '/*', '#', '=', "'", '`', '%', '__proto__', 'é', '-0', '..', '/', '*',
]; // prettier-ignore
const VALUES = [
  'null', 'true', 'false', '0', '-1', '1e308', '1e999', '-1e999', '12345678901234567890123', '0.1', '""', '" "', '"x"', '"../.."', '"\\u0000"', '"💥"', '[]', '{}', '[[]]', '[null]', '[1, "a", {}]', '{"a": {"b": []}}', '{"__proto__": null}', '"DROP TABLE"', `"${'long'.repeat(5_000)}"`, '['.repeat(5_000), '{"a":'.repeat(5_000), `${'['.repeat(100)}${']'.repeat(100)}`,
]; // prettier-ignore

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;
const place = (text: string, random: () => number): number => Math.floor(random() * (text.length + 1));

/** Replaces one match of a pattern, drawn at random. */
function replaceOne(pattern: RegExp, by: (match: string, random: () => number) => string): Mutation {
  return (text, random) => {
    const matches = [...text.matchAll(pattern)];
    if (matches.length === 0) return text;
    const match = pick(matches, random);
    return text.slice(0, match.index) + by(match[0], random) + text.slice(match.index + match[0].length);
  };
}

const KEY = /"[^"\n]*"(?=\s*:)/g;
const VALUE = /(?<=:\s*)(?:"(?:[^"\\\n]|\\.)*"|-?\d[\d.]*|true|false|null|\[[^[\]]*\]|\{[^{}]*\})/g;
const LINE = /^.*\n?/gm;

const TEXT_MUTATIONS: readonly Mutation[] = [
  // bytes
  (text, random) => {
    const bytes = Buffer.from(text);
    for (let n = 0; n < 1 + random() * 3; n++)
      bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
    return bytes;
  },
  (text, random) => Buffer.from(text).subarray(0, place(text, random)),
  (text, random) => text.slice(place(text, random)),
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + pick(STRANGE, random) + text.slice(at);
  },
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 8));
  },
  // lines
  replaceOne(LINE, () => ''),
  replaceOne(LINE, (line) => line + line),
  (text, random) => {
    const lines = text.split('\n');
    const [a, b] = [Math.floor(random() * lines.length), Math.floor(random() * lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    return lines.join('\n');
  },
  (text) => text.replaceAll('\n', '\r'),
];

const JSON_MUTATIONS: readonly Mutation[] = [
  ...TEXT_MUTATIONS,
  replaceOne(KEY, (key, random) => {
    const at = 1 + Math.floor(random() * (key.length - 1));
    return key.slice(0, at) + pick(['x', '_', ' ', ...STRANGE], random) + key.slice(at);
  }),
  replaceOne(KEY, (key) => (key.length > 3 ? `${key.slice(0, 2)}${key.slice(3)}` : '""')),
  replaceOne(KEY, (key) => key.toUpperCase()),
  replaceOne(KEY, (_, random) =>
    pick(['"__proto__"', '"constructor"', '"rule"', '"columns"', '""', '"_brand"'], random),
  ),
  replaceOne(VALUE, (_, random) => pick(VALUES, random)),
  replaceOne(VALUE, (_, random) => pick(VALUES, random)),
  replaceOne(VALUE, (value, random) => `${value}${pick(STRANGE, random)}`),
  replaceOne(VALUE, (value, random) =>
    value.startsWith('"') ? `"${pick(STRANGE, random)}${value.slice(1)}` : `"${value}"`,
  ),
  // one value in the place of another
  (text, random) => {
    const values = [...text.matchAll(VALUE)];
    const other = values.length === 0 ? '0' : pick(values, random)[0];
    return replaceOne(VALUE, () => other)(text, random);
  },
];

const ENV = `${SETTINGS.map(({ name, default: value }) => `${name}=${value}`).join('\n')}
# comment
export SNOWFLAKE_USER_X="quoted"
`.replace(/^export.*\n/m, '');

const ENV_MUTATIONS: readonly Mutation[] = [
  ...TEXT_MUTATIONS,
  replaceOne(/^[A-Z_]+(?==)/gm, (key) => key.slice(1)),
  replaceOne(/^[A-Z_]+(?==)/gm, (key) => `export ${key.toLowerCase()}`),
  replaceOne(/(?<==).*/gm, (value, random) =>
    pick([...VALUES, '"', "'", '$HOME', '../..', '-1', '"a\nb"', `"${value}`], random),
  ),
  replaceOne(/(?<==).*/gm, (value, random) => value + pick(STRANGE, random)),
];

describe('fuzz', () => {
  let workspace: SmallWorkspace;
  beforeEach(async () => {
    workspace = await smallWorkspace();
    await workspace.write();
  });
  afterEach(() => workspace.remove());

  /** Loads; anything but success or an error with a line of a file there is fails. */
  async function loads(story: string, what: 'all' | 'settings' = 'all'): Promise<boolean> {
    try {
      const settings = await loadSettings({ workspace: workspace.folder, environment: { SETTLE: '0' } });
      if (what === 'all') await loadConfig(settings);
      return true;
    } catch (error) {
      assert.ok(
        error instanceof PipelineError,
        `${story}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      assert.ok(
        ['CONFIG_INVALID', 'CONFIG_MISSING', 'SETTINGS_INVALID'].includes(error.code),
        `${story}: ${error.code}`,
      );
      assert.ok(error.message !== '' && error.remedy !== '', story);
      assert.ok(
        error.message.length < 2_000 && error.remedy.length < 5_000,
        `${story}: a message without end`,
      );
      if (error.code === 'CONFIG_MISSING') return false;
      const { file, line } = error.where ?? assert.fail(`${story}: ${error.message} has no place`);
      const text = await readFile(file, 'utf8');
      assert.ok(line !== undefined && line >= 1, `${story}: no line`);
      assert.ok(line <= text.split(/\r\n|\n|\r/).length, `${story}: line ${line} of ${file} is past its end`);
      return false;
    }
  }

  async function fuzzConfig(
    texts: Readonly<Record<ConfigFile, string>>,
    rounds: number,
    seed: number,
  ): Promise<void> {
    const random = randomOf(seed);
    let accepted = 0;
    for (let round = 0; round < rounds; round++) {
      const name = pick(CONFIG_FILES, random);
      const mutation = pick(JSON_MUTATIONS, random);
      const mutated = mutation(texts[name], random);
      const path = join(workspace.folder, 'config', name);
      await writeFile(path, mutated);
      const story = `seed ${seed}, round ${round}, ${name}, mutation ${JSON_MUTATIONS.indexOf(mutation)}`;
      if (await loads(story)) accepted++;
      await writeFile(path, texts[name]);
    }
    // Were all refused, or all taken, the test would look at nothing.
    assert.ok(accepted > rounds * 0.02 && accepted < rounds * 0.7, `${accepted} of ${rounds} were accepted`);
  }

  it('small config: 1,200 mutations', () => fuzzConfig(SMALL_CONFIG, 1_200, 1));

  it('sample config: 200 mutations', async () => {
    const folder = join(__dirname, '../../../config');
    const texts = { ...SMALL_CONFIG };
    for (const name of CONFIG_FILES) texts[name] = await readFile(join(folder, name), 'utf8');
    await workspace.write(texts);
    await writeFile(join(workspace.folder, '.env'), '');
    await fuzzConfig(texts, 200, 2);
  });

  it('.env: 1,000 mutations', async () => {
    const random = randomOf(3);
    const plain = ENV.replace(/^EXPECTED_TABLES=.*/m, 'EXPECTED_TABLES=User,Playback');
    await writeFile(join(workspace.folder, '.env'), plain);
    assert.ok(await loads('unchanged'));
    for (let round = 0; round < 1_000; round++) {
      const mutation = pick(ENV_MUTATIONS, random);
      const mutated = mutation(plain, random);
      await writeFile(join(workspace.folder, '.env'), mutated);
      // The config is only held against one of the settings: now and then is enough.
      await loads(
        `round ${round}, mutation ${ENV_MUTATIONS.indexOf(mutation)}`,
        round % 10 === 0 ? 'all' : 'settings',
      );
    }
  });
});
