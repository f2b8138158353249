// Where data lies and how it becomes visible: the only module that knows the folders of a workspace.
import { join, relative, sep } from 'node:path';
import type { Conversion, DateKey, Edge, Finding, Settings, Stage } from './model';
import type { CsvFormat } from './csv';

/** What a published output was made of; without one, an output does not exist for any reader. */
export interface Manifest {
  readonly version: 1;
  readonly layer: 'raw' | 'silver' | 'gold' | 'validated';
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
    readonly original: string;
    readonly format: CsvFormat;
  };
  /** silver: values that did not convert. */
  readonly conversions?: readonly Conversion[];
  /** gold: the technical checks (keys, required, types). */
  readonly findings?: readonly Finding[];
}

/** One file of a publication: written under the step's temporary folder, renamed to `final`. */
export interface Publication {
  readonly temporary: string;
  /** Absolute. */
  readonly final: string;
  /** Checked after reopening, where it is a Parquet file. */
  readonly rows?: number;
}

export interface Lake {
  readonly settings: Settings;
  /** Absolute path of an output. */
  rawFile(date: DateKey, brand: string, table: string, part: number, extension: string): string;
  silverFile(date: DateKey, brand: string, table: string): string;
  goldFile(date: DateKey, table: string): string;
  reportFile(date: DateKey, table: string): string;
  summaryFile(date: DateKey): string;
  /** Absolute path of a rejects Parquet file; without brand for the stages that work on all brands. */
  rejectsFile(date: DateKey, stage: Stage, table: string, brand?: string, part?: number): string;
  /** Path relative to the data folder with "/" (what manifests hold), and back. */
  relative(path: string): string;
  absolute(path: string): string;
  /**
   * Makes outputs visible: fsync, reopen and check rows, rename each into place, remove `absent` ones
   * (leftovers of the output being replaced), fsync the folders, then write the manifest.
   */
  publish(files: readonly Publication[], absent: readonly string[], manifest: Manifest): Promise<void>;
  /** The manifest of an output, where its file is there with the bytes the manifest tells; else undefined. */
  manifest(
    layer: Manifest['layer'],
    date: DateKey,
    table: string,
    brand?: string,
    part?: number,
  ): Manifest | undefined;
}

/**
 * Columns of every rejects Parquet file, in order. `record` is the raw line (landing-to-raw) or the row
 * as a JSON object of text values (later stages): with file and row enough to replay it.
 */
export const REJECT_COLUMNS = {
  _brand: 'VARCHAR',
  _source_file: 'VARCHAR',
  _source_row: 'BIGINT',
  line: 'BIGINT',
  code: 'VARCHAR',
  columns: 'VARCHAR[]',
  rules: 'VARCHAR[]',
  reason: 'VARCHAR',
  record: 'VARCHAR',
} as const;

/** Path relative to `root` with "/" on every platform. */
export function relativePath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

export const joinPath = join;
