// What webhooks, catalogues and mail servers may answer: each ends in words, in time, in little memory, with nothing left open.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MailSettings } from '../../../src/engine/model';
import { sendMail } from '../../../src/engine/notify/alerts/smtp';
import { postAlert } from '../../../src/engine/notify/alerts/webhook';
import { openDelivery } from '../../../src/engine/notify/lineage/deliverLineage';
import type { LineageEvent } from '../../../src/engine/notify/lineage/facets';
import { useFolder } from '../../support/folder';
import { startHostileServer, type HostileScript, type HostileServer } from '../../support/hostileServer';
import { HOSTILE } from '../../support/hostileTexts';
import { settingsIn } from '../../support/model';

const OK = 'HTTP/1.1 200 OK\r\n';
const KB = 'x'.repeat(65_536);
/** What a system keeps for one connection on loopback, and then some: a reader that goes on takes gigabytes. */
const FEW_BYTES = 24_000_000;
const TEN_GIGABYTES = 10_000_000_000;

const head = (status: string, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n');
const ENDLESS = `content-length: ${TEN_GIGABYTES}`;

/** Each answer, and what is said of it. */
const ANSWERS: Readonly<Record<string, readonly [HostileScript, 'sent' | RegExp]>> = {
  'hangs after the request': [{}, /did not answer in time/],
  'drips its headers': [{ first: 'H', endless: 'T', everyMs: 20 }, /did not answer in HTTP/],
  'drips headers that are right': [
    { first: OK, endless: 'x-more: 1\r\n', everyMs: 20 },
    /did not answer in time/,
  ],
  'sends headers without end': [
    { first: OK, endless: `x-more: ${KB}\r\n` },
    /did not answer in HTTP \(HPE_HEADER_OVERFLOW\)/,
  ],
  'is busy for ever': [{ endless: head('102 Processing'), everyMs: 1 }, /did not answer in time/],
  'answers 10 GB': [{ first: head('200 OK', ENDLESS), endless: KB }, 'sent'],
  'answers an error of 10 GB': [{ first: head('400 No', ENDLESS), endless: KB }, /400/],
  'answers chunks without end': [
    { first: head('200 OK', 'transfer-encoding: chunked'), endless: `10000\r\n${KB}\r\n` },
    'sent',
  ],
  'drips its body': [{ first: head('200 OK', ENDLESS), endless: 'x', everyMs: 50 }, 'sent'],
  'closes in the middle of its body': [{ first: `${head('200 OK', ENDLESS)}some`, close: 'destroy' }, 'sent'],
  'closes in the middle of its headers': [
    { first: `${OK}content-le`, close: 'end' },
    /could not be reached \(ECONNRESET\)|did not answer in HTTP/,
  ],
  'closes at once': [{ close: 'destroy' }, /could not be reached \(ECONNRESET\)/],
  'speaks another language': [{ first: 'SSH-2.0-OpenSSH_9.6\r\n' }, /did not answer in HTTP/],
  'redirects to another host': [
    { first: head('307 No', 'location: http://nowhere.invalid/x', 'content-length: 0') },
    /redirect|307/,
  ],
  'redirects to itself for ever': [
    { first: head('308 No', 'location: /again', 'content-length: 0') },
    /redirect|308/,
  ],
  'redirects to what is no address': [
    { first: head('308 No', 'location: http://[', 'content-length: 0') },
    /redirect|308/,
  ],
  'claims to be compressed': [
    { first: `${head('400 No', 'content-encoding: gzip', 'content-length: 3')}\x1f\x8b` },
    /400/,
  ],
};

/** What is sent. */
const content = {
  ...{
    kind: 'recovered' as const,
    subject: 's',
    headline: 'h',
    run_id: 'r1',
    host: 'h',
    workspace: '/w',
  },
  ...{ time: '', dates: [], more_dates: [], recovered: [], commands: [] },
};

describe('a hostile answer', function () {
  this.timeout(20_000);
  const folder = useFolder();
  const servers: HostileServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  const start = async (script: HostileScript, greets = false): Promise<HostileServer> => {
    const server = await startHostileServer(script, greets);
    servers.push(server);
    return server;
  };
  /** Nothing is left of it, and it was not listened to for long. */
  const requireLeft = async (name: string, server: HostileServer): Promise<void> => {
    await server.left();
    assert.ok(server.connections() > 0, name);
    assert.ok(server.taken() < FEW_BYTES, `${name}: ${server.taken()} bytes were taken`);
  };

  it('of a webhook ends in words', async () => {
    await Promise.all(
      Object.entries(ANSWERS).map(async ([name, [script, expected]]) => {
        const server = await start(script);
        const webhookUrl = `http://127.0.0.1:${server.port}/KEY123456`;
        const begun = performance.now();
        const delivery = await postAlert(
          { on: [], webhookUrl, webhookFormat: 'json' },
          { id: 'x', content },
          2_000,
        );
        assert.ok(performance.now() - begun < 5_000, name);
        if (expected === 'sent')
          assert.equal(delivery.status, 'sent', `${name}: ${JSON.stringify(delivery)}`);
        else assert.match(delivery.status === 'failed' ? delivery.message : 'sent', expected, name);
        await requireLeft(name, server);
      }),
    );
  });

  it('of a catalogue is a line of the log, and the event is kept', async () => {
    await Promise.all(
      Object.entries(ANSWERS).map(async ([name, [script, expected]], place) => {
        const server = await start(script);
        const directory = join(folder(), String(place));
        const settings = {
          ...settingsIn(directory),
          lineage: { to: 'http', url: `http://127.0.0.1:${server.port}`, namespace: 'm7' },
        } as const;
        const limits = { requestMs: 2_000, endMs: 4_000, queue: 10, failures: 1 };
        const delivery = openDelivery(
          settings,
          (value) => value,
          () => 'r1',
          limits,
        );
        delivery.push(() => [{ eventTime: '1' } as unknown as LineageEvent]);
        await delivery.close();
        await requireLeft(name, server);
        const read = (file: string): string => readFileSync(join(directory, 'data/logs', file), 'utf8');
        if (expected === 'sent') assert.throws(() => read('openlineage.ndjson'), name);
        else {
          assert.match(read('openlineage.ndjson'), expected, name);
          assert.match(read('openlineage/undelivered/r1.ndjson'), /"eventTime":"1"/, name);
        }
      }),
    );
  });

  it('is a text: what it says of an error acts nowhere', async () => {
    for (const text of HOSTILE) {
      const body = Buffer.from(text);
      const about = head('500 No', 'retry-after: 99', `content-length: ${body.length}`);
      const server = await start({ first: Buffer.concat([Buffer.from(about), body]) });
      const webhookUrl = `http://127.0.0.1:${server.port}/`;
      const delivery = await postAlert(
        { on: [], webhookUrl, webhookFormat: 'json' },
        { id: 'x', content },
        2_000,
      );
      assert.match(JSON.stringify(delivery), /out of order \(500\)/);
      assert.doesNotMatch(delivery.status === 'failed' ? delivery.message : '', /\p{Cc}/u);
    }
  });

  const MAIL: Readonly<Record<string, readonly [HostileScript, RegExp]>> = {
    'hangs after the connection': [{}, /did not answer in time/],
    'greets without end': [{ endless: `220-${KB}\r\n` }, /closed the connection/],
    'sends one line without end': [{ endless: KB }, /closed the connection/],
    'drips its greeting': [{ endless: '2', everyMs: 20 }, /did not answer in time/],
    'drips lines': [{ endless: '220-wait\r\n', everyMs: 20 }, /did not answer in time/],
    'answers EHLO without end': [
      { first: '220 mail.test\r\n', endless: `250-${KB}\r\n` },
      /closed the connection/,
    ],
    'closes at once': [{ close: 'destroy' }, /closed the connection/],
    'rejects with escapes': [
      { first: '554 \u001b]0;owned\u0007\u001b[31m[x](command:y)\u009b8m\r\n', close: 'end' },
      /closed the connection.*554/,
    ],
    'speaks HTTP': [{ first: head('400 Bad Request') }, /closed the connection/],
  };

  it('of a mail server ends in words', async () => {
    const mail = { id: 'x', subject: 's', text: 't', html: '<p>t</p>', time: new Date().toISOString() };
    await Promise.all(
      Object.entries(MAIL).map(async ([name, [script, expected]]) => {
        const server = await start(script, true);
        const settings: MailSettings = {
          ...{
            enabled: true,
            server: '127.0.0.1',
            port: server.port,
            security: 'none',
            adminEmail: 'a@example.org',
          },
        };
        const begun = performance.now();
        const delivery = await sendMail(settings, mail, 2_000);
        assert.ok(performance.now() - begun < 5_000, name);
        assert.ok(delivery.status === 'failed', name);
        assert.match(delivery.message, expected, name);
        assert.doesNotMatch(delivery.message, /\p{Cc}/u, name);
        assert.ok(delivery.message.length < 500, name);
        await requireLeft(name, server);
      }),
    );
  });
});
