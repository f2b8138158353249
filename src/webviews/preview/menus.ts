// What the menus of a cell, a column and the whole preview offer.
import type { Cell, ExportFormat, Filter, PreviewColumn, View } from '../../shared/previewApi';
import type { CopyFormat } from './copy';
import type { MenuItem } from './popup';
import type { CellPosition } from './selection';
import { filtersOf } from './views';
import { t } from './words';

export interface MenuActions {
  readonly copy: (format: CopyFormat, header: boolean, exact?: boolean) => void;
  readonly copyText: (text: string) => void;
  readonly filter: (filter: Filter) => void;
  readonly openFilter: (place: number) => void;
  readonly open: () => void;
  readonly source: (row: number) => void;
  readonly follow: (row: number) => void;
  readonly goToRow: () => void;
  readonly selectRow: (position: CellPosition) => void;
  readonly selectColumn: (place: number) => void;
  readonly sort: (sort: View['sort']) => void;
  readonly fit: (place: number) => void;
  readonly pin: (name: string, pin: boolean) => void;
  readonly hide: (name: string) => void;
  readonly move: (from: number, to: number) => void;
  readonly profile: () => void;
  readonly exportAs: (format: ExportFormat, exact?: boolean) => void;
  readonly showAllColumns: () => void;
  readonly resetColumns: () => void;
  readonly openAsText: () => void;
  readonly reload: () => void;
  readonly showLog: () => void;
}

/** The cell that a menu is about. */
export interface CellContext {
  readonly position: CellPosition;
  readonly column: PreviewColumn;
  readonly value: Cell | undefined;
  readonly traceable: boolean;
  readonly follows: boolean;
}

export function cellMenu(
  actions: MenuActions,
  { position, column, value, traceable, follows }: CellContext,
): readonly MenuItem[] {
  const whole = value === null || typeof value === 'string';
  const same: Filter =
    value === null || typeof value !== 'string'
      ? { column: column.name, kind: 'null' }
      : { column: column.name, kind: 'in', values: [value] };
  const other: Filter =
    value === null || typeof value !== 'string'
      ? { column: column.name, kind: 'not_null' }
      : { column: column.name, kind: 'compare', operator: '<>', value };
  return [
    { label: t('Copy'), icon: 'copy', keys: 'Ctrl+C', press: () => actions.copy('tsv', false) },
    { label: t('Copy with header'), press: () => actions.copy('tsv', true) },
    { label: t('Copy as CSV'), press: () => actions.copy('csv', true) },
    { label: t('Copy as CSV, exact'), press: () => actions.copy('csv', true, true) },
    { label: t('Copy as Markdown'), press: () => actions.copy('markdown', true) },
    { label: t('Copy as JSON'), press: () => actions.copy('json', true) },
    'line',
    { label: t('Filter by this value'), icon: 'filter', off: !whole, press: () => actions.filter(same) },
    { label: t('Exclude this value'), off: !whole, press: () => actions.filter(other) },
    { label: t('Filter this column…'), keys: 'Alt+↓', press: () => actions.openFilter(position.column) },
    'line',
    { label: t('Show full value'), icon: 'open', keys: 'Enter', press: actions.open },
    {
      label: t('Go to the landing line'),
      icon: 'source',
      off: !traceable && !follows,
      press: () => actions.source(position.row),
    },
    { label: t('What became of this line'), off: !follows, press: () => actions.follow(position.row) },
    'line',
    { label: t('Select row'), keys: 'Shift+Space', press: () => actions.selectRow(position) },
    { label: t('Select column'), keys: 'Ctrl+Space', press: () => actions.selectColumn(position.column) },
    { label: t('Go to row…'), icon: 'row', keys: 'Ctrl+G', press: actions.goToRow },
  ];
}

export function columnMenu(
  actions: MenuActions,
  place: number,
  column: PreviewColumn,
  { pinned, last, view }: { readonly pinned: boolean; readonly last: number; readonly view: View },
): readonly MenuItem[] {
  const { name } = column;
  const sorted = view.sort.some((term) => term.column === name);
  const filtered = filtersOf(view, name).length > 0;
  return [
    {
      label: t('Sort ascending'),
      icon: 'arrowUp',
      press: () => actions.sort([{ column: name, descending: false }]),
    },
    {
      label: t('Sort descending'),
      icon: 'arrowDown',
      press: () => actions.sort([{ column: name, descending: true }]),
    },
    { label: t('Clear sort'), off: view.sort.length === 0, press: () => actions.sort([]) },
    {
      label: sorted ? t('Remove from sort') : t('Add to sort'),
      off: view.sort.length === 0,
      press: () =>
        actions.sort(
          sorted
            ? view.sort.filter((term) => term.column !== name)
            : [...view.sort, { column: name, descending: false }],
        ),
    },
    'line',
    {
      label: filtered ? t('Change filter…') : t('Filter…'),
      icon: 'filter',
      keys: 'Alt+↓',
      press: () => actions.openFilter(place),
    },
    { label: t('Profile'), icon: 'panel', press: actions.profile },
    'line',
    { label: t('Fit width'), press: () => actions.fit(place) },
    { label: pinned ? t('Unpin') : t('Pin left'), icon: 'pin', press: () => actions.pin(name, !pinned) },
    { label: t('Move left'), keys: 'Alt+←', off: place === 0, press: () => actions.move(place, place - 1) },
    {
      label: t('Move right'),
      keys: 'Alt+→',
      off: place === last,
      press: () => actions.move(place, place + 1),
    },
    { label: t('Hide'), off: last === 0, press: () => actions.hide(name) },
    'line',
    { label: t('Select column'), press: () => actions.selectColumn(place) },
    { label: t('Copy name'), icon: 'copy', press: () => actions.copyText(name) },
  ];
}

export function mainMenu(
  actions: MenuActions,
  {
    text,
    arranged,
    hidden,
  }: { readonly text: boolean; readonly arranged: boolean; readonly hidden: boolean },
): readonly MenuItem[] {
  const formats: readonly (readonly [ExportFormat, string, boolean?])[] = [
    ['csv', t('Export as CSV…')],
    ['csv', t('Export as CSV, exact…'), true],
    ['parquet', t('Export as Parquet…')],
    ['json', t('Export as JSON…')],
    ['markdown', t('Export as Markdown…')],
  ];
  return [
    ...formats.map(([format, label, exact], at): MenuItem => ({
      label,
      ...(at === 0 ? { icon: 'export' as const } : {}),
      press: () => actions.exportAs(format, exact),
    })),
    'line',
    { label: t('Show all columns'), off: !hidden, press: actions.showAllColumns },
    { label: t('Reset columns'), off: !arranged, press: actions.resetColumns },
    'line',
    ...(text ? [{ label: t('Open as text'), icon: 'open' as const, press: actions.openAsText }] : []),
    { label: t('Reload'), icon: 'reload', press: actions.reload },
    { label: t('Show log'), press: actions.showLog },
  ];
}
