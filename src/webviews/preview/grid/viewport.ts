// Where the grid is scrolled to, exact to the pixel for any number of rows, and what the wheel and scrollbar do to it.
import { clamp, scaleOf, toContent, toNative, type Scale } from '../scale';
import { el } from '../dom';
import { HEADER_HEIGHT, ROW_HEIGHT } from './model';

/** The scrolled part of the grid: its position in rows' pixels, and its size. */
export class Viewport {
  /** The scrolling element. */
  readonly element: HTMLElement;
  /** As large as the view, and always in it; what it holds is placed by script. */
  readonly canvas = el('div', { class: 'grid-canvas' });
  readonly #space = el('div', { class: 'grid-space' });
  readonly #changed: () => void;
  readonly #observer = new ResizeObserver(() => this.#measure());
  #scale: Scale = scaleOf(0, ROW_HEIGHT, 0);
  #rows = 0;
  /** Width of all columns. */
  #contentWidth = 0;
  #top = 0;
  #left = 0;
  #width = 0;
  #height = 0;
  /** The scrollbar's position as it was set from here: an event with another one is the user's. */
  #scrollTop = 0;
  #frame = 0;

  /** @param changed Called at most once a frame after anything has changed. */
  constructor(changed: () => void) {
    this.#changed = changed;
    const attributes = { class: 'grid-scroller', role: 'presentation', tabindex: -1 };
    this.element = el('div', attributes, this.canvas, this.#space);
    this.element.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    this.element.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#observer.observe(this.element);
  }

  get top(): number {
    return this.#top;
  }

  get left(): number {
    return this.#left;
  }

  /** Size of the view without scrollbars. */
  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** Pixels for rows: the height without the header. */
  get body(): number {
    return Math.max(0, this.#height - HEADER_HEIGHT);
  }

  /** New number of rows, new width of all columns. */
  resize(rows: number, width: number): void {
    this.#rows = rows;
    this.#contentWidth = width;
    this.#apply();
  }

  scrollTo(top: number, left: number): void {
    this.#top = top;
    this.#left = left;
    this.#apply();
  }

  dispose(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #apply(): void {
    this.#scale = scaleOf(this.#rows, ROW_HEIGHT, this.body);
    this.#top = clamp(Math.round(this.#top), 0, this.#scale.range);
    this.#left = clamp(Math.round(this.#left), 0, Math.max(0, this.#contentWidth - this.#width));
    this.#space.style.height = `${this.#scale.space + HEADER_HEIGHT}px`;
    this.#space.style.width = `${this.#contentWidth}px`;
    this.canvas.style.width = `${this.#width}px`;
    this.canvas.style.height = `${this.#height}px`;
    const native = toNative(this.#scale, this.#top);
    if (Math.abs(this.element.scrollTop - native) >= 1) this.element.scrollTop = native;
    this.#scrollTop = this.element.scrollTop;
    if (Math.abs(this.element.scrollLeft - this.#left) >= 1) this.element.scrollLeft = this.#left;
    this.#drawSoon();
  }

  #drawSoon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#changed();
    });
  }

  #measure(): void {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === this.#width && clientHeight === this.#height) return;
    this.#width = clientWidth;
    this.#height = clientHeight;
    this.#apply();
  }

  #onScroll(): void {
    this.#left = this.element.scrollLeft;
    if (Math.abs(this.element.scrollTop - this.#scrollTop) >= 1) {
      this.#scrollTop = this.element.scrollTop;
      this.#top = toContent(this.#scale, this.#scrollTop);
    }
    this.#drawSoon();
  }

  #onWheel(event: WheelEvent): void {
    // Where a pixel of the scrollbar is many rows, the wheel goes by rows nevertheless.
    if (this.#scale.ratio === 1 || event.ctrlKey || event.deltaY === 0 || event.shiftKey) return;
    event.preventDefault();
    const unit = [1, ROW_HEIGHT, this.#height][event.deltaMode] ?? 1;
    this.scrollTo(this.#top + event.deltaY * unit, this.#left + event.deltaX * unit);
  }
}
