// The side panel's account of how a text file was read, and how sure that is.
import type { PreviewOpened } from '../../../shared/previewApi';
import { el, fill } from '../dom';
import { visibleText } from '../text';
import { t } from '../words';

export function showDialect(element: HTMLElement, { dialect, notes }: PreviewOpened): void {
  fill(
    element,
    el('h2', {}, t('How this file was read')),
    dialect.length === 0 && el('p', { class: 'dim' }, t('Nothing was guessed.')),
    el(
      'dl',
      { class: 'pairs' },
      ...dialect.flatMap(({ name, value, confidence }) => [
        el('dt', {}, name),
        el(
          'dd',
          {},
          el('span', { class: 'dialect-value' }, visibleText(value, { limit: 300, oneLine: true })),
          confidence !== undefined && sure(confidence),
        ),
      ]),
    ),
    notes.length > 0 && el('h2', {}, t('Notes')),
    notes.length > 0 &&
      el(
        'ul',
        { class: 'notes' },
        ...notes.map((note) => el('li', {}, visibleText(note, { limit: 500, oneLine: true }))),
      ),
  );
}

function sure(confidence: number): HTMLElement {
  const words = t('{0} % sure', Math.round(confidence * 100));
  const part = el('span', { class: 'share' });
  part.style.width = `${Math.round(confidence * 100)}%`;
  return el(
    'span',
    { class: 'confidence', title: words },
    el('span', { class: 'confidence-bar', 'aria-hidden': 'true' }, part),
    el('span', { class: 'dim' }, words),
  );
}
