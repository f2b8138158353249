// What each key does in the grid; deciding only, so that it can be read and tested as a table.
import type { CellPosition, Size } from './selection';

export interface Key {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

export type Action =
  | { readonly kind: 'move'; readonly to: CellPosition; readonly extend: boolean }
  | { readonly kind: 'row' | 'column' | 'all' | 'copy' | 'search' | 'goToRow' | 'menu' | 'open' | 'filter' }
  | { readonly kind: 'find'; readonly backwards: boolean }
  | { readonly kind: 'sort'; readonly add: boolean }
  | { readonly kind: 'moveColumn'; readonly by: -1 | 1 }
  | { readonly kind: 'resizeColumn'; readonly by: number };

/** @param page Rows of one screen. Returns undefined for keys that are not the grid's. */
export function actionOf(key: Key, active: CellPosition, size: Size, page: number): Action | undefined {
  const { ctrl, shift, alt } = key;
  const header = active.row < 0;
  const move = (row: number, column: number): Action => ({
    kind: 'move',
    to: { row, column },
    extend: shift && !header,
  });
  if (alt) {
    if (key.key === 'ArrowDown') return { kind: 'filter' };
    if (header && key.key === 'ArrowLeft') return { kind: 'moveColumn', by: -1 };
    if (header && key.key === 'ArrowRight') return { kind: 'moveColumn', by: 1 };
    return undefined;
  }
  const lastRow = size.rows - 1;
  const lastColumn = size.columns - 1;
  switch (key.key) {
    case 'ArrowUp':
      return move(ctrl ? (header ? -1 : 0) : active.row - 1, active.column);
    case 'ArrowDown':
      return move(ctrl ? lastRow : active.row + 1, active.column);
    case 'ArrowLeft':
      if (header && shift) return { kind: 'resizeColumn', by: -10 };
      return move(active.row, ctrl ? 0 : active.column - 1);
    case 'ArrowRight':
      if (header && shift) return { kind: 'resizeColumn', by: 10 };
      return move(active.row, ctrl ? lastColumn : active.column + 1);
    case 'PageUp':
      return move(header ? -1 : Math.max(0, active.row - page), active.column);
    case 'PageDown':
      return move(Math.max(0, active.row) + page, active.column);
    case 'Home':
      return move(ctrl ? Math.min(0, lastRow) : active.row, 0);
    case 'End':
      return move(ctrl ? lastRow : active.row, lastColumn);
    case 'Enter':
      return header ? { kind: 'sort', add: shift } : { kind: 'open' };
    case ' ':
      if (ctrl || header) return { kind: 'column' };
      return shift ? { kind: 'row' } : { kind: 'open' };
    case 'F3':
      return { kind: 'find', backwards: shift };
    case 'F10':
      return shift ? { kind: 'menu' } : undefined;
    case 'ContextMenu':
      return { kind: 'menu' };
    default:
      return ctrl ? controlled(key.key.toLowerCase(), shift) : undefined;
  }
}

function controlled(key: string, shift: boolean): Action | undefined {
  if (shift) return undefined;
  switch (key) {
    case 'a':
      return { kind: 'all' };
    case 'c':
    case 'insert':
      return { kind: 'copy' };
    case 'f':
      return { kind: 'search' };
    case 'g':
      return { kind: 'goToRow' };
    default:
      return undefined;
  }
}
