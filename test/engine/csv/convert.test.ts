// Converting: both readings agree with what was written, counts hold, bytes repeat, records are found again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { convertCsv, decideFormat, locateRecords, type CsvFormat } from '../../../src/engine/csv';
import type { Converted } from '../../../src/engine/csv/format';
import { readCsv } from '../../../src/engine/csv/readCsv';
import { openDatabase, quoteLiteral, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { PipelineError } from '../../../src/engine/model/errors';

describe('convertCsv', () => {
  let database: Database;
  let connection: Connection;
  let folder: string;
  let temporary: string;
  let serial = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'm7-csv-'));
    temporary = await mkdtemp(join(folder, 'tmp-'));
    database = await openDatabase({ folders: [folder] });
    connection = await database.connect();
  });
  after(async () => {
    connection.close();
    database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const path = (suffix: string): string => join(folder, `${serial++}${suffix}`);
  async function write(content: string | Buffer): Promise<string> {
    const file = path('.csv');
    await writeFile(file, content);
    return file;
  }
  async function format(file: string, knownColumns?: string[][]): Promise<CsvFormat> {
    const decision = await decideFormat(file, {
      temporary,
      ...(knownColumns === undefined ? {} : { knownColumns }),
    });
    assert.equal(decision.kind, 'csv', JSON.stringify(decision));
    return decision.format;
  }
  async function convert(
    file: string,
    how: CsvFormat,
    careful = false,
    signal?: AbortSignal,
  ): Promise<Converted & { output: string; rejectsFile: string }> {
    const output = path('.parquet');
    const rejectsFile = path('.rejects.parquet');
    const result = await convertCsv({
      file,
      format: how,
      connection,
      output,
      rejects: rejectsFile,
      temporary,
      brand: 'Skylink',
      sourceFile: 'landing/file.csv',
      signal,
      careful,
    });
    assert.equal(result.kind, 'converted', JSON.stringify(result));
    const converted = result;
    const { header, blank, preamble, footer } = converted.other;
    assert.equal(converted.records, converted.rows + converted.rejected + header + blank + preamble + footer);
    return { ...converted, output, rejectsFile };
  }
  const rowsOf = async (file: string) =>
    existsSync(file)
      ? (await connection.table(`SELECT * FROM read_parquet(${quoteLiteral(file)})`)).rows
      : [];
  const sha = async (file: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');

  const base: CsvFormat = {
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

  it('gives exactly the rows that were written, by either reading, whatever stands between them', async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        'x',
        '0',
        'a b',
        'say "hi"',
        ',',
        ';',
        'q"',
        '"',
        '""',
        "it's",
        ' lead',
        'line\nbreak',
        'č',
        '📺',
        'NULL',
        '\t',
      ),
      fc.string({ maxLength: 6 }).map((s) => s.replace(/[\0\r]/g, '')),
    );
    const record = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.tuple(fc.constant('row' as const), fc.array(cell, { minLength: 3, maxLength: 3 })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constant('short' as const), fc.array(cell, { minLength: 2, maxLength: 2 })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constant('long' as const), fc.array(cell, { minLength: 4, maxLength: 6 })),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant('blank' as const), fc.constant([] as string[])) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('spaces' as const), fc.constant([] as string[])) },
    );
    const file = path('.csv');
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 25 }),
        fc.constantFrom(',', ';', '\t', '|', '^'),
        fc.constantFrom('"', "'"),
        fc.constantFrom('\n' as const, '\r\n' as const),
        fc.boolean(),
        fc.boolean(),
        async (records, delimiter, quote, newline, lastEnds, quoteAll) => {
          const put = (v: string): string =>
            quoteAll || v.includes(delimiter) || v.includes(quote) || v.includes('\n') || v.startsWith(' ')
              ? quote + v.replaceAll(quote, quote + quote) + quote
              : v;
          const lines = records.map(([kind, cells]) =>
            kind === 'spaces' ? '  ' : cells.map(put).join(delimiter),
          );
          const text = [['a', 'b', 'c'].join(delimiter), ...lines].join(newline) + (lastEnds ? newline : '');
          await writeFile(file, text);
          const how = { ...base, delimiter, quote, escape: quote, newline };
          const direct = await convert(file, how);
          const careful = await convert(file, how, true);
          const expected = records
            .filter(([kind, cells]) => kind === 'row' && cells.join('') !== 'abc')
            .map(([, cells]) => cells.map((v) => (v === '' ? null : v)));
          assert.deepEqual(
            await rowsOf(direct.output),
            expected,
            `direct (${direct.path}): ${JSON.stringify(text)}`,
          );
          assert.deepEqual(await rowsOf(careful.output), expected, `careful: ${JSON.stringify(text)}`);
          assert.equal(
            direct.rejected,
            records.filter(([kind]) => kind === 'short' || kind === 'long').length,
          );
          assert.deepEqual(await rowsOf(direct.rejectsFile), await rowsOf(careful.rejectsFile));
          assert.deepEqual({ ...direct.other }, { ...careful.other });
          assert.equal(direct.sha256, careful.sha256);
          for (const f of [direct.output, careful.output, direct.rejectsFile, careful.rejectsFile])
            await rm(f, { force: true });
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it('counts every record of a file of broken quotes, zeros and stray line ends', async () => {
    const piece = fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r',
      '\r\n',
      'a',
      '',
      '"x"',
      '\\',
      '\0',
      'é',
      "'",
      '""',
      ',\n',
    );
    const file = path('.csv');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 60 }),
        fc.constantFrom('\n' as const, 'mixed' as const),
        async (pieces, newline) => {
          await writeFile(file, `a,b,c\n${pieces.join('')}`);
          const direct = await convert(file, { ...base, newline });
          const careful = await convert(file, { ...base, newline }, true);
          assert.deepEqual(await rowsOf(direct.output), await rowsOf(careful.output));
          assert.deepEqual(await rowsOf(direct.rejectsFile), await rowsOf(careful.rejectsFile));
          const located = await locateRecords({ file, format: base, records: [1, 2, 3], temporary });
          assert.ok(located.size <= 3);
          for (const f of [direct.output, careful.output, direct.rejectsFile, careful.rejectsFile])
            await rm(f, { force: true });
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  describe('300,000 rows with quoted line ends and ragged rows', () => {
    let file: string;
    let how: CsvFormat;
    before(async () => {
      file = path('.csv');
      await writeFile(file, 'id,name,note,amount\n');
      let lines: string[] = [];
      for (let i = 1; i <= 300_000; i++) {
        lines.push(
          i % 10_007 === 0
            ? `${i},too few\n`
            : i % 20_011 === 0
              ? `${i},one,too,many,\n`
              : i % 11 === 0
                ? `${i},"two\nlines, ""quoted""",n,${i / 4}\n`
                : `${i},name ${i % 97},n,${i / 4}\n`,
        );
        if (lines.length === 50_000) {
          await appendFile(file, lines.join(''));
          lines = [];
        }
      }
      how = await format(file, [['id'], ['name'], ['note'], ['amount']]);
    });

    it('is the same by both readings, byte for byte, and again', async () => {
      const direct = await convert(file, { ...how });
      const again = await convert(file, { ...how });
      const careful = await convert(file, { ...how }, true);
      assert.equal(careful.path, 'careful');
      assert.equal(direct.rejected, 29 + 14);
      assert.equal(direct.rows, 300_000 - 43);
      assert.deepEqual(await rowsOf(direct.rejectsFile), await rowsOf(careful.rejectsFile));
      assert.equal(await sha(direct.output), await sha(again.output));
      assert.equal(await sha(direct.output), await sha(careful.output));
      assert.equal(direct.sha256, await sha(file));
      assert.deepEqual(await readdir(temporary), [], 'nothing is left behind');
    });

    it('takes DuckDB’s reading where nothing but ragged rows is amiss', async () => {
      const text = (await readFile(file, 'utf8')).replaceAll('too,many,\n', 'too,many,fields\n');
      const copy = await write(text);
      const direct = await convert(copy, how);
      assert.equal(direct.path, 'direct');
      const careful = await convert(copy, how, true);
      assert.deepEqual(await rowsOf(direct.rejectsFile), await rowsOf(careful.rejectsFile));
      assert.equal(await sha(direct.output), await sha(careful.output));
    });

    it('finds records again by their number', async () => {
      const located = await locateRecords({
        file,
        format: how,
        records: [10, 11, 299_957, 400_000],
        temporary,
      });
      assert.deepEqual([...located.keys()], [10, 11, 299_957]);
      assert.deepEqual(located.get(10), { line: 11, text: '10,name 10,n,2.5' });
      assert.deepEqual(located.get(11), { line: 12, text: '11,"two\nlines, ""quoted""",n,2.75' });
      const lines = (await readFile(file, 'utf8')).split('\n');
      assert.equal(located.get(299_957)?.line, lines.length - 1, 'the last line of the file');
    });

    it('stops when told to, and leaves nothing behind', async () => {
      for (const careful of [false, true]) {
        const stop = new AbortController();
        const running = convert(file, how, careful, stop.signal);
        setTimeout(() => stop.abort(), 40);
        await assert.rejects(running, (e) => e instanceof PipelineError && e.code === 'CANCELLED');
      }
      assert.deepEqual(await readdir(temporary), []);
      await assert.rejects(
        readCsv({ file, temporary, signal: AbortSignal.abort() }),
        (e) => e instanceof PipelineError && e.code === 'CANCELLED',
      );
    });

    it('shows a page without keeping the rest', async () => {
      const page = await readCsv({ file, temporary, offset: 9, limit: 2 });
      assert.deepEqual(page.rows, [
        ['10', 'name 10', 'n', '2.5'],
        ['11', 'two\nlines, "quoted"', 'n', '2.75'],
      ]);
      assert.equal(page.total, 300_000);
      assert.equal(page.header, true);
    });
  });

  it('rejects a line of 100 MB and keeps the rest', async () => {
    const file = path('.csv');
    await writeFile(file, 'a,b,c\n1,2,3\n4,');
    const block = Buffer.alloc(10_000_000, 'x');
    for (let i = 0; i < 10; i++) await appendFile(file, block);
    await appendFile(file, ',6\n7,8,9\n"open,8,9\n10,11,12\n');
    const got = await convert(file, base);
    assert.deepEqual(await rowsOf(got.output), [
      ['1', '2', '3'],
      ['7', '8', '9'],
      ['10', '11', '12'],
    ]);
    const rejects = await rowsOf(got.rejectsFile);
    assert.deepEqual(
      rejects.map((r) => [r[3], r[4]]),
      [
        [3, 'LINE_TOO_LONG'],
        [5, 'BAD_QUOTES'],
      ],
    );
    assert.equal((rejects[0]?.[8] as string).length, 1000);
    const located = await locateRecords({ file, format: base, records: [2, 3], temporary });
    assert.deepEqual(
      [...located.values()].map((l) => l.line),
      [4, 6],
    );
  });

  it('writes rejects with everything needed to replay them', async () => {
    const got = await convert(await write('a,b,c\n1,2\n1,2,3\n'), base);
    const table = await connection.table(`SELECT * FROM read_parquet(${quoteLiteral(got.rejectsFile)})`);
    assert.deepEqual(
      table.columns.map((c) => `${c.name} ${c.type}`),
      [
        '_brand VARCHAR',
        '_source_file VARCHAR',
        '_source_row BIGINT',
        'line BIGINT',
        'code VARCHAR',
        'columns VARCHAR[]',
        'rules VARCHAR[]',
        'reason VARCHAR',
        'record VARCHAR',
      ],
    );
    assert.deepEqual(table.rows, [
      [
        'Skylink',
        'landing/file.csv',
        null,
        2,
        'TOO_FEW_FIELDS',
        [],
        [],
        'The record has 2 of 3 fields.',
        '1,2',
      ],
    ]);
    const clean = await convert(await write('a,b,c\n1,2,3\n'), base);
    assert.equal(existsSync(clean.rejectsFile), false);
  });

  it('decides the encoding by bytes beyond the sample', async () => {
    const head = 'id,name,note\n' + '1,abcdefgh,ijklmnop\n'.repeat(17_000);
    const czech = '2,Přehrávač,žluťoučký kůň\n'.repeat(10);
    const file = await write(
      Buffer.concat([
        Buffer.from(head),
        iconv.encode(czech, 'windows-1250'),
        Buffer.from('3,a,b\n'.repeat(20_000)),
      ]),
    );
    const how = await format(file, [['id'], ['name'], ['note']]);
    assert.equal(how.encoding, 'utf-8');
    const got = await convert(file, how);
    assert.equal(got.format.encoding, 'windows-1250');
    assert.equal(got.rejected, 0);
    const rows = await connection.rows(
      `SELECT count(*) AS n FROM read_parquet(${quoteLiteral(got.output)}) WHERE name = 'Přehrávač' AND note = 'žluťoučký kůň'`,
    );
    assert.equal(rows[0]?.['n'], 10);
  });

  it('rejects rows, not the file, where a value stands behind the trailing delimiter', async () => {
    const text = 'id,name,note,\n' + '1,x,y,\n'.repeat(60_000) + '2,x,y,lost\n3,x,y\n4,x,y,\n';
    const file = await write(text);
    const how = await format(file, [['id'], ['name'], ['note']]);
    assert.equal(how.trailingDelimiter, true);
    for (const careful of [false, true]) {
      const got = await convert(file, how, careful);
      assert.equal(got.rows, 60_001);
      assert.deepEqual(
        (await rowsOf(got.rejectsFile)).map((r) => [r[3], r[4]]),
        [
          [60_002, 'TOO_MANY_FIELDS'],
          [60_003, 'TOO_FEW_FIELDS'],
        ],
      );
    }
  });

  it('says what is wrong with a path', async () => {
    await assert.rejects(
      decideFormat(join(folder, 'missing.csv'), { temporary }),
      (e) => e instanceof PipelineError && e.code === 'NOT_FOUND',
    );
    await assert.rejects(
      decideFormat(folder, { temporary }),
      (e) => e instanceof PipelineError && e.code === 'FILE_UNREADABLE',
    );
    await assert.rejects(
      convert(join(folder, 'missing.csv'), base),
      (e) => e instanceof PipelineError && e.code === 'NOT_FOUND',
    );
    await assert.rejects(
      readCsv({ file: await write('%PDF-1.4\n'), temporary }),
      (e) => e instanceof PipelineError && e.code === 'NOT_CSV',
    );
    assert.deepEqual(await readCsv({ file: await write(''), temporary }), {
      header: false,
      columns: [],
      rows: [],
      total: 0,
      format: null,
    });
  });

  describe('a file glued behind another one', () => {
    const known = [['id', 'Identifier'], ['note', 'Remark'], ['extra']];
    const glued = (second: string): string =>
      `id;note\n${Array.from({ length: 40 }, (_, i) => `key${i};text ${i}\n`).join('')}${second}\nkeyX;text X\n`;
    for (const careful of [false, true]) {
      const by = careful ? 'the careful reading' : 'either reading';
      for (const second of ['id;note', 'Identifier;Remark', 'identifier;note', 'ID;REMARK'])
        it(`has "${second}" as its header, not as a row, by ${by}`, async () => {
          const file = await write(glued(second));
          const result = await convert(file, await format(file, known), careful);
          assert.deepEqual([result.rows, result.rejected, result.other.header], [41, 0, 2]);
        });
      for (const second of ['Remark;Identifier', 'note;id'])
        it(`is refused where "${second}" has its columns in another order, by ${by}`, async () => {
          const file = await write(glued(second));
          const conversion = await convertCsv({
            file,
            format: await format(file, known),
            connection,
            output: path('.parquet'),
            rejects: path('.rejects.parquet'),
            temporary,
            brand: 'A',
            sourceFile: 'glued.csv',
            careful,
          });
          assert.equal(conversion.kind, 'rejected');
          assert.equal(conversion.code, 'HEADER_MISMATCH');
        });
    }

    it('keeps a row that has one of the names', async () => {
      const file = await write(glued('Identifier;text'));
      const result = await convert(file, await format(file, known));
      assert.deepEqual([result.rows, result.rejected], [42, 0]);
    });
  });
});
