// Guards over the whole source find offenders, or nothing.
import assert from 'node:assert/strict';

/** Fails with one offender a line, below the advice what to do. */
export function assertNone(offenders: readonly string[], advice: string): void {
  assert.ok(offenders.length === 0, `${advice}\n  ${offenders.join('\n  ')}`);
}
