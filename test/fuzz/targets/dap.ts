// Bytes to the debug adapter: a conversation with damaged values, messages and frames. It may refuse, and it may end;
// it may not crash, and it ends when its client goes.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failingDay, writeOldDay } from '../../debug/adapter';
import { DATE } from '../../support/day';
import type { Seeded } from '../../support/seeded';
import { STRANGE, flipBits } from '../mutations';
import { alike, anything, replaceIn, type Json } from '../values';
import type { Open } from '../target';

const ADAPTER = join(import.meta.dirname, '../../../dist/debug.js');
/** So long nothing has to come before the next message is sent. */
const QUIET_MS = 120;
/** Signals by which a process ends that has crashed. */
const CRASHES: readonly string[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE'];

const at = (frameId: number, expression: string, context = 'repl'): Json => ({
  frameId,
  expression,
  context,
});

/** What an editor asks, in its order; $FOLDER stands for the workspace. */
const CONVERSATION: readonly (readonly [string, Json])[] = [
  ['initialize', { adapterID: 'm7', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' }],
  [
    'setBreakpoints',
    {
      source: { path: '$FOLDER/config/validation_rules.json' },
      breakpoints: [
        { line: 4, condition: 'seconds > 3' },
        { line: 9, hitCondition: '2', logMessage: '{seconds}' },
      ],
    },
  ],
  ['setExceptionBreakpoints', { filters: ['failed', 'warned'] }],
  ['launch', { workspace: '$FOLDER', date: DATE, table: ['Playback'], stopOnEntry: true }],
  ['configurationDone', {}],
  ['threads', {}],
  ['stackTrace', { threadId: 1, startFrame: 0, levels: 20 }],
  ['scopes', { frameId: 1 }],
  ['variables', { variablesReference: 1, start: 0, count: 5 }],
  ['next', { threadId: 1 }],
  ['evaluate', at(1, 'count(*) FILTER (WHERE seconds < 14)')],
  ['evaluate', at(1, 'SELECT * FROM silver.Device LIMIT 2')],
  ['evaluate', at(1, ':profile seconds')],
  ['evaluate', at(1, 'seconds', 'hover')],
  ['completions', { frameId: 1, text: 'SELECT sec', column: 11 }],
  ['continue', { threadId: 1 }],
  ['exceptionInfo', { threadId: 1 }],
  ['stepIn', { threadId: 1 }],
  ['setVariable', { variablesReference: 2, name: 'seconds', value: '3' }],
  ['stepBack', { threadId: 1 }],
  ['stepOut', { threadId: 1 }],
  ['pause', { threadId: 1 }],
  ['cancel', { requestId: 3 }],
  ['source', { sourceReference: 1 }],
  ['restart', {}],
  ['terminate', {}],
];

const WORDS = new Set(['context', 'pathFormat', 'adapterID', 'workspace', 'path']);

export const open: Open = async (folder) => {
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  writeOldDay(workspace, failingDay());
  return {
    make: (random) => ({ name: 'input.dap', bytes: bytesOf(random) }),
    try: ({ bytes }) => converse(bytes, workspace),
    close: () => Promise.resolve(),
  };
};

const frame = (text: string, length = Buffer.byteLength(text)): string =>
  `Content-Length: ${length}\r\n\r\n${text}`;

const HEADERS: readonly string[] = [
  'Content-Length: -1\r\n\r\n', 'Content-Length: 99999999999\r\n\r\n', 'Content-Length: x\r\n\r\n', 'Content-Length: 0\r\n\r\n', '\r\n\r\n', 'X: y\r\n\r\n', 'content-length: 2\r\n\r\n{}', 'Content-Length: 4\r\n\r\nnull', 'Content-Length: 2\r\n\r\n[]', 'Content-Length: 1\r\n\r\n{', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
]; // prettier-ignore

function bytesOf(random: Seeded): Buffer {
  // Mostly the beginning as it has to be: what comes then gets further.
  const whole = 5 + random.below(CONVERSATION.length - 5);
  const kept = CONVERSATION.slice(0, whole).filter((_, i) => i < 5 || random.below(4) > 0);
  const damagedAt = random.below(kept.length);
  const parts = kept.map(([command, args], i) => {
    const draw = random.below(10);
    if (i !== damagedAt && draw > 1)
      return frame(JSON.stringify({ seq: i + 1, type: 'request', command, arguments: args }));
    const by = draw % 2 === 0 ? alike(WORDS) : anything;
    const message: Json = { seq: i + 1, type: 'request', command, arguments: replaceIn(args, by, random) };
    const text = JSON.stringify(random.below(4) === 0 ? replaceIn(message, anything, random) : message);
    switch (random.below(8)) {
      case 0:
        return random.pick(HEADERS) + frame(text);
      case 1:
        return frame(text, random.pick([0, 1, text.length - 1, text.length + 7, 1e9]));
      case 2:
        return frame(text.slice(0, random.below(text.length)) + random.pick(STRANGE));
      default:
        return frame(text);
    }
  });
  const bytes = Buffer.from(parts.join(''));
  return random.below(10) === 0 ? flipBits(bytes, random, 20) : bytes;
}

/** Sends one message after the other, goes away, and waits for the adapter's end. */
async function converse(bytes: Buffer, workspace: string): Promise<string | undefined> {
  const child = spawn(process.execPath, [ADAPTER], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: process.env['TMPDIR'],
      TZ: 'UTC',
      MEMORY_LIMIT: '256MB',
      SETTLE: '0',
    },
  });
  let [heard, said] = [0, ''];
  child.stdout.on('data', () => (heard = Date.now()));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  child.stdin.on('error', () => undefined);
  const end = new Promise<readonly [number | null, string | null]>((ended) =>
    child.once('close', (code, signal) => ended([code, signal])),
  );
  // A path is in JSON: no character of a temporary folder has to be escaped there.
  const text = bytes.toString('latin1').replaceAll('$FOLDER', workspace);
  for (const part of text.split(/(?=Content-Length: )/)) {
    // What says how long the message is has to count the path.
    child.stdin.write(Buffer.from(fitting(part), 'latin1'));
    heard = Date.now();
    while (child.exitCode === null && child.signalCode === null && Date.now() - heard < QUIET_MS)
      await new Promise((later) => setTimeout(later, 15));
  }
  child.stdin.end();
  const [code, signal] = await end;
  if (signal !== null && CRASHES.includes(signal)) return `The adapter ended by ${signal}. ${said}`;
  if (/^\s+at .*:\d+:\d+\)?$/m.test(said))
    return `The adapter ended with a stack: exit code ${String(code)}. ${said}`;
  return undefined;
}

/** A frame whose length was right before its path was filled in has the right one again. */
function fitting(part: string): string {
  const [, length, text] = /^Content-Length: (\d+)\r\n\r\n([^]*)$/.exec(part) ?? [];
  if (
    length === undefined ||
    text === undefined ||
    (!text.includes('/config/') && !text.includes('"workspace"'))
  )
    return part;
  return Math.abs(Number(length) - text.length) < 200 && text.endsWith('}') ? frame(text, text.length) : part;
}
