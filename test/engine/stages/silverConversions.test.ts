// Conversions of raw-to-silver, type by type: what becomes a value and what, for loss of anything, does not.
import assert from 'node:assert/strict';
import type { Column } from '../../../src/engine/model';
import { brand, column, config, table } from '../../support/model';
import { openWorkspace, type Workspace } from './silverGold.fixture';

const BAD = Symbol('does not convert');
type Case = readonly [text: string, value: unknown];

const SUITES: readonly { readonly of: string; readonly column: Column; readonly cases: readonly Case[] }[] = [
  {
    of: 'BIGINT',
    column: column('c', 'BIGINT'),
    cases: [
      ['12', 12],
      [' 12\t', 12],
      ['+5', 5],
      ['-7', -7],
      ['007', 7],
      ['12.0', 12],
      ['12.', 12],
      ['9223372036854775807', '9223372036854775807'],
      ['9223372036854775808', BAD],
      ['1.6', BAD],
      ['1e3', BAD],
      ['1_000', BAD],
      ['1,000', BAD],
      ['0x10', BAD],
      ['--5', BAD],
      ['5a', BAD],
      ['5\u00a0', BAD],
      ['١٢', BAD],
    ],
  },
  {
    of: 'TINYINT',
    column: column('c', 'TINYINT'),
    cases: [
      ['127', 127],
      ['128', BAD],
      ['-128', -128],
    ],
  },
  {
    of: 'UINTEGER',
    column: column('c', 'UINTEGER'),
    cases: [
      ['0', 0],
      ['-1', BAD],
    ],
  },
  {
    of: 'DOUBLE',
    column: column('c', 'DOUBLE'),
    cases: [
      ['1.5', 1.5],
      [' 1e3 ', 1000],
      ['.5', 0.5],
      ['NaN', BAD],
      ['Infinity', BAD],
      ['-inf', BAD],
      ['1e999', BAD],
      ['1e-400', BAD],
      ['0e-400', 0],
      ['-0.0', -0],
      ['1,5', BAD],
      ['1_0.5', BAD],
      ['+-5', BAD],
      ['0x1p3', BAD],
      ['0.0e-5', 0],
      ['0000', 0],
    ],
  },
  {
    of: 'DECIMAL(10,2)',
    column: column('c', 'DECIMAL(10,2)'),
    cases: [
      ['12.50', '12.50'],
      ['12.5', '12.50'],
      ['12', '12.00'],
      ['12.500000', '12.50'],
      ['-.5', '-0.50'],
      ['12.505', BAD],
      ['.505', BAD],
      ['.5000', '0.50'],
      ['.', BAD],
      ['1e-3', BAD],
      ['123456789.00', BAD],
      ['99999999.99', '99999999.99'],
      ['1_0.5', BAD],
    ],
  },
  {
    of: 'DECIMAL(5)',
    column: column('c', 'DECIMAL(5,0)'),
    cases: [
      ['12', '12'],
      ['12.0', '12'],
      ['.0', '0'],
      ['12.4', BAD],
      ['.4', BAD],
    ],
  },
  {
    of: 'DECIMAL(10,2) with decimal ","',
    column: column('c', 'DECIMAL(10,2)', { decimal: ',' }),
    cases: [
      ['1,5', '1.50'],
      ['1.234', BAD],
      ['1.5', BAD],
      ['1.234,50', BAD],
    ],
  },
  {
    of: 'DOUBLE with decimal "," and thousands "."',
    column: column('c', 'DOUBLE', { decimal: ',', thousands: '.' }),
    cases: [
      ['1.234', 1234],
      ['1.234.567,5', 1234567.5],
      ['1234,5', 1234.5],
      ['1.23', BAD],
      ['12.34.567', BAD],
      ['.234', BAD],
      ['1e999', BAD],
      ['0,5e-400', BAD],
    ],
  },
  {
    of: 'BIGINT with thousands " "',
    column: column('c', 'BIGINT', { thousands: ' ' }),
    cases: [
      ['12 345', 12345],
      [' 12 ', 12],
      ['1 2', BAD],
    ],
  },
  {
    of: 'BOOLEAN',
    column: column('c', 'BOOLEAN'),
    cases: [
      ['true', true],
      [' FALSE ', false],
      ['1', true],
      ['0', false],
      ['Y', true],
      ['2', BAD],
      ['maybe', BAD],
    ],
  },
  {
    of: 'BOOLEAN with both lists',
    column: column('c', 'BOOLEAN', { trueValues: ['Ja'], falseValues: ['Nee', '0'] }),
    cases: [
      ['JA', true],
      ['nee ', false],
      ['0', false],
      ['true', BAD],
      ['1', BAD],
    ],
  },
  {
    of: 'BOOLEAN with one list',
    column: column('c', 'BOOLEAN', { trueValues: ['J'] }),
    cases: [
      ['j', true],
      ['false', false],
      ['N', false],
      ['true', BAD],
    ],
  },
  {
    of: 'DATE',
    column: column('c', 'DATE'),
    cases: [
      ['2024-02-29', '2024-02-29'],
      [' 2024-2-9 ', '2024-02-09'],
      ['2024-02-29 00:00:00', '2024-02-29'],
      ['2024-02-29 10:00:00', BAD],
      ['2024-02-31', BAD],
      ['2023-02-29', BAD],
      ['24-02-29', BAD],
      ['0024-02-29', BAD],
      ['2024-02-29 junk', BAD],
      ['20240229', BAD],
      ['infinity', BAD],
      ['epoch', BAD],
      ['2024-02-29 (BC)', BAD],
    ],
  },
  {
    of: 'DATE with formats',
    column: column('c', 'DATE', { formats: ['%d/%m/%Y', '%d-%b-%y'] }),
    cases: [
      ['29/02/2024', '2024-02-29'],
      ['9/2/2024', '2024-02-09'],
      [' 29/02/2024 ', '2024-02-29'],
      ['29-Feb-24', '2024-02-29'],
      ['31/02/2024', BAD],
      ['29/02/24', BAD],
      ['2024-02-29', BAD],
      ['29/02/2024x', BAD],
    ],
  },
  {
    of: 'DATE of a format, and words that mean a moment elsewhere',
    column: column('c', 'DATE', { formats: ['%d.%m.%Y'] }),
    cases: [
      ['31.12.2024', '2024-12-31'],
      ['1.2.2024', '2024-02-01'],
      ['01.01.1900', '1900-01-01'],
      ['infinity', BAD],
      ['-infinity', BAD],
      [' Infinity ', BAD],
      ['epoch', BAD],
      ['EPOCH', BAD],
      ['now', BAD],
      ['today', BAD],
      ['yesterday', BAD],
      ['1.2.24', BAD],
    ],
  },
  {
    of: 'DATE without a format, and words that mean a moment elsewhere',
    column: column('c', 'DATE'),
    cases: [
      ['infinity', BAD],
      ['-infinity', BAD],
      ['epoch', BAD],
      ['now', BAD],
      ['today', BAD],
      ['tomorrow', BAD],
      ['2024-02-30', BAD],
      ['20240229', BAD],
    ],
  },
  {
    of: 'DATE of digits that touch',
    column: column('c', 'DATE', { formats: ['%Y%m%d'] }),
    cases: [
      ['20241105', '2024-11-05'],
      [' 20241105 ', '2024-11-05'],
      ['19000101', '1900-01-01'],
      ['2024115', BAD],
      ['2024115 ', BAD],
      ['2024115\t', BAD],
      ['\t2024115', BAD],
      ['\t20241105', '2024-11-05'],
      ['202411', BAD],
      ['202411050', BAD],
      ['20241 15', BAD],
      ['20240230', BAD],
      ['infinity', BAD],
    ],
  },
  {
    of: 'DATE of digits that touch, with %-d',
    column: column('c', 'DATE', { formats: ['%Y%-m%-d'] }),
    cases: [
      ['20241105', '2024-11-05'],
      ['2024115', BAD],
    ],
  },
  {
    of: 'DATE of several formats, each by its own texts',
    column: column('c', 'DATE', { formats: ['%Y%m%d', '%Y%j', '%d/%m/%Y', '%d/%m/%y'] }),
    cases: [
      ['20241105', '2024-11-05'],
      ['2024115', '2024-04-24'],
      ['2023366', BAD],
      ['2024366', '2024-12-31'],
      ['05/11/2024', '2024-11-05'],
      ['5/11/24', '2024-11-05'],
      ['epoch', BAD],
    ],
  },
  {
    of: 'DATE with a weekday',
    column: column('c', 'DATE', { formats: ['%A, %d %B %Y'] }),
    cases: [
      ['Tuesday, 5 November 2024', '2024-11-05'],
      ['tuesday, 05 november 2024', '2024-11-05'],
      ['Monday, 5 November 2024', BAD],
    ],
  },
  {
    of: 'DATE of a week',
    column: column('c', 'DATE', { formats: ['%G-W%V-%u'] }),
    cases: [
      ['2024-W45-1', '2024-11-04'],
      ['2024-W53-1', BAD],
    ],
  },
  {
    of: 'TIMESTAMP of a format with parts of a second',
    column: column('c', 'TIMESTAMP', {
      formats: ['%Y%m%d%H%M%S', '%Y-%m-%d %H:%M:%S.%n', '%Y%m%dT%H%M%S%f'],
    }),
    cases: [
      ['20241105093000', '2024-11-05 09:30:00'],
      ['2024110593000', BAD],
      ['2024-11-05 09:30:00.123456', '2024-11-05 09:30:00.123456'],
      ['2024-11-05 09:30:00.123456000', '2024-11-05 09:30:00.123456'],
      ['2024-11-05 09:30:00.123456789', BAD],
      ['20241105T093000123', '2024-11-05 09:30:00.123'],
      ['2024-11-05 24:00:00.0', BAD],
      ['infinity', BAD],
    ],
  },
  {
    of: 'TIMESTAMP with an offset, and words',
    column: column('c', 'TIMESTAMP', { formats: ['%Y-%m-%d %H:%M %z'] }),
    cases: [
      ['2024-11-05 09:30 +0100', '2024-11-05 08:30:00'],
      ['infinity', BAD],
      ['epoch', BAD],
    ],
  },
  {
    of: 'TIME with formats',
    column: column('c', 'TIME', { formats: ['%H:%M', '%I:%M %p', '%H%M'] }),
    cases: [
      ['09:05', '09:05:00'],
      ['9:05', '09:05:00'],
      ['00:00', '00:00:00'],
      ['1:10 PM', '13:10:00'],
      ['0930', '09:30:00'],
      ['930', BAD],
      ['24:00', BAD],
      ['infinity', BAD],
      ['epoch', BAD],
    ],
  },
  {
    of: 'BLOB',
    column: column('c', 'BLOB'),
    cases: [['é', BAD]],
  },
  {
    of: 'TIME',
    column: column('c', 'TIME'),
    cases: [
      ['10:30', '10:30:00'],
      ['10:30:15.25', '10:30:15.25'],
      ['25:00', BAD],
      ['10:30:15.1234567', BAD],
      ['10:30:00+02', BAD],
    ],
  },
  {
    of: 'TIMESTAMP',
    column: column('c', 'TIMESTAMP'),
    cases: [
      ['2024-03-01 10:00:00', '2024-03-01 10:00:00'],
      ['2024-03-01T10:00:00', '2024-03-01 10:00:00'],
      ['2024-03-01', '2024-03-01 00:00:00'],
      ['2024-03-01 10:00', '2024-03-01 10:00:00'],
      [' 2024-03-01 10:00 ', '2024-03-01 10:00:00'],
      ['2024-03-01 10:00:00.5', '2024-03-01 10:00:00.5'],
      ['2024-03-01T10:00:00Z', '2024-03-01 10:00:00'],
      ['2024-03-01T10:00:00+02:00', '2024-03-01 08:00:00'],
      ['2024-03-01 10:00:00-0530', '2024-03-01 15:30:00'],
      ['2024-03-01 10:00:00 -05:30', '2024-03-01 15:30:00'],
      ['2024-03-01 10:00:00 UTC', '2024-03-01 10:00:00'],
      ['0024-03-01 10:00:00Z', BAD],
      ['2024-03-01 10:00+02', BAD],
      ['2024-03-01 10:00:5Z', BAD],
      ['2024-02-30 10:00:00', BAD],
      ['2024-03-01 25:00:00', BAD],
      ['2024-03-01 10:00:00.1234567', BAD],
      ['2024-03-01 10:00:00 junk', BAD],
      ['0024-03-01 10:00:00', BAD],
      ['infinity', BAD],
      ['1709287200', BAD],
    ],
  },
  {
    of: 'TIMESTAMP of the brand in Amsterdam',
    column: column('c', 'TIMESTAMP', { timezone: 'brand' }),
    cases: [
      ['2024-03-01 10:00:00', '2024-03-01 09:00:00'],
      ['2024-07-01 10:00:00', '2024-07-01 08:00:00'],
      ['1995-07-01 10:00:00', '1995-07-01 08:00:00'],
      ['2024-07-01T10:00:00Z', '2024-07-01 10:00:00'],
      ['2024-07-01T10:00:00+05:00', '2024-07-01 05:00:00'],
      ['2024-03-31 01:59:59', '2024-03-31 00:59:59'],
      ['2024-03-31 03:00:00', '2024-03-31 01:00:00'],
      ['2024-10-27 03:00:00', '2024-10-27 02:00:00'],
      // Twice: the earlier of both. Skipped: set forward. Both within the years that are looked up, and far from them.
      ['2024-10-27 02:30:00', '2024-10-27 00:30:00'],
      ['2024-03-31 02:30:00', '2024-03-31 01:30:00'],
      ['1995-09-24 02:30:00', '1995-09-24 00:30:00'],
      ['1995-03-26 02:30:00', '1995-03-26 01:30:00'],
      ['1995-09-24 03:30:00', '1995-09-24 02:30:00'],
    ],
  },
  {
    of: 'TIMESTAMP in Amsterdam, the later of two',
    column: column('c', 'TIMESTAMP', { timezone: 'brand', ambiguous: 'later' }),
    cases: [
      ['2024-10-27 01:59:59', '2024-10-26 23:59:59'],
      ['2024-10-27 02:30:00', '2024-10-27 01:30:00'],
      ['2024-03-31 02:30:00', '2024-03-31 01:30:00'],
      ['1995-09-24 02:30:00', '1995-09-24 01:30:00'],
      ['1995-03-26 02:30:00', '1995-03-26 01:30:00'],
    ],
  },
  {
    of: 'TIMESTAMP in Amsterdam, none of two',
    column: column('c', 'TIMESTAMP', { timezone: 'brand', ambiguous: 'null' }),
    cases: [
      ['2024-10-27 01:59:59', '2024-10-26 23:59:59'],
      ['2024-10-27 02:30:00', BAD],
      ['2024-10-27 03:00:00', '2024-10-27 02:00:00'],
      ['2024-03-31 02:30:00', BAD],
      ['1995-09-24 02:30:00', BAD],
      ['1995-03-26 02:30:00', BAD],
      ['1995-07-01 10:00:00', '1995-07-01 08:00:00'],
    ],
  },
  {
    of: 'TIMESTAMP with formats, one of them with an offset, in New York',
    column: column('c', 'TIMESTAMP', {
      timezone: 'America/New_York',
      formats: ['%d.%m.%Y %H:%M', '%Y-%m-%d %H:%M:%S %z'],
    }),
    cases: [
      ['01.07.2024 10:00', '2024-07-01 14:00:00'],
      ['2024-07-01 10:00:00 +02:00', '2024-07-01 08:00:00'],
      ['01.07.24 10:00', BAD],
      ['24-07-01 10:00:00 +02:00', BAD],
    ],
  },
  {
    of: 'TIMESTAMPTZ',
    column: column('c', 'TIMESTAMPTZ', { timezone: 'brand' }),
    cases: [
      ['2024-07-01 10:00:00', '2024-07-01 08:00:00+00'],
      ['2024-07-01 10:00:00Z', '2024-07-01 10:00:00+00'],
    ],
  },
  {
    of: 'VARCHAR',
    column: column('c', 'VARCHAR'),
    cases: [
      [' kept ', ' kept '],
      ['  ', '  '],
    ],
  },
  {
    of: 'UUID',
    column: column('c', 'UUID'),
    cases: [
      ['6B29FC40-CA47-1067-B31D-00DD010662DA', '6b29fc40-ca47-1067-b31d-00dd010662da'],
      ['6B29FC40', BAD],
    ],
  },
];

describe('raw-to-silver: conversions', () => {
  let w: Workspace;
  before(async () => (w = await openWorkspace()));
  after(() => w.close());

  for (const suite of SUITES)
    it(suite.of, async () => {
      const cfg = config([brand('A', { timezone: 'Europe/Amsterdam' })], [table('T', [suite.column])]);
      const raw = await w.raw(
        'T',
        'A',
        ['c'],
        suite.cases.map(([text]) => [text]),
      );
      const manifest = await w.silver(cfg, 'T', 'A', [raw]);
      const rows = await w.read(manifest.output.path, 'c');
      const found = suite.cases.map(([text], i) => [text, rows[i]?.['c']]);
      assert.deepEqual(
        found,
        suite.cases.map(([text, value]) => [text, value === BAD ? null : value]),
      );
      const bad = suite.cases.filter(([, value]) => value === BAD).length;
      assert.equal(manifest.conversions?.[0]?.failed ?? 0, bad);
      const { columns } = await w.connection.table(
        `SELECT c FROM '${w.lake.absolute(manifest.output.path)}'`,
      );
      assert.equal(columns[0]?.type.replace('TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'), suite.column.type);
    });

  it('counts local times that come twice or not at all, and shows some', async () => {
    const at = column('at', 'TIMESTAMP', { timezone: 'brand', formats: ['%Y-%m-%d %H:%M'] });
    const cfg = config(
      [brand('A', { timezone: 'Europe/Amsterdam' })],
      [table('T', [column('id', 'BIGINT', { required: true, onError: 'reject' }), at])],
    );
    const rows = [
      ['1', '2024-10-27 01:59'],
      ['2', '2024-10-27 02:00'],
      ['3', '2024-10-27 02:59'],
      ['x', '2024-10-27 02:30'],
      ['4', '2024-10-27 03:00'],
      ['5', '2024-03-31 01:59'],
      ['6', '2024-03-31 02:00'],
      ['7', '2024-03-31 03:00'],
      ['8', '1995-09-24 02:15'],
      ['9', null],
      ['10', 'infinity'],
    ];
    const manifest = await w.silver(cfg, 'T', 'A', [await w.raw('T', 'A', ['id', 'at'], rows)]);
    assert.deepEqual(
      manifest.localTimes?.map(({ samples, ...rest }) => [rest, samples.map((s) => [s.row, s.values['at']])]),
      [
        [
          { column: 'at', brand: 'A', zone: 'Europe/Amsterdam', taken: 'earlier', twice: 3, missing: 1 },
          [
            [2, '2024-10-27 02:00'],
            [3, '2024-10-27 02:59'],
            [7, '2024-03-31 02:00'],
            [9, '1995-09-24 02:15'],
          ],
        ],
      ],
    );
    const quiet = await w.silver(cfg, 'T', 'A', [
      await w.raw('T', 'A', ['id', 'at'], [['1', '2024-10-28 02:30']]),
    ]);
    assert.equal(quiet.localTimes, undefined);
  });

  it('lets null values that would convert be NULL', async () => {
    const columns = [column('n', 'BIGINT'), column('d', 'DATE'), column('b', 'BOOLEAN')];
    const cfg = config([brand('A')], [table('T', columns, { nullValues: ['-1', '1900-01-01', 'n'] })]);
    const raw = await w.raw(
      'T',
      'A',
      ['n', 'd', 'b'],
      [
        ['-1', '1900-01-01', 'n'],
        ['1', '2024-01-01', 'y'],
      ],
    );
    const manifest = await w.silver(cfg, 'T', 'A', [raw]);
    assert.deepEqual(await w.read(manifest.output.path, 'n, d, b'), [
      { n: null, d: null, b: null },
      { n: 1, d: '2024-01-01', b: true },
    ]);
    assert.deepEqual(manifest.conversions, []);
  });
});
