// What opens over the page and goes again: menus and small forms, with the keyboard as with the mouse.
import { el } from './dom';
import { icon, type IconName } from './icons';
import { clamp } from './scale';

export interface Popup {
  readonly element: HTMLElement;
  readonly close: () => void;
}

let current: Popup | undefined;

/** Opens a form at an element; the one open before goes. Focus returns to where it was. */
export function openPopup(
  anchor: Element,
  label: string,
  content: readonly Node[],
  closed?: () => void,
): Popup {
  const box = anchor.getBoundingClientRect();
  const element = el('div', { class: 'popup', role: 'dialog', 'aria-label': label }, ...content);
  return open(element, box.left, box.bottom + 2, closed);
}

export type MenuItem =
  | {
      readonly label: string;
      readonly icon?: IconName;
      readonly keys?: string;
      readonly off?: boolean;
      readonly press: () => void;
    }
  | 'line';

/** Opens a menu at a point of the window. */
export function openMenu(label: string, items: readonly MenuItem[], x: number, y: number): void {
  const element = el('div', { class: 'popup menu', role: 'menu', 'aria-label': label });
  const buttons: HTMLElement[] = [];
  for (const item of items) {
    if (item === 'line') {
      element.append(el('div', { class: 'menu-line', role: 'separator' }));
      continue;
    }
    const entry = el(
      'div',
      {
        class: 'menu-item',
        role: 'menuitem',
        tabindex: -1,
        'aria-disabled': item.off === true ? 'true' : undefined,
      },
      item.icon === undefined ? el('span', { class: 'icon' }) : icon(item.icon),
      el('span', { class: 'menu-label' }, item.label),
      item.keys !== undefined && el('span', { class: 'menu-keys' }, item.keys),
    );
    const press = (): void => {
      if (item.off === true) return;
      popup.close();
      item.press();
    };
    entry.addEventListener('click', press);
    entry.addEventListener('pointerenter', () => entry.focus());
    entry.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      press();
    });
    buttons.push(entry);
    element.append(entry);
  }
  element.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((entry) => entry === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    buttons.at(to % buttons.length)?.focus();
  });
  const popup = open(element, x, y);
  buttons[0]?.focus();
}

function open(element: HTMLElement, x: number, y: number, closed?: () => void): Popup {
  const back = document.activeElement;
  current?.close();
  document.body.append(element);
  const { width, height } = element.getBoundingClientRect();
  element.style.left = `${clamp(x, 4, window.innerWidth - width - 4)}px`;
  element.style.top = `${clamp(y, 4, window.innerHeight - height - 4)}px`;
  const control = new AbortController();
  const { signal } = control;
  const popup: Popup = {
    element,
    close: () => {
      if (signal.aborted) return;
      control.abort();
      const inside = element.contains(document.activeElement);
      element.remove();
      if (current === popup) current = undefined;
      if (inside && back instanceof HTMLElement) back.focus({ preventScroll: true });
      closed?.();
    },
  };
  current = popup;
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') keepInside(element, event);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    popup.close();
  });
  element.addEventListener('contextmenu', (event) => event.preventDefault());
  window.addEventListener('blur', popup.close, { signal });
  window.addEventListener('resize', popup.close, { signal });
  document.addEventListener(
    'pointerdown',
    (event) => {
      if (event.target instanceof Node && !element.contains(event.target)) popup.close();
    },
    { signal, capture: true },
  );
  const first = element.querySelector<HTMLElement>('input, select, textarea, button');
  first?.focus();
  return popup;
}

function keepInside(element: HTMLElement, event: KeyboardEvent): void {
  const stops = [...element.querySelectorAll<HTMLElement>('input, select, textarea, button, [tabindex="0"]')];
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge && element.getAttribute('role') !== 'menu') return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
