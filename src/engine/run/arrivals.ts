// Which of the files a day is expected to bring have come: EXPECTED_TABLES times brands.
import type { ManifestHead, LandingFile, RejectedFile } from '../lake';
import type { Config, DateSummary, Settings } from '../model';

export type Arrival = DateSummary['arrivals'][number];

/** What is known of one date's files. */
export interface Arrived {
  /** Raw parts of a slot. */
  readonly parts: (brand: string, table: string) => readonly Pick<ManifestHead, 'output' | 'source'>[];
  /** Files kept out whole. */
  readonly refused: readonly RejectedFile[];
  /** Files that still lie in landing. */
  readonly waiting: readonly LandingFile[];
}

/** One entry per expected table and brand of a date. A slot whose only files were refused is "rejected". */
export function arrivalsOf(settings: Settings, config: Config, arrived: Arrived): readonly Arrival[] {
  return settings.expectedTables.flatMap((table) =>
    config.brands.map(({ name: brand }): Arrival => {
      const own = (f: { readonly brand: string; readonly table: string }): boolean =>
        f.brand === brand && f.table === table;
      const parts = arrived.parts(brand, table);
      const refused = arrived.refused.filter((f) => own(f) && f.code !== 'DUPLICATE_CONTENT');
      const waiting = arrived.waiting.filter((f) => own(f) && f.duplicateOf === undefined);
      const files = [
        ...parts.map((m) => m.source?.file ?? ''),
        ...waiting.map((f) => f.path),
        ...refused.map((f) => f.file),
      ];
      return {
        brand,
        table,
        status: parts.length + waiting.length > 0 ? 'arrived' : refused.length > 0 ? 'rejected' : 'missing',
        files: [...new Set(files)],
        rows: parts.reduce((sum, m) => sum + m.output.rows, 0),
      };
    }),
  );
}
