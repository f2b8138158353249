// A value of a sensitive column breaks rules of every kind, conversions and keys: it stands in the data, and nowhere else.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { dateDocument, openRuleTests, renderMarkdown, mergeReports } from '../../src/engine';
import { DATE, writeDay, type Day } from '../support/day';
import { useFolder } from '../support/folder';
import { startMailServer, type MailServer } from '../support/mailServer';
import { buildCommand, m7 } from './command';

const NEXT = '20241116';
/** Parts of values that no innocent text has: of addresses, incomes and dates of birth, however they are written. */
const CANARIES = ['zq7kanari', '73918462', '73,918,462', '1973-11-2', '73918462-'];

const people = (date: string): string => {
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  const rows = Array.from({ length: 12 }, (_, i) =>
    [`P${i}`, `zq7kanari${i}@leak.example`, 739184620 + i, `1973-11-2${i % 9}`, `${day} 02:30:00`, 'ok'].join(
      ',',
    ),
  );
  return [
    'person_id,e-mail,income,born,seen,note',
    ...rows,
    // Twice; of the wrong type; missing; with a field too many.
    `P20,zq7kanari0@leak.example,739184620,1973-11-20,${day} 02:30:00,ok`,
    `P21,zq7kanari21,zq7kanari-income,zq7kanari-born,zq7kanari-seen,ok`,
    `P22,,739184621,1973-11-21,,ok`,
    `P23,zq7kanari23@leak.example,739184622,1973-11-22,,ok,zq7kanari-more`,
    `"P24,zq7kanari24@leak.example,739184623`,
  ].join('\n');
};

const VALUE = { on_fail: 'report' } as const;
const rule = (id: string, kind: string, more: object): object => ({ id, rule: kind, ...VALUE, ...more });
const sql = (id: string, query: string): object => rule(id, 'sql', { query });
const says = (id: string, expression: string): object => rule(id, 'expression', { expression });

const RULES = [
  rule('r_not_null', 'not_null', { column: 'email' }),
  rule('r_unique', 'unique', { columns: ['email', 'born'] }),
  rule('r_enum', 'enum', { column: 'email', values: ['a', 'b'] }),
  rule('r_not_enum', 'not_enum', { column: 'note', values: ['ok'], where: "email LIKE 'z%'" }),
  rule('r_range', 'range', { column: 'income', max: 10 }),
  rule('r_range_date', 'range', { column: 'born', min: '2000-01-01' }),
  rule('r_length', 'length', { column: 'email', max: 3 }),
  rule('r_regex', 'regex', { column: 'email', pattern: '[0-9]+' }),
  rule('r_not_regex', 'not_regex', { column: 'e_upper', pattern: 'ZQ7' }),
  rule('r_format', 'format', { column: 'email', format: 'uuid' }),
  rule('r_compare', 'compare', { column: 'email', operator: '=', other_column: 'note' }),
  rule('r_references', 'references', { column: 'email', to: 'Account.mail' }),
  rule('r_monotonic', 'monotonic', { column: 'income', order: 'person_id' }),
  rule('r_no_gaps', 'no_gaps', { column: 'born', step: '1 hour' }),
  rule('r_outlier', 'outlier', { column: 'income', z: 0.01 }),
  rule('r_row_count', 'row_count', { min: 1000 }),
  ...['mean', 'median', 'min', 'max', 'sum', 'quantile'].map((fn) =>
    rule(`r_stat_${fn}`, 'stat', { column: 'income', fn, max: 1, ...(fn === 'quantile' ? { q: 0.5 } : {}) }),
  ),
  rule('r_stat_date', 'stat', { column: 'born', fn: 'max', min: '2020-01-01' }),
  rule('r_freshness', 'freshness', { column: 'born', max_age: '1h' }),
  rule('r_anomaly', 'anomaly', { column: 'income', metric: 'null_pct', min_history: 2 }),
  rule('r_reconcile', 'reconcile', { column: 'income', to: 'Account.amount' }),
  rule('r_schema', 'schema', { types: { email: 'INTEGER' } }),
  says('r_expression', "email = 'x'"),
  says('r_cast', 'CAST(email AS INTEGER) > 0'),
  says('r_cast_quote', `CAST(concat('it''s "', email, '"') AS DATE) IS NULL`),
  says('r_overflow', 'CAST(income AS INTEGER) * CAST(income AS INTEGER) > 0'),
  says('r_narrow', 'CAST(income AS TINYINT) > 0'),
  says('r_date', 'make_date(CAST(income AS INTEGER), 1, 1) IS NULL'),
  says('r_strptime', `strptime(email, '%Y') IS NULL`),
  says('r_json', `json_extract(email, '$.a') IS NULL`),
  says('r_hex', 'unhex(email) IS NULL'),
  rule('r_where', 'not_null', { column: 'note', where: 'CAST(email AS INTEGER) > 0' }),
  sql('r_sql_rows', 'SELECT * FROM rows WHERE income > 0'),
  sql('r_sql_named', 'SELECT email AS note, count(*) AS n FROM rows GROUP BY 1'),
  sql('r_sql_struct', 'SELECT r AS note FROM rows AS r'),
  sql('r_sql_text', 'SELECT CAST(r AS VARCHAR) note FROM rows r'),
  sql('r_sql_json', 'SELECT to_json(r) AS j FROM rows AS r'),
  sql('r_sql_pattern', `SELECT min(COLUMNS('^em')) AS note FROM rows`),
  sql('r_sql_aliases', 'SELECT b AS note FROM rows AS t(a, b)'),
  sql('r_sql_cast', 'SELECT CAST(email AS INTEGER) AS n FROM rows'),
];

function privateDay(): Day {
  const account =
    'mail,amount\nzq7kanari99@leak.example,739184699\nzq7kanari99@leak.example,739184699\nother@example.org,1\n';
  return {
    brands: { Skylink: { code: 'SKL', timezone: 'Europe/Amsterdam' } },
    tables: {
      Person: {
        max_rejected: '100%',
        columns: {
          person_id: { type: 'VARCHAR' },
          email: { type: 'VARCHAR', source: ['e-mail'], sensitive: true, required: true },
          income: { type: 'BIGINT', sensitive: true, max_failed: '100%' },
          born: { type: 'DATE', sensitive: true, on_error: 'reject', max_failed: '100%' },
          seen: { type: 'TIMESTAMP', timezone: 'brand', sensitive: true, max_failed: '100%' },
          note: { type: 'VARCHAR' },
          e_upper: { type: 'VARCHAR', derived: 'upper(email)' },
          e_number: { type: 'INTEGER', derived: 'CAST(email AS INTEGER)', max_failed: '100%' },
        },
      },
      Account: {
        primary_key: ['mail'],
        deduplicate: 'error',
        columns: {
          mail: { type: 'VARCHAR', sensitive: true },
          amount: { type: 'BIGINT', sensitive: true },
        },
      },
      Strict: {
        columns: { mail: { type: 'INTEGER', sensitive: true, on_error: 'fail' } },
      },
    },
    rules: { Person: { rules: RULES } },
    files: Object.fromEntries(
      [DATE, NEXT].flatMap((date) => [
        [`Skylink_Person_${date}.csv`, people(date)],
        [`Skylink_Account_${date}.csv`, account.replaceAll('99@', `${date}@`)],
        [`Skylink_Strict_${date}.csv`, `mail\nzq7kanari${date}\n`],
      ]),
    ),
  };
}

/** Where a canary stands in a text, with what is around it. */
function sightings(text: string): readonly string[] {
  const low = text.toLowerCase();
  return CANARIES.flatMap((one) => {
    const at = low.indexOf(one);
    return at < 0 ? [] : [text.slice(Math.max(0, at - 150), at + 60).replaceAll('\n', '⏎')];
  });
}

/** Every file below a folder but those that are the data itself: the layers, rejects, and the warehouse. */
function filesBeside(folder: string): readonly string[] {
  const data = ['landing', 'raw', 'silver', 'gold', 'rejects', 'archive', 'warehouse.duckdb'];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .filter((path) => !data.some((part) => relative(folder, path).startsWith(part)));
}

describe('a sensitive value', function () {
  this.timeout(120_000);
  const folder = useFolder();
  let mail: MailServer;
  let hook: Server;
  const posted: string[] = [];
  before(buildCommand);
  beforeEach(async () => {
    posted.length = 0;
    mail = await startMailServer();
    hook = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        posted.push(body);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await mail.close();
    hook.closeAllConnections();
    hook.close();
  });

  it('stands in the data and nowhere else', async () => {
    const port = (hook.address() as AddressInfo).port;
    writeDay(folder(), {
      ...privateDay(),
      settings: [
        'EXPECTED_TABLES=Person,Account,Strict',
        'MAX_WORKERS=2',
        ...['ENABLE_EMAIL_ALERTS=true', 'SMTP_SERVER=127.0.0.1', `SMTP_PORT=${mail.port}`],
        ...[
          'SMTP_SECURITY=none',
          'ADMIN_EMAIL=ops@example.org',
          `ALERT_WEBHOOK_URL=http://127.0.0.1:${port}/hook`,
        ],
        ...['OPENLINEAGE=http', `OPENLINEAGE_URL=http://127.0.0.1:${port}`, ''],
      ].join('\n'),
    });
    const said = new Map<string, string>();
    const call = async (...words: string[]): Promise<void> => {
      const { out, err } = await m7(words, { cwd: folder() });
      said.set(`m7 ${words.join(' ')}`, `${out}\n${err}`);
    };
    await call('run', '--from', DATE, '--to', DATE, '--json', '--junit', 'junit.xml');
    await call('run', '--date', NEXT, '--verbose');
    await Promise.all([
      ...['text', 'json', 'html', 'junit'].map((format) =>
        call('report', '--date', DATE, '--format', format),
      ),
      call('status', '--date', DATE),
      call('status', '--json'),
    ]);
    await Promise.all([
      call('drift', '--date', DATE),
      call('reconcile', '--date', DATE),
      call('plan', '--date', DATE, '--verbose'),
      call('check'),
      call('replay', '--date', DATE, '--dry-run'),
    ]);
    await call('validate', '--date', DATE, '--force');
    await call('case', '--date', DATE, '--table', 'Person', '--rule', 'r_length');
    await call('test', 'test/cases');

    const run = said.get(`m7 run --date ${NEXT} --verbose`) ?? '';
    assert.match(run, /r_cast/, run);
    const shown = said.get(`m7 report --date ${DATE} --format text`) ?? '';
    assert.match(shown, /Values of email, income, born, seen, e_upper, e_number are \(hidden\)/);
    for (const one of RULES) assert.ok(shown.includes((one as { id: string }).id), shown);

    const options = { directory: folder() };
    const document = await dateDocument(options, DATE);
    said.set('the report page', JSON.stringify(document));
    said.set('Markdown', renderMarkdown(mergeReports(document)));
    const tests = openRuleTests(options);
    try {
      said.set('results of runs', JSON.stringify(await tests.results()));
      const news: unknown[] = [];
      await tests.test(
        undefined,
        { date: DATE, tables: [{ table: 'Person' }, { table: 'Account' }] },
        { signal: new AbortController().signal, tell: (one) => news.push(one) },
      );
      assert.ok(news.length > RULES.length);
      said.set('tests of rules', JSON.stringify(news));
    } finally {
      tests.close();
    }
    for (const [i, one] of mail.mails.entries()) said.set(`mail ${i}`, `${one.text}\n${one.html}`);
    for (const [i, body] of posted.entries()) said.set(`post ${i}`, body);
    assert.ok(mail.mails.length > 0 && posted.some((body) => body.includes('eventType')));
    assert.ok(posted.some((body) => !body.includes('eventType')));
    for (const root of ['data', 'test'])
      for (const path of filesBeside(join(folder(), root))) said.set(path, readFileSync(path, 'latin1'));
    said.set('junit.xml', readFileSync(join(folder(), 'junit.xml'), 'utf8'));
    assert.ok([...said.keys()].some((name) => name.endsWith('logs/reports/20241115/Person.json')));

    const found = [...said].flatMap(([where, text]) => sightings(text).map((one) => `${where}: ${one}`));
    assert.deepEqual(found, []);
  });

  it('is hidden in a report of an earlier version too, and in one whose config cannot be read', async () => {
    writeDay(folder(), privateDay());
    await m7(['run', '--date', DATE, '--table', 'Person', '--quiet'], { cwd: folder() });
    const path = join(folder(), `data/logs/reports/${DATE}/Person.json`);
    const { hidden, ...report } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(hidden, ['email', 'income', 'born', 'seen', 'e_upper', 'e_number']);
    const plain = JSON.stringify(report).replaceAll('"(hidden)"', '"zq7kanari@leak.example"');
    writeFileSync(path, plain.replaceAll('Error: (hidden)', "Error: '739184620' and 1973-11-20"));
    assert.ok(sightings(readFileSync(path, 'utf8')).length > 2);
    for (const format of ['text', 'json', 'html', 'junit']) {
      const { code, out } = await m7(['report', '--date', DATE, '--format', format], { cwd: folder() });
      assert.equal(code, 0);
      assert.deepEqual(sightings(out), [], format);
    }
    const config = join(folder(), 'config/table_schemas.json');
    const whole = readFileSync(config, 'utf8');
    writeFileSync(config, whole.slice(0, -20));
    const old = await dateDocument({ directory: folder() }, DATE);
    assert.deepEqual(sightings(JSON.stringify(old)), []);
    // What was masked when it was written is shown as it is: nothing else of it is hidden.
    writeFileSync(path, JSON.stringify({ ...report, hidden }));
    const { reports } = await dateDocument({ directory: folder() }, DATE);
    const samples = reports.flatMap((one) => one.findings).find(({ id }) => id === 'r_length')?.samples;
    assert.equal(samples?.[0]?.values['email'], '(hidden)');
    assert.ok(reports.some((one) => one.profile.some(({ max }) => max === 'ok')));
  });
});
