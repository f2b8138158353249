// The dates a run has begun to work on, kept in a file until they are told: a run that is killed tells nobody.
import { readRegularText } from '../../base';
import { alertFolder } from '../../lake';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DateKey, Settings } from '../../model';

/** What was heard of a run, for the alert about it. */
export interface Heard {
  /** Empty: it ended before it began. */
  readonly runId: string;
  /** Dates it worked on, and those of runs that were killed before their end was told. */
  readonly dates: readonly DateKey[];
  /** Errors outside of steps. */
  readonly errors: readonly string[];
  /** Files that name the dates: to be removed once they are told. */
  readonly begun: readonly string[];
}

export const begunFile = (settings: Settings, runId: string): string =>
  join(alertFolder(settings).begun, `${runId}.json`);

/** Keeps the dates that a run has begun to work on, should it be killed before it can tell of them. */
export function noteBegun(settings: Settings, runId: string, dates: readonly DateKey[]): void {
  try {
    mkdirSync(alertFolder(settings).begun, { recursive: true });
    writeFileSync(begunFile(settings, runId), JSON.stringify(dates));
  } catch {
    // Only a run that is killed would have needed it.
  }
}

/** What runs before this one left. */
export function begunFiles(settings: Settings): readonly string[] {
  const folder = alertFolder(settings).begun;
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The dates of such a file; none where it was cut short. */
export function begunDates(path: string): readonly DateKey[] {
  try {
    const value: unknown = JSON.parse(readRegularText(path));
    return Array.isArray(value)
      ? value.filter((one): one is string => typeof one === 'string' && /^\d{8}$/.test(one))
      : [];
  } catch {
    return [];
  }
}

/** The dates have been told. */
export function forgetBegun(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmSync(path, { force: true });
    } catch {
      // They are looked at once more, and found told.
    }
  }
}
