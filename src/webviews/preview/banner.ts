// A line above the grid that says what is wrong and what can be done, and the page for when nothing can be shown.
import type { WireError } from '../../shared/channel';
import { button, el, fill } from './dom';
import { icon } from './icons';
import { t } from './words';

/** A button of a message: what the user can do about it. */
export interface BannerAction {
  readonly label: string;
  readonly press: () => void;
}

export interface Banner {
  readonly element: HTMLElement;
  /** Shows a message in place of the one before. */
  readonly show: (
    tone: 'error' | 'warning' | 'note',
    text: string,
    actions?: readonly BannerAction[],
  ) => void;
  readonly hide: () => void;
}

export function createBanner(): Banner {
  const element = el('div', { class: 'banner', hidden: true });
  const hide = (): void => {
    element.hidden = true;
    fill(element);
  };
  return {
    element,
    hide,
    show: (tone, text, actions = []) => {
      element.className = `banner is-${tone}`;
      element.setAttribute('role', tone === 'note' ? 'status' : 'alert');
      fill(
        element,
        icon(tone === 'error' ? 'error' : 'warning'),
        el('span', { class: 'banner-text' }, text),
        ...actions.map(({ label, press }) =>
          button({
            label,
            text: true,
            class: 'button is-second',
            press: () => {
              hide();
              press();
            },
          }),
        ),
        button({ label: t('Dismiss'), icon: 'close', press: hide }),
      );
      element.hidden = false;
    },
  };
}

/** Message and remedy in one line. */
export function inWords(error: WireError): string {
  return `${error.message} ${error.remedy}`;
}

/** What is shown in place of a file that cannot be. */
export function problemPage(name: string, error: WireError, actions: readonly BannerAction[]): HTMLElement {
  const [first, ...others] = actions;
  const place =
    error.file === undefined
      ? undefined
      : error.line === undefined
        ? error.file
        : `${error.file}:${error.line}`;
  return el(
    'div',
    { class: 'problem', role: 'alert' },
    icon('error'),
    el('h1', {}, t('{0} cannot be shown', name)),
    el('p', { class: 'problem-what' }, error.message),
    place !== undefined && !error.message.includes(place) && el('p', { class: 'problem-where' }, place),
    el('p', { class: 'problem-next' }, error.remedy),
    el(
      'div',
      { class: 'ways' },
      first !== undefined && button({ ...first, text: true }),
      ...others.map((action) => button({ ...action, text: true, class: 'button is-second' })),
    ),
  );
}
