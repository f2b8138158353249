// What a run that stands still is, and who is told of it.
import type { OpenWorkspace, Place, PlainError, Questions, RunEvent, RunStatus } from '../engine';
import type { Trouble } from './filters';
import type { Decide, Say } from './hits';
import type { Position } from './positions';

/** Why a run stands still. */
export interface Reason {
  readonly kind: 'entry' | 'step' | 'pause' | 'breakpoint' | 'exception' | 'restart';
  readonly breakpoints?: readonly number[];
  readonly trouble?: Trouble;
}

/** A run that stands still. */
export interface Standing {
  readonly place: Place;
  readonly position: Position;
  readonly reason: Reason;
  readonly questions: Questions;
  readonly workspace: OpenWorkspace;
}

export type Command = 'continue' | 'next' | 'in' | 'out' | 'back';

/** Who is told what happens. */
export interface Watcher {
  stopped(standing: Standing): void;
  event(event: RunEvent, workspace: OpenWorkspace): void;
  readonly say: Say;
  /** See Decide. */
  decide<T>(
    asked: Parameters<Decide>[0] & { readonly workspace: OpenWorkspace },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  ended(status: RunStatus, error: PlainError | undefined): void;
}
