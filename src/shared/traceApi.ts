// From lines of landing files onward: what the engine process answers to an editor.
import type { LandingMarks, LineName, LineTrace, TracePage } from '../engine/insight/trace';
import type { Method } from './channel';

export type {
  LandingMark,
  LandingMarks,
  LineName,
  LineTrace,
  TraceLink,
  TracePage,
  TracePiece,
} from '../engine/insight/trace';

export interface TraceApi {
  /** What became of a line, with a page of it. NOT_FOUND | USAGE | FILE_UNREADABLE | CONFIG_INVALID … */
  readonly 'trace.line': Method<LineName, { readonly trace: LineTrace; readonly page: TracePage }>;
  /** What is wrong in a landing file or an original; null where the file is none of this workspace. */
  readonly 'trace.marks': Method<{ readonly path: string }, LandingMarks | null>;
}
