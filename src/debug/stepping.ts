// Where a command leads from a position: to one of its failing rows, onward, or back.
import { atRow, rowOf, type Position } from './positions';
import type { RunMode } from './stopPolicy';
import type { StepCommand } from './stopState';

export type Move =
  /** Another row of the same rule, column or step: paused there, too. */
  | { readonly kind: 'row'; readonly position: Position }
  | { readonly kind: 'onward'; readonly mode: RunMode }
  /** To the position before this one. */
  | { readonly kind: 'backward' };

/** @param failing counts the failing rows of the position. */
export async function moveOf(
  command: StepCommand,
  position: Position,
  step: Extract<RunMode, { readonly kind: 'out' }>['step'],
  failing: () => Promise<number>,
): Promise<Move> {
  const row = rowOf(position);
  const toRow = (to: number | undefined): Move => ({ kind: 'row', position: atRow(position, to) });
  switch (command) {
    case 'continue':
      return { kind: 'onward', mode: { kind: 'run' } };
    case 'next':
    case 'in': {
      const following = row === undefined ? 0 : row + 1;
      const enter = row !== undefined || command === 'in';
      return enter && following < (await failing())
        ? toRow(following)
        : { kind: 'onward', mode: { kind: 'next' } };
    }
    case 'out':
      return row === undefined ? { kind: 'onward', mode: { kind: 'out', step } } : toRow(undefined);
    case 'back':
      if (row === undefined) return { kind: 'backward' };
      return toRow(row === 0 ? undefined : row - 1);
    default:
      return command satisfies never;
  }
}
