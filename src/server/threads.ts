// Must be the first import: what it sets holds for threads that are started afterwards.
import { constants, setPriority } from 'node:os';

// DuckDB's queries occupy libuv's threads, and its default of four starves file I/O.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

// Whoever types in the editor goes first; where it is alone, the engine is as fast as ever.
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Not everywhere may a process be humble.
}
