// Why a request over the network got no answer, in words: what happened, where, and what to do next.
import type { Proxy } from './proxy';

/** A request that got no answer. Says what, where and what next; holds no login. */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
  constructor(
    message: string,
    readonly remedy: string,
    /** Is the address itself to be looked at, rather than the way there? */
    readonly ofAddress: boolean,
  ) {
    super(message);
  }
}

/** Whom a request is for, and how far it came. */
export interface RequestProgress {
  /** Who is asked, as the beginning of a sentence: "The webhook at hooks.example.org". */
  readonly peer: string;
  /** The setting that names it. */
  readonly setting: string;
  readonly url: URL;
  readonly proxy: Proxy | undefined;
  /** What it was waiting for. */
  phase: 'proxy' | 'connect' | 'answer';
}

const NETWORK = 'Check the network of this machine';
const CERTIFICATE = /CERT|SSL|SIGNED|UNABLE_TO/;

/** A limit of time that is over. */
export function timeoutFailure({ peer, proxy, phase, url, setting }: RequestProgress): NetworkFailure {
  if (phase === 'proxy' && proxy !== undefined)
    return new NetworkFailure(
      `The proxy ${proxy.place} did not connect to ${url.host} in time.`,
      `Check ${proxy.variable}, and whether the proxy works.`,
      false,
    );
  return phase === 'answer'
    ? new NetworkFailure(`${peer} did not answer in time.`, `${NETWORK}.`, false)
    : new NetworkFailure(`${peer} could not be reached in time.`, `${NETWORK}, and ${setting}.`, true);
}

/** An error of Node. */
export function failureFrom(error: unknown, progress: RequestProgress): NetworkFailure {
  if (error instanceof NetworkFailure) return error;
  const { peer, proxy, phase, url, setting } = progress;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (phase === 'proxy' && proxy !== undefined) return proxyFailure(code, proxy, url);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new NetworkFailure(
      `There is no host called ${url.hostname}, or names cannot be resolved here.`,
      `Check ${setting}, and the network of this machine. Where names are resolved by a proxy, set HTTPS_PROXY.`,
      true,
    );
  if (code.startsWith('HPE_'))
    return new NetworkFailure(`${peer} did not answer in HTTP (${code}).`, `Check ${setting}.`, true);
  return new NetworkFailure(
    `${peer} could not be reached${code === '' ? '' : ` (${code})`}.`,
    CERTIFICATE.test(code)
      ? 'Set NODE_EXTRA_CA_CERTS to the PEM file of the authority that signed its certificate.'
      : `Check ${setting}, and the network of this machine.`,
    true,
  );
}

/** The proxy answered, but made no connection. */
export function refusedByProxy(status: number, { url, proxy }: RequestProgress): NetworkFailure {
  const place = proxy?.place ?? '';
  const variable = proxy?.variable ?? '';
  return status === 407
    ? new NetworkFailure(
        `The proxy ${place} ${proxy?.user === '' ? 'needs a login' : 'refused the login'} (407).`,
        `Write user and password into ${variable}: http://USER:PASSWORD@${place}, special characters percent-encoded.`,
        false,
      )
    : new NetworkFailure(
        `The proxy ${place} refused to connect to ${url.host} (${status}).`,
        `Ask whoever runs the proxy to allow ${url.hostname}, or add it to NO_PROXY where it is reached without.`,
        false,
      );
}

function proxyFailure(code: string, { place, host, variable }: Proxy, url: URL): NetworkFailure {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new NetworkFailure(
      `There is no proxy called ${host}, or names cannot be resolved here.`,
      `Check ${variable}.`,
      false,
    );
  return new NetworkFailure(
    code === '' || code === 'ECONNRESET'
      ? `The proxy ${place} closed the connection instead of connecting to ${url.host}.`
      : `The proxy ${place} could not be reached (${code}).`,
    CERTIFICATE.test(code)
      ? 'Set NODE_EXTRA_CA_CERTS to the PEM file of the authority that signed the certificate of the proxy.'
      : `Check ${variable}, and whether the proxy works.`,
    false,
  );
}
