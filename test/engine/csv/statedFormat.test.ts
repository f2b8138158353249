// What the config states of a file's format is not guessed, and what the file says against it is told.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { decideFormat, openCsv, type CsvFormat } from '../../../src/engine/csv';
import type { FormatHint } from '../../../src/engine/model';
import { useFolder } from '../../support/folder';

const KNOWN = [['id'], ['name'], ['price']];
const AT = { file: '/w/config/brand_configs.json', line: 12 };

describe('a stated format', () => {
  const folder = useFolder();

  /** A hint of which every key stands in line 12 of brand_configs.json. */
  const stated = (hint: FormatHint): FormatHint => ({
    ...hint,
    places: Object.fromEntries(Object.keys(hint).map((key) => [key, AT])),
  });
  async function decided(
    text: string | Buffer,
    hint: FormatHint,
    knownColumns: readonly (readonly string[])[] = KNOWN,
  ): ReturnType<typeof decideFormat> {
    const file = join(folder(), 'file.csv');
    await writeFile(file, text);
    return decideFormat(file, { knownColumns, hint: stated(hint), temporary: folder() });
  }
  async function taken(...args: Parameters<typeof decided>): Promise<CsvFormat> {
    const decision = await decided(...args);
    assert.equal(decision.kind, 'csv', JSON.stringify(decision));
    return decision.format;
  }
  async function refused(...args: Parameters<typeof decided>): Promise<string> {
    const decision = await decided(...args);
    assert.equal(decision.kind, 'rejected', JSON.stringify(decision));
    return `${decision.code}: ${decision.reason}`;
  }
  /** Rows as a preview shows them, by the same hint. */
  async function rows(hint: FormatHint): Promise<readonly (readonly string[])[]> {
    const csv = await openCsv({
      file: join(folder(), 'file.csv'),
      knownColumns: KNOWN,
      hint: stated(hint),
      temporary: folder(),
    });
    const all: (readonly string[])[] = [];
    for await (const batch of csv.batches()) all.push(...batch);
    return all;
  }

  it('decides the delimiter, though another one is more regular', async () => {
    const text = 'id;name;price\n1;a,b,c;2,50\n2;d,e,f;3,50\n3;g,h,i;4,50\n';
    const format = await taken(text, { delimiter: ';' });
    assert.deepEqual(
      [format.delimiter, format.columns, format.doubts],
      [';', ['id', 'name', 'price'], undefined],
    );
    assert.equal(format.confidence.delimiter, 1);
  });

  it('refuses a file that no record fits, with both readings', async () => {
    const text = `id,name,price\n${'1,a,2.5\n'.repeat(99)}`;
    const reason = await refused(text, { delimiter: ';' });
    assert.match(
      reason,
      /brand_configs\.json line 12 says delimiter ";", which gives 1 column in 100 of 100 lines, but "," would give 3 columns in 100 of 100 lines\./,
    );
  });

  it('tells a delimiter that would fit better, and reads by the stated one', async () => {
    const text = 'id,name;price\n1,a;2\n2,b;3\n3,c;4\n';
    const format = await taken(text, { delimiter: ';' }, [['id'], ['name'], ['price'], ['id,name']]);
    assert.deepEqual(format.columns, ['id,name', 'price']);
  });

  it('decides quote and escape', async () => {
    const text = "id,name,price\n1,'a,b',2\n2,\"c,3\n";
    assert.equal((await taken(text, { quote: "'" })).quote, "'");
    assert.deepEqual(await rows({ quote: "'" }), [
      ['1', 'a,b', '2'],
      ['2', '"c', '3'],
    ]);
    const none = await taken('id,name,price\n1,"a,2\n2,b",3\n', { quote: '' });
    assert.deepEqual([none.quote, none.escape], ['', '']);
    const escape = await taken('id,name,price\n1,"a\\"b",2\n', { escape: '\\' });
    assert.deepEqual([escape.quote, escape.escape], ['"', '\\']);
  });

  it('tells that quotes are used where none are stated', async () => {
    const text = `id,name,price\n${'1,"a,b",2\n2,c,3\n'.repeat(20)}`;
    const format = await taken(text, { quote: '' });
    assert.match(
      format.doubts?.[0]?.message ?? '',
      /says quote "", but the file reads better with the quote "\./,
    );
  });

  it('decides where the table begins', async () => {
    const text = 'id,name,price\nof,the,vendor\nid,name,price\n1,a,2\n2,b,3\n';
    const format = await taken(text, { preamble: 2 });
    assert.deepEqual([format.preamble, format.header, format.columns], [2, 1, ['id', 'name', 'price']]);
    assert.deepEqual(await rows({ preamble: 2 }), [
      ['1', 'a', '2'],
      ['2', 'b', '3'],
    ]);
  });

  it('tells a header that the stated preamble has in it', async () => {
    const text = 'id,name,price\n1,a,2\n2,b,3\n3,c,4\n';
    const format = await taken(text, { preamble: 2 });
    assert.equal(format.header, 0);
    assert.match(
      format.doubts?.[0]?.message ?? '',
      /says preamble 2, but line 1 has the names of columns: "id,name,price"/,
    );
    // Names that are stated take the place of the file's own: nothing is contradicted.
    const named = await taken(text, { preamble: 1, header: ['id', 'name', 'price'] });
    assert.equal(named.doubts, undefined);
  });

  it('tells a header behind the line where the table is stated to begin', async () => {
    const text = 'Export,of,devices\nid,name,price\n1,a,2\n2,b,3\n';
    assert.match(await refused(text, { preamble: 0, header: true }), /None of the names in line 1 is known/);
    const format = await taken(text, { preamble: 0, header: false });
    assert.equal(format.header, 0);
    assert.match(
      format.doubts?.[0]?.message ?? '',
      /says preamble 0, .*line 1, but the header seems to be in line 2/,
    );
  });

  it('names the fields by their places where no header is stated', async () => {
    const format = await taken('a,b,c\nd,e,f\n', { header: false });
    assert.deepEqual([format.header, format.columns, format.doubts], [0, ['id', 'name', 'price'], undefined]);
    assert.match(
      await refused('a,b\nd,e\n', { header: false }),
      /HEADER_MISMATCH: brand_configs.json line 12 says header false, which is 3 names, but most records have 2 fields/,
    );
  });

  it('tells a header where none is stated, and reads it as a record', async () => {
    const format = await taken('id,name,price\n1,a,2\n', { header: false });
    assert.equal(format.header, 0);
    assert.match(
      format.doubts?.[0]?.message ?? '',
      /says header false, but line 1 has the names of columns: "id", "name", "price"\. It was read as a record\./,
    );
  });

  it('names the fields as stated', async () => {
    const format = await taken('9,x,7\n8,y,6\n', { header: ['price', 'name', 'id'] });
    assert.deepEqual([format.header, format.columns], [0, ['price', 'name', 'id']]);
    assert.deepEqual(await rows({ header: ['price', 'name', 'id'] }), [
      ['9', 'x', '7'],
      ['8', 'y', '6'],
    ]);
    const trailing = await taken('9,x,7,\n8,y,6,\n', { header: ['price', 'name', 'id'] });
    assert.equal(trailing.trailingDelimiter, true);
    assert.match(await refused('9,x\n8,y\n', { header: ['price', 'name', 'id'] }), /HEADER_MISMATCH/);
  });

  it('takes the first line for the header where one is stated', async () => {
    const format = await taken('id,2023,2024\n1,10,11\n2,11,12\n', { header: true }, [['id'], ['a'], ['b']]);
    assert.deepEqual([format.header, format.columns], [1, ['id', '2023', '2024']]);
  });

  it('settles a first row that could be a header or a record', async () => {
    const known = [['area'], ['2023'], ['2024']];
    const text = 'region,2024,2025\nA,10,11\nB,11,12\nC,12,13\n';
    assert.match(await refused(text, {}, known), /AMBIGUOUS_HEADER|UNKNOWN_COLUMNS/);
    const headed = await taken(text, { header: true }, known);
    assert.deepEqual([headed.header, headed.columns], [1, ['region', '2024', '2025']]);
    const bare = await taken(text, { header: false }, known);
    assert.deepEqual([bare.header, bare.columns], [0, ['area', '2023', '2024']]);
  });

  it('decides the footer, and tells what looks otherwise', async () => {
    const text = 'id,name,price\n1,a,2\n2,b,3\nTotal,,5\n';
    assert.equal((await taken(text, { footer: 1 })).footer, 1);
    const none = await taken(text, { footer: 0 });
    assert.equal(none.footer, 0);
    const full = await taken('id,name,price\n1,a,2\n2,b,3\n', { footer: 1 });
    assert.match(
      full.doubts?.[0]?.message ?? '',
      /says footer 1, but a line of it looks like a record: "2,b,3"/,
    );
  });

  it('decides the encoding', async () => {
    const text = 'id,name,price\n1,Příliš žluťoučký kůň,2\n';
    const format = await taken(iconv.encode(text, 'windows-1250'), { encoding: 'windows-1250' });
    assert.deepEqual(
      [format.encoding, format.confidence.encoding, format.doubts],
      ['windows-1250', 1, undefined],
    );
    const other = await taken(iconv.encode('id,name,price\n1,Foto’s,2\n', 'windows-1252'), {
      encoding: 'windows-1252',
    });
    assert.deepEqual([other.encoding, other.doubts], ['windows-1252', undefined]);
  });

  it('tells bytes that are sure to be another encoding', async () => {
    const utf8 = await taken('id,name,price\n1,Müller,2\n', { encoding: 'windows-1252' });
    assert.equal(utf8.encoding, 'windows-1252');
    assert.match(
      utf8.doubts?.[0]?.message ?? '',
      /line 12 says encoding "windows-1252", but its bytes are utf-8: "MÃ¼ller" as windows-1252 is "Müller" as utf-8\./,
    );
    const signs = await taken(iconv.encode('id,name,price\n1,Foto’s café,2\n', 'windows-1252'), {
      encoding: 'iso-8859-1',
    });
    assert.equal(signs.encoding, 'iso-8859-1');
    assert.equal(signs.doubts?.length, 1);
    assert.match(
      await refused(Buffer.from('\ufeffid,name,price\n1,a,2\n', 'utf16le'), { encoding: 'utf-8' }),
      /FORMAT_MISMATCH: .*begins with the byte order mark of utf-16le/,
    );
    assert.match(
      await refused('id,name,price\n1,a,2\n', { encoding: 'utf-16le' }),
      /FORMAT_MISMATCH: .*its bytes are utf-8/,
    );
  });
});
