// The history of runs: an append-only file of checksummed lines, so that a torn write is seen and dropped.
import { requireKnownText } from './stateVersion';
import { closeSync, fsyncSync, openSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { ledgerFile } from './dataFolder';
import { durable, makeFolder, translateSystemError, readRegularFile } from '../base';
import type { DateKey, RunStatus, StepFinished } from '../model';

export type LedgerEntry =
  | {
      readonly kind: 'run';
      readonly run_id: string;
      readonly status: RunStatus | 'started';
      readonly time: string;
      readonly dates: readonly DateKey[];
    }
  | {
      readonly kind: 'step';
      /** The key of the step's output (see keys.ts), where it got that far. */
      readonly key?: string;
      readonly outcome: Omit<StepFinished, 'event'>;
    };

/** Where a line's JSON starts: after the checksum and a blank. */
const BODY = 9;

export interface Ledger {
  /** Appends lines and flushes them: when it returns they are durable. */
  append(entries: readonly LedgerEntry[]): void;
  /** Lines that were there when it was opened, and whose checksum does not hold. */
  readonly damaged: number;
  close(): void;
}

/**
 * Opens the ledger for appending, under the run's lock. Whatever follows the last whole line (a write cut
 * short by a crash) is cut off.
 */
export async function openLedger(stateDir: string): Promise<Ledger> {
  const path = ledgerFile(stateDir);
  await makeFolder(dirname(path));
  try {
    const file = openSync(path, 'a');
    let end = 0;
    let damaged = 0;
    try {
      const content = readRegularFile(path);
      for (const text of linesOf(content)) {
        requireKnownText('ledger', path, text.slice(BODY));
        if (!isWhole(text)) damaged += 1;
      }
      end = content.lastIndexOf(0x0a) + 1;
      truncateSync(path, end);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return {
      damaged,
      append: (entries) => {
        const bytes = Buffer.from(entries.map(line).join(''));
        try {
          // Near the end of a disk a write takes a part and says so, without an error.
          for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
          fsyncSync(file);
        } catch (error) {
          // Half a line would spoil the next one.
          truncateSync(path, end);
          throw translateSystemError(path, error);
        }
        end += bytes.length;
        durable('ledger.appended');
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    throw translateSystemError(path, error);
  }
}

/**
 * All entries whose checksum holds, oldest first, or only those of one kind; damaged lines are counted, not
 * fatal: manifests decide what exists.
 * @throws PipelineError STATE_NEWER
 */
export function readLedger(
  stateDir: string,
  only?: LedgerEntry['kind'],
): {
  readonly entries: readonly LedgerEntry[];
  readonly damaged: number;
} {
  const path = ledgerFile(stateDir);
  let content: Buffer;
  try {
    content = readRegularFile(path);
  } catch {
    return { entries: [], damaged: 0 };
  }
  const entries: LedgerEntry[] = [];
  let damaged = 0;
  for (const text of linesOf(content)) {
    const body = text.slice(BODY);
    requireKnownText('ledger', path, body);
    // Years of steps need not be parsed to find the runs among them.
    if (only !== undefined && !body.startsWith(`{"kind":"${only}"`)) continue;
    if (isWhole(text)) entries.push(JSON.parse(body) as LedgerEntry);
    else damaged += 1;
  }
  return { entries, damaged };
}

/** Whole lines: what follows the last one was cut short. */
const linesOf = (content: Buffer): readonly string[] =>
  content
    .toString('utf8', 0, content.lastIndexOf(0x0a) + 1)
    .split('\n')
    .filter((text) => text !== '');

function line(entry: LedgerEntry): string {
  const body = JSON.stringify(entry);
  return `${checksum(body)} ${body}\n`;
}

const isWhole = (text: string): boolean =>
  text[BODY - 1] === ' ' && checksum(text.slice(BODY)) === text.slice(0, BODY - 1);

/** CRC-32 (as zlib computes it) in eight hex digits. */
function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
