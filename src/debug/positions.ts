// Where a run can pause: before a step, at each column, at each rule and its failing rows, at a step's end.
import {
  defined,
  findingOf,
  type Column,
  type Conversion,
  type Finding,
  type Focus,
  type PausePoint,
  type RejectedFile,
  type Rule,
} from '../engine';

/** A position within a pause point. */
export type Position =
  | { readonly kind: 'step' }
  | {
      readonly kind: 'column';
      readonly column: Column;
      readonly conversion: Conversion | undefined;
      readonly row?: number | undefined;
    }
  | {
      readonly kind: 'rule';
      readonly rule: Rule;
      readonly finding: Finding;
      /** Among its table's rules in the file. */ readonly index: number;
      /** A failing row, from 0. */ readonly row?: number | undefined;
    }
  | {
      readonly kind: 'end';
      /** Landing files the step rejected. */ readonly filesOut: readonly RejectedFile[];
      /** A rejected line or row, from 0. */ readonly row?: number | undefined;
    };

/**
 * The positions of a pause point in order; rules that are switched off have none.
 * @param filesOut rejected as a whole by the step that ends at the point.
 */
export function positionsOf(point: PausePoint, filesOut: readonly RejectedFile[] = []): readonly Position[] {
  switch (point.kind) {
    case 'step':
      return [{ kind: 'step' }];
    case 'columns':
      return point.table.columns.map((column) => ({
        kind: 'column',
        column,
        conversion: point.conversions.find((one) => one.column === column.name),
      }));
    case 'rules':
      return point.rules.flatMap((rule, index): Position[] => {
        const finding = findingOf(point, rule);
        return rule.enabled && finding !== undefined ? [{ kind: 'rule', rule, finding, index }] : [];
      });
    case 'end':
      return [{ kind: 'end', filesOut }];
    default:
      return point satisfies never;
  }
}

/** "Playback (Skylink)". */
export const tableInWords = ({ step }: PausePoint): string =>
  step.brand === undefined ? step.table : `${step.table} (${step.brand})`;

/** The failing row a position is at: of a rule or column, or one that a step rejected. */
export const rowOf = (position: Position): number | undefined =>
  position.kind === 'step' ? undefined : position.row;

/** A position at one of its failing rows, or at none. */
export function atRow(position: Position, row: number | undefined): Position {
  return position.kind === 'step' ? position : { ...position, row };
}

/** What a question at a position is about. */
export function focusOf(position: Position): Focus {
  switch (position.kind) {
    case 'rule':
      return { rule: position.rule, ...defined({ row: position.row }) };
    case 'column':
      return { column: position.column.name, ...defined({ row: position.row }) };
    case 'end':
      return position.row === undefined ? {} : { row: position.row };
    case 'step':
      return {};
    default:
      return position satisfies never;
  }
}

/** The line of the config that a position is about. */
export function configLineOf(
  position: Position,
): { readonly file: string; readonly line?: number } | undefined {
  switch (position.kind) {
    case 'rule':
      return position.rule.location;
    case 'column':
      return position.column.location;
    case 'step':
    case 'end':
      return undefined;
    default:
      return position satisfies never;
  }
}
