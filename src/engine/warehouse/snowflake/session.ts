// Loads Snowflake's driver, a bundle of its own, when somebody connects.

import type { Driver } from './protocol';

let loaded: Promise<Driver> | undefined;

/**
 * The driver, loaded by the first who connects: it costs a third of a second and 60 MB. In the product it is the
 * bundle dist/snowflake.js.
 */
export function loadDriver(): Promise<Driver> {
  loaded ??= import('./driver').then((module) => module.openDriver());
  return loaded;
}
