// How large a process becomes while something is done to it.
import { readFileSync } from 'node:fs';

const EVERY_MS = 10;

/** Bytes that a process holds; 0 where it is gone, or the system does not tell. */
function residentBytes(pid: number = process.pid): number {
  if (pid === process.pid) return process.memoryUsage.rss();
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

/** Does work, and tells how much larger the process was at its largest than when it began, in megabytes. */
export async function grownBy<T>(
  work: () => Promise<T>,
  pid: number = process.pid,
): Promise<{ readonly result: T; readonly megabytes: number; readonly most: number }> {
  const before = residentBytes(pid);
  let most = before;
  const look = (): void => {
    most = Math.max(most, residentBytes(pid));
  };
  const timer = setInterval(look, EVERY_MS);
  try {
    const result = await work();
    look();
    return { result, megabytes: Math.round((most - before) / 1e6), most: Math.round(most / 1e6) };
  } finally {
    clearInterval(timer);
  }
}
