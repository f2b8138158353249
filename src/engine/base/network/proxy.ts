// Which proxy a connection goes through: by the variables that every tool knows. The editor puts its http.proxy into them.
import { PipelineError } from '../../model';
import { exemptionsOf, isExempt, type ProxyExemption } from './noProxy';

/** Where a proxy is, and how it knows who asks. */
export interface Proxy {
  readonly protocol: 'http:' | 'https:';
  /** An IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** For people: host and port, never the login. */
  readonly place: string;
  /** The variable that names it. */
  readonly variable: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name proxies, in the order in which they count: curl's. */
const VARIABLES = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const;

/**
 * The proxy for addresses of a protocol, whatever their host.
 * @throws PipelineError SETTINGS_INVALID where a variable names none that is known.
 */
export function proxyOf(
  protocol: 'http:' | 'https:',
  environment: Environment = process.env,
): Proxy | undefined {
  const variable = VARIABLES[protocol].find((name) => (environment[name] ?? '').trim() !== '');
  return variable === undefined ? undefined : parseProxy(variable, environment[variable] ?? '');
}

/** The hosts for which no proxy is asked. */
export function proxyExemptions(environment: Environment = process.env): readonly ProxyExemption[] {
  return exemptionsOf(
    [environment['no_proxy'], environment['NO_PROXY']].find((one) => (one ?? '') !== '') ?? '',
  );
}

/**
 * The proxy for an address; undefined where it is asked directly.
 * @throws PipelineError SETTINGS_INVALID where a variable names none that is known.
 */
export function proxyFor(url: URL, environment: Environment = process.env): Proxy | undefined {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  const port = url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port);
  return isExempt(bare(url.hostname.toLowerCase()), port, proxyExemptions(environment))
    ? undefined
    : proxyOf(protocol, environment);
}

/** What in the variables nobody else may read: passwords as they are written, and as they are meant. */
export function proxySecrets(environment: Environment = process.env): readonly string[] {
  return Object.values(VARIABLES).flatMap((names) =>
    names.flatMap((name) => {
      const text = withScheme((environment[name] ?? '').trim());
      if (!URL.canParse(text)) return [];
      const { password } = new URL(text);
      return password === '' ? [] : [password, decoded(password)];
    }),
  );
}

function parseProxy(variable: string, value: string): Proxy {
  const text = withScheme(value.trim());
  const remedy = `Set ${variable} to the address of the proxy, such as http://proxy.example.org:3128, or remove it.`;
  // The value may hold a password: it is not shown.
  if (!URL.canParse(text))
    throw new PipelineError('SETTINGS_INVALID', `${variable} is not an address.`, remedy);
  const { protocol, hostname, port, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new PipelineError(
      'SETTINGS_INVALID',
      `${variable} names a proxy of the kind ${protocol.slice(0, -1)}; only http and https are known.`,
      remedy,
    );
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return {
    protocol,
    host: bare(hostname),
    port: number,
    user: decoded(username),
    password: decoded(password),
    place: `${hostname}:${number}`,
    variable,
  };
}

const withScheme = (text: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
