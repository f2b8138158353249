// The renderings of a report: golden texts at two widths, and values that try to break out of them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  displayWidth,
  findingResult,
  fit,
  formatBytes,
  formatSeconds,
  mergeReports,
  NO_COLOURS,
  printable,
  renderReports,
  tableLines,
  wrap,
  type TextStyle,
} from '../../../src/engine/report';
import { formatPercent } from '../../../src/engine/report/textLayout';
import { DEVICE, HOSTILE, PLAYBACK, SUMMARY } from './reportFixture';

const style = (width: number): TextStyle => ({ width, colours: NO_COLOURS });
const DATE = mergeReports({ date: '20241115', reports: [PLAYBACK, DEVICE], summary: SUMMARY });
const ONE = mergeReports({ date: '20241115', reports: [PLAYBACK] });

/** Compares with the file beside this test; GOLDEN=write writes it anew, to be read before it is committed. */
function golden(name: string, text: string): void {
  const path = join(__dirname, 'reportGolden', name);
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
}

describe('reports of a date', () => {
  it('put the tables together: worst status, sums, findings by state', () => {
    assert.equal(DATE.status, 'failed');
    assert.deepEqual(
      DATE.reports.map((report) => report.table),
      ['Device', 'Playback'],
    );
    assert.equal(DATE.rows.gold, 12_335);
    assert.equal(DATE.rows.loaded, 5);
    assert.deepEqual(DATE.findings, { passed: 1, warned: 1, failed: 1, error: 1, skipped: 1 });
    assert.equal(mergeReports({ date: '20241115', reports: [PLAYBACK] }).rows.loaded, null);
    assert.equal(
      mergeReports({ date: '20241115', reports: [DEVICE, { ...PLAYBACK, status: 'warned' }] }).status,
      'warned',
    );
    assert.equal(mergeReports({ date: '20241115', reports: [] }).status, 'not validated');
  });
});

describe('the result of a finding', () => {
  const [finding] = PLAYBACK.findings;
  assert.ok(finding !== undefined);
  const counted = { ...finding, evaluated: 2134, failing: 1067, failing_pct: 50 };

  it('counts rows, and columns where those are checked', () => {
    assert.equal(findingResult(counted), '1,067 of 2,134 rows (50%)');
    const types = { ...counted, rule: 'technical.types', evaluated: 16, failing: 0, failing_pct: 0 };
    assert.equal(findingResult(types), '0 of 16 columns');
    assert.equal(
      findingResult({ ...types, evaluated: 1, failing: 1, failing_pct: 100 }),
      '1 of 1 column (100%)',
    );
  });
  it('groups the digits of what was observed, and keeps all of them', () => {
    const observed = (value: number | string | null): string =>
      findingResult({ ...counted, failing: 0, observed: value });
    assert.equal(observed(2134), 'observed 2,134');
    assert.equal(observed(-1234567.123456), 'observed -1,234,567.123456');
    assert.equal(observed(0.0000001), 'observed 0.0000001');
    assert.equal(observed('2024-11-15'), 'observed 2024-11-15');
    assert.equal(observed(null), 'observed NULL');
  });
});

describe('a technical check, which has no line in validation_rules.json', () => {
  const finding = PLAYBACK.findings.find((one) => one.samples.length > 0);
  assert.ok(finding);
  const technical = { ...PLAYBACK, findings: [{ ...finding, rule: 'technical.types', config_line: 0 }] };
  const document = mergeReports({ date: '20241115', reports: [technical] });
  for (const format of ['text', 'html', 'junit'] as const)
    it(`names none as ${format}`, () => {
      const text = renderReports(document, format, style(140));
      assert.ok(text.includes('technical.types'));
      assert.doesNotMatch(text, /validation_rules\.json|line 0|<td class="number">0<\/td>\s*<\/tr>/);
    });
});

describe('the report as text', () => {
  it('is golden at 80 columns', () => golden('date80.txt.golden', renderReports(DATE, 'text', style(80))));
  it('is golden at 140 columns', () => golden('date140.txt.golden', renderReports(DATE, 'text', style(140))));
  for (const width of [40, 80, 100, 140])
    it(`stays within ${width} columns, apart from what must not be cut`, () => {
      // Numbers and states are never cut: on a very narrow terminal their tables are wider.
      const least = Math.max(width, 80);
      for (const line of renderReports(DATE, 'text', style(width)).split('\n'))
        assert.ok(displayWidth(line) <= least, `${displayWidth(line)}: ${line}`);
    });
  it('lets no control character through', () => {
    const text = renderReports(DATE, 'text', style(120));
    assert.doesNotMatch(text, /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u);
    assert.match(text, /\\x1b\[31mred\\x07\\n"next"/);
  });
  it('colours words, not widths', () => {
    const colours = { ...NO_COLOURS, bad: (text: string) => `\u001b[31m${text}\u001b[39m` };
    const coloured = renderReports(DATE, 'text', { width: 100, colours });
    assert.match(coloured, /\u001b\[31mfailed\u001b\[39m/);

    assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), renderReports(DATE, 'text', style(100)));
  });
});

describe('the report as JSON', () => {
  it('is the Report itself for one table, the whole date otherwise', () => {
    assert.deepEqual(JSON.parse(renderReports(ONE, 'json', style(80))), JSON.parse(JSON.stringify(PLAYBACK)));
    assert.deepEqual(JSON.parse(renderReports(DATE, 'json', style(80))), JSON.parse(JSON.stringify(DATE)));
  });
});

describe('the report as HTML', () => {
  const html = renderReports(DATE, 'html', style(80));
  it('is golden', () => golden('date.html.golden', html));
  it('stands alone: no scripts, no references to anywhere', () => {
    assert.doesNotMatch(html, /<script|<link|<img|<iframe|\ssrc=|url\(|@import|https?:|\son\w+=/i);
    const links = [...html.matchAll(/href="([^"]*)"/g)];
    assert.ok(links.length > 0);
    for (const [, target] of links) assert.match(target ?? '', /^#table-\d+$/);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  });
  it('escapes what values hold', () => {
    assert.ok(html.includes('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\\x1b[31mred\\x07'));
    assert.doesNotMatch(html, /[^\P{Cc}\n]|\u202e/u);
  });
  it('closes every element it opens', () => {
    const open: string[] = [];
    let elements = 0;
    for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (['meta', 'br'].includes(name)) continue;
      if (slash === '') open.push(name);
      else assert.equal(open.pop(), name);
      elements += 1;
    }
    assert.deepEqual(open, []);
    assert.ok(elements > 100, `${elements} tags`);
  });
  it('cuts values of megabytes', () => {
    const long = { ...PLAYBACK, table: 'x'.repeat(5_000_000) };
    assert.ok(
      renderReports(mergeReports({ date: '20241115', reports: [long] }), 'html', style(80)).length < 100_000,
    );
  });
});

describe('the report as JUnit', () => {
  const config = { brands: [], tables: [], rules: [] };
  const xml = renderReports(DATE, 'junit', style(80), config);
  it('is golden', () => golden('date.xml.golden', xml));
  it('holds no character that XML forbids', () => {
    assert.doesNotMatch(xml, /[^\P{Cc}\n]|\p{Surrogate}|[\ufffe\uffff]/u);
    assert.ok(!xml.includes(HOSTILE.slice(0, 8)));
  });
  it('fails a table that failed over all its rules', () => {
    const whole = mergeReports({ date: '20241115', reports: [{ ...DEVICE, status: 'failed' }] });
    const text = renderReports(whole, 'junit', style(80), config);
    assert.match(text, /<testsuites name="m7 20241115" tests="1" failures="1" errors="0"/);
    assert.match(text, /<failure type="threshold"/);
  });
});

describe('the layout of text', () => {
  it('counts columns as a terminal does', () => {
    assert.equal(displayWidth('abc'), 3);
    assert.equal(displayWidth('é'.normalize('NFD')), 1);
    assert.equal(displayWidth('日本'), 4);
    assert.equal(displayWidth('👩‍👩‍👧'), 2);
    assert.equal(displayWidth('ÄΩж'), 3);
    assert.equal(displayWidth('\u200b'), 0);
  });
  it('never gives more than the width, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 20 }), (text, width) => {
        assert.ok(displayWidth(fit(printable(text), width)) <= width);
        for (const line of wrap(printable(text), width + 1)) assert.ok(displayWidth(line) <= width + 1);
      }),
    );
  });
  it('leaves nothing in text that acts on a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(printable(text), /[\p{Cc}\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u);
      }),
    );
  });
  it('wraps the cells of a column that wraps, and keeps the others beside it', () => {
    const table = {
      columns: [
        { title: 'N', align: 'right' as const },
        { title: 'REASON', shrinks: 'wrap' as const },
      ],
      rows: [
        ['1', 'a reason of many words'],
        ['10', 'short'],
      ],
    };
    assert.deepEqual(tableLines(table, style(16)), [
      ' N  REASON',
      ' 1  a reason of',
      '    many words',
      '10  short',
    ]);
  });
  it('writes counts as people read them', () => {
    assert.deepEqual([0, 999, 1536, 5 * 1024 ** 3].map(formatBytes), ['0 B', '999 B', '1.5 KB', '5 GB']);
    assert.deepEqual([0, 0.001, 12.5, 100].map(formatPercent), ['0%', '<0.01%', '12.5%', '100%']);
    assert.deepEqual([0.42, 75, 7265].map(formatSeconds), ['0.42 s', '1 min 15 s', '2 h 1 min']);
  });
});
