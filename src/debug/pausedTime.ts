// How long a run was paused in each of its steps: time that their work did not take.
import type { StepName } from '../engine';
import { stepId } from './taskQueue';

export interface PausedTime {
  /** A step begins, perhaps once more. */
  begin(step: StepName): void;
  /** It is paused in a step from now on; gives what ends that. */
  pause(step: StepName): () => void;
  /** Seconds that the work of a step took, of those from its beginning to its end. */
  worked(step: StepName, seconds: number): number;
}

/** @param clock milliseconds from any beginning. */
export function openPausedTime(clock: () => number = () => performance.now()): PausedTime {
  // By step: its end is reported when the next one may have begun already.
  const paused = new Map<string, number>();
  return {
    begin: (step) => {
      paused.set(stepId(step), 0);
    },
    pause: (step) => {
      const since = clock();
      return () => {
        paused.set(stepId(step), (paused.get(stepId(step)) ?? 0) + clock() - since);
      };
    },
    worked: (step, seconds) => Math.max(0, seconds - (paused.get(stepId(step)) ?? 0) / 1000),
  };
}
