// Raw parts without a manifest: whose they are, and the proof that original and Parquet are of one file.
import { basename } from 'node:path';
import { type Connection, hashFile, quoteLiteral, quotePath, sameBytes, sizeOf } from '../base';
import { SOURCE_FILE_KEY } from '../csv';
import type { LandingFile, Manifest, UnlistedPart } from '../lake';
import { type DateKey, PipelineError, isCancelled } from '../model';
import type { StageContext } from './stage';

/** What is read again to be held against what lies there. */
interface ReadAgain {
  readonly output: string;
  readonly rejects: string;
  readonly rejected: number;
}

/** A part that can be proven, once its original was read again and `requireSame` found no difference. */
export interface Adoptable {
  /** Absolute path of the original. */
  readonly original: string;
  /** Its name in landing. */
  readonly name: string;
  /** @throws PipelineError UNKNOWN_FILE */
  requireSame(made: ReadAgain): Promise<void>;
}

/**
 * Looks at a part without a manifest. Undefined: a Parquet file whose landing file waits to be read again, as a crash
 * leaves it before its manifest.
 * @throws PipelineError UNKNOWN_FILE where it cannot be proven what the files are.
 */
export async function adoptable(
  context: StageContext,
  {
    date,
    unlisted,
    parts,
  }: { readonly date: DateKey; readonly unlisted: UnlistedPart; readonly parts: number },
  waiting: readonly LandingFile[],
): Promise<Adoptable | undefined> {
  const { lake, connection } = context;
  const { parquet, originals, archived } = unlisted;
  const [original, second] = originals;
  const shown = (path: string): string => lake.relative(path);
  if (unlisted.under !== undefined) {
    const path = originals[0] ?? archived[0] ?? parquet ?? '';
    throw new PipelineError(
      'UNKNOWN_FILE',
      `${shown(path)} has no manifest, and is in the folder of ${unlisted.under}, an earlier name of ${unlisted.brand}.`,
      `Give the brand its name ${unlisted.under} again in brand_configs.json, run: m7 repair, then rename the brand and run again.`,
      { where: { file: path } },
    );
  }
  if (original === undefined) {
    if (archived[0] !== undefined)
      throw unknown(archived[0], shown(archived[0]), 'its records are not in raw');
    if (waiting.length > 0) return undefined;
    const path = parquet ?? '';
    throw unknown(path, shown(path), 'the original file of it is missing');
  }
  if (second !== undefined) throw unknown(second, shown(second), `${basename(original)} is beside it`);
  if (parquet === undefined)
    throw unknown(original, shown(original), 'the Parquet file of the same records is missing');
  const name = await landingNameOf(context, { date, unlisted, parts });
  if (name === undefined)
    throw unknown(original, shown(original), 'nothing shows under which name it was delivered');
  const rejects = lake.rejectsFile('landing-to-raw', { ...unlisted, date });
  return {
    original,
    name,
    requireSame: async (made) => {
      const rows = await difference(connection, made.output, parquet);
      if (rows !== undefined)
        throw unknown(
          parquet,
          shown(parquet),
          rows === 'unreadable' ? UNREADABLE : `${basename(original)}, read again, gives other rows`,
        );
      if ((await sizeOf(rejects)) === undefined) return;
      const lines = made.rejected === 0 ? 'other' : await difference(connection, made.rejects, rejects);
      if (lines !== undefined)
        throw unknown(
          rejects,
          shown(rejects),
          lines === 'unreadable' ? UNREADABLE : `${shown(original)}, read again, gives other rejected lines`,
        );
    },
  };
}

const UNREADABLE = 'it is damaged and cannot be read';

function unknown(path: string, shown: string, because: string): PipelineError {
  return new PipelineError(
    'UNKNOWN_FILE',
    `${shown} has no manifest, and it cannot be proven what it is: ${because}.`,
    'Restore .state or the file from a backup. Or move the original to landing under the name it was delivered with, and every other file of that name out of raw and archive; then run again.',
    { where: { file: path } },
  );
}

/** Files of landing whose content an adopted part has already: they were delivered again after the state was lost. */
export async function repeatedOf(
  path: string,
  file: LandingFile,
  adopted: readonly Manifest[],
): Promise<string | undefined> {
  const alike = adopted.filter(({ source }) => source?.bytes === file.bytes);
  if (alike.length === 0) return undefined;
  const sha256 = await hashFile(path);
  return alike.find(({ source }) => source?.sha256 === sha256)?.source?.file;
}

/** The name of a part's file in landing, from the part itself, or from what was made of it. */
async function landingNameOf(
  { lake, connection, config }: StageContext,
  {
    date,
    unlisted,
    parts,
  }: { readonly date: DateKey; readonly unlisted: UnlistedPart; readonly parts: number },
): Promise<string | undefined> {
  const { parquet = '', brand, table, part } = unlisted;
  const ask = async (sql: string): Promise<readonly string[]> => {
    try {
      return (await connection.rows<{ name: string }>(sql)).map(({ name }) => name);
    } catch (error) {
      if (isCancelled(error) || !(error instanceof PipelineError)) throw error;
      return []; // Not there, or not readable.
    }
  };
  const [own] = await ask(
    `SELECT decode(value) AS name FROM parquet_kv_metadata(${quotePath(parquet)}) WHERE decode(key) = ${quoteLiteral(SOURCE_FILE_KEY)}`,
  );
  if (own !== undefined) return own;
  const namesIn = (path: string, where: string): Promise<readonly string[]> =>
    ask(
      `SELECT _source_file AS name FROM read_parquet(${quotePath(path)}, file_row_number = true) WHERE ${where} GROUP BY 1 ORDER BY min(file_row_number)`,
    );
  const rejected = await namesIn(lake.rejectsFile('landing-to-raw', { ...unlisted, date }), 'true');
  if (rejected.length === 1) return rejected[0];
  // A file for each part, in their order: else it is not known which is whose.
  const silver = await namesIn(lake.silverFile(date, brand, table), 'true');
  if (silver.length === parts) return silver[part - 1];
  const single = config.brands.length === 1 ? 'true' : `_brand = ${quoteLiteral(brand)}`;
  const gold = await namesIn(lake.goldFile(date, table), single);
  return gold.length === 1 && parts === 1 ? gold[0] : undefined;
}

/** Have the rows that were made again and those that are stored the same columns and values, in the same order? */
async function difference(
  connection: Connection,
  made: string,
  stored: string,
): Promise<'other' | 'unreadable' | undefined> {
  if (await sameBytes(made, stored)) return undefined;
  const [a, b] = [quotePath(made), quotePath(stored)];
  const columns = async (path: string): Promise<string> =>
    JSON.stringify(
      (
        await connection.rows<{ c: string; t: string }>(
          `SELECT column_name AS c, column_type AS t FROM (DESCRIBE FROM read_parquet(${path}))`,
        )
      ).map(({ c, t }) => [c, t]),
    );
  try {
    if ((await columns(a)) !== (await columns(b))) return 'other';
    const rows = (path: string): string => `FROM read_parquet(${path}, file_row_number = true)`;
    // Numbered rows are all different: as many on both sides, and none without its like.
    const [found] = await connection.rows<{ same: boolean }>(
      `SELECT (SELECT count(*) ${rows(a)}) = (SELECT count(*) ${rows(b)}) AND NOT EXISTS (SELECT * ${rows(a)} EXCEPT ALL SELECT * ${rows(b)}) AS same`,
    );
    return found?.same === true ? undefined : 'other';
  } catch (error) {
    if (error instanceof PipelineError && !isCancelled(error)) return 'unreadable';
    throw error;
  }
}
