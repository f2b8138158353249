// The door of the alerts: people hear of problems, and no run hears of the alerts.
import type { WorkspaceOptions } from '../../workspace';

export type { AlertContent } from './content';

/**
 * Alerts that a run could not start, since its workspace could not be opened; see tell.ts. Loaded only then.
 */
export async function tellStopped(options: WorkspaceOptions, error: unknown): Promise<void> {
  const tell = await import('./afterRun');
  await tell.alertStopped(options, error);
}
