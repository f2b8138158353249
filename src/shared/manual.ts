// The manual's pages and headings that other texts lead to; a test opens each of them.

/** A page of media/manual, with or without one of its headings: `rules.md#range`. */
export type ManualAddress = `${string}.md` | `${string}.md#${string}`;

export const MANUAL_INDEX: ManualAddress = 'index.md';

/** Codes whose remedy is all there is to say, or that are no errors. */
const WITHOUT_HEADING: readonly string[] = ['CANCELLED', 'USAGE', 'BUG'];

/** Where the manual explains an error code; undefined where it has no more to say than the remedy. */
export function manualOfError(code: string): ManualAddress | undefined {
  return WITHOUT_HEADING.includes(code) ? undefined : `troubleshooting.md#${code.toLowerCase()}`;
}

/** Where the manual explains a kind of rule. */
export const manualOfRule = (kind: string): ManualAddress => `rules.md#${kind}`;

/** Where the manual explains the keys of a config file. */
export const MANUAL_OF_CONFIG = {
  brand_configs: 'config.md#brand_configsjson',
  table_schemas: 'config.md#table_schemasjson',
  validation_rules: 'rules.md#keys-of-every-rule',
} as const satisfies Readonly<Record<string, ManualAddress>>;

/** Where the manual explains columns: types, conversion, keys. */
export const MANUAL_OF_COLUMNS: ManualAddress = 'config.md#columns';
