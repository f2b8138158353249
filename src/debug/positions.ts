// Where a run can stand still: before a step, at each column, at each rule and its failing rows, at a step's end.
import {
  findingOf,
  type Column,
  type Conversion,
  type Finding,
  type Place,
  type RejectedFile,
  type Rule,
} from '../engine';

export type RulesPlace = Extract<Place, { readonly kind: 'rules' }>;
export type ColumnsPlace = Extract<Place, { readonly kind: 'columns' }>;

/** A position within a place. */
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
      /** Landing files the step kept out whole. */ readonly filesOut: readonly RejectedFile[];
      /** A rejected line or row, from 0. */ readonly row?: number | undefined;
    };

/**
 * The positions of a place in order; rules that are switched off have none.
 * @param filesOut kept out whole by the step that ends at the place.
 */
export function positionsOf(place: Place, filesOut: readonly RejectedFile[] = []): readonly Position[] {
  switch (place.kind) {
    case 'step':
      return [{ kind: 'step' }];
    case 'columns':
      return place.table.columns.map((column) => ({
        kind: 'column',
        column,
        conversion: place.conversions.find((one) => one.column === column.name),
      }));
    case 'rules':
      return place.rules.flatMap((rule, index): Position[] => {
        const finding = findingOf(place, rule);
        return rule.enabled && finding !== undefined ? [{ kind: 'rule', rule, finding, index }] : [];
      });
    case 'end':
      return [{ kind: 'end', filesOut }];
    default:
      return place satisfies never;
  }
}

/** "Playback (Skylink)". */
export const tableInWords = ({ step }: Place): string =>
  step.brand === undefined ? step.table : `${step.table} (${step.brand})`;

/** The failing row a position is at: of a rule or column, or one that a step rejected. */
export const rowOf = (position: Position): number | undefined =>
  position.kind === 'step' ? undefined : position.row;

/** A position at one of its failing rows, or at none. */
export function atRow(position: Position, row: number | undefined): Position {
  return position.kind === 'step' ? position : { ...position, row };
}
