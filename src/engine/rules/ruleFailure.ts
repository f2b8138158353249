// Which errors are one rule's own: its finding tells them and the others go on.
import { type ErrorCode, PipelineError } from '../model';

const OWN: ReadonlySet<ErrorCode> = new Set([
  'SQL_INVALID',
  'DUCKDB',
  'OUT_OF_MEMORY',
  'TIMEOUT',
  'CONFIG_INVALID',
  'NOT_FOUND',
]);

/** Is it the rule that is wrong, rather than the disk, the user's wish to stop, or this program? */
export function isRuleError(error: unknown): error is PipelineError {
  return error instanceof PipelineError && OWN.has(error.code);
}
