// A query may take only so much memory: most of DuckDB's own it counts itself, but not what single values take.
import { PipelineError } from '../engine';

/** How often it is looked, in milliseconds: a gigabyte takes longer to fill. */
const EVERY = 50;

/** Of this process. */
export interface MemoryLimits {
  /** Bytes from which a query is ended. */
  readonly soft: number;
  /** Bytes from which it is known that it cannot be: a function that fills one value answers no interrupt. */
  readonly hard: number;
}

/** What queries may take beside what the process holds already. */
export const limitsFor = (allowed: number): MemoryLimits => {
  const soft = process.memoryUsage.rss() + allowed + 256e6;
  return { soft, hard: soft + Math.max(512e6, allowed / 4) };
};

/**
 * Answers a query, and ends it where it takes too much.
 * @param runaway called where it does not end; it must end the process.
 * @throws PipelineError OUT_OF_MEMORY, and what the work throws.
 */
export async function withinMemory<T>(
  limits: MemoryLimits,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  runaway: () => void,
): Promise<T> {
  const ended = new AbortController();
  const timer = setInterval(() => {
    const bytes = process.memoryUsage.rss();
    if (bytes > limits.soft) ended.abort();
    if (bytes > limits.hard) runaway();
  }, EVERY);
  try {
    return await work(AbortSignal.any([signal, ended.signal]));
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    throw new PipelineError(
      'OUT_OF_MEMORY',
      'The query was cancelled: it used too much memory.',
      'Query fewer rows at once, or raise MEMORY_LIMIT in .env.',
    );
  } finally {
    clearInterval(timer);
  }
}
