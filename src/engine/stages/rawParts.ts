// What the stage from landing to raw is given, and the files it reads as parts.
import { stat } from 'node:fs/promises';
import type { DateKey, Table } from '../model';
import type { LandingFile, Manifest, UnlistedPart } from '../lake';
import type { Adoptable } from './adoptRaw';

export interface RawInput {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: Table;
  /** Files waiting in landing, in order; those that repeat known content are marked. */
  readonly files: readonly LandingFile[];
  /** The slot's raw parts so far, ascending. */
  readonly parts: readonly Manifest[];
  /** Parts that lie there without a manifest. */
  readonly unlisted: readonly UnlistedPart[];
  /** Of these only one, by its number; all of them without it. */
  readonly only?: number;
  /** Reads known parts again even where they are whole and their key is the same. */
  readonly force: boolean;
  /** Parts are read and judged, and nothing is changed: no files are waiting then. */
  readonly trial?: boolean;
  /** Hears of each known part that was read again, or would be. */
  readonly noticed?: (notice: PartNotice) => void;
}

/** A part that lay in raw and was read again. */
export interface PartNotice {
  readonly kind: 'adopted' | 'made_again' | 'noted';
  readonly part: number;
  /** Absolute path of its original. */
  readonly original: string;
  readonly reason: string;
}

/** A file to read as one part. */
export interface PartFile {
  /** Absolute path of the bytes to read. */
  readonly path: string;
  /** Landing name, kept as `_source_file`. */
  readonly name: string;
  readonly part: number;
  /** Absolute path the original shall have; equal to `path` when it is there already. */
  readonly original: string;
  /** The landing file, where it still lies there: checked again after reading. */
  readonly landing: LandingFile | undefined;
  /** An original in raw, as it was before it was read: one that changes meanwhile waits. */
  readonly seen?: Seen;
  /** One in the archive: it may be compressed since, its content is the one that was delivered. */
  readonly delivered?: Pick<NonNullable<Manifest['source']>, 'sha256' | 'bytes' | 'modified_ms'>;
  /** Its Parquet lies there without a manifest: only the same is published. */
  readonly adopts?: Adoptable;
  /** Why a known part is read again. */
  readonly because?: string;
}

/** Size and time of the last change of a file. */
export interface Seen {
  readonly bytes: number;
  readonly modifiedMs: number;
}

export async function seenNow(path: string): Promise<Seen | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : { bytes: found.size, modifiedMs: found.mtimeMs };
}
