// What every part of the page is given, and the pieces they share: disclosures, states, tables that scroll.
import type { Caller } from '../../shared/channel';
import type { FindingStatus, ReportHostApi, ReportSnapshot } from '../../shared/reportApi';
import type { DateStanding, TableStanding } from '../../shared/words';
import { button, element, icon, type Child, type IconName } from './dom';
import { withOpen, type PageState } from './state';

export interface Page {
  readonly snapshot: ReportSnapshot;
  readonly host: Caller<ReportHostApi>;
  readonly state: PageState;
  /** Keeps a new state; nothing is redrawn by it. */
  keep(state: PageState): void;
  /** Tells a short sentence to who looks and to who listens. */
  say(text: string): void;
  /** Waits for the extension; what fails is reported, undefined then. */
  ask<T>(answer: Promise<T>): Promise<T | undefined>;
  /** Shows only the findings of a table, and goes there. */
  showTable(table: string): void;
}

let ids = 0;

/** An id nobody else on the page has. */
export function newId(): string {
  ids += 1;
  return `m7-${ids}`;
}

export interface Disclosure {
  /** Names it in the kept state; unique on the page. */
  readonly key: string;
  readonly level: 2 | 3 | 4;
  readonly label: readonly Child[];
  /** Made when it is first opened. */
  readonly body: () => readonly Child[];
  readonly class?: string;
  readonly initially?: boolean;
}

/** A heading whose button shows and hides what stands under it. */
export function disclosure(page: Page, options: Disclosure): HTMLElement {
  const { key, level, body } = options;
  const id = newId();
  const region = element('div', { id, class: 'disclosed', hidden: true });
  let filled = false;
  let isOpen = false;
  const set = (open: boolean): void => {
    isOpen = open;
    if (open && !filled) {
      region.append(...body().filter((child) => child !== undefined && child !== null && child !== false));
      filled = true;
    }
    region.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
  };
  const opener = button(
    { class: 'disclosure', 'aria-expanded': 'false', 'aria-controls': id, 'data-key': key },
    () => {
      set(!isOpen);
      page.keep(withOpen(page.state, key, isOpen));
    },
    icon('chevron', 'turns'),
    element('span', { class: 'label' }, ...options.label),
  );
  if (page.state.open.includes(key) || options.initially === true) set(true);
  return element(
    'div',
    { class: options.class },
    element(`h${level}`, { class: 'disclosure-heading' }, opener),
    region,
  );
}

/** A section with its heading, to which the links at the top lead. */
export function section(id: string, title: string, ...children: readonly Child[]): HTMLElement {
  const heading = element('h2', { id: `${id}-title`, tabindex: -1 }, title);
  return element('section', { id, 'aria-labelledby': `${id}-title` }, heading, ...children);
}

export interface TableColumn {
  readonly title: string | Node;
  readonly number?: boolean;
}

export type TableCell = readonly Child[] | string;

/** A table in a region that scrolls by itself, and takes the keyboard for that. The first column heads its rows. */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: { readonly hideCaption?: boolean; readonly class?: string; readonly rowHeads?: boolean } = {},
): { readonly region: HTMLElement; readonly body: HTMLTableSectionElement } {
  const body = element('tbody');
  for (const row of rows) body.append(tableRow(columns, row, options.rowHeads !== false));
  const region = element(
    'div',
    { class: `scroll ${options.class ?? ''}`.trimEnd(), role: 'region', tabindex: 0, 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: options.hideCaption === true ? 'unseen' : undefined }, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...columns.map(({ title, number }) =>
            element('th', { scope: 'col', class: number === true ? 'number' : undefined }, title),
          ),
        ),
      ),
      body,
    ),
  );
  return { region, body };
}

export function tableRow(
  columns: readonly TableColumn[],
  cells: readonly TableCell[],
  rowHead: boolean,
): HTMLTableRowElement {
  return element(
    'tr',
    {},
    ...cells.map((cell, i) => {
      const children = typeof cell === 'string' ? [cell] : cell;
      const attributes = { class: columns[i]?.number === true ? 'number' : undefined };
      return i === 0 && rowHead
        ? element('th', { scope: 'row', ...attributes }, ...children)
        : element('td', attributes, ...children);
    }),
  );
}

const STATE_ICONS: Readonly<Record<FindingStatus | DateStanding | TableStanding, IconName>> = {
  passed: 'pass',
  warned: 'warn',
  failed: 'fail',
  error: 'error',
  skipped: 'skip',
  'not validated': 'skip',
  unfinished: 'warn',
  missing: 'missing',
};

/** The state of a table or finding: icon and word. */
export function stateBadge(status: FindingStatus | DateStanding | TableStanding): HTMLElement {
  return element('span', { class: `state ${status.replace(' ', '-')}` }, icon(STATE_ICONS[status]), status);
}

/** A moment in the reader's own time; the exact one as its title. */
export function moment(iso: string): HTMLElement {
  const date = new Date(iso);
  const text = Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(document.documentElement.lang || undefined, {
        dateStyle: 'medium',
        timeStyle: 'medium',
      });
  return element('time', { datetime: iso, title: iso }, text);
}
