// Small JSON files under .state/cache: what is read again and again, kept as long as it is true. They may be lost at any time.
import { requireKnownFormat } from './stateVersion';
import { writeWhole, readRegularText } from '../base';
import { PipelineError } from '../model';
import { type StateFolders, cacheFile } from './dataFolder';

/** Version of every file's form; an older one is as good as none. */
const VERSION = 1;

/** What was kept under a name; undefined where nothing was, or nothing that can be read. @throws PipelineError STATE_NEWER */
export function recall(state: StateFolders, name: string): Readonly<Record<string, unknown>> | undefined {
  const path = cacheFile(state.stateDir, name);
  let kept: { version?: unknown } | null;
  try {
    kept = JSON.parse(readRegularText(path)) as { version?: unknown } | null;
  } catch {
    return undefined;
  }
  requireKnownFormat('cache', path, kept);
  return kept?.version === VERSION ? kept : undefined;
}

/** Keeps a value under a name: under the run's lock only. What cannot be written is done without: it saves time, nothing else. */
export async function keep(state: StateFolders, name: string, value: object): Promise<void> {
  try {
    const text = `${JSON.stringify({ version: VERSION, ...value })}\n`;
    await writeWhole(cacheFile(state.stateDir, name), text, state.temporaryDir);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
  }
}
