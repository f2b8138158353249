// The manifests: what an output was made of, and how one is read.
import { basename, dirname, sep } from 'node:path';
import { codeOf, translateSystemError, readRegularText } from '../base';
import type { CsvFormat, EncodingEvidence } from '../csv';
import {
  type Conversion,
  type DateKey,
  type Edge,
  type Finding,
  type LocalTimes,
  PipelineError,
} from '../model';
import { requireKnownFormat } from './stateVersion';

/** What a published output was made of; without one, an output does not exist for any reader. */
export interface Manifest {
  readonly version: 1;
  readonly layer: ManifestLayer;
  readonly date: DateKey;
  readonly brand?: string;
  readonly table: string;
  /** raw only: 1 for `<Table>.parquet`, 2 for `<Table>.2.parquet`, … */
  readonly part?: number;
  /** sha256 (hex) of everything that decided the output's bytes: inputs' keys, config, stage version. */
  readonly key: string;
  /** The output: path relative to the data folder, with "/". For "validated" the report's JSON file. */
  readonly output: { readonly path: string; readonly bytes: number; readonly rows: number };
  /** The rejects file written with it, where there were any. */
  readonly rejects?: { readonly path: string; readonly bytes: number; readonly rows: number };
  readonly inputs: readonly { readonly path: string; readonly key: string; readonly rows: number }[];
  /** The conservation checks of the step. */
  readonly edges: readonly Edge[];
  /** raw: the landing file's name (relative to landing), its sha256, where the original lies now, how it was read. */
  readonly source?: {
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    /** Time of the file's last change when it was read, ms since 1970: an original with another one is looked at again. */
    readonly modified_ms?: number;
    readonly original: string;
    readonly format: CsvFormat;
    /** What beside the bytes was looked at for the encoding; absent where they settle it. */
    readonly evidence?: EncodingEvidence;
    /** Columns of the file without a value in any record, as Parquet's own counts say. */
    readonly empty?: readonly string[];
  };
  /** silver: values that did not convert. */
  readonly conversions?: readonly Conversion[];
  /** silver: local times that come twice or not at all. */
  readonly localTimes?: readonly LocalTimes[];
  /** Removed by retention: its absence is meant, and it is made again only where it is needed. */
  readonly removed?: true;
  /** gold: the technical checks (keys, required, types). */
  readonly findings?: readonly Finding[];
  /** gold: its last brand was removed by the user, and with it all its rows: it is made again without any. */
  readonly withdrawn?: true;
  /** validated: what rules with a history observed, for the dates after it. */
  readonly observed?: ObservedValues;
}

/** What the rules of a table observed on a date. */
export interface ObservedValues {
  /** Rows of gold. */
  readonly rows: number;
  /** By the id of the rule. */
  readonly values: Readonly<Record<string, number>>;
}

export const MANIFEST_LAYERS = ['raw', 'silver', 'gold', 'validated'] as const;
export type ManifestLayer = (typeof MANIFEST_LAYERS)[number];

/**
 * Does the report of this "validated" manifest tell its load? False after a crash between the warehouse's
 * commit and the report: the step then runs once more, finds the load done and writes the report.
 */
export function tellsLoad(manifest: Manifest): boolean {
  return manifest.edges.some((e) => e.to === 'loaded');
}

/** Percent of the values of a silver that did not convert, by column, where any did not. */
export function failedShares({
  conversions = [],
  edges,
}: Pick<Manifest, 'conversions' | 'edges'>): Readonly<Record<string, number>> {
  const rows = edges.reduce((total, edge) => total + edge.in, 0);
  return Object.fromEntries(
    conversions
      .filter(({ failed }) => failed > 0)
      .map(({ column, failed, values }) => [column, (failed / Math.max(values ?? rows, failed)) * 100]),
  );
}

/**
 * A manifest is renamed into place whole; a broken one was damaged later. Silver, gold and reports are then
 * made again. Raw has nothing before it to be made from: as if absent, its rows would leave the warehouse.
 * @throws PipelineError STATE_CORRUPT for a broken manifest of raw; STATE_NEWER; PERMISSION where one may not be read.
 */
export function readManifest(path: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readRegularText(path));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    if (!(error instanceof SyntaxError)) throw translateSystemError(path, error);
  }
  requireKnownFormat('manifest', path, value);
  if (isManifest(value)) return value;
  if (basename(dirname(dirname(dirname(path)))) !== 'raw') return undefined;
  throw damagedManifest(path);
}

/** What is said of a damaged manifest of raw. */
export function damagedManifest(path: string): PipelineError {
  const [date = '', brand = '', name = ''] = path.split(sep).slice(-3);
  return new PipelineError(
    'STATE_CORRUPT',
    `${path} is damaged: it no longer shows where the rows of raw/${date}/${brand}/${basename(name, '.json')}.parquet came from.`,
    `Run "m7 repair --date ${date}": it makes the manifest again from the original file. Or restore ${name} from a backup.`,
    { where: { file: path } },
  );
}

function isManifest(value: unknown): value is Manifest {
  const { version, key, layer, table, output, inputs, edges, source } = (value ?? {}) as Partial<Manifest>;
  return (
    version === 1 &&
    typeof key === 'string' &&
    typeof table === 'string' &&
    typeof output?.path === 'string' &&
    typeof output.bytes === 'number' &&
    typeof output.rows === 'number' &&
    Array.isArray(inputs) &&
    Array.isArray(edges) &&
    (layer !== 'raw' || isSource(source))
  );
}

const isSource = (source: Manifest['source']): boolean =>
  typeof source?.original === 'string' &&
  typeof source.file === 'string' &&
  typeof source.sha256 === 'string' &&
  typeof source.bytes === 'number' &&
  Array.isArray((source as Partial<NonNullable<Manifest['source']>>).format?.columns);
