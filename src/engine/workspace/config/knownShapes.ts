// Which texts have been found to have the right shape: compiling the schemas takes longer than all else of opening.
import { createHash } from 'node:crypto';
import { keep, recall, stateFolders } from '../../lake';
import type { Config, Settings } from '../../model';
import type { JsonSchema } from './configShape';

const NAME = 'shapes';

/** sha256 (hex) of a schema and a text that it was held against. */
export function shapeKey(schema: JsonSchema, text: string): string {
  return createHash('sha256').update(JSON.stringify(schema)).update('\0').update(text).digest('hex');
}

/** What an earlier run has kept. */
export function knownShapes(settings: Settings): ReadonlySet<unknown> {
  const shapes = recall(stateFolders(settings), NAME)?.['shapes'];
  return new Set(Array.isArray(shapes) ? shapes : []);
}

/** The shapes of a config that nobody has kept yet. */
const unkept = new WeakMap<Config, readonly string[]>();

/** Tells what a config was read from, and what of it was known. */
export function readFrom(config: Config, keys: readonly string[], known: ReadonlySet<unknown>): void {
  if (!keys.every((key) => known.has(key))) unkept.set(config, keys);
}

/** Keeps the shapes of a config's files for the next time, where they are new: under the run's lock. */
export async function keepShapes(settings: Settings, config: Config): Promise<void> {
  const shapes = unkept.get(config);
  if (shapes === undefined) return;
  unkept.delete(config);
  await keep(stateFolders(settings), NAME, { shapes });
}
