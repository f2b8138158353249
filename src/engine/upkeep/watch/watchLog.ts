// The watch's own log: what it says and which runs it started, one file per day.
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dayOf } from '../../run';
import type { RunEvent, Settings } from '../../model';

/**
 * Appends an event to `watch/<date>.ndjson` below the logs. What cannot be written is done without; a data
 * folder that has gone (an unmounted drive) is not made anew in its place.
 */
export function noteInLog(settings: Settings, event: RunEvent): void {
  if (!existsSync(settings.dataDir)) return;
  const folder = join(settings.logsDir, 'watch');
  try {
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, `${dayOf(new Date(event.time))}.ndjson`), `${JSON.stringify(event)}\n`);
  } catch {
    // A full disk must not end the watch.
  }
}
