// How each brand writes its files: what makes seven exports of one table look like seven systems.
import type { DateKey } from '../engine';
import type { Language } from './words';
import { brandConfig, type FileColumn, type TableName } from './tables';

type Encoding = 'utf-8' | 'utf-16le' | 'windows-1250' | 'windows-1252';
export type Compression = 'none' | 'gzip' | 'zstd' | 'zip';
export type DateForm = 'iso' | 'dots' | 'slashes' | 'compact' | 'zulu';

/** Everything that decides the bytes of a brand's files, values apart. */
export interface Style {
  readonly brand: string;
  readonly code: string;
  readonly language: Language;
  readonly country: string;
  readonly currency: string;
  /** Brand part of file names: the brand's name or an alias, in any case. */
  readonly fileBrand: string;
  /** Folder below landing; empty: landing itself. */
  readonly folder: string;
  readonly delimiter: string;
  readonly encoding: Encoding;
  readonly bom: boolean;
  readonly newline: '\n' | '\r\n';
  /** `all`: every field is quoted; `minimal`: where it must be. */
  readonly quoting: 'all' | 'minimal';
  /** How a quote inside a quoted field is written. */
  readonly escape: 'doubled' | 'backslash';
  /** How a missing value is written. */
  readonly nullText: '' | '\\N';
  readonly decimal: '.' | ',';
  readonly dates: DateForm;
  readonly yes: string;
  readonly no: string;
  readonly header: 'snake' | 'pascal' | 'spaced' | 'german' | 'french' | 'czech' | 'none';
  /** `rotated`: the last third of the columns comes first. */
  readonly order: 'config' | 'rotated';
  /** Lines before the header; {date} is replaced. */
  readonly preamble: readonly string[];
  /** First field of a last line that holds the number of records. */
  readonly footer: string | undefined;
  /** Empty lines inside each file. */
  readonly blankLines: number;
  /** A further column at the end, and the tables that have it. */
  readonly extra: { readonly column: string; readonly tables: readonly TableName[] } | undefined;
  /** Tables whose files are compressed. */
  readonly compressed: Readonly<Partial<Record<TableName, Exclude<Compression, 'none'>>>>;
  /** LIVE, CATCHUP and VOD in this brand's words. */
  readonly contents: readonly [string, string, string];
  /** ACTIVE, SUSPENDED and CANCELLED. */
  readonly statuses: readonly [string, string, string];
}

const PLAIN = {
  folder: '',
  delimiter: ',',
  encoding: 'utf-8',
  bom: false,
  newline: '\n',
  quoting: 'minimal',
  escape: 'doubled',
  nullText: '',
  decimal: '.',
  dates: 'iso',
  yes: 'Y',
  no: 'N',
  header: 'snake',
  order: 'config',
  preamble: [],
  footer: undefined,
  blankLines: 0,
  extra: undefined,
  compressed: {},
  contents: ['LIVE', 'CATCHUP', 'VOD'],
  statuses: ['ACTIVE', 'SUSPENDED', 'CANCELLED'],
} as const;

const BRANDS: readonly Style[] = [
  {
    ...PLAIN,
    brand: 'Skylink',
    code: brandConfig.brands.Skylink.code,
    language: 'cs',
    country: 'CZ',
    currency: 'CZK',
    fileBrand: 'SkylinkCZ',
    delimiter: ';',
    encoding: 'windows-1250',
    newline: '\r\n',
    decimal: ',',
    dates: 'dots',
    yes: 'A',
    header: 'czech',
    statuses: ['Active', 'Suspended', 'Cancelled'],
  },
  {
    ...PLAIN,
    brand: 'CanalDigitaal',
    code: brandConfig.brands.CanalDigitaal.code,
    language: 'nl',
    country: 'NL',
    currency: 'EUR',
    fileBrand: 'CanalDigitaal',
    yes: 'true',
    no: 'false',
    blankLines: 2,
    extra: { column: 'firmware_channel', tables: ['Device'] },
    compressed: { User: 'gzip', Playback: 'gzip' },
  },
  {
    ...PLAIN,
    brand: 'TVVlaanderen',
    code: brandConfig.brands.TVVlaanderen.code,
    language: 'nl',
    country: 'BE',
    currency: 'EUR',
    fileBrand: 'tv-vlaanderen',
    delimiter: '|',
    bom: true,
    escape: 'backslash',
    nullText: '\\N',
    decimal: ',',
    dates: 'slashes',
    yes: '1',
    no: '0',
    header: 'pascal',
    footer: 'TOTAL',
    extra: { column: 'InternalNote', tables: ['User'] },
    contents: [' live ', 'catchup', 'vod'],
  },
  {
    ...PLAIN,
    brand: 'TéléSAT',
    code: brandConfig.brands.TéléSAT.code,
    language: 'fr',
    country: 'BE',
    currency: 'EUR',
    fileBrand: 'TéléSAT',
    folder: 'telesat',
    delimiter: '\t',
    encoding: 'utf-16le',
    bom: true,
    newline: '\r\n',
    decimal: ',',
    dates: 'slashes',
    yes: 'O',
    header: 'french',
  },
  {
    ...PLAIN,
    brand: 'Diveo',
    code: brandConfig.brands.Diveo.code,
    language: 'de',
    country: 'DE',
    currency: 'EUR',
    fileBrand: 'DIVEO',
    delimiter: ';',
    encoding: 'windows-1252',
    newline: '\r\n',
    quoting: 'all',
    decimal: ',',
    dates: 'dots',
    yes: 'J',
    header: 'german',
    preamble: ['sep=;'],
    compressed: { VODCatalog: 'zip' },
    contents: ['TV', 'REPLAY', 'ABRUF'],
    statuses: ['AKTIV', 'GESPERRT', 'GEKUENDIGT'],
  },
  {
    ...PLAIN,
    brand: 'FocusSat',
    code: brandConfig.brands.FocusSat.code,
    language: 'ro',
    country: 'RO',
    currency: 'RON',
    fileBrand: 'Focus',
    delimiter: '||',
    dates: 'compact',
    yes: 'da',
    no: 'nu',
    header: 'spaced',
    order: 'rotated',
    preamble: ['Focus Sat daily export {date}', ''],
    compressed: { EPG: 'zstd' },
    statuses: ['A', 'S', 'C'],
  },
  {
    ...PLAIN,
    brand: 'HDAustria',
    code: brandConfig.brands.HDAustria.code,
    language: 'de',
    country: 'AT',
    currency: 'EUR',
    fileBrand: 'hdaustria',
    folder: 'hda/outbox',
    delimiter: '^',
    dates: 'zulu',
    header: 'none',
  },
];

const UNIFORM_DELIMITERS = [',', ';', '|', '\t'] as const;

/** The brands' own styles, or with `uniform` plain UTF-8 files that differ in their delimiter only, and a header where the config says so. */
export function stylesOf(uniform: boolean): readonly Style[] {
  if (!uniform) return BRANDS;
  return BRANDS.map(({ brand, code, language, country, currency, header }, i) => ({
    ...PLAIN,
    ...(header === 'none' ? { header } : {}),
    brand,
    code,
    language,
    country,
    currency,
    fileBrand: brand,
    delimiter: UNIFORM_DELIMITERS[i % UNIFORM_DELIMITERS.length] ?? ',',
  }));
}

const EXTENSIONS = { none: '', gzip: '.gz', zstd: '.zst', zip: '.zip' } as const;

export function compressionOf(style: Style, table: TableName): Compression {
  return style.compressed[table] ?? 'none';
}

/** Path below landing, by LANDING_PATTERN {brand}_{table}_{date}. */
export function fileName(style: Style, table: TableName, date: DateKey): string {
  const name = `${style.fileBrand}_${table}_${date}.csv${EXTENSIONS[compressionOf(style, table)]}`;
  return style.folder === '' ? name : `${style.folder}/${name}`;
}

/** The header's names in the file's order, or undefined for files without a header. */
export function headerOf(style: Style, table: TableName, columns: readonly FileColumn[]): string[] {
  const names = columns.map((column) => headerName(style, column));
  return [...reordered(style, names), ...(hasExtra(style, table) ? [style.extra?.column ?? ''] : [])];
}

function headerName(style: Style, column: FileColumn): string {
  const pascal = column.name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  switch (style.header) {
    case 'none':
    case 'snake':
      return column.name;
    case 'pascal':
      return pascal;
    case 'spaced':
      return column.name.replaceAll('_', ' ').toUpperCase();
    case 'german':
      return column.source[0] ?? pascal;
    case 'french':
      return column.source[1] ?? pascal;
    case 'czech':
      return column.source[2] ?? pascal;
    default:
      return style.header satisfies never;
  }
}

export function hasExtra(style: Style, table: TableName): boolean {
  return style.extra?.tables.includes(table) ?? false;
}

/** Values or names of the config's order in the file's order. */
export function reordered<T>(style: Style, inConfigOrder: readonly T[]): readonly T[] {
  if (style.order === 'config') return inConfigOrder;
  const first = Math.floor((inConfigOrder.length * 2) / 3);
  return [...inConfigOrder.slice(first), ...inConfigOrder.slice(0, first)];
}
