// Which hosts no proxy is asked for: the list NO_PROXY, as curl and Go read it.
import { BlockList, isIP } from 'node:net';

/** One entry: a host and its subdomains, an address, or a network; with a port for that port alone. */
export interface ProxyExemption {
  /** In lower case, without a leading dot or `*.`, an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number;
}

/** The entries of a list; `*` is one of them. */
export function exemptionsOf(list: string): readonly ProxyExemption[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
      const host = (bracketed ?? plain ?? entry).replace(/^(?:\*?\.)(?=.)/, '');
      return { host, ...(port === undefined ? {} : { port: Number(port) }) };
    });
}

/** Does this machine itself answer? Another one's proxy would ask another machine. */
function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d+){3}$/.test(host)
  );
}

/** @param host in lower case, without brackets. */
export function isExempt(host: string, port: number, exemptions: readonly ProxyExemption[]): boolean {
  return (
    isLoopback(host) ||
    exemptions.some(
      (one) =>
        (one.port === undefined || one.port === port) &&
        (one.host === '*' || one.host === host || host.endsWith(`.${one.host}`) || isWithin(host, one.host)),
    )
  );
}

/** Is an address part of a network such as 10.0.0.0/8? Names are not resolved for it. */
function isWithin(host: string, network: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
  const version = isIP(address);
  if (version === 0 || isIP(host) !== version || Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(host, family);
}
