// What happens, in the protocol's words: a stop, what is wrong there, a line for the console.
import { OutputEvent, StoppedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import { anyTrouble } from './filters';
import type { Line } from './output';
import type { Standing } from './standing';

/** There is one thread: a run that is looked into takes one step after the other. */
export const THREAD = 1;

export function stoppedEvent({ reason, place, position }: Standing): DebugProtocol.StoppedEvent {
  const event: DebugProtocol.StoppedEvent = new StoppedEvent(reason.kind, THREAD);
  const { trouble, breakpoints } = reason;
  const found = trouble ?? anyTrouble(place, position);
  event.body = {
    reason: reason.kind,
    threadId: THREAD,
    allThreadsStopped: true,
    ...(trouble === undefined ? {} : { description: `Stopped: ${trouble.message}` }),
    ...(found === undefined ? {} : { text: found.message }),
    ...(breakpoints === undefined ? {} : { hitBreakpointIds: [...breakpoints] }),
  };
  return event;
}

/** What is wrong where it stands; there may be nothing. */
export function exceptionBody(now: Standing | undefined): DebugProtocol.ExceptionInfoResponse['body'] {
  const trouble = now === undefined ? undefined : (now.reason.trouble ?? anyTrouble(now.place, now.position));
  return {
    exceptionId: trouble?.id ?? 'nothing',
    description: [trouble?.message, trouble?.remedy].filter(Boolean).join(' '),
    breakMode: 'always',
  };
}

export function outputEvent({ text, category, where }: Line): DebugProtocol.OutputEvent {
  const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, category);
  if (where !== undefined) {
    event.body.source = { name: basename(where.file), path: where.file };
    if (where.line !== undefined) event.body.line = where.line;
  }
  return event;
}
