// Corrections by hand, from the export to the run that takes them in.
import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Connection, ofWorkspace, withSession } from '../../base';
import { rejectedFiles, takeLock } from '../../lake';
import { defined, type RunEvent } from '../../model';
import { run } from '../../run';
import type { OpenWorkspace } from '../../workspace';
import { exportTo } from './exportRejects';
import { CORRECTED_FOLDER, submitCorrections, rejectedOf } from './submit';
import type { CorrectedFile, CorrectionResult, ExportResult, RejectSelection } from './model';
import { readCorrections } from './readCorrections';

/**
 * Writes rejected records of one table to a CSV file, to be corrected and submitted by `applyCorrections`.
 * @param path absolute; what is there is replaced.
 * @throws see exportTo.
 */
export async function exportRejects(
  workspace: OpenWorkspace,
  selection: RejectSelection & { readonly signal?: AbortSignal },
  path: string,
): Promise<ExportResult> {
  return withSession(ofWorkspace(workspace.settings), (connection) =>
    exportTo(workspace, connection, selection, path),
  );
}

/**
 * Submits corrected records as further landing files of their slots and runs these. The rejects they answer stay as
 * they are, as do the files they came in: a corrected record has a line of its own to be traced to.
 * @throws PipelineError LOCKED while another run is under way; what readCorrections, submitCorrections and `run` throw.
 */
export async function* applyCorrections(
  workspace: OpenWorkspace,
  selection: Pick<RejectSelection, 'date' | 'stage'> & { readonly signal?: AbortSignal },
  path: string,
): AsyncGenerator<RunEvent, CorrectionResult> {
  const { lake, settings } = workspace;
  const { date, stage, signal } = selection;
  const given = await readCorrections(path);
  const submitted = await withSession(ofWorkspace(settings), async (connection) => {
    const lock = await takeLock(lake.stateDir);
    try {
      return await submitCorrections({ workspace, connection, date, stage, signal }, path, given);
    } finally {
      await lock.release();
    }
  });
  const counts = {
    ...{ date, stage, given: given.corrections.length },
    ...{ unchanged: submitted.unchanged, handed_in_before: submitted.submittedBefore },
  };
  // Submitted before, and never taken in: a run that did not come to it is made up for.
  const { files } = submitted;
  // What was submitted before and still waits in landing is taken by the same run.
  const meant = given.corrections.map((one) => one.id);
  if (files.length === 0 && submitted.submittedBefore === 0) return { ...counts, files: [] };
  const running = run(
    workspace,
    {
      dates: [date],
      tables: [...new Set(meant.map((id) => id.table))],
      brands: [...new Set(meant.map((id) => id.brand))],
    },
    // Corrections are written whole before they get their names.
    { ...defined({ signal }), complete: (path) => path.startsWith(`${CORRECTED_FOLDER}/`) },
  );
  let runId = '';
  try {
    for (;;) {
      const next = await running.next();
      if (next.done === true) {
        for (const file of files)
          await rmdir(dirname(join(settings.landingDir, file.path))).catch(() => undefined);
        const corrected = await withSession(ofWorkspace(settings), (connection) =>
          Promise.all(files.map((file) => becameOf(workspace, connection, date, file))),
        );
        return { ...counts, files: corrected, run: { run_id: runId, status: next.value.status } };
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
  file: Awaited<ReturnType<typeof submitCorrections>>['files'][number],
): Promise<CorrectedFile> {
  const { lake } = workspace;
  const { table, brand, path, corrections } = file;
  const corrected = { path, table, brand, rows: corrections.length };
  if (rejectedFiles(lake, date).some((note) => note.file === path))
    return { ...corrected, outcome: 'rejected', rejected: corrections.length };
  if (!lake.parts(date, brand, table).some((m) => m.source?.file === path))
    return { ...corrected, outcome: 'in_landing', rejected: 0 };
  return { ...corrected, outcome: 'taken_in', rejected: await rejectedOf(workspace, connection, date, file) };
}
