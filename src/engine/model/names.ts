// What everything is told by: dates, layers, stages.

/** A partition, `YYYYMMDD`. */
export type DateKey = string;
export const LAYERS = ['landing', 'raw', 'silver', 'gold'] as const;
export type Layer = (typeof LAYERS)[number];
export const STAGES = ['landing-to-raw', 'raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const;
export type Stage = (typeof STAGES)[number];
