// Runs every folder of test/cases/csv: a hostile file, what is known of its table, and the exact rows and rejects.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCsv, decideFormat, locateRecords } from '../../../src/engine/csv';
import type { Converted } from '../../../src/engine/csv/format';
import { openDatabase, quoteLiteral, type Connection, type Database } from '../../../src/engine/base/duckdb';

interface Expected {
  /** "csv", "empty" or the code of the rejection. */
  readonly decision: string;
  readonly format?: Record<string, unknown>;
  readonly columns?: string[];
  readonly rows?: (string | null)[][];
  /** Line and code of each reject. */
  readonly rejects?: [number, string][];
  readonly other?: Record<string, number>;
  /** Physical line of each row. */
  readonly lines?: number[];
  /** What each doubt is about. */
  readonly doubts?: string[];
}

const root = join(import.meta.dirname, '../../cases/csv');

describe('hostile CSV files', () => {
  let database: Database;
  let connection: Connection;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'm7-cases-'));
    database = await openDatabase({ folders: [folder, root] });
    connection = await database.connect();
  });
  after(async () => {
    connection.close();
    database.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function read(name: string, careful: boolean): Promise<Expected & { path?: string }> {
    const home = join(root, name);
    const files = (await readdir(home)).filter(
      (f) => !['expected.json', 'hints.json', 'README.md'].includes(f),
    );
    assert.equal(files.length, 1, `one input file in ${home}`);
    const file = join(home, files[0]!);
    const hints = existsSync(join(home, 'hints.json'))
      ? JSON.parse(await readFile(join(home, 'hints.json'), 'utf8'))
      : {};
    const decision = await decideFormat(file, { ...hints, temporary: folder });
    if (decision.kind === 'empty') return { decision: 'empty' };
    if (decision.kind === 'rejected') {
      assert.ok(decision.reason.length > 10, 'a reason in words');
      return { decision: decision.code };
    }
    const output = join(folder, `${name}-${careful}.parquet`);
    const rejects = join(folder, `${name}-${careful}.rejects.parquet`);
    const result = await convertCsv({
      file,
      format: decision.format,
      connection,
      output,
      rejects,
      temporary: folder,
      brand: 'Skylink',
      sourceFile: files[0]!,
      careful,
    });
    if (result.kind === 'rejected') return { decision: result.code };
    const table = await connection.table(`SELECT * FROM read_parquet(${quoteLiteral(output)})`);
    assert.ok(table.columns.every((c) => c.type === 'VARCHAR'));
    assert.equal(table.rows.length, result.rows);
    const rejected = existsSync(rejects)
      ? await connection.table(`SELECT line, code FROM read_parquet(${quoteLiteral(rejects)}) ORDER BY line`)
      : { rows: [] };
    assert.equal(rejected.rows.length, result.rejected);
    conserved(result);
    const located = await locateRecords({
      file,
      format: result.format,
      records: table.rows.map((_, i) => i + 1),
      temporary: folder,
    });
    assert.equal(located.size, result.rows);
    return {
      decision: 'csv',
      format: { ...result.format },
      columns: table.columns.map((c) => c.name),
      rows: table.rows as (string | null)[][],
      rejects: rejected.rows as [number, string][],
      other: { ...result.other },
      lines: table.rows.map((_, i) => located.get(i + 1)!.line),
      path: result.path,
      doubts: (result.format.doubts ?? []).map((d) => d.choice),
    };
  }

  function conserved(result: Converted): void {
    const { header, blank, preamble, footer } = result.other;
    assert.equal(result.records, result.rows + result.rejected + header + blank + preamble + footer);
  }

  const cases = readdirSync(root).sort();
  it('are there', () => assert.ok(cases.length >= 150, `${cases.length} folders`));

  for (const name of cases) {
    it(name, async () => {
      const expected = JSON.parse(await readFile(join(root, name, 'expected.json'), 'utf8')) as Expected;
      for (const careful of [false, true]) {
        const got = await read(name, careful);
        assert.equal(got.decision, expected.decision);
        if (got.decision !== 'csv') continue;
        assert.deepEqual(got.columns, expected.columns, 'columns');
        assert.deepEqual(got.rows, expected.rows, `rows, ${careful ? 'careful' : got.path} reading`);
        assert.deepEqual(got.rejects, expected.rejects ?? [], 'rejects');
        if (expected.lines !== undefined) assert.deepEqual(got.lines, expected.lines, 'lines');
        if (expected.doubts !== undefined) assert.deepEqual(got.doubts, expected.doubts, 'doubts');
        for (const [key, value] of Object.entries(expected.other ?? {}))
          assert.equal(got.other?.[key], value, `other.${key}`);
        for (const [key, value] of Object.entries(expected.format ?? {}))
          assert.deepEqual(got.format?.[key], value, `format.${key}`);
      }
    });
  }
});
