// What is under way: shown to the user only when it takes long, and stopped by one button.

/** Shorter waits are not shown. */
const SHOWN_AFTER_MS = 300;

export interface Tasks {
  /** Runs something that can be cancelled; while it takes long, `changed` is called. */
  readonly run: <T>(
    title: string,
    task: (signal: AbortSignal) => Promise<T>,
    stop?: AbortSignal,
  ) => Promise<T>;
  /** The title of what has taken long; undefined while there is nothing to show. */
  readonly shown: string | undefined;
  readonly cancelAll: () => void;
}

interface Running {
  readonly title: string;
  readonly control: AbortController;
  shown: boolean;
}

export function createTasks(changed: () => void): Tasks {
  const running = new Set<Running>();
  return {
    run: async (title, task, stop) => {
      const one: Running = { title, control: new AbortController(), shown: false };
      const forward = (): void => one.control.abort();
      if (stop?.aborted === true) forward();
      stop?.addEventListener('abort', forward, { once: true });
      running.add(one);
      const timer = setTimeout(() => {
        one.shown = true;
        changed();
      }, SHOWN_AFTER_MS);
      try {
        return await task(one.control.signal);
      } finally {
        clearTimeout(timer);
        stop?.removeEventListener('abort', forward);
        running.delete(one);
        if (one.shown) changed();
      }
    },
    get shown() {
      return [...running].find((one) => one.shown)?.title;
    },
    cancelAll: () => {
      for (const one of [...running]) one.control.abort();
    },
  };
}
