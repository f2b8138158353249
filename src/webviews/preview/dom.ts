// Builds elements in one expression. Text enters the page by text nodes alone.
import { icon, type IconName } from './icons';
import { element as el, type Attributes, type Child } from '../element';
import type { Piece } from './text';

export { el };

/** Sets an attribute where it differs; undefined and false take it away. */
export function set(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(
    ...children.filter((child) => child !== undefined && child !== null && child !== false),
  );
}

export interface ButtonOptions {
  /** What it does; also its tooltip. */
  readonly label: string;
  readonly icon?: IconName;
  /** Shows the label beside the icon. */
  readonly text?: boolean;
  /** Shortcut, for the tooltip. */
  readonly keys?: string;
  readonly class?: string;
  readonly press: (event: MouseEvent) => void;
}

export function button(options: ButtonOptions, attributes: Attributes = {}): HTMLButtonElement {
  const { label, keys } = options;
  const element = el(
    'button',
    {
      type: 'button',
      class: options.class ?? (options.text === true ? 'button' : 'tool'),
      title: keys === undefined ? label : `${label} (${keys})`,
      'aria-label': label,
      ...attributes,
    },
    options.icon !== undefined && icon(options.icon),
    options.text === true && el('span', {}, label),
  );
  element.addEventListener('click', options.press);
  return element;
}

/** Puts a text's pieces into an element, stand-ins in their own style. */
export function showPieces(element: Element, shown: readonly Piece[]): void {
  const [only] = shown;
  if (shown.length === 1 && only?.kind === 'text') {
    if (element.firstChild instanceof Text && element.childNodes.length === 1)
      element.firstChild.data = only.text;
    else element.replaceChildren(only.text);
    return;
  }
  element.replaceChildren(
    ...shown.map((piece) =>
      piece.kind === 'text' ? piece.text : el('span', { class: 'mark', title: piece.name }, piece.text),
    ),
  );
}

/** Says something to screen readers. */
export interface Announcer {
  readonly element: HTMLElement;
  readonly say: (text: string) => void;
}

export function createAnnouncer(): Announcer {
  const element = el('div', { class: 'spoken', role: 'status', 'aria-live': 'polite' });
  return {
    element,
    say: (text) => {
      // The same text again would not be spoken.
      element.textContent = element.textContent === text ? `${text}\u00a0` : text;
    },
  };
}
