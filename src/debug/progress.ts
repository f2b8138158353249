// How far a step or a long answer is, for editors that show it.
import { Event } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** An answer that is there sooner needs no progress, in milliseconds; and how often one that is shown is updated. */
const LATER = 500;
/** Characters of what was asked. */
const TITLE = 80;

export interface Progress {
  /** Does the editor show progress at all? */
  shown: boolean;
  /** A step is at work; one that was shown before has ended then. */
  step(title: string, percent: number | undefined): void;
  stepEnds(): void;
  /** A request is being answered: shown once it takes long. @param requestId below 0: of our own. @param percent -1: not known. Gives what ends it. */
  request(requestId: number, title: string, percent: () => number): () => void;
  /** The request that a progress is about. */
  requestOf(progressId: string | undefined): number | undefined;
}

export function openProgress(send: (event: DebugProtocol.Event) => void): Progress {
  let current: { readonly id: string; readonly title: string } | undefined;
  let steps = 0;
  const start = (body: DebugProtocol.ProgressStartEvent['body']): void =>
    send(new Event('progressStart', body));
  const update = (progressId: string, percent: number | undefined): void => {
    const percentage = percent === undefined || percent < 0 ? {} : { percentage: Math.round(percent) };
    send(new Event('progressUpdate', { progressId, ...percentage }));
  };
  const end = (progressId: string): void => send(new Event('progressEnd', { progressId }));

  const progress: Progress = {
    shown: false,
    step: (title, percent) => {
      if (!progress.shown) return;
      if (current?.title !== title) {
        progress.stepEnds();
        current = { id: `step${steps++}`, title };
        start({ progressId: current.id, title, cancellable: false });
      }
      update(current.id, percent);
    },
    stepEnds: () => {
      if (current !== undefined) end(current.id);
      current = undefined;
    },
    request: (requestId, title, percent) => {
      if (!progress.shown) return () => undefined;
      const progressId = `${REQUEST}${requestId}`;
      const words = title.replace(/\s+/g, ' ').trim();
      const short = words.length > TITLE ? `${words.slice(0, TITLE)}…` : words;
      let started = false;
      const timer = setInterval(() => {
        const by = requestId < 0 ? {} : { requestId };
        if (!started) start({ progressId, title: short, ...by, cancellable: true });
        started = true;
        update(progressId, percent());
      }, LATER);
      return () => {
        clearInterval(timer);
        if (started) end(progressId);
      };
    },
    requestOf: (progressId) => {
      const [, number] = new RegExp(`^${REQUEST}(-?\\d+)$`).exec(progressId ?? '') ?? [];
      return number === undefined ? undefined : Number(number);
    },
  };
  return progress;
}

const REQUEST = 'request';
