// What the grid draws and what it reports: it knows neither files nor calls.
import type { Cell, View } from '../../../shared/previewApi';
import type { Layout } from '../layout';
import type { Rows } from '../scale';
import type { CellPosition, Selection } from '../selection';

/** Heights in pixels; media/preview.css says the same. */
export const ROW_HEIGHT = 22;
export const HEADER_HEIGHT = 42;

export interface GridModel {
  /** Rows of the view, as far as they are known. */
  readonly rows: number;
  /** The largest row number there may be. */
  readonly largest: number;
  readonly view: View;
  readonly layout: Layout;
  readonly selection: Selection;
  /** undefined: not there yet. */
  readonly cell: (row: number, index: number) => Cell | undefined;
  /** Row number in the file, from 0; null where there is none; undefined: not there yet. */
  readonly rowNumber: (row: number) => number | null | undefined;
  /** Rows can be led back to their landing line. */
  readonly traceable: boolean;
  /** Cells that contain it are marked; empty marks none. */
  readonly marked: { readonly text: string; readonly case: boolean };
}

/** What the user does. Places are row position and column in display order. */
export interface GridEvents {
  /** What is seen now: rows, and indexes of columns. */
  readonly seen: (rows: Rows, indexes: readonly number[]) => void;
  readonly scrolled: (top: number, left: number) => void;
  readonly select: (selection: Selection) => void;
  readonly sort: (place: number, add: boolean) => void;
  readonly filter: (place: number, anchor: Element) => void;
  /** A width was drawn; fit: the width its content needs. */
  readonly resize: (place: number, width: number | 'fit') => void;
  readonly move: (from: number, to: number) => void;
  readonly menu: (at: CellPosition, x: number, y: number) => void;
  readonly open: (at: CellPosition) => void;
  readonly source: (row: number) => void;
  readonly copy: () => void;
  readonly search: () => void;
  readonly goToRow: () => void;
  readonly find: (backwards: boolean) => void;
}

export function sameCell(one: Cell | undefined, other: Cell | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  return one.text === other.text && one.cut === other.cut;
}
