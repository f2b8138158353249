// What came and what did not: expected files by table and brand, ignored and rejected files, values lost.
import type { DateSummary } from '../../shared/reportApi';
import { conversionOutcome, dateVerdict, formatCount, plural, readingRows } from '../../shared/words';
import { element, foreign, foreignCut, icon, type IconName } from './dom';
import { oneLine } from './text';
import { leadButtons, leadIcons } from './lead';
import { arrivalMatrix, conversionFailure, tableOfFile, type Arrival } from './model';
import { disclosure, section, table, type Page, type TableCell } from './page';
import { samples } from './samples';

const MOST_CHARACTERS = 400;

export function arrivals(page: Page): HTMLElement | undefined {
  const { arrivals: all, files: counts } = dateVerdict(page.snapshot.document);
  if (all.length === 0) return undefined;
  const matrix = arrivalMatrix(all);
  const facts = [
    counts.missing === 0 ? '' : `${plural(counts.missing, 'expected file')} missing`,
    counts.rejected === 0 ? '' : `${plural(counts.rejected, 'file')} rejected`,
  ].filter((part) => part !== '');
  return section(
    'arrivals',
    'Arrivals',
    element('p', {}, facts.length === 0 ? 'All expected files were received.' : `${facts.join(', ')}.`),
    table(
      'Expected files by table and brand',
      [{ title: 'Table' }, ...matrix.brands.map((brand) => ({ title: foreign(brand) }))],
      matrix.rows.map((row) => [[foreign(row.table)], ...row.cells.map(arrivalCell)]),
      { hideCaption: true, class: 'matrix' },
    ).region,
  );
}

const ARRIVALS: Readonly<Record<Arrival['status'], readonly [IconName, string]>> = {
  arrived: ['arrived', 'passed'],
  missing: ['missing', 'failed'],
  incomplete: ['refused', 'failed'],
  rejected: ['refused', 'failed'],
};

function arrivalCell(arrival: Arrival | undefined): TableCell {
  if (arrival === undefined) return [element('span', { class: 'muted' }, 'not expected')];
  const [name, state] = ARRIVALS[arrival.status];
  const words =
    arrival.status === 'arrived'
      ? plural(arrival.rows, 'row')
      : arrival.status === 'incomplete'
        ? `${plural(arrival.rows, 'row')}, not complete`
        : arrival.status;
  return [
    element(
      'span',
      { class: `state ${state}`, title: arrival.files.map(oneLine).join('\n') || undefined },
      icon(name),
      words,
    ),
  ];
}

/** How the files that arrived were read. */
export function readings(page: Page): HTMLElement | undefined {
  const rows = readingRows(page.snapshot.document.reports);
  if (rows.length === 0) return undefined;
  return section(
    'readings',
    'How files were read',
    table(
      'How files were read',
      [
        { title: 'Table' },
        { title: 'Brand' },
        { title: 'File' },
        { title: 'Read as' },
        { title: 'Records', number: true },
      ],
      rows.map((row) => row.map((cell) => foreignCut(cell, MOST_CHARACTERS))),
      { hideCaption: true },
    ).region,
  );
}

export function files(page: Page): HTMLElement | undefined {
  const list = page.snapshot.document.summary?.files ?? [];
  if (list.length === 0) return undefined;
  return section(
    'files',
    'Ignored and rejected files',
    table(
      'Ignored and rejected files',
      [{ title: 'File' }, { title: 'State' }, { title: 'Reason' }],
      list.map((file) => [
        [...foreignCut(file.path, MOST_CHARACTERS), ...rejectedLeads(page, file)],
        file.status,
        foreignCut(file.reason, MOST_CHARACTERS),
      ]),
      { hideCaption: true },
    ).region,
  );
}

/** A rejected file can become a case; which of its table's, where several were, is asked. */
function rejectedLeads(page: Page, { path, status }: DateSummary['files'][number]): readonly HTMLElement[] {
  const table = status === 'rejected' ? tableOfFile(page.snapshot.document, path) : undefined;
  return table === undefined
    ? []
    : leadIcons(page, {
        key: JSON.stringify(['file', path]),
        about: path,
        debug: { table, stage: 'landing-to-raw' },
        test: { table },
      });
}

export function conversions(page: Page): HTMLElement | undefined {
  const all = page.snapshot.document.reports.flatMap(({ table: name, conversions: list }) =>
    list.map((conversion) => ({ name, conversion })),
  );
  if (all.length === 0) return undefined;
  const failed = all.reduce((sum, { conversion }) => sum + conversion.failed, 0);
  return section(
    'conversions',
    'Values that did not convert',
    element(
      'p',
      {},
      `${plural(failed, 'value')} in ${plural(all.length, 'column of a brand', 'columns of brands')}.`,
    ),
    element(
      'ul',
      { class: 'findings' },
      ...all
        .toSorted((a, b) => b.conversion.failed - a.conversion.failed)
        .map(({ name, conversion }) => {
          const key = JSON.stringify(['conversion', name, conversion.brand, conversion.column]);
          const isRejected = conversion.on_error === 'reject';
          return element(
            'li',
            { class: `finding ${isRejected ? 'failed' : 'warned'}` },
            disclosure(page, {
              key,
              level: 3,
              label: [
                element(
                  'span',
                  { class: `state ${isRejected ? 'failed' : 'warned'}` },
                  icon(isRejected ? 'fail' : 'warn'),
                  isRejected ? 'rejected' : 'NULL',
                ),
                element(
                  'span',
                  { class: 'what' },
                  element('span', { class: 'id' }, foreign(conversion.column)),
                  element('span', { class: 'unseen' }, ', '),
                  element('span', { class: 'muted' }, foreign(name), ' · ', foreign(conversion.brand)),
                ),
                element('span', { class: 'unseen' }, ', '),
                element('span', { class: 'result' }, conversionOutcome(conversion)),
              ],
              body: () => [
                element(
                  'div',
                  { class: 'actions' },
                  ...leadButtons(page, {
                    key,
                    about: `${conversion.column}, ${conversion.brand}`,
                    debug: { table: name, brand: conversion.brand, column: conversion.column },
                    test: { table: name, failure: conversionFailure(conversion) },
                  }),
                ),
                samples(page, {
                  key,
                  table: name,
                  brand: conversion.brand,
                  caption: `${formatCount(conversion.samples.length)} of ${plural(conversion.failed, 'value')}`,
                  list: conversion.samples,
                }) ?? element('p', { class: 'empty' }, 'No samples were kept.'),
              ],
            }),
          );
        }),
    ),
  );
}
