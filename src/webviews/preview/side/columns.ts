// The side panel's list of columns: type, nulls, distinct values, range and distribution of each.
import type { ColumnProfile, PreviewColumn } from '../../../shared/previewApi';
import { button, el, showPieces } from '../dom';
import { pieces, visibleText } from '../text';
import { number, percent, t } from '../words';
import { createList, type List } from './list';
import type { Profiles } from './profiles';

export interface ColumnItem {
  readonly column: PreviewColumn;
  readonly hidden: boolean;
}

export interface ColumnsEvents {
  readonly go: (column: string) => void;
  readonly show: (column: string) => void;
}

/** Pixels of an item; media/preview.css says the same. */
const HEIGHT = 112;

export function createColumnsList(profiles: Profiles, events: ColumnsEvents): List<ColumnItem> {
  return createList<ColumnItem>({
    label: t('Columns'),
    height: HEIGHT,
    seen: (items) => profiles.want(items.map(({ column }) => column.name)),
    draw: ({ column, hidden }) => {
      const state = profiles.of(column.name);
      const name = button({
        label: hidden ? t('Show column {0}', column.name) : t('Go to column {0}', column.name),
        class: 'column-name',
        press: () => (hidden ? events.show(column.name) : events.go(column.name)),
      });
      const words = el('span', { class: 'name', dir: 'auto' });
      showPieces(words, pieces(column.name, { limit: 120, oneLine: true }));
      name.append(words);
      return el(
        'div',
        { class: hidden ? 'column is-hidden' : 'column' },
        el(
          'div',
          { class: 'column-head' },
          name,
          hidden && el('span', { class: 'dim' }, t('hidden')),
          el('span', { class: 'type' }, column.type),
        ),
        state.kind === 'there'
          ? facts(state.profile)
          : state.kind === 'failed'
            ? el('div', { class: 'dim' }, t('The profile could not be read.'))
            : el('div', {}, el('span', { class: 'bone' }), el('span', { class: 'bone' })),
      );
    },
  });
}

function facts(profile: ColumnProfile): HTMLElement {
  const { rows, nulls, distinct, min, max, mean } = profile;
  const range =
    min === null || max === null ? '' : min === max ? short(min) : `${short(min)} … ${short(max)}`;
  return el(
    'div',
    { class: 'facts' },
    el(
      'div',
      { class: 'fact-line' },
      el(
        'span',
        { title: t('{0} of {1} rows', number(nulls), number(rows)) },
        t('{0} null', percent(nulls, rows)),
      ),
      el('span', {}, distinct === 1 ? t('1 value') : t('≈ {0} values', number(distinct))),
      mean !== null && el('span', { title: t('Mean') }, `⌀ ${short(mean)}`),
    ),
    el('div', { class: 'fact-line', title: range }, el('span', { dir: 'auto' }, range)),
    profile.histogram.length > 0 ? histogram(profile) : topValues(profile),
  );
}

function histogram({ histogram: bins }: ColumnProfile): HTMLElement {
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  const label = t('Distribution over {0} bins', bins.length);
  return el(
    'div',
    { class: 'histogram', role: 'img', 'aria-label': label },
    ...bins.map(({ from, to, rows }) => {
      const bar = el('span', { class: 'bar', title: `${from} … ${to}: ${number(rows)}` });
      // A bin with any row is seen.
      bar.style.height = `${rows === 0 ? 0 : Math.max(4, (100 * rows) / most)}%`;
      return bar;
    }),
  );
}

function topValues({ top, rows }: ColumnProfile): HTMLElement {
  return el(
    'div',
    { class: 'top' },
    ...top.slice(0, 3).map(({ value, rows: count }) => {
      const share = el('span', { class: 'share' });
      share.style.width = `${(100 * count) / Math.max(1, rows)}%`;
      return el(
        'span',
        { class: 'top-line', title: `${value === null ? 'NULL' : short(value)}: ${number(count)}` },
        share,
        el(
          'span',
          { class: value === null ? 'top-word is-null' : 'top-word', dir: 'auto' },
          value === null ? 'NULL' : value === '' ? t('empty text') : short(value),
        ),
        el('span', { class: 'dim' }, percent(count, rows)),
      );
    }),
  );
}

function short(text: string): string {
  const seen = visibleText(text, { limit: 60, oneLine: true });
  return text.length > 60 ? `${seen}…` : seen;
}
