// Parts of the report's page: buttons, text of unknown origin, icons.
import { element, svg, type Attributes, type Child } from '../element';
import { cut, moreWords, pieces } from './text';

export { element, svg, type Child };

/** A button of type "button" that does one thing. */
export function button(
  attributes: Attributes,
  act: (event: MouseEvent) => void,
  ...children: readonly Child[]
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, ...children);
  made.addEventListener('click', act);
  return made;
}

/** Text of unknown origin: its direction is kept to itself, and characters that would act are shown as escapes. */
export function foreign(text: string): HTMLElement {
  return element(
    'bdi',
    {},
    ...pieces(text).map((piece) =>
      piece.escape ? element('span', { class: 'escape' }, piece.text) : piece.text,
    ),
  );
}

/** As `foreign`, with what is too long cut behind a button that shows it all. */
export function foreignCut(text: string, most: number): readonly Node[] {
  const { shown, more } = cut(text, most);
  if (more === 0) return [foreign(text)];
  const place = foreign(shown);
  const rest = button(
    { class: 'link more', 'aria-label': `Show all, ${moreWords(more)}` },
    () => {
      const whole = foreign(text);
      whole.tabIndex = -1;
      place.replaceWith(whole);
      rest.remove();
      whole.focus({ preventScroll: true });
    },
    `… show all (${moreWords(more)})`,
  );
  return [place, rest];
}

/** Shapes on a grid of 16, drawn with the text's colour: stroked lines, and nothing that a colour alone tells. */
const ICONS = {
  pass: ['M14.5 8a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0z', 'M5 8.3l2.1 2.1L11.2 6'],
  warn: ['M8 1.8L15 14.2H1z', 'M8 6v4', 'M8 11.8v.6'],
  fail: ['M14.5 8a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0z', 'M5.5 5.5l5 5', 'M10.5 5.5l-5 5'],
  error: ['M5.3 1.5h5.4L14.5 5.3v5.4l-3.8 3.8H5.3L1.5 10.7V5.3z', 'M8 4.5v4.2', 'M8 10.9v.6'],
  skip: ['M14.5 8a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0z', 'M5 8h6'],
  missing: ['M3.2 1.5h6l3.6 3.6v9.4H3.2z', 'M5.8 6.8l4.4 4.4', 'M10.2 6.8l-4.4 4.4'],
  arrived: ['M3.2 1.5h6l3.6 3.6v9.4H3.2z', 'M5.4 9.2l1.9 1.9L10.8 7.4'],
  refused: ['M3.2 1.5h6l3.6 3.6v9.4H3.2z', 'M8 6v3.4', 'M8 11.2v.6'],
  chevron: ['M6 3.5L10.5 8L6 12.5'],
  play: ['M4.5 2.5L13 8l-8.5 5.5z'],
  checklist: ['M1.8 4l1.3 1.3L5.4 3', 'M1.8 10.6l1.3 1.3L5.4 9.6', 'M7.8 4.3h6.4', 'M7.8 11h6.4'],
  file: ['M3.2 1.5h6l3.6 3.6v9.4H3.2z', 'M9.2 1.5v3.6h3.6'],
  export: ['M8 1.8v8', 'M4.8 6.8L8 10l3.2-3.2', 'M2 11v3h12v-3'],
  copy: ['M5.2 5.2h8.6v8.6H5.2z', 'M10.8 5.2V2.2H2.2v8.6h3'],
  stop: ['M3.5 3.5h9v9h-9z'],
  go: ['M6.5 2.5H2.5v11h11v-4', 'M9 2.5h4.5V7', 'M13.5 2.5L7.5 8.5'],
  clock: ['M14.5 8a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0z', 'M8 4.2V8l2.6 1.8'],
  debug: [
    'M5 7a3 3 0 0 1 6 0v3.2a3 3 0 0 1-6 0z',
    'M6 4.3a2 2 0 0 1 4 0',
    'M5 8.6H1.8',
    'M14.2 8.6H11',
    'M5.3 11.2L2.9 13.6',
    'M10.7 11.2L13.1 13.6',
    'M5.2 6.2L2.9 4',
    'M10.8 6.2L13.1 4',
  ],
  case: [
    'M6.2 1.8v4.4L2.4 13a1 1 0 0 0 .9 1.5h9.4a1 1 0 0 0 .9-1.5L9.8 6.2V1.8',
    'M4.8 1.8h6.4',
    'M4.5 10h7',
  ],
  trace: [
    'M5.1 3.3a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 0 1 3.6 0z',
    'M14.5 12.7a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 0 1 3.6 0z',
    'M5.1 3.3h5.6a2.35 2.35 0 0 1 0 4.7H5.3a2.35 2.35 0 0 0 0 4.7h5.6',
  ],
} as const;
export type IconName = keyof typeof ICONS;

/** An icon that only accompanies words: hidden from screen readers. */
export function icon(name: IconName, extra = ''): SVGSVGElement {
  return svg(
    'svg',
    {
      class: `icon icon-${name} ${extra}`.trimEnd(),
      viewBox: '0 0 16 16',
      'aria-hidden': 'true',
      focusable: 'false',
    },
    ...ICONS[name].map((d) => svg('path', { d })),
  );
}
