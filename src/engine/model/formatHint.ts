// What the config states about the files of a brand and table: the statements of three places as one.
import type { Config, FormatHint } from './config';

/**
 * The format that is stated for a brand's files of a table, key by key: what stands under the brand's tables counts
 * before the table's own, and that before the brand's. Undefined where nothing is stated.
 */
export function formatHintOf(config: Config, brand: string, table: string): FormatHint | undefined {
  const owner = config.brands.find((one) => one.name === brand);
  const general = config.tables.find((one) => one.name === table)?.format;
  const stated = [owner?.format, general, owner?.tableFormats?.[table]].filter((hint) => hint !== undefined);
  if (stated.length === 0) return undefined;
  const places = Object.assign({}, ...stated.map((hint) => hint.places ?? {})) as FormatHint['places'];
  return Object.assign({}, ...stated, { places }) as FormatHint;
}
