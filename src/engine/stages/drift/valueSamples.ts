// Values of a missing column and of an unknown header, as far as they are needed to say how alike they are.
import { type Connection, quoteIdentifier, quotePath } from '../../base';
import { isCancelled } from '../../model';
import { valueLikeness } from './likeness';
import type { WeighedPair } from './renames';
import type { Pair, ValuesPlace } from './slotDrift';

/** Rows at the beginning of each file that are looked at. */
const SAMPLED = 500;

/** Where the values of pairs are looked up. */
export interface ValueSource {
  readonly connection: Connection;
  /** Absolute path of a file of the data folder. */
  readonly absolute: (path: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** The pairs with how alike their values are. Files that are gone or damaged leave it open: the names still speak. */
export async function weigh(source: ValueSource, pairs: readonly Pair[]): Promise<readonly WeighedPair[]> {
  const wanted = new Map<string, Set<string>>();
  for (const { path, header } of pairs.flatMap(({ values }) =>
    values === undefined ? [] : [values.earlier, values.now],
  ))
    wanted.set(path, (wanted.get(path) ?? new Set<string>()).add(header));
  // Each file is opened once: that costs more than its values.
  const read = new Map<string, HeaderValues>();
  for (const [path, headers] of wanted) read.set(path, await sample(source, path, [...headers]));
  const valuesAt = ({ path, header }: ValuesPlace): readonly string[] => read.get(path)?.get(header) ?? [];
  return pairs.map((pair): WeighedPair => {
    if (pair.values === undefined) return pair;
    const likeness = valueLikeness(valuesAt(pair.values.earlier), valuesAt(pair.values.now));
    return likeness === undefined ? pair : { ...pair, likeness };
  });
}

/** Filled values by header. */
type HeaderValues = ReadonlyMap<string, readonly string[]>;

async function sample(
  { connection, absolute, signal }: ValueSource,
  path: string,
  headers: readonly string[],
): Promise<HeaderValues> {
  const columns = headers.map((header, i) => `${quoteIdentifier(header)} AS c${i}`);
  try {
    const rows = await connection.rows<Record<string, string | null>>(
      `SELECT ${columns.join(', ')} FROM read_parquet(${quotePath(absolute(path))}, file_row_number = true) WHERE file_row_number < ${SAMPLED}`,
      signal === undefined ? {} : { signal },
    );
    return new Map(headers.map((header, i) => [header, rows.flatMap((row) => row[`c${i}`] ?? [])]));
  } catch (error) {
    if (isCancelled(error)) throw error;
    return new Map();
  }
}
