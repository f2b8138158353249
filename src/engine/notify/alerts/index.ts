// The door of the alerts: people learn of trouble, whoever's run it was, and no run learns of them.
import type { WorkspaceOptions } from '../../workspace';

export type { AlertContent } from './content';

/**
 * Tells that a run could not run at all, since its workspace could not be opened; see tell.ts. Loaded only then.
 */
export async function tellStopped(options: WorkspaceOptions, error: unknown): Promise<void> {
  const tell = await import('./afterRun');
  await tell.alertStopped(options, error);
}
