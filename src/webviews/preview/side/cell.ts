// The side panel's view of one cell: the whole value, and where its row came from.
import type { PreviewColumn, RowOrigin } from '../../../shared/previewApi';
import { button, el, fill, showPieces } from '../dom';
import { pieces, visibleText } from '../text';
import { number, t } from '../words';

/** Characters drawn at once; more on request. */
const STEP = 100_000;

export interface CellDetail {
  readonly column: PreviewColumn;
  /** Row as its number in the grid says, from 1. */
  readonly row: number;
  readonly value: { readonly text: string | null; readonly characters: number };
  readonly origin: OriginState;
}

export type OriginState =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'there'; readonly origin: RowOrigin }
  | { readonly kind: 'unknown'; readonly message: string };

export interface CellEvents {
  readonly copy: (text: string) => void;
  readonly openOrigin: (origin: RowOrigin) => void;
  readonly follow: (origin: RowOrigin) => void;
}

export function showCell(element: HTMLElement, detail: CellDetail | undefined, events: CellEvents): void {
  if (detail === undefined) {
    fill(element, el('p', { class: 'dim' }, t('Select a cell to see its full value here.')));
    return;
  }
  const { column, row, value, origin } = detail;
  const { text } = value;
  fill(
    element,
    el(
      'div',
      { class: 'column-head' },
      el('span', { class: 'name', dir: 'auto' }, visibleText(column.name, { limit: 200, oneLine: true })),
      el('span', { class: 'type' }, column.type),
    ),
    el(
      'div',
      { class: 'cell-line' },
      el('span', { class: 'dim' }, t('Row {0}', row)),
      text !== null &&
        el(
          'span',
          { class: 'dim' },
          value.characters === 1 ? t('1 character') : t('{0} characters', value.characters),
        ),
      el('span', { class: 'gap' }),
      text !== null && button({ label: t('Copy value'), icon: 'copy', press: () => events.copy(text) }),
    ),
    text === null
      ? el('div', { class: 'value-box is-null' }, 'NULL')
      : text === ''
        ? el('div', { class: 'value-box dim' }, t('empty text'))
        : whole(text, column.family === 'nested' || column.family === 'binary'),
    text !== null &&
      value.characters > text.length &&
      el('p', { class: 'dim' }, t('The first {0} characters; export the file for all of them.', text.length)),
    ...originOf(origin, events),
  );
}

function whole(text: string, code: boolean): HTMLElement {
  const box = el('div', {
    class: code ? 'value-box is-code' : 'value-box',
    dir: 'auto',
    tabindex: 0,
    'aria-label': t('Value'),
  });
  let shown = 0;
  const more = button({ label: t('Show more'), text: true, class: 'button is-second', press: () => add() });
  const add = (): void => {
    const part = el('span', {});
    showPieces(part, pieces(text.slice(shown, shown + STEP), { limit: STEP, oneLine: false }));
    more.remove();
    box.append(part);
    shown += STEP;
    if (shown < text.length) box.append(more);
  };
  add();
  return box;
}

function originOf(state: OriginState, events: CellEvents): (Node | undefined)[] {
  const title = el('h2', {}, t('Where this row came from'));
  switch (state.kind) {
    case 'none':
      return [];
    case 'waiting':
      return [title, el('span', { class: 'bone' })];
    case 'unknown':
      return [title, el('p', { class: 'dim' }, state.message)];
    case 'there': {
      const { origin } = state;
      const line = origin.line === null ? '' : t(', line {0}', number(origin.line));
      return [
        title,
        el(
          'p',
          { class: 'origin-file', dir: 'auto' },
          `${origin.file}${origin.row === null ? '' : `, ${t('record {0}', number(origin.row))}`}${line}`,
        ),
        origin.text === null ? undefined : originText(origin.text),
        origin.original === null
          ? el('p', { class: 'dim' }, t('The original no longer exists.'))
          : button({
              label: t('Go to the landing line'),
              icon: 'source',
              text: true,
              press: () => events.openOrigin(origin),
            }),
        button({
          label: t('What became of this line'),
          text: true,
          class: 'button is-second',
          press: () => events.follow(origin),
        }),
      ].filter((node) => node !== undefined);
    }
    default:
      return state satisfies never;
  }
}

function originText(text: string): HTMLElement {
  const box = el('div', { class: 'value-box is-code is-origin', dir: 'auto' });
  showPieces(box, pieces(text, { limit: 10_000, oneLine: false }));
  return box;
}
