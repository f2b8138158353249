// What a checker of accessibility would find in a page, by hand: names, captions, headings, references.
import type { Frame } from './playwright';

/** What is used of the page's own types: the tests are compiled without a browser's. */
interface Element {
  readonly id: string;
  readonly tagName: string;
  readonly textContent: string;
  readonly outerHTML: string;
  /** Of inputs and selects. */
  readonly labels?: Iterable<Element> | null;
  getAttribute(name: string): string | null;
  getClientRects(): { readonly length: number };
  querySelector(selector: string): Element | null;
}
declare const document: {
  readonly documentElement: { readonly lang: string };
  getElementById(id: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
};

/** Flaws of what the frame shows now, in words; empty where there are none. */
export async function flaws(frame: Frame): Promise<readonly string[]> {
  // The loader of the tests wraps functions to keep their names; the page knows nothing of that. Object gives back what it is given.
  await frame.evaluate(() => void Object.assign(globalThis, { __name: Object }));
  return frame.evaluate(() => {
    const found: string[] = [];
    const shown = (node: Element): boolean => node.getClientRects().length > 0;
    const what = (node: Element): string => node.outerHTML.slice(0, 120);
    const name = (node: Element): string => {
      const by = node.getAttribute('aria-labelledby');
      if (by !== null) return document.getElementById(by)?.textContent.trim() ?? '';
      const label = node.getAttribute('aria-label');
      if (label !== null) return label.trim();
      if (['INPUT', 'SELECT'].includes(node.tagName))
        return [...(node.labels ?? [])].map((one) => one.textContent.trim()).join(' ');
      return node.textContent.trim();
    };
    const all = (selector: string): Element[] => [...document.querySelectorAll(selector)].filter(shown);
    const no = (selector: string, why: string, wrong: (node: Element) => boolean): void => {
      for (const node of all(selector)) if (wrong(node)) found.push(`${why}: ${what(node)}`);
    };

    no(
      'button, a[href], input, select, [role=region], [role=img], [role=group], nav',
      'has no name',
      (node) => name(node) === '',
    );
    no('section', 'is a section without a heading', (node) => node.querySelector('h1, h2') === null);
    no(
      'table',
      'is a table without a caption',
      (node) => (node.querySelector('caption')?.textContent ?? '') === '',
    );
    no('th', 'is a heading cell without scope', (node) => node.getAttribute('scope') === null);
    no(
      '[aria-controls]',
      'controls what is not there',
      (node) => document.getElementById(node.getAttribute('aria-controls') ?? '') === null,
    );
    no('[aria-expanded]', 'is expanded and shows nothing', (node) => {
      const region = document.getElementById(node.getAttribute('aria-controls') ?? '');
      return (node.getAttribute('aria-expanded') === 'true') !== (region !== null && shown(region));
    });
    no(
      'svg',
      'is an image that is neither named nor hidden',
      (node) => node.getAttribute('aria-hidden') !== 'true' && node.querySelector('[role=img]') === null,
    );
    no('[role=img] [tabindex], button button, a button', 'is reachable inside what has no parts', () => true);
    no(
      '[tabindex]',
      'is before others in the order of Tab',
      (node) => Number(node.getAttribute('tabindex')) > 0,
    );
    no('ul > :not(li), ol > :not(li), dl > :not(div)', 'is no item of its list', () => true);

    const ids = new Map<string, number>();
    for (const node of document.querySelectorAll('[id]')) ids.set(node.id, (ids.get(node.id) ?? 0) + 1);
    for (const [id, count] of ids) if (count > 1) found.push(`${count} elements have the id ${id}`);
    let level = 0;
    for (const heading of all('h1, h2, h3, h4, h5, h6')) {
      const next = Number(heading.tagName.slice(1));
      if (next > level + 1) found.push(`leaves out a level: ${what(heading)}`);
      level = next;
    }
    if (all('h1').length !== 1) found.push(`${all('h1').length} headings of the first level`);
    if (all('main').length !== 1) found.push(`${all('main').length} main parts`);
    if (document.documentElement.lang === '') found.push('the page tells no language');
    return found;
  });
}
