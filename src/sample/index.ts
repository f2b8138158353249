// The door of the sample: a workspace with generated landing files, and the truth about what is in them.
import {
  PipelineError,
  cancelled,
  inWords,
  requireFresh,
  throwIfCancelled,
  translateSystemError,
  writeEnvironment,
  type DateKey,
  defined,
} from '../engine';
import { createWriteStream } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compressed, type Bytes } from './compress';
import { bytesOf, surroundingsOf, type FilePlan } from './lines';
import { marketOf, sizesOf } from './market';
import { BROKEN, LATE, MISSING, oddities, REPEATED, type Oddity } from './oddities';
import { compressionOf, fileName, headerOf, stylesOf, type Style } from './styles';
import { layoutOf, TABLE_NAMES, type TableName } from './tables';
import {
  TRUTH_FILE,
  emptyTally,
  rawRows,
  slotTruths,
  tableTruths,
  type FileTruth,
  type ReadFile,
  type SampleTruth,
  type Tally,
} from './truth';
import { dayOf, keyOf } from './values';
import { sampleEnvironment, workspaceFiles } from './workspace';

export type { FileTruth, SampleTruth } from './truth';

export interface SampleOptions {
  /** Absolute; created where it is not there. */
  readonly workspace: string;
  /** The last date. */
  readonly date: DateKey;
  /** Rows of the largest table (Playback) for each brand and date; the others follow in proportion. */
  readonly rows?: number;
  readonly seed?: number;
  /** Consecutive dates ending at `date`. */
  readonly days?: number;
  /** Plain UTF-8 files without a fault, with , ; | or tab: for measurements. */
  readonly clean?: boolean;
  /** One file is an error page named .csv, and fails the last date until it is replaced: for tests of just that. */
  readonly errorPage?: boolean;
  /** Replaces files of an earlier sample, config and .env included. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** After each file: how many of all are written. */
  readonly progress?: (written: number, files: number) => void;
}

/**
 * Writes config/, .env, .gitignore, data/landing/… and sample_truth.json. The same options give the same bytes.
 * @throws PipelineError USAGE for options out of bounds or where a file to write is there already; then
 *   nothing is written.
 */
export async function writeSample(options: SampleOptions): Promise<SampleTruth> {
  const sample = checked(options);
  const plans = planned(sample);
  const fixed = workspaceFiles();
  const repeated = plans.find((p) => p.date === sample.date && isSlot(REPEATED, p.style, p.table));
  const odd = sample.clean || repeated === undefined ? [] : oddities(sample, repeated.file);
  const paths = [
    ...fixed.map((f) => f.path),
    '.env',
    ...plans.map((p) => landing(p.file)),
    ...odd.map((o) => landing(o.file)),
    TRUTH_FILE,
  ];
  if (options.overwrite !== true) await requireFresh(options.workspace, paths);

  const put: Put = async (path, bytes, date) => {
    const file = join(options.workspace, path);
    const written = await write(file, bytes, options.signal);
    if (date !== undefined) await utimes(file, deliveryOf(date), deliveryOf(date));
    return written;
  };
  let written = 0;
  const done = (): void => options.progress?.(++written, paths.length);
  for (const file of fixed) {
    await put(file.path, once(file.text));
    done();
  }
  await writeEnvironment(options.workspace, sampleEnvironment(), options.overwrite);
  done();
  const files: FileTruth[] = [];
  const read: ReadFile[] = [];
  let bytes = 0;
  for (const plan of plans) {
    const one = await writeTable(plan, put);
    bytes += one.bytes;
    files.push(one.truth);
    read.push(one.read);
    done();
  }
  for (const oddity of odd) {
    const { content } = oddity;
    bytes += await put(
      landing(oddity.file),
      content.kind === 'text' ? once(content.text) : contentOf(repeated, emptyTally()),
      sample.date,
    );
    files.push(oddityTruth(oddity));
    done();
  }
  const truth: SampleTruth = {
    version: 1,
    seed: sample.seed,
    rows: sample.rows,
    dates: sample.dates,
    files,
    slots: slotTruths(read),
    tables: tableTruths(read, sample.dates),
    planted: read.flatMap(({ tally, ...slot }) =>
      [...tally.places.values()].map(({ plant, rows, sourceRows }) => ({
        ...slot,
        plant: plant.name,
        effect: plant.effect.kind,
        rows,
        source_rows: sourceRows,
      })),
    ),
    missing: sample.clean ? [] : [{ date: sample.date, ...MISSING }],
    bytes,
  };
  await put(TRUTH_FILE, once(`${JSON.stringify(truth, undefined, 1)}\n`));
  done();
  return truth;
}

// ---- what to write -------------------------------------------------------------------------------

interface Sample {
  readonly date: DateKey;
  readonly dates: readonly DateKey[];
  readonly rows: number;
  readonly seed: number;
  readonly clean: boolean;
  readonly errorPage: boolean;
}

const MOST_DAYS = 400;

function checked(options: SampleOptions): Sample {
  const { date, rows = 1000, seed = 7, days = 1, clean = false, errorPage = false } = options;
  const wrong = (message: string, remedy: string): PipelineError =>
    new PipelineError('USAGE', message, remedy);
  if (!/^\d{8}$/.test(date) || keyOf(dayOf(date)) !== date || date < '19850101')
    throw wrong(`"${date}" is not a valid date.`, 'Write it as YYYYMMDD, from 1985 on.');
  if (!Number.isSafeInteger(rows) || rows < 1 || rows > 100_000_000)
    throw wrong(`${rows} is not a valid number of rows.`, 'Give a whole number from 1 to 100,000,000.');
  if (!Number.isSafeInteger(days) || days < 1 || days > MOST_DAYS)
    throw wrong(`${days} is not a valid number of days.`, `Give a whole number from 1 to ${MOST_DAYS}.`);
  if (!Number.isSafeInteger(seed))
    throw wrong(`The seed ${seed} is no whole number.`, 'Write a whole number.');
  const last = dayOf(date);
  return {
    date,
    dates: Array.from({ length: days }, (_, i) => keyOf(last - days + 1 + i)),
    rows,
    seed,
    clean,
    errorPage,
  };
}

interface PlannedFile extends FilePlan {
  /** Relative to landing. */
  readonly file: string;
  readonly date: DateKey;
}

const isSlot = (slot: { brand: string; table: string }, style: Style, table: TableName): boolean =>
  slot.brand === style.brand && slot.table === table;

function planned(sample: Sample): readonly PlannedFile[] {
  const styles = stylesOf(sample.clean);
  const sizes = sizesOf(sample.rows);
  return sample.dates.flatMap((date) => {
    const odd = !sample.clean && date === sample.date;
    return styles.flatMap((style, brand) =>
      TABLE_NAMES.flatMap((table): PlannedFile[] => {
        if (odd && (isSlot(MISSING, style, table) || (sample.errorPage && isSlot(BROKEN, style, table))))
          return [];
        const rows = sizes[table];
        const one: PlannedFile = {
          file: fileName(style, table, date),
          date,
          table,
          style,
          market: () => marketOf(style, table, date, { sizes, seed: sample.seed, lastDate: sample.date }),
          from: 0,
          to: rows,
          plants: sample.clean ? undefined : { brand, brands: styles.length },
        };
        const split = Math.floor(rows * 0.95);
        if (!odd || !isSlot(LATE, style, table) || split === 0 || split === rows) return [one];
        const late: PlannedFile = {
          ...one,
          file: `${LATE.fileStart}${date}.csv`,
          style: { ...style, compressed: {} },
          from: split,
          plants: undefined,
        };
        return [{ ...one, to: split }, late];
      }),
    );
  });
}

const landing = (file: string): string => `data/landing/${file}`;

// ---- writing -------------------------------------------------------------------------------------

/** Writes to a path relative to the workspace and gives the bytes written. */
/** Writes a file; one of a date gets the time at which that date is delivered. */
type Put = (path: string, bytes: Bytes, date?: DateKey) => Promise<number>;

/** The morning after, and an hour ago at the latest: nobody waits for such a file to be complete. */
function deliveryOf(date: DateKey): Date {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number);
  return new Date(Math.min(Date.UTC(year ?? 0, (month ?? 1) - 1, (day ?? 1) + 1, 4), Date.now() - 3_600_000));
}

function contentOf(plan: PlannedFile | undefined, tally: Tally): Bytes {
  if (plan === undefined) throw new Error('The sample has no such file.');
  return compressed(bytesOf(plan, tally), compressionOf(plan.style, plan.table), entryName(plan.file));
}

async function writeTable(
  plan: PlannedFile,
  put: Put,
): Promise<{ readonly truth: FileTruth; readonly read: ReadFile; readonly bytes: number }> {
  const { table, style, date, file } = plan;
  const tally = emptyTally();
  const compression = compressionOf(style, table);
  const bytes = await put(landing(file), contentOf(plan, tally), date);
  const truth: FileTruth = {
    file,
    date,
    brand: style.brand,
    table,
    fate: 'read',
    style: {
      encoding: style.encoding,
      bom: style.bom,
      delimiter: style.delimiter,
      newline: style.newline,
      quoting: style.quoting,
      escape: style.escape,
      compression,
      columns: headerOf(style, table, layoutOf(table).columns),
    },
    records: tally.records,
    ...surroundingsOf(plan),
    too_few_fields: tally.tooFew,
    too_many_fields: tally.tooMany,
    raw: rawRows(tally),
  };
  return { truth, read: { date, brand: style.brand, table, file, tally }, bytes };
}

/** The name of the only entry of a zip: the file's own without ".zip". */
const entryName = (file: string): string => file.slice(file.lastIndexOf('/') + 1).replace(/\.zip$/, '');

function oddityTruth(oddity: Oddity): FileTruth {
  return {
    file: oddity.file,
    date: oddity.date,
    brand: oddity.brand,
    table: oddity.table,
    fate: oddity.fate,
    reason: oddity.reason,
    records: 0,
    header: 0,
    preamble: 0,
    blank: 0,
    footer: 0,
    too_few_fields: 0,
    too_many_fields: 0,
    raw: 0,
  };
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text, 'utf8'));
}

/** Streams to a file, whose folder is made, and gives the bytes written. */
async function write(path: string, bytes: Bytes, signal: AbortSignal | undefined): Promise<number> {
  throwIfCancelled(signal);
  await inWords(dirname(path), () => mkdir(dirname(path), { recursive: true }));
  const out = createWriteStream(path, { highWaterMark: 1 << 20 });
  try {
    await pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: 1 << 20 }), out, {
      ...defined({ signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw cancelled();
    throw translateSystemError(path, error);
  }
  return out.bytesWritten;
}
