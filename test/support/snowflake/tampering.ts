// A server in front of the peer that passes everything on, and changes what is answered.
import { createServer, request as forward, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Changes an answer: gives other bytes, or answers by itself and gives nothing. @param answer undefined where it is no JSON. */
export type Tamper = (
  path: string,
  answer: Record<string, unknown> | undefined,
  response: ServerResponse,
) => string | Buffer | undefined;

export interface TamperingFront {
  readonly url: string;
  /** Bytes of answers that were taken. */
  readonly taken: () => number;
  close(): Promise<void>;
}

/** Starts one. Whoever starts it closes it. */
export async function startTamperingFront(peerUrl: string, tamper: Tamper): Promise<TamperingFront> {
  const open = new Set<Socket>();
  const { port } = new URL(peerUrl);
  const server = createServer((request, response) => {
    const onward = forward(
      { host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          const changed = tamper(String(request.url), objectIn(bytes.toString()), response);
          if (changed === undefined) return;
          const headers = { ...answer.headers };
          delete headers['content-length'];
          response.writeHead(answer.statusCode ?? 502, headers).end(changed);
        });
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => [...open].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
