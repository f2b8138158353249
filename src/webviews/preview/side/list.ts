// A list of items of one height of which only those in view exist.
import { el } from '../dom';
import { rowsSeen } from '../scale';

export interface List<T> {
  readonly element: HTMLElement;
  /** Shows these items; what is drawn is redrawn. */
  readonly show: (items: readonly T[]) => void;
  /** Draws what is seen again. */
  readonly refresh: () => void;
  readonly dispose: () => void;
}

export interface ListParts<T> {
  readonly label: string;
  readonly height: number;
  readonly draw: (item: T, index: number) => HTMLElement;
  /** The items that are seen now. */
  readonly seen?: (items: readonly T[]) => void;
  readonly press?: (item: T) => void;
}

export function createList<T>({ label, height, draw, seen, press }: ListParts<T>): List<T> {
  const space = el('div', { class: 'list-space' });
  const element = el('div', { class: 'list', role: 'list', tabindex: 0, 'aria-label': label }, space);
  let items: readonly T[] = [];
  let drawn = new Map<number, HTMLElement>();
  let frame = 0;
  let stale = false;

  const render = (): void => {
    frame = 0;
    const { first, end } = rowsSeen(element.scrollTop, element.clientHeight, height, items.length);
    const next = new Map<number, HTMLElement>();
    for (let index = Math.max(0, first - 2); index < Math.min(items.length, end + 2); index++) {
      const item = items[index];
      if (item === undefined) continue;
      const old = stale ? undefined : drawn.get(index);
      const entry = old ?? draw(item, index);
      if (old === undefined) {
        entry.setAttribute('role', 'listitem');
        entry.setAttribute('aria-setsize', String(items.length));
        entry.setAttribute('aria-posinset', String(index + 1));
        entry.style.transform = `translateY(${index * height}px)`;
        entry.dataset['index'] = String(index);
        space.append(entry);
      }
      next.set(index, entry);
    }
    for (const [index, entry] of drawn) if (next.get(index) !== entry) entry.remove();
    drawn = next;
    stale = false;
    seen?.(items.slice(first, end));
  };
  const later = (): void => {
    frame ||= requestAnimationFrame(render);
  };
  element.addEventListener('scroll', later, { passive: true });
  element.addEventListener('click', (event) => {
    const entry = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    const item = items[Number(entry?.dataset['index'] ?? -1)];
    if (item !== undefined) press?.(item);
  });
  const observer = new ResizeObserver(later);
  observer.observe(element);
  return {
    element,
    show: (next) => {
      items = next;
      stale = true;
      space.style.height = `${items.length * height}px`;
      later();
    },
    refresh: () => {
      stale = true;
      later();
    },
    dispose: () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
