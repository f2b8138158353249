// Sending over real sockets: every way a mail server or a webhook can be unfriendly has words of its own, and a bound of time.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { checkWorkspace, sendTestAlert, type TestDelivery } from '../../../src/engine';
import { sendMail } from '../../../src/engine/notify/alerts/smtp';
import { postAlert } from '../../../src/engine/notify/alerts/webhook';
import type { AlertContent } from '../../../src/engine/notify/alerts';
import type { MailSettings } from '../../../src/engine/model';
import { useFolder } from '../../support/folder';
import {
  closedPort,
  OTHER_CERTIFICATE,
  startMailServer,
  startSilentServer,
  TEST_AUTHORITY,
  type MailServer,
  type MailServerOptions,
} from '../../support/mailServer';

const LOGIN = { user: 'm7@example.org', password: 'hunter2 "x\'; %41' };

describe('sending mail', function () {
  this.timeout(30_000);
  const folder = useFolder();
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const start = async (options: MailServerOptions = {}): Promise<MailServer> => {
    const server = await startMailServer(options);
    open.push(server);
    return server;
  };
  const send = async (port: number, more: Readonly<Record<string, string>> = {}): Promise<TestDelivery> => {
    const environment = {
      ...{ SMTP_SERVER: '127.0.0.1', SMTP_PORT: String(port), ADMIN_EMAIL: 'a@example.org, b@example.org' },
      ...more,
    };
    const { deliveries } = await sendTestAlert({ directory: folder(), environment });
    const [delivery] = deliveries;
    assert.ok(delivery !== undefined && deliveries.length === 1);
    return delivery;
  };
  const ACCOUNT = { SMTP_USER: LOGIN.user, SMTP_PASSWORD: LOGIN.password };
  const TRUST = { SMTP_CA_FILE: TEST_AUTHORITY };

  const works: readonly (readonly [string, MailServerOptions, Readonly<Record<string, string>>, boolean])[] =
    [
      ['without TLS and login', {}, {}, false],
      ['by STARTTLS that the server offers', { security: 'starttls' }, TRUST, true],
      ['by STARTTLS with a login', { security: 'starttls', login: LOGIN }, { ...ACCOUNT, ...TRUST }, true],
      [
        'by TLS with a login',
        { security: 'tls', login: LOGIN },
        { ...ACCOUNT, ...TRUST, SMTP_SECURITY: 'tls' },
        true,
      ],
      [
        'with AUTH LOGIN alone',
        { security: 'starttls', login: LOGIN, authMethods: ['LOGIN'] },
        { ...ACCOUNT, ...TRUST },
        true,
      ],
      [
        'unencrypted with a login, where that is wished',
        { login: LOGIN },
        { ...ACCOUNT, SMTP_SECURITY: 'none' },
        false,
      ],
    ];
  for (const [name, options, more, secure] of works)
    it(`sends ${name}`, async () => {
      const server = await start(options);
      const delivery = await send(server.port, more);
      assert.equal(delivery.status, 'sent', JSON.stringify(delivery));
      const mail = server.mails.at(0);
      assert.equal(mail?.secure, secure);
      assert.equal(mail.user, options.login?.user);
      assert.equal(mail.headers.get('subject'), '[M7] Test message');
    });

  const fails: readonly (readonly [
    string,
    MailServerOptions,
    Readonly<Record<string, string>>,
    RegExp,
    RegExp,
  ])[] = [
    [
      'a wrong password',
      { security: 'starttls', login: LOGIN },
      { ...ACCOUNT, ...TRUST, SMTP_PASSWORD: 'no-such-pass' },
      /refused the login.*535/,
      /SMTP_PASSWORD/,
    ],
    [
      'a password with no STARTTLS',
      { login: LOGIN },
      ACCOUNT,
      /does not offer STARTTLS/,
      /SMTP_SECURITY=none/,
    ],
    [
      'STARTTLS that is asked for and not there',
      {},
      { SMTP_SECURITY: 'starttls' },
      /does not offer STARTTLS/,
      /587 or 465/,
    ],
    [
      'a certificate nobody trusts',
      { security: 'starttls' },
      {},
      /not signed by an authority that this machine trusts/,
      /SMTP_CA_FILE/,
    ],
    [
      'a certificate of another name',
      { security: 'tls', certificate: OTHER_CERTIFICATE },
      { ...TRUST, SMTP_SECURITY: 'tls' },
      /another name/,
      /SMTP_SERVER/,
    ],
    ['TLS to a port without', {}, { ...TRUST, SMTP_SECURITY: 'tls' }, /does not speak TLS/, /starttls/],
    [
      'a server without logins',
      {},
      { ...ACCOUNT, SMTP_SECURITY: 'none' },
      /no supported login method/,
      /SMTP_USER/,
    ],
    [
      'all recipients refused',
      { refuse: ['a@example.org', 'b@example.org'] },
      {},
      /refused every recipient.*550/,
      /ADMIN_EMAIL/,
    ],
    ['the sender refused', { refuseSender: true }, {}, /refused the sender/, /ALERT_FROM/],
    [
      'the message refused',
      { refuseMessage: 'looks like spam' },
      {},
      /did not take the message.*spam/,
      /ask/i,
    ],
    [
      'certificates that are not there',
      {},
      { SMTP_CA_FILE: '/nowhere/ca.pem' },
      /cannot be read/,
      /SMTP_CA_FILE/,
    ],
  ];
  for (const [name, options, more, message, remedy] of fails)
    it(`says what is wrong and what to do: ${name}`, async () => {
      const server = await start(options);
      const delivery = await send(server.port, more);
      assert.ok(delivery.status === 'failed', JSON.stringify(delivery));
      assert.match(delivery.message, message);
      assert.match(delivery.remedy, remedy);
      assert.ok(!JSON.stringify(delivery).includes('hunter2'));
      assert.deepEqual(server.mails, []);
    });

  it('says so of a closed port, an unknown host and settings that lack half', async () => {
    assert.match(JSON.stringify(await send(await closedPort())), /refuses connections/);
    assert.match(
      JSON.stringify(await send(25, { SMTP_SERVER: 'nowhere.invalid' })),
      /no mail server called nowhere/,
    );
    assert.match(JSON.stringify(await send(25, { ADMIN_EMAIL: '' })), /ADMIN_EMAIL/);
    const none = await sendTestAlert({ directory: folder(), environment: { ENABLE_EMAIL_ALERTS: 'true' } });
    assert.match(JSON.stringify(none.deliveries), /SMTP_SERVER/);
    assert.deepEqual(
      (await sendTestAlert({ directory: folder(), environment: { SETTLE: '0' } })).deliveries,
      [],
    );
  });

  it('reaches those it can where some recipients are refused, and says so', async () => {
    const server = await start({ refuse: ['b@example.org'] });
    const delivery = await send(server.port);
    assert.match(JSON.stringify(delivery), /"sent".*refused b@example\.org/);
    assert.deepEqual(
      server.mails.map((m) => [...m.to]),
      [['a@example.org']],
    );
  });

  it('leaves a server that hangs, at every moment, when its time is up or it is told to stop', async () => {
    const silent = await startSilentServer();
    open.push(silent);
    const mute = await start({ hangAfterData: true });
    const settings = (port: number): MailSettings => ({
      ...{ enabled: true, server: '127.0.0.1', port, security: 'auto', adminEmail: 'a@example.org' },
    });
    const mail = { id: 'x', subject: 's', text: 't', html: '<p>t</p>', time: new Date().toISOString() };
    const stop = AbortSignal.timeout(300);
    const [greeting, after, stopped] = await Promise.all([
      sendMail(settings(silent.port), mail, 700),
      sendMail(settings(mute.port), mail, 1_500),
      sendMail(settings(silent.port), mail, 60_000, stop),
    ]);
    assert.match(JSON.stringify(greeting), /did not answer in time/);
    assert.match(JSON.stringify(after), /did not confirm the message in time/);
    assert.match(JSON.stringify(stopped), /stopped/);
  });

  it('lets no setting and no content into the header', async () => {
    const server = await start();
    const mail = {
      ...{ id: 'x', text: 't', html: '<p>t</p>', time: new Date().toISOString() },
      subject: '[M7] a\r\nBcc: evil@example.org\r\n\r\nbody ünï',
    };
    const settings: MailSettings = {
      ...{ enabled: true, server: '127.0.0.1', port: server.port, security: 'auto' },
      adminEmail:
        'z@example.org, "Ops\r\nX-Evil: 1" <a@example.org>, c@example.org\r\nX-Evil: 2, d@example.org>\r\nRCPT TO:<e@example.org',
    };
    assert.equal((await sendMail(settings, mail, 5_000)).status, 'sent');
    const [got] = server.mails;
    assert.ok(!/^(?:Bcc|X-Evil)/im.test(got?.raw.split('\r\n\r\n')[0] ?? ''), got?.raw);
    assert.deepEqual(
      [...(got?.to ?? [])].filter((to) => /evil|^e@/.test(to)),
      [],
    );
    for (const text of ['ALERT_FROM="a@example.org\nX: y"', 'ADMIN_EMAIL="a@example.org\nX: y"']) {
      writeFileSync(join(folder(), '.env'), text);
      await assert.rejects(sendTestAlert({ directory: folder(), environment: { SETTLE: '0' } }), /one line/);
    }
  });

  it('tells half a setting with file and line in the check', async () => {
    const lines = {
      'ENABLE_EMAIL_ALERTS=true': /needs SMTP_SERVER/,
      'SMTP_USER=me': /needs SMTP_PASSWORD/,
      'SMTP_PASSWORD=abcdef': /needs SMTP_USER/,
      'ADMIN_EMAIL=not an address': /no mail address/,
      'ALERT_FROM=<>': /no mail address/,
      'SMTP_CA_FILE=gone.pem': /There is no file/,
      'ALERT_WEBHOOK_FORMAT=slack': /needs ALERT_WEBHOOK_URL/,
      'SMTP_SECURITY=ssl': /one of auto, starttls, tls, none/,
      'ALERT_ON=failed,whatever': /whatever/,
      'ALERT_WEBHOOK_URL=http://example.org/secret-key': /https/,
      'SMTP_PASSWORD=abc': /fewer than 4/,
    };
    for (const [line, expected] of Object.entries(lines)) {
      writeFileSync(join(folder(), '.env'), `# first\n${line}\n`);
      const { problems } = await checkWorkspace({ directory: folder(), environment: { SETTLE: '0' } });
      const found = problems.find((p) => expected.test(p.message) || expected.test(p.remedy));
      assert.deepEqual([found?.file, found?.line], ['.env', 2], `${line}: ${JSON.stringify(problems)}`);
      assert.ok(!JSON.stringify(problems).includes('secret-key'));
    }
  });
});

describe('posting to a webhook', function () {
  this.timeout(30_000);
  type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;
  const servers: Server[] = [];
  const bodies: unknown[] = [];
  afterEach(async () => {
    bodies.length = 0;
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  async function listen(answer: Answer): Promise<{ readonly url: string; readonly asked: () => number }> {
    let asked = 0;
    const server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        bodies.push(JSON.parse(text));
        asked += 1;
        answer(request, response, asked);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/services/T00/SECRETKEY123456`, asked: () => asked };
  }
  const content: AlertContent = {
    ...{ kind: 'recovered', subject: '[M7] 20241115: recovered', headline: 'Recovered.', run_id: 'r1' },
    ...{ host: 'h', workspace: '/w', time: '2024-11-16T06:00:00Z', dates: [], more_dates: [] },
    ...{ recovered: ['20241115'], commands: ['m7 check'] },
  };
  const post = (
    webhookUrl: string,
    webhookFormat: 'json' | 'slack' | 'teams' = 'json',
    milliseconds = 10_000,
  ) => postAlert({ on: [], webhookUrl, webhookFormat }, { id: 'id1', content }, milliseconds);
  const status =
    (code: number, headers: Record<string, string> = {}): Answer =>
    (_request, response) =>
      void response.writeHead(code, headers).end('said this');

  it('posts the same content as JSON, Slack blocks and an adaptive card', async () => {
    const { url } = await listen(status(200));
    for (const format of ['json', 'slack', 'teams'] as const)
      assert.deepEqual(await post(url, format), { status: 'sent', detail: `to ${new URL(url).host}` });
    const [json, slack, teams] = bodies as Record<string, unknown>[];
    assert.deepEqual(json, { app: 'm7-pipeline', version: 1, id: 'id1', ...content });
    assert.equal(slack?.['text'], '[M7] 20241115: recovered');
    assert.deepEqual(
      (slack['blocks'] as { type: string }[]).map((b) => b.type),
      ['header', 'section', 'section', 'context'],
    );
    const [card] = teams?.['attachments'] as {
      contentType: string;
      content: { type: string; version: string };
    }[];
    assert.equal(teams?.['type'], 'message');
    assert.equal(card?.contentType, 'application/vnd.microsoft.card.adaptive');
    assert.deepEqual([card.content.type, card.content.version], ['AdaptiveCard', '1.4']);
  });

  it('tries once more where the other side is busy, as long as it is asked to wait, within bounds', async () => {
    const busy = await listen((_request, response, count) => {
      if (count === 1) response.writeHead(429, { 'retry-after': '0' }).end();
      else response.end('ok');
    });
    assert.equal((await post(busy.url)).status, 'sent');
    assert.equal(busy.asked(), 2);
    const broken = await listen(status(503, { 'retry-after': '0' }));
    assert.match(JSON.stringify(await post(broken.url)), /out of order \(503\).*said this/);
    assert.equal(broken.asked(), 2);
    const patient = await listen(status(503, { 'retry-after': '3600' }));
    assert.equal((await post(patient.url)).status, 'failed');
    assert.equal(patient.asked(), 1, 'an hour is not waited for');
    const wrong = await listen(status(400));
    assert.match(JSON.stringify(await post(wrong.url)), /ALERT_WEBHOOK_FORMAT/);
    assert.equal(wrong.asked(), 1);
    assert.match(JSON.stringify(await post((await listen(status(404))).url)), /no longer exists/);
  });

  it('goes to no other host, and never tells the key', async () => {
    const other = await listen(status(200));
    for (const code of [301, 302, 303, 307, 308]) {
      const here = await listen(status(code, { location: other.url }));
      const delivery = await post(here.url);
      assert.match(JSON.stringify(delivery), /redirects, and alerts do not follow/);
      assert.ok(!JSON.stringify(delivery).includes('SECRETKEY'));
    }
    assert.equal(other.asked(), 0);
    const within = await listen((request, response) => {
      if (request.url?.endsWith('/moved') === true) response.end();
      else response.writeHead(308, { location: `${request.url ?? ''}/moved` }).end();
    });
    assert.equal((await post(within.url)).status, 'sent');
  });

  it('ends in time where nobody answers, and says so where nobody listens', async () => {
    const hanging = await listen(() => undefined);
    assert.match(JSON.stringify(await post(hanging.url, 'json', 500)), /did not answer in time/);
    const endless = await listen((_request, response) => {
      response.writeHead(200);
      response.write('x');
    });
    assert.equal((await post(endless.url)).status, 'sent');
    const closed = `http://127.0.0.1:${await closedPort()}/SECRETKEY123456`;
    const delivery = await post(closed);
    assert.match(JSON.stringify(delivery), /could not be reached \(ECONNREFUSED\)/);
    assert.ok(!JSON.stringify(delivery).includes('SECRETKEY'));
    assert.match(JSON.stringify(await post('https://nowhere.invalid/x')), /no host called nowhere/);
  });
});
