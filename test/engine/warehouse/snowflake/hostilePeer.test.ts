// What a server may answer in the place of Snowflake: each lie ends in words, in time, in little memory, in a process that lives.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { PipelineError } from '../../../../src/engine/model';
import { PASSWORD, startPeer, type Peer } from '../../../support/snowflake/peer';
import { startTamperingFront, type Tamper } from '../../../support/snowflake/tampering';
import { D1, openLoading, QUICK, users, type Loading } from './fixture';

const PATIENCE = { ...QUICK, loginMs: 1_200, requestMs: 1_000, lastMs: 400, pauseMs: 10 };
/** What the driver takes of one answer, and what the system keeps for it. */
const FEW_BYTES = 2 * 64_000_000 + 24_000_000;

type Answer = Record<string, unknown>;
const asLogin =
  (change: (answer: Answer) => string | Buffer): Tamper =>
  (path, answer = {}) =>
    path.startsWith('/session/v1/login-request') ? change(answer) : JSON.stringify(answer);
/** Of the queries for the ledger's rows: the answers that have some. */
const asRows =
  (change: (answer: Answer, data: Answer) => string | Buffer): Tamper =>
  (path, answer = {}) => {
    const data = (answer['data'] ?? {}) as Answer;
    return path.startsWith('/queries/v1/query-request') &&
      data['returned'] !== 0 &&
      JSON.stringify(data).includes('LOAD_ID')
      ? change(answer, data)
      : JSON.stringify(answer);
  };
const withData = (answer: Answer, more: Answer): string =>
  JSON.stringify({ ...answer, data: { ...(answer['data'] as Answer), ...more } });
const chunks = (list: unknown): Tamper => asRows((answer) => withData(answer, { chunks: list, rowset: [] }));

const NOT_REACHED = /^Snowflake was not reached while /;
const LIES: Readonly<Record<string, readonly [Tamper, RegExp]>> = {
  'a login that is no JSON': [asLogin(() => '<html>{{{'), NOT_REACHED],
  'a login of nothing': [asLogin(() => ''), NOT_REACHED],
  'a login of null': [asLogin(() => 'null'), NOT_REACHED],
  'a login of an empty object': [asLogin(() => '{}'), /^Snowflake refused the login/],
  'a login without data': [asLogin(() => '{"success":true}'), NOT_REACHED],
  'a login with parameters that are none': [
    asLogin((answer) => withData(answer, { parameters: 7 })),
    NOT_REACHED,
  ],
  'a login of a million brackets': [asLogin(() => '['.repeat(1_000_000)), NOT_REACHED],
  'rows that are no JSON': [asRows(() => '{{{'), NOT_REACHED],
  'rows of null': [asRows(() => 'null'), NOT_REACHED],
  'rows without data': [asRows(() => '{"success":true}'), NOT_REACHED],
  'a list of rows that is none': [asRows((answer) => withData(answer, { rowset: 'x' })), /cannot be read/],
  'rows that are none': [
    asRows((answer) => withData(answer, { rowset: [1, null, {}] })),
    /cannot be read|announced/,
  ],
  'a thousand million rows, of which none came': [
    asRows((answer) => withData(answer, { returned: 1e9, total: 1e12 })),
    /1000000000 rows were announced, and \d+ came/,
  ],
  'no rows where one was announced': [
    asRows((answer) => withData(answer, { rowset: [] })),
    /\d+ rows were announced, and 0 came/,
  ],
  'chunks without address': [chunks([{ rowCount: 5 }]), /announced|cannot be read|took too long/],
  'a hundred thousand chunks of minus one row': [
    chunks(Array.from({ length: 100_000 }, () => ({ url: 'http://127.0.0.1:1/x', rowCount: -1 }))),
    /announced|cannot be read/,
  ],
};

describe('a server in the place of snowflake', function () {
  this.timeout(60_000);
  let peer: Peer;
  let loading: Loading;
  before(async () => {
    peer = await startPeer();
    loading = await openLoading(peer, { statementTimeout: 2 });
    const honest = loading.open();
    await honest.load(await loading.request(D1, users(3, `'x'`), 'first'));
    assert.equal((await honest.loads()).size, 1);
    await honest.close();
  });
  after(async () => {
    loading.close();
    await peer.close();
  });

  /** The error of asking for loads, by way of the lie. */
  const asked = async (tamper: Tamper): Promise<PipelineError & { readonly taken: number }> => {
    const front = await startTamperingFront(peer.url, tamper);
    const warehouse = loading.open({ patience: PATIENCE }, { accessUrl: front.url });
    try {
      await warehouse.loads();
    } catch (error) {
      assert.ok(error instanceof PipelineError, error instanceof Error ? error.stack : String(error));
      return Object.assign(error, { taken: front.taken() });
    } finally {
      await warehouse.close();
      await front.close();
    }
    assert.fail('It was believed.');
  };

  it('that lies is not believed, and ends nothing but what was asked', async () => {
    await Promise.all(
      Object.entries(LIES).map(async ([name, [tamper, expected]]) => {
        const begun = performance.now();
        const error = await asked(tamper).catch((other: unknown) => {
          throw new Error(`${name}: ${String(other)}`);
        });
        assert.equal(error.code, 'WAREHOUSE', name);
        assert.match(error.message, expected, `${name}: ${error.message}`);
        assert.ok(performance.now() - begun < 15_000, name);
      }),
    );
  });

  it('says what it likes in one short line', async () => {
    const text = `[x](command:y)\u001b[31m\r\n\u009b8m ${'z'.repeat(3_000_000)}`;
    const refusal = JSON.stringify({
      success: false,
      code: text,
      message: text,
      data: { sqlState: text, queryId: text },
    });
    for (const tamper of [asLogin(() => refusal), asRows(() => refusal)]) {
      const { message } = await asked(tamper);
      assert.doesNotMatch(message, /\p{Cc}/u);
      assert.ok(message.length < 3_000, `${message.length} characters`);
    }
  });

  it('that never stops is left, packed or not', async () => {
    const ZEROS = Buffer.alloc(1_000_000, '0');
    const bomb = gzipSync(Buffer.alloc(200_000_000, '0'), { level: 9 });
    const endless: Tamper = (path, answer, response) => {
      if (!path.startsWith('/session/v1/login-request')) return JSON.stringify(answer);
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed) if (!response.write(ZEROS)) return;
      };
      response.on('drain', more);
      more();
      return undefined;
    };
    const packed: Tamper = (path, answer, response) => {
      if (!path.startsWith('/session/v1/login-request')) return JSON.stringify(answer);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
      return undefined;
    };
    for (const error of await Promise.all([endless, packed].map(asked))) {
      assert.match(error.message, NOT_REACHED);
      assert.ok(error.taken < FEW_BYTES, `${error.taken} bytes`);
    }
  });

  it('takes no login to another host', async () => {
    let got = '';
    const other = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => (got += part));
      request.on('end', () => void response.end('{}'));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/session/v1/login-request`;
    const error = await asked((path, answer, response) => {
      if (!path.startsWith('/session/v1/login-request')) return JSON.stringify(answer);
      response.writeHead(307, { location }).end();
      return undefined;
    });
    other.closeAllConnections();
    other.close();
    assert.match(error.message, NOT_REACHED);
    assert.ok(!got.includes(PASSWORD) && got === '', got);
  });
});
