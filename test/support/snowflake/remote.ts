// A peer in a process of its own, for tests that kill loaders and for benchmarks: the same questions, asked over HTTP.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Row } from '../../../src/engine/base/duckdb';
import type {
  Fault,
  FaultTarget,
  Peer,
  PeerOptions,
  RequestRecord,
  SessionRecord,
  StatementRecord,
} from './types';

/** A peer in another process. Whoever starts it closes it. */
export interface RemotePeer extends Pick<Peer, 'url' | 'account' | 'database' | 'warehouse' | 'caFile'> {
  requests(): Promise<readonly RequestRecord[]>;
  statements(): Promise<readonly StatementRecord[]>;
  /** Resolves when the fault waits for its request. */
  inject(fault: Fault, target?: FaultTarget): Promise<void>;
  clearFaults(): Promise<void>;
  target(sql: string): Promise<readonly Row[]>;
  admin(sql: string): Promise<readonly Row[]>;
  stageFiles(): Promise<readonly string[]>;
  tempTables(): Promise<readonly string[]>;
  sessions(): Promise<readonly SessionRecord[]>;
  setLatency(milliseconds: number): Promise<void>;
  endSession(id: string): Promise<void>;
  close(): Promise<void>;
}

/** What main.ts prints as its first line. */
interface Started extends Pick<Peer, 'url' | 'account' | 'database' | 'warehouse'> {
  readonly caFile?: string;
  /** Where the questions go. */
  readonly control: string;
}

/** Starts main.ts and waits for its line. @throws Error with what it printed when it ends before. */
export async function startPeerProcess(options: PeerOptions = {}): Promise<RemotePeer> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'main.ts'), JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const started = await firstLine(child);
  const ask = async (method: string, ...args: readonly unknown[]): Promise<unknown> => {
    const response = await fetch(started.control, { method: 'POST', body: JSON.stringify({ method, args }) });
    const answer = (await response.json()) as { readonly result?: unknown; readonly error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  };
  const tell = async (method: string, ...args: readonly unknown[]): Promise<void> => {
    await ask(method, ...args);
  };
  return {
    url: started.url,
    account: started.account,
    database: started.database,
    warehouse: started.warehouse,
    caFile: started.caFile,
    requests: () => ask('requests') as Promise<readonly RequestRecord[]>,
    statements: () => ask('statements') as Promise<readonly StatementRecord[]>,
    inject: (fault, target) => tell('inject', fault, target),
    clearFaults: () => tell('clearFaults'),
    target: (sql) => ask('target', sql) as Promise<readonly Row[]>,
    admin: (sql) => ask('admin', sql) as Promise<readonly Row[]>,
    stageFiles: () => ask('stageFiles') as Promise<readonly string[]>,
    tempTables: () => ask('tempTables') as Promise<readonly string[]>,
    sessions: () => ask('sessions') as Promise<readonly SessionRecord[]>,
    setLatency: (milliseconds) => tell('setLatency', milliseconds),
    endSession: (id) => tell('endSession', id),
    close: async () => {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      await ask('close').catch(() => undefined);
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<Started> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('The peer has no output.');
  let complaints = '';
  stderr.on('data', (part: Buffer) => (complaints += part.toString()));
  for await (const line of createInterface({ input: stdout })) return JSON.parse(line) as Started;
  throw new Error(`The peer did not start: ${complaints}`);
}
