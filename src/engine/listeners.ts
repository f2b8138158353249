// Who is told of a run without being part of it: nothing they do or fail to do changes its outcome.
import { openAlerts } from './alerts/listener';
import { openLineage } from './lineage';
import type { RunEvent } from './model';
import type { RunResult } from './run';
import type { OpenWorkspace } from './workspace';

/** Told of one run. No method throws: a listener keeps its troubles in its own log. */
export interface Listener {
  /** Sees each event as it is told; must not wait. */
  hear(event: RunEvent): void;
  /**
   * The run has ended, and others may work on the data folder. The listener limits its time itself.
   * @param result undefined: the run broke off with `error` before its end, or was left by its consumer.
   */
  ended(result: RunResult | undefined, error: unknown): Promise<void>;
}

/** The listeners that the settings ask for. */
export function openListeners(workspace: OpenWorkspace): readonly Listener[] {
  return [...openAlerts(workspace), ...openLineage(workspace)];
}
