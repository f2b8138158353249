// What stands on a line: records of every kind, and the cells of a record.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlaces, type CsvFormat, type Places, type RecordPlace } from '../../../src/engine/csv';

const FORMAT: CsvFormat = {
  compression: 'none',
  encoding: 'utf-8',
  bom: false,
  delimiter: ',',
  quote: '"',
  escape: '"',
  newline: '\n',
  preamble: 0,
  header: 1,
  footer: 0,
  columns: ['a', 'b', 'c'],
  confidence: { encoding: 1, delimiter: 1, quote: 1, header: 1, footer: 1 },
  notes: [],
};

describe('places in a delimited file', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'm7-places-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const find = (
    text: string,
    wanted: {
      readonly lines?: readonly number[];
      readonly records?: readonly number[];
      readonly shown?: readonly number[];
    },
    format: Partial<CsvFormat> = {},
  ): Promise<Places> => {
    const file = join(folder, 'x.csv');
    writeFileSync(file, text);
    return findPlaces({ file, format: { ...FORMAT, ...format }, temporary: folder, ...wanted });
  };
  const kinds = async (
    text: string,
    lines: number,
    format: Partial<CsvFormat> = {},
  ): Promise<readonly string[]> => {
    const all = Array.from({ length: lines }, (_, i) => i + 1);
    const found = await find(text, { lines: all }, format);
    return all.map((line) => {
      const what = found.lines.get(line)?.what;
      return what?.kind === 'row' ? `row ${what.number}` : (what?.kind ?? 'none');
    });
  };

  it('tells the kind of each line', async () => {
    assert.deepEqual(await kinds('t\na,b,c\n1,"x\ny",3\n\n1,2\na,b,c\n4,5,6\n', 9, { preamble: 1 }), [
      ...['preamble', 'header', 'row 1', 'row 1', 'blank', 'reject', 'repeated header', 'row 2', 'none'],
    ]);
  });

  it('tells footers from rows, whichever is asked for alone', async () => {
    const text = 'a,b,c\n1,2,3\n\n4,5,6\nTOTAL,2,\n\n';
    assert.deepEqual(await kinds(text, 6, { footer: 1 }), [
      'header',
      'row 1',
      'blank',
      'row 2',
      'footer',
      'blank',
    ]);
    assert.equal((await find(text, { lines: [5] }, { footer: 1 })).lines.get(5)?.what.kind, 'footer');
    assert.equal((await find(text, { lines: [4] }, { footer: 1 })).lines.get(4)?.what.kind, 'row');
    assert.equal((await find(text, { lines: [4] }, { footer: 2 })).lines.get(4)?.what.kind, 'footer');
  });

  it('reads no further than it must', async () => {
    const text = `a,b,c\n${'1,2,3\n'.repeat(400_000)}`;
    assert.equal((await find(text, { records: [3] })).total, undefined);
    assert.equal((await find(text, { lines: [9_999_999] })).total, 400_001);
  });

  it('counts places as a preview shows rows: those that are refused too', async () => {
    const { shown } = await find('a,b,c\n1,2,3\n\n1,2\n4,5,6\n', { shown: [1, 2, 3, 4, 0, -1, 0.5] });
    assert.deepEqual(
      [...shown].map(([n, { line }]) => [n, line]),
      [
        [1, 2],
        [2, 4],
        [3, 5],
      ],
    );
  });

  it('finds none of what no file has', async () => {
    const { records, lines } = await find('a,b,c\n1,2,3\n', { records: [0, 2, NaN], lines: [0, 3, 1.5] });
    assert.deepEqual([records.size, lines.size], [0, 0]);
    assert.deepEqual((await find('', { lines: [1] })).total, 0);
  });

  describe('cells', () => {
    /** The text of each cell, cut out of the file by its span. */
    const cells = async (record: string, format: Partial<CsvFormat> = {}): Promise<readonly string[]> => {
      const place: RecordPlace | undefined = (
        await find(`a,b,c\n${record}\n`, { lines: [2] }, format)
      ).lines.get(2);
      assert.ok(place);
      const lines = place.text.split('\n');
      return place.cells.map(({ line, character, endLine, endCharacter }) =>
        line === endLine
          ? (lines[line] ?? '').slice(character, endCharacter)
          : [(lines[line] ?? '').slice(character), (lines[endLine] ?? '').slice(0, endCharacter)].join('\n'),
      );
    };
    for (const [what, record, expected, format] of [
      ['plain ones', '1,2,3', ['1', '2', '3'], {}],
      ['empty ones', ',,', ['', '', ''], {}],
      ['quoted ones', '"a,b","""",c', ['"a,b"', '""""', 'c'], {}],
      ['ones over lines', '1,"x\ny",3', ['1', '"x\ny"', '3'], {}],
      ['letters of several bytes', 'žluť,😀,"Ł,"', ['žluť', '😀', '"Ł,"'], {}],
      ['escaped quotes', '1,"a\\",b",3', ['1', '"a\\",b"', '3'], { escape: '\\' }],
      ['escaped delimiters', '1,a\\,b,3', ['1', 'a\\,b', '3'], { quote: '', escape: '\\' }],
      ['long delimiters', '1||"2||"||3', ['1', '"2||"', '3'], { delimiter: '||' }],
      ['an inch mark', '5",2,3', ['5"', '2', '3'], {}],
      ['none where quotes are broken', '"a,2,3', [], {}],
    ] as const)
      it(what, async () => assert.deepEqual(await cells(record, format), expected));
  });
});
