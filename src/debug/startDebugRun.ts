// From a launch to a run: what is to be run, on a copy of the workspace or on itself.
import { chooseWork, debugScope, openScratchWorkspace, openWorkspace } from '../engine';
import { DebugRun } from './debugRun';
import type { Launch } from './launch';
import type { StopCriteria } from './stopPolicy';
import type { RunListener } from './stopState';
import { openTaskQueue } from './taskQueue';

/**
 * Begins the run of a launch; resolves when it has begun, and everything that follows is reported to the listener.
 * @param listener `opened` is called before it begins.
 * @throws PipelineError for whatever makes it impossible.
 */
export async function startDebugRun(
  launch: Launch,
  criteria: StopCriteria,
  listener: RunListener & { opened(run: DebugRun): void },
): Promise<void> {
  const options = { directory: launch.workspace };
  const original = await openWorkspace(options);
  const scope = debugScope(original.config, launch.request);
  const scratch = launch.publish ? undefined : await openScratchWorkspace(options, scope.date);
  try {
    const workspace = scratch?.workspace ?? original;
    const selections = await chooseWork(workspace, scope, launch.publish);
    const tasks = openTaskQueue(
      scope,
      selections.map((selection) => ({ selection })),
    );
    const started = new DebugRun({ launch, workspace, scratch, tasks, criteria, listener });
    listener.opened(started);
    await started.begun;
  } catch (error) {
    scratch?.close();
    throw error;
  }
}

/** @throws PipelineError where a launch cannot begin by what the files say now. */
export async function checkLaunch({ workspace, request, publish }: Launch): Promise<void> {
  const opened = await openWorkspace({ directory: workspace });
  await chooseWork(opened, debugScope(opened.config, request), publish);
}
