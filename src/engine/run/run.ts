// A run: lock, inventory, plan, steps, summaries, as a stream of events. There is no other way to execute.
import {
  type DateKey,
  type DateSummary,
  type Report,
  type RunEvent,
  type RunResult,
  type RunStatus,
  type Selection,
  type Step,
  type StepFinished,
  PipelineError,
  dayOf,
  defined,
  isCancelled,
} from '../model';
import { gapsOf, outcomesByDate } from './dateOutcomes';
import { type OpenWorkspace, keepShapes, redactError, redaction, requireSafeSql } from '../workspace';
import { durable, emptyFolder, ofWorkspace, openDatabase, openedOnDemand, workersOf } from '../base';
import { finishedOf, newRunId, openSpeaker, progressOf, stackOf, type Unstamped } from './eventStream';
import { executeStep } from './execute';
import type { Inspector } from '../stages';
import { takeInventory, unfinishedDates, type Inventory } from './inventory';
import { type LedgerEntry, clearDrafts, openLedger, takeLock, runLogFile, spillFolder } from '../lake';
import { type Listener, openListeners } from '../notify';
import { makePlan, type Plan } from './plan';
import { schedule } from './schedule';
import { reportOf } from './stepOutcome';
import { writeSummary } from './summary';
import { readSummary } from '../report';
import { type Warehouse, lookAtWarehouse, openWarehouse, rememberedLoads } from '../warehouse';

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Now; tests give their own. */
  readonly clock?: () => Date;
  /** Takes what goes on after the end (alerts, lineage), so that the run's result need not wait for it. */
  readonly afterwards?: (told: Promise<unknown>) => void;
  /** Is shown every place of the run: its steps then come one after the other. */
  readonly inspector?: Inspector;
}

/**
 * Runs what a selection needs and tells it event by event; the generator's return value sums it up.
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
    result = yield* perform(workspace, selection, options, listeners);
    return result;
  } catch (error) {
    broken = redactError(redaction(workspace.settings), error);
    throw broken;
  } finally {
    const told = Promise.all(listeners.map((listener) => listener.ended(result, broken)));
    if (options.afterwards === undefined) await told;
    else options.afterwards(told);
  }
}

/** The run itself: what it owns is given back when it returns. */
async function* perform(
  workspace: OpenWorkspace,
  selection: Selection,
  options: RunOptions,
  listeners: readonly Listener[],
): AsyncGenerator<RunEvent, RunResult> {
  const { settings, lake } = workspace;
  const clock = options.clock ?? ((): Date => new Date());
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  const owned: (() => Promise<void> | void)[] = [];
  try {
    const lock = await takeLock(lake.stateDir);
    owned.push(() => lock.release());
    await clearDrafts(lake.stateDir);
    await emptyFolder(lake.temporaryDir);
    durable('temporary.cleared');
    const { database, close } = openedOnDemand(() =>
      openDatabase({ ...ofWorkspace(settings), temporary: spillFolder(lake.temporaryDir) }),
    );
    owned.push(close);
    const warehouse = openWarehouse(settings, database);
    owned.push(() => warehouse.close());
    const ledger = await openLedger(lake.stateDir);
    owned.push(() => ledger.close());

    const begun = performance.now();
    const runId = newRunId(clock());
    const { stamp } = openSpeaker(runId, clock, runLogFile(settings, runId), redaction(settings), (event) => {
      for (const listener of listeners) listener.hear(event);
    });
    const prepared = await prepare(workspace, selection, warehouse, dayOf(clock()), signal, true);
    const { plan, inventory } = prepared;
    const busy = plan.steps.filter((s) => s.action === 'run');
    const working = new Set(datesOf(busy));
    await inventory.keep((date) => !working.has(date));
    await keepShapes(settings, workspace.config);
    // A run that was killed after its last step left no summary: the next one writes it, with or without steps.
    const unended = new Set([...working, ...unfinishedDates(lake)]);
    const touched = plan.dates.filter((date) => unended.has(date));
    if (busy.length > 0) await requireSafeSql(workspace, database, signal);
    if (touched.length > 0)
      ledger.append([
        { kind: 'run', run_id: runId, status: 'started', time: clock().toISOString(), dates: touched },
      ]);
    yield stamp({
      event: 'run_started',
      dates: plan.dates,
      steps: plan.steps.length,
      to_run: busy.length,
      workspace: settings.workspace,
    });
    for (const stray of plan.strays)
      yield stamp({
        event: 'log',
        level: stray.status === 'waiting' ? 'warning' : 'info',
        message: `${stray.path} stays in landing: ${stray.reason}.`,
      });

    // What is published stays so, whether or not its history can be written: that is told once, and the run failed.
    let untold: PipelineError | undefined;
    const attempt = async (write: () => unknown): Promise<readonly PipelineError[]> => {
      try {
        await write();
        return [];
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        if (untold !== undefined) return [];
        untold = error;
        return [error];
      }
    };
    const note = (entry: LedgerEntry): ReturnType<typeof attempt> => attempt(() => ledger.append([entry]));

    const reports: Report[] = [];
    const steps: StepFinished[] = [];
    const shop = {
      ...{ settings, config: workspace.config, lake, database, inventory, selection, runId, signal },
      warehouse: selection.validateOnly === true ? undefined : warehouse,
      inspector: options.inspector,
    };
    const work = schedule(plan.steps, {
      workers: options.inspector === undefined ? workersOf(settings) : 1,
      signal,
      execute: (step, voice) => executeStep(shop, step, voice),
    });
    // A consumer that stops pulling must not leave steps running behind it.
    owned.push(async () => {
      left.abort();
      await work.return();
    });
    for await (const event of work) {
      if (event.kind !== 'ended') {
        yield stamp(progressOf(event));
        continue;
      }
      const { outcome } = event;
      const finished = stamp(finishedOf(outcome));
      const report = reportOf(outcome);
      steps.push(finished);
      if (report !== undefined) reports.push(report);
      if (outcome.kind !== 'skipped')
        for (const error of await note({
          kind: 'step',
          outcome: finished,
          ...defined({ key: outcome.kind === 'done' ? outcome.key : undefined }),
        }))
          yield stamp(told(error));
      for (const stack of stackOf(outcome)) yield stamp(stack);
      yield finished;
    }

    const summaries: DateSummary[] = [];
    for (const date of touched)
      for (const error of await attempt(async () =>
        summaries.push(await writeSummary(workspace, { plan, date, runId, reports })),
      ))
        yield stamp(told(error));
    const statusNow = (): RunStatus =>
      signal.aborted
        ? 'cancelled'
        : untold !== undefined || steps.some((s) => s.status === 'failed')
          ? 'failed'
          : 'ok';
    if (touched.length > 0)
      for (const error of await note({
        kind: 'run',
        run_id: runId,
        status: statusNow(),
        time: clock().toISOString(),
        dates: touched,
      }))
        yield stamp(told(error));
    const status = statusNow();
    const gaps = gapsOf(selection.dates, plan.dates);
    const count = (wanted: StepFinished['status']): number => steps.filter((s) => s.status === wanted).length;
    yield stamp({
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
      seconds: Math.round(performance.now() - begun) / 1000,
      // Where nothing was due, all of them are up to date: their summaries need not be read for that.
      ...(plan.dates.length > 1 && busy.length > 0
        ? { by_date: outcomesByDate(plan.dates, steps, (date) => readSummary(workspace, date)) }
        : {}),
      ...(gaps.length > 0 ? { gaps } : {}),
    });
    return { status, summaries, reports, steps };
  } finally {
    await closeAll(owned);
  }
}

/** Reads what is there and decides what to do. @param locked Under the run's lock what was read may be kept. */
async function prepare(
  workspace: OpenWorkspace,
  selection: Selection,
  warehouse: Warehouse,
  today: DateKey,
  signal: AbortSignal,
  locked: boolean,
): Promise<{ readonly plan: Plan; readonly inventory: Inventory }> {
  const { settings, config } = workspace;
  const confirmed = await rememberedLoads(settings, warehouse, locked);
  const loads = new Map([...confirmed].map(([key, record]) => [key, record.loadId]));
  const inventory = await takeInventory(workspace, { selection, today, loads, signal });
  return { plan: makePlan(settings, config, inventory, selection), inventory };
}

/**
 * The plan of a selection without running it: what `run` would do now.
 * @throws PipelineError CANCELLED | PERMISSION | WAREHOUSE when the state cannot be read.
 */
export async function planRun(
  workspace: OpenWorkspace,
  selection: Selection,
  options: RunOptions = {},
): Promise<Plan> {
  const now = (options.clock ?? ((): Date => new Date()))();
  const signal = options.signal ?? new AbortController().signal;
  const { plan } = await lookAtWarehouse(workspace.settings, (warehouse) =>
    prepare(workspace, selection, warehouse, dayOf(now), signal, false),
  );
  return plan;
}

const told = ({ message, remedy }: PipelineError): Unstamped & { event: 'log' } => ({
  event: 'log',
  level: 'error',
  message: `${message} ${remedy}`,
});

const datesOf = (steps: readonly Step[]): readonly DateKey[] => [...new Set(steps.map((s) => s.date))].sort();

/** Closes in reverse order of opening; one that fails does not keep the others open. */
async function closeAll(owned: readonly (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of [...owned].reverse()) {
    try {
      await close();
    } catch (error) {
      if (!isCancelled(error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
