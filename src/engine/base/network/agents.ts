// The agents through which Node makes connections: directly, or through a proxy.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Proxy } from './proxy';

/**
 * The agent through which Node asks an address: by CONNECT for https, with the whole address for http. It keeps no
 * connection; `signal` ends one to the proxy that is being made.
 */
export function agentFor(
  url: URL,
  proxy: Proxy | undefined,
  signal: AbortSignal,
): HttpAgent | HttpsAgent | HttpProxyAgent<string> | HttpsProxyAgent<string> {
  const secure = url.protocol === 'https:';
  if (proxy === undefined) return secure ? new HttpsAgent() : new HttpAgent();
  const host = proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host;
  // Without the login: the library writes the address to its debugging output.
  const address = `${proxy.protocol}//${host}:${proxy.port}`;
  const login = Buffer.from(`${proxy.user}:${proxy.password}`).toString('base64');
  const headers =
    proxy.user === '' && proxy.password === '' ? {} : { 'Proxy-Authorization': `Basic ${login}` };
  return secure
    ? new HttpsProxyAgent(address, { headers, signal })
    : new HttpProxyAgent(address, { headers, signal });
}
