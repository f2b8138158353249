// What a run's command has to do with alerts: a run that cannot begin is told, and what became of an alert is told here.
import { alertsOfRun, printable, tellStopped, type OpenWorkspace } from '../engine';
import { openHere } from './selection';
import { note, type Session } from './session';

/** Opens the workspace for a run; where that fails, those who get alerts learn of it. */
export async function openToRun(session: Session, mock = false): Promise<OpenWorkspace> {
  try {
    return await openHere(session, mock);
  } catch (error) {
    await tellStopped({ directory: session.directory, environment: process.env }, error);
    throw error;
  }
}

/** One line for each alert of a run; the run's outcome does not depend on them. */
export function noteAlerts(session: Session, { settings }: OpenWorkspace, runId: string | undefined): void {
  if (runId === undefined) return;
  for (const { channel, status, message } of alertsOfRun(settings, runId))
    note(session, `${channel}: ${OUTCOME[status]} ${printable(message)}${status === 'waiting' ? LATER : ''}`);
}

const OUTCOME = {
  sent: 'alert sent',
  waiting: 'the alert waits.',
  dropped: 'an alert was given up.',
} as const;
const LATER = ' It is tried again with the next run; m7 check --mail says more.';
