// What is worth knowing of a date before it is chosen: facts as data, most urgent first.
import type { DateStatus } from '../../engine';
import type { TableLoads } from '../../shared/serverApi';

export type DateFact =
  | { readonly kind: 'failed'; readonly tables: readonly string[] }
  | { readonly kind: 'arrived'; readonly files: number }
  /** Rejected whole, and not replaced. */
  | { readonly kind: 'rejected'; readonly files: number }
  | { readonly kind: 'missing'; readonly files: number }
  | { readonly kind: 'unloaded'; readonly tables: number }
  | { readonly kind: 'unfinished' }
  /** Loaded, but rules, schemas or files of it have changed since. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'warned'; readonly tables: number }
  /** ISO 8601, UTC: the latest load of the date. */
  | { readonly kind: 'loaded'; readonly at: string | undefined };

/** The facts of a date. A date of which nothing is to be done says "loaded", or nothing at all. */
export function dateFacts(date: DateStatus, loads: readonly TableLoads[]): readonly DateFact[] {
  const { counts, files } = date.verdict;
  const failed = date.verdict.tables.flatMap(({ table, status }) => (status === 'failed' ? [table] : []));
  const arrived = date.tables.reduce((sum, t) => sum + (t.layers.landing?.files ?? 0), 0);
  const unloaded = date.tables.filter((t) => t.layers.gold !== undefined && t.loaded === null);
  const loaded = date.tables.some((t) => t.loaded !== null);
  const times = loads.flatMap((t) => t.loads.flatMap((l) => (l.date === date.date ? [l.loaded_at] : [])));
  const facts: readonly (DateFact | false)[] = [
    failed.length > 0 && { kind: 'failed', tables: failed },
    files.rejected > 0 && { kind: 'rejected', files: files.rejected },
    arrived > 0 && { kind: 'arrived', files: arrived },
    files.missing > 0 && { kind: 'missing', files: files.missing },
    // A failed table is not loaded because it failed.
    unloaded.some((t) => !failed.includes(t.table)) && {
      kind: 'unloaded',
      tables: unloaded.filter((t) => !failed.includes(t.table)).length,
    },
    !loaded && arrived === 0 && failed.length === 0 && unloaded.length === 0 && { kind: 'unfinished' },
    date.state === 'unfinished' && loaded && arrived === 0 && unloaded.length === 0 && { kind: 'outdated' },
    counts.warned > 0 && { kind: 'warned', tables: counts.warned },
    loaded && { kind: 'loaded', at: times.toSorted().at(-1) },
  ];
  return facts.filter((fact) => fact !== false);
}
