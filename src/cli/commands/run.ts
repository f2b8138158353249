// m7 run and m7 validate: drains the engine's events to the terminal or as NDJSON, then sums up.
import {
  endOfRun,
  run,
  type OpenWorkspace,
  type RunFinished,
  type RunResult,
  type Selection,
} from '../../engine';
import { withJUnit, type JUnitRecord } from '../junit';
import { noteAlerts, openToRun } from '../alerts';
import { openProgress } from '../progress';
import { checkSelection, openHere, selectionOf, type SelectionOptions } from '../selection';
import type { ExitCode, Session } from '../session';
import { failureLines, rejectedFileLines, summaryLines, type EndedRun } from '../summary';
import { showPlan } from './plan';

export interface RunOptions extends SelectionOptions {
  readonly dryRun?: boolean;
  /** Path of the JUnit file to write. */
  readonly junit?: string;
}

export async function runPipeline(session: Session, options: RunOptions): Promise<ExitCode> {
  checkSelection(options);
  return withJUnit(session, options.junit, async (record) => {
    const open = options.dryRun === true ? openHere : openToRun;
    const workspace = await open(session, options.mock === true);
    record.workspace = workspace;
    const selection = selectionOf(workspace, options);
    return options.dryRun === true
      ? showPlan(session, workspace, selection, true)
      : drain(session, workspace, selection, record);
  });
}

export async function validate(session: Session, options: RunOptions): Promise<ExitCode> {
  return withJUnit(session, options.junit, async (record) => {
    const workspace = await openToRun(session);
    record.workspace = workspace;
    const selection: Selection = {
      ...selectionOf(workspace, options),
      stages: ['gold-to-snowflake'],
      validateOnly: true,
    };
    return drain(session, workspace, selection, record);
  });
}

async function drain(
  session: Session,
  workspace: OpenWorkspace,
  selection: Selection,
  record: JUnitRecord,
): Promise<ExitCode> {
  const progress = openProgress(session);
  const events = run(workspace, selection, { signal: session.signal });
  let result: RunResult;
  let finished: RunFinished | undefined;
  try {
    let next = await events.next();
    while (next.done !== true) {
      if (session.json) await session.out.line(JSON.stringify(next.value));
      progress.show(next.value);
      if (next.value.event === 'run_finished') finished = next.value;
      next = await events.next();
    }
    result = next.value;
    record.result = result;
  } finally {
    progress.close();
    // Where telling failed, the run is closed and gives its lock back; one that has ended does not mind.
    await events.return(undefined as never);
  }
  await sumUp(session, { workspace, selection, result, finished });
  noteAlerts(session, workspace, finished?.run_id);
  return exitOfRun(result);
}

/** The exit code of a run that came to its end. */
export function exitOfRun(result: RunResult): ExitCode {
  switch (endOfRun(result)) {
    case 'ok':
      return 0;
    case 'failed':
      return 1;
    case 'cancelled':
      return 130;
  }
}

async function sumUp(session: Session, ended: EndedRun): Promise<void> {
  const { log, out } = session;
  if (session.json || session.quiet) {
    // Whoever reads neither table nor events still has to learn why it failed.
    if (session.quiet) {
      for (const line of rejectedFileLines(ended.result, log.style)) if (line !== '') log.line(line);
      for (const step of ended.result.steps)
        if (step.status === 'failed') for (const line of failureLines(step, log.style)) log.line(line);
    }
    return;
  }
  await out.write(`${(await summaryLines(ended, out.style)).join('\n')}\n`);
}
