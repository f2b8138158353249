// The plan of a run, made once its landing files are complete: half an upload must never be loaded.
import { setTimeout as sleep } from 'node:timers/promises';
import { clockOfFolder, seenAs, settlesInMs, type LandingFile } from '../lake';
import { type LogEvent, cancelled } from '../model';
import type { Warehouse } from '../warehouse';
import type { OpenWorkspace } from '../workspace';
import type { StampEvent } from './eventStream';
import { preparePlan } from './preparePlan';

/** Which landing files are complete, and where to say that a run waits for others. */
interface Settling {
  /** Milliseconds a file must not have changed for. */
  readonly settleMs: number;
  /** Files, by path, of which it is known. */
  readonly complete: (path: string) => boolean;
  readonly stamp: StampEvent;
}

/**
 * Makes the plan; where files of it changed within `settleMs`, says so, waits until the last of them can be complete,
 * and makes the plan again. A file that changed meanwhile, and one that came meanwhile, stays in landing.
 * @throws PipelineError CANCELLED while it waits; what `preparePlan` throws.
 */
export async function* prepareSettled(
  workspace: OpenWorkspace,
  warehouse: Warehouse,
  request: Parameters<typeof preparePlan>[2],
  { settleMs, complete, stamp }: Settling,
): AsyncGenerator<LogEvent, Awaited<ReturnType<typeof preparePlan>>> {
  const prepared = await preparePlan(workspace, warehouse, request);
  const files = [...prepared.inventory.waiting.values()].flat();
  if (settleMs <= 0 || files.length === 0) return prepared;
  const { landingDir } = workspace.settings;
  const now = await clockOfFolder(landingDir);
  const fresh = files.filter((file) => !complete(file.path) && settlesInMs(file, now, settleMs) > 0);
  if (fresh.length === 0) return prepared;
  const waitMs = Math.max(...fresh.map((file) => settlesInMs(file, now, settleMs)));
  yield stamp({ event: 'log', level: 'info', message: waitingFor(fresh, waitMs, settleMs) });
  await sleep(waitMs, undefined, request.signal === undefined ? {} : { signal: request.signal }).catch(() => {
    throw cancelled();
  });
  const seen = new Set(files.map(seenAs));
  const later = await clockOfFolder(landingDir);
  return preparePlan(workspace, warehouse, {
    ...request,
    settled: (file) =>
      seen.has(seenAs(file)) || complete(file.path) || settlesInMs(file, later, settleMs) === 0,
  });
}

function waitingFor(fresh: readonly LandingFile[], waitMs: number, settleMs: number): string {
  const [first] = fresh;
  const more = fresh.length > 1 ? ` and ${fresh.length - 1} more` : '';
  const seconds = Math.ceil(waitMs / 1000);
  return `Waiting ${seconds} s: ${first?.path ?? ''}${more} changed less than ${settleMs / 1000} s ago (SETTLE), so that an upload may still be under way.`;
}
