// The small form that jumps to a row.
import { button, el } from './dom';
import { openPopup } from './popup';
import { number, t } from './words';

/** @param go Told the position, from 0. */
export function openGoToRow(anchor: Element, rows: number, present: number, go: (row: number) => void): void {
  const input = el('input', { class: 'field', type: 'text', inputmode: 'numeric', 'aria-label': t('Row') });
  input.value = String(Math.max(0, present) + 1);
  const tip = el('div', { class: 'dim' }, rows === 0 ? t('No rows.') : t('1 to {0}', number(rows)));
  const accept = (): void => {
    const row = readRow(input.value, rows);
    if (row === undefined) {
      input.setAttribute('aria-invalid', 'true');
      tip.textContent = t('Enter a whole number from 1 to {0}.', number(rows));
      tip.classList.add('is-wrong');
      return;
    }
    popup.close();
    go(row);
  };
  const popup = openPopup(anchor, t('Go to row'), [
    el('div', { class: 'popup-title' }, t('Go to row')),
    el('div', { class: 'fields' }, input, button({ label: t('Go'), text: true, press: accept })),
    tip,
  ]);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    accept();
  });
  input.select();
}

/** "1,000" → 999; undefined for what is no row. Beyond the end is the last row. */
export function readRow(text: string, rows: number): number | undefined {
  const plain = text.trim().replace(/(?<=\d)[\s,._'’](?=\d{3}(?!\d))/g, '');
  if (!/^\d{1,15}$/.test(plain) || rows === 0) return undefined;
  const row = Number(plain);
  return row < 1 ? undefined : Math.min(row, rows) - 1;
}
