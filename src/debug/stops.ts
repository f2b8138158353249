// Whether a run stops at a position, and why: what was asked for last, breakpoints, troubles, a pause.
import type { Place, Questions, Stage } from '../engine';
import type { Breakpoints } from './breakpoints';
import { troubleAt, type ActiveFilter } from './filters';
import { stoppingAt, type Decide, type Say } from './hits';
import type { Position } from './positions';
import type { Reason } from './standing';
import { stepId } from './work';

/** How far a run goes on by itself. */
export type Mode =
  | { readonly kind: 'run' }
  /** To the next position. */
  | { readonly kind: 'next' }
  /** To the end of this step. */
  | { readonly kind: 'out'; readonly step: Place['step'] }
  /** To the beginning of a step, past everything else. */
  | { readonly kind: 'until'; readonly stage: Stage; readonly table: string };

export interface Stops {
  mode: Mode;
  /** Stops at the next position. */
  pause(): void;
  /** A step begins: its own failure is told again. */
  begin(): void;
  /** Why it stops at a position; undefined: it does not. */
  reasonAt(
    place: Place,
    position: Position,
    questions: Questions,
    signal: AbortSignal,
  ): Promise<Reason | undefined>;
}

export function openStops(given: {
  /** Nothing stops at all. */
  readonly never: boolean;
  readonly stopOnEntry: boolean;
  readonly breakpoints: Breakpoints;
  readonly filters: () => readonly ActiveFilter[];
  readonly say: Say;
  readonly decide: Decide;
}): Stops {
  let pausing = false;
  let entering = given.stopOnEntry;
  /** Rules at which a failure was shown: their step's own failure need not be shown again. */
  let shown = new Set<string>();
  const stops: Stops = {
    mode: { kind: 'run' },
    pause: () => {
      pausing = true;
    },
    begin: () => {
      shown = new Set();
    },
    reasonAt: async (place, position, questions, signal) => {
      if (given.never) return undefined;
      const { mode } = stops;
      if (mode.kind === 'until') {
        const { stage, table } = place.step;
        if (place.kind !== 'step' || stage !== mode.stage || table !== mode.table) return undefined;
        stops.mode = { kind: 'run' };
        return { kind: 'step' };
      }
      if (entering) {
        entering = false;
        return { kind: 'entry' };
      }
      const { breakpoints, say, decide } = given;
      const hit = await stoppingAt(place, position, { breakpoints, questions, signal, say, decide });
      const trouble = troubleAt(place, position, given.filters());
      if (trouble !== undefined && position.kind === 'rule') shown.add(position.rule.id);
      if (hit.length > 0) return { kind: 'breakpoint', breakpoints: hit };
      const seen =
        place.kind === 'end' &&
        place.outcome.status === 'failed' &&
        place.outcome.error.code === 'VALIDATION_FAILED' &&
        shown.size > 0;
      if (trouble !== undefined && !seen) return { kind: 'exception', trouble };
      if (pausing) {
        pausing = false;
        return { kind: 'pause' };
      }
      const ends = mode.kind === 'out' && place.kind === 'end' && stepId(place.step) === stepId(mode.step);
      return mode.kind === 'next' || ends ? { kind: 'step' } : undefined;
    },
  };
  return stops;
}
