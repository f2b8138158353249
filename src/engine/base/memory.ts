// How many steps run at once: they share DuckDB's threads and memory, they do not multiply them.
import { totalmem } from 'node:os';
import type { Settings } from '../model';

/** What one step needs at the least to write Parquet without spilling: two row groups of a wide table. */
const BYTES_PER_STEP = 256 * 2 ** 20;

/** Bytes of a size in DuckDB's notation ("512MB", "4GiB"); undefined where it is none. */
export function bytesOf(size: string): number | undefined {
  const [, number, unit = ''] = /^\s*([\d.]+)\s*(?:(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*)?$/i.exec(size) ?? [];
  if (number === undefined) return undefined;
  const [prefix = ''] = unit.toUpperCase();
  const power = Math.max(0, 'BKMGT'.indexOf(prefix === '' ? 'B' : prefix));
  return Number(number) * (unit.toLowerCase().includes('i') ? 1024 : 1000) ** power;
}

/** MAX_WORKERS, or fewer where MEMORY_LIMIT is too small for so many; 1 without PARALLEL_PROCESSING. */
export function workersOf(settings: Settings): number {
  if (!settings.parallelProcessing) return 1;
  return Math.max(
    1,
    Math.min(settings.maxWorkers, Math.floor(memoryAllowed(settings.memoryLimit) / BYTES_PER_STEP)),
  );
}

/** Bytes that DuckDB may take: MEMORY_LIMIT, or half of the machine's. */
export const memoryAllowed = (memoryLimit: string | undefined): number =>
  (memoryLimit === undefined ? undefined : bytesOf(memoryLimit)) ?? Math.floor(totalmem() / 2);
