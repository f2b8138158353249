// The config of a workspace: brands, tables with their columns, and rules, each with where it stands.
import type { Where } from './errors';

export interface Config {
  /** In the order of the file. */
  readonly brands: readonly Brand[];
  /** Brands that were configured once and may still have rows, as they were then, by name: no files of theirs are taken. */
  readonly formerBrands?: readonly Brand[];
  readonly tables: readonly Table[];
  /** All rules, disabled ones included, by table and in the order of the file. */
  readonly rules: readonly Rule[];
}

/**
 * How files are written, as the config states it: what is stated is not guessed. It stands in a brand, in a table,
 * and under a brand's tables; `formatHintOf` joins the three.
 */
export interface FormatHint {
  /** As CsvFormat names it: utf-8, windows-1252, … */
  readonly encoding?: string;
  readonly delimiter?: string;
  /** Empty: no quoting. */
  readonly quote?: string;
  /** Empty: none. */
  readonly escape?: string;
  /** Is there a header, or the names of a file that has none, in the order of its fields. */
  readonly header?: boolean | readonly string[];
  /** Physical lines before the header. */
  readonly preamble?: number;
  /** Lines after the last record. */
  readonly footer?: number;
  /** What numeric columns have that state no marks of their own. */
  readonly decimal?: string;
  readonly thousands?: string;
  /** Where each key is stated. */
  readonly places?: Readonly<Partial<Record<FormatKey, Where>>>;
}

export type FormatKey = Exclude<keyof FormatHint, 'places'>;

export interface Brand {
  /** The key in brand_configs.json; folder name and `_brand` value. */
  readonly name: string;
  /** Written to the warehouse as BRAND_CODE. */
  readonly code: string;
  readonly displayName: string;
  readonly aliases: readonly string[];
  /** IANA zone; "UTC" without one. */
  readonly timezone: string;
  /** Of all its files. */
  readonly format?: FormatHint;
  /** Of its files of one table, by the table's name. */
  readonly tableFormats?: Readonly<Record<string, FormatHint>>;
  readonly location: Where;
}

export type Deduplicate = 'last' | 'first' | 'none' | 'error' | { readonly orderBy: string };

export interface Table {
  readonly name: string;
  readonly description: string;
  /** May name `_brand` to make the key one per brand. Empty: no key. */
  readonly primaryKey: readonly string[];
  readonly deduplicate: Deduplicate;
  readonly nullValues: readonly string[];
  readonly extraColumns: 'keep' | 'drop' | 'fail';
  /** Rows of a brand that an edge may reject before the table fails; undefined: ERROR_THRESHOLD percent. */
  readonly maxRejected?: Limit;
  /** What a header or content that differs from the config and the files before does to the table. */
  readonly drift: 'report' | 'fail' | 'ignore';
  /** Of its files of all brands. */
  readonly format?: FormatHint;
  readonly columns: readonly Column[];
  readonly location: Where;
}

export interface Column {
  readonly name: string;
  /** A DuckDB type as written, upper case: VARCHAR, BIGINT, DECIMAL(10,2), TIMESTAMP, … */
  readonly type: string;
  readonly description: string;
  /** Header names that mean this column, besides its own; compared by `foldHeader`. */
  readonly source: readonly string[];
  readonly required: boolean;
  /** strptime formats, tried in order; empty: DuckDB's own reading of the type. */
  readonly formats: readonly string[];
  /** Zone the text is in: an IANA name or "brand"; undefined: UTC. Stored in UTC. */
  readonly timezone: string | undefined;
  /** Which of both a local time means that its zone has twice, or that it has no value; the earlier without it. */
  readonly ambiguous?: 'later' | 'null';
  /** Decimal mark of the text, "." without it. */
  readonly decimal: string;
  /** Digit grouping mark of the text, none without it. */
  readonly thousands: string | undefined;
  /** Does the column state the decimal mark itself? Then a stated format does not change it. */
  readonly ownDecimal?: true;
  /** SQL over the row's raw text columns, before conversion. */
  readonly transform: string | undefined;
  /** Value → value, after transform and before conversion. */
  readonly map: Readonly<Record<string, string>>;
  readonly trueValues: readonly string[];
  readonly falseValues: readonly string[];
  /** What NULL becomes; undefined: stays NULL. */
  readonly default: string | number | boolean | undefined;
  readonly onError: 'reject' | 'null' | 'fail';
  /** Values of a brand that may fail to convert before the table fails; undefined: ERROR_THRESHOLD percent. */
  readonly maxFailed?: Limit;
  /** SQL over the row's typed columns; such a column is not read from the file. */
  readonly derived: string | undefined;
  readonly sensitive: boolean;
  readonly location: Where;
  /** The lines of the SQL fragments, for error messages. */
  readonly locations: { readonly transform?: Where; readonly derived?: Where };
}

export type Severity = 'error' | 'warning' | 'info';
/** A limit of failing rows: a count, or a percentage of the evaluated rows. */
export type Limit = { readonly count: number } | { readonly percent: number };

export interface Rule {
  readonly id: string;
  readonly table: string;
  /** The key of its kind in the catalogue (src/engine/rules). */
  readonly kind: string;
  /** Columns it is about: [column], columns, or none. */
  readonly columns: readonly string[];
  /** The kind's own parameters, checked by its schema, snake_case as in the file (`other_column`, `values`, …). */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** SQL filter: only these rows are evaluated. */
  readonly filter: string | undefined;
  readonly severity: Severity;
  readonly onFail: 'reject' | 'report' | 'fail';
  readonly error: Limit | undefined;
  readonly warn: Limit | undefined;
  readonly enabled: boolean;
  /** How many failing rows a finding shows. */
  readonly samples: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly location: Where;
  /** The line of each key of the rule object, for messages about one parameter. */
  readonly lines: Readonly<Record<string, number>>;
}
