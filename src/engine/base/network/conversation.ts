// One HTTP request of its own connection, from its first byte to the end of all that belongs to it.
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { agentFor } from './agents';
import {
  failureFrom,
  NetworkFailure,
  refusedByProxy,
  timeoutFailure,
  type RequestProgress,
} from './networkFailure';

import { MOST_ANSWER_BYTES, TIME_LIMITS } from './timeLimits';
import type { PostOptions, WebAnswer, WebPost } from './webPost';

/** A request under way; begun by making it. */
export class Conversation {
  readonly answer: Promise<WebAnswer>;
  readonly #progress: RequestProgress;
  readonly #request: ClientRequest;
  readonly #signal: AbortSignal | undefined;
  /** Ends what is on its way to a proxy. */
  readonly #gone = new AbortController();
  readonly #whole: NodeJS.Timeout;
  /** The one limit within that runs at a time. */
  #timer: NodeJS.Timeout | undefined;
  #settle: (outcome: WebAnswer | NetworkFailure) => void = () => undefined;

  constructor({ headers, body }: WebPost, progress: RequestProgress, { milliseconds, signal }: PostOptions) {
    const { url, proxy } = progress;
    this.#progress = progress;
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = (outcome) => (outcome instanceof NetworkFailure ? reject(outcome) : resolve(outcome));
    });
    this.#request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      agent: agentFor(url, proxy, this.#gone.signal),
      headers: {
        ...headers,
        'user-agent': 'm7-pipeline',
        'accept-encoding': 'identity',
        'content-length': String(Buffer.byteLength(body)),
      },
    });
    this.#whole = setTimeout(this.#late, milliseconds);
    this.#within(TIME_LIMITS.connectMs);
    signal?.addEventListener('abort', this.#stopped, { once: true });
    this.#listen();
    this.#request.end(body);
    if (signal?.aborted === true) this.#stopped();
  }

  #listen(): void {
    const { proxy, url } = this.#progress;
    const connected = (): void => {
      this.#progress.phase = 'answer';
      this.#within(TIME_LIMITS.answerMs);
    };
    this.#request
      .on('error', (error) => this.#end(failureFrom(error, this.#progress)))
      .once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
        if (statusCode !== 200) this.#end(refusedByProxy(statusCode, this.#progress));
        this.#progress.phase = 'connect';
      })
      .once('socket', (socket) => {
        if (url.protocol === 'https:') socket.once('secureConnect', connected);
        else if (socket.connecting) socket.once('connect', connected);
        else connected();
      })
      .once('response', (response) => {
        if (proxy !== undefined && response.statusCode === 407)
          this.#end(refusedByProxy(response.statusCode, this.#progress));
        else this.#read(response);
      });
  }

  /** What has come of the body when it ends, is enough, breaks off or takes too long. */
  #read(response: IncomingMessage): void {
    const parts: Buffer[] = [];
    let size = 0;
    const done = (): void =>
      this.#end({
        status: response.statusCode ?? 0,
        statusText: (response.statusMessage ?? '').replace(/\p{Cc}+/gu, ' ').slice(0, 100),
        retryAfter: response.headers['retry-after'],
        location: response.headers.location,
        beginning: Buffer.concat(parts).toString('utf8', 0, MOST_ANSWER_BYTES),
      });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(done, TIME_LIMITS.bodyMs);
    response
      .on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size >= MOST_ANSWER_BYTES) done();
      })
      .once('error', done)
      .once('close', done);
  }

  #within(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#late, milliseconds);
  }

  readonly #late = (): void => this.#end(timeoutFailure(this.#progress));

  readonly #stopped = (): void =>
    this.#end(new NetworkFailure('Sending was stopped.', 'It is tried again with the next run.', false));

  /** The first outcome counts. Nothing of the request is left behind. */
  #end(outcome: WebAnswer | NetworkFailure): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#stopped);
    this.#settle(outcome);
    this.#gone.abort();
    this.#request.destroy();
  }
}
