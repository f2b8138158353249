// What is done to a column at its head or in its menu: filter, sort, resize, move. Columns go by their place.
import type { ColumnProfile } from '../../shared/previewApi';
import type { PreviewActions, PreviewContext } from './context';
import { openFilterForm } from './filters';
import type { Grid } from './grid/grid';
import { ROW_HEIGHT, type GridEvents } from './grid/model';
import { withMoved, withWidth } from './layout';
import { sortedBy } from './views';
import { t } from './words';

export interface ColumnGestureParts {
  readonly actions: PreviewActions;
  /** The grid is made with these gestures: it is asked for when one comes. */
  readonly grid: () => Grid;
  readonly profile: (column: string, signal: AbortSignal) => Promise<ColumnProfile>;
}

export interface ColumnGestures extends Pick<GridEvents, 'sort' | 'resize' | 'move'> {
  readonly openFilter: (place: number, anchor?: Element) => void;
}

export function createColumnGestures(
  context: PreviewContext,
  { grid, profile, actions }: ColumnGestureParts,
): ColumnGestures {
  return {
    openFilter: (place, anchor) => {
      const { table, layout } = context.tab;
      const column = layout.columns[place]?.column;
      if (column === undefined) return;
      openFilterForm({
        anchor: anchor ?? grid().anchor({ row: -1, column: place }),
        column,
        view: table.view,
        profile: (signal) => profile(column.name, signal),
        apply: context.look,
        closed: () => grid().focus(),
      });
    },
    sort: (place, add) => {
      const { table, layout } = context.tab;
      const name = layout.columns[place]?.column.name;
      if (name === undefined) return;
      context.look(sortedBy(table.view, name, add));
      const term = table.view.sort.find(({ column }) => column === name);
      context.announcer.say(
        term === undefined
          ? t('Not sorted by {0}.', name)
          : term.descending
            ? t('Sorted by {0}, descending.', name)
            : t('Sorted by {0}, ascending.', name),
      );
    },
    resize: (place, width) => {
      const { tab } = context;
      const name = tab.layout.columns[place]?.column.name;
      if (name === undefined) return;
      const near = Math.floor(grid().top / ROW_HEIGHT);
      tab.arrange(withWidth(tab.layoutState, name, width === 'fit' ? tab.fitted(place, near) : width));
      context.changed();
    },
    move: (from, to) => {
      const { tab } = context;
      if (to < 0 || to >= tab.layout.columns.length) return;
      const inHeader = tab.selection.active.row < 0;
      actions.arrange(withMoved(tab.layout, tab.layoutState, from, to));
      if (inHeader) grid().reveal(tab.selection.active);
    },
  };
}
