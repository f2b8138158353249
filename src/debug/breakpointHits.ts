// Which breakpoints of a position stop the run; logpoints print their line and let it pass.
import { plainError, type Cell } from '../engine';
import type { Asker } from './asker';
import { meets, type Breakpoints, type BreakpointAt } from './breakpoints';
import { configLineOf, focusOf, type Position } from './positions';
import type { Say } from './output';
import type { RunPosition } from './stopState';

export interface BreakpointHits {
  /** Ids of the breakpoints that stop the run at a position. @throws PipelineError CANCELLED by the signal. */
  stopping(at: RunPosition, signal: AbortSignal): Promise<readonly number[]>;
}

/** @param asker bounds what conditions and log messages ask. */
export function openBreakpointHits(breakpoints: Breakpoints, asker: Asker, say: Say): BreakpointHits {
  return {
    stopping: async (at, signal) => {
      const stopping: number[] = [];
      for (const breakpoint of breakpoints.at(at.point, at.position)) {
        try {
          const title = breakpoint.condition ?? breakpoint.logMessage ?? 'the rows of a breakpoint';
          const hit = await asker.own({ title, at, signal }, (one) => hitOf(breakpoint, at, one));
          if (typeof hit === 'string') say(hit, configLineOf(at.position));
          else if (hit) stopping.push(breakpoint.id);
        } catch (error) {
          if (signal.aborted) throw error;
          // Better a stop too many than one that is missed for a slip of the pen.
          const { message, remedy } = plainError(error);
          say(
            `The breakpoint's condition could not be evaluated: ${message} ${remedy}`,
            configLineOf(at.position),
          );
          stopping.push(breakpoint.id);
        }
      }
      return stopping;
    },
  };
}

/** Does a breakpoint stop the run? A text: it does not, and prints this. */
async function hitOf(
  { condition, hitCondition, logMessage }: BreakpointAt,
  at: RunPosition,
  signal: AbortSignal,
): Promise<string | boolean> {
  const { position, questions } = at;
  if (condition !== undefined || hitCondition !== undefined) {
    const failing = await failingCount(at, signal);
    // Rows of a rule that passes need not be looked for.
    const none = failing === 0 && position.kind !== 'end';
    const rows =
      condition === undefined || none ? failing : await questions.count(condition, focusOf(position), signal);
    if (!meets(hitCondition ?? '1', rows)) return false;
  }
  return logMessage === undefined || filled(logMessage, at, signal);
}

/** How many rows fail a rule or column: those that can be stepped into, where they are known. */
async function failingCount({ position, questions }: RunPosition, signal: AbortSignal): Promise<number> {
  switch (position.kind) {
    case 'rule':
      return position.finding.failing;
    case 'column':
      return (await questions.failing(focusOf(position), signal))?.rows ?? 0;
    case 'step':
    case 'end':
      return 0;
    default:
      return position satisfies never;
  }
}

/** A log message with its {expressions} replaced: words about the rule, else SQL over the failing rows. */
async function filled(message: string, at: RunPosition, signal: AbortSignal): Promise<string> {
  const { point, position } = at;
  const words: Readonly<Record<string, string | number>> = {
    table: point.step.table,
    date: point.step.date,
    failing: await failingCount(at, signal),
    ...wordsOf(position),
  };
  let text = '';
  let from = 0;
  for (const match of message.matchAll(/\{([^{}]+)\}/g)) {
    const expression = (match[1] ?? '').trim();
    const value = words[expression] ?? (await valueOf(expression, at, signal));
    text += message.slice(from, match.index) + String(value);
    from = match.index + match[0].length;
  }
  return text + message.slice(from);
}

function wordsOf(position: Position): Readonly<Record<string, string | number>> {
  if (position.kind === 'rule') return { rule: position.rule.id, evaluated: position.finding.evaluated };
  return position.kind === 'column' ? { column: position.column.name } : {};
}

async function valueOf(
  expression: string,
  { position, questions }: RunPosition,
  signal: AbortSignal,
): Promise<string> {
  const focus = focusOf(position);
  const from = (await questions.failing(focus, signal)) === undefined ? 'rows' : 'failing';
  const answer = await questions.ask(`SELECT ${expression}\nFROM ${from}`, focus, signal);
  const plain = (cell: Cell | undefined): string =>
    cell === null || cell === undefined
      ? 'NULL'
      : typeof cell === 'object'
        ? JSON.stringify(cell)
        : String(cell);
  if (answer.kind === 'value') return plain(answer.value);
  const first = await answer.relation.page(0, 3, signal);
  return first.map((row) => row.map(plain).join(' ')).join(', ') + (answer.total > 3 ? ', …' : '');
}
