// Who may read what this process writes, DuckDB's files included: the one place that says so.
import { isMainThread } from 'node:worker_threads';

/** Of the process, for DuckDB asks nobody else. Windows has no such mask: there files have the rights of their folder. */
export function limitNewFiles(access: 'private' | 'group'): void {
  if (process.platform === 'win32' || !isMainThread) return;
  process.umask(access === 'group' ? 0o007 : 0o077);
}
