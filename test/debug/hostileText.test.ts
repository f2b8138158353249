// A debugged run of hostile names and values: every message of a whole session, as the editor gets it.
import assert from 'node:assert/strict';
import { DATE } from '../support/day';
import { hostileDay } from '../support/hostileDay';
import { useFolder } from '../support/folder';
import { HOSTILE_TEXTS } from '../support/hostileTexts';
import { buildAdapter, Conversation, writeOldDay } from './adapter';

/** What a terminal would act on; a line may end. */
const ACTS = /(?!\n|\t|\r\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

/** Every text of a message with the path to it; what programs read alone is exact. */
function texts(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === 'path' || key === 'evaluateName' ? [] : texts(one, `${path}.${key}`),
  );
}

describe('hostile texts in the debug adapter', () => {
  before(buildAdapter);
  const folder = useFolder();
  let talk: Conversation;
  const heard: unknown[] = [];
  beforeEach(async () => {
    writeOldDay(folder(), hostileDay());
    talk = new Conversation(folder());
    heard.length = 0;
    await talk.greet({ supportsProgressReporting: true });
    for (const event of ['output', 'stopped', 'progressStart', 'progressUpdate', 'm7/preview'])
      talk.client.on(event, (message: unknown) => heard.push(message));
  });
  afterEach(() => talk.hangUp());

  it('act nowhere: not in outputs, stops, frames, scopes, variables, answers or completions', async () => {
    await talk.filters('failed', 'warned', 'conversions', 'rejects', 'steps');
    let stops = 0;
    const ended = talk.client.waitForEvent('terminated').then(() => 'ended' as const);
    let next: Promise<unknown> = talk.launch();
    for (;;) {
      const stopped = talk.client.waitForEvent('stopped').catch(() => undefined);
      await next;
      if ((await Promise.race([stopped, ended])) === 'ended') break;
      stops += 1;
      heard.push((await talk.client.stackTraceRequest({ threadId: 1 })).body);
      heard.push((await talk.client.exceptionInfoRequest({ threadId: 1 })).body);
      for (const scope of await talk.scopes()) {
        heard.push(scope);
        for (const one of await talk.read(scope.variablesReference, { start: 0, count: 30 })) {
          heard.push(one);
          if (one.variablesReference > 0) heard.push(await talk.read(one.variablesReference));
        }
      }
      for (const asked of ['SELECT * FROM rows', ':failing 30', ':source', ':profile note', ':profile model'])
        heard.push(await talk.ask(asked));
      heard.push(await talk.ask('note', 'hover'));
      heard.push((await talk.client.completionsRequest({ frameId: 1, text: '', column: 1 })).body);
      next = talk.go.on();
    }
    assert.ok(stops >= 3, `${stops} stops`);
    const found = heard.flatMap((message) => texts(message));
    for (const [path, text] of found) assert.doesNotMatch(text, ACTS, `${path}: ${JSON.stringify(text)}`);
    for (const seen of ['Show the row', '\\x1b]8;;', '\\u202e'])
      assert.ok(
        found.some(([, text]) => text.includes(seen)),
        `${seen} is shown as text`,
      );
  });

  it('are no links in the errors that the editor makes notifications of', async () => {
    const launched = talk.client.launchRequest({
      workspace: folder(),
      date: DATE,
      table: HOSTILE_TEXTS.link,
      brand: HOSTILE_TEXTS.osc8,
    } as never);
    const refused = await Promise.all([launched, talk.client.configurationDoneRequest()]).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    assert.match(refused ?? '', /\[Show the row\] \(command:/);
    assert.doesNotMatch(refused ?? '', ACTS);
  });

  it('are copied as they are', async () => {
    await talk.filters('rejects');
    await talk.stop(() => talk.launch());
    const sql = "max(chr(27) || '[31m' || chr(8238))";
    assert.match((await talk.ask(sql, 'repl')).result, /^"(?:\\u001b|\\x1b)\[31m\\u202e"$/);
    assert.equal((await talk.ask(sql, 'clipboard')).result, '"\\u001b[31m\u202e"');
  });
});
