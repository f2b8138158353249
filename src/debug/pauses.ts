// How long a run stood still in each of its steps: time that their work did not take.
import type { StepName } from '../engine';
import { stepId } from './work';

export interface Pauses {
  /** A step begins, perhaps once more. */
  begin(step: StepName): void;
  /** It stands still in a step from now on; gives what ends that. */
  stand(step: StepName): () => void;
  /** Seconds that the work of a step took, of those from its beginning to its end. */
  worked(step: StepName, seconds: number): number;
}

/** @param clock milliseconds from any beginning. */
export function openPauses(clock: () => number = () => performance.now()): Pauses {
  // By step: its end is told when the next one may have begun already.
  const stood = new Map<string, number>();
  return {
    begin: (step) => {
      stood.set(stepId(step), 0);
    },
    stand: (step) => {
      const since = clock();
      return () => {
        stood.set(stepId(step), (stood.get(stepId(step)) ?? 0) + clock() - since);
      };
    },
    worked: (step, seconds) => Math.max(0, seconds - (stood.get(stepId(step)) ?? 0) / 1000),
  };
}
