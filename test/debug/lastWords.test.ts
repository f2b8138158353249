// What is no conversation: the debug adapter and the engine process say why they end, in one line and to their editor.
import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { ADAPTER, buildAdapter } from './adapter';

const message = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const GREETING = message(
  JSON.stringify({
    seq: 1,
    type: 'request',
    command: 'initialize',
    arguments: { adapterID: 'm7', pathFormat: 'path' },
  }),
);

/** Starts an adapter, sends it bytes, and keeps its input open until it has ended. */
async function send(...pieces: readonly (string | Buffer)[]) {
  const child = spawn(process.execPath, [ADAPTER], { stdio: 'pipe' });
  const read = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  for (const piece of pieces) child.stdin.write(piece);
  const [out, err, [code]] = await read;
  const events = out
    .split(/Content-Length: \d+\r\n\r\n/)
    .filter((body) => body !== '')
    .map((body) => JSON.parse(body));
  return { events, err, code: code as number | null };
}

describe('a debug adapter that is sent what is no message', () => {
  before(buildAdapter);

  for (const [what, pieces, why] of [
    ['garbage', ['hello\n'], /not of the Debug Adapter Protocol: "hello\\n"/],
    ['bytes', [Buffer.from([0, 255, 1, 128])], /not of the Debug Adapter Protocol/],
    ['a header without its length', ['Content-Type: json\r\n\r\n'], /has no Content-Length/],
    ['a header without end', [`X: ${'x'.repeat(5_000)}`], /not of the Debug Adapter Protocol/],
    ['a length that is none', ['Content-Length: many\r\n\r\n{}'], /has no Content-Length/],
    ['a message of a terabyte', ['Content-Length: 1000000000000\r\n\r\n{'], /has 1000000000000 bytes/],
    ['no JSON', [message('{"seq": 1,')], /Error handling data: .*JSON/],
    ['JSON that is no message', [message('null')], /Error handling data: /],
    ['garbage between messages', [GREETING, 'GET / HTTP/1.1\r\n'], /not of the Debug Adapter Protocol/],
  ] as const)
    it(`says why it ends: ${what}`, async () => {
      const { events, err, code } = await send(...pieces);
      assert.equal(code, 1);
      assert.match(err, /^The debug session was ended: .+\n$/);
      assert.match(err, why);
      const [output, terminated] = events.slice(-2);
      assert.equal(output.event, 'output');
      assert.equal(output.body.category, 'important');
      assert.match(output.body.output, why);
      assert.equal(terminated.event, 'terminated');
    });

  it('answers a request of the wrong form in words, without the paths of its own code', async () => {
    const request = { seq: 2, type: 'request', command: 'setBreakpoints', arguments: { source: null } };
    const { events } = await send(GREETING, message(JSON.stringify(request)), 'no message');
    const answer = events.find((event) => event.command === 'setBreakpoints');
    assert.equal(answer.success, false);
    assert.match(answer.message, /^The request "setBreakpoints" cannot be answered: /);
    assert.doesNotMatch(JSON.stringify(answer), /debug\.js|node:internal|\bat /);
  });

  it('reads messages in any pieces', async () => {
    const pieces = [...Buffer.from(GREETING + GREETING)].map((byte) => Buffer.from([byte]));
    const { events, code } = await send(...pieces, 'end\n');
    assert.equal(code, 1, 'of what came last');
    assert.equal(events.filter((one) => one.type === 'response' && one.success).length, 2);
  });

  it('says nothing where its editor goes between messages', async () => {
    const child = spawn(process.execPath, [ADAPTER], { stdio: 'pipe' });
    child.stdin.end(GREETING);
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.deepEqual([err, code], ['', 0]);
  });
});

describe('an engine process that is sent what is no call', () => {
  let folder: string;
  before(async () => {
    await buildAdapter();
    folder = mkdtempSync(join(tmpdir(), 'm7-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const start = () => {
    const child = fork(resolve(__dirname, '../../dist/server.js'), [folder, 'restricted'], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    return { child, err: text(child.stderr!) };
  };

  it('says so, and answers the next one', async () => {
    const { child, err } = start();
    for (const strange of ['hello', 42, null, { kind: 'call' }, { kind: 'no', id: 1 }])
      child.send(strange as never);
    child.send({ kind: 'call', id: 7, method: 'noSuch', params: {} });
    const [answer] = await once(child, 'message');
    assert.equal(answer.error.code, 'UNKNOWN_METHOD');
    child.disconnect();
    assert.equal((await err).match(/^Something came that is no call: /gm)?.length, 5);
  });

  it('says why it ends where the bytes are none of a channel', async () => {
    const { child, err } = start();
    child.send({ kind: 'call', id: 7, method: 'noSuch', params: {} });
    await once(child, 'message');
    // Bytes of no value: the header of one, with a length, and rubbish.
    const { fd } = (child as unknown as { readonly channel: { readonly fd: number } }).channel;
    const { writeSync } = await import('node:fs');
    writeSync(fd, Buffer.from([0, 0, 0, 4, 1, 2, 3, 4]));
    const [code] = await once(child, 'exit');
    assert.equal(code, 1);
    assert.match(await err, /^The engine process ends by a fault of its own: .+\n$/);
  });
});
