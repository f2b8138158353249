// Which proxy is asked for which address, and what a proxy that does not serve is called.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkFailure, TIME_LIMITS } from '../../../src/engine/base';
import { Conversation } from '../../../src/engine/base/network/conversation';
import { proxyFor, proxyOf, proxySecrets } from '../../../src/engine/base/network/proxy';
import { driverProxy } from '../../../src/engine/warehouse/snowflake/driverProxy';
import { startForwardProxy, type ForwardProxyOptions } from '../../support/forwardProxy';
import { closedPort, startSilentServer } from '../../support/mailServer';

const PROXY = 'http://proxy.test:3128';

describe('the proxy of an address', () => {
  const placeOf = (url: string, environment: Readonly<Record<string, string>>): string | undefined =>
    proxyFor(new URL(url), environment)?.place;

  it('is that of its protocol, in lower case before upper case, ALL_PROXY last, an empty one none', () => {
    const all = { all_proxy: 'all.test:1', HTTPS_PROXY: 'secure.test', https_proxy: 'http://lower.test:2' };
    assert.equal(placeOf('https://a.test/x', all), 'lower.test:2');
    assert.equal(placeOf('https://a.test', { ...all, https_proxy: '' }), 'secure.test:80');
    assert.equal(placeOf('http://a.test', all), 'all.test:1');
    assert.equal(placeOf('http://a.test', { HTTP_PROXY: 'https://p.test' }), 'p.test:443');
    assert.equal(placeOf('http://a.test', { HTTPS_PROXY: PROXY }), undefined);
    assert.equal(placeOf('https://a.test', { HTTPS_PROXY: ' ', ALL_PROXY: '' }), undefined);
  });

  const exempt: readonly (readonly [string, string, boolean])[] = [
    ['corp.test', 'https://corp.test', true],
    ['corp.test', 'https://a.b.CORP.test', true],
    ['corp.test', 'https://notcorp.test', false],
    ['.corp.test', 'https://a.corp.test', true],
    ['*.corp.test', 'https://a.corp.test', true],
    ['a.test, corp.test', 'https://corp.test', true],
    ['a.test corp.test', 'https://corp.test', true],
    ['CORP.TEST', 'https://corp.test', true],
    ['*', 'https://corp.test', true],
    ['corp.test:8443', 'https://corp.test:8443', true],
    ['corp.test:8443', 'https://corp.test', false],
    ['corp.test:443', 'https://corp.test', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['[fd00::1]:443', 'https://[fd00::1]', true],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['', 'https://localhost:5000', true],
    ['', 'https://127.8.9.1', true],
    ['', 'https://[::1]:1', true],
    ['', 'https://localhost.test', false],
    ['.', 'https://corp.test', false],
  ];
  for (const [list, url, direct] of exempt)
    it(`with NO_PROXY="${list}" ${direct ? 'is not asked' : 'is asked'} for ${url}`, () => {
      assert.equal(
        placeOf(url, { https_proxy: PROXY, NO_PROXY: list }),
        direct ? undefined : 'proxy.test:3128',
      );
    });

  it('has its login decoded, and known as a secret however it is written', () => {
    const environment = {
      HTTPS_PROXY: 'http://me:p%40ss%20word@proxy.test:1',
      all_proxy: 'a:100%sure@b.test',
    };
    const proxy = proxyOf('https:', environment);
    assert.deepEqual([proxy?.user, proxy?.password, proxy?.place], ['me', 'p@ss word', 'proxy.test:1']);
    assert.deepEqual(
      ['p%40ss%20word', 'p@ss word', '100%sure'].filter((one) => !proxySecrets(environment).includes(one)),
      [],
    );
  });

  it('is refused, without its value, where it is none that is known', () => {
    for (const value of ['socks5://me:secret@proxy.test', 'http://me:secret@', 'http://me:secret@a b'])
      assert.throws(
        () => proxyOf('https:', { HTTPS_PROXY: value }),
        (error: Error & { remedy?: string }) =>
          /^HTTPS_PROXY (?:is not an address|names a proxy of the kind socks5)/.test(error.message) &&
          !`${error.message} ${error.remedy ?? ''}`.includes('secret'),
      );
  });

  it('is the same for Snowflake, in the words of its driver', () => {
    const environment = {
      HTTPS_PROXY: 'https://me:p%40ss@[fd00::1]:8080',
      NO_PROXY: '.corp.test,a.test:22,b.test:443',
    };
    const { noProxy, ...proxy } = driverProxy(undefined, environment) ?? { noProxy: '' };
    assert.deepEqual(proxy, {
      ...{ proxyProtocol: 'https', proxyHost: '[fd00::1]', proxyPort: 8080 },
      ...{ proxyUser: 'me', proxyPassword: 'p%40ss' },
    });
    const hosts = noProxy.split('|');
    for (const host of ['corp.test', '*.corp.test', 'b.test', 'localhost'])
      assert.ok(hosts.includes(host), noProxy);
    assert.ok(!hosts.includes('a.test'), noProxy);
    assert.equal(driverProxy('http://127.0.0.1:8085', environment), undefined);
    assert.equal(driverProxy(undefined, { ...environment, NO_PROXY: '*' }), undefined);
    assert.equal(driverProxy(undefined, {}), undefined);
  });
});

describe('a proxy that does not serve', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const start = async (options: Partial<ForwardProxyOptions>): Promise<string> => {
    const proxy = await startForwardProxy({ hosts: {}, ...options });
    closing.push(() => proxy.close());
    return `${options.tls === true ? 'https' : 'http'}://localhost:${proxy.port}`;
  };
  /** What is said of a post through it. */
  const said = async (proxy: string, url = 'https://hooks.test/x', milliseconds = 5_000): Promise<string> => {
    const address = new URL(url);
    const way = proxyFor(address, { ALL_PROXY: proxy });
    assert.ok(way !== undefined);
    const options = { peer: 'The webhook at hooks.test', setting: 'ALERT_WEBHOOK_URL', milliseconds };
    const progress = { ...options, url: address, proxy: way, phase: 'proxy' as const };
    try {
      await new Conversation({ url, headers: {}, body: '{}' }, progress, options).answer;
    } catch (error) {
      assert.ok(error instanceof NetworkFailure, String(error));
      return `${error.message} ${error.remedy}`;
    }
    return 'answered';
  };
  const LOGIN = { user: 'me', password: 'right' };

  it('is named, with what to do, and never with the password', async () => {
    const silent = await startSilentServer();
    closing.push(() => silent.close());
    const closed = await closedPort();
    const [needsLogin, refusing, secure] = [
      await start({ login: LOGIN }),
      await start({}),
      await start({ tls: true }),
    ];
    const wrong = needsLogin.replace('//', '//me:wr0ng-word@');
    const cases: readonly (readonly [Promise<string>, RegExp])[] = [
      [
        said(needsLogin),
        /^The proxy localhost:\d+ needs a login \(407\).*ALL_PROXY: http:\/\/USER:PASSWORD@localhost/,
      ],
      [said(wrong), /^The proxy localhost:\d+ refused the login \(407\)/],
      [said(wrong, 'http://hooks.test/x'), /^The proxy localhost:\d+ refused the login \(407\)/],
      [said(refusing), /^The proxy localhost:\d+ refused to connect to hooks\.test \(403\).*NO_PROXY/],
      [said(`http://127.0.0.1:${closed}`), /could not be reached \(ECONNREFUSED\).*Check ALL_PROXY/],
      [said('http://nowhere.invalid:1'), /^There is no proxy called nowhere\.invalid/],
      [
        said(secure),
        /^The proxy localhost:\d+ could not be reached \([A-Z_]*CERT[A-Z_]*|SIGNATURE\).*NODE_EXTRA_CA_CERTS/,
      ],
      [
        said(`http://127.0.0.1:${silent.port}`, undefined, 300),
        /did not connect to hooks\.test in time.*ALL_PROXY/,
      ],
      [said(`http://127.0.0.1:${silent.port}`, 'http://hooks.test/x', 300), /did not answer in time/],
    ];
    for (const [text, expected] of cases) {
      assert.match(await text, expected);
      assert.doesNotMatch(await text, /wr0ng-word/);
    }
  });
});

describe('the limits of time', () => {
  it('are those of the manual', () => {
    const manual = readFileSync(join(__dirname, '../../../media/manual/operation.md'), 'utf8');
    const section = /## Proxies and time limits\n([\s\S]*?)\n## /.exec(manual)?.[1] ?? '';
    const told = [...section.matchAll(/^\| (?!What|-)[^|]*\|([^|]*)\|$/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/(\d+) seconds?/g)].map(([, seconds]) => Number(seconds) * 1_000),
    );
    const { snowflake } = TIME_LIMITS;
    assert.deepEqual(told, [
      ...[TIME_LIMITS.connectMs, TIME_LIMITS.answerMs, TIME_LIMITS.bodyMs, TIME_LIMITS.webhookMs],
      ...[TIME_LIMITS.alertMs, TIME_LIMITS.testAlertMs, TIME_LIMITS.lineageMs, TIME_LIMITS.lineageEndMs],
      ...[snowflake.loginMs, snowflake.browserMs, snowflake.requestMs, 1_800_000],
    ]);
  });
});
