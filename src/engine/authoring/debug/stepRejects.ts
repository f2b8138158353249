// What a step rejected, and where it is now: whole files, lines that no row was made of.
import { type Lake, type RejectedFile, rejectedFiles } from '../../lake';
import type { Step } from '../../model';

/** Rejected files of a step's slot, by this step or before. */
export function filesRejectedBy(
  lake: Lake,
  { stage, date, brand, table }: Pick<Step, 'stage' | 'date' | 'brand' | 'table'>,
): readonly RejectedFile[] {
  if (stage !== 'landing-to-raw') return [];
  return rejectedFiles(lake, date).filter((file) => file.brand === brand && file.table === table);
}

/** Absolute path of a landing file where it is now, and whether its lines can be seen there; undefined: it is gone. */
export function landingFile(
  lake: Lake,
  name: { readonly date: string; readonly table: string; readonly brand?: string; readonly file: string },
): { readonly path: string; readonly packed: boolean } | undefined {
  const { date, table, brand, file } = name;
  const taken = lake
    .manifests('raw', date)
    .filter((m) => m.table === table && m.source?.file === file && (brand ?? m.brand) === m.brand)
    .at(-1)?.source;
  if (taken !== undefined && lake.exists(taken.original))
    return {
      path: lake.absolute(taken.original),
      packed: taken.format.compression !== 'none' || taken.original.endsWith('.gz'),
    };
  const out = rejectedFiles(lake, date).filter(
    (one) => one.table === table && one.file === file && (brand ?? one.brand) === one.brand,
  );
  const last = out.at(-1);
  if (last === undefined) return undefined;
  return { path: lake.absolute(last.kept), packed: /\.(?:gz|zst|zip)$/i.test(last.kept) };
}
