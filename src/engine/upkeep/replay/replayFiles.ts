// Files that were kept out whole, back into landing: the bytes move first, then their note goes.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type Connection, durable, hashFile, inWords, moveFile, sizeOf, syncFolder } from '../../base';
import { throwIfCancelled, defined } from '../../model';
import { type NotedReject, matcher, rejectNotes } from '../../lake';
import type { OpenWorkspace } from '../../workspace';
import { checkedWhere } from './replayRejects';
import type { RejectSelection, ReplayFile } from './model';

/** A file and whether it can go back. */
export interface ReturnableFile {
  readonly noted: NotedReject;
  /** Why it stays in rejects; undefined: it may go back. */
  readonly because: string | undefined;
  /** A crash cut its way back short: the bytes lie in landing, and the note is left. */
  readonly halfway: boolean;
}

/** The files that a selection means. */
export async function chosenFiles(
  workspace: OpenWorkspace,
  connection: Connection,
  selection: RejectSelection,
): Promise<readonly ReturnableFile[]> {
  const { tables, brands } = selection;
  const match = matcher(workspace.settings, workspace.config);
  const condition = await checkedWhere(connection, selection.where);
  const found: ReturnableFile[] = [];
  for (const noted of rejectNotes(workspace.lake, selection.date)) {
    const { note } = noted;
    if (tables !== undefined && tables.length > 0 && !tables.includes(note.table)) continue;
    if (brands !== undefined && brands.length > 0 && !brands.includes(note.brand)) continue;
    const [row] = await connection.rows<{ meant: boolean | null }>(
      [
        `SELECT ${condition} AS meant`,
        'FROM (SELECT $1 AS "table", $2 AS "_brand", $3 AS "_source_file", CAST(NULL AS BIGINT) AS "_source_row",',
        '  CAST(NULL AS BIGINT) AS "line", $4 AS "code", CAST([] AS VARCHAR[]) AS "columns",',
        '  CAST([] AS VARCHAR[]) AS "rules", $5 AS "reason", CAST(NULL AS VARCHAR) AS "record")',
      ].join('\n'),
      { values: [note.table, note.brand, note.file, note.code, note.reason] },
    );
    if (row?.meant !== true) continue;
    const target = landingPath(workspace, note.file);
    const halfway = !noted.there && target !== undefined && existsSync(target);
    if (!noted.there && !halfway) continue;
    found.push({ noted, because: whyNot(workspace, noted, match(note.file)), halfway });
  }
  return found;
}

function whyNot(
  workspace: OpenWorkspace,
  { note }: NotedReject,
  name: ReturnType<ReturnType<typeof matcher>>,
): string | undefined {
  if (note.code === 'DUPLICATE_CONTENT') return 'it repeats a file that was loaded';
  if (landingPath(workspace, note.file) === undefined) return 'its note names no path in landing';
  if (name.kind === 'none') return `landing would ignore it: ${name.reason}`;
  return name.date === note.date && name.brand === note.brand && name.table === note.table
    ? undefined
    : `its name now means ${name.brand}/${name.table} of ${name.date}`;
}

/** Absolute path of a landing name; undefined where it would leave the folder. */
function landingPath({ settings }: OpenWorkspace, file: string): string | undefined {
  const path = join(settings.landingDir, file);
  return path.startsWith(settings.landingDir + sep) ? path : undefined;
}

/**
 * Moves what may go back into landing, under the run's lock. A crash in between leaves the file in one of the two
 * places, and its note: the next replay, or the next run, goes on from there.
 */
export async function putBack(
  workspace: OpenWorkspace,
  files: readonly ReturnableFile[],
  signal: AbortSignal | undefined,
): Promise<readonly ReplayFile[]> {
  const done: ReplayFile[] = [];
  for (const file of files) {
    throwIfCancelled(signal);
    const because = file.because ?? (await putOneBack(workspace, file, signal));
    done.push(replayFile(file, because === undefined ? 'put_back' : 'left', because));
  }
  return done;
}

/** Gives the reason where it could not be. */
async function putOneBack(
  workspace: OpenWorkspace,
  { noted, halfway }: ReturnableFile,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { note, path, kept } = noted;
  const target = landingPath(workspace, note.file);
  if (target === undefined) return 'its note names no path in landing';
  if (!halfway) {
    if ((await hashFile(kept, signal)) !== note.sha256)
      return 'its content has changed since it was rejected: deliver the corrected file under another name';
    if ((await sizeOf(target)) !== undefined) {
      // A move between two file systems that was cut short leaves both.
      if ((await hashFile(target, signal)) !== note.sha256)
        return 'another file of its name waits in landing';
      await inWords(kept, () => rm(kept));
    } else await moveFile(kept, target, workspace.lake.movesDir);
    durable('reject.moved');
  }
  await inWords(path, () => rm(path, { force: true }));
  await syncFolder(dirname(path));
  return undefined;
}

export const replayFile = (
  { noted: { note } }: ReturnableFile,
  outcome: ReplayFile['outcome'],
  because?: string,
): ReplayFile => ({
  file: note.file,
  table: note.table,
  brand: note.brand,
  code: note.code,
  reason: note.reason,
  outcome,
  ...defined({ because }),
});
