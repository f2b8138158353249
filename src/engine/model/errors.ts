// The four kinds of trouble of the engine that are thrown: all else that is thrown is a bug.

/** A place in a text file a person can go to; line counts from 1. */
export interface Where {
  readonly file: string;
  readonly line?: number;
}

/**
 * Error codes, one per cause a caller may want to tell apart. They are part of the contract with the
 * command line's JSON output: never rename one.
 */
export type ErrorCode =
  | 'USAGE'
  | 'SETTINGS_INVALID'
  | 'CONFIG_INVALID'
  | 'CONFIG_MISSING'
  | 'SQL_INVALID'
  | 'LOCKED'
  | 'CANCELLED'
  | 'NOT_FOUND'
  | 'CHANGED'
  | 'FILE_UNREADABLE'
  | 'NOT_CSV'
  | 'PARQUET_INVALID'
  | 'DISK_FULL'
  | 'PERMISSION'
  | 'OUT_OF_MEMORY'
  | 'TIMEOUT'
  | 'CONSERVATION'
  | 'TABLE_FAILED'
  | 'VALIDATION_FAILED'
  | 'WAREHOUSE'
  | 'STATE_CORRUPT'
  /** A file in the data folder that no manifest tells of, and that cannot be proven to be what it seems. */
  | 'UNKNOWN_FILE'
  | 'STATE_NEWER'
  | 'UNSUPPORTED'
  /** It can be done only with values kept that are called sensitive: their owner decides. */
  | 'VALUES_NEEDED'
  /** The folder is open in Restricted Mode, and what was asked needs its trust. */
  | 'RESTRICTED'
  /** A secret would go to another host than before: its owner decides. */
  | 'HOST_CHANGED'
  | 'DUCKDB';

/** A run or a step that cannot go on for a reason its user can act on: what, where, and what to do next. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: ErrorCode;
  /** One imperative sentence: what to do next. */
  readonly remedy: string;
  readonly where: Where | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    remedy: string,
    more: { where?: Where; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.remedy = remedy;
    this.where = more.where;
  }
}

/** The plain form of an error in events, reports and JSON output. */
export interface PlainError {
  readonly code: ErrorCode | 'BUG';
  readonly message: string;
  readonly remedy: string;
  readonly file?: string;
  readonly line?: number;
}

/** Turns anything thrown into plain data; what is not a PipelineError is called a bug. */
export function plainError(error: unknown): PlainError {
  if (error instanceof PipelineError) {
    return {
      code: error.code,
      message: error.message,
      remedy: error.remedy,
      ...(error.where === undefined ? {} : { file: error.where.file }),
      ...(error.where?.line === undefined ? {} : { line: error.where.line }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'BUG',
    message,
    remedy: 'Report this with the log of the run: it is a defect of M7 Pipeline.',
  };
}

/** Is this the outcome of an AbortSignal? Cancellation is an outcome, not a failure. */
export function isCancelled(error: unknown): boolean {
  return error instanceof PipelineError && error.code === 'CANCELLED';
}

/** The one error of cancellation. */
export function cancelled(): PipelineError {
  return new PipelineError(
    'CANCELLED',
    'The work was cancelled.',
    'Run it again to continue where it stopped.',
  );
}

/** Throws the error of cancellation when the signal says so. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}
