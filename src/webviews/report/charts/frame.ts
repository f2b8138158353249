// What every chart has around it: a caption, a sentence that says what it shows, and its figures as a table.
import { button, element, type Child } from '../dom';
import { withOpen } from '../state';
import { newId, type Page } from '../page';

export interface Frame {
  /** Names it in the kept state. */
  readonly key: string;
  readonly title: string;
  /** Between the title and the drawing: legends, choices. */
  readonly tools?: readonly Child[];
  /** Draws for a width in pixels; called again when the width changes. */
  readonly draw: (width: number) => Element;
  readonly table: () => HTMLElement;
}

/** A figure that is drawn to its width, or shown as a table. */
export function frame(page: Page, { key, title, tools, draw, table }: Frame): HTMLElement {
  const place = element('div', { class: 'drawing', id: newId() });
  let asTable = page.state.open.includes(key);
  let width = 0;
  const fill = (): void => {
    if (asTable) place.replaceChildren(table());
    else if (width > 0) place.replaceChildren(draw(width));
  };
  const words = (): string => (asTable ? 'Show as chart' : 'Show as table');
  const toggle = button({ class: 'link', 'data-key': key, 'aria-controls': place.id }, () => {
    asTable = !asTable;
    page.keep(withOpen(page.state, key, asTable));
    toggle.firstChild?.replaceWith(words());
    fill();
  });
  toggle.append(words(), element('span', { class: 'unseen' }, `: ${title}`));
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry?.contentRect.width ?? 0);
    if (now === width || now === 0) return;
    width = now;
    // What has the focus inside is redrawn: it goes to what stands in its place.
    const focused =
      document.hasFocus() && place.contains(document.activeElement)
        ? document.activeElement?.getAttribute('data-point')
        : undefined;
    fill();
    if (typeof focused === 'string')
      place.querySelector<SVGElement>(`[data-point="${CSS.escape(focused)}"]`)?.focus();
  }).observe(place);
  if (asTable) fill();
  return element(
    'figure',
    {},
    element('figcaption', {}, element('h3', {}, title), toggle),
    ...(tools ?? []),
    place,
  );
}
