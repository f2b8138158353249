// The channel: every call settles, whatever the other end does.
import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import {
  ChannelError,
  isCancelledCall,
  openChannel,
  type Method,
  type Methods,
  type NoMethods,
  type Port,
} from '../../src/shared/channel';

interface Sums {
  readonly add: Method<{ readonly a: number; readonly b: number }, number, number>;
  readonly wait: Method<Record<string, never>, string>;
  readonly fail: Method<Record<string, never>, string>;
}

interface Wire {
  readonly near: Port;
  readonly far: Port;
  readonly cut: () => void;
  /** Puts any message on the wire towards the near end. */
  readonly inject: (message: unknown) => void;
}

function wire(): Wire {
  const { port1, port2 } = new MessageChannel();
  const closers: ((reason: string) => void)[] = [];
  const port = (end: typeof port1): Port => ({
    send: (message) => end.postMessage(message),
    onMessage: (listener) => void end.on('message', listener),
    onClose: (listener) => void closers.push(listener),
  });
  return {
    near: port(port1),
    far: port(port2),
    cut: () => {
      for (const close of closers) close('It fell over.');
      port1.close();
    },
    inject: (message) => port2.postMessage(message),
  };
}

const rejectsWith = (promise: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(promise, (error) => error instanceof ChannelError && error.code === code);

describe('channel', () => {
  let opened: Wire[] = [];
  afterEach(() => {
    for (const { cut } of opened) cut();
    opened = [];
  });

  const join = (methods: Partial<Methods<Sums>>) => {
    const made = wire();
    opened.push(made);
    openChannel<Sums, NoMethods>(made.far, methods);
    return { ...made, caller: openChannel<NoMethods, Sums>(made.near, {}) };
  };

  it('gives the result, and the progress before it', async () => {
    const { caller } = join({
      add: ({ a, b }, { progress }) => {
        progress(a);
        progress(b);
        return a + b;
      },
    });
    const seen: number[] = [];
    const sum = await caller.call('add', { a: 2, b: 3 }, { onProgress: (value) => void seen.push(value) });
    assert.equal(sum, 5);
    assert.deepEqual(seen, [2, 3]);
  });

  it('keeps many calls apart', async () => {
    const { caller } = join({ add: async ({ a, b }) => Promise.resolve(a + b) });
    const sums = await Promise.all(Array.from({ length: 100 }, (_, i) => caller.call('add', { a: i, b: i })));
    assert.deepEqual(
      sums,
      Array.from({ length: 100 }, (_, i) => 2 * i),
    );
  });

  it('carries a failure as data', async () => {
    const { caller } = join({
      fail: () => {
        throw new Error('No such thing.');
      },
    });
    await assert.rejects(caller.call('fail', {}), (error) => {
      assert.ok(error instanceof ChannelError);
      assert.equal(error.message, 'No such thing.');
      assert.equal(error.code, 'BUG');
      return true;
    });
  });

  it('cancels at once here, and tells the work there', async () => {
    let told: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (told = resolve));
    const { caller } = join({
      wait: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            told();
            resolve('too late');
          });
        }),
    });
    const control = new AbortController();
    const call = caller.call('wait', {}, { signal: control.signal });
    control.abort();
    await assert.rejects(call, isCancelledCall);
    await stopped;
    await rejectsWith(caller.call('wait', {}, { signal: control.signal }), 'CANCELLED');
  });

  it('fails open and later calls when the other end goes away, and stops the work', async () => {
    const work = new Promise<AbortSignal>((resolve) => {
      const { caller, cut } = join({
        wait: (_, { signal }) => {
          resolve(signal);
          return new Promise<string>(() => undefined);
        },
      });
      const call = caller.call('wait', {});
      void rejectsWith(call, 'DISCONNECTED').then(() => rejectsWith(caller.call('wait', {}), 'DISCONNECTED'));
      setTimeout(cut, 20);
    });
    const signal = await work;
    await new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve()),
    );
  });

  it('refuses a method there is not, also one of Object', async () => {
    const { caller } = join({});
    await rejectsWith(caller.call('add', { a: 1, b: 1 }), 'UNKNOWN_METHOD');
    await rejectsWith(caller.call('toString' as 'add', { a: 1, b: 1 }), 'UNKNOWN_METHOD');
  });

  it('passes over what is no message, and answers nobody waits for', async () => {
    const { caller, inject } = join({ add: ({ a, b }) => a + b });
    for (const strange of [null, 7, 'call', {}, { kind: 'result' }, { kind: 'nope', id: 1 }, [1]])
      inject(strange);
    inject({ kind: 'result', id: 99, value: 1 });
    assert.equal(await caller.call('add', { a: 1, b: 1 }), 2);
  });
});
