// A file that was cut off on its way is told: its last record is short, and no line end follows.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { convertCsv, decideFormat } from '../../../src/engine/csv';
import { openDatabase } from '../../../src/engine/base';
import { DATE, runDay, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

const HEAD = 'device_id,model,price\n';
const ROWS = Array.from({ length: 40 }, (_, i) => `S${i},Model ${i},${i}.50\n`).join('');
const ACCENTED = Array.from({ length: 40 }, (_, i) => `S${i},Příliš žluťoučký kůň ${i},${i}.50\n`).join('');

describe('a file that ends too early', () => {
  const folder = useFolder();

  async function doubts(
    content: string | Buffer,
    { name = 'file.csv', careful = false } = {},
  ): Promise<readonly string[]> {
    const file = join(folder(), name);
    writeFileSync(file, content);
    const decision = await decideFormat(file, {
      knownColumns: [['device_id'], ['model'], ['price']],
      temporary: folder(),
    });
    assert.ok(decision.kind === 'csv', JSON.stringify(decision));
    const database = await openDatabase({ temporary: folder(), folders: [folder()] });
    try {
      const connection = await database.connect();
      const converted = await convertCsv({
        ...{ file, format: decision.format, connection, temporary: folder(), brand: 'B', sourceFile: name },
        output: join(folder(), 'out.parquet'),
        rejects: join(folder(), 'rejects.parquet'),
        ...(careful ? { careful } : {}),
      });
      assert.ok(converted.kind === 'converted', JSON.stringify(converted));
      return (converted.format.doubts ?? []).flatMap(({ choice, message }) =>
        choice === 'end' ? [message] : [],
      );
    } finally {
      database.close();
    }
  }

  const cut = `${HEAD}${ROWS}S40,Mod`;
  it('is told, however it is read and packed', async () => {
    for (const careful of [false, true]) {
      const [message, ...more] = await doubts(cut, { careful });
      assert.match(
        message ?? '',
        /^It ends within a record \(line 42: The record has 2 of 3 fields\) and without/,
      );
      assert.deepEqual(more, []);
      assert.equal((await doubts(cut.replaceAll('\n', '\r\n'), { careful })).length, 1, 'CRLF');
      assert.equal((await doubts(gzipSync(cut), { name: 'file.csv.gz', careful })).length, 1, 'gzip');
      assert.equal((await doubts(`\ufeff${cut}`, { careful })).length, 1, 'BOM');
      const latin = iconv.encode(`${HEAD}${ACCENTED}S40,Příl`, 'windows-1250');
      assert.equal((await doubts(latin, { careful })).length, 1, 'another encoding');
      assert.equal((await doubts(`${HEAD}${ROWS}S40,"Mod`, { careful })).length, 1, 'within a quote');
    }
  });

  it('is told within a character', async () => {
    const bytes = Buffer.from(`${HEAD}${ACCENTED}S40,Př`);
    assert.equal((await doubts(bytes.subarray(0, -1))).length, 1);
  });

  it('is none where the last record is whole, or a line end follows', async () => {
    for (const careful of [false, true])
      for (const text of [
        `${HEAD}${ROWS}S40,Model,1`,
        `${HEAD}${ROWS}S40,Mod\n`,
        `${HEAD}${ROWS}S40,Mod\nS41,Model,1`,
        // The rejected record stands further up; the file ends with the same text.
        `${HEAD}S40,Mod\n${ROWS}S41,x,S40,Mod\n`,
        `${HEAD}x,1\n${ROWS}S41,x,1`,
        `${HEAD}${ROWS}\n\n`,
      ])
        assert.deepEqual(await doubts(text, { careful }), [], JSON.stringify(text.slice(-30)));
  });

  it('makes the table warn, and stands in its report', async () => {
    const day = smallDay();
    const name = `Skylink_Device_${DATE}.csv`;
    writeDay(folder(), { ...day, files: { ...day.files, [name]: cut } });
    const { result } = await runDay(folder());
    const report = result.reports.find(({ table }) => table === 'Device');
    assert.equal(report?.status, 'warned');
    const finding = report.findings.find(({ id }) => id.startsWith('format.end.'));
    assert.match(finding?.message ?? '', new RegExp(`^${name}: It ends within a record .* it looks cut off`));
  });
});
