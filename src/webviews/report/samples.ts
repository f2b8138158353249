// Failing rows as a table: where each came from, what it holds, and the line it stands on.
import { defined } from '../../shared/defined';
import type { RecordOrigin, Sample } from '../../shared/reportApi';
import { formatCount, plural, sampleColumns, samplePlace, valueText } from '../../shared/words';
import { button, element, foreign, foreignCut, type Child } from './dom';
import { traceIcon } from './lead';
import { oneLine } from './text';
import { table, tableRow, type Page, type TableCell } from './page';

export interface Samples {
  readonly key: string;
  readonly table: string;
  readonly brand?: string;
  readonly caption: string;
  readonly list: readonly Sample[];
}

/** Rows drawn at once: more come when they are asked for. */
const STRIDE = 100;
const MOST_CHARACTERS = 400;
const MOST_OF_LINE = 4_000;

export function samples(
  page: Page,
  { key, table: name, brand, caption, list }: Samples,
): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  const columns = sampleColumns(list);
  const heads = [{ title: 'Source' }, ...columns.map((column) => ({ title: foreign(column) }))];
  const { region, body } = table(caption, heads, []);
  let shown = 0;
  const more = button({ class: 'link', 'data-key': `more-${key}` }, () => add(), '');
  const add = (): void => {
    for (const [i, sample] of list.slice(shown, shown + STRIDE).entries()) {
      const row = tableRow(
        heads,
        cells(sample, `${key}-${shown + i}`, (origin) => show(row, origin)),
        true,
      );
      body.append(row);
    }
    shown = Math.min(list.length, shown + STRIDE);
    more.textContent = `Show ${plural(Math.min(STRIDE, list.length - shown), 'more row')} of ${formatCount(list.length)}`;
    more.hidden = shown === list.length;
  };
  /** The record as it stands in its file, in a row of its own under the sample. */
  const show = (row: HTMLTableRowElement, origin: RecordOrigin): void => {
    if (row.nextElementSibling?.classList.contains('origin') === true) row.nextElementSibling.remove();
    row.after(
      element('tr', { class: 'origin' }, element('td', { colspan: heads.length }, ...originWords(origin))),
    );
  };
  const cells = (
    sample: Sample,
    focusKey: string,
    found: (origin: RecordOrigin) => void,
  ): readonly TableCell[] => [
    sourceCell(sample, focusKey, found),
    ...columns.map((column) =>
      Object.hasOwn(sample.values, column) ? valueCell(sample.values[column]) : '',
    ),
  ];
  const sourceCell = (sample: Sample, focusKey: string, found: (origin: RecordOrigin) => void): TableCell => {
    const { file, row, values } = sample;
    if (file === null) return [element('span', { class: 'muted' }, 'not known')];
    if (row === null) return [foreign(file)];
    const record = {
      table: name,
      ...defined({ brand }),
      file,
      row,
      values: Object.values(values),
    };
    return [
      button(
        {
          class: 'link source',
          'data-key': `source-${focusKey}`,
          'aria-label': `Open source line: ${oneLine(samplePlace(sample))}`,
          title: 'Open source line',
        },
        () => {
          const asked = page.host.call('openSource', record);
          void page.ask(asked).then((origin) => {
            if (origin === undefined || origin === null) return;
            found(origin);
            page.say(
              origin.line === null ? 'The original no longer exists.' : `Line ${formatCount(origin.line)}.`,
            );
          });
        },
        foreign(file),
        element('span', { class: 'row' }, ` row ${formatCount(row)}`),
      ),
      traceIcon(page, `trace-${focusKey}`, samplePlace(sample), record),
    ];
  };
  add();
  return element('div', { class: 'samples' }, region, more);
}

function valueCell(value: unknown): TableCell {
  if (value === null || value === undefined) return [element('span', { class: 'null' }, 'NULL')];
  if (value === '') return [element('span', { class: 'null' }, 'empty text')];
  return foreignCut(valueText(value), MOST_CHARACTERS);
}

function originWords(origin: RecordOrigin): readonly Child[] {
  if (origin.line === null || origin.text === null)
    return ['The original was removed or replaced by another file.'];
  return [
    element(
      'span',
      { class: 'muted' },
      `Line ${formatCount(origin.line)}${origin.packed ? ' of the unpacked file' : ''}: `,
    ),
    element('code', {}, ...foreignCut(origin.text, MOST_OF_LINE)),
  ];
}
