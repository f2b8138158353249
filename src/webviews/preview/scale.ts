// Scrolls more rows than a browser has pixels for: the scrollbar's space is scaled, rows stay exact.

/** No element gets higher, in pixels; Chromium's own limit is 33.5 million. */
export const MAX_SPACE = 12_000_000;

export interface Scale {
  /** Height of the scrolled element. */
  readonly space: number;
  /** Height of all rows, which may be more. */
  readonly content: number;
  /** Farthest scroll position, in pixels of the content. */
  readonly range: number;
  /** Content pixels a pixel of the scrollbar stands for; 1 while all rows fit. */
  readonly ratio: number;
}

/** @param body Pixels in which rows are seen. */
export function scaleOf(rows: number, rowHeight: number, body: number): Scale {
  const content = rows * rowHeight;
  const space = Math.min(content, MAX_SPACE);
  const range = Math.max(0, content - body);
  const seen = Math.max(0, space - body);
  return { space, content, range, ratio: seen > 0 ? range / seen : 1 };
}

/** Scrollbar position of a content position. */
export function toNative(scale: Scale, y: number): number {
  return y / scale.ratio;
}

/** Content position of a scrollbar position; on a whole pixel. */
export function toContent(scale: Scale, native: number): number {
  return clamp(Math.round(native * scale.ratio), 0, scale.range);
}

/** The nearest scroll position at which the row is wholly seen. */
export function reveal(row: number, y: number, rowHeight: number, body: number): number {
  const top = row * rowHeight;
  if (top < y) return top;
  // A body lower than one row shows its top.
  return top + rowHeight > y + body ? Math.min(top, top + rowHeight - body) : y;
}

export interface Rows {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** Rows of which some pixel is seen. */
export function rowsSeen(y: number, body: number, rowHeight: number, rows: number): Rows {
  const first = clamp(Math.floor(y / rowHeight), 0, Math.max(0, rows - 1));
  return { first, end: Math.min(rows, Math.ceil((y + body) / rowHeight)) };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
