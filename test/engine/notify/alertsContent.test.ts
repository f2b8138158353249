// What an alert holds: worst first, nothing sensitive, nothing that acts, and never more than a mail can carry.
import assert from 'node:assert/strict';
import { buildAlert, type AlertMakings } from '../../../src/engine/notify/alerts/build';
import { renderMailHtml } from '../../../src/engine/notify/alerts/mailHtml';
import { renderMailText } from '../../../src/engine/notify/alerts/mailText';
import { maskingOf } from '../../../src/engine/report/masking';
import { jsonBody, slackBody, teamsBody } from '../../../src/engine/notify/alerts/webhookBody';
import type { Config, Finding, Report } from '../../../src/engine/model';
import { redactionOf } from '../../../src/engine/base';
import type { DateDocument } from '../../../src/engine/report/model';
import { brand, column, config, rule, table } from '../../support/model';

const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  ...{ id, rule: 'range', columns: ['seconds'], severity: 'error', status: 'failed', evaluated: 1000 },
  ...{ failing: 50, failing_pct: 5, limit: '1%', samples: [], seconds: 0.1, config_line: 7 },
  ...more,
});

const report = (name: string, status: Report['status'], findings: readonly Finding[] = []): Report => ({
  ...{ table: name, date: '20241115', run_id: 'r1', status, findings },
  rows: {
    landing: 100,
    raw: 100,
    silver: 99,
    gold: 98,
    accepted: 90,
    rejected: 8,
    duplicates: 1,
    loaded: null,
  },
  ...{ edges: [], conversions: [], profile: [], started_at: '', finished_at: '', config_sha: 'c' },
});

const date = (reports: readonly Report[], more: Partial<DateDocument> = {}): DateDocument => ({
  ...{ date: '20241115', reports, broken: [], failures: [], rejects: [] },
  files: { summary: '/w/s.json', rules: '/w/r.json', schemas: '/w/t.json' },
  ...more,
});

const PERSON: Config = config(
  [brand('Skylink')],
  [
    table('User', [
      column('user_id', 'VARCHAR'),
      column('email', 'VARCHAR', { sensitive: true, source: ['E-Mail'] }),
      column('domain', 'VARCHAR', { derived: "split_part(email, '@', 2)" }),
      column('note', 'VARCHAR'),
    ]),
    table('Device', [column('device_id', 'VARCHAR')]),
  ],
  [rule('User', 'sql', { id: 'own', parameters: { query: 'SELECT upper(email) AS user_id FROM rows' } })],
);

const make = (dates: readonly DateDocument[], more: Partial<AlertMakings> = {}) =>
  buildAlert({
    ...{ runId: 'r1', workspace: '/w', time: new Date('2024-11-16T06:00:00Z'), dates, recovered: [] },
    ...{ redact: redactionOf([]), masking: maskingOf(PERSON), relative: (path: string) => path },
    ...more,
  });

const renderings = (content: ReturnType<typeof make>): readonly string[] => [
  renderMailText(content),
  renderMailHtml(content),
  ...[jsonBody('x', content), slackBody(content), teamsBody(content)].map((body) => JSON.stringify(body)),
];

describe('the content of alerts', () => {
  it('tells the worst first: errors, failures, warnings, then by the share of rows', () => {
    const { dates } = make([
      date([
        report('Device', 'warned', [
          finding('warns', { status: 'warned', severity: 'warning', failing_pct: 99 }),
        ]),
        report('User', 'failed', [
          finding('passes', { status: 'passed' }),
          finding('some', { failing_pct: 2 }),
          finding('most', { failing_pct: 80 }),
          finding('broken', { status: 'error', message: 'It cannot run.' }),
        ]),
      ]),
    ]);
    assert.deepEqual(
      dates[0]?.findings.map((f) => f.id),
      ['broken', 'most', 'some', 'warns'],
    );
    assert.deepEqual(
      dates[0].tables.map((t) => t.table),
      ['User', 'Device'],
    );
  });

  it('names the line of a rule, and none for a check that has no rule in a file', () => {
    const text = (line: number): readonly string[] => {
      const content = make([date([report('User', 'failed', [finding('keys', { config_line: line })])])]);
      return [renderMailText(content), renderMailHtml(content)];
    };
    for (const mail of text(7)) assert.match(mail, /range of seconds, line 7 of validation_rules\.json/);
    for (const mail of text(0)) {
      assert.match(mail, /range of seconds/);
      assert.doesNotMatch(mail, /line 0|validation_rules\.json/);
    }
  });

  it('hides values of sensitive columns: in samples, in what is made of them, in sentences', () => {
    const secret = 'jane.doe@example.org';
    const samples = [
      {
        values: { user_id: 'u1', email: secret, domain: 'example.org', note: `wrote as ${secret}` },
        file: 'a.csv',
        row: 1,
      },
    ];
    const content = make([
      date(
        [
          report('User', 'failed', [
            finding('mails', {
              columns: ['email'],
              samples,
              message: `Could not convert string '${secret}' to INT32`,
            }),
            finding('own', {
              rule: 'sql',
              columns: [],
              samples: [{ values: { user_id: secret.toUpperCase() }, file: 'a.csv', row: 2 }],
            }),
            finding('least', {
              rule: 'stat',
              columns: ['email'],
              evaluated: 0,
              failing: 0,
              observed: secret,
            }),
          ]),
        ],
        {
          failures: [
            {
              ...{
                date: '20241115',
                stage: 'raw-to-silver',
                table: 'User',
                brand: 'Skylink',
                time: '',
                run_id: 'r1',
              },
              error: {
                code: 'DUCKDB',
                message: `Invalid Input: "${secret}" in column "email" of User`,
                remedy: 'Mend it.',
              },
            },
          ],
          summary: {
            ...{ date: '20241115', run_id: 'r1', tables: [], arrivals: [] },
            totals: { landing: 0, accepted: 0, rejected: 0, duplicates: 0, loaded: 0 },
            files: [
              { path: 'x.csv', status: 'rejected', reason: `Line 3 holds '${secret}' and ends there.` },
            ],
          },
        },
      ),
    ]);
    for (const text of renderings(content)) {
      assert.ok(!/jane|JANE/.test(text), text);
      assert.ok(text.includes('(hidden)'));
    }
    assert.ok(renderMailText(content).includes('user_id=u1'), 'other columns are shown');
    assert.ok(
      !renderMailText(content).includes('example.org'),
      'a column made of a sensitive one is as sensitive',
    );
    assert.ok(renderMailText(content).includes('"email" of User'), 'names are no values');
    const open = make([
      date([
        report('Device', 'failed', [
          finding('x', { samples: [{ values: { device_id: "d'1'" }, file: 'a.csv', row: 1 }] }),
        ]),
      ]),
    ]);
    assert.ok(renderMailText(open).includes("device_id=d'1'"));
    const blind = make([date([report('User', 'failed', [finding('mails', { samples })])])], {
      masking: maskingOf(undefined),
    });
    assert.ok(!renderMailText(blind).includes('u1'), 'without a config everything is hidden');
  });

  it('takes secrets out before it cuts', () => {
    const secret = 'S3cretS3cretS3cret';
    const message = `${'x'.repeat(490)}${secret} and more`;
    const content = make([date([report('Device', 'failed', [finding('a', { message })])])], {
      redact: redactionOf([secret]),
    });
    for (const text of renderings(content)) assert.ok(!text.includes('S3cret'));
  });

  it('lets nothing act: markup, links of chats, control characters, lines of their own', () => {
    const nasty =
      '<img src=x onerror=alert(1)> "\'&amp; <!channel> <http://evil.test|here> *bold* [a](http://evil.test) \u202e\u0007 a\r\nBcc: x';
    const content = make(
      [
        date([
          report(nasty, 'failed', [
            finding(nasty, {
              message: nasty,
              samples: [{ values: { [nasty]: nasty }, file: nasty, row: 1 }],
            }),
          ]),
        ]),
      ],
      {
        workspace: nasty,
        stopped: { code: 'CONFIG_INVALID', message: nasty, remedy: nasty, file: nasty, line: 1 },
      },
    );
    assert.ok(!/\p{Cc}/u.test(content.subject));
    const html = renderMailHtml(content);
    assert.ok(!/<img|<!channel|\u202e|\u0007/.test(html), 'HTML');
    assert.ok(
      !/ on\w+=(?!alert)|javascript:|https?:\/\/(?!evil)/i.test(html.replaceAll('onerror=alert', '')),
    );
    assert.ok(!/[\u0007\u202e]/.test(renderMailText(content)));
    const slack = slackBody(content) as { blocks: readonly { text?: { type: string; text: string } }[] };
    const marked = slack.blocks.flatMap(({ text }) => (text?.type === 'mrkdwn' ? [text.text] : []));
    assert.ok(marked.length > 0);
    for (const text of marked) assert.ok(!/<[!h]/.test(text), text);
    const teams = JSON.stringify(teamsBody(content));
    assert.ok(!/[^\\]\[a\]\(/.test(teams.replaceAll('\\\\', '\\')), teams);
  });

  it('stays small on a broken day: 300 findings, values of 10 MB, 500 missing files, 200 dates', () => {
    const huge = 'é<&"'.repeat(2_500_000);
    const wide = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`column_${i}_${'n'.repeat(200)}`, huge]),
    );
    const samples = Array.from({ length: 20 }, (_, row) => ({ values: wide, file: 'f'.repeat(5_000), row }));
    const findings = Array.from({ length: 300 }, (_, i) =>
      finding(`rule_${i}_${'r'.repeat(500)}`, { message: huge, samples, columns: Object.keys(wide) }),
    );
    const failures = Array.from({ length: 100 }, () => ({
      ...{ date: '20241115', stage: 'raw-to-silver' as const, table: 'User', time: '', run_id: 'r1' },
      error: { code: 'DUCKDB' as const, message: huge, remedy: huge },
    }));
    const one = date([report('User', 'failed', findings)], {
      failures,
      summary: {
        ...{ date: '20241115', run_id: 'r1', tables: [] },
        arrivals: Array.from({ length: 500 }, (_, i) => ({
          ...{
            brand: `brand_${i}`,
            table: huge.slice(0, 50_000),
            status: 'missing' as const,
            files: [],
            rows: 0,
          },
        })),
        totals: { landing: 0, accepted: 0, rejected: 0, duplicates: 0, loaded: 0 },
        files: [],
      },
    });
    const content = make(Array.from({ length: 200 }, (_, i) => ({ ...one, date: String(20240000 + i) })));
    const [text = '', html = '', json = '', slack = '', teams = ''] = renderings(content);
    assert.ok(Buffer.byteLength(text) + Buffer.byteLength(html) < 110_000, `${text.length} + ${html.length}`);
    assert.ok(Buffer.byteLength(json) < 120_000);
    assert.ok(content.subject.length < 200);
    assert.ok(
      content.dates.length > 0 && (content.dates[0]?.more_findings ?? 0) > 280,
      'and says what it leaves out',
    );
    const blocks = (JSON.parse(slack) as { blocks: readonly { text?: { text: string } }[] }).blocks;
    assert.ok(blocks.length <= 50 && blocks.every((b) => (b.text?.text.length ?? 0) <= 3_000));
    assert.ok(Buffer.byteLength(teams) < 28_000, `Teams takes 28 KB: ${Buffer.byteLength(teams)}`);
  });

  it('says in the subject what happened, for one date and for many', () => {
    const failed = (day: string): DateDocument =>
      date([report('User', 'failed'), report('Device', 'warned')], { date: day });
    const subject = (days: readonly string[], recovered: readonly string[] = []): string =>
      make(days.map(failed), { recovered }).subject;
    assert.equal(subject(['20241115']), '[M7] 20241115: 1 table failed, 1 warned');
    assert.equal(
      subject(['20241115', '20241114'], ['20241101']),
      '[M7] 20241114, 20241115: 2 tables failed, 2 warned; 20241101 recovered',
    );
    assert.equal(
      subject(['20241111', '20241112', '20241113', '20241115']),
      '[M7] 4 dates from 20241111 to 20241115: 4 tables failed, 4 warned',
    );
    assert.equal(subject([], ['20241115', 'run']), '[M7] 20241115: recovered; runs can start again');
  });
});
