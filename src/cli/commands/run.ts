// m7 run and m7 validate: drains the engine's events to the terminal or as NDJSON, then sums up.
import { run, type OpenWorkspace, type RunResult, type Selection } from '../../engine';
import { openProgress } from '../progress';
import { checkSelection, openHere, selectionOf, type SelectionOptions } from '../selection';
import type { ExitCode, Session } from '../session';
import { failureLines, summaryLines } from '../summary';
import { showPlan } from './plan';

export interface RunOptions extends SelectionOptions {
  readonly dryRun?: boolean;
}

export async function runPipeline(session: Session, options: RunOptions): Promise<ExitCode> {
  checkSelection(options);
  const workspace = await openHere(session, options.mock === true);
  const selection = selectionOf(workspace, options);
  return options.dryRun === true
    ? showPlan(session, workspace, selection)
    : drain(session, workspace, selection);
}

export async function validate(session: Session, options: RunOptions): Promise<ExitCode> {
  const workspace = await openHere(session);
  return drain(session, workspace, {
    ...selectionOf(workspace, options),
    stages: ['gold-to-snowflake'],
    validateOnly: true,
  });
}

async function drain(session: Session, workspace: OpenWorkspace, selection: Selection): Promise<ExitCode> {
  const progress = openProgress(session);
  const events = run(workspace, selection, { signal: session.signal });
  let result: RunResult;
  try {
    let next = await events.next();
    while (next.done !== true) {
      if (session.json) await session.out.line(JSON.stringify(next.value));
      progress.show(next.value);
      next = await events.next();
    }
    result = next.value;
  } finally {
    progress.close();
    // Where telling failed, the run is closed and gives its lock back; one that has ended does not mind.
    await events.return(undefined as never);
  }
  await sumUp(session, workspace, selection, result);
  if (result.status === 'cancelled') return 130;
  const bad = result.status === 'failed' || result.reports.some((report) => report.status === 'failed');
  return bad ? 1 : 0;
}

async function sumUp(
  session: Session,
  workspace: OpenWorkspace,
  selection: Selection,
  result: RunResult,
): Promise<void> {
  const { log, out } = session;
  if (session.json || session.quiet) {
    // Whoever reads neither table nor events still has to learn why it failed.
    if (session.quiet)
      for (const step of result.steps)
        if (step.status === 'failed') for (const line of failureLines(step, log.style)) log.line(line);
    return;
  }
  await out.write(`${summaryLines(workspace, selection, result, out.style).join('\n')}\n`);
}
