// The format of every kind of file under .state: a newer one is neither read, overwritten nor removed, and says so in its own words.
import { readRegularText } from '../base';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PipelineError } from '../model';
import { alertFolderIn, cacheFile, lockFile } from './dataFolder';

/**
 * The format that this version writes, the newest it reads. A file without a `version` is of format 1. Who changes a
 * format adds one here, writes it as the first key, and goes on reading the older ones.
 */
const FORMATS = {
  manifest: 1,
  ledger: 1,
  lock: 1,
  cache: 1,
  alerts: 1,
  corrections: 1,
  drift: 1,
} as const;
export type StateKind = keyof typeof FORMATS;

/** @throws PipelineError STATE_NEWER where the parsed content of a file is of a format that only a newer version reads. */
export function requireKnownFormat(kind: StateKind, path: string, content: unknown): void {
  const format = formatOf(content);
  if (format > FORMATS[kind]) throw newer(kind, path, format);
}

/** As requireKnownFormat, of a JSON text that is not parsed yet and may be long. */
export function requireKnownText(kind: StateKind, path: string, text: string): void {
  const [, version] = /^\{"version":(\d{1,9})[,}]/.exec(text) ?? [];
  if (Number(version) > FORMATS[kind]) throw newer(kind, path, Number(version));
}

/**
 * Before anything in the data folder is changed: what a run reads late, or passes over where it cannot be read.
 * Manifests, the ledger and caches of dates are checked where they are read.
 * @throws PipelineError STATE_NEWER
 */
export function requireKnownState(stateDir: string): void {
  const { state, outbox, begun } = alertFolderIn(stateDir);
  for (const name of ['shapes', 'loads', 'history']) requireKnownFile('cache', cacheFile(stateDir, name));
  for (const path of [state, ...filesIn(outbox), ...filesIn(begun)]) requireKnownFile('alerts', path);
}

/**
 * For work that reads no caches and asks before it takes the lock: all caches of dates, and the lock itself.
 * @throws PipelineError STATE_NEWER
 */
export function requireKnownRest(stateDir: string): void {
  requireKnownFile('lock', lockFile(stateDir));
  const ofDates = dirname(cacheFile(stateDir, 'manifests/x'));
  for (const path of filesIn(ofDates)) requireKnownFile('cache', path);
}

/** As far as a question goes that changes nothing: who holds the lock. @throws PipelineError STATE_NEWER */
export function requireKnownLock(stateDir: string): void {
  requireKnownFile('lock', lockFile(stateDir));
}

/** A file that is missing or damaged is not of a newer version. */
function requireKnownFile(kind: StateKind, path: string): void {
  let content: unknown;
  try {
    content = JSON.parse(readRegularText(path));
  } catch {
    return;
  }
  requireKnownFormat(kind, path, content);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function formatOf(content: unknown): number {
  if (typeof content !== 'object' || content === null || !('version' in content)) return 1;
  return typeof content.version === 'number' && Number.isInteger(content.version) ? content.version : 1;
}

function newer(kind: StateKind, path: string, format: number): PipelineError {
  return new PipelineError(
    'STATE_NEWER',
    `${path} was written by a newer M7 Pipeline (format ${format}; this one reads up to ${FORMATS[kind]}).`,
    'Update M7 Pipeline.',
    { where: { file: path } },
  );
}
