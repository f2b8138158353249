// What everything is told by: dates, layers, stages.

/** A partition, `YYYYMMDD`. */
export type DateKey = string;
export const LAYERS = ['landing', 'raw', 'silver', 'gold'] as const;
export type Layer = (typeof LAYERS)[number];
export const STAGES = ['landing-to-raw', 'raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const;
export type Stage = (typeof STAGES)[number];

/** Where a row of silver or gold came from: the last columns of every such file, with their types. */
export const LINEAGE_TYPES = { _brand: 'VARCHAR', _source_file: 'VARCHAR', _source_row: 'BIGINT' } as const;
export const LINEAGE: readonly string[] = Object.keys(LINEAGE_TYPES);
export const LINEAGE_COLUMNS: readonly { readonly name: string; readonly type: string }[] = Object.entries(
  LINEAGE_TYPES,
).map(([name, type]) => ({ name, type }));
/** Names of the pipeline in every table and in the warehouse: no other column may have one, in any case. */
export const RESERVED_COLUMNS: readonly string[] = [...LINEAGE, 'brand_code', 'load_date'];
