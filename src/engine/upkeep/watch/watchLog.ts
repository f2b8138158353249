// The watch's own log: what it says and which runs it started, one file per day.
import { watchLogFile } from '../../lake';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { type RunEvent, type Settings, dayOf } from '../../model';

/**
 * Appends an event to `watch/<date>.ndjson` below the logs. What cannot be written is done without; a data
 * folder that has gone (an unmounted drive) is not made again in its place.
 */
export function noteInLog(settings: Settings, event: RunEvent): void {
  if (!existsSync(settings.dataDir)) return;
  const path = watchLogFile(settings, dayOf(new Date(event.time)));
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify(event)}\n`);
  } catch {
    // A full disk must not end the watch.
  }
}
