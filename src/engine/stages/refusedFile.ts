// Files that landing-to-raw cannot take in: why, and where they go.
import type { Converted } from '../csv';
import { type LandingFile, keepFileOut, unchanged } from '../lake';
import { PipelineError } from '../model';
import { type PartFile, type RawInput, seenNow } from './rawParts';
import { maskingOf } from '../report';
import type { StageContext } from './stage';

/** Why a file whose format is stated is of no use so: every record of it would be rejected. */
export function unusableAsStated({ rows, rejected, format }: Converted): FileFault | undefined {
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

export const EMPTY: FileFault = { code: 'EMPTY_FILE', reason: 'the file has neither records nor a header' };

/** A landing file that cannot be read. */
export interface RefusedFile {
  readonly file: PartFile & { readonly landing: LandingFile };
  readonly fault: FileFault;
}

/**
 * What is quoted of a file of a table with sensitive columns is hidden: where the first line is no header, it is a
 * record.
 * @throws PipelineError NOT_CSV for an original in raw: it was read before, so that its config is the reason;
 * UNKNOWN_FILE for one that no manifest tells of.
 */
export function refuse(
  { lake, config }: StageContext,
  { table }: Pick<RawInput, 'table'>,
  file: PartFile,
  fault: FileFault,
): RefusedFile {
  const { path, name, landing, adopts } = file;
  const { code } = fault;
  const reason = maskingOf(config).text(table.name, fault.reason);
  if (adopts !== undefined)
    throw new PipelineError(
      'UNKNOWN_FILE',
      `${lake.relative(path)} has no manifest, and cannot be read as ${name}: ${reason}`,
      'Restore .state or the file from a backup, then run again.',
      { where: { file: path } },
    );
  if (landing === undefined)
    throw new PipelineError(
      'NOT_CSV',
      `${name} can no longer be read: ${reason}`,
      'Check the column names of the table in table_schemas.json, and what "format" states of its files.',
      { where: { file: path } },
    );
  return { file: { ...file, landing }, fault: { code, reason } };
}

/** Moves a file that cannot be read to the rejects, unless it is still being written. */
export async function keepRefused(
  context: StageContext,
  { date, brand, table }: RawInput,
  { file: { path, name, landing }, fault: { code, reason } }: RefusedFile,
  parts: number,
): Promise<void> {
  if (await stillWritten(context, { path, name, landing })) return;
  context.log('warning', `${name} was rejected (${code}): ${reason}`);
  await keepFileOut(context, { date, brand, table, path, name, code, reason, parts });
}

/** A file that moved while it was read is not judged: it waits for the next run. */
export async function stillWritten(
  context: StageContext,
  { path, name, landing, seen }: Pick<PartFile, 'path' | 'name' | 'landing' | 'seen'>,
): Promise<boolean> {
  if (landing === undefined) {
    if (seen === undefined) return false;
    const now = await seenNow(path);
    if (now?.bytes === seen.bytes && now.modifiedMs === seen.modifiedMs) return false;
  } else if (await unchanged(context.settings, landing)) return false;
  context.log('warning', `${name} is still being written: it waits for the next run.`);
  return true;
}

/**
 * Listed as a file, and none when it was opened: a link or a pipe that took its name stays where it is.
 * @throws PipelineError FILE_UNREADABLE for an original in raw or in the archive.
 */
export function tellNoFile(context: StageContext, { path, name, landing }: PartFile): void {
  if (landing === undefined)
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${path}, the original of ${name}, is a link or no regular file.`,
      'Put the file itself there, or deliver it again.',
      { where: { file: path } },
    );
  context.log('warning', `${name} is no regular file any more: it was replaced, and stays where it is.`);
}
