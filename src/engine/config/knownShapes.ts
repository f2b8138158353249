// Which texts have been found to have the right shape: compiling the schemas takes longer than all else of opening.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../durable';
import { PipelineError } from '../errors';
import type { Config, Settings } from '../model';
import type { JsonSchema } from './shape';

interface Known {
  readonly version: 1;
  readonly shapes: readonly string[];
}

const file = (settings: Settings): string => join(settings.dataDir, '.state', 'cache', 'shapes.json');

/** sha256 (hex) of a schema and a text that it was held against. */
export function shapeKey(schema: JsonSchema, text: string): string {
  return createHash('sha256').update(JSON.stringify(schema)).update('\0').update(text).digest('hex');
}

/** What an earlier run has kept. */
export function knownShapes(settings: Settings): ReadonlySet<string> {
  try {
    const known = JSON.parse(readFileSync(file(settings), 'utf8')) as Partial<Known> | null;
    return new Set(known?.version === 1 && Array.isArray(known.shapes) ? known.shapes : []);
  } catch {
    return new Set();
  }
}

const shapes = new WeakMap<Config, readonly string[]>();

/** Tells what a config was read from. */
export function readFrom(config: Config, keys: readonly string[]): void {
  shapes.set(config, keys);
}

/** Keeps the shapes of a config's files for the next time: under the run's lock. */
export async function keepShapes(settings: Settings, config: Config): Promise<void> {
  const found = shapes.get(config) ?? [];
  const known = knownShapes(settings);
  if (found.every((key) => known.has(key))) return;
  const content: Known = { version: 1, shapes: found };
  try {
    await writeWhole(file(settings), `${JSON.stringify(content)}\n`, join(settings.dataDir, '.state', 'tmp'));
  } catch (error) {
    // It saves time, nothing else.
    if (!(error instanceof PipelineError)) throw error;
  }
}
