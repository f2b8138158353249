// Where a run can stand still: before a step, at each column, at each rule and its failing rows, at a step's end.
import { findingOf, type Column, type Conversion, type Finding, type Place, type Rule } from '../engine';

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
  | { readonly kind: 'end' };

/** The positions of a place in order; rules that are switched off have none. */
export function positionsOf(place: Place): readonly Position[] {
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
      return [{ kind: 'end' }];
    default:
      return place satisfies never;
  }
}

/** "Playback (Skylink)". */
export const tableInWords = ({ step }: Place): string =>
  step.brand === undefined ? step.table : `${step.table} (${step.brand})`;

/** The failing row a position is at. */
export const rowOf = (position: Position): number | undefined =>
  position.kind === 'rule' || position.kind === 'column' ? position.row : undefined;

/** A position at one of its failing rows, or at none. */
export function atRow(position: Position, row: number | undefined): Position {
  if (position.kind !== 'rule' && position.kind !== 'column') return position;
  return { ...position, row };
}
