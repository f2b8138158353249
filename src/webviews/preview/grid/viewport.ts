// Where the grid is scrolled to, exact to the pixel for any number of rows, and what the wheel and scrollbar do to it.
import { clamp, scaleOf, toContent, toNative, type Scale } from '../scale';
import { el } from '../dom';
import { HEADER_HEIGHT, ROW_HEIGHT } from './model';

export interface Viewport {
  /** The scrolling element. */
  readonly element: HTMLElement;
  /** As large as the view, and always in it; what it holds is placed by script. */
  readonly canvas: HTMLElement;
  readonly top: number;
  readonly left: number;
  /** Size of the view without scrollbars. */
  readonly width: number;
  readonly height: number;
  /** Pixels for rows: the height without the header. */
  readonly body: number;
  /** New number of rows, new width of all columns. */
  readonly resize: (rows: number, width: number) => void;
  readonly scrollTo: (top: number, left: number) => void;
  /** Fetches its size anew: after a change of layout that no observer tells in time. */
  readonly measure: () => void;
  readonly dispose: () => void;
}

/** @param changed Called at most once a frame after anything above has changed. */
export function createViewport(changed: () => void): Viewport {
  const space = el('div', { class: 'grid-space' });
  const canvas = el('div', { class: 'grid-canvas' });
  const element = el('div', { class: 'grid-scroller', role: 'presentation', tabindex: -1 }, canvas, space);
  let scale: Scale = scaleOf(0, ROW_HEIGHT, 0);
  let rows = 0;
  let inner = 0;
  let top = 0;
  let left = 0;
  let width = 0;
  let height = 0;
  /** The scrollbar's position as it was set from here: an event with another one is the user's. */
  let set = 0;
  let frame = 0;

  const later = (): void => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      changed();
    });
  };

  const apply = (): void => {
    const body = Math.max(0, height - HEADER_HEIGHT);
    scale = scaleOf(rows, ROW_HEIGHT, body);
    top = clamp(Math.round(top), 0, scale.range);
    left = clamp(Math.round(left), 0, Math.max(0, inner - width));
    space.style.height = `${scale.space + HEADER_HEIGHT}px`;
    space.style.width = `${inner}px`;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const native = toNative(scale, top);
    if (Math.abs(element.scrollTop - native) >= 1) element.scrollTop = native;
    set = element.scrollTop;
    if (Math.abs(element.scrollLeft - left) >= 1) element.scrollLeft = left;
    later();
  };

  const measure = (): void => {
    const now = { width: element.clientWidth, height: element.clientHeight };
    if (now.width === width && now.height === height) return;
    ({ width, height } = now);
    apply();
  };

  const onScroll = (): void => {
    left = element.scrollLeft;
    if (Math.abs(element.scrollTop - set) >= 1) {
      set = element.scrollTop;
      top = toContent(scale, set);
    }
    later();
  };

  const onWheel = (event: WheelEvent): void => {
    // Where a pixel of the scrollbar is many rows, the wheel goes by rows nevertheless.
    if (scale.ratio === 1 || event.ctrlKey || event.deltaY === 0 || event.shiftKey) return;
    event.preventDefault();
    const unit = [1, ROW_HEIGHT, height][event.deltaMode] ?? 1;
    scrollTo(top + event.deltaY * unit, left + event.deltaX * unit);
  };

  const scrollTo = (y: number, x: number): void => {
    top = y;
    left = x;
    apply();
  };

  element.addEventListener('scroll', onScroll, { passive: true });
  element.addEventListener('wheel', onWheel, { passive: false });
  const observer = new ResizeObserver(measure);
  observer.observe(element);

  return {
    element,
    canvas,
    get top() {
      return top;
    },
    get left() {
      return left;
    },
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get body() {
      return Math.max(0, height - HEADER_HEIGHT);
    },
    resize: (newRows, newWidth) => {
      rows = newRows;
      inner = newWidth;
      apply();
    },
    scrollTo,
    measure,
    dispose: () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
