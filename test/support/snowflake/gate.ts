// The way of every request through the peer: read, noted, befallen by a fault, answered after the latency.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { SnowflakeError } from './errors';
import { Faults } from './faults';
import type { Fault, RequestKind, RequestRecord, StatementKind } from './types';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** For the record: "ok" or a code. */
  readonly outcome: string;
}

/** What is known of a request before it is executed. */
export interface Asked {
  readonly kind: RequestKind;
  readonly requestId?: string | undefined;
  readonly sqlText?: string | undefined;
  readonly statement?: StatementKind | undefined;
  readonly session?: string | undefined;
  readonly retry?: number;
}

type Writable = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

export class Gate {
  readonly records: RequestRecord[] = [];
  readonly faults = new Faults();
  latency = 0;
  private last = 0;

  /** `play` is told of faults that befall the execution; it answers the request. */
  async pass(
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
    play: (fault: Fault | undefined) => Promise<Reply>,
  ): Promise<void> {
    const record: Writable = {
      number: asked.kind === 'telemetry' ? 0 : (this.last += 1),
      kind: asked.kind,
      method: request.method ?? '',
      path: (request.url ?? '').split('?')[0] ?? '',
      requestId: asked.requestId,
      sqlText: asked.sqlText,
      statement: asked.statement,
      session: asked.session,
      retry: asked.retry ?? 0,
      at: Date.now(),
      answeredAt: undefined,
      outcome: undefined,
    };
    this.records.push(record);
    const fault = this.faults.befalling(record);
    const done = (outcome: string): void => {
      record.outcome = outcome;
      record.answeredAt = Date.now();
    };
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'dropped-before') {
      await this.wait();
      done(fault.kind);
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'status') {
      await this.wait();
      done(String(fault.status));
      response
        .writeHead(fault.status, { 'Content-Type': 'text/plain' })
        .end('The peer was told to answer this.');
      return;
    }
    const reply = await play(fault);
    await this.wait();
    if (fault?.kind === 'hang-after') return;
    done(reply.outcome);
    if (fault?.kind === 'dropped-after') {
      record.outcome = fault.kind;
      request.socket.destroy();
      return;
    }
    const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
    response.writeHead(reply.status, { 'Content-Length': String(body.length), ...reply.headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  private async wait(): Promise<void> {
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
  }
}

/** The body of a request as JSON; {} for none. */
export async function jsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const raw = Buffer.concat(parts);
  const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString('utf8');
  if (text === '') return {};
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
}

export function json(body: unknown, outcome = 'ok'): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    outcome,
  };
}

/** An error as the service answers it: HTTP 200, `success: false`. */
export function failed(error: SnowflakeError, queryId?: string): Reply {
  return json(
    {
      data: {
        sqlState: error.sqlState,
        errorCode: error.code,
        ...(queryId === undefined ? {} : { queryId }),
        internalError: false,
        type: 'COMPILATION',
        line: -1,
        pos: -1,
      },
      code: error.code,
      message: error.message,
      success: false,
      headers: null,
    },
    error.code,
  );
}
