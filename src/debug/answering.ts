// Answers that may take long, or much: they are seen, can be cancelled, and end before they fill the memory.
import { memoryAllowed } from '../engine';
import { limitsFor, withinMemory } from './memory';
import type { Progress } from './progress';
import type { Standing } from './standing';

export interface Answering {
  /** Does the work of a request, or of our own by a number below 0. @param title what is asked, for people. @throws what the work throws, OUT_OF_MEMORY. */
  <T>(
    request: {
      readonly id: number;
      readonly title: string;
      readonly now: Pick<Standing, 'questions' | 'workspace'>;
      readonly signal: AbortSignal;
    },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
}

/** @param runaway called where the work fills the memory and cannot be interrupted; it must end the process. */
export function openAnswering(progress: Progress, runaway: () => void): Answering {
  return async ({ id, title, now, signal }, work) => {
    const end = progress.request(id, title, () => now.questions.progress());
    try {
      return await withinMemory(limitsFor(memoryAllowed(now.workspace.settings)), signal, work, runaway);
    } finally {
      end();
    }
  };
}
