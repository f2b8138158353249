// The proxy in the words of Snowflake's driver, which decides by itself for each host: account, stage, certificates.
import { proxyExemptions, proxyOf } from '../../base';
import type { DriverProxy } from './protocol';

/** This machine is never asked by a proxy. */
const LOOPBACK = ['localhost', '*.localhost', '127.*', '[::1]'];

/**
 * The proxy for all hosts of the account; undefined where there is none.
 * @param accessUrl where it is not the usual address. One without TLS is on this machine.
 * @throws PipelineError SETTINGS_INVALID of a proxy that is none.
 */
export function driverProxy(
  accessUrl: string | undefined,
  environment?: NodeJS.ProcessEnv,
): DriverProxy | undefined {
  const exemptions = proxyExemptions(environment);
  if (accessUrl?.startsWith('http:') === true || exemptions.some(({ host }) => host === '*'))
    return undefined;
  const proxy = proxyOf('https:', environment);
  if (proxy === undefined) return undefined;
  // Every host of an account is asked at one port: an entry for another port is for something else.
  const port = accessUrl === undefined ? '' : new URL(accessUrl).port;
  const ports = [443, ...(port === '' ? [] : [Number(port)])];
  const direct = exemptions
    .filter((one) => one.port === undefined || ports.includes(one.port))
    .flatMap(({ host }) => (host.includes(':') ? [`[${host}]`] : [host, `*.${host}`]));
  return {
    proxyProtocol: proxy.protocol === 'https:' ? 'https' : 'http',
    proxyHost: proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host,
    proxyPort: proxy.port,
    // It decodes both again.
    ...(proxy.user === '' && proxy.password === ''
      ? {}
      : { proxyUser: encodeURIComponent(proxy.user), proxyPassword: encodeURIComponent(proxy.password) }),
    noProxy: [...LOOPBACK, ...direct].join('|'),
  };
}
