// data/logs/alerts.ndjson: what became of every alert, one JSON object a line.
import { alertLogFile } from '../../lake';
import { latestLines, noteInBounds } from '../../base';
import type { Settings } from '../../model';
import type { Channel } from './delivery';

export interface AlertLogLine {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The run that tried to send it. */
  readonly run_id: string;
  readonly alert: string;
  readonly channel: Channel;
  readonly subject: string;
  /** "waiting": it stays in the outbox and is tried again; "dropped": it was too old or one of too many. */
  readonly status: 'sent' | 'waiting' | 'dropped';
  readonly attempt: number;
  readonly message: string;
  readonly remedy?: string;
}

/** Appends a line; neither the outcome of the run nor the alert depends on it. */
export function logAlert(settings: Pick<Settings, 'logsDir'>, line: AlertLogLine): void {
  noteInBounds(alertLogFile(settings), line);
}

/** What a run did about alerts, oldest first: for callers that sum the run up. */
export function alertsOfRun(settings: Pick<Settings, 'logsDir'>, runId: string): readonly AlertLogLine[] {
  const own = `"run_id":${JSON.stringify(runId)}`;
  return latestLines(alertLogFile(settings), (line) => line.includes(own)).flatMap((line): AlertLogLine[] => {
    try {
      return [JSON.parse(line) as AlertLogLine];
    } catch {
      return [];
    }
  });
}
