// The preview's arithmetic: scrolling more rows than pixels, where columns stand, what is chosen.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PreviewColumn } from '../../src/shared/previewApi';
import { actionOf } from '../../src/webviews/preview/keys';
import {
  columnsSeen,
  layOut,
  PLAIN_LAYOUT,
  placeAt,
  revealColumn,
  withHidden,
  withMoved,
  withPinned,
  withWidth,
  type LayoutState,
} from '../../src/webviews/preview/layout';
import { MAX_SPACE, reveal, rowsSeen, scaleOf, toContent, toNative } from '../../src/webviews/preview/scale';
import { all, at, block, fit, moveTo, whole } from '../../src/webviews/preview/selection';

const HEIGHT = 22;

function columns(count: number): PreviewColumn[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `c${index}`,
    type: 'VARCHAR',
    family: 'text',
  }));
}

function shown(state: LayoutState, count = 5): string[] {
  return layOut(columns(count), state).columns.map(({ column }) => column.name);
}

describe('preview: scrolling', () => {
  it('is one to one while all rows fit into an element', () => {
    const scale = scaleOf(1_000, HEIGHT, 500);
    assert.equal(scale.space, 22_000);
    assert.equal(scale.ratio, 1);
    assert.equal(toContent(scale, 321), 321);
  });

  it('reaches the first and the last row of 20 million', () => {
    const scale = scaleOf(20_000_000, HEIGHT, 700);
    assert.equal(scale.space, MAX_SPACE);
    assert.equal(toContent(scale, 0), 0);
    const bottom = toContent(scale, MAX_SPACE - 700);
    assert.equal(bottom, scale.range);
    assert.equal(rowsSeen(bottom, 700, HEIGHT, 20_000_000).end, 20_000_000);
  });

  it('brings every row wholly into view, and moves no farther than needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000_000 }),
        fc.integer({ min: HEIGHT, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, body, part, from) => {
          const { range } = scaleOf(rows, HEIGHT, body);
          const row = Math.floor(part * (rows - 1));
          const y = Math.round(from * range);
          const to = reveal(row, y, HEIGHT, body);
          assert.ok(row * HEIGHT >= to && (row + 1) * HEIGHT <= to + body);
          assert.ok(to >= 0 && to <= Math.max(range, 0));
          if (row * HEIGHT >= y && (row + 1) * HEIGHT <= y + body) assert.equal(to, y);
        },
      ),
    );
  });

  it('keeps the scrollbar where a content position puts it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, part) => {
          const scale = scaleOf(rows, HEIGHT, 600);
          const y = Math.round(part * scale.range);
          assert.ok(Math.abs(toContent(scale, toNative(scale, y)) - y) <= 1);
        },
      ),
    );
  });

  it('sees no rows where there are none', () => {
    assert.deepEqual(rowsSeen(0, 500, HEIGHT, 0), { first: 0, end: 0 });
  });
});

describe('preview: columns', () => {
  it('stand in file order, pinned ones first, hidden ones not at all', () => {
    assert.deepEqual(shown(PLAIN_LAYOUT), ['c0', 'c1', 'c2', 'c3', 'c4']);
    const state = withHidden(withPinned(PLAIN_LAYOUT, 'c3', true), 'c1', true);
    assert.deepEqual(shown(state), ['c3', 'c0', 'c2', 'c4']);
    assert.deepEqual(shown(withHidden(withPinned(state, 'c3', false), 'c1', false)), [
      'c0',
      'c1',
      'c2',
      'c3',
      'c4',
    ]);
  });

  it('that came after an order was kept follow at the end; those that went are passed over', () => {
    assert.deepEqual(shown({ ...PLAIN_LAYOUT, order: ['c2', 'gone', 'c0'], pinned: ['lost'] }), [
      'c2',
      'c0',
      'c1',
      'c3',
      'c4',
    ]);
  });

  it('move to another place, into the pinned ones and out of them', () => {
    const move = (state: LayoutState, from: number, to: number): LayoutState =>
      withMoved(layOut(columns(5), state), state, from, to);
    assert.deepEqual(shown(move(PLAIN_LAYOUT, 0, 2)), ['c1', 'c2', 'c0', 'c3', 'c4']);
    assert.deepEqual(shown(move(PLAIN_LAYOUT, 4, 0)), ['c4', 'c0', 'c1', 'c2', 'c3']);
    const pinned = withPinned(PLAIN_LAYOUT, 'c0', true);
    const inside = move(pinned, 3, 0);
    assert.deepEqual(inside.pinned, ['c3', 'c0']);
    assert.deepEqual(move(inside, 0, 4).pinned, ['c0']);
    assert.deepEqual(shown(move(PLAIN_LAYOUT, 9, 0)), shown(PLAIN_LAYOUT));
  });

  it('lays out columns whose names every object has', () => {
    const [plain] = columns(1);
    const named = ['constructor', '__proto__', 'toString'].map((name) => ({ ...plain!, name }));
    const { columns: placed, width } = layOut(named, withWidth(PLAIN_LAYOUT, '__proto__', 333));
    assert.ok(placed.every((column) => Number.isFinite(column.width)) && Number.isFinite(width));
    assert.equal(placed[1]?.width, 333);
  });

  it('of 2,000 only those in view are drawn, pinned ones always', () => {
    const layout = layOut(columns(2_000), withPinned(PLAIN_LAYOUT, 'c7', true));
    const places = columnsSeen(layout, 90_000, 1_000);
    assert.equal(places[0], 0);
    assert.ok(places.length < 15);
    for (const place of places.slice(1)) {
      const { x, width } = layout.columns[place]!;
      assert.ok(x + width > 90_000 + layout.pinnedWidth && x < 91_000);
    }
    assert.equal(columnsSeen(layOut([], PLAIN_LAYOUT), 0, 500).length, 0);
  });

  it('are found at a point, and brought into view wherever they are', () => {
    const state = withWidth(withPinned(PLAIN_LAYOUT, 'c0', true), 'c0', 100);
    const layout = layOut(columns(50), state);
    assert.equal(placeAt(layout, 3_000, 50), 0);
    for (const place of [1, 20, 49]) {
      const left = revealColumn(layout, place, 3_000, 600);
      const { x, width } = layout.columns[place]!;
      assert.ok(x - left >= layout.pinnedWidth && x + width - left <= 600, String(place));
      assert.equal(placeAt(layout, left, x - left + 1), place);
    }
    assert.equal(revealColumn(layout, 0, 3_000, 600), 3_000);
  });

  it('have no width that hides them or fills the screen many times', () => {
    const width = (wanted: number): number | undefined =>
      layOut(columns(1), withWidth(PLAIN_LAYOUT, 'c0', wanted)).columns[0]?.width;
    assert.equal(width(-50), 40);
    assert.equal(width(1e9), 1_200);
  });
});

describe('preview: selection', () => {
  const size = { rows: 100, columns: 10 };

  it('is drawn out from its anchor, in any direction', () => {
    const start = at({ row: 5, column: 5 });
    assert.deepEqual(block(moveTo(start, { row: 2, column: 8 }, size, true), size), {
      row: 2,
      rows: 4,
      column: 5,
      columns: 4,
    });
    assert.deepEqual(block(moveTo(start, { row: 2, column: 8 }, size, false), size), {
      row: 2,
      rows: 1,
      column: 8,
      columns: 1,
    });
  });

  it('ends at the edges, and reaches the header only without being drawn out', () => {
    const start = at({ row: 0, column: 0 });
    assert.deepEqual(moveTo(start, { row: -5, column: -1 }, size, false).active, { row: -1, column: 0 });
    assert.deepEqual(moveTo(start, { row: -5, column: 99 }, size, true).active, { row: 0, column: 9 });
    assert.equal(block(at({ row: -1, column: 0 }), size), undefined);
  });

  it('of rows and columns takes all of them', () => {
    const rows = whole('rows', { row: 7, column: 3 }, at({ row: 4, column: 0 }), false);
    assert.deepEqual(block(rows, size), { row: 7, rows: 1, column: 0, columns: 10 });
    const more = whole('rows', { row: 4, column: 3 }, rows, true);
    assert.deepEqual(block(more, size), { row: 4, rows: 4, column: 0, columns: 10 });
    const column = whole('columns', { row: 0, column: 2 }, more, true);
    assert.deepEqual(block(column, size), { row: 0, rows: 100, column: 2, columns: 1 });
    assert.deepEqual(block(all(column), size), { row: 0, rows: 100, column: 0, columns: 10 });
  });

  it('of nothing is nothing, and stays inside a grid that has become smaller', () => {
    assert.equal(block(all(at({ row: 0, column: 0 })), { rows: 0, columns: 3 }), undefined);
    const small = fit(at({ row: 99, column: 9 }), { rows: 3, columns: 2 });
    assert.deepEqual(small.active, { row: 2, column: 1 });
    assert.deepEqual(fit(at({ row: 99, column: 9 }), { rows: 0, columns: 0 }).active, { row: -1, column: 0 });
  });
});

describe('preview: keys', () => {
  const size = { rows: 1_000, columns: 10 };
  const active = { row: 500, column: 5 };
  const press = (keys: string, from = active): unknown => {
    const parts = keys.split('+');
    const key = { key: parts.at(-1) ?? '', ctrl: false, shift: false, alt: false };
    for (const part of parts.slice(0, -1)) key[part as 'ctrl' | 'shift' | 'alt'] = true;
    return actionOf(key, from, size, 30);
  };
  const to = (row: number, column: number, extend = false): unknown => ({
    kind: 'move',
    to: { row, column },
    extend,
  });

  it('move by cell, by screen, to the ends', () => {
    assert.deepEqual(press('ArrowDown'), to(501, 5));
    assert.deepEqual(press('shift+ArrowLeft'), to(500, 4, true));
    assert.deepEqual(press('PageUp'), to(470, 5));
    assert.deepEqual(press('PageDown'), to(530, 5));
    assert.deepEqual(press('Home'), to(500, 0));
    assert.deepEqual(press('ctrl+End'), to(999, 9));
    assert.deepEqual(press('ctrl+shift+ArrowDown'), to(999, 5, true));
    assert.deepEqual(press('ctrl+ArrowUp'), to(0, 5));
  });

  it('reach the header above the first row, where Enter sorts and arrows move and resize', () => {
    assert.deepEqual(press('ArrowUp', { row: 0, column: 1 }), to(-1, 1));
    const header = { row: -1, column: 1 };
    assert.deepEqual(press('Enter', header), { kind: 'sort', add: false });
    assert.deepEqual(press('shift+Enter', header), { kind: 'sort', add: true });
    assert.deepEqual(press('alt+ArrowRight', header), { kind: 'moveColumn', by: 1 });
    assert.deepEqual(press('shift+ArrowRight', header), { kind: 'resizeColumn', by: 10 });
    assert.deepEqual(press('ArrowDown', header), to(0, 1));
  });

  it('open, copy, search, jump; all others stay the editor’s', () => {
    assert.deepEqual(press('Enter'), { kind: 'open' });
    assert.deepEqual(press('ctrl+c'), { kind: 'copy' });
    assert.deepEqual(press('ctrl+f'), { kind: 'search' });
    assert.deepEqual(press('ctrl+g'), { kind: 'goToRow' });
    assert.deepEqual(press('shift+F3'), { kind: 'find', backwards: true });
    assert.deepEqual(press('shift+F10'), { kind: 'menu' });
    for (const keys of ['F1', 'ctrl+p', 'ctrl+shift+p', 'ctrl+s', 'a', 'Escape', 'Tab', 'F10'])
      assert.equal(press(keys), undefined, keys);
  });
});
