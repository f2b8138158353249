// Temporary tables of failing rows: one bit per rule, so that any number of rules is one narrow table.
import { type Connection, quoteIdentifier } from '../base';
import { isRuleError } from './ruleFailure';

/** DuckDB's BIGINT has 63 bits to use. */
const BITS = 60;

/** A rule's place among the bits. */
export interface Slot {
  readonly word: number;
  readonly bit: bigint;
}

export function slotOf(index: number): Slot {
  return { word: Math.floor(index / BITS), bit: 1n << BigInt(index % BITS) };
}

/** Number of words for a number of rules. */
export function wordCount(rules: number): number {
  return Math.max(1, Math.ceil(rules / BITS));
}

/** SQL: does the row break the rule of this slot? */
export function breaksSlot({ word, bit }: Slot): string {
  return `w${word} & ${bit} <> 0`;
}

/** SQL: does the row break at least one of these rules? */
export function breaksAny(indexes: readonly number[]): string {
  const words = new Map<number, bigint>();
  for (const { word, bit } of indexes.map(slotOf)) words.set(word, (words.get(word) ?? 0n) | bit);
  if (words.size === 0) return 'false';
  return [...words].map(([word, bits]) => `w${word} & ${bits} <> 0`).join(' OR ');
}

/** A condition on a row of a source, true where it breaks the rule of `index`. */
export interface Condition {
  readonly index: number;
  readonly sql: string;
  /** Conditions of the same name share a scan; without one a condition has its own. */
  readonly scan?: string;
}

/**
 * The condition of a rule with its filter. CASE, where AND does not do: the filter must keep an owner's
 * expression (`raises`) from values it cannot stand, in whatever order the optimizer likes to look.
 */
export function filtered(filter: string | undefined, breaks: string, raises: boolean): string {
  if (filter === undefined) return `(${breaks})`;
  // The line break ends a trailing comment of the fragment.
  return raises ? `CASE WHEN (${filter}\n) THEN (${breaks}) ELSE false END` : `(${filter}\n) AND (${breaks})`;
}

/** The select list of the words from one SQL boolean per rule. */
function wordList(conditions: readonly Condition[], words: number): string {
  return Array.from({ length: words }, (_, word) => {
    const bits = conditions
      .map(({ index, sql }) => ({ slot: slotOf(index), sql }))
      .filter(({ slot }) => slot.word === word)
      .map(({ slot, sql }) =>
        sql === 'true' ? String(slot.bit) : `CASE WHEN ${sql} THEN ${slot.bit} ELSE 0 END`,
      );
    return `CAST(${bits.length === 0 ? '0' : bits.join('\n    | ')} AS BIGINT) AS w${word}`;
  }).join(',\n  ');
}

/**
 * One pass over a source: the rows that meet any of the conditions, with a bit for each they meet.
 * @param told The conditions as the found rows are asked for their bits.
 */
export function brokenSelect(
  source: string,
  conditions: readonly Condition[],
  words: number,
  told = conditions,
): string {
  return [
    'SELECT _row,',
    `  ${wordList(told, words)}`,
    `FROM ${source}`,
    `WHERE ${conditions.map(({ sql }) => sql).join('\n  OR ')}`,
  ].join('\n');
}

/**
 * A scan per condition, in one statement: a filter of its own reaches into the Parquet scan, where statistics
 * skip row groups and dictionaries stand for their rows. One wide pass measured no cheaper where all is well
 * and several times dearer where rules are of the simple kinds. Conditions that must read a column anyway share
 * that reading.
 */
export function scansSelect(source: string, conditions: readonly Condition[], words: number): string {
  const shared = new Map<string, Condition[]>();
  for (const condition of conditions) {
    const name = condition.scan ?? `#${condition.index}`;
    shared.set(name, [...(shared.get(name) ?? []), condition]);
  }
  const scans = [...shared.values()].map((group) => {
    const [only] = group;
    // Alone, its WHERE has said it already.
    const told = group.length === 1 && only !== undefined ? [{ ...only, sql: 'true' }] : group;
    return brokenSelect(source, group, words, told);
  });
  // One scan meets each row once already.
  return scans.length === 1 ? (scans[0] ?? '') : grouped(scans.join('\nUNION ALL\n'), words);
}

/** Each row once, with the bits of all its lines. */
function grouped(lines: string, words: number): string {
  const merged = Array.from({ length: words }, (_, word) => `bit_or(w${word}) AS w${word}`).join(', ');
  return `SELECT _row, ${merged}\nFROM (\n${lines}\n)\nGROUP BY _row`;
}

/** The rows of a query of `_row`, all with the bit of one rule. */
export function listSelect(query: string, index: number, words: number): string {
  return [
    `SELECT DISTINCT _row,`,
    `  ${wordList([{ index, sql: 'true' }], words)}`,
    `FROM (${query}\n)`,
  ].join('\n');
}

/** Several tables of broken rows as one. */
export function mergedSelect(tables: readonly string[], words: number): string {
  return grouped(tables.map((name) => `SELECT * FROM ${quoteIdentifier(name)}`).join('\nUNION ALL\n'), words);
}

/** The rows to reject, each once, with the ids of all rules of `ids` it breaks, in their order. */
export function rejectsSelect(broken: string, ids: readonly { index: number; id: string }[]): string {
  const list = ids
    .map(({ index, id }) => `CASE WHEN ${breaksSlot(slotOf(index))} THEN '${id.replaceAll("'", "''")}' END`)
    .join(',\n    ');
  return [
    'SELECT _row, list_filter([',
    `    ${list}`,
    '  ], lambda id: id IS NOT NULL) AS rules',
    `FROM ${quoteIdentifier(broken)}`,
    `WHERE ${breaksAny(ids.map(({ index }) => index))}`,
    'ORDER BY _row',
  ].join('\n');
}

/** Temporary tables of one evaluation, dropped together. */
export interface Scratch {
  /** Creates a temporary table from a query and gives its name. */
  readonly create: (query: string) => Promise<string>;
  readonly drop: () => Promise<void>;
}

/** @param prefix Starts the names; unique within the connection. */
export function scratch(connection: Connection, prefix: string, signal: AbortSignal | undefined): Scratch {
  const names: string[] = [];
  return {
    create: async (query) => {
      const name = `${prefix}_${names.length + 1}`;
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteIdentifier(name)} AS\n${query}`, { signal });
      names.push(name);
      return name;
    },
    // Without the signal: cancelled work is tidied too.
    drop: async () => {
      for (const name of names) await connection.run(`DROP TABLE IF EXISTS temp.${quoteIdentifier(name)}`);
    },
  };
}

/**
 * Runs `build` over all items at once; where that fails, over ever smaller halves, so that one failing item
 * costs only itself.
 */
export async function isolating<T>(
  items: readonly T[],
  build: (items: readonly T[]) => Promise<void>,
  failed: (item: T, error: Error) => void,
): Promise<void> {
  const [first] = items;
  if (first === undefined) return;
  try {
    await build(items);
  } catch (error) {
    if (!isRuleError(error)) throw error;
    if (items.length === 1) {
      failed(first, error);
      return;
    }
    const half = Math.ceil(items.length / 2);
    await isolating(items.slice(0, half), build, failed);
    await isolating(items.slice(half), build, failed);
  }
}
