// A server on loopback that answers as no honest one does: raw bytes by a script, as fast as they are taken.
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What it sends once it was asked, or at once where it greets; with nothing it keeps silent. */
export interface HostileScript {
  readonly first?: string | Buffer;
  /** Sent after it, again and again, with pauses where given. */
  readonly endless?: string;
  readonly everyMs?: number;
  /** How it closes then: in order, or at once. */
  readonly close?: 'end' | 'destroy';
}

export interface HostileServer {
  readonly port: number;
  /** Bytes that the other side has taken, with what the system keeps for it. */
  readonly taken: () => number;
  readonly connections: () => number;
  /** When the other side has left every connection: nothing of it is open. */
  left(): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts one. Whoever starts it closes it. @param greets it speaks first, as a mail server does. */
export async function startHostileServer(script: HostileScript, greets = false): Promise<HostileServer> {
  const open = new Set<Socket>();
  const ends: Promise<void>[] = [];
  let taken = 0;
  const server = createServer((socket) => {
    open.add(socket);
    ends.push(
      new Promise((resolve) => {
        socket.on('close', () => {
          open.delete(socket);
          resolve();
        });
      }),
    );
    socket.on('error', () => undefined);
    // Without a reader it would not see the end.
    socket.resume();
    const start = (): void =>
      void play(script, socket, (bytes) => {
        taken += bytes;
      });
    if (greets) start();
    else socket.once('data', start);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => taken,
    connections: () => ends.length,
    left: () => Promise.all(ends),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function play(
  { first = '', endless, everyMs, close }: HostileScript,
  socket: Socket,
  took: (bytes: number) => void,
): Promise<void> {
  let going = await write(socket, first, took);
  while (going && endless !== undefined) {
    await new Promise((resolve) =>
      everyMs === undefined ? setImmediate(resolve) : setTimeout(resolve, everyMs),
    );
    going = await write(socket, endless, took);
  }
  if (close === 'end') socket.end();
  if (close === 'destroy') socket.destroy();
}

/** Writes, and waits until it was taken; false once the other side is gone. */
function write(socket: Socket, text: string | Buffer, took: (bytes: number) => void): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.readableEnded) {
      socket.destroy();
      resolve(false);
      return;
    }
    const gone = (): void => resolve(false);
    socket.once('close', gone);
    socket.write(text, (error) => {
      socket.off('close', gone);
      if (error === undefined || error === null) took(Buffer.byteLength(text));
      resolve(error === undefined || error === null);
    });
  });
}
