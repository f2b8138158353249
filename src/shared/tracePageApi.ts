// What the page of a trace asks of the extension, and what it gets.
import type { Method, WireError } from './channel';
import type { TraceLink, TracePage } from './traceApi';

export type TraceSnapshot =
  | { readonly kind: 'traced'; readonly page: TracePage }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface TraceHostApi {
  /** The page's first call, and again whenever something has changed. */
  readonly ready: Method<Record<string, never>, TraceSnapshot>;
  readonly open: Method<TraceLink, null>;
}

export interface TracePageApi {
  /** Another line is meant, or what became of it has changed: `ready` tells. */
  readonly changed: Method<Record<string, never>, null>;
}

/** Type of the panel. */
export const TRACE_VIEW = 'm7.trace';
