// A file kept out whole: its bytes move to rejects, with a note that says what, where from and why.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  durable,
  hashFile,
  holdFile,
  moveHeld,
  sizeOf,
  writeWhole,
  type HeldFile,
  readRegularText,
} from '../base';
import type { Lake } from './lake';
import { segment } from './pathSegment';
import type { DateKey, Table } from '../model';

/** The note beside a rejected file: `<name>.reason.json`. */
export interface RejectedFile {
  readonly file: string;
  readonly date: DateKey;
  readonly brand: string;
  readonly table: string;
  readonly code: string;
  readonly reason: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where the bytes lie now, relative to the data folder. */
  readonly kept: string;
  /** The highest number of a raw part of its slot by then: a later part replaces the file. Absent in earlier notes. */
  readonly parts?: number;
}

/** A file to keep out, and why. */
interface KeepRequest {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: Table;
  readonly path: string;
  readonly name: string;
  readonly code: string;
  readonly reason: string;
  readonly parts: number;
}

interface KeepContext {
  readonly lake: Lake;
  readonly signal: AbortSignal;
}

/**
 * Writes the note first, then moves the file: a crash between the two is mended by doing both again.
 * @returns undefined where its name leads to no file any more: what is there stays.
 */
export async function keepFileOut(
  context: KeepContext,
  request: KeepRequest,
): Promise<RejectedFile | undefined> {
  const held = await holdFile(request.path);
  if (held === undefined) return undefined;
  try {
    return await keepHeldOut(context, request, held);
  } finally {
    await held.close();
  }
}

async function keepHeldOut(
  context: KeepContext,
  request: KeepRequest,
  held: HeldFile,
): Promise<RejectedFile> {
  const { lake } = context;
  const sha256 = await hashFile(held.path, context.signal);
  const folder = lake.rejectedFilesFolder(request.date, request.brand);
  // Another file of this name may have been kept out before: both stay.
  let name = fileName(request.name);
  for (let n = 2; ; n += 1) {
    if (await isFreeFor(sha256, join(folder, name))) break;
    name = `${fileName(request.name)}.${n}`;
  }
  const kept = join(folder, name);
  const note: RejectedFile = {
    file: request.name,
    date: request.date,
    brand: request.brand,
    table: request.table.name,
    code: request.code,
    reason: request.reason,
    bytes: held.bytes,
    sha256,
    kept: lake.relative(kept),
    parts: request.parts,
  };
  await writeWhole(
    `${kept}.reason.json`,
    `${JSON.stringify(note, undefined, 2)}\n`,
    lake.temporaryDir,
    'reject.noted',
  );
  await moveHeld(held, request.path, kept, lake.movesDir);
  durable('reject.moved');
  return note;
}

/** May a file of this content have the name? One that lies there without a note, or changed since, keeps it. */
async function isFreeFor(sha256: string, kept: string): Promise<boolean> {
  const earlier = readNote(`${kept}.reason.json`);
  if (earlier !== undefined && earlier.sha256 !== sha256) return false;
  return (await sizeOf(kept)) === undefined ? !existsSync(kept) : (await hashFile(kept)) === sha256;
}

/** All files of a date that were kept out whole, by brand folder and name. */
export function rejectedFiles(lake: Lake, date: DateKey): readonly RejectedFile[] {
  // A note whose bytes are elsewhere is of a move that was cut short: the file lies in landing.
  return rejectNotes(lake, date)
    .filter(({ there }) => there)
    .map(({ note }) => note);
}

/**
 * The rejected files of a date that nothing accounts for: they repeat no other file, and no later file of their slot
 * was taken in. One is over when a good file of its slot follows, or when it is put back or deleted.
 */
export function openRejections(lake: Lake, date: DateKey): readonly RejectedFile[] {
  return rejectedFiles(lake, date).filter(
    (note) => note.code !== REPEATED_CONTENT && !wasReplaced(lake, note),
  );
}

/** The code of a file whose bytes its slot has already. */
const REPEATED_CONTENT = 'DUPLICATE_CONTENT';

function wasReplaced(lake: Lake, { date, brand, table, file, parts }: RejectedFile): boolean {
  try {
    return lake
      .parts(date, brand, table)
      .some((part) => (parts === undefined ? part.source?.file === file : (part.part ?? 1) > parts));
  } catch {
    // A damaged manifest stops its date, which says so; until then nothing is known to be over.
    return false;
  }
}

/** Dates with rejected files, ascending; whether they are over is not asked. */
export function rejectionDates({ settings }: Pick<Lake, 'settings'>): readonly DateKey[] {
  try {
    return readdirSync(settings.rejectsDir)
      .filter((name) => /^\d{8}$/.test(name) && existsSync(join(settings.rejectsDir, name, 'landing-to-raw')))
      .sort();
  } catch {
    return [];
  }
}

/** A note as it lies on disk. */
export interface NotedReject {
  readonly note: RejectedFile;
  /** Absolute path of the note, and of the bytes it is about. */
  readonly path: string;
  readonly kept: string;
  /** Do the bytes lie where the note says? */
  readonly there: boolean;
}

/** All notes of a date, also those whose bytes are not there. */
export function rejectNotes(lake: Lake, date: DateKey): readonly NotedReject[] {
  const root = join(lake.settings.rejectsDir, date, 'landing-to-raw');
  const names = (folder: string): readonly string[] => {
    try {
      return readdirSync(folder).sort();
    } catch {
      return [];
    }
  };
  return names(root)
    .map((brand) => join(root, brand, 'files'))
    .flatMap((folder) =>
      names(folder)
        .filter((n) => n.endsWith('.reason.json'))
        .map((n): NotedReject | undefined => {
          const path = join(folder, n);
          const note = readNote(path);
          const kept = path.slice(0, -'.reason.json'.length);
          return note === undefined ? undefined : { note, path, kept, there: existsSync(kept) };
        }),
    )
    .filter((noted) => noted !== undefined);
}

function readNote(path: string): RejectedFile | undefined {
  try {
    return JSON.parse(readRegularText(path)) as RejectedFile;
  } catch {
    return undefined;
  }
}

/** The landing name as one file name that keeps its extension readable. */
function fileName(name: string): string {
  const [stem = '', ...extensions] = basename(name).split('.');
  const folder = name.slice(0, name.length - basename(name).length);
  return [segment(`${folder}${stem}`), ...extensions.map((e) => (e === '' ? '%2E' : segment(e)))].join('.');
}
