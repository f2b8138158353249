// What happens, in the protocol's words: a stop, what is wrong there, a line for the console.
import { OutputEvent, StoppedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import { anyProblem } from './filters';
import type { Line } from './output';
import type { StopState } from './stopState';

/** There is one thread: a run that is debugged takes one step after the other. */
export const THREAD = 1;

export function stoppedEvent({ reason, point, position }: StopState): DebugProtocol.StoppedEvent {
  const event: DebugProtocol.StoppedEvent = new StoppedEvent(reason.kind, THREAD);
  const { problem, breakpoints } = reason;
  const found = problem ?? anyProblem(point, position);
  event.body = {
    reason: reason.kind,
    threadId: THREAD,
    allThreadsStopped: true,
    ...(problem === undefined ? {} : { description: `Stopped: ${problem.message}` }),
    ...(found === undefined ? {} : { text: found.message }),
    ...(breakpoints === undefined ? {} : { hitBreakpointIds: [...breakpoints] }),
  };
  return event;
}

/** What is wrong where it is paused; there may be nothing. */
export function exceptionBody(stop: StopState | undefined): DebugProtocol.ExceptionInfoResponse['body'] {
  const problem =
    stop === undefined ? undefined : (stop.reason.problem ?? anyProblem(stop.point, stop.position));
  return {
    exceptionId: problem?.id ?? 'nothing',
    description: [problem?.message, problem?.remedy].filter(Boolean).join(' '),
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
