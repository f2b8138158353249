// A slot's files from the drop zone into raw: decide how to read them, convert, publish, move the original.
import { join } from 'node:path';
import { type Converted, convertCsv, decideFormat } from '../csv';
import { durable, hashFile, moveFile, sizeOf } from '../base';
import { type DateKey, type Edge, PipelineError, type StepCounts, type Table, fileKnowledge } from '../model';
import { rawKey } from './outputKeys';
import { type LandingFile, type Manifest, extensionOf, keepFileOut, unchanged } from '../lake';
import { emptyColumns } from './parquet';
import { publishOutput, outputRejects } from './publishOutput';
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

/** A file to read as one part. */
interface PartFile {
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
 * damaged or the column names changed. A file that cannot be read is rejected; the others continue.
 */
export async function landingToRaw(context: StageContext, input: RawInput): Promise<StepCounts> {
  const files = await withoutKnown(context, input);
  const stale = await staleParts(context, input, files);
  const fresh: LandingFile[] = [];
  for (const file of files) {
    const started = input.parts.find(
      (m) => m.source?.file === file.path && m.source.original !== '' && !originalThere(context, m),
    );
    if (started === undefined) fresh.push(file);
    else stale.push(waitingFile(context, input, file, started.part ?? 1));
  }

  const totals = { rowsIn: 0, rowsOut: 0, rowsRejected: 0, duplicates: 0 };
  const take = async (file: PartFile): Promise<boolean> => {
    const counts = await takeIn(context, input, file);
    if (counts === undefined) return false;
    totals.rowsIn += counts.rowsIn;
    totals.rowsOut += counts.rowsOut;
    totals.rowsRejected += counts.rowsRejected;
    return true;
  };
  for (const file of stale.sort((a, b) => a.part - b.part)) await take(file);
  // Parts are counted without a gap: a file that is rejected leaves its number to the next.
  let next = Math.max(0, ...input.parts.map((m) => m.part ?? 1)) + 1;
  for (const file of fresh) if (await take(waitingFile(context, input, file, next))) next += 1;
  return totals;
}

/** The waiting files whose content raw does not have: repeated ones are rejected, and a move cut short is finished. */
async function withoutKnown(context: StageContext, input: RawInput): Promise<readonly LandingFile[]> {
  const files: LandingFile[] = [];
  for (const file of input.files) {
    if (file.duplicateOf !== undefined) {
      const reason = `its bytes are those of ${file.duplicateOf}`;
      context.log('warning', `${file.path} was rejected (DUPLICATE_CONTENT): ${reason}.`);
      await keepFileOut(context, {
        ...input,
        path: join(context.settings.landingDir, file.path),
        name: file.path,
        code: 'DUPLICATE_CONTENT',
        reason,
      });
      continue;
    }
    if (file.sameAs !== undefined)
      context.log(
        'warning',
        `${file.path} has the same bytes as ${file.sameAs} of another brand: both are loaded.`,
      );
    if (!(await finishMove(context, file, input.parts))) files.push(file);
  }
  return files;
}

/** Known parts to read again: forced, damaged, or read by other column names. */
async function staleParts(
  context: StageContext,
  input: RawInput,
  waiting: readonly LandingFile[],
): Promise<PartFile[]> {
  const { lake, config } = context;
  const stale: PartFile[] = [];
  for (const manifest of input.parts) {
    const { source, part = 1 } = manifest;
    if (source === undefined) continue;
    const current =
      lake.intact(manifest) && manifest.key === rawKey(source.sha256, config, input.table, input.brand);
    if (current && !input.force) continue;
    const path = lake.absolute(source.original);
    if ((await sizeOf(path)) === undefined) {
      // A file of the same name waits: the move was cut short and its content has changed since.
      if (waiting.some((f) => f.path === source.file)) continue;
      throw new PipelineError(
        'NOT_FOUND',
        `The original of ${source.file}, ${source.original}, is missing.`,
        'Restore it, or deliver the file again.',
        { where: { file: path } },
      );
    }
    stale.push({ path, name: source.file, part, original: path, landing: undefined });
  }
  return stale;
}

function waitingFile(
  { settings, lake }: StageContext,
  { date, brand, table }: RawInput,
  file: LandingFile,
  part: number,
): PartFile {
  return {
    path: join(settings.landingDir, file.path),
    name: file.path,
    part,
    original: lake.rawFile({ date, brand, table: table.name, part }, extensionOf(file.path)),
    landing: file,
  };
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

/** Undefined: it was not taken in; it was rejected, or waits for the next run. */
async function takeIn(
  context: StageContext,
  input: RawInput,
  file: PartFile,
): Promise<StepCounts | undefined> {
  const { lake, signal, temporary, connection } = context;
  const known = fileKnowledge(context.config, input.brand, input.table.name);
  const decided = await decideFormat(file.path, { ...known, signal, temporary });
  if (decided.kind === 'rejected') return reject(context, input, file, decided);
  if (decided.kind === 'empty') return reject(context, input, file, EMPTY);

  const drafts = {
    output: join(temporary, `part${file.part}.parquet`),
    rejects: join(temporary, `part${file.part}.rejects.parquet`),
  };
  const converted = await convertCsv({
    ...drafts,
    file: file.path,
    format: decided.format,
    connection,
    temporary,
    brand: input.brand,
    sourceFile: file.name,
    signal,
    progress: context.progress,
  });
  if (converted.kind === 'rejected') return reject(context, input, file, converted);
  const unusable = unusableAsStated(converted);
  if (unusable !== undefined) return reject(context, input, file, unusable);
  if (await stillWritten(context, file)) return undefined;
  await publishPart(context, input, file, { ...drafts, converted });
  if (file.path !== file.original) {
    await moveFile(file.path, file.original);
    durable('original.moved');
  }
  context.log(
    'debug',
    `${file.name}: ${converted.rows} rows, ${converted.rejected} rejected, ${lake.relative(file.original)}`,
  );
  return {
    rowsIn: converted.rows + converted.rejected,
    rowsOut: converted.rows,
    rowsRejected: converted.rejected,
    duplicates: 0,
  };
}

/** Why a file whose format is stated is of no use so: every record of it would be rejected. */
function unusableAsStated({ rows, rejected, format }: Converted): FileFault | undefined {
  if (rows > 0 || rejected === 0 || format.stated === undefined) return undefined;
  const readings = (format.doubts ?? []).map((doubt) => ` ${doubt.message}`).join('');
  return {
    code: 'FORMAT_MISMATCH',
    reason: `with the stated ${format.stated.join(', ')} every one of its ${rejected} records would be rejected.${readings}`,
  };
}

/** Why a file is rejected: a code for programs, a reason for people. */
interface FileFault {
  readonly code: string;
  readonly reason: string;
}

const EMPTY: FileFault = { code: 'EMPTY_FILE', reason: 'the file has neither records nor a header' };

/**
 * Moves a file that cannot be read to the rejects, unless it is still being written.
 * @throws PipelineError NOT_CSV for an original in raw: it was read before, so that its config is the reason.
 */
async function reject(
  context: StageContext,
  input: RawInput,
  { path, name, landing }: PartFile,
  { code, reason }: FileFault,
): Promise<undefined> {
  if (landing === undefined)
    throw new PipelineError(
      'NOT_CSV',
      `${name} can no longer be read: ${reason}`,
      'Check the column names of the table in table_schemas.json, and what "format" states of its files.',
      { where: { file: path } },
    );
  if (await stillWritten(context, { name, landing })) return;
  context.log('warning', `${name} was rejected (${code}): ${reason}`);
  const { date, brand, table } = input;
  await keepFileOut(context, { date, brand, table, path, name, code, reason });
}

/** A file that moved while it was read is not judged: it waits for the next run. */
async function stillWritten(
  context: StageContext,
  { name, landing }: Pick<PartFile, 'name' | 'landing'>,
): Promise<boolean> {
  if (landing === undefined || (await unchanged(context.settings, landing))) return false;
  context.log('warning', `${name} is still being written: it waits for the next run.`);
  return true;
}

/** A part as it was converted, in the step's temporary folder. */
interface PartDraft {
  readonly converted: Converted;
  readonly output: string;
  readonly rejects: string;
}

async function publishPart(
  context: StageContext,
  input: RawInput,
  file: PartFile,
  { converted, output, rejects }: PartDraft,
): Promise<void> {
  const { lake } = context;
  const { date, brand, table } = input;
  const { part, name } = file;
  const known = input.parts.find(
    (m) => m.part === part && m.source?.file === name && file.landing === undefined,
  )?.source;
  // An original archived since is compressed: its content is still the one that was delivered.
  const { sha256, bytes } = known ?? converted;
  const other = { ...converted.other };
  const accounted = converted.rows + converted.rejected + Object.values(other).reduce((sum, n) => sum + n, 0);
  const edge: Edge = {
    from: 'landing',
    to: 'raw',
    brand,
    in: converted.records,
    out: converted.rows,
    rejected: converted.rejected,
    duplicates: 0,
    other,
    balanced: converted.records === accounted,
  };
  const empty = await emptyColumns(context.connection, output, converted.format.columns, context.signal);
  const key = rawKey(sha256, context.config, table, brand);
  await publishOutput(context, {
    of: { layer: 'raw', date, brand, table: table.name, part, key },
    file: {
      temporary: output,
      final: lake.rawFile({ date, brand, table: table.name, part }, 'parquet'),
      rows: converted.rows,
    },
    rejects: outputRejects({
      temporary: rejects,
      final: lake.rejectsFile('landing-to-raw', { date, brand, table: table.name, part }),
      rows: converted.rejected,
    }),
    facts: {
      inputs: [{ path: name, key: sha256, rows: converted.records }],
      edges: [edge],
      source: {
        file: name,
        sha256,
        bytes,
        original: lake.relative(file.original),
        format: converted.format,
        ...(empty.length > 0 ? { empty } : {}),
      },
    },
  });
}
