// A small day that has run, made once for a suite: each test changes a copy of its own.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATE, failures, runDay, smallDay, writeDay } from './day';
import { snapshot, type Snapshot } from './snapshot';

export interface FinishedDay {
  /** What lies in the data folder after the run. */
  readonly truth: () => Snapshot;
  /** A copy of the workspace, times included. */
  readonly copy: () => string;
  /** Path of a file of the day in raw. */
  readonly raw: (folder: string, name: string) => string;
  /** Path of a manifest of the day in raw. */
  readonly manifest: (folder: string, name: string) => string;
}

/** Registers hooks for the surrounding `describe`; all copies are gone after it. */
export function useFinishedDay(): FinishedDay {
  let root = '';
  let truth: Snapshot = {};
  let counter = 0;
  const done = (): string => join(root, 'done');
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'm7-day-'));
    writeDay(done(), smallDay());
    assert.deepEqual(failures(await runDay(done())), []);
    truth = await snapshot(join(done(), 'data'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  return {
    truth: () => truth,
    copy: () => {
      counter += 1;
      const to = join(root, String(counter));
      cpSync(done(), to, { recursive: true, preserveTimestamps: true });
      return to;
    },
    raw: (folder, name) => join(folder, 'data/raw', DATE, name),
    manifest: (folder, name) => join(folder, 'data/.state/manifests/raw', DATE, name),
  };
}
