// Records corrected by hand: exported as they came, handed in once, traced to their own file, nothing edited in place.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyCorrections,
  exportRejects,
  reconcile,
  trace,
  type CorrectionResult,
  type ExportResult,
  type Stage,
} from '../../../src/engine';
import { PipelineError } from '../../../src/engine/model/errors';
import { readReport } from '../../../src/engine/report';
import { takeLock } from '../../../src/engine/lake/lock';
import { csvLine } from '../../../src/engine/upkeep/replay/parts';
import { DATE, open, runDay, smallDay, writeDay, type Day } from '../../support/day';
import { useFolder } from '../../support/folder';
import { differences, snapshot } from '../../support/snapshot';

describe('corrections', () => {
  const folder = useFolder();
  const data = (): string => join(folder(), 'data');
  const sheet = (): string => join(folder(), 'fix.csv');
  const read = (): string => readFileSync(sheet(), 'utf8');
  const write = async (stage: Stage, more: object = {}): Promise<ExportResult> =>
    exportRejects(await open(folder()), { date: DATE, stage, tables: ['Playback'], ...more }, sheet());
  async function fix(stage: Stage): Promise<CorrectionResult> {
    const running = applyCorrections(await open(folder()), { date: DATE, stage }, sheet());
    for (;;) {
      const next = await running.next();
      if (next.done === true) return next.value;
    }
  }
  /** Playbacks without a readable time do not get into silver; the key is one per brand. */
  function strictDay(): Day {
    const day = smallDay();
    return {
      ...day,
      tables: {
        ...day.tables,
        Playback: {
          primary_key: ['playback_id', '_brand'],
          columns: {
            playback_id: { type: 'VARCHAR', required: true },
            device_id: { type: 'VARCHAR' },
            started_at: { type: 'TIMESTAMP', timezone: 'brand', required: true, on_error: 'reject' },
            seconds: { type: 'INTEGER' },
          },
        },
      },
    };
  }
  const HEADER = 'm7_table,m7_brand,m7_file,m7_row,m7_line,m7_code,m7_reason';

  beforeEach(async () => {
    writeDay(folder(), strictDay());
    await runDay(folder());
  });

  it('exports rows as they came in, with which reject each one is', async () => {
    assert.deepEqual(await write('raw-to-silver'), {
      path: sheet(),
      table: 'Playback',
      rows: 2,
      handed_in_before: 0,
      formulas: 0,
    });
    const [header, first, second] = read().split('\n');
    assert.equal(header, `${HEADER},playback_id,device_id,started_at,seconds`);
    assert.match(
      first ?? '',
      /^Playback,Digi,Digi_Playback_20241115\.csv,42,,CONVERSION_FAILED,.*,late,x,not a time,-5$/,
    );
    assert.match(second ?? '', /^Playback,Skylink,Skylink_Playback_20241115\.csv,42,,/);
    assert.equal((await write('raw-to-silver', { brands: ['Skylink'] })).rows, 1);
    assert.equal((await write('raw-to-silver', { where: `code = 'NONE'` })).table, null);
  });

  it('accounts for corrected rows: they are lost no longer', async () => {
    const lost = async (): Promise<readonly string[]> =>
      (readReport(await open(folder()), DATE, 'Playback')?.findings ?? [])
        .filter(({ rule }) => rule === 'rejected' || rule === 'conversion')
        .map(({ id, failing }) => `${id} ${failing}`);
    const lines = ['rejected.raw.Skylink 1', 'rejected.raw.Digi 1'];
    assert.deepEqual(await lost(), [
      ...lines,
      ...['rejected.silver.Skylink 1', 'rejected.silver.Digi 1'],
      ...['conversion.started_at.Skylink 1', 'conversion.started_at.Digi 1'],
    ]);
    await write('raw-to-silver');
    writeFileSync(sheet(), read().replaceAll('not a time', '2024-11-15 12:00:00'));
    await fix('raw-to-silver');
    assert.deepEqual(await lost(), lines);
  });

  it('takes corrected rows in, traced to a file of their own, and no row twice', async () => {
    await write('raw-to-silver');
    const original = readFileSync(join(data(), `raw/${DATE}/Skylink/Playback.csv`));
    // The time is the brand's own, as in its file; the negative length would break the rule.
    writeFileSync(
      sheet(),
      read().replace(/(Skylink.*),late,x,not a time,-5/, '$1,late,"x, corrected",2024-11-15 12:00:00,5'),
    );
    const result = await fix('raw-to-silver');
    assert.deepEqual(
      [result.given, result.unchanged, result.handed_in_before, result.run?.status],
      [2, 1, 0, 'ok'],
    );
    assert.deepEqual(
      result.files.map((f) => [f.brand, f.rows, f.outcome, f.rejected]),
      [['Skylink', 1, 'taken_in', 0]],
    );
    assert.deepEqual(readFileSync(join(data(), `raw/${DATE}/Skylink/Playback.csv`)), original);
    const workspace = await open(folder());
    const found = await trace(workspace, {
      date: DATE,
      table: 'Playback',
      where: `playback_id = 'late'`,
      limit: 5,
    });
    assert.deepEqual(
      found.rows.map((r) => [r.brand, r.file, r.row, r.text]),
      [['Skylink', result.files[0]?.path, 1, 'late,"x, corrected",2024-11-15 12:00:00,5']],
    );
    assert.equal((await reconcile(workspace, { dates: [DATE] })).different, 0);

    const once = await snapshot(data());
    const again = await fix('raw-to-silver');
    assert.deepEqual([again.unchanged, again.handed_in_before, again.files], [1, 1, []]);
    assert.deepEqual(differences(once, await snapshot(data())), []);
    assert.deepEqual(await write('raw-to-silver'), {
      path: sheet(),
      table: 'Playback',
      rows: 1,
      handed_in_before: 1,
      formulas: 0,
    });
  });

  it('replaces a row that broke a rule by its corrected one, where the key is the same', async () => {
    writeDay(folder(), smallDay());
    await runDay(folder());
    assert.equal((await write('gold-to-snowflake')).rows, 2);
    writeFileSync(sheet(), read().replaceAll(',-5', ',50'));
    const result = await fix('gold-to-snowflake');
    assert.deepEqual(
      result.files.map((f) => [f.brand, f.outcome, f.rejected]),
      [
        ['Digi', 'taken_in', 0],
        ['Skylink', 'taken_in', 0],
      ],
    );
    const { tables } = await reconcile(await open(folder()), { dates: [DATE], tables: ['Playback'] });
    assert.deepEqual(
      [tables[0]?.verdict, tables[0]?.gold, tables[0]?.warehouse?.rows],
      ['same', { rows: 82, accepted: 82 }, 82],
    );
    assert.equal((await write('gold-to-snowflake')).rows, 0);
  });

  it('takes lines that never were rows, in the dialect of their file', async () => {
    assert.equal((await write('landing-to-raw')).rows, 2);
    assert.match(read(), new RegExp(`^${HEADER},m7_record\n.*TOO_FEW_FIELDS.*"too,few"`));
    writeFileSync(sheet(), read().replaceAll('"too,few"', '"enough,d,2024-11-15 12:00:00,7"'));
    const result = await fix('landing-to-raw');
    assert.deepEqual(
      result.files.map((f) => [f.rows, f.outcome, f.rejected]),
      [
        [1, 'taken_in', 0],
        [1, 'taken_in', 0],
      ],
    );
    assert.deepEqual((await fix('landing-to-raw')).files, []);
  });

  it('reads what a spreadsheet makes of it: semicolons, a mark of order, CRLF, quotes', async () => {
    await write('raw-to-silver');
    const rows = read()
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/"([^"]|"")*"/, 'reason'))
      .map((line) =>
        line
          .split(',')
          .map((cell) => `"${cell}"`)
          .join(';'),
      );
    writeFileSync(
      sheet(),
      `\ufeff${rows.join('\r\n').replaceAll('not a time', '2024-11-15 12:00:00').replaceAll('"-5"', '"5"')}\r\n`,
    );
    const result = await fix('raw-to-silver');
    assert.deepEqual(
      result.files.map((f) => [f.outcome, f.rejected]),
      [
        ['taken_in', 0],
        ['taken_in', 0],
      ],
    );
  });

  it('goes on where it was killed: noted and not delivered, delivered and not run', async () => {
    await write('raw-to-silver', { brands: ['Skylink'] });
    writeFileSync(sheet(), read().replace('not a time,-5', '2024-11-15 12:00:00,5'));
    const untouched = await snapshot(data());
    const lock = await takeLock(join(data(), '.state'));
    await assert.rejects(fix('raw-to-silver'), (e) => e instanceof PipelineError && e.code === 'LOCKED');
    await lock.release();
    assert.deepEqual(differences(untouched, await snapshot(data())), []);

    // Left after the file was written: nobody has run it.
    const running = applyCorrections(await open(folder()), { date: DATE, stage: 'raw-to-silver' }, sheet());
    await running.next();
    await running.return(undefined as never);
    const [name = ''] = readdirSync(join(data(), 'landing/replay'));
    const path = join(data(), 'landing/replay', name, `Skylink_Playback_${DATE}.csv`);
    assert.equal(existsSync(path), true);
    // The note alone, as after a kill between it and the file.
    rmSync(join(data(), 'landing/replay'), { recursive: true });
    const result = await fix('raw-to-silver');
    assert.deepEqual(
      result.files.map((f) => [f.path, f.outcome]),
      [[`replay/${name}/Skylink_Playback_${DATE}.csv`, 'taken_in']],
    );
    const raw = (await open(folder())).lake.parts(DATE, 'Skylink', 'Playback');
    assert.deepEqual(
      raw.map((m) => m.output.rows),
      [42, 1],
    );
  });

  it('takes what waits in landing since a run did not come to it', async () => {
    await write('raw-to-silver', { brands: ['Skylink'] });
    writeFileSync(sheet(), read().replace('not a time,-5', '2024-11-15 12:00:00,5'));
    const running = applyCorrections(await open(folder()), { date: DATE, stage: 'raw-to-silver' }, sheet());
    await running.next();
    await running.return(undefined as never);
    const result = await fix('raw-to-silver');
    assert.deepEqual([result.handed_in_before, result.files, result.run?.status], [1, [], 'ok']);
    assert.equal((await open(folder())).lake.parts(DATE, 'Skylink', 'Playback').length, 2);
  });

  describe('refuses, and changes nothing:', () => {
    const wrong: readonly (readonly [string, (text: string) => string | Buffer, RegExp])[] = [
      ['a file that is not ours', () => 'a,b\n1,2\n', /does not begin with the column m7_table/],
      ['an empty file', () => '', /does not begin/],
      ['another encoding', (text) => Buffer.from(text.replace('late', 'sp\u00e4t'), 'latin1'), /not UTF-8/],
      ['a column less', (text) => text.replaceAll(',m7_row', ''), /lacks the column m7_row|cannot be read/],
      [
        'a renamed column of the record',
        (text) => text.replace(',seconds', ',secs'),
        /lacks the column seconds/,
      ],
      ['a column twice', (text) => text.replace(',seconds', ',device_id'), /two columns device_id/],
      [
        'a row that was not rejected',
        (text) => text.replaceAll('.csv,42,', '.csv,3,'),
        /is not among the rejects/,
      ],
      [
        'a row that is no number',
        (text) => text.replace('.csv,42,', '.csv,4.2E1,'),
        /has "4\.2E1" for m7_row/,
      ],
      [
        'another brand',
        (text) => text.replaceAll('Playback,Digi,', 'Playback,Skylink,'),
        /is not among the rejects/,
      ],
      ['a record twice', (text) => `${text}${text.split('\n')[1] ?? ''}\n`, /are the same reject/],
      ['a value too many', (text) => text.replace('not a time,-5', 'not a time,-5,7'), /cannot be read/],
      [
        'a table that is none',
        (text) => text.replaceAll(/^Playback,/gm, 'Playbac,'),
        /is not among the rejects/,
      ],
    ];
    for (const [name, spoil, says] of wrong)
      it(name, async () => {
        await write('raw-to-silver');
        writeFileSync(sheet(), spoil(read()));
        const before = await snapshot(data());
        await assert.rejects(
          fix('raw-to-silver'),
          (e) => e instanceof PipelineError && e.code === 'USAGE' && says.test(e.message) && e.remedy !== '',
        );
        assert.deepEqual(differences(before, await snapshot(data())), []);
      });

    it('a file that is not there, and an export where none can be written', async () => {
      await assert.rejects(fix('raw-to-silver'), (e) => e instanceof PipelineError && e.code === 'NOT_FOUND');
      const workspace = await open(folder());
      const chosen = { date: DATE, stage: 'raw-to-silver' as const };
      await assert.rejects(
        exportRejects(workspace, chosen, join(folder(), 'no/such/folder/x.csv')),
        (e) => e instanceof PipelineError && e.code === 'NOT_FOUND',
      );
    });
  });

  it('writes records that any reader of CSV takes apart again', () => {
    assert.equal(csvLine(['a', null, 'b,c', 'd"e', 'f\ng', ' h']), 'a,,"b,c","d""e","f\ng"," h"');
    assert.equal(csvLine(['a;b', 'c,d'], ';', "'"), "'a;b';c,d");
  });
});
