// From failures of a real date to small cases: how few lines, masked how, and whether they run anywhere.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import {
  createCase,
  PipelineError,
  testCases,
  type CaseFailure,
  type CaseOptions,
  type CaseResult,
  type TestedCase,
} from '../../../../src/engine';
import { DATE, open, runDay, writeDay, type Day } from '../../../support/day';

const ROWS = 30;
const two = (n: number): string => String(n).padStart(2, '0');

/** Sound users of a brand, and faults in rows of their own; sensitive values have the mark of their row. */
function users(
  brand: 'S' | 'D',
  change: Readonly<Record<number, Readonly<Record<string, string>>>>,
): string[] {
  return Array.from({ length: ROWS }, (_, i) => {
    const user: Record<string, string> = {
      user_id: `${brand}-${two(i)}`,
      email: `secret.person${brand.toLowerCase()}${two(i)}@private.example`,
      name: `Vondráčková${brand}${two(i)}`,
      born: `19${60 + i}-0${1 + (i % 9)}-1${i % 10}`,
      fee: `${i}.50`,
      created: `2020-01-${two(1 + (i % 28))}`,
      ended: '',
      status: 'ACTIVE',
      ...change[i],
    };
    return COLUMNS.map((column) => user[column] ?? '').join(brand === 'S' ? ';' : ',');
  });
}
const COLUMNS = ['user_id', 'email', 'name', 'born', 'fee', 'created', 'ended', 'status'];

const DAY: Day = {
  brands: { Skylink: 'SKL', Digi: { code: 'DIG', aliases: ['DigiTV'] } },
  tables: {
    User: {
      primary_key: ['user_id'],
      columns: {
        user_id: { type: 'VARCHAR', required: true },
        email: { type: 'VARCHAR', sensitive: true, transform: 'lower(trim(email))' },
        name: { type: 'VARCHAR', sensitive: true },
        born: { type: 'DATE', sensitive: true, on_error: 'null' },
        fee: { type: 'DECIMAL(10,2)', required: true },
        created: { type: 'DATE' },
        ended: { type: 'DATE' },
        status: { type: 'VARCHAR' },
      },
    },
    Card: {
      primary_key: ['card'],
      columns: {
        card: { type: 'VARCHAR' },
        user_id: { type: 'VARCHAR' },
        owner: { type: 'VARCHAR', sensitive: true },
      },
    },
    Notes: { columns: { id: { type: 'VARCHAR' }, note: { type: 'VARCHAR', sensitive: true } } },
  },
  rules: {
    User: {
      rules: [
        { rule: 'not_null', column: 'status', error: '90%' },
        { rule: 'regex', id: 'id_form', column: 'user_id', pattern: '[SD]-\\d{2}', error: '90%' },
        { rule: 'range', id: 'fee_range', column: 'fee', min: 0, max: 100, error: '90%' },
        { rule: 'unique', id: 'email_once', column: 'email', severity: 'warning' },
        { rule: 'format', id: 'email_form', column: 'email', format: 'email', severity: 'warning' },
        {
          rule: 'compare',
          id: 'ended_later',
          column: 'ended',
          operator: '>=',
          other_column: 'created',
          severity: 'warning',
        },
        { rule: 'expression', id: 'of_age', expression: "born <= DATE '2006-01-01'", severity: 'warning' },
        {
          rule: 'sql',
          id: 'no_card',
          query:
            "SELECT * FROM rows WHERE status = 'CARD' AND user_id NOT IN (SELECT user_id FROM Card WHERE user_id IS NOT NULL)",
          severity: 'warning',
        },
        {
          rule: 'enum',
          id: 'one_name',
          column: 'name',
          values: ['x'],
          where: "name = 'Known Person'",
          severity: 'warning',
        },
        { rule: 'stat', id: 'fee_mean', column: 'fee', fn: 'max', max: 400, severity: 'warning' },
      ],
    },
    Card: {
      rules: [
        { rule: 'references', id: 'known_user', column: 'user_id', to: 'User.user_id', error: '90%' },
        { rule: 'row_count', id: 'too_many', max: 1, severity: 'warning' },
      ],
    },
  },
  settings: 'EXPECTED_TABLES=User,Card,Notes\nSMTP_PASSWORD=hunter2hunter2\nERROR_THRESHOLD=90\n',
  files: {
    // Windows-1250, a title above the header, quotes, a record over two lines, a ragged line, a footer.
    [`Skylink_User_${DATE}.csv`]: iconv.encode(
      [
        'Users of the day',
        COLUMNS.join(';'),
        ...users('S', {
          3: { status: '' },
          5: { user_id: 'S-XX' },
          7: { fee: '999.00' },
          9: { ended: '2019-12-31' },
          11: { born: '2010-05-17' },
          13: { status: 'CARD' },
          15: { fee: 'free' },
          17: { born: '31.31.1999' },
          19: { email: 'Shared.Address@private.example' },
          21: { name: '"Two\r\nLines;Červená"' },
          23: { name: 'Known Person' },
        }),
        'S-90;ragged@private.example;Raggedperson',
        `Total;${ROWS}`,
        '',
      ].join('\r\n'),
      'windows-1250',
    ),
    [`DigiTV_User_${DATE}.csv.gz`]: gzipSync(
      [
        COLUMNS.join(','),
        ...users('D', {
          4: { email: 'shared.address@private.example' },
          8: { user_id: 'D-07' },
          12: { email: 'nobodyprivate.example' },
        }),
        '',
      ].join('\n'),
    ),
    [`Skylink_Card_${DATE}.csv`]: [
      'card,user_id,owner',
      'c1,S-01,Ann',
      'c2,S-77,Bobsecret',
      'c3,S-02,Carl',
      '',
    ].join('\n'),
    [`Skylink_Notes_${DATE}.csv`]:
      '<html><head><title>Login</title></head>\n<body>\n<p>Session of Annabella expired</p>\n</body></html>\n',
  },
};

/** Values of sensitive columns as they were delivered. */
const SECRETS =
  /secret\.person|vondr|private\.example|shared|ragged(?:person|@)|known person|červen|bobsecret|annabella|hunter2/i;

describe('cases', () => {
  let root = '';
  let folder = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'm7-cases-'));
    folder = join(root, 'workspace');
    writeDay(folder, DAY);
    await runDay(folder);
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  afterEach(() => {
    rmSync(join(root, 'made'), { recursive: true, force: true });
    rmSync(join(root, 'elsewhere'), { recursive: true, force: true });
  });

  const make = async (
    table: string,
    failure?: CaseFailure,
    more: Partial<CaseOptions> = {},
  ): Promise<CaseResult> =>
    createCase(await open(folder), {
      date: DATE,
      table,
      folder: join(root, 'made'),
      ...(failure === undefined ? {} : { failure }),
      ...more,
    });
  const rule = (id: string): CaseFailure => ({ kind: 'rule', id });

  async function tested(path: string, update = false): Promise<readonly TestedCase[]> {
    const all: TestedCase[] = [];
    for await (const one of testCases({ folders: [path], base: path, update })) all.push(one);
    return all;
  }
  async function outcome(path: string): Promise<TestedCase['outcome']> {
    const [one] = await tested(path);
    assert.ok(one);
    return one.outcome;
  }
  const filesIn = (path: string): string[] =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => relative(path, join(e.parentPath, e.name)))
      .sort();
  /** All text of a case, read in each encoding that a file of it may have. */
  const textOf = (path: string): string =>
    filesIn(path)
      .flatMap((file) => {
        const bytes = readFileSync(join(path, file));
        return [file, bytes.toString('utf8'), iconv.decode(bytes, 'windows-1250')];
      })
      .join('\n');
  const edit = (file: string, change: (text: string) => string): void => {
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    assert.notEqual(after, before);
    writeFileSync(file, after);
  };

  const ROW_FAILURES: readonly (readonly [
    what: string,
    table: string,
    failure: CaseFailure,
    lines: number,
    files: readonly string[],
  ])[] = [
    ['not_null', 'User', rule('not_null_status'), 1, ['Skylink_User']],
    ['regex', 'User', rule('id_form'), 1, ['Skylink_User']],
    ['range', 'User', rule('fee_range'), 1, ['Skylink_User']],
    ['unique over two brands, case aside', 'User', rule('email_once'), 2, ['Skylink_User', 'DigiTV_User']],
    ['format', 'User', rule('email_form'), 1, ['DigiTV_User']],
    ['compare', 'User', rule('ended_later'), 1, ['Skylink_User']],
    ['expression', 'User', rule('of_age'), 1, ['Skylink_User']],
    ['sql over two tables', 'User', rule('no_card'), 1, ['Skylink_User', 'Skylink_Card']],
    ['references', 'Card', rule('known_user'), 1, ['Skylink_Card', 'Skylink_User']],
    ['a primary key twice', 'User', rule('technical.primary_key'), 2, ['DigiTV_User']],
    [
      'a value that does not convert, its row rejected',
      'User',
      { kind: 'reject', code: 'CONVERSION_FAILED', column: 'fee' },
      1,
      ['Skylink_User'],
    ],
    [
      'a value that does not convert and became NULL',
      'User',
      { kind: 'conversion', column: 'born' },
      1,
      ['Skylink_User'],
    ],
    ['a rejected line', 'User', { kind: 'reject', code: 'TOO_FEW_FIELDS' }, 1, ['Skylink_User']],
    ['a file that is no table', 'Notes', { kind: 'reject', code: 'NOT_CSV' }, 1, ['Skylink_Notes']],
    ['a greatest value', 'User', rule('fee_mean'), 1, ['Skylink_User']],
    ['too many rows', 'Card', rule('too_many'), 2, ['Skylink_Card']],
  ];
  for (const [what, table, failure, lines, files] of ROW_FAILURES)
    it(`of ${what}: the fewest lines, no sensitive value, and it fails elsewhere too`, async () => {
      const made = await make(table, failure);
      assert.equal(made.lines, lines, JSON.stringify(made.files));
      assert.ok(made.fewest);
      assert.deepEqual(
        made.files.map(({ path }) => path),
        files.map((name) => `landing/${name}_${DATE}.csv`),
      );
      assert.doesNotMatch(textOf(made.folder), SECRETS);
      assert.doesNotMatch(readFileSync(join(made.folder, 'expected.json'), 'utf8'), /run_id|seconds|_at"/);
      const elsewhere = join(root, 'elsewhere', 'deep');
      cpSync(made.folder, elsewhere, { recursive: true });
      rmSync(made.folder, { recursive: true });
      assert.deepEqual(await outcome(elsewhere), { kind: 'passed' });
    });

  it('keeps the bytes around the lines: title, header, quotes, line ends and encoding', async () => {
    const made = await make('User', { kind: 'reject', code: 'TOO_FEW_FIELDS' }, { maskSensitive: false });
    const original = DAY.files[`Skylink_User_${DATE}.csv`];
    assert.ok(Buffer.isBuffer(original));
    const cut = readFileSync(join(made.folder, made.files[0]?.path ?? ''));
    const top = Buffer.from(`Users of the day\r\n${COLUMNS.join(';')}\r\n`);
    assert.deepEqual(cut.subarray(0, top.length), top);
    for (const line of cut.toString('latin1').split(/(?<=\n)/))
      assert.ok(original.includes(Buffer.from(line, 'latin1')), JSON.stringify(line));
  });

  it('writes values as they are only when told', async () => {
    const made = await make('User', rule('email_form'), { maskSensitive: false, name: 'kept' });
    assert.deepEqual(made.masked, []);
    assert.match(textOf(made.folder), /nobodyprivate\.example/);
  });

  it('writes nothing where stand-ins make the failure go, and says which column it hangs on', async () => {
    await assert.rejects(make('User', rule('one_name')), (error: unknown) => {
      assert.ok(error instanceof PipelineError);
      assert.equal(error.code, 'VALUES_NEEDED');
      assert.match(error.message, /depends on the values of User\.name\b/);
      assert.match(error.remedy, /--keep-values/);
      return true;
    });
    assert.ok(!existsSync(join(root, 'made')) || readdirSync(join(root, 'made')).length === 0);
    assert.equal((await make('User', rule('one_name'), { maskSensitive: false })).lines, 1);
  });

  it('differs in plain words once the config is corrected, and expects that after an update', async () => {
    const made = await make('User', rule('id_form'));
    edit(join(made.folder, 'config/validation_rules.json'), (text) =>
      text.replace('[SD]-\\\\d{2}', '[SD]-..'),
    );
    const now = await outcome(made.folder);
    assert.equal(now.kind, 'differs');
    assert.deepEqual(
      now.differences.find(({ what }) => what === 'rule id_form'),
      {
        what: 'rule id_form',
        expected: 'failed, 1 of 1 row failing',
        found: 'passed, 0 of 1 row failing',
      },
    );
    assert.equal((await tested(made.folder, true))[0]?.outcome.kind, 'updated');
    assert.deepEqual(await outcome(made.folder), { kind: 'passed' });
  });

  it('takes the worst failure where none is named, and is the same when it is made again', async () => {
    const first = await make('Card');
    assert.deepEqual(first.failure, rule('known_user'));
    const again = await make('Card', undefined, { name: 'again' });
    const files = filesIn(first.folder).filter((name) => name !== 'README.md');
    assert.ok(files.length > 3, files.join());
    for (const file of files)
      assert.deepEqual(readFileSync(join(again.folder, file)), readFileSync(join(first.folder, file)), file);
  });

  it('brings along what a rule needs of earlier dates, and keeps to the side that failed', async () => {
    const place = join(root, 'dates');
    const ids = (n: number, odd = -1): string =>
      ['id', ...Array.from({ length: n }, (_, i) => (i === odd ? 'zz' : `x${i}`)), ''].join('\n');
    writeDay(place, {
      brands: { B: 'B' },
      tables: { T: { columns: { id: { type: 'VARCHAR' } } }, Ref: { columns: { id: { type: 'VARCHAR' } } } },
      rules: {
        T: {
          rules: [
            { rule: 'anomaly', id: 'volume', metric: 'row_count', max_change: '50%', severity: 'warning' },
            {
              rule: 'references',
              id: 'known',
              column: 'id',
              to: 'Ref.id',
              at: 'latest',
              severity: 'warning',
            },
          ],
        },
      },
      settings: 'EXPECTED_TABLES=T\n',
      files: {
        'B_T_20241112.csv': ids(6),
        'B_T_20241113.csv': ids(6),
        'B_T_20241114.csv': ids(6),
        'B_Ref_20241114.csv': ids(20, 3),
        [`B_T_${DATE}.csv`]: ids(20),
      },
    });
    for (const date of ['20241112', '20241113', '20241114', DATE])
      await runDay(place, { selection: { dates: [date] } });
    const workspace = await open(place);
    const of = (id: string): Promise<CaseResult> =>
      createCase(workspace, { date: DATE, table: 'T', failure: rule(id), folder: join(root, 'made') });
    // Six rows a day, and more than nine is too many: fewer than three would fail as well, from the other side.
    const volume = await of('volume');
    assert.deepEqual([volume.lines, volume.fewest], [10, true]);
    assert.ok(existsSync(join(volume.folder, 'history/20241113/T.json')));
    assert.deepEqual(await outcome(volume.folder), { kind: 'passed' });
    const known = await of('known');
    assert.deepEqual(known.files, [
      { path: `landing/B_T_${DATE}.csv`, lines: 1 },
      { path: 'landing/B_Ref_20241114.csv', lines: 0 },
    ]);
    assert.deepEqual(await outcome(known.folder), { kind: 'passed' });
  });

  it('shows a step that failed, also from an original that was archived since', async () => {
    const place = join(root, 'failing');
    const columns = { id: { type: 'VARCHAR' }, n: { type: 'INTEGER', on_error: 'fail' } };
    writeDay(place, {
      brands: { B: 'B' },
      tables: { T: { columns } },
      settings: 'EXPECTED_TABLES=T\n',
      files: {
        [`B_T_${DATE}.csv`]: [
          'id,n',
          ...Array.from({ length: 20 }, (_, i) => `x${i},${i === 12 ? 'many' : i}`),
          '',
        ].join('\n'),
      },
    });
    await runDay(place);
    const workspace = await open(place);
    const of = (name: string): Promise<CaseResult> =>
      createCase(workspace, { date: DATE, table: 'T', name, folder: join(root, 'made') });
    const fresh = await of('fresh');
    assert.deepEqual(fresh.failure, { kind: 'step', stage: 'raw-to-silver', code: 'TABLE_FAILED' });
    const landing = (made: CaseResult): string =>
      readFileSync(join(made.folder, `landing/B_T_${DATE}.csv`), 'utf8');
    assert.equal(landing(fresh), 'id,n\nx12,many\n');
    // As maintenance leaves it: the original compressed in the archive, and its manifest pointing there.
    const [part] = workspace.lake.parts(DATE, 'B', 'T');
    assert.ok(part?.source);
    const original = workspace.lake.absolute(part.source.original);
    const archived = `archive/${DATE}/B/T.csv.gz`;
    mkdirSync(join(place, 'data/archive', DATE, 'B'), { recursive: true });
    writeFileSync(join(place, 'data', archived), gzipSync(readFileSync(original)));
    rmSync(original);
    const source = { ...part.source, original: archived };
    writeFileSync(workspace.lake.manifestFile(part), JSON.stringify({ ...part, source }));
    assert.equal(landing(await of('archived')), landing(fresh));
    assert.deepEqual(await outcome(fresh.folder), { kind: 'passed' });
  });

  it('cuts files that could not be read, and leaves a packed one alone whose values it cannot replace', async () => {
    const place = join(root, 'unreadable');
    const table = { columns: { id: { type: 'VARCHAR' }, note: { type: 'VARCHAR', sensitive: true } } };
    const text = [
      'id,note',
      ...Array.from({ length: 3000 }, (_, i) => `${i},Secret${(i * 7919) % 977}`),
    ].join('\n');
    writeDay(place, {
      brands: { B: 'B' },
      tables: { Binary: table, Packed: table, Unknown: table, Empty: table },
      files: {
        [`B_Binary_${DATE}.csv`]: Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256)),
        [`B_Packed_${DATE}.csv.gz`]: gzipSync(text).subarray(0, 3000),
        [`B_Unknown_${DATE}.csv`]: 'foo;bar;baz\n1;Annabella;2\n2;Berta;3\n',
        [`B_Empty_${DATE}.csv`]: '',
      },
    });
    await runDay(place);
    const workspace = await open(place);
    const of = (name: string, maskSensitive = true): Promise<CaseResult> =>
      createCase(workspace, { date: DATE, table: name, folder: join(root, 'made'), maskSensitive });
    for (const [name, code, lines] of [
      ['Binary', 'NOT_TEXT', 1],
      ['Unknown', 'UNKNOWN_COLUMNS', 1],
      ['Empty', 'EMPTY_FILE', 0],
    ] as const) {
      const made = await of(name);
      assert.deepEqual([made.failure, made.lines], [{ kind: 'reject', code }, lines]);
      assert.doesNotMatch(textOf(made.folder), /annabella|berta/i);
      assert.deepEqual(await outcome(made.folder), { kind: 'passed' });
    }
    await assert.rejects(of('Packed'), { code: 'VALUES_NEEDED', message: /cannot be unpacked/ });
    const packed = await of('Packed', false);
    assert.deepEqual(packed.failure, { kind: 'reject', code: 'BAD_ARCHIVE' });
    assert.deepEqual(await outcome(packed.folder), { kind: 'passed' });
  });

  it('leaves the workspace as it was, and nothing in the temporary folder', async () => {
    const state = (): string[] => filesIn(folder).map((f) => `${f} ${readFileSync(join(folder, f)).length}`);
    const before = state();
    const left = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`m7-case-${process.pid}-`));
    await make('User', rule('fee_range'));
    assert.deepEqual(state(), before);
    assert.deepEqual(left(), []);
    const stop = new AbortController();
    const running = make('User', rule('fee_mean'), {
      name: 'stopped',
      signal: stop.signal,
      progress: () => stop.abort(),
    });
    await assert.rejects(running, { code: 'CANCELLED' });
    assert.deepEqual(left(), []);
    assert.ok(!existsSync(join(root, 'made', 'stopped')));
  });

  it('ends in time with what it has, and says that it may not be the fewest', async () => {
    const made = await make('User', rule('email_once'), { limits: { runs: 1, seconds: 60 } });
    assert.equal(made.fewest, false);
    assert.match(made.remarks.join(' '), /ended early/);
    assert.deepEqual(await outcome(made.folder), { kind: 'passed' });
  });

  it('makes no case of what is no failure', async () => {
    const wrong = async (
      code: string,
      message: RegExp,
      table: string,
      failure?: CaseFailure,
      more: Partial<CaseOptions> = {},
    ): Promise<void> => {
      await assert.rejects(make(table, failure, more), (error: unknown) => {
        assert.ok(error instanceof PipelineError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    };
    await wrong('NOT_FOUND', /no table Users/, 'Users');
    await wrong('NOT_FOUND', /no rule id_from/, 'User', rule('id_from'));
    await wrong('NOT_FOUND', /was rejected for NUL_BYTE/, 'User', { kind: 'reject', code: 'NUL_BYTE' });
    await wrong('NOT_FOUND', /User\.ended converted/, 'User', { kind: 'conversion', column: 'ended' });
    await wrong('NOT_FOUND', /did not fail/, 'Card', { kind: 'step', stage: 'raw-to-silver' });
    await wrong('NOT_FOUND', /There are no results for User on 20240101/, 'User', undefined, {
      date: '20240101',
    });
    await wrong('USAGE', /not a valid name for a case folder/, 'User', rule('id_form'), { name: '../out' });
    mkdirSync(join(root, 'made', 'taken'), { recursive: true });
    await wrong('USAGE', /already exists/, 'User', rule('id_form'), { name: 'taken' });
  });
});
