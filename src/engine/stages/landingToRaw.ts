// A slot's files from the drop zone into raw: decide how to read them, convert, publish, move the original.
import { join } from 'node:path';
import { convertCsv, decideFormat } from '../csv';
import { durable, hashFile, moveFile, sizeOf } from '../base';
import { type DateKey, type Edge, PipelineError, type StepCounts, type Table } from '../model';
import { rawKey } from './outputKeys';
import { type LandingFile, type Manifest, extensionOf, keepFileOut, unchanged } from '../lake';
import type { StageContext } from './stage';

export interface RawInput {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: Table;
  /** Files waiting in landing, in order; those that repeat known content are marked. */
  readonly files: readonly LandingFile[];
  /** The slot's raw parts so far, ascending. */
  readonly parts: readonly Manifest[];
  /** Reads known parts again even where they are whole and their key is the same. */
  readonly force: boolean;
}

/** One reading of one file. */
interface Reading {
  /** Absolute path of the bytes to read. */
  readonly path: string;
  /** Landing name, kept as `_source_file`. */
  readonly name: string;
  readonly part: number;
  /** Absolute path the original shall have; equal to `path` when it is there already. */
  readonly original: string;
  /** The landing file, where it still lies there: checked again after reading. */
  readonly landing: LandingFile | undefined;
}

/**
 * Takes all waiting files of a slot in, one part each, and reads known parts again where their Parquet is
 * damaged or the column names changed. A file that cannot be read is kept out whole; the others go on.
 */
export async function landingToRaw(context: StageContext, input: RawInput): Promise<StepCounts> {
  const { lake, settings } = context;
  const totals = { rowsIn: 0, rowsOut: 0, rowsRejected: 0, duplicates: 0 };
  const parts = new Map(input.parts.map((m) => [m.part ?? 1, m]));
  const files: LandingFile[] = [];
  for (const file of input.files) {
    if (file.duplicateOf !== undefined) {
      const reason = `its bytes are those of ${file.duplicateOf}`;
      context.log('warning', `${file.path} was not taken in: ${reason}.`);
      await keepFileOut(context, {
        ...input,
        path: join(settings.landingDir, file.path),
        name: file.path,
        code: 'DUPLICATE_CONTENT',
        reason,
      });
    } else if (!(await finishMove(context, file, [...parts.values()]))) files.push(file);
  }

  const readings: Reading[] = [];
  for (const [part, manifest] of parts) {
    const source = manifest.source;
    if (source === undefined) continue;
    const stale =
      input.force ||
      !lake.intact(manifest) ||
      manifest.key !== rawKey(source.sha256, context.config, input.table);
    if (!stale) continue;
    const path = lake.absolute(source.original);
    if ((await sizeOf(path)) === undefined) {
      // A file of the same name waits: the move was cut short and its content has changed since.
      if (files.some((f) => f.path === source.file)) continue;
      throw new PipelineError(
        'NOT_FOUND',
        `The original of ${source.file}, ${source.original}, is gone.`,
        'Put it back, or deliver the file again.',
        { where: { file: path } },
      );
    }
    readings.push({ path, name: source.file, part, original: path, landing: undefined });
  }
  const fresh: LandingFile[] = [];
  const waiting = (file: LandingFile, part: number): Reading => ({
    path: join(settings.landingDir, file.path),
    name: file.path,
    part,
    original: lake.rawFile(input.date, input.brand, input.table.name, part, extensionOf(file.path)),
    landing: file,
  });
  for (const file of files) {
    const begun = [...parts.values()].find(
      (m) => m.source?.file === file.path && m.source.original !== '' && !originalThere(context, m),
    );
    if (begun === undefined) fresh.push(file);
    else readings.push(waiting(file, begun.part ?? 1));
  }

  const take = async (reading: Reading): Promise<boolean> => {
    const done = await takeIn(context, input, reading);
    if (done === undefined) return false;
    totals.rowsIn += done.rowsIn;
    totals.rowsOut += done.rowsOut;
    totals.rowsRejected += done.rowsRejected;
    return true;
  };
  for (const reading of readings.sort((a, b) => a.part - b.part)) await take(reading);
  // Parts are counted without a gap: a file that is kept out leaves its number to the next.
  let next = Math.max(0, ...parts.keys()) + 1;
  for (const file of fresh) if (await take(waiting(file, next))) next += 1;
  return totals;
}

const originalThere = (context: StageContext, manifest: Manifest): boolean =>
  manifest.source !== undefined && context.lake.exists(manifest.source.original);

/** A crash between manifest and move leaves the original in landing: the move is finished, nothing is read twice. */
async function finishMove(
  context: StageContext,
  file: LandingFile,
  parts: readonly Manifest[],
): Promise<boolean> {
  const begun = parts.find(
    (m) => m.source?.file === file.path && m.source.bytes === file.bytes && !originalThere(context, m),
  );
  if (begun?.source === undefined || !context.lake.intact(begun)) return false;
  const path = join(context.settings.landingDir, file.path);
  if ((await hashFile(path, context.signal)) !== begun.source.sha256) return false;
  await moveFile(path, context.lake.absolute(begun.source.original));
  durable('original.moved');
  return true;
}

/** Undefined: it was not taken in; it was kept out whole, or waits for the next run. */
async function takeIn(
  context: StageContext,
  input: RawInput,
  reading: Reading,
): Promise<StepCounts | undefined> {
  const { lake, signal, temporary, connection } = context;
  const keepOut = async (code: string, reason: string): Promise<undefined> => {
    if (reading.landing === undefined)
      throw new PipelineError(
        'NOT_CSV',
        `${reading.name} can no longer be read: ${reason}`,
        'See whether the names in table_schemas.json are right.',
        { where: { file: reading.path } },
      );
    if (await stillWritten(context, reading)) return undefined;
    context.log('warning', `${reading.name} was kept out (${code}): ${reason}`);
    await keepFileOut(context, {
      date: input.date,
      brand: input.brand,
      table: input.table,
      path: reading.path,
      name: reading.name,
      code,
      reason,
    });
    return undefined;
  };
  const knownColumns = input.table.columns
    .filter((c) => c.derived === undefined)
    .map((c) => [c.name, ...c.source]);
  const decided = await decideFormat(reading.path, { knownColumns, signal, temporary });
  if (decided.kind === 'rejected') return keepOut(decided.code, decided.reason);
  if (decided.kind === 'empty') return keepOut('EMPTY_FILE', 'the file holds no records and no header');

  const output = join(temporary, `part${reading.part}.parquet`);
  const rejects = join(temporary, `part${reading.part}.rejects.parquet`);
  const converted = await convertCsv({
    file: reading.path,
    format: decided.format,
    connection,
    output,
    rejects,
    temporary,
    brand: input.brand,
    sourceFile: reading.name,
    signal,
    progress: context.progress,
  });
  if (converted.kind === 'rejected') return keepOut(converted.code, converted.reason);
  if (await stillWritten(context, reading)) return undefined;
  await publishPart(context, input, reading, converted, output, rejects);
  if (reading.path !== reading.original) {
    await moveFile(reading.path, reading.original);
    durable('original.moved');
  }
  context.log(
    'debug',
    `${reading.name}: ${converted.rows} rows, ${converted.rejected} rejected, ${lake.relative(reading.original)}`,
  );
  return {
    rowsIn: converted.rows + converted.rejected,
    rowsOut: converted.rows,
    rowsRejected: converted.rejected,
    duplicates: 0,
  };
}

/** What moved while it was read is not judged: it waits for the next run. */
async function stillWritten(context: StageContext, reading: Reading): Promise<boolean> {
  if (reading.landing === undefined || (await unchanged(context.settings, reading.landing))) return false;
  context.log('warning', `${reading.name} is still being written: it waits for the next run.`);
  return true;
}

type Converted = Extract<Awaited<ReturnType<typeof convertCsv>>, { kind: 'converted' }>;

async function publishPart(
  context: StageContext,
  input: RawInput,
  reading: Reading,
  converted: Converted,
  output: string,
  rejects: string,
): Promise<void> {
  const { lake } = context;
  const final = lake.rawFile(input.date, input.brand, input.table.name, reading.part, 'parquet');
  const rejectsFinal = lake.rejectsFile(
    input.date,
    'landing-to-raw',
    input.table.name,
    input.brand,
    reading.part,
  );
  const kept = input.parts.find(
    (m) => m.part === reading.part && m.source?.file === reading.name && reading.landing === undefined,
  )?.source;
  const other = { ...converted.other };
  const edge: Edge = {
    from: 'landing',
    to: 'raw',
    brand: input.brand,
    in: converted.records,
    out: converted.rows,
    rejected: converted.rejected,
    duplicates: 0,
    other,
    balanced:
      converted.records ===
      converted.rows + converted.rejected + Object.values(other).reduce((sum, n) => sum + n, 0),
  };
  const bytesOf = async (path: string): Promise<number> => (await sizeOf(path)) ?? 0;
  await lake.publish(
    [
      { temporary: output, final, rows: converted.rows },
      ...(converted.rejected > 0
        ? [{ temporary: rejects, final: rejectsFinal, rows: converted.rejected }]
        : []),
    ],
    converted.rejected > 0 ? [] : [rejectsFinal],
    {
      version: 1,
      layer: 'raw',
      date: input.date,
      brand: input.brand,
      table: input.table.name,
      part: reading.part,
      key: rawKey(kept?.sha256 ?? converted.sha256, context.config, input.table),
      output: { path: lake.relative(final), bytes: await bytesOf(output), rows: converted.rows },
      ...(converted.rejected > 0
        ? {
            rejects: {
              path: lake.relative(rejectsFinal),
              bytes: await bytesOf(rejects),
              rows: converted.rejected,
            },
          }
        : {}),
      inputs: [{ path: reading.name, key: kept?.sha256 ?? converted.sha256, rows: converted.records }],
      edges: [edge],
      source: {
        file: reading.name,
        // An original archived since is compressed: its content is still the one that was delivered.
        sha256: kept?.sha256 ?? converted.sha256,
        bytes: kept?.bytes ?? converted.bytes,
        original: lake.relative(reading.original),
        format: converted.format,
      },
    },
    context.connection,
  );
}
