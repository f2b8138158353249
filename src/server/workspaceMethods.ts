// Answers about the workspace and its runs, each from the state as it lies on disk now.
import {
  checkWorkspace,
  dateVerdicts,
  endOfRun,
  initWorkspace,
  maintain,
  openWorkspace,
  readStatus,
  run,
  stepId,
  trace,
  type DatedVerdict,
  type OpenWorkspace,
  type RunEvent,
  type RunResult,
} from '../engine';
import { writeSample } from '../sample';
import type { CallContext, Methods } from '../shared/channel';
import type { RunEnd, WorkspaceApi } from '../shared/serverApi';
import { version } from '../../package.json';

/** The methods of WorkspaceApi for one folder. */
export function workspaceMethods(directory: string): Methods<WorkspaceApi> {
  // Config may change between two calls: every call opens the workspace as it is then.
  const open = (): Promise<OpenWorkspace> => openWorkspace({ directory });
  return {
    hello: () => ({ version, pid: process.pid }),
    status: async (options, { signal }) => readStatus(await open(), { ...options, signal }),
    run: async ({ selection }, context) => {
      const { signal } = context;
      // Who waits for the end of a run need not wait for a mail server; what cannot be told by then waits in its outbox.
      const workspace = await open();
      const events = run(workspace, selection, { signal, afterwards: () => undefined });
      return drain(workspace, events, context);
    },
    maintain: async ({ dryRun }, { signal }) => maintain(await open(), { dryRun, signal }),
    check: (_, { signal }) => checkWorkspace({ directory, signal }),
    init: async ({ sample }, { signal }) => {
      if (sample === undefined) return { files: await initWorkspace(directory) };
      const { files } = await writeSample({ workspace: directory, ...sample, signal });
      return { files: files.map((file) => file.file) };
    },
    trace: async (options, { signal }) => trace(await open(), { ...options, signal }),
  };
}

async function drain(
  workspace: OpenWorkspace,
  events: AsyncGenerator<RunEvent, RunResult>,
  { progress }: CallContext<RunEvent>,
): Promise<RunEnd> {
  let runId = '';
  let dates: readonly string[] = [];
  let reports: readonly string[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done === true)
      return {
        ...runEnd(next.value, runId, dates, reports),
        verdicts: (await dateVerdicts(workspace, dates)).map(verdictTold),
      };
    const event = next.value;
    runId = event.run_id;
    if (event.event === 'run_finished') ({ dates, reports } = event);
    progress(event);
  }
}

function verdictTold({ date, status, text, tables }: DatedVerdict): RunEnd['verdicts'][number] {
  const named = (wanted: string): readonly string[] =>
    tables.filter((one) => one.status === wanted).map(({ table }) => table);
  return { date, status, text, failed: named('failed'), warned: named('warned') };
}

function runEnd(
  result: RunResult,
  run_id: string,
  dates: readonly string[],
  reports: readonly string[],
): Omit<RunEnd, 'verdicts'> {
  return {
    run_id,
    status: endOfRun(result),
    dates,
    reports,
    failures: [
      ...result.steps.flatMap((step) =>
        step.status === 'failed' && step.error !== undefined
          ? [{ step: stepId(step), error: step.error }]
          : [],
      ),
      ...result.rejectedFiles.map((file) => ({ step: stepId(file), error: file.error })),
    ],
  };
}
