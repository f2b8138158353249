// The side panel's facts of the file: rows, row groups, what each column takes, key-values.
import type { Metadata } from '../../../shared/previewApi';
import { el, fill } from '../dom';
import { visibleText } from '../text';
import { formatBytes } from '../../../shared/words';
import { number, percent, t } from '../words';
import { createList } from './list';

type MetadataColumn = Metadata['columns'][number];

/** Pixels of an item; media/preview.css says the same. */
const HEIGHT = 76;
/** A longer list scrolls within the panel. */
const MOST_HEIGHT = 460;
/** Characters of a key-value shown; some writers put whole schemas there. */
const VALUE = 2_000;
const PROPERTIES = 200;

/** Fills the element; what it returns frees it again. */
export function showMetadata(element: HTMLElement, metadata: Metadata): () => void {
  const whole = metadata.columns.reduce((sum, column) => sum + column.compressed_bytes, 0);
  const list = createList<MetadataColumn>({
    label: t('Columns as stored'),
    height: HEIGHT,
    draw: (column) => stored(column, whole),
  });
  list.element.classList.add('is-short');
  list.element.style.height = `${Math.min(metadata.columns.length * HEIGHT + 2, MOST_HEIGHT)}px`;
  list.show(metadata.columns);
  fill(
    element,
    el('h2', {}, t('File')),
    pairs(metadata.facts.map(({ name, value }) => [name, value])),
    metadata.columns.length > 0 && el('h2', {}, t('Columns as stored')),
    metadata.columns.length > 0 && list.element,
    metadata.properties.length > 0 && el('h2', {}, t('Key-value metadata')),
    metadata.properties.length > 0 &&
      pairs(metadata.properties.slice(0, PROPERTIES).map(({ key, value }) => [key, value])),
    metadata.properties.length > PROPERTIES &&
      el('p', { class: 'dim' }, t('{0} more are not shown.', metadata.properties.length - PROPERTIES)),
  );
  return list.dispose;
}

function stored(column: MetadataColumn, whole: number): HTMLElement {
  const ratio = column.compressed_bytes > 0 ? column.uncompressed_bytes / column.compressed_bytes : 1;
  const range =
    column.min === null || column.max === null ? '' : `${words(column.min)} … ${words(column.max)}`;
  const line = (...texts: string[]): HTMLElement => {
    const text = texts.filter((part) => part !== '').join(' · ');
    return el('div', { class: 'fact-line', title: text }, el('span', { dir: 'auto' }, text));
  };
  return el(
    'div',
    { class: 'column' },
    el(
      'div',
      { class: 'column-head' },
      el('span', { class: 'name', dir: 'auto', title: words(column.name) }, words(column.name)),
      el('span', { class: 'type' }, column.type),
    ),
    line(
      `${formatBytes(column.compressed_bytes)} (${percent(column.compressed_bytes, whole)})`,
      `${column.compression} ${ratio.toFixed(1)} ×`,
      column.nulls === null ? '' : t('{0} nulls', number(column.nulls)),
    ),
    line(column.physical, column.encodings, range),
  );
}

function pairs(entries: readonly (readonly [string, string])[]): HTMLElement {
  return el(
    'dl',
    { class: 'pairs' },
    ...entries.flatMap(([name, value]) => [
      el('dt', {}, visibleText(name, { limit: 200, oneLine: true })),
      el(
        'dd',
        { dir: 'auto' },
        visibleText(value, { limit: VALUE, oneLine: false }) + (value.length > VALUE ? '…' : ''),
      ),
    ]),
  );
}

function words(text: string): string {
  return visibleText(text, { limit: 120, oneLine: true });
}
