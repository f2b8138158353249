// Everything that a run says over the network goes through the proxy, whose login is in nothing that is written.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { join } from 'node:path';
import { DATE, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { startForwardProxy, type ForwardProxy, type ForwardProxyOptions } from '../support/forwardProxy';
import { OTHER_CERTIFICATE, TEST_AUTHORITY } from '../support/mailServer';
import { openSecretSearch } from '../support/secretSearch';
import { PASSWORD, startPeer, type Peer } from '../support/snowflake/peer';
import { buildCommand, m7, type Ended } from './command';

/** No resolver knows it: whoever reaches it was helped by the proxy. Its certificate is one of the tests' own. */
const HOST = 'elsewhere.test';
const LOGIN = { user: 'm7 user', password: 'p@ss:w/rd% of the proxy' };
const login = (password: string): string =>
  `${encodeURIComponent(LOGIN.user)}:${encodeURIComponent(password)}`;

describe('a run behind a proxy', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const closing: (() => Promise<unknown>)[] = [];
  const received = { hook: [] as string[], events: [] as string[] };
  let peer: Peer;
  const hosts: Record<string, number> = {};

  const listening = async (server: NetServer): Promise<number> => {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  };
  const keeping = (server: Server, into: string[]): Promise<number> => {
    server.on('request', (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        into.push(text);
        response.writeHead(201).end();
      });
    });
    return listening(server);
  };

  before(buildCommand);
  before(async () => {
    peer = await startPeer();
    closing.push(() => peer.close());
    const { port } = new URL(peer.url);
    const front = createTlsServer(OTHER_CERTIFICATE, (socket) => {
      const inner = connect({ host: '127.0.0.1', port: Number(port) });
      inner.pipe(socket).pipe(inner);
      for (const [one, other] of [[inner, socket] as const, [socket, inner] as const])
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
    });
    Object.assign(hosts, {
      [`${HOST}:443`]: await listening(front),
      [`${HOST}:8443`]: await keeping(createHttpsServer(OTHER_CERTIFICATE), received.hook),
      'catalogue.test:80': await keeping(createHttpServer(), received.events),
    });
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  const proxy = async (options: Partial<ForwardProxyOptions>): Promise<ForwardProxy> => {
    const started = await startForwardProxy({ hosts, ...options });
    closing.push(() => started.close());
    return started;
  };
  const run = (environment: Readonly<Record<string, string>>): Promise<Ended> => {
    const day = smallDay();
    const rules = { Playback: { rules: [{ rule: 'range', column: 'seconds', min: 100, error: '1%' }] } };
    writeDay(folder(), { ...day, rules });
    writeFileSync(
      join(folder(), '.env'),
      [
        ...['EXPECTED_TABLES=Device,Playback', 'MOCK_SNOWFLAKE=false', `SNOWFLAKE_ACCOUNT=${peer.account}`],
        ...[
          `SNOWFLAKE_ACCESS_URL=https://${HOST}`,
          'SNOWFLAKE_USER=LOADER',
          `SNOWFLAKE_PASSWORD=${PASSWORD}`,
        ],
        ...[`SNOWFLAKE_DATABASE=${peer.database}`, `SNOWFLAKE_WAREHOUSE=${peer.warehouse}`],
        ...[`ALERT_WEBHOOK_URL=https://${HOST}:8443/services/KEY`, 'OPENLINEAGE=http'],
        ...['OPENLINEAGE_URL=http://catalogue.test', 'SNOWFLAKE_STATEMENT_TIMEOUT=20', ''],
      ].join('\n'),
    );
    return m7(['run', '--date', DATE, '--workspace', folder(), '--json', '--verbose'], {
      env: { NODE_EXTRA_CA_CERTS: TEST_AUTHORITY, ...environment },
    });
  };
  const log = (name: string): string => readFileSync(join(folder(), 'data/logs', name), 'utf8');
  const requireSilence = ({ out, err }: Ended, password: string): void => {
    const search = openSecretSearch([{ name: 'password of the proxy', value: password }]);
    search.look('stdout', out);
    search.look('stderr', err);
    search.lookIn(folder(), []);
    assert.deepEqual(search.seen, []);
  };

  it('loads, alerts and tells its lineage through it, and its login is in nothing', async () => {
    const way = await proxy({ login: LOGIN });
    const address = `http://${login(LOGIN.password)}@127.0.0.1:${way.port}`;
    // Libraries write what they do where DEBUG names them: the address of the proxy with its login among it.
    const done = await run({ https_proxy: address, HTTP_PROXY: address, DEBUG: '*' });
    assert.match(done.out, /"stage":"gold-to-snowflake"[^\n]*"table":"Device"[^\n]*"status":"done"/);
    assert.match(log('alerts.ndjson'), /"status":"sent"/);
    assert.equal(received.hook.length, 1);
    assert.ok(received.events.length > 4);
    assert.ok(peer.statements().length > 4);
    const ways = new Set(way.asked);
    assert.ok(ways.has(`CONNECT ${HOST}:443`) && ways.has(`CONNECT ${HOST}:8443`), [...ways].join());
    assert.ok(ways.has('POST http://catalogue.test/api/v1/lineage'), [...ways].join());
    requireSilence(done, LOGIN.password);
  });

  it('says that the proxy refuses the login, and repeats no password', async () => {
    const wrong = 'another p@ssword than that';
    const way = await proxy({ login: LOGIN });
    const address = `http://${login(wrong)}@127.0.0.1:${way.port}`;
    const done = await run({ HTTPS_PROXY: address, HTTP_PROXY: address });
    assert.equal(done.code, 1);
    assert.match(done.out, /HTTP 407[^\n]*password of the proxy into HTTPS_PROXY/);
    assert.match(log('alerts.ndjson'), /"waiting"[^\n]*refused the login \(407\)[^\n]*HTTPS_PROXY/);
    requireSilence(done, wrong);
  });

  it('asks no proxy for what NO_PROXY names, and says what a proxy does not let through', async () => {
    const known = Object.entries(hosts).filter(([place]) => !place.endsWith(':8443'));
    const way = await proxy({ hosts: Object.fromEntries(known) });
    const address = `127.0.0.1:${way.port}`;
    const done = await run({ ALL_PROXY: address, NO_PROXY: `other.test,.${HOST}:443` });
    assert.match(done.out, /Snowflake was not reached[^\n]*(?:ENOTFOUND|EAI_AGAIN)/);
    assert.ok(!way.asked.includes(`CONNECT ${HOST}:443`), way.asked.join());
    assert.ok(way.asked.includes(`CONNECT ${HOST}:8443`), way.asked.join());
    assert.match(log('alerts.ndjson'), /"waiting"[^\n]*refused to connect to elsewhere\.test:8443 \(403\)/);
  });
});
