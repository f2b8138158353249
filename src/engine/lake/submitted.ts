// Corrected records that were submitted before: which reject each one answers, so that none is answered twice.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole, readRegularText } from '../base';
import type { DateKey, Stage } from '../model';
import { replaysFolder } from './dataFolder';
import type { Lake } from './lake';
import { requireKnownFormat } from './stateVersion';

/** Names a rejected record: by its number among the accepted ones, or by its line where it never was one. */
export interface RecordId {
  readonly table: string;
  readonly brand: string;
  /** Landing file it came in. */
  readonly file: string;
  readonly row: number | null;
  readonly line: number | null;
}

/** What was submitted as one landing file. */
export interface SubmittedFile {
  readonly stage: Stage;
  /** Its name in landing; it tells the content, so that the same corrections have the same name. */
  readonly path: string;
  readonly records: readonly RecordId[];
}

export const recordKey = ({ table, brand, file, row, line }: RecordId): string =>
  JSON.stringify([table, brand, file, row, line]);

/**
 * Is the file in landing, or taken in? A note may be there before its file is; and one that was kept out whole answers
 * nothing: its records may be submitted again.
 */
function wasDelivered(lake: Lake, date: DateKey, path: string): boolean {
  return (
    lake.exists(lake.relative(join(lake.settings.landingDir, path))) ||
    lake.manifests('raw', date).some((m) => m.source?.file === path)
  );
}

/** By `recordKey`, the landing file that holds the corrected record. */
export function answered(lake: Lake, date: DateKey, stage: Stage): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const one of readAll(replaysFolder(lake.stateDir, date)))
    if (one.stage === stage && wasDelivered(lake, date, one.path))
      for (const record of one.records) found.set(recordKey(record), one.path);
  return found;
}

function readAll(folder: string): readonly SubmittedFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    let note: SubmittedFile;
    try {
      note = JSON.parse(readRegularText(path)) as SubmittedFile;
    } catch {
      // Written whole or not at all; one that was damaged since answers nothing.
      return [];
    }
    requireKnownFormat('corrections', path, note);
    return [note];
  });
}

/** Notes what is about to be submitted; `id` tells the content. */
export async function noteSubmitted(
  lake: Lake,
  date: DateKey,
  id: string,
  what: SubmittedFile,
): Promise<void> {
  await writeWhole(
    join(replaysFolder(lake.stateDir, date), `${id}.json`),
    `${JSON.stringify(what)}\n`,
    lake.temporaryDir,
  );
}
