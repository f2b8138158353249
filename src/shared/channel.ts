// One typed channel for every border between processes and frames: calls with results, progress and cancellation.
import type { PlainError } from '../engine/model/errors';

/** An error as data: the engine's own, or one of the channel. */
export type WireError = Omit<PlainError, 'code'> & {
  readonly code: PlainError['code'] | 'DISCONNECTED' | 'UNKNOWN_METHOD';
};

/** A method by what a call takes, what it gives in the end, and what it tells on the way. */
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
export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: WireError };

/** The way messages go: a child process, a webview, a pair of ports in a test. */
export interface Port {
  /** Throws, or drops the message, when the other end is gone; `onClose` then tells. */
  send(message: Message): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other end is gone for good. `reason` is for people. */
  onClose(listener: (reason: string) => void): void;
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

interface Open {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ChannelError) => void;
  readonly progress: ((value: unknown) => void) | undefined;
  readonly release: () => void;
}

/**
 * Joins a port: answers calls with `methods` and makes calls of the other end's.
 * @param plain Turns what a method throws into data; the engine's own words for it live in plainError.
 */
export function openChannel<Serves extends Api<Serves>, Calls extends Api<Calls>>(
  port: Port,
  methods: Partial<Methods<Serves>>,
  plain: (error: unknown) => WireError = plainly,
): Channel<Calls> {
  const calls = new Map<number, Open>();
  const work = new Map<number, AbortController>();
  let next = 1;
  let closed: WireError | undefined;

  const settle = (id: number, how: (open: Open) => void): void => {
    const open = calls.get(id);
    if (open === undefined) return;
    calls.delete(id);
    open.release();
    how(open);
  };

  const serve = async (id: number, name: string, params: unknown): Promise<void> => {
    const method = Object.hasOwn(methods, name)
      ? (methods as Readonly<Record<string, (params: unknown, context: CallContext<unknown>) => unknown>>)[
          name
        ]
      : undefined;
    const control = new AbortController();
    work.set(id, control);
    const answer = (message: Message): void => {
      if (closed === undefined) port.send(message);
    };
    try {
      if (method === undefined)
        throw new ChannelError({
          code: 'UNKNOWN_METHOD',
          message: `There is no method "${name}".`,
          remedy: 'Reload the window: it mixes an old and a new version of the extension.',
        });
      const value = await method(params, {
        signal: control.signal,
        progress: (progress) => {
          if (work.get(id) === control) answer({ kind: 'progress', id, value: progress });
        },
      });
      answer({ kind: 'result', id, value });
    } catch (error) {
      answer({
        kind: 'failure',
        id,
        error: error instanceof ChannelError ? error.plain : plain(error),
      });
    } finally {
      work.delete(id);
    }
  };

  const close = (error: WireError): void => {
    if (closed !== undefined) return;
    closed = error;
    for (const control of work.values()) control.abort();
    for (const id of [...calls.keys()]) settle(id, (open) => open.reject(new ChannelError(error)));
  };

  port.onMessage((raw) => {
    if (closed !== undefined || !isMessage(raw)) return;
    switch (raw.kind) {
      case 'call':
        void serve(raw.id, raw.method, raw.params);
        break;
      case 'cancel':
        work.get(raw.id)?.abort();
        break;
      case 'progress':
        calls.get(raw.id)?.progress?.(raw.value);
        break;
      case 'result':
        settle(raw.id, (open) => open.resolve(raw.value));
        break;
      case 'failure':
        settle(raw.id, (open) => open.reject(new ChannelError(raw.error)));
        break;
      default:
        raw satisfies never;
    }
  });
  port.onClose((reason) => close(disconnected(reason)));

  return {
    call: (method, params, options = {}) =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) {
          reject(new ChannelError(closed));
          return;
        }
        const { signal, onProgress } = options;
        if (signal?.aborted === true) {
          reject(new ChannelError(CANCELLED));
          return;
        }
        const id = next++;
        const cancel = (): void => {
          // The caller need not wait for the other end to notice.
          settle(id, (open) => open.reject(new ChannelError(CANCELLED)));
          port.send({ kind: 'cancel', id });
        };
        signal?.addEventListener('abort', cancel, { once: true });
        calls.set(id, {
          resolve: resolve,
          reject,
          progress: onProgress,
          release: () => signal?.removeEventListener('abort', cancel),
        });
        try {
          port.send({ kind: 'call', id, method, params });
        } catch (error) {
          settle(id, (open) => open.reject(new ChannelError(disconnected(String(error)))));
        }
      }),
    close: (reason) => close(disconnected(reason)),
  };
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
