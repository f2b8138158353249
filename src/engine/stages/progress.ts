// Progress of a running statement, asked for now and then while it runs.
import type { Connection } from '../base';

/** How often a running statement is asked how far it is. */
const INTERVAL_MS = 250;

export interface ProgressTarget {
  readonly connection: Connection;
  readonly progress: (percent?: number, rows?: number) => void;
}

/**
 * Runs `work` and tells the progress of the connection's statement meanwhile, as a share of the whole step.
 * @param share the part of the step this statement is, in percent: [from, to].
 */
export async function withProgress<T>(
  target: ProgressTarget,
  share: readonly [number, number],
  work: () => Promise<T>,
): Promise<T> {
  const [from, to] = share;
  const timer = setInterval(() => {
    const percent = target.connection.progress();
    if (percent >= 0) target.progress(from + ((to - from) * Math.min(percent, 100)) / 100);
  }, INTERVAL_MS);
  try {
    const result = await work();
    target.progress(to);
    return result;
  } finally {
    clearInterval(timer);
  }
}
