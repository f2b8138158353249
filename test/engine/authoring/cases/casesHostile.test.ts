// Cases of what is hard to cut or to mask: other encodings, values where no stand-in comes, limits that count, tables that refer to each other.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import {
  caseFailures,
  caseFolder,
  createCase,
  testCases,
  type CaseFailure,
  type CaseOptions,
  type CaseResult,
  type TestedCase,
} from '../../../../src/engine';
import { DATE, open, runDay, writeDay, type Day } from '../../../support/day';

describe('cases that are hard to make', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'm7-cases-hard-'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  let place = '';
  beforeEach(() => {
    place = join(root, `w${readdirSync(root).length}`);
  });

  const rule = (id: string): CaseFailure => ({ kind: 'rule', id });
  const day = async (given: Partial<Day> & Pick<Day, 'tables' | 'files'>): Promise<void> => {
    writeDay(place, { brands: { B: 'B' }, ...given });
    await runDay(place);
  };
  const make = async (
    table: string,
    failure?: CaseFailure,
    more: Partial<CaseOptions> = {},
  ): Promise<CaseResult> =>
    createCase(await open(place), {
      date: DATE,
      table,
      folder: join(place, 'made'),
      ...(failure === undefined ? {} : { failure }),
      ...more,
    });
  const outcome = async (folder: string): Promise<TestedCase['outcome']> => {
    for await (const one of testCases({ folders: [folder], base: folder })) return one.outcome;
    return assert.fail('no case');
  };
  const landing = (made: CaseResult, name = `B_T_${DATE}.csv`): Buffer =>
    readFileSync(join(made.folder, 'landing', name));
  const runs = (made: CaseResult): Promise<void> =>
    outcome(made.folder).then((one) => assert.deepEqual(one, { kind: 'passed' }));
  const id = { type: 'VARCHAR' } as const;
  const secret = { type: 'VARCHAR', sensitive: true } as const;
  const many = (n: number, line: (i: number) => string): readonly string[] =>
    Array.from({ length: n }, (_, i) => line(i));

  it('has as many rows as a limit that counts rows needs, and one row where it is a percentage', async () => {
    await day({
      tables: { T: { columns: { id, n: { type: 'INTEGER' } } } },
      rules: {
        T: {
          rules: [
            { rule: 'range', id: 'few', column: 'n', max: 9, error: 4 },
            { rule: 'range', id: 'share', column: 'n', max: 9, warn: '1%', error: '60%' },
          ],
        },
      },
      files: { [`B_T_${DATE}.csv`]: ['id,n', ...many(20, (i) => `x${i},${i}`), ''].join('\n') },
    });
    const counted = await make('T', rule('few'));
    assert.equal(counted.expected.findings?.[0]?.status, 'failed');
    assert.deepEqual([counted.lines, counted.fewest], [5, true]);
    await runs(counted);
    assert.equal((await make('T', rule('share'))).lines, 1);
  });

  it('keeps UTF-16 and a record over several lines, with stand-ins of the same script', async () => {
    await day({
      tables: { T: { columns: { id, name: secret, n: { type: 'INTEGER' } } } },
      rules: { T: { rules: [{ rule: 'range', id: 'most', column: 'n', max: 9 }] } },
      files: {
        [`B_T_${DATE}.csv`]: iconv.encode(
          [
            'id;name;n',
            ...many(9, (i) => `x${i};"Παπαδόπουλος\nΓιώργος ${i}";${i}`),
            'y;"Αλεξίου ""Nikos""\nΖωή";10',
            '',
          ].join('\n'),
          'utf-16le',
          { addBOM: true },
        ),
      },
    });
    const made = await make('T', rule('most'));
    assert.equal(made.lines, 1);
    const text = iconv.decode(landing(made), 'utf-16le', { stripBOM: false });
    assert.match(text, /^\ufeffid;name;n\ny;"\p{Script=Greek}+ ""[A-Z][a-z]{4}""\n\p{Script=Greek}+";10\n$/u);
    assert.doesNotMatch(text, /Αλεξίου|Nikos|Ζωή/i);
    await runs(made);
  });

  it('masks a column whose header stands twice, and tells of columns that nobody has called anything', async () => {
    await day({
      tables: { T: { extra_columns: 'keep', columns: { id, mail: { ...secret, source: ['E-Mail'] } } } },
      rules: { T: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d' }] } },
      files: {
        [`B_T_${DATE}.csv`]: [
          'id,E-Mail,E-Mail,Phone',
          'x1,a@b,c@d,1',
          'zz,anna@priv.example,second@priv.example,555',
          '',
        ].join('\n'),
      },
    });
    const made = await make('T', rule('form'));
    assert.doesNotMatch(landing(made).toString(), /anna|second|priv/);
    assert.match(made.remarks.join(' '), /keep their values: T\.Phone\./);
    await runs(made);
  });

  it('keeps rows of two tables together where a number here is text there', async () => {
    await day({
      tables: {
        T: { columns: { person: { type: 'BIGINT', sensitive: true }, n: { type: 'INTEGER' } } },
        Other: { columns: { who: secret, state: { type: 'VARCHAR' } } },
      },
      rules: {
        T: {
          rules: [
            {
              rule: 'sql',
              id: 'gone',
              query:
                "SELECT r.* FROM rows r JOIN Other o ON CAST(r.person AS VARCHAR) = o.who WHERE o.state = 'GONE'",
            },
          ],
        },
      },
      files: {
        [`B_T_${DATE}.csv`]: ['person,n', ...many(8, (i) => `${9100 + i},${i}`), ''].join('\n'),
        [`B_Other_${DATE}.csv`]: [
          'who,state',
          ...many(8, (i) => `${9100 + i},${i === 7 ? 'GONE' : 'HERE'}`),
          '',
        ].join('\n'),
      },
    });
    const made = await make('T', rule('gone'));
    assert.equal(made.lines, 2);
    assert.deepEqual(made.masked, ['Other.who', 'T.person']);
    assert.doesNotMatch(landing(made).toString(), /9107/);
    await runs(made);
  });

  it('masks files that are no tables: names of columns alone stay, in any script', async () => {
    await day({
      tables: { T: { columns: { id, name: secret } } },
      files: {
        [`B_T_${DATE}.csv`]:
          '<html><p>name;Annabella;Иванова;Žižková</p>\n<p>Session of 王小明 expired</p></html>\n',
      },
    });
    const made = await make('T');
    assert.deepEqual(made.failure, { kind: 'reject', code: 'NOT_CSV' });
    const all = landing(made).toString();
    assert.doesNotMatch(all, /Annabella|Иванова|Žižková|王小明|Session/);
    await runs(made);
  });

  it('asks before a sensitive value stays in the name of a file, above the header or in a history', async () => {
    const table = { columns: { id, name: secret, fee: { type: 'INTEGER', sensitive: true } } };
    await day({
      tables: { T: table, U: table },
      rules: {
        T: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d' }] },
        U: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d' }] },
      },
      settings: 'EXPECTED_TABLES=T,U\nLANDING_PATTERN={brand}_{table}_{date}*\n',
      files: {
        [`B_T_${DATE}_of_annabella.csv`]: 'id,name,fee\nx1,Berta,1\nzz,Annabella,2\n',
        [`B_U_${DATE}.csv`]: 'Delivered for Annabella Nova\nid,name,fee\nx1,Berta,1\nzz,Annabella  Nova,2\n',
      },
    });
    await assert.rejects(make('T', rule('form')), { code: 'VALUES_NEEDED', message: /name of the file/ });
    await assert.rejects(make('U', rule('form')), { code: 'VALUES_NEEDED', message: /above or below/ });
    assert.equal((await make('U', rule('form'), { maskSensitive: false })).lines, 1);
  });

  it('sends nothing anywhere, whatever the .env of a case says', async () => {
    let asked = 0;
    const server = createServer((_, answer) => {
      asked += 1;
      answer.end();
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    try {
      const { port } = server.address() as AddressInfo;
      await day({
        tables: { T: { columns: { id } } },
        rules: { T: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d' }] } },
        files: { [`B_T_${DATE}.csv`]: 'id\nzz\n' },
      });
      const made = await make('T', rule('form'));
      const url = `http://127.0.0.1:${port}`;
      writeFileSync(
        join(made.folder, '.env'),
        `${readFileSync(join(made.folder, '.env'), 'utf8')}OPENLINEAGE=http\nOPENLINEAGE_URL=${url}\nALERT_WEBHOOK_URL=${url}\nALERT_ON=failed,warned\n`,
      );
      const found = await outcome(made.folder);
      // Settings that are not known would make it a broken case: that would prove nothing.
      assert.notEqual(found.kind, 'broken', JSON.stringify(found));
      assert.equal(asked, 0);
    } finally {
      server.close();
    }
  });

  it('reads config that begins with a byte order mark', async () => {
    await day({
      tables: { T: { columns: { id } } },
      rules: { T: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d' }] } },
      files: { [`B_T_${DATE}.csv`]: 'id\nx1\nzz\n' },
    });
    const file = join(place, 'config/validation_rules.json');
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8')}`);
    assert.equal((await make('T', rule('form'))).lines, 1);
  });

  it('lists what failed, worst first, and makes a case of each', async () => {
    await day({
      tables: {
        T: {
          primary_key: ['id'],
          columns: {
            id,
            n: { type: 'INTEGER', on_error: 'reject' },
            m: { type: 'INTEGER', on_error: 'null' },
          },
        },
        Kept: { columns: { id } },
        Good: { columns: { id } },
      },
      rules: {
        T: {
          rules: [
            { rule: 'range', id: 'within', column: 'n', max: 9, error: '90%', warn: '90%' },
            { rule: 'range', id: 'warned', column: 'n', max: 8, severity: 'warning' },
            { rule: 'range', id: 'over', column: 'n', max: 7 },
          ],
        },
      },
      files: {
        [`B_T_${DATE}.csv`]: ['id,n,m', ...many(12, (i) => `x${i},${i},1`), 'a,b,1', 'c,1,d', 'e', ''].join(
          '\n',
        ),
        [`B_Kept_${DATE}.csv`]: '<html>\n<body></body></html>\n',
        [`B_Good_${DATE}.csv`]: 'id\n1\n',
      },
    });
    const signal = new AbortController().signal;
    const listed = await caseFailures(await open(place), DATE, signal);
    assert.deepEqual(
      listed.map(({ table, kind, name, rows }) => [table, kind, name, rows]),
      [
        ['T', 'failed', 'T_over', 4],
        ['T', 'warned', 'T_warned', 3],
        ['T', 'step', 'T_gold-to-snowflake', null],
        ['T', 'reject', 'T_TOO_FEW_FIELDS', 1],
        ['T', 'reject', 'T_CONVERSION_FAILED_n', 1],
        ['T', 'conversion', 'T_conversion_m', 1],
        ['T', 'passed', 'T_within', 2],
        ['Kept', 'file', 'Kept_NOT_CSV', null],
      ],
    );
    for (const one of listed) {
      const made = await make(one.table, one.failure);
      assert.equal(made.title, one.title);
      assert.equal(made.name, one.name);
      await runs(made);
    }
  });

  it('does not choose by itself what no landing line can show', async () => {
    await day({
      tables: { T: { columns: { id } } },
      rules: {
        T: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d', severity: 'warning' }] },
      },
      files: { [`B_T_${DATE}.csv`]: 'id\nx1\nzz\n' },
    });
    mkdirSync(join(place, 'data/landing'), { recursive: true });
    cpSync(join(place, `data/raw/${DATE}/B/T.csv`), join(place, `data/landing/sub`, `B_T_${DATE}.csv`));
    await runDay(place);
    assert.deepEqual((await make('T')).failure, rule('form'));
    await assert.rejects(make('T', { kind: 'reject', code: 'DUPLICATE_CONTENT' }), { code: 'UNSUPPORTED' });
  });

  it('looks for cases where they are, and says before the search where none can be made', async () => {
    await day({
      tables: { T: { columns: { id } } },
      rules: { T: { rules: [{ rule: 'regex', id: 'form', column: 'id', pattern: 'x\\d' }] } },
      files: { [`B_T_${DATE}.csv`]: 'id\nx1\nzz\n' },
    });
    assert.equal(await caseFolder(place), join(place, 'test/cases'));
    mkdirSync(join(place, 'cases'));
    assert.equal(await caseFolder(place), join(place, 'cases'));
    const tries: unknown[] = [];
    await assert.rejects(
      make('T', rule('form'), {
        folder: join(place, '.env', 'deep'),
        progress: (told) => tries.push(told),
      }),
      { code: 'USAGE', message: /\.env is a file/ },
    );
    assert.deepEqual(tries, []);
    await assert.rejects(make('T', { kind: 'reject', code: 'TOO_FEW_FIELDS' }), { code: 'NOT_FOUND' });
  });
});
