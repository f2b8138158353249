// Files without a first record, with more columns than a table has, or with records that cost DuckDB gigabytes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertCsv, decideFormat } from '../../../src/engine/csv';
import { openDatabase } from '../../../src/engine/base';
import { useFolder } from '../../support/folder';
import { DATE, runDay, writeDay } from '../../support/day';

const HEAD = 'device_id,model\n';
const LINES = Array.from({ length: 50_000 }, (_, i) => `line_${i}`).join('\n');
const wide = (columns: number): string => {
  const row = (cell: (i: number) => string): string =>
    Array.from({ length: columns }, (_, i) => cell(i)).join(',');
  return `${row((i) => (i === 0 ? 'device_id' : `column_${i}`))}\n${row(String)}\n${row(String)}\n`;
};

describe('the limits of a file', function () {
  this.timeout(60_000);
  const folder = useFolder();
  const decided = async (text: string, strict = true): Promise<string> => {
    const file = join(folder(), 'file.csv');
    writeFileSync(file, text);
    const known = strict ? { knownColumns: [['device_id'], ['model']] } : {};
    const decision = await decideFormat(file, { ...known, temporary: folder() });
    return decision.kind === 'rejected' ? `${decision.code}: ${decision.reason}` : decision.kind;
  };

  it('refuse a first record that does not end within 256 KB', async () => {
    for (const text of [
      wide(40_000),
      `device_id,model,${'a'.repeat(300_000)}\n1,b,c\n`,
      `${'a'.repeat(3_000_000)}\n`,
      ','.repeat(300_000),
    ])
      assert.match(
        await decided(text),
        /^LINE_TOO_LONG: Its first record has no end within the first 256 KB/,
      );
  });

  it('are found in steps that grow with the file, whatever its first line is made of', async () => {
    // Most of a minute, which is the limit of this test, where each blank is looked at once for every one before it.
    const ended = await decided(`sep=${' '.repeat(400_000)}x\n${HEAD}1,b\n`);
    assert.match(ended, /^LINE_TOO_LONG/);
  });

  it('refuse a quote over 50,000 lines, at the start and amid the rows', async () => {
    for (const text of [`"${LINES}",model\n2,b\n`, `"${LINES}\n`, `${HEAD}1,"${LINES}"\n2,b\n`])
      assert.match(await decided(text), /^UNKNOWN_COLUMNS: None of the one name/);
  });

  it('let 5,000 columns pass, and no more', async () => {
    assert.equal(await decided(wide(5_000)), 'csv');
    assert.match(await decided(wide(5_001)), /^TOO_MANY_COLUMNS: It has 5001 columns/);
  });

  it('reject a file whose columns DuckDB refuses, in words', async () => {
    const file = join(folder(), 'file.csv');
    writeFileSync(file, 'a,b\n1,2\n');
    const decision = await decideFormat(file, { temporary: folder() });
    assert.ok(decision.kind === 'csv');
    const database = await openDatabase({ folders: [folder()] });
    const connection = await database.connect();
    try {
      const converted = await convertCsv({
        file,
        format: { ...decision.format, columns: ['a', 'a'] },
        connection,
        temporary: folder(),
        brand: 'Skylink',
        sourceFile: 'file.csv',
        output: join(folder(), 'out.parquet'),
        rejects: join(folder(), 'rejects.parquet'),
      });
      assert.ok(converted.kind === 'rejected');
      assert.match(converted.reason, /cannot be made a table of/);
    } finally {
      connection.close();
      database.close();
    }
  });

  it('cost a run the file and nothing else, now and later', async () => {
    const files = {
      [`Wide_Device_${DATE}.csv`]: wide(40_000),
      [`Line_Device_${DATE}.csv`]: 'a'.repeat(600_000),
      // DuckDB alone takes half a minute and 2 GB for the one record.
      [`Row_Device_${DATE}.csv`]: `${HEAD}1,2${',3'.repeat(50_000)}\n2,b\n`,
      [`Good_Device_${DATE}.csv`]: `${HEAD}1,2\n`,
    };
    const brands = { Wide: 'W', Line: 'L', Row: 'R', Good: 'G' };
    const columns = { device_id: { type: 'VARCHAR' }, model: { type: 'VARCHAR' } };
    const tables = { Device: { max_rejected: '100%', columns } };
    writeDay(folder(), { brands, tables, files, settings: 'EXPECTED_TABLES=Device\nMAX_WORKERS=2\n' });
    const before = process.resourceUsage().maxRSS;
    const { result, events } = await runDay(folder());
    const grown = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(grown < 400, `${grown} MB`);
    assert.deepEqual(
      result.steps.filter(({ status }) => status === 'failed').map(({ error }) => error?.message),
      [],
    );
    const finished = events.find((event) => event.event === 'run_finished');
    assert.ok(finished?.event === 'run_finished');
    assert.deepEqual(
      finished.rejected_files?.map(({ brand, error }) => [
        brand,
        error.code,
        /no end within/.test(error.message),
      ]),
      ['Line', 'Wide'].map((brand) => [brand, 'NOT_CSV', true]),
    );
    writeFileSync(join(folder(), 'data/landing', `Good_Device_20241116.csv`), `${HEAD}1,2\n`);
    const later = await runDay(folder(), { selection: { dates: ['20241116'] } });
    assert.deepEqual(
      later.result.steps.map(({ status }) => status).filter((status) => status !== 'done'),
      [],
    );
  });
});
