// Files that are not what they should be: strangers, one file under two names, and on demand an error page named .csv.
import type { DateKey } from '../engine';
import type { FileTruth } from './truth';

/** The slot whose file does not arrive. */
export const MISSING = { brand: 'TéléSAT', table: 'VODCatalogExtended' } as const;
/** The slot whose file is no CSV where an error page is asked for. */
export const BROKEN = { brand: 'Diveo', table: 'Smartcard' } as const;
/** The slot that arrives in two files, the second under another name of the brand. */
export const LATE = { brand: 'CanalDigitaal', table: 'Playback', fileStart: 'late/cds_PLAYBACK_' } as const;
/** The slot whose file arrives twice. */
export const REPEATED = { brand: 'CanalDigitaal', table: 'User' } as const;

export interface Oddity {
  readonly file: string;
  readonly fate: FileTruth['fate'];
  readonly reason: string;
  /** What its name tells. */
  readonly date: DateKey | null;
  readonly brand: string | null;
  readonly table: string | null;
  /** `repeats`: the bytes of another file. */
  readonly content:
    { readonly kind: 'text'; readonly text: string } | { readonly kind: 'repeats'; readonly file: string };
}

const text = (lines: readonly string[]): Oddity['content'] => ({
  kind: 'text',
  text: lines.map((l) => `${l}\n`).join(''),
});

/** @param repeated the landing file of the slot REPEATED. */
export function oddities(
  { date, errorPage }: { readonly date: DateKey; readonly errorPage: boolean },
  repeated: string,
): readonly Oddity[] {
  return [
    {
      file: `Joyne_Playback_${date}.csv`,
      fate: 'ignored',
      reason: 'unknown brand',
      date,
      brand: null,
      table: 'Playback',
      content: text(['playback_id,user_id', 'JYN-P-1,JYN-U-1']),
    },
    {
      file: `Skylink_Invoices_${date}.csv`,
      fate: 'ignored',
      reason: 'unknown table',
      date,
      brand: 'Skylink',
      table: null,
      content: text(['invoice;amount', '1;19,90']),
    },
    {
      file: 'README.md',
      fate: 'ignored',
      reason: 'not the name of a delivery',
      date: null,
      brand: null,
      table: null,
      content: text(['Deliveries arrive here by 06:00.']),
    },
    {
      file: `redelivery/canaldigitaal_user_${date}.csv.gz`,
      fate: 'duplicate',
      reason: repeated,
      date,
      ...REPEATED,
      content: { kind: 'repeats', file: repeated },
    },
    ...(errorPage ? [errorPageOf(date)] : []),
  ];
}

const errorPageOf = (date: DateKey): Oddity => ({
  file: `Diveo_Smartcard_${date}.csv`,
  fate: 'rejected',
  reason: 'an HTML page, not a CSV file',
  date,
  ...BROKEN,
  content: text([
    '<!DOCTYPE html>',
    '<html lang="de">',
    '<head><title>503 Service Unavailable</title></head>',
    '<body>',
    '<h1>Wartungsarbeiten</h1>',
    '<p>Der Exportdienst ist derzeit nicht erreichbar; bitte später erneut versuchen.</p>',
    '</body>',
    '</html>',
  ]),
});
