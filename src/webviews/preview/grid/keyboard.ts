// The keyboard in the grid: what a key means is decided in keys.ts, here it is done.
import { actionOf, type Action, type Key } from '../keys';
import { all, moveTo, whole, type CellPosition, type Selection } from '../selection';
import type { GridEvents, GridModel } from './model';

export interface KeyboardParts {
  readonly model: () => GridModel;
  readonly events: GridEvents;
  /** Rows of one screen. */
  readonly page: () => number;
  /** Brings a cell into view. */
  readonly reveal: (position: CellPosition) => void;
  /** Where a cell or a column's name is in the window. */
  readonly anchor: (position: CellPosition) => Element;
}

export function listenToKeys(element: HTMLElement, parts: KeyboardParts): void {
  element.addEventListener('keydown', (event) => {
    if (event.target !== element || event.isComposing) return;
    const { selection, rows, layout } = parts.model();
    const size = { rows, columns: layout.columns.length };
    const action = actionOf(keyOf(event), selection.active, size, parts.page());
    if (action === undefined) return;
    event.preventDefault();
    // The editor's own shortcuts for the same keys stay out of it.
    event.stopPropagation();
    perform(action, parts);
  });
}

function keyOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): Key {
  return { key, ctrl: ctrlKey || metaKey, shift: shiftKey, alt: altKey };
}

function perform(action: Action, parts: KeyboardParts): void {
  const { events, reveal, anchor } = parts;
  const { selection, rows, layout } = parts.model();
  const { active } = selection;
  switch (action.kind) {
    case 'move': {
      const size = { rows, columns: layout.columns.length };
      const moved: Selection = moveTo(selection, action.to, size, action.extend);
      events.select(moved);
      reveal(moved.active);
      break;
    }
    case 'row':
      events.select(whole('rows', active, selection, false));
      break;
    case 'column':
      events.select(whole('columns', { ...active, row: Math.max(0, active.row) }, selection, false));
      break;
    case 'all':
      events.select(all(selection));
      break;
    case 'sort':
      events.sort(active.column, action.add);
      break;
    case 'filter':
      reveal(active);
      events.filter(active.column, anchor({ row: -1, column: active.column }));
      break;
    case 'moveColumn':
      events.move(active.column, active.column + action.by);
      break;
    case 'resizeColumn': {
      const column = layout.columns[active.column];
      if (column !== undefined) events.resize(active.column, column.width + action.by);
      break;
    }
    case 'menu': {
      reveal(active);
      const box = anchor(active).getBoundingClientRect();
      events.menu(active, box.left + 8, box.bottom);
      break;
    }
    case 'open':
      events.open(active);
      break;
    case 'find':
      events.find(action.backwards);
      break;
    case 'copy':
      events.copy();
      break;
    case 'search':
      events.search();
      break;
    case 'goToRow':
      events.goToRow();
      break;
    default:
      action satisfies never;
  }
}
