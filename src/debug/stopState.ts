// Where a run is, why it is paused there, and who hears of it.
import type { OpenWorkspace, PausePoint, PlainError, Questions, RunEvent, RunStatus } from '../engine';
import type { StopProblem } from './filters';
import type { Say } from './output';
import type { Position } from './positions';

/** Why a run is paused. */
export interface StopReason {
  readonly kind: 'entry' | 'step' | 'pause' | 'breakpoint' | 'exception' | 'restart';
  readonly breakpoints?: readonly number[];
  readonly problem?: StopProblem;
}

/** A position that a run has reached, and what can be asked there. */
export interface RunPosition {
  readonly point: PausePoint;
  readonly position: Position;
  readonly questions: Questions;
  readonly workspace: OpenWorkspace;
}

/** A run that is paused. */
export interface StopState extends RunPosition {
  readonly reason: StopReason;
}

export type StepCommand = 'continue' | 'next' | 'in' | 'out' | 'back';

/** Hears what happens to a run. */
export interface RunListener {
  stopped(stop: StopState): void;
  event(event: RunEvent, workspace: OpenWorkspace): void;
  readonly say: Say;
  ended(status: RunStatus, error: PlainError | undefined): void;
}
