// One typed channel for every border between processes and frames: calls with results, progress and cancellation.
import type { PlainError } from '../engine/model/errors';

/** An error as data: the engine's own, or one of the channel. */
export type WireError = Omit<PlainError, 'code'> & {
  readonly code: PlainError['code'] | 'DISCONNECTED' | 'UNKNOWN_METHOD';
};

/** A method by what a call takes, what it gives in the end, and what it reports on the way. */
export interface Method<Params = unknown, Result = unknown, Progress = never> {
  readonly params: Params;
  readonly result: Result;
  readonly progress: Progress;
}

/** Methods by name. An interface of `Method`s; `keyof` is narrowed to names. */
export type Api<T> = { readonly [K in keyof T]: Method<unknown, unknown, unknown> };

/** The API of an end that answers nothing: no parameters fit its only method. */
export interface NoMethods {
  readonly none: Method<never, never>;
}

/** What crosses the border. Ids are the caller's; both ends count their own. */
type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: WireError };

/** The way messages go: a child process, a webview, a pair of ports in a test. */
export interface Port {
  /** Throws, or drops the message, when the other end is gone; `onClose` is then called. */
  send(message: Message): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other end is gone for good. `reason` is for people. */
  onClose(listener: (reason: string) => void): void;
  /** Hears what has come and is no message of a channel: it is not answered. */
  onStrange?(raw: unknown): void;
}

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (value: Progress) => void;
}

/** What a method's implementation gets besides its parameters. */
export interface CallContext<Progress> {
  /** Aborted when the caller cancels, and when the channel closes. */
  readonly signal: AbortSignal;
  readonly progress: (value: Progress) => void;
}

export type Methods<T extends Api<T>> = {
  readonly [K in keyof T]: (
    params: T[K]['params'],
    context: CallContext<T[K]['progress']>,
  ) => Promise<T[K]['result']> | T[K]['result'];
};

/** The calling end of a channel. */
export interface Caller<T extends Api<T>> {
  /**
   * Calls a method of the other end. Settles always: with the result, with a ChannelError that carries the
   * other end's error, with code "CANCELLED" once the signal is aborted, or "DISCONNECTED" when the other end
   * goes away.
   */
  call<K extends keyof T & string>(
    method: K,
    params: T[K]['params'],
    options?: CallOptions<T[K]['progress']>,
  ): Promise<T[K]['result']>;
}

export interface Channel<T extends Api<T>> extends Caller<T> {
  /** Answers all calls that are open here by this error, and gives their methods. */
  fail(error: WireError): readonly string[];
  /** Fails open calls and stops open work here. */
  close(reason: string): void;
}

/** An error of the other end, or of the channel itself (DISCONNECTED, CANCELLED, UNKNOWN_METHOD). */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly plain: WireError;

  constructor(plain: WireError) {
    super(plain.message);
    this.plain = plain;
  }

  get code(): string {
    return this.plain.code;
  }
}

/** Is this a cancelled call? Cancellation is an outcome, not a failure. */
export function isCancelledCall(error: unknown): boolean {
  return error instanceof ChannelError && error.code === 'CANCELLED';
}

const CANCELLED: WireError = {
  code: 'CANCELLED',
  message: 'The work was cancelled.',
  remedy: 'Start it again if you still need it.',
};

/** A method as it is called: what it is given has crossed the border. */
type Implementation = (params: unknown, context: CallContext<unknown>) => unknown;

/** A call that was made from here and has not settled. */
interface OpenCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ChannelError) => void;
  readonly progress: ((value: unknown) => void) | undefined;
  readonly release: () => void;
}

/**
 * Joins a port: answers calls with `methods` and makes calls of the other end's.
 * @param plain Turns what a method throws into data; the engine's own words for it live in plainError.
 * @param admit Asked before each call that is answered here; what it throws is the answer.
 */
export function openChannel<Serves extends Api<Serves>, Calls extends Api<Calls>>(
  port: Port,
  methods: Partial<Methods<Serves>>,
  plain: (error: unknown) => WireError = plainly,
  admit: (method: keyof Serves & string, params: unknown) => void = () => undefined,
): Channel<Calls> {
  return new ChannelEnd<Serves, Calls>(port, methods, plain, admit);
}

class ChannelEnd<Serves extends Api<Serves>, Calls extends Api<Calls>> implements Channel<Calls> {
  readonly #port: Port;
  readonly #methods: Partial<Methods<Serves>>;
  readonly #plain: (error: unknown) => WireError;
  readonly #admit: (method: keyof Serves & string, params: unknown) => void;
  /** Calls of this end that wait for their result. */
  readonly #calls = new Map<number, OpenCall>();
  /** Calls of the other end that are being answered. */
  readonly #served = new Map<number, { readonly name: string; readonly control: AbortController }>();
  #nextId = 1;
  /** Why it is closed; undefined while it is open. */
  #closed: WireError | undefined;

  constructor(
    port: Port,
    methods: Partial<Methods<Serves>>,
    plain: (error: unknown) => WireError,
    admit: (method: keyof Serves & string, params: unknown) => void,
  ) {
    this.#port = port;
    this.#admit = admit;
    this.#methods = methods;
    this.#plain = plain;
    port.onMessage((raw) => {
      if (this.#closed !== undefined) return;
      if (isMessage(raw)) this.#receive(raw);
      else port.onStrange?.(raw);
    });
    port.onClose((reason) => this.close(reason));
  }

  call<K extends keyof Calls & string>(
    method: K,
    params: Calls[K]['params'],
    { signal, onProgress }: CallOptions<Calls[K]['progress']> = {},
  ): Promise<Calls[K]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(new ChannelError(this.#closed));
        return;
      }
      if (signal?.aborted === true) {
        reject(new ChannelError(CANCELLED));
        return;
      }
      const id = this.#nextId++;
      const cancel = (): void => {
        // The caller need not wait for the other end to notice.
        this.#fail(id, CANCELLED);
        this.#port.send({ kind: 'cancel', id });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const release = (): void => signal?.removeEventListener('abort', cancel);
      this.#calls.set(id, { resolve, reject, progress: onProgress, release });
      try {
        this.#port.send({ kind: 'call', id, method, params });
      } catch (error) {
        this.#fail(id, disconnected(String(error)));
      }
    });
  }

  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = disconnected(reason);
    for (const { control } of this.#served.values()) control.abort();
    for (const id of [...this.#calls.keys()]) this.#fail(id, this.#closed);
  }

  fail(error: WireError): readonly string[] {
    for (const id of this.#served.keys()) this.#answer({ kind: 'failure', id, error });
    return [...this.#served.values()].map(({ name }) => name);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'call':
        void this.#serve(message.id, message.method, message.params);
        break;
      case 'cancel':
        this.#served.get(message.id)?.control.abort();
        break;
      case 'progress':
        this.#calls.get(message.id)?.progress?.(message.value);
        break;
      case 'result':
        this.#settle(message.id)?.resolve(message.value);
        break;
      case 'failure':
        this.#fail(message.id, message.error);
        break;
      default:
        message satisfies never;
    }
  }

  async #serve(id: number, name: string, params: unknown): Promise<void> {
    const control = new AbortController();
    this.#served.set(id, { name, control });
    try {
      const value = await this.#method(name, params)(params, {
        signal: control.signal,
        progress: (progress) => {
          if (this.#served.get(id)?.control === control)
            this.#answer({ kind: 'progress', id, value: progress });
        },
      });
      this.#answer({ kind: 'result', id, value });
    } catch (error) {
      const wired = error instanceof ChannelError ? error.plain : this.#plain(error);
      this.#answer({ kind: 'failure', id, error: wired });
    } finally {
      this.#served.delete(id);
    }
  }

  #method(name: string, params: unknown): Implementation {
    const method = Object.hasOwn(this.#methods, name)
      ? (this.#methods as Readonly<Record<string, Implementation>>)[name]
      : undefined;
    if (method !== undefined) {
      this.#admit(name as keyof Serves & string, params);
      return method;
    }
    throw new ChannelError({
      code: 'UNKNOWN_METHOD',
      message: `There is no method "${name}".`,
      remedy: 'Reload the window: it mixes an old and a new version of the extension.',
    });
  }

  #answer(message: Message): void {
    if (this.#closed === undefined) this.#port.send(message);
  }

  /** Takes a call from the open ones. */
  #settle(id: number): OpenCall | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.release();
    return call;
  }

  #fail(id: number, error: WireError): void {
    this.#settle(id)?.reject(new ChannelError(error));
  }
}

function disconnected(reason: string): WireError {
  return {
    code: 'DISCONNECTED',
    message: reason,
    remedy: 'Try again; it restarts when needed.',
  };
}

function plainly(error: unknown): WireError {
  return {
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'Report this with the log: it is a defect of M7 Pipeline.',
  };
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, id } = value as { kind?: unknown; id?: unknown };
  return (
    typeof id === 'number' &&
    typeof kind === 'string' &&
    ['call', 'cancel', 'progress', 'result', 'failure'].includes(kind)
  );
}
