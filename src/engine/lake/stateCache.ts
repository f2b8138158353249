// Small JSON files under .state/cache: what is read again and again, kept as long as it is true. They may be lost at any time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../base';
import { PipelineError } from '../model';
import type { Lake } from './lake';

/** The folders of the state; see lake.ts. */
export type StateFolders = Pick<Lake, 'stateDir' | 'temporaryDir'>;

/** Version of every file's form; another one is as good as none. */
const VERSION = 1;

/** What was kept under a name; undefined where nothing was, or nothing that can be read. */
export function recall(state: StateFolders, name: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const kept = JSON.parse(readFileSync(pathOf(state, name), 'utf8')) as { version?: unknown } | null;
    return kept?.version === VERSION ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value under a name: under the run's lock only. What cannot be written is done without: it saves time, nothing else. */
export async function keep(state: StateFolders, name: string, value: object): Promise<void> {
  try {
    const text = `${JSON.stringify({ version: VERSION, ...value })}\n`;
    await writeWhole(pathOf(state, name), text, state.temporaryDir);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
  }
}

const pathOf = (state: StateFolders, name: string): string => join(state.stateDir, 'cache', `${name}.json`);
