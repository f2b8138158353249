// A header means its column however the file writes it: from landing into the warehouse, and while config is written.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkWorkspace, openWorkspace } from '../../../src/engine';
import { openDatabase, quotePath } from '../../../src/engine/base/duckdb';
import { silverKey } from '../../../src/engine/stages/outputKeys';
import { DATE, runDay, writeDay, type Day } from '../../support/day';

const day = (header: string, columns: readonly string[]): Day => ({
  brands: { A: 'AAA' },
  tables: { T: { columns: Object.fromEntries(columns.map((name) => [name, { type: 'INTEGER' }])) } },
  files: { [`A_T_${DATE}.csv`]: `${header}\n1,10\n` },
});

describe('headers of files', () => {
  const folders: string[] = [];
  const write = (content: Day): string => {
    const folder = mkdtempSync(join(tmpdir(), 'm7-headers-'));
    folders.push(folder);
    writeDay(folder, content);
    return folder;
  };
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  const WRITTEN: readonly (readonly [string, string])[] = [
    ['decomposed accents', `id,${'příjem'.normalize('NFD')}`],
    ['a zero-width space', 'id,pří\u200bjem'],
    ['a soft hyphen', 'id,pří\u00adjem'],
    ['a no-break space', 'id,příjem\u00a0'],
    ['a hyphen', 'id,pří-jem'],
    ['upper case', 'ID,PŘÍJEM'],
    ['a second byte order mark', '\ufeff\ufeffid,příjem'],
  ];
  for (const [what, header] of WRITTEN)
    it(`with ${what} give the column its values`, async () => {
      const folder = write(day(header, ['id', 'příjem']));
      const { result } = await runDay(folder);
      assert.equal(result.status, 'ok');
      const database = await openDatabase({ folders: [folder] });
      const connection = await database.connect();
      const { columns, rows } = await connection.table(
        `SELECT * FROM read_parquet(${quotePath(join(folder, `data/silver/${DATE}/A/T.parquet`))})`,
      );
      connection.close();
      database.close();
      assert.deepEqual(
        columns.map((c) => c.name),
        ['id', 'příjem', '_brand', '_source_file', '_source_row'],
      );
      assert.deepEqual(
        rows.map((row) => row.slice(0, 2)),
        [[1, 10]],
      );
    });

  it('that the first comparison did not find are read again, and no others', async () => {
    const { config } = await openWorkspace({
      directory: write(day('id,x', ['id', 'příjem'])),
      environment: { SETTLE: '0' },
    });
    const [table] = config.tables;
    assert.ok(table);
    const key = (...columns: readonly string[]): string =>
      silverKey([{ key: 'k', source: { file: 'f', format: { columns } } }], config, table, 'A');
    assert.equal(key('id', 'příjem'), key());
    assert.equal(key('ID', 'PŘÍJEM', 'E-Mail'), key());
    assert.notEqual(key('id', 'příjem'.normalize('NFD')), key());
    assert.notEqual(key('id', 'pří-jem'), key());
  });

  it('that only today’s comparison finds leave nothing to do for the next run, plain ones too', async () => {
    const content = day('id,userid', ['id']);
    const columns = { id: { type: 'INTEGER' }, user: { type: 'INTEGER', source: ['user-id'] } };
    const folder = write({ ...content, tables: { T: { columns } } });
    const first = await runDay(folder);
    assert.equal(first.result.status, 'ok');
    assert.ok(first.result.steps.length > 0);
    for (const again of [await runDay(folder), await runDay(folder)])
      assert.deepEqual(
        again.result.steps.filter(({ status }) => status !== 'skipped').map(({ stage }) => stage),
        [],
      );
  });

  for (const other of ['user-id', 'user\u00a0id', 'user\u200b_id', 'User ID'])
    it(`that mean two columns are an error of the config: user_id and ${JSON.stringify(other)}`, async () => {
      const folder = write(day('user_id,x', ['user_id', other]));
      const { problems } = await checkWorkspace({ directory: folder, environment: { SETTLE: '0' } });
      assert.deepEqual(
        problems.filter((p) => p.severity === 'error').map((p) => [p.message, p.remedy]),
        [
          [
            `The header ${JSON.stringify(other)} means both column "user_id" and column ${JSON.stringify(other)}.`,
            'Let one column claim it; headers are compared without case, blanks, hyphens, underscores and invisible characters.',
          ],
        ],
      );
    });
});
