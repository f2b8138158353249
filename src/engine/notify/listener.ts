// Who listens to a run.
import type { RunEvent, RunResult } from '../model';

/** Hears one run. No method throws: a listener keeps its problems in its own log. */
export interface Listener {
  /** Sees each event as it comes; must not wait. */
  hear(event: RunEvent): void;
  /**
   * The run has ended, and others may work on the data folder. The listener limits its time itself.
   * @param result undefined: the run broke off with `error` before its end, or was left by its consumer.
   */
  ended(result: RunResult | undefined, error: unknown): Promise<void>;
}
