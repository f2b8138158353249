// A run: lock, inventory, plan, steps, summaries, as a stream of events. There is no other way to execute.
import { workersOf } from '../base';
import { runLogFile } from '../lake';
import {
  type DateKey,
  type DateSummary,
  type Report,
  type RunEvent,
  type RunFinished,
  type RunResult,
  type RunStatus,
  type Selection,
  type StepFinished,
  dayOf,
  defined,
} from '../model';
import { openListeners } from '../notify';
import { maskingOf, readSummary } from '../report';
import { type Inspector, openFailures } from '../stages';
import {
  type OpenWorkspace,
  keepBrands,
  keepShapes,
  redactError,
  redaction,
  requireSafeSql,
} from '../workspace';
import { gapsOf, outcomesByDate } from './dateOutcomes';
import { type AffectedDate, type AffectedDates, affectedDates, affectedInWords } from './affected';
import { type StampEvent, finishedOf, newRunId, openEventStream, progressOf, stackOf } from './eventStream';
import { executeStep } from './execute';
import { type Inventory, unfinishedDates } from './inventory';
import { lostHistory } from './lostHistory';
import type { Plan } from './plan';
import { prepareSettled } from './settledPlan';
import { RunHistory } from './runHistory';
import { RunLog } from './runLog';
import { type RunResources, openRunResources } from './runResources';
import { schedule } from './schedule';
import { maskedOutcome, reportOf } from './stepOutcome';
import { writeSummary } from './summary';
import { unconfiguredInWords } from './unconfigured';

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Now; tests give their own. */
  readonly clock?: () => Date;
  /** Takes what continues after the end (alerts, lineage), so that the run's result need not wait for it. */
  readonly afterwards?: (notified: Promise<unknown>) => void;
  /** Milliseconds a landing file must not have changed for; SETTLE of the settings without it. */
  readonly settleMs?: number;
  /** Landing files, by path, of which it is known that they are complete. */
  readonly complete?: (path: string) => boolean;
  /** Is shown every place of the run: its steps then come one after the other. */
  readonly inspector?: Inspector;
}

/**
 * Runs what a selection needs and reports it event by event; the generator's return value sums it up.
 * Cancelling by the signal ends the run within a second with status "cancelled"; so does leaving the
 * generator early.
 * @throws PipelineError LOCKED when another run works on the data folder; whatever makes a run impossible.
 */
export async function* run(
  workspace: OpenWorkspace,
  selection: Selection,
  options: RunOptions = {},
): AsyncGenerator<RunEvent, RunResult> {
  const listeners = openListeners(workspace);
  let result: RunResult | undefined;
  let broken: unknown;
  try {
    result = yield* perform(workspace, selection, options, (event) => {
      for (const listener of listeners) listener.hear(event);
    });
    return result;
  } catch (error) {
    broken = redactError(redaction(workspace.settings), error);
    throw broken;
  } finally {
    const notified = Promise.all(listeners.map((listener) => listener.ended(result, broken)));
    if (options.afterwards === undefined) await notified;
    else options.afterwards(notified);
  }
}

/** A run that has its plan: what its parts share. */
interface ActiveRun {
  readonly workspace: OpenWorkspace;
  readonly selection: Selection;
  readonly inspector: Inspector | undefined;
  readonly signal: AbortSignal;
  readonly clock: () => Date;
  /** `performance.now()` of its start. */
  readonly startedAt: number;
  readonly runId: string;
  readonly stamp: StampEvent;
  readonly resources: RunResources;
  readonly history: RunHistory;
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** Steps with something to do. */
  readonly due: number;
  /** Dates that the run works on, or whose last run did not finish. */
  readonly touched: readonly DateKey[];
  /** Dates outside the selection that look at what the run changes. */
  readonly outside: AffectedDates;
}

/** The run itself: what it owns is given back when it returns. */
async function* perform(
  workspace: OpenWorkspace,
  selection: Selection,
  options: RunOptions,
  hear: (event: RunEvent) => void,
): AsyncGenerator<RunEvent, RunResult> {
  const { settings } = workspace;
  const resources = await openRunResources(workspace);
  try {
    const startedAt = performance.now();
    const clock = options.clock ?? ((): Date => new Date());
    const signal = options.signal ?? new AbortController().signal;
    const runId = newRunId(clock());
    const log = new RunLog(runLogFile(settings, runId));
    const stamp = openEventStream({ runId, clock, redact: redaction(settings), log, hear });
    const request = { selection, today: dayOf(clock()), signal, locked: true };
    const prepared = yield* prepareSettled(workspace, resources.warehouse, request, {
      settleMs: options.settleMs ?? settings.settleSeconds * 1000,
      complete: options.complete ?? ((): boolean => false),
      stamp,
    });
    const outside = await affectedDates(workspace, resources.warehouse, {
      selection,
      plan: prepared.plan,
      today: request.today,
    });
    const active: ActiveRun = {
      ...{ workspace, selection, inspector: options.inspector, signal, clock, startedAt, runId, stamp },
      ...{ resources, history: new RunHistory(resources.ledger), ...prepared, outside },
      ...(await datesOf(workspace, prepared)),
    };
    yield* start(active);
    return yield* finish(active, yield* runSteps(active));
  } finally {
    await resources.close();
  }
}

/** What a plan means for its dates; those that stay as they are keep what was read of them for the next run. */
async function datesOf(
  { lake }: OpenWorkspace,
  { plan, inventory }: Pick<ActiveRun, 'plan' | 'inventory'>,
): Promise<Pick<ActiveRun, 'due' | 'touched'>> {
  const due = plan.steps.filter((s) => s.action === 'run');
  const working = new Set(due.map((s) => s.date));
  await inventory.keep((date) => !working.has(date));
  // A run that was killed after its last step left no summary: the next one writes it, with or without steps.
  const unended = new Set([...working, ...unfinishedDates(lake)]);
  return { due: due.length, touched: plan.dates.filter((date) => unended.has(date)) };
}

async function* start(active: ActiveRun): AsyncGenerator<RunEvent, void> {
  const { workspace, resources, plan, due, touched, stamp } = active;
  await keepShapes(workspace.settings, workspace.config);
  await keepBrands(workspace.settings, workspace.config);
  if (due > 0) await requireSafeSql(workspace, resources.database, active.signal);
  if (touched.length > 0)
    resources.ledger.append([
      {
        kind: 'run',
        run_id: active.runId,
        status: 'started',
        time: active.clock().toISOString(),
        dates: touched,
      },
    ]);
  yield stamp({
    event: 'run_started',
    dates: plan.dates,
    steps: plan.steps.length,
    to_run: due,
    workspace: workspace.settings.workspace,
  });
  for (const one of plan.unconfigured)
    yield stamp({ event: 'log', level: 'warning', message: unconfiguredInWords(one) });
  for (const message of await lostHistory(workspace, resources, touched))
    yield stamp({ event: 'log', level: 'warning', message });
  for (const stray of plan.strays)
    yield stamp({
      event: 'log',
      level: stray.status === 'waiting' ? 'warning' : 'info',
      message: `${stray.path} stays in landing: ${stray.reason}.`,
    });
}

/** What the steps of a run gave. */
interface StepResults {
  readonly steps: readonly StepFinished[];
  /** Reports of the tables that were validated, refused ones too. */
  readonly reports: readonly Report[];
}

async function* runSteps(active: ActiveRun): AsyncGenerator<RunEvent, StepResults> {
  const { workspace, selection, resources, history, stamp, inspector } = active;
  const { settings, config, lake } = workspace;
  const { database, warehouse } = resources;
  const scope = {
    ...{ settings, config, lake, database, inspector, selection, runId: active.runId },
    warehouse: selection.validateOnly === true ? undefined : warehouse,
  };
  const events = schedule(active.plan.steps, {
    workers: inspector === undefined ? workersOf(settings) : 1,
    signal: active.signal,
    execute: (step, control) => executeStep({ ...scope, inventory: active.inventory }, step, control),
  });
  const steps: StepFinished[] = [];
  const reports: Report[] = [];
  for await (const event of events) {
    if (event.kind !== 'ended') {
      yield stamp(progressOf(event));
      continue;
    }
    const outcome = maskedOutcome(event.outcome, maskingOf(config));
    const finished = stamp(finishedOf(outcome));
    steps.push(finished);
    const report = reportOf(outcome);
    if (report !== undefined) reports.push(report);
    if (outcome.kind !== 'skipped') {
      const key = outcome.kind === 'done' ? outcome.key : undefined;
      const failures = await history.note({ kind: 'step', outcome: finished, ...defined({ key }) });
      for (const failure of failures) yield stamp(failure);
    }
    for (const stack of stackOf(outcome)) yield stamp(stack);
    yield finished;
  }
  return { steps, reports };
}

async function* finish(active: ActiveRun, results: StepResults): AsyncGenerator<RunEvent, RunResult> {
  const { workspace, plan, runId, history, stamp, touched } = active;
  const { steps, reports } = results;
  const summaries: DateSummary[] = [];
  for (const date of touched) {
    const failures = await history.attempt(async () =>
      summaries.push(await writeSummary(workspace, { plan, date, runId, reports, steps })),
    );
    for (const failure of failures) yield stamp(failure);
  }
  const time = active.clock().toISOString();
  const rejectedFiles = rejectedFilesOf(active);
  const ended = { ...results, rejectedFiles };
  if (touched.length > 0) {
    const status = statusOf(active, ended);
    const failures = await history.note({ kind: 'run', run_id: runId, status, time, dates: touched });
    for (const failure of failures) yield stamp(failure);
  }
  const affected: AffectedDate[] = [];
  if (!active.signal.aborted) {
    const failures = await history.attempt(async () => affected.push(...(await active.outside.now())));
    for (const failure of failures) yield stamp(failure);
  }
  for (const one of affected) yield stamp({ event: 'log', level: 'warning', message: affectedInWords(one) });
  // Asked again: the history may have failed with its last entry.
  const status = statusOf(active, ended);
  yield stamp({ ...runFinished(active, ended, status), ...(affected.length > 0 ? { affected } : {}) });
  return { status, summaries, reports, steps, rejectedFiles };
}

/** What a run ends with, besides its summaries. */
type EndedSteps = StepResults & Pick<RunResult, 'rejectedFiles'>;

/** Not all that came is accounted for while a file of the selection is rejected whole and not replaced. */
function rejectedFilesOf({ workspace, selection, plan }: ActiveRun): RunResult['rejectedFiles'] {
  const among = (names: readonly string[] | undefined, name: string): boolean =>
    names === undefined || names.length === 0 || names.includes(name);
  return openFailures(workspace, [], plan.dates).filter(
    ({ table, brand = '' }) => among(selection.tables, table) && among(selection.brands, brand),
  );
}

function statusOf({ signal, history }: ActiveRun, { steps, rejectedFiles }: EndedSteps): RunStatus {
  if (signal.aborted) return 'cancelled';
  const bad = history.failed || rejectedFiles.length > 0 || steps.some((s) => s.status === 'failed');
  return bad ? 'failed' : 'ok';
}

function runFinished(
  { workspace, selection, plan, due, startedAt }: ActiveRun,
  { steps, reports, rejectedFiles }: EndedSteps,
  status: RunStatus,
): Omit<RunFinished, 'time' | 'run_id'> {
  const { lake } = workspace;
  const gaps = gapsOf(selection.dates, plan.dates);
  const count = (wanted: StepFinished['status']): number => steps.filter((s) => s.status === wanted).length;
  return {
    event: 'run_finished',
    status,
    dates: plan.dates,
    steps: {
      done: count('done'),
      skipped: count('skipped'),
      failed: count('failed'),
      cancelled: count('cancelled'),
    },
    reports: reports.map((r) => workspace.relative(lake.reportFile(r.date, r.table))).sort(),
    seconds: Math.round(performance.now() - startedAt) / 1000,
    // Where nothing was due, all of them are up to date: their summaries need not be read for that.
    ...(plan.dates.length > 1 && due > 0
      ? {
          by_date: outcomesByDate(plan.dates, { steps, rejectedFiles }, (date) =>
            readSummary(workspace, date),
          ),
        }
      : {}),
    ...(gaps.length > 0 ? { gaps } : {}),
    ...(rejectedFiles.length > 0
      ? {
          rejected_files: rejectedFiles.map(({ date, brand = '', table, rejected_file = '', error }) => ({
            ...{ date, brand, table, file: rejected_file, error },
          })),
        }
      : {}),
  };
}
