// A real forward proxy on loopback: CONNECT and whole addresses, with a login, that alone knows the names it is asked for.
import { readFileSync } from 'node:fs';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

const TLS = join(__dirname, 'tls');

export interface ForwardProxyOptions {
  /** Asked for where given. */
  readonly login?: { readonly user: string; readonly password: string };
  /** "name:port" that it knows, and the port on loopback behind each; another one is refused with 403. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Speaks TLS itself, with a certificate of test/support/tls for localhost. */
  readonly tls?: boolean;
  /** Takes requests and never answers. */
  readonly silent?: boolean;
}

export interface ForwardProxy {
  readonly port: number;
  /** What was asked of it: "CONNECT host:443", "POST http://host/path". */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts one. Whoever starts it closes it. */
export async function startForwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const expected =
    options.login === undefined
      ? undefined
      : `Basic ${Buffer.from(`${options.login.user}:${options.login.password}`).toString('base64')}`;
  const refusal = (request: IncomingMessage, place: string): number | undefined =>
    expected !== undefined && request.headers['proxy-authorization'] !== expected
      ? 407
      : options.hosts[place] === undefined
        ? 403
        : undefined;

  const whole = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${String(request.method)} ${String(request.url)}`);
    if (options.silent === true) return;
    if (!URL.canParse(request.url ?? '')) {
      response.writeHead(400).end('This is a proxy: it wants whole addresses.');
      return;
    }
    const { hostname, port, pathname, search } = new URL(request.url ?? '');
    const place = `${hostname}:${port === '' ? 80 : port}`;
    const status = refusal(request, place);
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    const onward = forward(
      {
        host: '127.0.0.1',
        port: options.hosts[place],
        method: request.method,
        path: `${pathname}${search}`,
        headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  };
  const tunnel = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    asked.push(`CONNECT ${String(request.url)}`);
    socket.on('error', () => undefined);
    if (options.silent === true) return;
    const place = request.url ?? '';
    const status = refusal(request, place);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const target = connect({ host: '127.0.0.1', port: Number(options.hosts[place]) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.end('HTTP/1.1 502 Bad gateway\r\nConnection: close\r\n\r\n'));
    target.on('close', () => socket.end());
    socket.on('close', () => target.destroy());
  };

  const server =
    options.tls === true
      ? createSecureServer(
          {
            key: readFileSync(join(TLS, 'localhost.key.pem')),
            cert: readFileSync(join(TLS, 'localhost.pem')),
          },
          whole,
        )
      : createServer(whole);
  server.on('connect', tunnel);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
