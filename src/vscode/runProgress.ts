// The progress of a run, from its events: plain figures that notification, status bar and views show.
import { stepName } from './runText';
import type { RunEvent, StepName } from '../engine';

export interface RunState {
  /** Steps the run has, and those that are due. */
  readonly steps: number;
  readonly due: number;
  readonly done: number;
  readonly failed: number;
  readonly rejected: number;
  /** Rows that left their steps so far. */
  readonly rows: number;
  /** 0 to 100 of the due steps. */
  readonly percent: number;
  /** The step started last that still runs, for people; before the run starts what it waits for; else "". */
  readonly step: string;
}

/** Follows a run. `take` gives the state after an event. */
export function followRun(): {
  readonly take: (event: RunEvent) => RunState;
  readonly state: () => RunState;
} {
  let [steps, due, done, failed, rejected, rows] = [0, 0, 0, 0, 0, 0];
  let [started, waitsFor] = [false, ''];
  const running = new Map<string, number>();
  const state = (): RunState => {
    const parts = [...running.values()].reduce((sum, percent) => sum + percent / 100, 0);
    return {
      steps,
      due,
      done,
      failed,
      rejected,
      rows,
      percent: due === 0 ? 0 : Math.min(100, (100 * (done + parts)) / due),
      step: [...running.keys()].at(-1) ?? waitsFor,
    };
  };
  const take = (event: RunEvent): RunState => {
    switch (event.event) {
      case 'run_started':
        [steps, due] = [event.steps, event.to_run];
        [started, waitsFor] = [true, ''];
        break;
      case 'step_started':
        running.set(nameOf(event), 0);
        break;
      case 'step_progress':
        if (event.percent !== undefined && running.has(nameOf(event)))
          running.set(nameOf(event), event.percent);
        break;
      case 'step_finished':
        // Steps that were skipped because they are up to date never started.
        if (running.delete(nameOf(event))) done += 1;
        if (event.status === 'failed') failed += 1;
        rejected += event.rows_rejected;
        rows += event.rows_out;
        break;
      case 'log':
        if (!started) waitsFor = event.message;
        break;
      case 'run_finished':
        break;
      default:
        event satisfies never;
    }
    return state();
  };
  return { take, state };
}

const nameOf = (step: StepName): string => stepName(step);
