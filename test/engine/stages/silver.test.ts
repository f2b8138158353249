// raw-to-silver on real Parquet files: mapping, order of work, rejects, conservation, hostile input.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { PipelineError } from '../../../src/engine/model/errors';
import type { Column, Table } from '../../../src/engine/model';
import { rawToSilver } from '../../../src/engine/stages/rawToSilver';
import { brand, column, config, table } from '../../support/model';
import { DATE, openWorkspace, toSilver, type Workspace } from './silverGold.fixture';

const BRANDS = [brand('A', { timezone: 'Europe/Amsterdam' }), brand('B')];
const id = column('id', 'BIGINT', { required: true, onError: 'reject' });

function playback(columns: readonly Column[], more: Partial<Table> = {}) {
  return config(BRANDS, [table('Playback', columns, { nullValues: ['', 'NULL', '\\N'], ...more })]);
}

describe('raw-to-silver', () => {
  let w: Workspace;
  before(async () => (w = await openWorkspace()));
  after(() => w.close());

  it('types, maps headers and keeps lineage', async () => {
    const cfg = playback([
      column('playback_id', 'VARCHAR', { source: ['ID'], required: true }),
      column('n', 'BIGINT'),
      column('device_type', 'VARCHAR', { transform: 'upper(trim(device_type))', map: { SETTOP: 'STB' } }),
      column('twice', 'DOUBLE', { derived: 'n * 2.0' }),
    ]);
    const raw = await w.raw(
      'Playback',
      'A',
      ['Device Type', 'id', 'N', 'Other'],
      [
        [' settop', 'p1', '12', 'x'],
        ['phone', 'p2', 'abc', null],
        [null, null, '7', 'y'],
      ],
    );
    const manifest = await w.silver(cfg, 'Playback', 'A', [raw]);
    const lineage = { _brand: 'A', _source_file: 'A_Playback.csv' };
    assert.deepEqual(await w.read(manifest.output.path), [
      { playback_id: 'p1', n: 12, device_type: 'STB', twice: 24, Other: 'x', ...lineage, _source_row: 1 },
      {
        playback_id: 'p2',
        n: null,
        device_type: 'PHONE',
        twice: null,
        Other: null,
        ...lineage,
        _source_row: 2,
      },
    ]);
    assert.deepEqual(manifest.conversions, [
      {
        column: 'n',
        brand: 'A',
        failed: 1,
        // With the one of the row that was rejected.
        values: 3,
        on_error: 'null',
        samples: [{ values: { n: 'abc' }, file: 'A_Playback.csv', row: 2 }],
      },
    ]);
    assert.deepEqual(await w.read(manifest.rejects?.path ?? ''), [
      {
        ...lineage,
        _source_row: 3,
        line: null,
        code: 'REQUIRED_MISSING',
        columns: ['playback_id'],
        rules: null,
        reason: 'playback_id: the value is required and missing',
        record: '{"Device Type":null,"id":null,"N":"7","Other":"y"}',
      },
    ]);
    assert.deepEqual(manifest.edges, [
      { from: 'raw', to: 'silver', brand: 'A', in: 3, out: 2, rejected: 1, duplicates: 0, balanced: true },
    ]);
  });

  it('works in order: null values, transform, map, conversion, default, required, derived', async () => {
    const cfg = playback([
      column('a', 'VARCHAR'),
      column('b', 'BIGINT', { transform: "coalesce(a, 'none')", map: { none: '-1', x: 'y' }, default: 9 }),
      column('c', 'BIGINT', { required: true, default: 5 }),
      column('d', 'BIGINT', { derived: 'b + c' }),
    ]);
    const raw = await w.raw(
      'Playback',
      'A',
      ['a', 'c'],
      [
        ['NULL', '1'],
        ['7', null],
        ['x', '\\N'],
      ],
    );
    const { output, conversions } = await w.silver(cfg, 'Playback', 'A', [raw]);
    const rows = (await w.read(output.path)).map((r) => [r['a'], r['b'], r['c'], r['d']]);
    assert.deepEqual(rows, [
      [null, -1, 1, 0],
      ['7', 7, 5, 12],
      ['x', 9, 5, 14],
    ]);
    // The text that failed is the one after the map.
    assert.deepEqual(
      conversions?.map((c) => [c.column, c.failed, c.samples[0]?.values]),
      [['b', 1, { b: 'y' }]],
    );
  });

  it('tells everything that is wrong with a rejected row', async () => {
    const cfg = playback([
      id,
      column('started_at', 'TIMESTAMP', {
        formats: ['%d/%m/%Y', '%Y-%m-%d'],
        required: true,
        onError: 'reject',
      }),
      column('n', 'BIGINT'),
      column('s', 'BIGINT', { onError: 'reject', sensitive: true }),
    ]);
    const raw = await w.raw(
      'Playback',
      'A',
      ['id', 'started_at', 'n', 's'],
      [
        ['1', '31/02/2024', '1,5', '1'],
        ['2', '01/03/2024', 'x', '2'],
        [null, '01/03/2024', '3', 'secret'],
        ['4', '2024-03-04', '4', '4'],
      ],
    );
    const manifest = await w.silver(cfg, 'Playback', 'A', [raw]);
    const rejects = await w.read(manifest.rejects?.path ?? '', '_source_row, code, columns, reason');
    assert.deepEqual(rejects, [
      {
        _source_row: 1,
        code: 'CONVERSION_FAILED',
        columns: ['started_at', 'n'],
        reason:
          'started_at: "31/02/2024" is not a TIMESTAMP (formats %d/%m/%Y, %Y-%m-%d); n: "1,5" is not a BIGINT',
      },
      {
        _source_row: 3,
        code: 'REQUIRED_MISSING',
        columns: ['id', 's'],
        reason: 'id: the value is required and missing; s: the value is not a BIGINT',
      },
    ]);
    assert.deepEqual(
      manifest.conversions?.map((c) => [
        c.column,
        c.failed,
        c.on_error,
        c.samples.map((s) => [s.row, s.values]),
      ]),
      [
        ['started_at', 1, 'reject', [[1, { started_at: '31/02/2024' }]]],
        [
          'n',
          2,
          'null',
          [
            [1, { n: '1,5' }],
            [2, { n: 'x' }],
          ],
        ],
        ['s', 1, 'reject', [[3, { s: '(hidden)' }]]],
      ],
    );
  });

  it('counts failures among NULLs, blanks, null values, defaults and several parts', async () => {
    const cfg = playback([
      id,
      column('n', 'BIGINT'),
      column('m', 'BIGINT', { default: 0 }),
      column('t', 'TIME'),
    ]);
    const parts = [
      await w.raw(
        'Playback',
        'A',
        ['id', 'n', 'm', 't'],
        [
          ['1', null, 'bad', 'NULL'],
          ['2', '  ', '  ', '12:61'],
          ['x', 'bad', 'NULL', null],
        ],
      ),
      await w.raw(
        'Playback',
        'A',
        ['t', 'ID', 'n'],
        [
          [null, '4', 'bad2'],
          ['10:00', '5', '5'],
        ],
        2,
      ),
    ];
    const manifest = await w.silver(cfg, 'Playback', 'A', parts);
    assert.deepEqual(
      (await w.read(manifest.output.path)).map((r) => [
        r['id'],
        r['n'],
        r['m'],
        r['t'],
        r['_source_file'],
        r['_source_row'],
      ]),
      [
        [1, null, 0, null, 'A_Playback.csv', 1],
        [2, null, 0, null, 'A_Playback.csv', 2],
        [4, null, 0, null, 'A_Playback.2.csv', 1],
        [5, 5, 0, '10:00:00', 'A_Playback.2.csv', 2],
      ],
    );
    assert.deepEqual(
      manifest.conversions?.map((c) => [
        c.column,
        c.failed,
        c.samples.map((s) => Object.values(s.values)[0]),
      ]),
      [
        ['id', 1, ['x']],
        ['n', 2, ['bad', 'bad2']],
        ['m', 1, ['bad']],
        ['t', 1, ['12:61']],
      ],
    );
  });

  it('keeps two parts of one name apart', async () => {
    const cfg = playback([id, column('n', 'BIGINT')]);
    const one = await w.raw(
      'Playback',
      'A',
      ['id', 'n'],
      [
        ['x', '1'],
        ['2', 'bad'],
      ],
    );
    const two = await w.raw(
      'Playback',
      'A',
      ['id', 'n'],
      [
        ['3', '3'],
        ['y', '4'],
      ],
      2,
    );
    const same = { ...two, source: one.source! };
    const manifest = await w.silver(cfg, 'Playback', 'A', [one, same]);
    assert.deepEqual(
      (await w.read(manifest.output.path)).map((r) => [r['id'], r['_source_row']]),
      [
        [2, 2],
        [3, 1],
      ],
    );
    assert.deepEqual(
      (await w.read(manifest.rejects!.path)).map((r) => r['reason']),
      ['id: "x" is not a BIGINT', 'id: "y" is not a BIGINT'],
    );
    assert.deepEqual(
      manifest.conversions?.map((c) => [c.column, c.failed]),
      [
        ['id', 2],
        ['n', 1],
      ],
    );
  });

  it('makes errors of fragments the errors of their rows', async () => {
    const cfg = playback([
      id,
      column('a', 'VARCHAR', { transform: 'CAST(CAST(a AS INTEGER) * 2 AS VARCHAR) -- doubled' }),
      column('b', 'BIGINT', { derived: 'CAST(a AS BIGINT) / (id - 2)', onError: 'reject' }),
      column('c', 'TINYINT', { derived: 'id * 100' }),
    ]);
    const raw = await w.raw(
      'Playback',
      'A',
      ['id', 'a'],
      [
        ['1', '10'],
        ['3', 'ten'],
        ['5', null],
      ],
    );
    const manifest = await w.silver(cfg, 'Playback', 'A', [raw]);
    assert.deepEqual(
      (await w.read(manifest.output.path)).map((r) => [r['id'], r['a'], r['b'], r['c']]),
      [
        [1, '20', -20, 100],
        [3, null, null, null],
        [5, null, null, null],
      ],
    );
    assert.deepEqual(
      manifest.conversions?.map((c) => [c.column, c.failed, c.samples[0]?.values]),
      [
        ['a', 1, { a: null }],
        ['c', 2, { c: '300' }],
      ],
    );
  });

  describe('headers', () => {
    it('match as names of headers do, own name first, then sources in order', async () => {
      const cfg = playback([
        column('user_id', 'VARCHAR', { source: ['customer', 'client'] }),
        column('kind', 'VARCHAR', { source: ['Type', 'Client'] }),
      ]);
      const raw = await w.raw('Playback', 'A', ['Client', 'CUSTOMER', 'Other Thing'], [['c', 'k', 'o']]);
      const { output } = await w.silver(cfg, 'Playback', 'A', [raw]);
      const [row] = await w.read(output.path, "COLUMNS(c -> NOT starts_with(c, '_'))");
      assert.deepEqual(row, { user_id: 'k', kind: 'c', 'Other Thing': 'o' });
    });

    it('prefers the header of exactly the name', async () => {
      const cfg = playback([column('user_id', 'VARCHAR')]);
      const raw = await w.raw('Playback', 'A', ['USERID', 'user_id', 'User Id'], [['1', '2', '3']]);
      const { output } = await w.silver(cfg, 'Playback', 'A', [raw]);
      const [row] = await w.read(output.path);
      assert.deepEqual([row?.['user_id'], row?.['USERID'], row?.['User Id']], ['2', '1', '3']);
    });

    it('demands the header of a required column that its transform needs, not of one made of others', async () => {
      const made = (transform: string) =>
        playback([column('first', 'VARCHAR'), column('name', 'VARCHAR', { required: true, transform })]);
      const raw = await w.raw('Playback', 'A', ['first'], [['x']]);
      const { output } = await w.silver(made("upper(first) || '_names'"), 'Playback', 'A', [raw]);
      assert.equal((await w.read(output.path))[0]?.['name'], 'X_names');
      await assert.rejects(toSilver(w, made('trim("Name")'), 'Playback', 'A', [raw]), {
        code: 'TABLE_FAILED',
      });
    });

    it('keeps extra columns of all parts, under names that are free', async () => {
      const cfg = playback([id, column('sum', 'BIGINT', { derived: 'id + 1' })]);
      const parts = [
        await w.raw(
          'Playback',
          'A',
          ['id', 'SUM', '_Brand', 'Load_Date', 'x y'],
          [['1', 's', 'b', 'l', 'x']],
        ),
        await w.raw('Playback', 'A', ['new', 'X_Y', 'id'], [['n', 'x2', '2']], 2),
      ];
      const { output } = await w.silver(cfg, 'Playback', 'A', parts);
      const { columns, rows } = await w.connection.table(`SELECT * FROM '${w.lake.absolute(output.path)}'`);
      assert.deepEqual(
        columns.map((c) => c.name),
        [
          'id',
          'sum',
          'SUM_2',
          '_Brand_2',
          'Load_Date_2',
          'x y',
          'new',
          '_brand',
          '_source_file',
          '_source_row',
        ],
      );
      assert.deepEqual(rows, [
        [1, 2, 's', 'b', 'l', 'x', null, 'A', 'A_Playback.csv', 1],
        [2, 3, null, null, null, 'x2', 'n', 'A', 'A_Playback.2.csv', 1],
      ]);
    });

    it('drops extra columns or fails the table, as configured', async () => {
      const raw = await w.raw('Playback', 'A', ['id', 'More', 'Yet more'], [['1', 'm', 'y']]);
      const { output } = await w.silver(playback([id], { extraColumns: 'drop' }), 'Playback', 'A', [raw]);
      assert.deepEqual(Object.keys((await w.read(output.path))[0] ?? {}), [
        'id',
        '_brand',
        '_source_file',
        '_source_row',
      ]);
      await assert.rejects(toSilver(w, playback([id], { extraColumns: 'fail' }), 'Playback', 'A', [raw]), {
        code: 'TABLE_FAILED',
        message: 'A_Playback.csv: table Playback does not know the columns "More", "Yet more".',
      });
    });

    it('fails where a required column is missing, naming what was looked for and the nearest header', async () => {
      const cfg = playback([id, column('device_type', 'VARCHAR', { required: true, source: ['devtype'] })]);
      const raw = await w.raw('Playback', 'A', ['id', 'device typ', 'z'], [['1', 'd', 'z']]);
      await assert.rejects(toSilver(w, cfg, 'Playback', 'A', [raw]), (error: PipelineError) => {
        assert.equal(error.code, 'TABLE_FAILED');
        assert.equal(
          error.message,
          'A_Playback.csv lacks the required column device_type (looked for "device_type", "devtype"; the nearest header is "device typ") of table Playback. Its headers are "id", "device typ", "z".',
        );
        assert.equal(error.where?.file, 'config/table_schemas.json');
        return true;
      });
    });

    it('takes hostile names of columns, headers, tables and brands', async () => {
      const evil = `a"; DROP TABLE x; --`;
      const newline = `two\nlines 'and' "quotes"`;
      const cfg = config(
        [brand(`O'Brien "TV"`)],
        [
          table(`T"a'b`, [
            column(evil, 'BIGINT', { required: true, onError: 'reject' }),
            column(newline, 'VARCHAR', { map: { [`it's`]: `"no"` } }),
            column('m7_text_1', 'BIGINT'),
            column('v', 'DOUBLE', { derived: 'm7_text_1 / 2' }),
          ]),
        ],
      );
      const headers = [evil, newline, 'm7_text_1', 'file_row_number', 'position', 'record', 'filename', `$1`];
      const raw = await w.raw(`T"a'b`, `O'Brien "TV"`, headers, [
        ['1', `it's`, '4', 'f', 'p', 'r', 'n', 'd'],
        ['x', 'b', '4', 'f', 'p', 'r', 'n', 'd'],
        ['3', null, 'bad', 'f', 'p', 'r', 'n', 'd'],
      ]);
      const manifest = await w.silver(cfg, `T"a'b`, `O'Brien "TV"`, [raw]);
      const rows = await w.read(manifest.output.path);
      assert.deepEqual(
        rows.map((r) => [r[evil], r[newline], r['v'], r['file_row_number'], r['_brand'], r['_source_row']]),
        [
          [1, '"no"', 2, 'f', `O'Brien "TV"`, 1],
          [3, null, null, 'f', `O'Brien "TV"`, 3],
        ],
      );
      const [reject] = await w.read(manifest.rejects!.path);
      assert.deepEqual(JSON.parse(reject?.['record'] as string)[newline], 'b');
      assert.deepEqual(reject?.['columns'], [evil]);
    });
  });

  describe('limits', () => {
    it('passes files without rows', async () => {
      const cfg = playback([id, column('t', 'TIMESTAMP', { timezone: 'brand' })]);
      const manifest = await w.silver(cfg, 'Playback', 'A', [await w.raw('Playback', 'A', ['id', 't'], [])]);
      assert.equal(manifest.output.rows, 0);
      assert.equal(manifest.rejects, undefined);
      assert.deepEqual(
        manifest.edges.map((e) => [e.in, e.out, e.rejected, e.balanced]),
        [[0, 0, 0, true]],
      );
    });

    it('rejects all rows where none is right, and removes a rejects file that is not needed any more', async () => {
      const bad = await w.raw('Playback', 'A', ['id'], [['x'], [null]]);
      const manifest = await w.silver(playback([id]), 'Playback', 'A', [bad]);
      assert.equal(manifest.output.rows, 0);
      assert.equal(manifest.rejects?.rows, 2);
      const path = w.lake.absolute(manifest.rejects.path);
      assert.ok(existsSync(path));
      const good = await w.raw('Playback', 'A', ['id'], [['1']]);
      assert.equal((await w.silver(playback([id]), 'Playback', 'A', [good])).rejects, undefined);
      assert.ok(!existsSync(path));
    });

    it('fails the table at a value that may not fail', async () => {
      const cfg = playback([id, column('n', 'BIGINT', { onError: 'fail' })]);
      const raw = await w.raw(
        'Playback',
        'A',
        ['id', 'n'],
        [
          ['1', '2'],
          ['2', 'two'],
        ],
      );
      await assert.rejects(toSilver(w, cfg, 'Playback', 'A', [raw]), {
        code: 'TABLE_FAILED',
        message: 'Playback of A: 1 value of n is not of type BIGINT, first in A_Playback.csv, row 2.',
      });
    });

    it('names the raw file that is cut off, is none, is gone or is not the one of its manifest', async () => {
      const cfg = playback([id]);
      const raw = await w.raw('Playback', 'A', ['id'], [['1'], ['2']]);
      const path = w.lake.absolute(raw.output.path);
      const whole = readFileSync(path);
      const named = (code: string) => (error: PipelineError) =>
        error.code === code && error.message.includes('Playback.parquet');
      await assert.rejects(
        toSilver(w, cfg, 'Playback', 'A', [{ ...raw, output: { ...raw.output, rows: 3 } }]),
        named('CONSERVATION'),
      );
      truncateSync(path, whole.length - 20);
      await assert.rejects(toSilver(w, cfg, 'Playback', 'A', [raw]), named('PARQUET_INVALID'));
      writeFileSync(path, 'no parquet');
      await assert.rejects(toSilver(w, cfg, 'Playback', 'A', [raw]), named('PARQUET_INVALID'));
      const broken = Buffer.from(whole);
      broken.fill(0xff, 4, 30);
      writeFileSync(path, broken);
      await assert.rejects(toSilver(w, cfg, 'Playback', 'A', [raw]), named('PARQUET_INVALID'));
    });

    it('is cancelled before and while it runs', async () => {
      const cfg = playback([id]);
      const raw = await w.raw('Playback', 'A', ['id'], `SELECT i::VARCHAR AS id FROM range(3000000) t(i)`);
      await assert.rejects(toSilver(w, cfg, 'Playback', 'A', [raw], AbortSignal.abort()), {
        code: 'CANCELLED',
      });
      const abort = new AbortController();
      const running = toSilver(w, cfg, 'Playback', 'A', [raw], abort.signal);
      setTimeout(() => abort.abort(), 60);
      await assert.rejects(running, { code: 'CANCELLED' });
      assert.equal((await toSilver(w, cfg, 'Playback', 'A', [raw])).rowsOut, 3000000);
    });
  });

  it('writes the same bytes whatever the threads and memory', async () => {
    const cfg = playback([
      id,
      column('ts', 'TIMESTAMP', { timezone: 'brand', required: true }),
      column('v', 'DECIMAL(10,2)'),
      column('name', 'VARCHAR', { transform: 'upper(name)' }),
    ]);
    const rows = `SELECT CASE WHEN i % 1001 = 7 THEN NULL ELSE i::VARCHAR END AS id, strftime(TIMESTAMP '2024-03-31' + to_seconds(i), '%Y-%m-%d %H:%M:%S') AS ts, (i / 7)::DECIMAL(10,2)::VARCHAR AS v, 'n' || i % 1000 AS name FROM range(150000) t(i)`;
    const hashes = new Set<string>();
    for (const options of [
      { threads: 2, memoryLimit: '512MB' },
      { threads: 4, memoryLimit: '4GB' },
      { threads: 3, memoryLimit: '1GB' },
    ]) {
      const other = await openWorkspace(options);
      try {
        const headers = ['id', 'ts', 'v', 'name'];
        const parts = [
          await other.raw('Playback', 'A', headers, rows),
          await other.raw('Playback', 'A', headers, rows, 2),
        ];
        const manifest = await other.silver(cfg, 'Playback', 'A', parts);
        const bytes = [manifest.output.path, manifest.rejects!.path].map((p) =>
          readFileSync(other.lake.absolute(p)),
        );
        hashes.add(createHash('sha256').update(Buffer.concat(bytes)).digest('hex'));
      } finally {
        await other.close();
      }
    }
    assert.equal(hashes.size, 1);
  });

  it('refuses tables and brands that the config does not have', async () => {
    const context = await w.context(playback([id]));
    const input = { date: DATE, raw: [], key: 'k' };
    await assert.rejects(rawToSilver(context, { ...input, brand: 'A', table: 'No' }), { code: 'NOT_FOUND' });
    await assert.rejects(rawToSilver(context, { ...input, brand: 'No', table: 'Playback' }), {
      code: 'NOT_FOUND',
    });
    await assert.rejects(rawToSilver(context, { ...input, brand: 'A', table: 'Playback' }), {
      code: 'NOT_FOUND',
    });
  });
});
