// A real SMTP server on loopback that keeps the mails it gets, and can be as unfriendly as those out there.
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const TLS = join(__dirname, 'tls');
/** The authority that signed the certificates of the test servers: for SMTP_CA_FILE. */
export const TEST_AUTHORITY = join(TLS, 'authority.pem');
const TEST_CERTIFICATE = certificate('localhost');
/** Signed by the same authority for a host of another name. */
export const OTHER_CERTIFICATE = certificate('elsewhere');

function certificate(name: string): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: readFileSync(join(TLS, `${name}.key.pem`)), cert: readFileSync(join(TLS, `${name}.pem`)) };
}

interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly raw: string;
  /** Header fields by lower-case name, unfolded and decoded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface MailServerOptions {
  /** plain: no TLS at all; starttls: offered; tls: from the start. */
  readonly security?: 'plain' | 'starttls' | 'tls';
  readonly certificate?: { readonly key: Buffer; readonly cert: Buffer };
  /** Asked for where given. */
  readonly login?: { readonly user: string; readonly password: string };
  /** A refused login is answered with the password that was given: the worst there are. */
  readonly echoLogin?: boolean;
  readonly authMethods?: readonly string[];
  /** Recipients the server does not know. */
  readonly refuse?: readonly string[];
  readonly refuseSender?: boolean;
  /** Answers the message itself with this error. */
  readonly refuseMessage?: string;
  /** Never answers after DATA. */
  readonly hangAfterData?: boolean;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Conversations begun. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { security = 'plain', login, refuse = [] } = options;
  const mails: ReceivedMail[] = [];
  let connections = 0;
  const refusal = (message: string, responseCode: number): Error =>
    Object.assign(new Error(message), { responseCode });
  const given: SMTPServerOptions = {
    ...(options.certificate ?? TEST_CERTIFICATE),
    secure: security === 'tls',
    disabledCommands: [
      ...(security === 'starttls' ? [] : ['STARTTLS']),
      ...(login === undefined ? ['AUTH'] : []),
    ],
    authMethods: [...(options.authMethods ?? ['PLAIN', 'LOGIN'])],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    logger: false,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onAuth: (auth, _session, done) => {
      if (auth.username === login?.user && auth.password === login?.password)
        done(null, { user: auth.username });
      else {
        const echo = options.echoLogin === true ? `: ${String(auth.password).replace(/[\r\n]+/g, ' ')}` : '';
        done(refusal(`Authentication credentials invalid${echo}`, 535));
      }
    },
    onMailFrom: (_address, _session, done) => {
      done(options.refuseSender === true ? refusal('Sender address rejected', 550) : undefined);
    },
    onRcptTo: (address, _session, done) => {
      done(refuse.includes(address.address) ? refusal('No such user here', 550) : undefined);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (options.hangAfterData === true) return;
        if (options.refuseMessage !== undefined) {
          done(refusal(options.refuseMessage, 554));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          ...parseMail(Buffer.concat(chunks).toString('latin1')),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
        });
        done();
      });
    },
  };
  const server = new SMTPServer(given);
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    mails,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A port that takes connections and never says a word. */
export async function startSilentServer(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startSilentServer();
  await server.close();
  return server.port;
}

/** Takes a message of text and HTML apart, as our own mails are made; no parser for those of others. */
function parseMail(raw: string): Pick<ReceivedMail, 'raw' | 'headers' | 'text' | 'html'> {
  const { headers, body } = splitPart(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  const parts = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1);
  const of = (type: string): string => {
    const found = parts
      .map((part) => splitPart(part.replace(/^\r\n/, '')))
      .find((p) => (p.headers.get('content-type') ?? '').startsWith(type));
    return found === undefined
      ? ''
      : decodeBody(found.body, found.headers.get('content-transfer-encoding') ?? '').replaceAll('\r\n', '\n');
  };
  return { raw, headers, text: of('text/plain'), html: of('text/html') };
}

function splitPart(raw: string): { readonly headers: Map<string, string>; readonly body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const headers = new Map<string, string>();
  for (const line of raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim()));
  }
  return { headers, body: raw.slice(end + 4) };
}

/** Encoded words of RFC 2047, as far as UTF-8 goes. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(?:=\?UTF-8\?[BQ]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        [...words.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)].map(([, kind, content = '']) =>
          kind?.toUpperCase() === 'B'
            ? Buffer.from(content, 'base64')
            : Buffer.from(unquote(content.replaceAll('_', ' ')), 'latin1'),
        ),
      ).toString('utf8'),
    );
}

const unquote = (text: string): string =>
  text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function decodeBody(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(unquote(body.replace(/=\r\n/g, '')), 'latin1').toString('utf8');
    default:
      return Buffer.from(body, 'latin1').toString('utf8');
  }
}
