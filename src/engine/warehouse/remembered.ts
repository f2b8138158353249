// What a warehouse confirmed when it was last asked: the embedded one need not be opened as long as its file is untouched.
import { statSync } from 'node:fs';
import { keep as keepCached, recall as recallCached, stateFolders, warehouseFile } from '../lake';
import type { Settings } from '../model';
import type { LoadRecord, Warehouse } from './contract';

export type Loads = ReadonlyMap<string, LoadRecord>;

interface Memory {
  /** The file as it was: size, times and number. */
  readonly file: string;
  readonly target: string;
  readonly loads: readonly (readonly [string, LoadRecord])[];
}

/** A file that changed within this time might change again within the tick of its clock. */
const SETTLED_MS = 2_000;

const NAME = 'loads';

/** The file's state in one text; undefined where there is none, or a write to it may still be on its way. */
function stateOf(settings: Settings): string | undefined {
  const path = warehouseFile(settings);
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (found === undefined || statSync(`${path}.wal`, { throwIfNoEntry: false }) !== undefined)
    return undefined;
  if (Date.now() - Number(found.ctimeMs) < SETTLED_MS) return undefined;
  return [found.size, found.mtimeNs, found.ctimeNs, found.ino, found.dev].join(' ');
}

function targetsOf({ mockSnowflake, snowflake }: Settings): string {
  const schemas = [snowflake.schema, snowflake.monitoringSchema];
  if (mockSnowflake) return JSON.stringify(schemas);
  const { account, accessUrl, connection, database } = snowflake;
  return JSON.stringify(['snowflake', account, accessUrl, connection, database, ...schemas]);
}

function recall(settings: Settings): Memory | undefined {
  const memory = recallCached(stateFolders(settings), NAME);
  return memory?.['target'] === targetsOf(settings) && Array.isArray(memory['loads'])
    ? (memory as unknown as Memory)
    : undefined;
}

/**
 * The confirmed loads: of the embedded warehouse from memory where its file is as it was when it was asked. Snowflake
 * is asked each time, since others may load there; who only shows it takes `lastKnownLoads`.
 * @param keep Write the memory: under the run's lock only.
 */
export async function rememberedLoads(
  settings: Settings,
  warehouse: Warehouse,
  keep: boolean,
): Promise<Loads> {
  if (warehouse.kind !== 'embedded') return warehouse.loads();
  const before = stateOf(settings);
  const memory = before === undefined ? undefined : recall(settings);
  if (memory?.file === before && memory !== undefined) return new Map(memory.loads);
  const loads = await warehouse.loads();
  if (keep && before !== undefined && stateOf(settings) === before)
    await keepCached(stateFolders(settings), NAME, {
      file: before,
      target: targetsOf(settings),
      loads: [...loads],
    } satisfies Memory);
  return loads;
}

/** What was confirmed when it was last asked, however long ago: for who only shows it while the file is held. */
export function lastKnownLoads(settings: Settings): Loads {
  return new Map(recall(settings)?.loads ?? []);
}

/** Keeps what Snowflake confirmed, for who shows it without asking: under the run's lock only. */
export async function rememberLoads(settings: Settings, loads: Loads): Promise<void> {
  await keepCached(stateFolders(settings), NAME, {
    file: '',
    target: targetsOf(settings),
    loads: [...loads],
  } satisfies Memory);
}
