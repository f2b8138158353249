// Values of a missing column and of an unknown header, as far as they are needed to say how alike they are.
import { type Connection, quoteIdentifier, quotePath } from '../../base';
import { isCancelled } from '../../model';
import { valueLikeness } from './likeness';
import type { WeighedPair } from './renames';
import type { Pair, ValuesPlace } from './slotDrift';

/** Rows at the beginning of each file that are looked at. */
const SAMPLED = 1_000;

/** Where the values of pairs are looked up. */
export interface ValueSource {
  readonly connection: Connection;
  /** Absolute path of a file of the data folder. */
  readonly absolute: (path: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** The pairs with how alike their values are. Files that are gone or damaged leave it open: the names still speak. */
export async function weigh(source: ValueSource, pairs: readonly Pair[]): Promise<readonly WeighedPair[]> {
  const read = new Map<string, Promise<readonly string[]>>();
  const valuesAt = (place: ValuesPlace): Promise<readonly string[]> => {
    const name = JSON.stringify([place.path, place.header]);
    const values = read.get(name) ?? sample(source, place);
    read.set(name, values);
    return values;
  };
  const weighed: WeighedPair[] = [];
  for (const pair of pairs) {
    const likeness =
      pair.values === undefined
        ? undefined
        : valueLikeness(await valuesAt(pair.values.earlier), await valuesAt(pair.values.now));
    weighed.push(likeness === undefined ? pair : { ...pair, likeness });
  }
  return weighed;
}

async function sample(
  { connection, absolute, signal }: ValueSource,
  { path, header }: ValuesPlace,
): Promise<readonly string[]> {
  const column = quoteIdentifier(header);
  try {
    const rows = await connection.rows<{ value: string }>(
      `SELECT value FROM (
  SELECT ${column} AS value FROM read_parquet(${quotePath(absolute(path))}) LIMIT ${SAMPLED}
) WHERE value IS NOT NULL`,
      signal === undefined ? {} : { signal },
    );
    return rows.map((row) => row.value);
  } catch (error) {
    if (isCancelled(error)) throw error;
    return [];
  }
}
