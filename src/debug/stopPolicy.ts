// Whether a run stops at a position, and why: the last command, breakpoints, problems, a pause.
import type { PausePoint, Stage } from '../engine';
import type { BreakpointHits } from './breakpointHits';
import { problemAt, type ActiveFilter } from './filters';
import type { RunPosition, StopReason } from './stopState';
import { stepId } from './taskQueue';

/** How far a run continues by itself. */
export type RunMode =
  | { readonly kind: 'run' }
  /** To the next position. */
  | { readonly kind: 'next' }
  /** To the end of this step. */
  | { readonly kind: 'out'; readonly step: PausePoint['step'] }
  /** To the beginning of a step, past everything else. */
  | { readonly kind: 'until'; readonly stage: Stage; readonly table: string };

/** What the editor set to stop at. */
export interface StopCriteria {
  readonly hits: BreakpointHits;
  readonly filters: () => readonly ActiveFilter[];
}

export interface StopPolicy {
  mode: RunMode;
  /** Stops at the next position. */
  pause(): void;
  /** A step begins: its own failure is reported again. */
  begin(): void;
  /** Why it stops at a position; undefined: it does not. */
  reasonAt(at: RunPosition, signal: AbortSignal): Promise<StopReason | undefined>;
}

/** @param never nothing stops at all. */
export function openStopPolicy(
  { hits, filters }: StopCriteria,
  { never, stopOnEntry }: { readonly never: boolean; readonly stopOnEntry: boolean },
): StopPolicy {
  let pausing = false;
  let entering = stopOnEntry;
  /** Rules at which a failure was shown: their step's own failure need not be shown again. */
  let shown = new Set<string>();
  const policy: StopPolicy = {
    mode: { kind: 'run' },
    pause: () => {
      pausing = true;
    },
    begin: () => {
      shown = new Set();
    },
    reasonAt: async (at, signal) => {
      if (never) return undefined;
      const { point, position } = at;
      const { mode } = policy;
      if (mode.kind === 'until') {
        const { stage, table } = point.step;
        if (point.kind !== 'step' || stage !== mode.stage || table !== mode.table) return undefined;
        policy.mode = { kind: 'run' };
        return { kind: 'step' };
      }
      if (entering) {
        entering = false;
        return { kind: 'entry' };
      }
      const hit = await hits.stopping(at, signal);
      const problem = problemAt(point, position, filters());
      if (problem !== undefined && position.kind === 'rule') shown.add(position.rule.id);
      if (hit.length > 0) return { kind: 'breakpoint', breakpoints: hit };
      const seen =
        point.kind === 'end' &&
        point.outcome.status === 'failed' &&
        point.outcome.error.code === 'VALIDATION_FAILED' &&
        shown.size > 0;
      if (problem !== undefined && !seen) return { kind: 'exception', problem };
      if (pausing) {
        pausing = false;
        return { kind: 'pause' };
      }
      const ends = mode.kind === 'out' && point.kind === 'end' && stepId(point.step) === stepId(mode.step);
      return mode.kind === 'next' || ends ? { kind: 'step' } : undefined;
    },
  };
  return policy;
}
