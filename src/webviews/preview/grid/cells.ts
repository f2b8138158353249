// Draws one cell's value: null, empty, cut, nested and hostile values each so that they cannot be mistaken.
import type { Cell, PreviewColumn } from '../../../shared/previewApi';
import { el, showPieces } from '../dom';
import { pieces, visibleText } from '../text';
import { number, t } from '../words';

/** Characters of a value that one line can show. */
const LINE = 500;
/** Characters of a tooltip. */
const TOOLTIP = 1_000;

/** Draws a value into its cell; undefined is a value still on its way. */
export function drawCell(
  cell: HTMLElement,
  value: Cell | undefined,
  column: PreviewColumn,
  marked: { readonly text: string; readonly case: boolean },
): void {
  const hit = isHit(value, marked);
  const state =
    value === undefined
      ? 'waiting'
      : value === null
        ? 'null'
        : typeof value === 'string' && value === ''
          ? 'empty'
          : column.family;
  const names = `cell is-${state}${hit ? ' is-hit' : ''}`;
  if (cell.dataset['names'] !== names) {
    cell.dataset['names'] = names;
    // The selection's classes are set again after this.
    cell.className = names;
  }
  if (value === undefined) {
    cell.replaceChildren(el('span', { class: 'bone' }));
    cell.removeAttribute('title');
    cell.setAttribute('aria-label', t('loading'));
  } else if (value === null) {
    cell.replaceChildren('NULL');
    cell.removeAttribute('title');
    cell.setAttribute('aria-label', 'null');
  } else if (value === '') {
    cell.replaceChildren();
    cell.removeAttribute('title');
    cell.setAttribute('aria-label', t('empty text'));
  } else {
    const text = typeof value === 'string' ? value : value.text;
    cell.removeAttribute('aria-label');
    cell.removeAttribute('title');
    showPieces(cell, pieces(text, { limit: LINE, oneLine: true }));
    if (typeof value !== 'string')
      cell.append(el('span', { class: 'cut' }, `… ${t('{0} characters', value.cut)}`));
    else if (text.length > LINE) cell.append(el('span', { class: 'cut' }, `… ${number(text.length)}`));
  }
}

/** The tooltip of a cell whose value does not fit into it. */
export function tooltip(value: Cell | undefined): string {
  if (value === undefined || value === null) return '';
  return visibleText(typeof value === 'string' ? value : value.text, { limit: TOOLTIP, oneLine: false });
}

function isHit(value: Cell | undefined, marked: { readonly text: string; readonly case: boolean }): boolean {
  if (marked.text === '' || value === undefined || value === null) return false;
  const text = typeof value === 'string' ? value : value.text;
  return marked.case ? text.includes(marked.text) : text.toLowerCase().includes(marked.text.toLowerCase());
}
