// A whole debug conversation as a text that a reviewer can read: conversation.golden.txt beside this file.
// Rewrite it with: M7_UPDATE_GOLDEN=1 npm run test:file -- test/debug/golden.test.ts
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATE } from '../support/day';
import { useFolder } from '../support/folder';
import { buildAdapter, failingDay, RULES, writeOldDay } from './adapter';
import { Transcript } from './transcript';

const GOLDEN = join(__dirname, 'conversation.golden.txt');

describe('the golden conversation with the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();

  it('reads as it is kept', async () => {
    writeOldDay(folder(), failingDay());
    const talk = new Transcript(folder());
    try {
      const text = await conversation(talk, folder());
      if (process.env['M7_UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
      assert.equal(text, readFileSync(GOLDEN, 'utf8'));
    } finally {
      await talk.end();
    }
  });
});

async function conversation(talk: Transcript, workspace: string): Promise<string> {
  talk.heading('Start: what the adapter can do, and where to stop');
  await talk.request(
    'initialize',
    { adapterID: 'm7', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' },
    'initialized',
  );
  await talk.request('setBreakpoints', {
    source: { path: join(workspace, RULES) },
    breakpoints: [{ line: 1 }],
  });
  await talk.request('setExceptionBreakpoints', { filters: ['failed'] });

  talk.heading('Launch: the date runs on a copy, up to the first breakpoint');
  const launched = talk.request('launch', { workspace, date: DATE });
  await talk.request('configurationDone', {});
  await launched;
  await talk.event('stopped');
  await talk.request('stackTrace', { threadId: 1, levels: 1 });

  talk.heading('Continue: to the rule that fails its table');
  await talk.request('continue', { threadId: 1 }, 'stopped');
  await talk.request('exceptionInfo', { threadId: 1 });
  const stack = (await talk.request('stackTrace', {
    threadId: 1,
  })) as DebugProtocol.StackTraceResponse['body'];
  const frame = stack.stackFrames[0]?.id ?? 0;

  talk.heading('Look: the rule, the counts, the rows that fail');
  for (const name of ['Rule', 'Counts', 'Failing rows'])
    await talk.variables(frame, name, name === 'Failing rows' ? { start: 0, count: 3 } : {});

  talk.heading('Ask: SQL over these rows and every table of the date');
  const evaluate = (expression: string, context = 'repl', frameId = frame): Promise<unknown> =>
    talk.request('evaluate', { expression, context, frameId });
  await evaluate('count(*) FILTER (WHERE seconds < 14)');
  await evaluate('SELECT _brand, count(*) AS n FROM failing GROUP BY ALL ORDER BY ALL');
  await evaluate('SELECT count(*) FROM silver.Device');
  await evaluate('seconds', 'hover');
  await evaluate('no_such_column + 1');
  await evaluate(':profile seconds');

  talk.heading('Step in: to the rejected rows, one after the other, each with its landing line');
  await talk.request('stepIn', { threadId: 1 }, 'stopped');
  await talk.request('stackTrace', { threadId: 1, levels: 1 });
  await talk.variables(1, 'Row');
  await evaluate('seconds', 'repl', 1);
  await evaluate(':source', 'repl', 1);
  await talk.request('stepIn', { threadId: 1 }, 'stopped');
  await talk.request('stackTrace', { threadId: 1, levels: 1 });
  await talk.request('stepOut', { threadId: 1 }, 'stopped');
  await talk.request('stackTrace', { threadId: 1, levels: 1 });

  talk.heading('Continue: to the end');
  await talk.request('continue', { threadId: 1 }, 'terminated');
  await talk.request('disconnect', {});
  return talk.text();
}
