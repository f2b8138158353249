// Rejects tried again after a rule, a schema or a name was corrected: what is due runs, and each reason is counted.
import { type Connection, ofWorkspace, openSession } from '../../base';
import { rejectedFiles, takeLock } from '../../lake';
import { defined, type RunEvent, type RunResult, type Selection } from '../../model';
import { chosenFiles, putBack, replayFile, type ReturnableFile } from './replayFiles';
import type { ReplayFile, ReplayOptions, ReplayResult } from './model';
import { chosenTables, fromStage, keepChosen, reasonsOf, rejectsOf } from './replayRejects';
import { planRun, run, type RunOptions } from '../../run';
import type { OpenWorkspace } from '../../workspace';

export type * from './model';

/**
 * Tries the rejects of one stage again. What decides is what decides for every run: a stage runs again when its
 * inputs or its config have changed since, or with `force`. Files that were kept out whole go back into landing
 * under the name they came with, and are judged anew.
 * The events are those of the run; the generator's return value tells per reason what passes now.
 * @throws PipelineError LOCKED while another run goes on; SQL_INVALID for a condition that is not one; CANCELLED; what
 * `run` throws. Files that were put back before stay in landing, where any run takes them.
 */
export async function* replay(
  workspace: OpenWorkspace,
  options: ReplayOptions,
): AsyncGenerator<RunEvent, ReplayResult> {
  const { lake } = workspace;
  const { date, stage, signal } = options;
  const connection = await openSession(ofWorkspace(workspace.settings));
  try {
    const before = await keepChosen(
      connection,
      await rejectsOf(lake, date, stage, options.tables),
      options,
      signal,
    );
    const files = stage === 'landing-to-raw' ? await chosenFiles(workspace, connection, options) : [];
    const selection = await selectionOf(connection, options, files);
    const nothing = { date, stage, dry_run: options.dryRun === true };
    if (before === 0 && files.every((file) => file.because !== undefined)) {
      const untouched = files.map((file) => replayFile(file, 'left', file.because));
      return { ...nothing, reasons: [], files: untouched, rows: noRows(0), steps: [] };
    }
    if (options.dryRun === true) {
      const { reasons } = await reasonsOf(connection, undefined, signal);
      return {
        ...nothing,
        reasons,
        files: files.map((file) =>
          replayFile(file, file.because === undefined ? 'would_put_back' : 'left', file.because),
        ),
        rows: noRows(before),
        steps: await dueSteps(workspace, selection, signal),
      };
    }
    const returned = files.length === 0 ? [] : await underLock(workspace, files, signal);
    const steps = await dueSteps(workspace, selection, signal);
    if (steps.length === 0) {
      const { reasons } = await reasonsOf(connection, undefined, signal);
      return { ...nothing, reasons, files: returned, rows: noRows(before), steps };
    }
    const { result, runId } = yield* followed(workspace, selection, {
      ...defined({ signal }),
      // They were complete when they were rejected.
      complete: (path) => returned.some((one) => one.file === path),
    });
    const after = {
      same: await rejectsOf(lake, date, stage, options.tables),
      later: (
        await Promise.all(
          fromStage(stage)
            .slice(1)
            .map((later) => rejectsOf(lake, date, later, options.tables)),
        )
      ).flat(),
    };
    // A cancelled run is told as far as it came; counting goes on without the signal.
    const { reasons, still } = await reasonsOf(connection, after, undefined);
    return {
      ...nothing,
      reasons,
      files: judged(workspace, date, returned),
      rows: { before, passed: before - (still ?? 0), still },
      steps,
      run: { run_id: runId, status: result.status },
    };
  } finally {
    connection.close();
  }
}

const noRows = (before: number): ReplayResult['rows'] => ({ before, passed: null, still: null });

/** Exactly the tables whose rejects are meant; brands where the stage works brand by brand. */
async function selectionOf(
  connection: Connection,
  options: ReplayOptions,
  files: readonly ReturnableFile[],
): Promise<Selection> {
  const { date, stage } = options;
  const byBrand = stage === 'landing-to-raw' || stage === 'raw-to-silver';
  const tables = new Set([
    ...(await chosenTables(connection)),
    ...files.filter((file) => file.because === undefined).map((file) => file.noted.note.table),
  ]);
  return {
    dates: [date],
    tables: [...tables],
    stages: fromStage(stage),
    ...(byBrand && options.brands !== undefined ? { brands: options.brands } : {}),
    force: options.force === true,
  };
}

async function dueSteps(
  workspace: OpenWorkspace,
  selection: Selection,
  signal: AbortSignal | undefined,
): Promise<ReplayResult['steps']> {
  const plan = await planRun(workspace, selection, signal === undefined ? {} : { signal });
  return plan.steps
    .filter((step) => step.action === 'run')
    .map(({ stage, date, brand, table, reason }) => ({
      stage,
      date,
      ...defined({ brand }),
      table,
      reason,
    }));
}

async function underLock(
  workspace: OpenWorkspace,
  files: readonly ReturnableFile[],
  signal: AbortSignal | undefined,
): Promise<readonly ReplayFile[]> {
  const lock = await takeLock(workspace.lake.stateDir);
  try {
    return await putBack(workspace, files, signal);
  } finally {
    await lock.release();
  }
}

async function* followed(
  workspace: OpenWorkspace,
  selection: Selection,
  options: RunOptions,
): AsyncGenerator<RunEvent, { readonly result: RunResult; readonly runId: string }> {
  const running = run(workspace, selection, options);
  let runId = '';
  try {
    for (;;) {
      const next = await running.next();
      if (next.done === true) return { result: next.value, runId };
      runId = next.value.run_id;
      yield next.value;
    }
  } finally {
    // Left early, the run is closed and gives its lock back; one that has ended does not mind.
    await running.return(undefined as never);
  }
}

/** What the run made of the files that were put back. */
function judged(
  { lake }: OpenWorkspace,
  date: string,
  returned: readonly ReplayFile[],
): readonly ReplayFile[] {
  const taken = new Set(lake.manifests('raw', date).map((m) => JSON.stringify([m.brand, m.source?.file])));
  const refused = new Map(
    rejectedFiles(lake, date).map((note) => [JSON.stringify([note.brand, note.file]), note]),
  );
  return returned.map((file): ReplayFile => {
    if (file.outcome !== 'put_back') return file;
    const key = JSON.stringify([file.brand, file.file]);
    const again = refused.get(key);
    if (again !== undefined)
      return { ...file, outcome: 'rejected', because: `${again.code}: ${again.reason}` };
    return taken.has(key) ? { ...file, outcome: 'taken_in' } : file;
  });
}
