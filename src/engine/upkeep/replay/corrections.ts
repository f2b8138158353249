// Corrections by hand, from the export to the run that takes them in.
import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Connection, ofWorkspace, withSession } from '../../base';
import { rejectedFiles, takeLock } from '../../lake';
import type { RunEvent } from '../../model';
import { run } from '../../run';
import type { OpenWorkspace } from '../../workspace';
import { exportTo } from './exportRejects';
import { handIn, rejectedOf } from './handIn';
import type { CorrectedFile, CorrectionResult, ExportResult, RejectSelection } from './model';
import { readCorrections } from './readCorrections';

/**
 * Writes rejected records of one table to a CSV file, to be corrected and handed in by `applyCorrections`.
 * @param path absolute; what lies there is replaced.
 * @throws see exportTo.
 */
export async function exportRejects(
  workspace: OpenWorkspace,
  selection: RejectSelection & { readonly signal?: AbortSignal },
  path: string,
): Promise<ExportResult> {
  return withSession(ofWorkspace(workspace.settings), (connection) =>
    exportTo(workspace, connection, selection, path, selection.signal),
  );
}

/**
 * Hands corrected records in as further landing files of their slots and runs these. The rejects they answer stay as
 * they are, as do the files they came in: a corrected record has a line of its own to be traced to.
 * @throws PipelineError LOCKED while another run goes on; what readCorrections, handIn and `run` throw.
 */
export async function* applyCorrections(
  workspace: OpenWorkspace,
  selection: Pick<RejectSelection, 'date' | 'stage'> & { readonly signal?: AbortSignal },
  path: string,
): AsyncGenerator<RunEvent, CorrectionResult> {
  const { lake, settings } = workspace;
  const { date, stage, signal } = selection;
  const given = await readCorrections(path);
  const handed = await withSession(ofWorkspace(settings), async (connection) => {
    const lock = await takeLock(lake.stateDir);
    try {
      return await handIn(workspace, connection, selection, path, given, signal);
    } finally {
      await lock.release();
    }
  });
  const counts = {
    ...{ date, stage, given: given.corrections.length },
    ...{ unchanged: handed.unchanged, handed_in_before: handed.handedInBefore },
  };
  // Handed in before, and never taken in: a run that did not come to it is made up for.
  const { sheets } = handed;
  // What was handed in before and still waits in landing is taken by the same run.
  const meant = given.corrections.map((one) => one.id);
  if (sheets.length === 0 && handed.handedInBefore === 0) return { ...counts, files: [] };
  const running = run(
    workspace,
    {
      dates: [date],
      tables: [...new Set(meant.map((id) => id.table))],
      brands: [...new Set(meant.map((id) => id.brand))],
    },
    signal === undefined ? {} : { signal },
  );
  let runId = '';
  try {
    for (;;) {
      const next = await running.next();
      if (next.done === true) {
        for (const sheet of sheets)
          await rmdir(dirname(join(settings.landingDir, sheet.path))).catch(() => undefined);
        const files = await withSession(ofWorkspace(settings), (connection) =>
          Promise.all(sheets.map((sheet) => becameOf(workspace, connection, date, sheet))),
        );
        return { ...counts, files, run: { run_id: runId, status: next.value.status } };
      }
      runId = next.value.run_id;
      yield next.value;
    }
  } finally {
    await running.return(undefined as never);
  }
}

async function becameOf(
  workspace: OpenWorkspace,
  connection: Connection,
  date: string,
  sheet: Awaited<ReturnType<typeof handIn>>['sheets'][number],
): Promise<CorrectedFile> {
  const { lake } = workspace;
  const { table, brand, path, corrections } = sheet;
  const told = { path, table, brand, rows: corrections.length };
  if (rejectedFiles(lake, date).some((note) => note.file === path))
    return { ...told, outcome: 'rejected', rejected: corrections.length };
  if (!lake.parts(date, brand, table).some((m) => m.source?.file === path))
    return { ...told, outcome: 'in_landing', rejected: 0 };
  return { ...told, outcome: 'taken_in', rejected: await rejectedOf(workspace, connection, date, sheet) };
}
