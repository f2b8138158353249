// Lines of landing files, and what became of each: every kind of end, every way of asking wrongly.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import {
  landingMarks,
  PipelineError,
  pageLines,
  traceLine,
  tracePage,
  type LandingMarks,
  type LineName,
  type LineTrace,
} from '../../../src/engine';
import { DATE, open, runDay, writeDay, type Day } from '../../support/day';

const SKYLINK = `Skylink_User_${DATE}.csv`;
const DIGI = `in/DigiTV_User_${DATE}.csv.gz`;
/** Behind the other one of its slot, and read by nobody. */
const KEPT = `later/Digi_User_${DATE}.csv`;
const LINES = [
  'Users of today',
  'user_id;name;fee;born',
  '1;"Ann',
  'Lee";1.50;2001-01-01',
  '',
  '2;Bob;x;2001-01-02',
  '3;too;many;fields;here',
  '4;Dora;4.00;',
  'user_id;name;fee;born',
  '5;Eve;-5.00;2001-01-05',
  '1;Ann;7.00;2001-01-01',
  '6;zoë;6.00;2001-01-06',
  '7;Gil;NULL;2001-01-07',
  '8;Hal;8.00;2001-01-08',
];
const DAY: Day = {
  brands: { Skylink: 'SKL', Digi: { code: 'DIG', aliases: ['DigiTV'] } },
  tables: {
    User: {
      primary_key: ['user_id'],
      null_values: ['', 'NULL'],
      columns: {
        user_id: { type: 'VARCHAR', required: true },
        name: { type: 'VARCHAR', transform: 'trim(name)' },
        fee: { type: 'DECIMAL(10,2)', on_error: 'null' },
        born: { type: 'DATE', required: true },
        year: { type: 'INTEGER', derived: 'year(born)' },
      },
    },
  },
  rules: {
    User: {
      rules: [
        {
          id: 'fee_positive',
          rule: 'range',
          column: 'fee',
          min: 0,
          error: '90%',
          description: 'Fees are paid to us.',
        },
        {
          id: 'name_form',
          rule: 'regex',
          column: 'name',
          pattern: '[A-Z].*',
          severity: 'warning',
          warn: '90%',
        },
        { id: 'fee_unique', rule: 'unique', column: 'fee', severity: 'warning', warn: '90%' },
        { id: 'many', rule: 'row_count', min: 1 },
      ],
    },
  },
  settings: 'EXPECTED_TABLES=User\nERROR_THRESHOLD=99\nWARNING_THRESHOLD=99\n',
  files: {
    [SKYLINK]: `${LINES.join('\r\n')}\r\n`,
    [DIGI]: gzipSync(
      iconv.encode('user_id,name,fee,born\n20,Žofie,6.00,2002-02-02\n21,Jan,9.00,2002-02-03\n', 'utf-16'),
    ),
    [KEPT]: 'some,thing\nelse,1\n',
    'readme.txt': 'not ours\n',
  },
};

const fails =
  (code: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.notEqual(error.remedy, '');
    return true;
  };

describe('what became of a line', function () {
  this.timeout(60_000);
  let template: string;
  let folder: string;

  before(async () => {
    template = await mkdtemp(join(tmpdir(), "m7 line'of-"));
    writeDay(template, DAY);
    await runDay(template);
  });
  after(() => rmSync(template, { recursive: true, force: true }));
  beforeEach(() => (folder = template));
  afterEach(() => {
    if (folder !== template) rmSync(folder, { recursive: true, force: true });
  });
  /** For tests that change something. */
  const copy = async (): Promise<void> => {
    folder = await mkdtemp(join(tmpdir(), 'm7-line-'));
    cpSync(template, folder, { recursive: true, preserveTimestamps: true });
  };

  const ask = async (name: LineName): Promise<LineTrace> => traceLine(await open(folder), name);
  const line = (number: number, path = SKYLINK): Promise<LineTrace> =>
    ask({ kind: 'line', path, line: number });
  const original = (brand = 'Skylink', extension = 'csv'): string =>
    join(folder, 'data/raw', DATE, brand, `User.${extension}`);
  const marks = async (path: string): Promise<LandingMarks | null> => landingMarks(await open(folder), path);
  const step = <A extends LineTrace['steps'][number]['at']>(
    { steps }: LineTrace,
    at: A,
  ): Extract<LineTrace['steps'][number], { at: A }> => {
    const found = steps.find((one): one is Extract<typeof one, { at: A }> => one.at === at);
    assert.ok(found, `no step at ${at}: ${JSON.stringify(steps)}`);
    return found;
  };
  const states = ({ steps }: LineTrace): readonly string[] => steps.map(({ at, state }) => `${at} ${state}`);

  it('tells every line of a file, and loses none', async () => {
    const told = await Promise.all(LINES.map((_, i) => line(i + 1)));
    assert.deepEqual(
      told.map(({ outcome, row, line: first }) => [outcome, row, first]),
      [
        ['no_record', null, 1],
        ['no_record', null, 2],
        ['kept_out', 1, 3],
        ['kept_out', 1, 3],
        ['no_record', null, 5],
        ['loaded', 2, 6],
        ['kept_out', null, 7],
        ['kept_out', 3, 8],
        ['no_record', null, 9],
        ['kept_out', 4, 10],
        ['loaded', 5, 11],
        ['loaded', 6, 12],
        ['loaded', 7, 13],
        ['loaded', 8, 14],
      ],
    );
    assert.deepEqual(
      told.map(({ steps }) => steps.at(-1)?.at),
      [
        ...[
          'landing',
          'landing',
          'gold',
          'gold',
          'landing',
          'warehouse',
          'landing',
          'silver',
          'landing',
          'rules',
        ],
        ...['warehouse', 'warehouse', 'warehouse', 'warehouse'],
      ],
    );
  });

  it('tells a record over two lines whichever is asked for, and the row that was kept in its place', async () => {
    const [first, second] = [await line(3), await line(4)];
    assert.deepEqual(first, second);
    assert.deepEqual([first.line, first.lines, first.text], [3, 2, '1;"Ann\r\nLee";1.50;2001-01-01']);
    const gold = step(first, 'gold');
    assert.equal(gold.code, 'DUPLICATE_REMOVED');
    assert.deepEqual(gold.kept, { date: DATE, table: 'User', brand: 'Skylink', file: SKYLINK, row: 5 });
    assert.deepEqual(await ask({ kind: 'record', name: gold.kept }), await line(11));
  });

  it('tells each value with what happened to it', async () => {
    const values = (await line(6)).steps.flatMap((one) => (one.at === 'silver' ? one.values : []));
    assert.deepEqual(
      values.map(({ column, raw, value, note, wrong }) => [column, raw, value, note, wrong]),
      [
        ['user_id', '2', '2', undefined, false],
        ['name', 'Bob', 'Bob', undefined, false],
        ['fee', 'x', null, '"x" is not a DECIMAL(10,2)', true],
        ['born', '2001-01-02', '2001-01-02', undefined, false],
        ['year', null, '2001', 'derived', false],
      ],
    );
    assert.deepEqual(states(await line(6)).slice(2, 3), ['silver warned']);
    const absent = step(await line(13), 'silver').values[2];
    assert.deepEqual([absent?.raw, absent?.value, absent?.note], ['NULL', null, 'is one of null_values']);
    const rejected = step(await line(8), 'silver');
    assert.deepEqual(
      [rejected.state, rejected.code, rejected.columns],
      ['out', 'REQUIRED_MISSING', ['born']],
    );
    assert.ok(rejected.values.some(({ column, wrong }) => column === 'born' && wrong));
  });

  it('tells the rules that are broken: those that keep it out, those that warn, those about other rows', async () => {
    assert.deepEqual(
      step(await line(10), 'rules').broken.map(({ id, rejects }) => [id, rejects]),
      [['fee_positive', true]],
    );
    // Of Digi another row has the same fee.
    const warned = step(await line(12), 'rules');
    assert.deepEqual(
      warned.broken.map(({ id, severity, rejects }) => [id, severity, rejects]),
      [
        ['name_form', 'warning', false],
        ['fee_unique', 'warning', false],
      ],
    );
    assert.equal(warned.state, 'warned');
    assert.deepEqual(step(await line(14), 'rules').broken, []);
  });

  it('tells the load the warehouse has confirmed', async () => {
    const load = step(await line(14), 'warehouse');
    assert.match(load.words, /^Loaded into STG_SG\.USER; the warehouse confirmed it on \d{4}-/);
    assert.ok(load.load_id !== undefined && load.loaded_at !== undefined);
  });

  it('follows a compressed file in another encoding, by its landing name or where it lies', async () => {
    const told = await line(2, DIGI);
    assert.deepEqual(
      [told.outcome, told.packed, told.row, told.text],
      ['loaded', true, 1, '20,Žofie,6.00,2002-02-02'],
    );
    assert.deepEqual(await line(2, original('Digi', 'csv.gz')), told);
    assert.deepEqual(await line(2, `data/landing/${DIGI}`), told);
    assert.deepEqual(await line(2, `raw/${DATE}/Digi/User.csv.gz`), told);
    assert.deepEqual(await ask({ kind: 'number', path: DIGI, row: 1 }), told);
  });

  it('tells a file that was kept out whole, and one that no run takes', async () => {
    const kept = await line(1, KEPT);
    assert.equal(kept.outcome, 'kept_out');
    assert.match(kept.summary, /^Rejected file: /);
    assert.deepEqual(await line(1, kept.original ?? ''), kept);
    const ignored = await line(1, 'readme.txt');
    assert.equal(ignored.outcome, 'due');
    assert.match(ignored.summary, /Ignored file: its name does not match LANDING_PATTERN/);
  });

  it('tells a file that waits, and what will become of its lines', async () => {
    await copy();
    const landing = join(folder, 'data/landing', SKYLINK);
    writeFileSync(landing, LINES.slice(1).join('\n'));
    const waiting = await line(2);
    assert.deepEqual([waiting.outcome, waiting.original], ['due', landing]);
    assert.match(waiting.summary, /is waiting in landing\. A file of this name was loaded before/);
    const header = await line(1);
    assert.deepEqual([header.outcome, header.steps.map(({ state }) => state)], ['no_record', ['none']]);
    assert.match((await line(6)).summary, /It will be rejected: The record has 5 fields/);
    assert.equal((await line(2, original())).outcome, 'no_record', 'the original of before is another file');
  });

  it('tells two files of one name apart by what they hold', async () => {
    await copy();
    writeFileSync(
      join(folder, 'data/landing', SKYLINK),
      'user_id;name;fee;born\n40;Kim;4.00;2001-01-01\n41;Lea;1.00;\n42;Mia;2.00;2001-01-03\n43;Noe;3.00;2001-01-03\n',
    );
    await runDay(folder);
    const second = (row: number): Promise<LineTrace> =>
      ask({ kind: 'number', path: original('Skylink', '2.csv'), row });
    const first = (row: number): Promise<LineTrace> => ask({ kind: 'number', path: original(), row });
    // Record 3 of the first is rejected, record 2 of the second; the others of these numbers went on.
    assert.deepEqual([(await first(2)).outcome, (await second(2)).outcome], ['loaded', 'kept_out']);
    assert.deepEqual([(await first(3)).outcome, (await second(3)).outcome], ['kept_out', 'loaded']);
    assert.equal(step(await first(2), 'silver').values[0]?.value, '2');
    assert.equal(step(await second(3), 'silver').values[0]?.value, '42');
    const gold = (await second(1)).steps.find(({ at }) => at === 'gold');
    assert.equal(gold?.state, 'through');
    // Record 1 of the first is a duplicate, of the second it is none.
    assert.deepEqual([(await first(1)).outcome, (await second(1)).outcome], ['kept_out', 'loaded']);
    // By name the values tell which is meant.
    const named = (values: readonly string[]): Promise<LineTrace> =>
      ask({ kind: 'record', name: { date: DATE, table: 'User', file: SKYLINK, row: 3, values } });
    assert.equal((await named(['42', 'Mia'])).text, '42;Mia;2.00;2001-01-03');
    assert.equal((await named(['4', 'Dora'])).text, '4;Dora;4.00;');
    // Rejects of gold and rules tell file and number alone: they mark neither.
    const codes = async (path: string): Promise<readonly (readonly [number, string])[]> =>
      (await marks(path))?.marks.map((one) => [one.line, one.code] as const) ?? [];
    assert.deepEqual(await codes(original('Skylink', '2.csv')), [[2, 'REQUIRED_MISSING']]);
    assert.deepEqual(await codes(original()), [
      [6, 'TOO_MANY_FIELDS'],
      [7, 'REQUIRED_MISSING'],
    ]);
  });

  it('reads an original in the archive, and says where one is gone or another file', async () => {
    await copy();
    const path = original();
    const before = await line(14);
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('9;X;1.00;2001-01-01\r\n')]));
    assert.equal((await line(14, path)).outcome, 'changed');
    assert.match((await marks(path))?.marks[0]?.message ?? '', /has changed since it was read/);
    // The same size, other values.
    writeFileSync(path, Buffer.from(bytes.toString('latin1').replace('8;Hal', '8;Hel'), 'latin1'));
    assert.equal((await line(14, path)).outcome, 'changed');
    assert.equal((await line(13, path)).outcome, 'loaded');
    writeFileSync(path, bytes.subarray(0, 20));
    await assert.rejects(line(14, path), fails('USAGE'));
    rmSync(path);
    await assert.rejects(line(14, path), fails('NOT_FOUND'));
    const numbered = await ask({ kind: 'number', path, row: 8 });
    assert.deepEqual(
      [numbered.outcome, numbered.line, numbered.text, numbered.original],
      ['loaded', null, null, null],
    );
    assert.deepEqual(numbered.steps.slice(1), before.steps.slice(1));

    const archived = join(folder, 'data/archive', DATE, 'Skylink', 'User.csv.gz');
    mkdirSync(dirname(archived), { recursive: true });
    writeFileSync(archived, gzipSync(bytes));
    const manifest = join(folder, 'data/.state/manifests/raw', DATE, 'Skylink/User.json');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(
        `raw/${DATE}/Skylink/User.csv`,
        `archive/${DATE}/Skylink/User.csv.gz`,
      ),
    );
    const found = await line(14, archived);
    assert.deepEqual([found.outcome, found.text, found.packed], ['loaded', '8;Hal;8.00;2001-01-08', true]);
    writeFileSync(archived, gzipSync(bytes).subarray(0, 60));
    await assert.rejects(line(14, archived), fails('FILE_UNREADABLE'));
  });

  describe('that has not come to its end', () => {
    beforeEach(copy);

    it('says which step has yet to run', async () => {
      for (const [layer, at] of [
        ['validated', 'rules'],
        ['gold', 'gold'],
        ['silver', 'silver'],
      ] as const) {
        rmSync(join(folder, 'data/.state/manifests', layer), { recursive: true });
        const told = await line(14);
        assert.deepEqual([told.outcome, told.steps.at(-1)?.at, told.steps.at(-1)?.state], ['due', at, 'due']);
        assert.match(told.steps.at(-1)?.remedy ?? '', /^Run it with: m7 run --date 20241115 --table User/);
      }
    });

    it('says that silver is of before the file came', async () => {
      writeFileSync(join(folder, 'data/landing', SKYLINK), 'user_id;name;fee;born\n50;Oto;1.00;2001-01-01\n');
      await runDay(folder, { selection: { dates: [DATE], stages: ['landing-to-raw'] } });
      const told = await line(2, original('Skylink', '2.csv'));
      assert.deepEqual([told.outcome, told.steps.at(-1)?.at], ['due', 'silver']);
      assert.match(told.summary, /Silver was made before this file arrived/);
    });

    it('says which step failed, in its own words', async () => {
      const schemas = join(folder, 'config/table_schemas.json');
      writeFileSync(
        schemas,
        readFileSync(schemas, 'utf8').replace('"on_error": "null"', '"on_error": "fail"'),
      );
      await runDay(folder, { selection: { dates: [DATE], force: true } });
      rmSync(join(folder, 'data/.state/manifests/silver'), { recursive: true });
      const told = await line(14);
      assert.equal(told.outcome, 'failed');
      assert.match(told.summary, /raw-to-silver failed: User of Skylink: 1 value of fee is not of type/);
    });

    it('says that its table was refused', async () => {
      const rules = join(folder, 'config/validation_rules.json');
      writeFileSync(rules, readFileSync(rules, 'utf8').replace('"90%"', '"0%"'));
      rmSync(join(folder, 'data/warehouse.duckdb'));
      await runDay(folder);
      const told = await line(14);
      assert.equal(told.outcome, 'failed');
      assert.match(told.summary, /validation failed \(fee_positive\)/);
      assert.equal(step(told, 'rules').state, 'through');
    });

    it('says that gold is newer than what the warehouse confirmed', async () => {
      const ago = await line(14);
      appendFileSync(join(folder, '.env'), 'SNOWFLAKE_SCHEMA=OTHER\n');
      const told = await line(14);
      assert.equal(ago.outcome, 'loaded');
      assert.notEqual(told.outcome, 'loaded');
    });

    it('goes on where silver was removed after the load, and stops where gold was', async () => {
      rmSync(join(folder, 'data/silver'), { recursive: true });
      assert.deepEqual(states(await line(14)), [
        'landing through',
        'raw through',
        'silver unknown',
        'gold through',
        'rules through',
        'warehouse through',
      ]);
      assert.equal((await line(3)).outcome, 'kept_out');
      rmSync(join(folder, 'data/gold'), { recursive: true });
      assert.deepEqual(states(await line(14)).slice(-1), ['gold unknown']);
      rmSync(join(folder, 'data/raw', DATE, 'Skylink/User.parquet'));
      assert.deepEqual(states(await line(14)).slice(1, 2), ['raw unknown']);
    });

    it('says that the config has changed since, or no longer has the table', async () => {
      const schemas = join(folder, 'config/table_schemas.json');
      const text = readFileSync(schemas, 'utf8');
      writeFileSync(schemas, text.replace('trim(name)', 'upper(name)'));
      assert.match(step(await line(14), 'silver').words, /The config has changed since/);
      writeFileSync(schemas, text.replace('"User"', '"Person"'));
      writeFileSync(join(folder, 'config/validation_rules.json'), '{"tables": {}}');
      writeFileSync(join(folder, '.env'), '');
      const told = await line(14, original());
      assert.equal(told.outcome, 'due');
      assert.match(told.summary, /Table User is no longer in the config/);
    });
  });

  describe('asked wrongly', () => {
    const wrong: readonly (readonly [string, () => Promise<unknown>, string])[] = [
      ['a line behind the last', () => line(99), 'USAGE'],
      ['line 0', () => line(0), 'USAGE'],
      ['half a line', () => line(1.5), 'USAGE'],
      ['a line that is no number', () => line(NaN), 'USAGE'],
      ['a file of no workspace', () => line(1, '/etc/hostname'), 'NOT_FOUND'],
      ['a file that is not there', () => line(1, 'nowhere.csv'), 'NOT_FOUND'],
      ['no file', () => line(1, ''), 'NOT_FOUND'],
      ['a way out of the landing folder', () => line(1, '../../.env'), 'NOT_FOUND'],
      [
        'a Parquet file',
        () => line(1, join(template, 'data/raw', DATE, 'Skylink/User.parquet')),
        'NOT_FOUND',
      ],
      ['a folder', () => line(1, join(template, 'data/raw', DATE)), 'NOT_FOUND'],
      ['a record behind the last', () => ask({ kind: 'number', path: SKYLINK, row: 9 }), 'USAGE'],
      ['record -1', () => ask({ kind: 'number', path: SKYLINK, row: -1 }), 'USAGE'],
      [
        'a record of a file that was kept out',
        () => ask({ kind: 'number', path: KEPT, row: 1 }),
        'NOT_FOUND',
      ],
      [
        'a record of nothing',
        () => ask({ kind: 'record', name: { date: DATE, table: 'User', file: 'x', row: 1 } }),
        'NOT_FOUND',
      ],
      [
        'a record of another brand',
        () =>
          ask({ kind: 'record', name: { date: DATE, table: 'User', file: SKYLINK, row: 1, brand: 'Digi' } }),
        'NOT_FOUND',
      ],
    ];
    for (const [what, work, code] of wrong) it(what, () => assert.rejects(work, fails(code)));

    it('by who has gone', async () => {
      const stop = new AbortController();
      stop.abort();
      const workspace = await open(folder);
      await assert.rejects(
        traceLine(workspace, { kind: 'line', path: SKYLINK, line: 3 }, stop.signal),
        fails('CANCELLED'),
      );
    });

    it('for the empty line behind the last line end', async () => {
      assert.equal((await line(LINES.length + 1)).outcome, 'no_record');
      await assert.rejects(line(LINES.length + 2), fails('USAGE'));
    });
  });

  it('is a page that leads on', async () => {
    const page = tracePage(await line(10), (path) => path.replace(`${folder}/`, ''));
    const text = pageLines(page).map((pieces) =>
      pieces
        .map((piece) => piece.text)
        .join('')
        .trimEnd(),
    );
    assert.deepEqual(text.slice(0, 8), [
      `${SKYLINK}, line 10, record 4`,
      `User, Skylink, ${DATE}`,
      '',
      'Rejected by fee_positive.',
      '',
      '✓ landing    Record 4.',
      `             data/raw/${DATE}/Skylink/User.csv:10`,
      '             5;Eve;-5.00;2001-01-05',
    ]);
    const links = page.steps.flatMap(({ lines }) => lines.flat()).flatMap((one) => one.link ?? []);
    assert.deepEqual([...new Set(links.map(({ kind }) => kind))].toSorted(), [
      'column',
      'report',
      'rows',
      'rule',
      'text',
    ]);
    for (const link of links) if ('path' in link) assert.ok(existsSync(link.path), link.path);
  });

  describe('as marks in the file', () => {
    it('each at its cell, with what is wrong and the rule', async () => {
      const found = await marks(original());
      assert.deepEqual([found?.file, found?.more], [SKYLINK, 0]);
      assert.deepEqual(
        found?.marks.map((one) => [
          one.code,
          one.severity,
          LINES[one.line]?.slice(one.character, one.endCharacter ?? undefined),
        ]),
        [
          ['DUPLICATE_REMOVED', 'info', '1'],
          ['CONVERSION_FAILED', 'warning', 'x'],
          ['TOO_MANY_FIELDS', 'error', '3;too;many;fields;here'],
          ['REQUIRED_MISSING', 'error', ';'],
          ['fee_positive', 'error', '-5.00'],
          ['name_form', 'warning', 'zoë'],
          ['fee_unique', 'warning', '6.00'],
        ],
      );
      assert.deepEqual(found.marks[4]?.link, { kind: 'rule', table: 'User', rule: 'fee_positive' });
      assert.match(found.marks[4].message, /Rejected: it breaks "Fees are paid to us\." \(fee: -5\.00\)/);
    });

    it('not in a file of which nothing is known, one that waits, one without faults', async () => {
      assert.equal(await marks('/etc/hostname'), null);
      assert.equal(await marks(join(folder, 'config/table_schemas.json')), null);
      assert.equal(await marks(''), null);
      await copy();
      const landing = join(folder, 'data/landing', SKYLINK);
      renameSync(original(), landing);
      assert.deepEqual((await marks(landing))?.marks, []);
      assert.deepEqual((await marks(original()))?.marks, []);
    });

    it('one for a file that was kept out whole, or is not taken', async () => {
      const kept = (await line(1, KEPT)).original ?? '';
      assert.deepEqual(
        (await marks(kept))?.marks.map(({ line: first, severity }) => [first, severity]),
        [[0, 'error']],
      );
      assert.equal((await marks(join(folder, 'data/landing/readme.txt')))?.marks[0]?.code, 'IGNORED');
    });

    it('without values of sensitive columns', async () => {
      await copy();
      const schemas = join(folder, 'config/table_schemas.json');
      writeFileSync(
        schemas,
        readFileSync(schemas, 'utf8').replace('"on_error": "null"', '"on_error": "null", "sensitive": true'),
      );
      const words = (await marks(original()))?.marks.map(({ message }) => message).join('\n') ?? '';
      assert.ok(words.includes('(fee)') && !words.includes('-5.00'), words);
    });

    it('two hundred at most, and how many more there are', async () => {
      await copy();
      const bad = Array.from({ length: 300 }, (_, i) => `r${i};N;1.00;`);
      const file = `Skylink_User_${DATE}_more.csv`;
      appendFileSync(join(folder, '.env'), 'LANDING_PATTERN={brand}_{table}_{date}*\n');
      writeFileSync(join(folder, 'data/landing', file), ['user_id;name;fee;born', ...bad].join('\n'));
      await runDay(folder);
      const found = await marks(original('Skylink', '2.csv'));
      assert.deepEqual([found?.file, found?.marks.length, found?.more], [file, 200, 100]);
      assert.deepEqual(
        found?.marks.map((one) => one.line),
        Array.from({ length: 200 }, (_, i) => i + 1),
      );
    });
  });
});
