// Alerts of runs in this process, over a real mail server: what is told, when, and that it is told once.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, tellStopped, type RunEvent } from '../../../src/engine';
import { DATE, open, runDay, smallDay, writeDay, type Day, type Drained } from '../../support/day';
import { useFolder } from '../../support/folder';
import { startMailServer, type MailServer } from '../../support/mailServer';

describe('alerts of runs', function () {
  this.timeout(60_000);
  const folder = useFolder();
  let server: MailServer;
  beforeEach(async () => {
    server = await startMailServer();
  });
  afterEach(() => server.close());

  const GOOD = { Playback: { rules: [] }, Device: { rules: [] } };
  const STRICT = {
    Playback: { rules: [{ rule: 'range', id: 'tight', column: 'seconds', min: 100, error: '1%' }] },
  };
  const settings = (more: Readonly<Record<string, string | number>> = {}): string =>
    Object.entries({
      EXPECTED_TABLES: 'Device,Playback',
      ENABLE_EMAIL_ALERTS: 'true',
      SMTP_SERVER: '127.0.0.1',
      SMTP_PORT: server.port,
      ADMIN_EMAIL: 'Ops <ops@example.org>, b@example.org',
      ALERT_FROM: 'm7@example.org',
      ...more,
    })
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  const write = (rules: unknown, more: Partial<Day> & { without?: readonly string[] } = {}): void => {
    const day = smallDay();
    const { without = [], ...rest } = more;
    const files = Object.fromEntries(
      Object.entries(day.files).filter(([name]) => !without.some((w) => name.startsWith(w))),
    );
    writeDay(folder(), {
      ...day,
      tables: accepting(day.tables),
      rules,
      files,
      settings: settings(),
      ...rest,
    });
  };
  /** What a small day loses on its way is no trouble here. */
  const accepting = (tables: Day['tables']): Day['tables'] => {
    const playback = tables['Playback'] as { columns: Record<string, object> };
    const columns = {
      ...playback.columns,
      started_at: { ...playback.columns['started_at'], max_failed: '100%' },
    };
    return { ...tables, Playback: { ...playback, columns, max_rejected: '100%' } };
  };
  const setRules = (rules: unknown): void =>
    writeFileSync(join(folder(), 'config/validation_rules.json'), JSON.stringify({ tables: rules }));
  const bring = (name: string): void =>
    writeFileSync(join(folder(), 'data/landing', name), smallDay().files[name] ?? '');
  const subjects = (): string[] => server.mails.map((m) => m.headers.get('subject') ?? '');
  const state = (path: string): string => join(folder(), 'data/.state/alerts', path);
  const waiting = (): string[] => readdirSync(state('outbox'));

  it('sends nothing when nothing is wrong', async () => {
    write(GOOD, {
      files: {
        [`Skylink_Device_${DATE}.csv`]: 'device_id,model,price\nS1,a,1.5\n',
        [`Digi_Device_${DATE}.csv`]: 'device_id,model,price\nD1,a,1.5\n',
      },
      settings: settings({ EXPECTED_TABLES: 'Device' }),
    });
    const { result } = await runDay(folder());
    assert.equal(result.status, 'ok');
    assert.deepEqual(subjects(), []);
    assert.equal(server.connections(), 0);
    assert.ok(!existsSync(join(folder(), 'data/logs/alerts.ndjson')));
  });

  it('sends one mail per run, which says what failed, with rows, limits and samples, to everybody', async () => {
    write(STRICT, { without: ['Digi_Device'] });
    await runDay(folder());
    assert.deepEqual(subjects(), ['[M7] 20241115: 1 table failed, 1 file missing']);
    const [mail] = server.mails;
    assert.ok(mail !== undefined);
    assert.deepEqual([mail.from, [...mail.to]], ['m7@example.org', ['ops@example.org', 'b@example.org']]);
    for (const body of [mail.text, mail.html]) {
      for (const words of [
        'tight',
        '32 of 82 rows (39.02%)',
        'limit 1%',
        'Skylink_Playback_20241115.csv, row 2',
      ])
        assert.ok(body.includes(words), words);
      assert.match(body, /m7 report --date 20241115/);
      assert.match(body, /Digi/);
    }
    assert.match(mail.text, /Playback +failed +86 +50 +34 +-/);
    assert.match(mail.headers.get('date') ?? '', /^\w{3}, \d\d \w{3} \d{4}/);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    assert.ok(!/<script|<img|src=|href=|url\(/i.test(mail.html), 'nothing remote, nothing that acts');
  });

  it('tells the same trouble once, worse or other trouble again, and its end once', async () => {
    write({
      Playback: {
        rules: [{ rule: 'range', id: 'tight', column: 'seconds', min: 100, warn: 1, error: '90%' }],
      },
    });
    const again = (): Promise<Drained> => runDay(folder(), { selection: { dates: [DATE], force: true } });
    await runDay(folder());
    assert.deepEqual(subjects(), ['[M7] 20241115: 1 table warned']);
    await again();
    await runDay(folder());
    assert.equal(subjects().length, 1, 'told already');
    setRules(STRICT);
    await runDay(folder());
    assert.deepEqual(subjects().slice(1), ['[M7] 20241115: 1 table failed'], 'worse');
    setRules({
      Playback: { rules: [...STRICT.Playback.rules, { rule: 'row_count', id: 'many', min: 1_000_000 }] },
    });
    await runDay(folder());
    assert.equal(subjects().length, 3, 'another rule');
    setRules(STRICT);
    await runDay(folder());
    assert.equal(subjects().length, 3, 'better, yet not well');
    setRules(GOOD);
    await runDay(folder());
    assert.deepEqual(subjects().slice(3), ['[M7] 20241115: recovered']);
    await again();
    assert.equal(subjects().length, 4);
    setRules(STRICT);
    await runDay(folder());
    assert.equal(subjects().length, 5, 'wrong anew');
  });

  it('tells what is missing once, says nothing while it comes, and tells when all is there', async () => {
    write(GOOD, { without: ['Digi', 'Skylink_Device'] });
    await runDay(folder());
    assert.deepEqual(subjects(), ['[M7] 20241115: 3 files missing']);
    bring(`Digi_Device_${DATE}.csv`);
    await runDay(folder());
    assert.equal(subjects().length, 1);
    for (const name of ['Digi_Playback', 'Skylink_Device']) bring(`${name}_${DATE}.csv`);
    await runDay(folder());
    assert.deepEqual(subjects().slice(1), ['[M7] 20241115: recovered']);
  });

  it('tells of a failed step and of its end, and asks ALERT_ON what is worth it', async () => {
    const tables = {
      ...smallDay().tables,
      Device: { columns: { device_id: { type: 'VARCHAR' }, price: { type: 'INTEGER', on_error: 'fail' } } },
    };
    const files = { [`Skylink_Device_${DATE}.csv`]: 'device_id,price\nS1,dear\n' };
    write(GOOD, { tables, files, settings: settings({ ALERT_ON: 'failed' }) });
    const first = await runDay(folder());
    assert.equal(first.result.status, 'failed');
    assert.deepEqual(subjects(), ['[M7] 20241115: 1 table failed, 3 files missing']);
    assert.match(server.mails[0]?.text ?? '', /A step failed\n {2}raw-to-silver Skylink Device/);
    rmSync(join(folder(), '.env'));
    writeFileSync(join(folder(), '.env'), settings({ ALERT_ON: 'missing' }));
    await runDay(folder());
    assert.equal(subjects().length, 2, 'missing files had not been told');
  });

  it('tells of a run that cannot run, once, and that runs can run again', async () => {
    write(GOOD);
    setRules({ Playback: { rules: [{ rule: 'expression', expression: 'nothing_known > 1' }] } });
    const attempt = async (): Promise<void> => {
      await assert.rejects(runDay(folder()), /nothing_known/);
    };
    await attempt();
    await attempt();
    assert.equal(subjects().length, 1);
    assert.match(subjects()[0] ?? '', /^\[M7\] A run could not start \(/);
    assert.match(server.mails[0]?.text ?? '', /validation_rules\.json:\d+/);
    setRules(GOOD);
    await runDay(folder());
    assert.deepEqual(subjects().slice(1), ['[M7] Runs can start again']);
    writeFileSync(join(folder(), 'config/table_schemas.json'), '{');
    const options = { directory: folder(), environment: { SETTLE: '0' } };
    const error = await open(folder()).then(
      () => assert.fail('It was opened.'),
      (e: unknown) => e,
    );
    await tellStopped(options, error);
    await tellStopped(options, error);
    assert.equal(subjects().length, 3);
    assert.match(server.mails[2]?.text ?? '', /table_schemas\.json:1/);
  });

  it('keeps quiet about a lock, and about a run that was cancelled, which the next run tells', async () => {
    write(STRICT);
    const first = run(await open(folder()), { dates: [DATE] });
    await first.next();
    await assert.rejects(runDay(folder()), { code: 'LOCKED' });
    await first.return(undefined as never);
    const stop = new AbortController();
    const cancelled = await runDay(folder(), {
      options: { signal: stop.signal },
      each: (event) => {
        if (
          event.event === 'step_finished' &&
          event.stage === 'gold-to-snowflake' &&
          event.table === 'Playback'
        )
          stop.abort();
      },
    });
    assert.equal(cancelled.result.status, 'cancelled');
    assert.deepEqual(subjects(), []);
    assert.ok(readdirSync(state('begun')).length > 0);
    await runDay(folder());
    assert.deepEqual(subjects(), ['[M7] 20241115: 1 table failed']);
    assert.deepEqual(readdirSync(state('begun')), []);
  });

  it('keeps what cannot be sent, and sends it with the next run, newest first', async () => {
    write(STRICT);
    await server.close();
    const { result } = await runDay(folder());
    assert.equal(result.status, 'failed');
    assert.equal(waiting().length, 1);
    const log = readFileSync(join(folder(), 'data/logs/alerts.ndjson'), 'utf8').trim().split('\n');
    assert.match(log[0] ?? '', /"status":"waiting".*refuses connections/);
    server = await startMailServer();
    writeFileSync(join(folder(), '.env'), settings());
    await runDay(folder());
    assert.deepEqual(subjects(), ['[M7] 20241115: 1 table failed']);
    assert.deepEqual(waiting(), []);
    assert.match(
      readFileSync(join(folder(), 'data/logs/alerts.ndjson'), 'utf8'),
      /"status":"sent","attempt":2/,
    );
  });

  it('bounds the outbox, and gives up what is old or cannot be read', async () => {
    write(GOOD);
    mkdirSync(state('outbox'), { recursive: true });
    const entry = (id: string, created: Date): void =>
      writeFileSync(
        state(`outbox/mail-${id}.json`),
        JSON.stringify({
          ...{ version: 1, id, channel: 'mail', attempts: 3, created: created.toISOString() },
          content: {
            kind: 'test',
            subject: id,
            headline: id,
            run_id: '',
            host: '',
            workspace: '',
            dates: [],
          },
        }).replace(
          '"dates":[]',
          `"dates":[],"more_dates":[],"recovered":[],"commands":[],"time":"${created.toISOString()}"`,
        ),
      );
    for (let i = 0; i < 45; i++) entry(`n${i}`, new Date(Date.now() - i * 1000));
    entry('old', new Date(Date.now() - 8 * 86_400_000));
    writeFileSync(state('outbox/mail-torn.json'), '{"version":1,"chan');
    writeFileSync(state('outbox/mail-other.json'), '[]');
    await runDay(folder());
    assert.equal(server.mails.length, 40);
    assert.ok(!subjects().includes('old') && !subjects().includes('n44'));
    assert.deepEqual(waiting(), []);
  });

  it('survives a damaged state and a folder it cannot write', async () => {
    write(STRICT);
    mkdirSync(state('.'), { recursive: true });
    writeFileSync(state('state.json'), 'no json');
    await runDay(folder());
    assert.equal(subjects().length, 1);
    rmSync(state('.'), { recursive: true });
    writeFileSync(join(folder(), 'data/.state/alerts'), 'a file where the folder should be');
    const { result } = await runDay(folder(), { selection: { dates: [DATE], force: true } });
    assert.equal(result.status, 'failed');
  });

  it('disturbs no run: the same events and files, with and without', async () => {
    const told = (events: readonly RunEvent[]): unknown =>
      events.map((event) => ({ ...event, time: '', run_id: '', seconds: 0, reports: [] }));
    write(STRICT, { settings: settings({ MAX_WORKERS: 1, PARALLEL_PROCESSING: 'false' }) });
    const on = await runDay(folder());
    rmSync(join(folder(), 'data'), { recursive: true });
    write(STRICT, {
      settings: settings({ MAX_WORKERS: 1, PARALLEL_PROCESSING: 'false', ENABLE_EMAIL_ALERTS: 'false' }),
    });
    const off = await runDay(folder());
    assert.equal(server.mails.length, 1);
    const plain = (drained: Drained): unknown =>
      (told(drained.events) as { event: string }[]).filter((e) => e.event !== 'step_progress');
    assert.deepEqual(plain(on), plain(off));
    assert.ok(!existsSync(state('.')), 'nothing is written where no alerts are wanted');
  });
});
