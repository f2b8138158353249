// Waiting that can end early: by the signal, or because something moved in the drop zone.
import { watch } from 'node:fs';

/** However much moves, looks are at least this far apart. */
const LEAST_MS = 1_000;

/**
 * Waits. A movement in `folder` ends it early, where the system reports one (network drives do not): nothing
 * depends on it.
 */
export function waitForMovement(ms: number, signal: AbortSignal, folder: string): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    let early: NodeJS.Timeout | undefined;
    const closeWatcher = watching(folder, () => {
      early ??= setTimeout(end, Math.min(ms, LEAST_MS));
    });
    const timer = setTimeout(end, Math.max(0, ms));
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      clearTimeout(early);
      signal.removeEventListener('abort', end);
      closeWatcher();
      resolve();
    }
  });
}

/** Opened again for each wait: a folder that went and came back is another one. */
function watching(folder: string, moved: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: false }, moved);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
