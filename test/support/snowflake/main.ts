// Runs the peer as a process: node --import tsx test/support/snowflake/main.ts [--port N | '{"storage":"S3",…}'].
// The first line of stdout is its URL, account, database and warehouse as one JSON document; it ends with SIGTERM,
// with `close`, or with the process that started it.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPeer } from './peer';
import type { Fault, Peer, PeerOptions } from './types';

async function main(args: readonly string[]): Promise<void> {
  const peer = await startPeer(optionsOf(args));
  const control = createServer((request, response) => {
    void answer(peer, request).then(
      (result) => {
        response.end(JSON.stringify({ result: result ?? null }));
        if (result === CLOSED) control.close();
      },
      (error: unknown) =>
        response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) })),
    );
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const { url, account, database, warehouse, caFile } = peer;
  const address = `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
  process.stdout.write(
    `${JSON.stringify({ url, account, database, warehouse, caFile, control: address })}\n`,
  );
  const end = (): void => {
    void peer.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 1000).unref();
}

const CLOSED = 'closed';

function optionsOf(args: readonly string[]): PeerOptions {
  const [first, second] = args;
  if (first === undefined) return {};
  if (first === '--port') return { port: Number(second) };
  return JSON.parse(first) as PeerOptions;
}

async function answer(peer: Peer, request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method, args } = JSON.parse(Buffer.concat(parts).toString()) as {
    readonly method: string;
    readonly args: readonly unknown[];
  };
  const [first, second] = args;
  switch (method) {
    case 'requests':
      return peer.requests;
    case 'statements':
      return peer.statements();
    case 'inject':
      peer.inject(first as Fault, second ?? {});
      return undefined;
    case 'clearFaults':
      peer.clearFaults();
      return undefined;
    case 'target':
      return peer.target(String(first));
    case 'admin':
      return peer.admin(String(first));
    case 'stageFiles':
      return peer.stageFiles();
    case 'tempTables':
      return peer.tempTables();
    case 'sessions':
      return peer.sessions();
    case 'setLatency':
      peer.setLatency(Number(first));
      return undefined;
    case 'endSession':
      await peer.endSession(String(first));
      return undefined;
    case 'close':
      await peer.close();
      setImmediate(() => process.exit(0));
      return CLOSED;
    default:
      throw new Error(`No such question: ${method}`);
  }
}

void main(process.argv.slice(2));
