// Mail beside real runs of the command: whatever the mail server does, the run says and is the same; and m7 check --mail.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATE, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import {
  closedPort,
  startMailServer,
  startSilentServer,
  TEST_AUTHORITY,
  type MailServer,
} from '../support/mailServer';
import { buildCommand, m7, type Ended } from './command';

describe('mail beside m7', function () {
  this.timeout(180_000);
  const folder = useFolder();
  const open: { close(): Promise<void> }[] = [];
  before(buildCommand);
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (options: Parameters<typeof startMailServer>[0]): Promise<MailServer> => {
    const server = await startMailServer(options);
    open.push(server);
    return server;
  };

  const LOGIN = { user: 'm7@example.org', password: 'the right one' };
  const BASE = ['EXPECTED_TABLES=Device,Playback', 'PARALLEL_PROCESSING=false', 'MAX_WORKERS=1'];
  const mailTo = (port: number, ...more: readonly string[]): readonly string[] => [
    'ENABLE_EMAIL_ALERTS=true',
    'SMTP_SERVER=127.0.0.1',
    `SMTP_PORT=${port}`,
    'ADMIN_EMAIL=ops@example.org',
    `SMTP_CA_FILE=${TEST_AUTHORITY}`,
    ...more,
  ];
  const account = (password: string): readonly string[] => [
    `SMTP_USER=${LOGIN.user}`,
    `SMTP_PASSWORD=${password}`,
  ];
  const rules = {
    Playback: { rules: [{ rule: 'range', id: 'tight', column: 'seconds', min: 100, error: '1%' }] },
  };
  const env = (where: string, lines: readonly string[]): void =>
    writeFileSync(join(where, '.env'), [...BASE, ...lines, ''].join('\n'));
  const logOf = (where: string): string => {
    const path = join(where, 'data/logs/alerts.ndjson');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  /** What the run said, without what differs between any two runs. */
  const events = ({ out }: Ended, where: string): unknown[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line.replaceAll(where, '')) as Record<string, unknown>)
      .filter((event) => event['event'] !== 'step_progress')
      .map((event) => ({ ...event, time: '', run_id: '', seconds: 0 }));

  it('changes neither exit code nor events, whether it works, is refused, cannot be reached or hangs', async () => {
    const good = await serve({ security: 'starttls', login: LOGIN });
    const refusing = await serve({ refuse: ['ops@example.org'] });
    const mute = await serve({ hangAfterData: true });
    const silent = await startSilentServer();
    open.push(silent);
    const plain = await serve({});
    const closed = await closedPort();
    const cases: Readonly<Record<string, { readonly lines: readonly string[]; readonly log: RegExp }>> = {
      off: { lines: [], log: /^$/ },
      works: { lines: mailTo(good.port, ...account(LOGIN.password)), log: /"status":"sent"/ },
      'wrong password': {
        lines: mailTo(good.port, ...account('a wrong one')),
        log: /"waiting".*refused the login/,
      },
      'no STARTTLS': { lines: mailTo(plain.port, ...account(LOGIN.password)), log: /"waiting".*STARTTLS/ },
      'refused recipient': { lines: mailTo(refusing.port), log: /"waiting".*refused every recipient/ },
      'closed port': { lines: mailTo(closed), log: /"waiting".*refuses connections/ },
      'hangs at the greeting': { lines: mailTo(silent.port), log: /"waiting".*did not answer in time/ },
      'hangs after DATA': { lines: mailTo(mute.port), log: /"waiting".*did not confirm/ },
    };
    const names = Object.keys(cases);
    for (const name of names) {
      const where = join(folder(), name);
      mkdirSync(where);
      writeDay(where, { ...smallDay(), rules });
      env(where, cases[name]?.lines ?? []);
    }
    // Those that hang wait for their time: beside the others, not after them.
    const ends = await Promise.all(
      names.map((name) => m7(['run', '--date', DATE, '--json', '--quiet'], { cwd: join(folder(), name) })),
    );
    const expected = events(ends[0] ?? assert.fail('No run.'), join(folder(), 'off'));
    assert.ok(expected.length > 10);
    for (const [i, name] of names.entries()) {
      const end = ends[i] ?? assert.fail(name);
      const where = join(folder(), name);
      assert.equal(end.code, 1, `${name}: ${end.err}`);
      assert.deepEqual(events(end, where), expected, name);
      assert.match(logOf(where), cases[name]?.log ?? /./, name);
      assert.equal(
        existsSync(join(where, 'data/.state/lock')),
        existsSync(join(folder(), 'off/data/.state/lock')),
        name,
      );
    }
    assert.equal(good.mails.length, 1);

    // What was hung up on is sent once the server is well.
    const where = join(folder(), 'hangs after DATA');
    env(where, mailTo(plain.port));
    const next = await m7(['run', '--date', DATE], { cwd: where });
    assert.match(next.err, /mail: alert sent to ops@example\.org/);
    assert.deepEqual(
      plain.mails.map((m) => m.headers.get('subject')),
      ['[M7] 20241115: 1 table failed'],
    );
  });

  it('tells of a run that could not begin, and leaves its exit code and error as they are', async () => {
    const server = await serve({});
    const where = folder();
    writeDay(where, { ...smallDay(), rules });
    writeFileSync(join(where, 'config/table_schemas.json'), '{"tables": {"Device": {"colums": {}}}}');
    env(where, []);
    const without = await m7(['run', '--date', DATE], { cwd: where });
    env(where, mailTo(server.port));
    for (let i = 0; i < 2; i++) {
      const end = await m7(['run', '--date', DATE], { cwd: where });
      assert.deepEqual([end.code, end.out, end.err], [without.code, without.out, without.err]);
    }
    assert.equal(without.code, 2);
    assert.equal(server.mails.length, 1, 'once');
    assert.match(server.mails[0]?.text ?? '', /table_schemas\.json:1/);
    await m7(['run', '--date', DATE, '--dry-run'], { cwd: where });
    await m7(['status'], { cwd: where });
    await m7(['run', '--date', 'tomorrow'], { cwd: where });
    assert.equal(server.mails.length, 1, 'only runs are told');
  });

  it('m7 check --mail sends a test, and says what failed, where, and what to do', async () => {
    const server = await serve({ security: 'starttls', login: LOGIN });
    const where = folder();
    writeDay(where, { ...smallDay(), rules: {} });
    env(where, mailTo(server.port, ...account(LOGIN.password)));
    const well = await m7(['check', '--mail'], { cwd: where });
    assert.equal(well.code, 0, well.out + well.err);
    assert.match(well.out, /test mail +sent to ops@example\.org by 127\.0\.0\.1:\d+/);
    assert.match(well.out, /alerts +mail to ops@example\.org by 127\.0\.0\.1:\d+ \(STARTTLS\); on failed/);
    assert.equal(server.mails.at(-1)?.headers.get('subject'), '[M7] Test message');
    assert.ok(!existsSync(join(where, 'data/.state/alerts')), 'a test leaves nothing behind');

    env(where, mailTo(server.port, ...account('a wrong one')));
    const wrong = await m7(['check', '--mail', '--json'], { cwd: where });
    assert.equal(wrong.code, 2);
    const { problems } = JSON.parse(wrong.out) as { problems: readonly Record<string, unknown>[] };
    const [problem] = problems.filter((p) => p['severity'] === 'error');
    assert.match(String(problem?.['message']), /refused the login of SMTP_USER/);
    assert.deepEqual([problem?.['file'], problem?.['line']], ['.env', BASE.length + 7]);

    env(
      where,
      mailTo(server.port, ...account(LOGIN.password)).map((l) => l.replace('ALERTS=true', 'ALERTS=false')),
    );
    const off = await m7(['check', '--mail'], { cwd: where });
    assert.equal(off.code, 0, off.out);
    assert.match(off.out, /Runs send no mail: ENABLE_EMAIL_ALERTS is false/);

    env(where, []);
    const none = await m7(['check', '--mail'], { cwd: where });
    assert.equal(none.code, 2);
    assert.match(none.out, /no way to send an alert/);
  });

  it('m7 check tells what waits, and with --mail sends it', async () => {
    const where = folder();
    writeDay(where, { ...smallDay(), rules });
    env(where, mailTo(await closedPort()));
    const run = await m7(['run', '--date', DATE], { cwd: where });
    assert.match(run.err, /mail: the alert waits\. .*refuses connections.*m7 check --mail/);
    const waiting = await m7(['check'], { cwd: where });
    assert.match(waiting.out, /An alert waits in the outbox/);
    const server = await serve({});
    env(where, mailTo(server.port));
    const sent = await m7(['check', '--mail'], { cwd: where });
    assert.equal(sent.code, 0, sent.out);
    assert.match(sent.out, /outbox +1 sent now, 0 waiting/);
    assert.doesNotMatch(sent.out, /waits in the outbox/);
    assert.equal(server.mails.length, 2);
  });
});
