// Alerts on their way: each stands in a file until it is sent, so that neither a crash nor a dead server loses one.
import { readRegularText } from '../../base';
import { alertFolder, type AlertFolder, requireKnownFormat } from '../../lake';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Settings, PipelineError } from '../../model';
import type { AlertContent } from './content';
import type { AlertMessage, Channel } from './delivery';
import { writeDurably } from './alertFolder';

/** One message for one channel. */
export interface OutboxEntry extends AlertMessage {
  readonly version: 1;
  readonly channel: Channel;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly attempts: number;
  /** How the last attempt failed. */
  readonly trouble?: string;
}

/** More than so many wait for nothing: whoever gets them all at once reads none. */
const MOST_ENTRIES = 40;
const MOST_DAYS = 7;
const MOST_ATTEMPTS = 100;
const MOST_BYTES = 1_000_000;
/** An entry that was taken longer ago was taken by a process that did not live to tell. */
const TAKEN_MS = 120_000;

const fileOf = (folder: AlertFolder, { channel, id }: Pick<OutboxEntry, 'channel' | 'id'>): string =>
  join(folder.outbox, `${channel}-${id}.json`);
const TAKEN = '.taken';

/** Puts a message into the outbox; when it returns, the message is durable. */
export async function putIntoOutbox(settings: Settings, entry: OutboxEntry): Promise<void> {
  const folder = alertFolder(settings);
  await writeDurably(folder, fileOf(folder, entry), `${JSON.stringify(entry)}\n`);
}

/** What waits, newest first. Files that cannot be read as entries are left out and removed. @throws PipelineError STATE_NEWER */
export async function readOutbox(settings: Settings): Promise<readonly OutboxEntry[]> {
  const folder = alertFolder(settings);
  const entries: OutboxEntry[] = [];
  for (const name of await namesIn(folder.outbox)) {
    const path = join(folder.outbox, name);
    if (name.endsWith(TAKEN)) {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined || Date.now() - found.mtimeMs < TAKEN_MS) continue;
      await rename(path, path.slice(0, -TAKEN.length)).catch(() => undefined);
    } else if (!name.endsWith('.json')) continue;
    const entry = await readEntry(name.endsWith(TAKEN) ? path.slice(0, -TAKEN.length) : path);
    if (entry !== undefined) entries.push(entry);
  }
  return entries.sort((a, b) => (a.created < b.created ? 1 : -1));
}

async function readEntry(path: string): Promise<OutboxEntry | undefined> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw new Error('Too large.');
    const value: unknown = JSON.parse(readRegularText(path));
    requireKnownFormat('alerts', path, value);
    if (isEntry(value)) return value;
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    if (error instanceof Error && 'code' in error) return undefined;
  }
  await rm(path, { force: true }).catch(() => undefined);
  return undefined;
}

function isEntry(value: unknown): value is OutboxEntry {
  const { version, channel, id, created, attempts, content } = (value ?? {}) as Partial<OutboxEntry>;
  return (
    version === 1 &&
    (channel === 'mail' || channel === 'webhook') &&
    typeof id === 'string' &&
    typeof created === 'string' &&
    typeof attempts === 'number' &&
    isContent(content)
  );
}

function isContent(value: unknown): value is AlertContent {
  const { subject, dates, recovered, commands } = (value ?? {}) as Partial<AlertContent>;
  return typeof subject === 'string' && [dates, recovered, commands].every(Array.isArray);
}

/** Is it past what is worth sending? */
export function isStale(entry: OutboxEntry, place: number, now: number): boolean {
  const days = (now - Date.parse(entry.created)) / 86_400_000;
  return place >= MOST_ENTRIES || days > MOST_DAYS || entry.attempts >= MOST_ATTEMPTS;
}

/** Takes an entry for sending; false: another process has it, or has sent it. */
export async function takeEntry(settings: Settings, entry: OutboxEntry): Promise<boolean> {
  const path = fileOf(alertFolder(settings), entry);
  try {
    // Its age is that of the taking, from the first moment on.
    await utimes(path, new Date(), new Date());
    await rename(path, path + TAKEN);
    return true;
  } catch {
    return false;
  }
}

/** Ends what takeEntry began: sent or dropped it is gone, else it waits for the next attempt. */
export async function settleEntry(settings: Settings, entry: OutboxEntry, trouble?: string): Promise<void> {
  const path = fileOf(alertFolder(settings), entry);
  if (trouble !== undefined)
    await putIntoOutbox(settings, { ...entry, attempts: entry.attempts + 1, trouble }).catch(() => undefined);
  await rm(path + TAKEN, { force: true }).catch(() => undefined);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}
