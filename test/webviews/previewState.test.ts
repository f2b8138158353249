// What a preview shows and remembers: visible characters, filters in words, kept state.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Filter, View } from '../../src/shared/previewApi';
import { readRow } from '../../src/webviews/preview/goToRow';
import { PLAIN_STATE, readState, withStatement, type PreviewState } from '../../src/webviews/preview/state';
import { pieces, visibleText } from '../../src/webviews/preview/text';
import {
  EVERYTHING,
  filteredBy,
  filterWords,
  sameView,
  sortedBy,
  within,
  withoutFilter,
  withSearch,
} from '../../src/webviews/preview/views';
import { formatBytes } from '../../src/shared/words';
import { duration, percent, t, useWords } from '../../src/webviews/preview/words';

const line = (text: string): string => visibleText(text, { limit: 100, oneLine: true });

describe('preview: text', () => {
  it('leaves plain text alone, in any script', () => {
    for (const text of ['', 'plain', 'naïve', 'שלום', '日本', '👩‍👩‍👧 family', '<b>&amp;</b>'])
      assert.equal(line(text), text);
  });

  it('names what cannot be seen', () => {
    assert.equal(line('a\0b\u001b[31m\u0007'), 'a⟨NUL⟩b⟨ESC⟩[31m⟨BEL⟩');
    assert.equal(line('\u202egnp.exe\u202c'), '⟨RLO⟩gnp.exe⟨PDF⟩');
    assert.equal(line('\ufeffid\u200b'), '⟨BOM⟩id⟨ZWSP⟩');
    assert.equal(line('x\u0085y\u007f'), 'x\\u0085y⟨DEL⟩');
    assert.equal(line('\ud800!'), '\\ud800!');
  });

  it('keeps a cell on its line, and shows blanks at its ends', () => {
    assert.equal(line('one\r\ntwo\nthree\tfour'), 'one⏎two⏎three⇥four');
    assert.equal(line('  in the middle \u00a0'), '··in the middle·⍽');
    assert.equal(line('   '), '···');
  });

  it('keeps lines and tabs where there is room for them', () => {
    assert.equal(visibleText('a\r\n\tb \u0000', { limit: 100, oneLine: false }), 'a\n\tb ⟨NUL⟩');
  });

  it('shows no more than asked for, and no half of a character', () => {
    assert.equal(visibleText('x'.repeat(10_000_000), { limit: 5, oneLine: true }), 'xxxxx');
    assert.equal(visibleText('ab😀', { limit: 3, oneLine: true }), 'ab');
  });

  it('makes few pieces of a text of control characters alone', () => {
    const shown = pieces('\u0001a'.repeat(50_000), { limit: 100_000, oneLine: true });
    assert.ok(shown.length < 5_000);
  });

  it('never lets a control or direction character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(
          visibleText(text, { limit: 1_000, oneLine: true }),
          /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
    );
  });
});

describe('preview: views', () => {
  it('sorts up, down, not; added ones stay behind the first', () => {
    const up = sortedBy(EVERYTHING, 'a', false);
    assert.deepEqual(up.sort, [{ column: 'a', descending: false }]);
    const down = sortedBy(up, 'a', false);
    assert.deepEqual(down.sort, [{ column: 'a', descending: true }]);
    assert.deepEqual(sortedBy(down, 'a', false).sort, []);
    const both = sortedBy(down, 'b', true);
    assert.deepEqual(
      both.sort.map(({ column }) => column),
      ['a', 'b'],
    );
    assert.deepEqual(sortedBy(both, 'a', true).sort, [{ column: 'b', descending: false }]);
    assert.deepEqual(sortedBy(both, 'b', false).sort, [{ column: 'b', descending: true }]);
  });

  it('holds one filter of a kind per column, and both ends of a range', () => {
    const from: Filter = { column: 'a', kind: 'compare', operator: '>=', value: '1' };
    const to: Filter = { column: 'a', kind: 'compare', operator: '<', value: '9' };
    const other: Filter = { ...from, value: '5' };
    const view = filteredBy(filteredBy(filteredBy(EVERYTHING, from), to), other);
    assert.deepEqual(view.filters, [to, other]);
    const nulls = filteredBy(filteredBy(view, { column: 'a', kind: 'null' }), {
      column: 'a',
      kind: 'not_null',
    });
    assert.equal(nulls.filters.length, 3);
    assert.deepEqual(withoutFilter(view, to).filters, [other]);
  });

  it('has one search, and none for an empty text', () => {
    const view = withSearch(withSearch(EVERYTHING, 'one', false), 'two', true);
    assert.deepEqual(view.filters, [{ kind: 'search', text: 'two', case: true }]);
    assert.ok(sameView(withSearch(view, '', true), EVERYTHING));
  });

  it('drops what speaks of columns that are gone', () => {
    const view: View = {
      sort: [
        { column: 'a', descending: true },
        { column: 'gone', descending: false },
      ],
      filters: [
        { column: 'gone', kind: 'null' },
        { kind: 'search', text: 'x', case: false },
      ],
    };
    assert.deepEqual(within(view, [{ name: 'a' }]), {
      sort: [{ column: 'a', descending: true }],
      filters: [{ kind: 'search', text: 'x', case: false }],
    });
  });

  it('is told in words', () => {
    assert.equal(filterWords({ column: 'price', kind: 'compare', operator: '<>', value: '3' }), 'price ≠ 3');
    assert.equal(
      filterWords({ column: 'a', kind: 'in', values: ['1', null, '3', '4', '5'] }),
      'a is 1, NULL, 3 +2',
    );
    assert.equal(filterWords({ kind: 'search', text: 'x'.repeat(90), case: false }).length < 70, true);
  });
});

describe('preview: kept state', () => {
  const full: PreviewState = {
    ...PLAIN_STATE,
    file: {
      view: {
        sort: [{ column: 'a', descending: true }],
        filters: [
          { kind: 'search', text: 'x', case: true },
          { column: 'a', kind: 'in', values: ['1', null] },
          { column: 'b', kind: 'compare', operator: '<=', value: '2' },
          { column: 'b', kind: 'contains', text: 'y', case: false },
          { column: 'c', kind: 'not_null' },
        ],
      },
      layout: { order: ['b', 'a'], widths: { a: 120 }, hidden: ['c'], pinned: ['b'] },
      measured: { a: 90, b: 130 },
      top: 440_000_000,
      left: 12,
      active: { row: 19_999_999, column: 'a' },
    },
    query: { sql: 'SELECT 1', active: true, grid: PLAIN_STATE.file },
    sql: { open: true, text: 'SELECT', history: ['SELECT 1'] },
  };

  it('comes back as it was', () => {
    for (const state of [PLAIN_STATE, full])
      assert.deepEqual(readState(JSON.parse(JSON.stringify(state))), state);
  });

  it('of another version, or of no shape at all, is dropped', () => {
    for (const kept of [undefined, null, 3, 'text', [], {}, { ...full, version: 0 }, { version: 1 }])
      assert.equal(readState(kept), undefined);
  });

  it('that is damaged anywhere is dropped, never half believed', () => {
    const spoil = (path: readonly string[], value: unknown): unknown => {
      const copy = JSON.parse(JSON.stringify(full));
      let at = copy;
      for (const name of path.slice(0, -1)) at = at[name];
      at[path.at(-1)!] = value;
      return copy;
    };
    const damages: readonly (readonly [readonly string[], unknown])[] = [
      [['file', 'top'], 'far'],
      [['file', 'left'], null],
      [['file', 'active'], { row: 'one', column: 'a' }],
      [['file', 'view', 'sort'], [{ column: 1 }]],
      [['file', 'view', 'filters'], [{ kind: 'contains', column: 'a' }]],
      [['file', 'view', 'filters'], [{ kind: 'compare', column: 'a', operator: 'LIKE', value: 'x' }]],
      [['file', 'layout', 'widths'], { a: 'wide' }],
      [['file', 'measured'], { a: null }],
      [['file', 'layout', 'pinned'], 'b'],
      [['query'], {}],
      [['side', 'tab'], 'kitchen'],
      [['sql', 'history'], [1]],
      [['search', 'mode'], 'maybe'],
    ];
    for (const [path, value] of damages)
      assert.equal(readState(spoil(path, value)), undefined, path.join('.'));
  });

  it('keeps the last ten statements, each but once', () => {
    let history: readonly string[] = [];
    for (let at = 0; at < 15; at++) history = withStatement(history, `SELECT ${at}`);
    history = withStatement(history, 'SELECT 9');
    assert.equal(history.length, 10);
    assert.deepEqual(history.slice(0, 2), ['SELECT 9', 'SELECT 14']);
  });
});

describe('preview: words and figures', () => {
  it('reads a row number as people write it', () => {
    assert.equal(readRow('1', 100), 0);
    assert.equal(readRow(' 12,345,678 ', 20_000_000), 12_345_677);
    assert.equal(readRow("1'000", 5_000), 999);
    assert.equal(readRow('999', 10), 9, 'beyond the end is the last');
    for (const wrong of ['', '0', '-3', 'ten', '1.5', '1e3', '1,23'])
      assert.equal(readRow(wrong, 100), undefined, wrong);
    assert.equal(readRow('1', 0), undefined);
  });

  it('never rounds a few to none or nearly all to all', () => {
    assert.equal(percent(0, 10), '0%');
    assert.equal(percent(1, 1_000_000), '<0.1%');
    assert.equal(percent(999_999, 1_000_000), '>99.9%');
    assert.equal(percent(10, 10), '100%');
    assert.equal(percent(1, 3), '33%');
    assert.equal(percent(0, 0), '0%');
  });

  it('writes sizes and times for people', () => {
    assert.equal(formatBytes(0), '0 B');
    assert.equal(formatBytes(1_536), '1.5 KB');
    assert.equal(formatBytes(712 * 2 ** 20), '712 MB');
    assert.equal(duration(0.2), '1 ms');
    assert.equal(duration(1_234), '1.23 s');
  });

  it('speaks another language where it was given one, and puts values in as they are', () => {
    try {
      useWords({ '{0} rows': '{0} Zeilen' });
      assert.equal(t('{0} rows', 20_000_000), '20,000,000 Zeilen');
      assert.equal(t('{0} is null', '{1} $& <b>'), '{1} $& <b> is null');
      assert.equal(t('constructor'), 'constructor');
    } finally {
      useWords({});
    }
  });
});
