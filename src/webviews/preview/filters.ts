// The form that filters a column: a condition, null or not, or some of its most frequent values.
import type { ColumnProfile, Filter, PreviewColumn, View } from '../../shared/previewApi';
import { button, el, fill, showPieces } from './dom';
import { openPopup } from './popup';
import { pieces } from './text';
import { filteredBy, filtersOf, filterWords, OPERATORS, withoutFilter } from './views';
import { number, t } from './words';

export interface FilterFormParts {
  readonly anchor: Element;
  readonly column: PreviewColumn;
  readonly view: View;
  /** Text of the active cell, to begin with. */
  readonly profile: (signal: AbortSignal) => Promise<ColumnProfile>;
  readonly apply: (view: View) => void;
  readonly closed: () => void;
}

type Condition = 'contains' | keyof typeof OPERATORS | 'null' | 'not_null';

/** Opens the form at a column's head. */
export function openFilterForm({ anchor, column, view, profile, apply, closed }: FilterFormParts): void {
  const control = new AbortController();
  const condition = el('select', { class: 'field', 'aria-label': t('Condition') });
  const conditions: readonly (readonly [Condition, string])[] = [
    ['contains', t('contains')],
    ...Object.entries(OPERATORS).map(
      ([operator, sign]) => [operator as keyof typeof OPERATORS, sign] as const,
    ),
    ['null', t('is null')],
    ['not_null', t('is not null')],
  ];
  for (const [value, label] of conditions) condition.append(el('option', { value }, label));
  const present = filtersOf(view, column.name);
  const [first] = present;
  const ordered = column.family === 'number' || column.family === 'date' || column.family === 'time';
  condition.value = conditionOf(first) ?? (column.family === 'boolean' ? '=' : ordered ? '>=' : 'contains');
  const value = el('input', {
    class: 'field',
    type: 'text',
    'aria-label': t('Value'),
    placeholder: t('Value'),
    spellcheck: 'false',
  });
  value.value = valueOf(first);
  const exact = el('input', { type: 'checkbox' });
  exact.checked = first?.kind === 'contains' && first.case;
  const exactLabel = el('label', { class: 'check' }, exact, t('Match case'));
  const values = el('div', { class: 'top-values', role: 'group', 'aria-label': t('Most frequent values') });
  const chosen = new Set<string | null>(
    present.flatMap((filter) => (filter.kind === 'in' ? filter.values : [])),
  );
  const adapt = (): void => {
    const plain = condition.value === 'null' || condition.value === 'not_null';
    value.hidden = plain;
    exactLabel.hidden = condition.value !== 'contains';
  };
  condition.addEventListener('change', adapt);
  adapt();

  const finish = (next: View): void => {
    popup.close();
    apply(next);
  };
  const use = (): void => {
    const filter = read(column.name, condition.value, value.value, exact.checked);
    let next = chosen.size === 0 ? dropValues(view, column.name) : withValues(view, column.name, [...chosen]);
    if (filter !== undefined) next = filteredBy(next, filter);
    finish(next);
  };
  const clear = (): void =>
    finish({
      ...view,
      filters: view.filters.filter((filter) => filter.kind === 'search' || filter.column !== column.name),
    });

  const content = [
    el('div', { class: 'popup-title', dir: 'auto' }, t('Filter {0}', column.name)),
    ...present.map((filter) =>
      el(
        'div',
        { class: 'present' },
        el('span', {}, filterWords(filter)),
        button({
          label: t('Remove filter'),
          icon: 'close',
          press: () => finish(withoutFilter(view, filter)),
        }),
      ),
    ),
    el('div', { class: 'fields' }, condition, value),
    exactLabel,
    el('div', { class: 'popup-subtitle' }, t('Most frequent values')),
    values,
    el(
      'div',
      { class: 'ways' },
      button({ label: t('Apply'), text: true, press: use }),
      present.length > 0 &&
        button({ label: t('Clear'), text: true, class: 'button is-second', press: clear }),
    ),
  ];
  const popup = openPopup(anchor, t('Filter {0}', column.name), content, () => {
    control.abort();
    closed();
  });
  popup.element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    event.stopPropagation();
    use();
  });
  fill(values, el('span', { class: 'bone' }));
  profile(control.signal).then(
    ({ top }) => showTop(values, top, chosen),
    () => fill(values, el('span', { class: 'dim' }, t('The values could not be read.'))),
  );
}

function showTop(values: HTMLElement, top: ColumnProfile['top'], chosen: Set<string | null>): void {
  if (top.length === 0) {
    fill(values, el('span', { class: 'dim' }, t('Nearly all values are unique.')));
    return;
  }
  fill(
    values,
    ...top.map(({ value, rows }) => {
      const box = el('input', { type: 'checkbox' });
      box.checked = chosen.has(value);
      box.addEventListener('change', () => {
        if (box.checked) chosen.add(value);
        else chosen.delete(value);
      });
      const words = el('span', { class: value === null ? 'value is-null' : 'value', dir: 'auto' });
      if (value === null) words.textContent = 'NULL';
      else if (value === '') words.append(el('span', { class: 'dim' }, t('empty text')));
      else showPieces(words, pieces(value, { limit: 80, oneLine: true }));
      return el('label', { class: 'check' }, box, words, el('span', { class: 'dim' }, number(rows)));
    }),
  );
}

function read(column: string, condition: string, text: string, exact: boolean): Filter | undefined {
  if (condition === 'null' || condition === 'not_null') return { column, kind: condition };
  if (text === '') return undefined;
  if (condition === 'contains') return { column, kind: 'contains', text, case: exact };
  return isOperator(condition) ? { column, kind: 'compare', operator: condition, value: text } : undefined;
}

function isOperator(text: string): text is keyof typeof OPERATORS {
  return Object.hasOwn(OPERATORS, text);
}

function conditionOf(filter: Filter | undefined): Condition | undefined {
  if (filter?.kind === 'compare') return filter.operator;
  return filter?.kind === 'contains' || filter?.kind === 'null' || filter?.kind === 'not_null'
    ? filter.kind
    : undefined;
}

function valueOf(filter: Filter | undefined): string {
  if (filter?.kind === 'compare') return filter.value;
  return filter?.kind === 'contains' ? filter.text : '';
}

function dropValues(view: View, column: string): View {
  return {
    ...view,
    filters: view.filters.filter((filter) => filter.kind !== 'in' || filter.column !== column),
  };
}

function withValues(view: View, column: string, values: readonly (string | null)[]): View {
  return filteredBy(view, { column, kind: 'in', values });
}
