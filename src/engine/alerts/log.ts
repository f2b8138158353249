// data/logs/alerts.ndjson: what became of every alert, one JSON object a line.
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from '../model';
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

const MOST_BYTES = 1_000_000;

export const alertLogFile = (settings: Pick<Settings, 'logsDir'>): string =>
  join(settings.logsDir, 'alerts.ndjson');

/** Appends a line; a log that cannot be written is done without. A file that has grown large is kept as the old one. */
export function logAlert(settings: Settings, line: AlertLogLine): void {
  const path = alertLogFile(settings);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MOST_BYTES) renameSync(path, path.replace(/\.ndjson$/, '.old.ndjson'));
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch {
    // The outcome of the run does not depend on it, nor does the alert.
  }
}

/** What a run did about alerts, oldest first: for who sums the run up. */
export function alertsOfRun(settings: Pick<Settings, 'logsDir'>, runId: string): readonly AlertLogLine[] {
  let text: string;
  try {
    text = readFileSync(alertLogFile(settings), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line): AlertLogLine[] => {
    if (!line.includes(`"run_id":${JSON.stringify(runId)}`)) return [];
    try {
      return [JSON.parse(line) as AlertLogLine];
    } catch {
      return [];
    }
  });
}
