// How wide a column must be for its name and the values that are seen.
import type { Cell, PreviewColumn } from '../../shared/previewApi';
import { MAX_WIDTH } from './layout';
import { clamp } from './scale';
import { visibleText } from './text';

/** Padding of a cell, and what stands beside a name. */
const CELL_SPACE = 20;
const HEAD_SPACE = 36;
/** Further down values are longer than the first ones. */
const SLACK = 22;
/** No value makes a column wider unless the user asks for it. */
const FIRST_WIDTH = 380;

let context: CanvasRenderingContext2D | null | undefined;

function textWidth(text: string, font: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return text.length * 7;
  context.font = font;
  return context.measureText(text).width;
}

/** @param asked The user wants all of it; else very long values are left cut. */
export function fitWidth(
  column: PreviewColumn,
  values: readonly (Cell | undefined)[],
  asked: boolean,
): number {
  const style = getComputedStyle(document.body);
  const font = `${style.fontSize} ${style.fontFamily}`;
  const cells = style.getPropertyValue('--grid-font').trim() || style.fontFamily;
  const cellFont = `${style.fontSize} ${cells}`;
  let widest = Math.max(
    textWidth(column.name.slice(0, 80), `600 ${font}`) + HEAD_SPACE,
    textWidth(column.type.slice(0, 24), font) * 0.85 + CELL_SPACE + 2,
  );
  for (const value of values) {
    if (value === undefined || value === null) continue;
    const text = visibleText(typeof value === 'string' ? value : value.text, { limit: 200, oneLine: true });
    widest = Math.max(widest, textWidth(text, cellFont) + CELL_SPACE + 4);
  }
  const least = column.family === 'number' && !asked ? 92 : 56;
  return Math.ceil(asked ? clamp(widest, least, MAX_WIDTH) : clamp(widest + SLACK, least, FIRST_WIDTH));
}
