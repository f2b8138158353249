// How far a step is, for editors that show it.
import { Event } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';

export interface Progress {
  /** Does the editor show progress at all? */
  shown: boolean;
  /** A step goes on; one that was told of before has ended then. */
  step(title: string, percent: number | undefined): void;
  stepEnds(): void;
}

export function openProgress(send: (event: DebugProtocol.Event) => void): Progress {
  let current: { readonly id: string; readonly title: string } | undefined;
  let steps = 0;
  const progress: Progress = {
    shown: false,
    step: (title, percent) => {
      if (!progress.shown) return;
      if (current?.title !== title) {
        progress.stepEnds();
        current = { id: `step${steps++}`, title };
        send(new Event('progressStart', { progressId: current.id, title, cancellable: false }));
      }
      const percentage = percent === undefined ? {} : { percentage: Math.round(percent) };
      send(new Event('progressUpdate', { progressId: current.id, ...percentage }));
    },
    stepEnds: () => {
      if (current !== undefined) send(new Event('progressEnd', { progressId: current.id }));
      current = undefined;
    },
  };
  return progress;
}
