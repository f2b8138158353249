// A slot's files from the drop zone into raw: decide how to read them, convert, publish, move the original.
import { maskingOf } from '../report';
import { join } from 'node:path';
import { type Converted, convertCsv, decideFormat, type EncodingEvidence } from '../csv';
import { durable, hashFile, type HeldFile, holdFile, moveHeld, sizeOf } from '../base';
import { type Edge, PipelineError, type StepCounts, type FileFormat, defined, fileKnowledge } from '../model';
import { encodingEvidence, rawKeyNow } from './encodingEvidence';
import { evidencedKey, rawKey } from './outputKeys';
import {
  type LandingFile,
  type Manifest,
  archivedOriginal,
  extensionOf,
  keepFileOut,
  lentFile,
} from '../lake';
import { type Adoptable, adoptable, repeatedOf } from './adoptRaw';
import { emptyColumns } from './parquet';
import { type PartFile, type RawInput, type Seen, seenNow } from './rawParts';
import {
  EMPTY,
  keepRefused,
  type RefusedFile,
  refuse,
  stillWritten,
  tellNoFile,
  unusableAsStated,
} from './refusedFile';
import { publishOutput, outputRejects } from './publishOutput';
import type { StageContext } from './stage';

/**
 * Takes all waiting files of a slot in, one part each, and reads known parts again where their Parquet is
 * damaged, their original or the column names changed. A file that cannot be read is rejected; the others continue.
 * What lies in raw without a manifest comes first: it is adopted where it can be proven.
 * @throws PipelineError UNKNOWN_FILE where it cannot: then nothing of the slot is changed.
 */
export async function landingToRaw(context: StageContext, given: RawInput): Promise<StepCounts> {
  const input = await withArchived(context, await adopted(context, given));
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
  const formats: FileFormat[] = [];
  const refused: RefusedFile[] = [];
  const take = async (file: PartFile): Promise<boolean> => {
    const taken = await takeIn(context, input, file);
    if (taken === undefined) return false;
    if ('fault' in taken) {
      refused.push(taken);
      return false;
    }
    const counts = taken;
    totals.rowsIn += counts.rowsIn;
    totals.rowsOut += counts.rowsOut;
    totals.rowsRejected += counts.rowsRejected;
    formats.push(...(counts.formats ?? []));
    return true;
  };
  for (const file of stale.sort((a, b) => a.part - b.part)) await take(file);
  // Parts are counted without a gap: a file that is rejected leaves its number to the next.
  let next = Math.max(0, ...input.parts.map((m) => m.part ?? 1)) + 1;
  for (const file of fresh) if (await take(waitingFile(context, input, file, next))) next += 1;
  // Behind the others: what came together with a rejected file does not replace it, what comes later does.
  if (input.trial !== true) for (const file of refused) await keepRefused(context, input, file, next - 1);
  return formats.length === 0 ? totals : { ...totals, formats };
}

/** What is left to do once the parts without a manifest have theirs. */
async function adopted(context: StageContext, input: RawInput): Promise<RawInput> {
  const { date, unlisted, files } = input;
  if (unlisted.length === 0) return input;
  const { lake } = context;
  const parts = input.parts.length + unlisted.length;
  const found: { readonly part: number; readonly adopts: Adoptable }[] = [];
  for (const one of unlisted) {
    if (input.only !== undefined && one.part !== input.only) continue;
    const adopts = await adoptable(context, { date, unlisted: one, parts }, files);
    if (adopts !== undefined) found.push({ part: one.part, adopts });
  }
  for (const { part, adopts } of found) {
    const { original, name } = adopts;
    const seen = await seenNow(original);
    const because = 'it had no manifest, and gives the same rows again';
    await takeIn(context, input, {
      ...{ path: original, original, name, part, landing: undefined, adopts, because },
      ...defined({ seen }),
    });
  }
  if (input.trial === true) return { ...input, unlisted: [] };
  const now = lake.parts(date, input.brand, input.table.name);
  const fresh = now.filter((m) => found.some(({ part }) => part === m.part));
  return { ...input, unlisted: [], parts: now, files: await markRepeated(context, files, fresh) };
}

/** Waiting files, those marked that repeat the content of parts that were not known to be there. */
async function markRepeated(
  { settings }: StageContext,
  files: readonly LandingFile[],
  parts: readonly Manifest[],
): Promise<readonly LandingFile[]> {
  const marked: LandingFile[] = [];
  for (const file of files) {
    const duplicateOf =
      file.duplicateOf ?? (await repeatedOf(join(settings.landingDir, file.path), file, parts));
    marked.push({ ...file, ...defined({ duplicateOf }) });
  }
  return marked;
}

/** A state restored from before its originals were archived does not know where they are now. */
async function withArchived(context: StageContext, input: RawInput): Promise<RawInput> {
  const { lake, settings, signal } = context;
  const found: Manifest[] = [];
  const parts: Manifest[] = [];
  for (const manifest of input.parts) {
    const { source } = manifest;
    const archived =
      source && (await archivedOriginal(settings, lake.absolute(source.original), source, signal));
    if (source === undefined || archived === undefined) {
      parts.push(manifest);
      continue;
    }
    const known: Manifest = { ...manifest, source: { ...source, original: lake.relative(archived) } };
    context.log(
      'warning',
      `${source.original} (${source.file}) is in the archive: ${lake.relative(archived)}.`,
    );
    found.push(known);
    parts.push(known);
  }
  if (found.length === 0) return input;
  return { ...input, parts, files: await markRepeated(context, input.files, found) };
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
        parts: Math.max(0, ...input.parts.map((m) => m.part ?? 1)),
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
  const { lake } = context;
  const stale: PartFile[] = [];
  for (const manifest of input.parts) {
    const { source, part = 1 } = manifest;
    if (source === undefined) continue;
    const original = await changedOriginal(context, manifest, input);
    const because = original?.because ?? whyStale(manifest, lake.intact(manifest), input, context);
    if (because === undefined) continue;
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
    const inRaw = path.startsWith(context.settings.rawDir);
    stale.push({
      ...{ path, name: source.file, part, original: path, landing: undefined, because },
      ...(inRaw ? defined({ seen: await seenNow(path) }) : { delivered: source }),
    });
  }
  return stale;
}

/** Why a known part is read again; undefined: it is as the config wants it. */
function whyStale(
  { source, key }: Manifest,
  intact: boolean,
  { force, date, table, brand }: RawInput,
  { config, lake }: StageContext,
): string | undefined {
  if (!intact) return 'its Parquet file is missing or damaged';
  const evidence = (): EncodingEvidence => encodingEvidence(lake, config, { date, brand, table: table.name });
  if (source !== undefined && key !== rawKeyNow(source, config, { table, brand }, evidence))
    return 'its column names, its format or what speaks for its encoding changed';
  return force ? 'forced' : undefined;
}

/**
 * Is the content of an original another than the one that was loaded? A writer may have gone on after the file was
 * moved. One whose time alone is another, as after a restore, has its new time noted.
 */
async function changedOriginal(
  context: StageContext,
  manifest: Manifest,
  input: RawInput,
): Promise<{ readonly because: string } | undefined> {
  const { source, part = 1 } = manifest;
  const state = source === undefined ? 'same' : context.lake.originalState(source);
  if (source === undefined || (state !== 'changed' && state !== 'touched')) return undefined;
  const path = context.lake.absolute(source.original);
  const seen = await seenNow(path);
  if (state === 'touched' && (await hashFile(path, context.signal)) === source.sha256) {
    if (input.trial !== true)
      await context.lake.rewrite({ ...manifest, source: { ...source, ...noted(seen) } });
    input.noticed?.({
      kind: 'noted',
      part,
      original: path,
      reason: 'its content is the same at another time',
    });
    return undefined;
  }
  context.log(
    'warning',
    `${source.original} (${source.file}) changed after it was loaded: it is read again.`,
  );
  return { because: 'its original changed after it was loaded' };
}

const noted = (seen: Seen | undefined): { readonly modified_ms?: number } =>
  defined({ modified_ms: seen?.modifiedMs });

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
  const { settings, lake } = context;
  const path = join(settings.landingDir, file.path);
  const held = await holdFile(path, { folder: settings.landingDir });
  if (held === undefined) return false;
  try {
    if ((await hashFile(held.path, context.signal)) !== begun.source.sha256) return false;
    await moveHeld(held, path, lake.absolute(begun.source.original), lake.movesDir);
  } finally {
    await held.close();
  }
  durable('original.moved');
  return true;
}

/** Its counts, or why it cannot be read; undefined: it waits for the next run. */
async function takeIn(
  context: StageContext,
  input: RawInput,
  file: PartFile,
): Promise<StepCounts | RefusedFile | undefined> {
  const { landingDir } = context.settings;
  const held = await holdFile(lentFile(file.path, context.settings), {
    temporary: context.temporary,
    ...(file.landing === undefined ? {} : { folder: landingDir }),
  });
  if (held === undefined) {
    tellNoFile(context, file);
    return undefined;
  }
  try {
    return await takeHeldIn(context, input, file, held);
  } catch (error) {
    throw held.inItsName(error);
  } finally {
    await held.close();
  }
}

async function takeHeldIn(
  context: StageContext,
  input: RawInput,
  file: PartFile,
  held: HeldFile,
): Promise<StepCounts | RefusedFile | undefined> {
  const { lake, signal, temporary, connection } = context;
  const known = fileKnowledge(context.config, input.brand, input.table.name);
  const evidence = (): EncodingEvidence =>
    encodingEvidence(lake, context.config, { date: input.date, brand: input.brand, table: input.table.name });
  const decided = await decideFormat(held.path, { ...known, evidence, signal, temporary });
  if (decided.kind === 'rejected') return refuse(context, input, file, decided);
  if (decided.kind === 'empty') return refuse(context, input, file, EMPTY);

  const drafts = {
    output: join(temporary, `part${file.part}.parquet`),
    rejects: join(temporary, `part${file.part}.rejects.parquet`),
  };
  const read = await convertCsv({
    ...drafts,
    file: held.path,
    format: decided.format,
    evidence,
    connection,
    temporary,
    brand: input.brand,
    sourceFile: file.name,
    signal,
    progress: context.progress,
  });
  if (read.kind === 'rejected') return refuse(context, input, file, read);
  const converted = quietly(context, input, read);
  const unusable = unusableAsStated(converted);
  if (unusable !== undefined) return refuse(context, input, file, unusable);
  if (await stillWritten(context, file)) return undefined;
  await file.adopts?.requireSame({ ...drafts, rejected: converted.rejected });
  if (file.adopts !== undefined)
    context.log(
      'warning',
      `${lake.relative(file.original)} had no manifest: it was adopted as ${file.name}, which gives the same rows again.`,
    );
  if (file.because !== undefined)
    input.noticed?.({
      kind: file.adopts === undefined ? 'made_again' : 'adopted',
      ...{ part: file.part, original: file.original, reason: file.because },
    });
  if (input.trial === true) return undefined;
  await publishPart(context, input, file, { ...drafts, converted });
  if (file.path !== file.original) {
    if (!(await moveHeld(held, file.path, file.original, lake.movesDir)))
      context.log('warning', `${file.name} was replaced while it was read: what was read is in raw.`);
    durable('original.moved');
  }
  for (const { message } of converted.format.doubts ?? []) context.log('warning', `${file.name}: ${message}`);
  context.log(
    'debug',
    `${file.name}: ${converted.rows} rows, ${converted.rejected} rejected, ${lake.relative(file.original)}`,
  );
  return {
    rowsIn: converted.rows + converted.rejected,
    rowsOut: converted.rows,
    rowsRejected: converted.rejected,
    duplicates: 0,
    formats: [readFormat(file.name, converted)],
  };
}

/** What is said of how a file was read, without quotations from a table with sensitive columns. */
function quietly({ config }: StageContext, { table }: RawInput, converted: Converted): Converted {
  const { text } = maskingOf(config);
  const { format } = converted;
  const { notes, doubts } = format;
  return {
    ...converted,
    format: {
      ...format,
      notes: notes.map((note) => text(table.name, note)),
      ...defined({
        doubts: doubts?.map((doubt) => ({ ...doubt, message: text(table.name, doubt.message) })),
      }),
    },
  };
}

/** How a file was read, for event and report. */
function readFormat(file: string, { format, records, rejected }: Converted): FileFormat {
  return {
    file,
    encoding: format.encoding,
    confidence: format.confidence.encoding,
    delimiter: format.delimiter,
    header: format.header,
    records,
    rejected,
  };
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
  // An original archived since is compressed: its content is still the one that was delivered.
  const { sha256, bytes } = file.delivered ?? converted;
  const modified = file.delivered?.modified_ms ?? file.landing?.modifiedMs ?? file.seen?.modifiedMs;
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
  const { evidence, ...format } = converted.format;
  const key = evidencedKey(rawKey(sha256, context.config, table, brand), evidence);
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
    adopts: file.adopts !== undefined,
    facts: {
      inputs: [{ path: name, key: sha256, rows: converted.records }],
      edges: [edge],
      source: {
        file: name,
        sha256,
        bytes,
        ...defined({ modified_ms: modified }),
        original: lake.relative(file.original),
        format,
        ...defined({ evidence }),
        empty,
      },
    },
  });
}
