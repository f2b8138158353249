// A file whose bytes do not settle its encoding is read by earlier files, in whatever order they come.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { openDatabase, quotePath } from '../../../src/engine/base/duckdb';
import { pageLines, planRun, tracePage, traceLine, type LineTrace } from '../../../src/engine';
import { previewFile } from '../../../src/engine/insight/preview';
import { failures, open, runDay, worked, writeDay, type Day } from '../../support/day';
import { differences, snapshot } from '../../support/snapshot';

const EARLIER = '20241114';
const DATE = '20241115';
const czech = (text: string): Buffer => iconv.encode(text, 'windows-1250');
/** In windows-1252, which its bytes speak for a little, it is "Raftù". */
const CONTESTED = czech('id,name\n1,Raftů\n2,Plain\n');
const SETTLING = czech('id,name\n7,Příliš žluťoučký kůň\n8,Životní příběhy\n');

const DAY: Day = {
  brands: { Skylink: 'SKL' },
  tables: {
    Film: { primary_key: ['id'], columns: { id: { type: 'VARCHAR' }, name: { type: 'VARCHAR' } } },
    Other: { primary_key: ['id'], columns: { id: { type: 'VARCHAR' } } },
  },
  settings: 'EXPECTED_TABLES=Film,Other\nMAX_WORKERS=2\n',
  files: { [`Skylink_Film_${DATE}.csv`]: CONTESTED, [`Skylink_Other_${DATE}.csv`]: 'id\n1\n' },
};

describe('the encoding of a contested file', function () {
  this.timeout(120_000);
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'm7-encoding-'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const workspace = (name: string, files: Day['files'] = {}): string => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeDay(folder, { ...DAY, files: { ...DAY.files, ...files } });
    return folder;
  };
  const gold = async (folder: string): Promise<readonly string[]> => {
    const database = await openDatabase({ folders: [join(folder, 'data')] });
    const connection = await database.connect();
    try {
      const rows = await connection.rows<{ name: string }>(
        `SELECT name FROM read_parquet(${quotePath(join(folder, 'data/gold', DATE, 'Film.parquet'))}) ORDER BY id`,
      );
      return rows.map(({ name }) => name);
    } finally {
      connection.close();
      database.close();
    }
  };
  const due = async (folder: string): Promise<readonly string[]> => {
    const plan = await planRun(await open(folder), { dates: [EARLIER, DATE] });
    return plan.steps.filter((s) => s.action === 'run').map((s) => `${s.date} ${s.stage} ${s.table}`);
  };

  const trace = async (folder: string, date = DATE): Promise<LineTrace> =>
    traceLine(await open(folder), { kind: 'line', path: `Skylink_Film_${date}.csv`, line: 2 });

  it('is told of a line, with what the file left open', async () => {
    const folder = workspace('told', { [`Skylink_Film_${EARLIER}.csv`]: SETTLING });
    const waiting = await trace(folder);
    assert.deepEqual(
      [waiting.outcome, waiting.text, waiting.reading?.encoding, waiting.reading?.doubts.length],
      ['due', '1,Raftù', 'windows-1252', 1],
    );
    await runDay(folder, { selection: { dates: [EARLIER] } });
    // What is to be read by an earlier file is shown so, and so it is read.
    const informed = await trace(folder);
    assert.deepEqual([informed.text, informed.reading?.encoding], ['1,Raftů', 'windows-1250']);
    const path = join(folder, 'data/landing', `Skylink_Film_${DATE}.csv`);
    for (const options of [{}, { sql: 'SELECT * FROM file ORDER BY id' }]) {
      const preview = await previewFile(path, { workspace: folder, limit: 9, offset: 0, ...options });
      for await (const batch of preview.batches()) assert.equal(batch[0]?.[1], 'Raftů');
      await preview.close();
    }
    await runDay(folder, { selection: { dates: [DATE] } });
    assert.deepEqual(await gold(folder), ['Raftů', 'Plain']);
    const read = await trace(folder);
    assert.deepEqual(read.reading, informed.reading);
    const page = pageLines(tracePage(read, (one) => one)).map((pieces) =>
      pieces.map(({ text }) => text).join(''),
    );
    const at = page.findIndex((line) => line.includes('Read as windows-1250'));
    assert.match(page[at] ?? '', /^ +Read as windows-1250 \(\d+ % sure\), delimiter ",", header$/);
    assert.match(page[at + 1] ?? '', /^ +Its encoding is not certain: "Raftů" as windows-1250/);
    const settled = await trace(folder, EARLIER);
    assert.deepEqual([settled.reading?.encoding, settled.reading?.doubts], ['windows-1250', []]);
  });

  it('is decided again when an earlier file settles it: its table alone, and as from scratch', async () => {
    const folder = workspace('late');
    const first = await runDay(folder, { selection: { dates: [DATE] } });
    assert.deepEqual(failures(first), []);
    assert.deepEqual(await gold(folder), ['Raftù', 'Plain']);
    const doubts = first.result.reports.flatMap(({ findings }) =>
      findings.filter(({ rule, config_line }) => rule === 'format' && config_line === 0),
    );
    assert.deepEqual(
      doubts.map(({ status }) => status),
      ['warned'],
    );
    assert.deepEqual(await due(folder), []);
    const [doubt] = (await trace(folder)).reading?.doubts ?? [];
    assert.match(doubt ?? '', /"Raftù" as windows-1252, which was taken; "Raftů" as windows-1250/);

    writeFileSync(join(folder, 'data/landing', `Skylink_Film_${EARLIER}.csv`), SETTLING);
    const second = await runDay(folder, { selection: { dates: [EARLIER, DATE] } });
    assert.deepEqual(failures(second), []);
    assert.deepEqual(
      worked(second).filter((step) => !step.includes('Film')),
      [],
    );
    assert.deepEqual(await gold(folder), ['Raftů', 'Plain']);
    assert.deepEqual(await due(folder), []);

    const scratch = workspace('scratch', { [`Skylink_Film_${EARLIER}.csv`]: SETTLING });
    assert.deepEqual(failures(await runDay(scratch, { selection: { dates: [EARLIER, DATE] } })), []);
    // The warehouse remembers that the date was loaded twice.
    assert.deepEqual(
      differences(await snapshot(join(scratch, 'data')), await snapshot(join(folder, 'data'))).filter(
        (one) => !one.includes('.LOADS:'),
      ),
      [],
    );
  });
});
