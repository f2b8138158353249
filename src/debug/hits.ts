// Which breakpoints of a position stop the run; logpoints print their line and let it pass.
import { plainError, type Cell, type Focus, type Place, type Questions, defined } from '../engine';
import { meets, type Breakpoints } from './breakpoints';
import type { Position } from './positions';

export type Say = (text: string, where?: { readonly file: string; readonly line?: number }) => void;

/** Bounds what is asked at a position without a request: seen and cancelled where it takes long, ended where much. */
export type Decide = <T>(
  asked: { readonly title: string; readonly questions: Questions; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** What a question at a position is about. */
export function focusOf(position: Position): Focus {
  switch (position.kind) {
    case 'rule':
      return { rule: position.rule, ...defined({ row: position.row }) };
    case 'column':
      return { column: position.column.name, ...defined({ row: position.row }) };
    case 'end':
      return position.row === undefined ? {} : { row: position.row };
    case 'step':
      return {};
    default:
      return position satisfies never;
  }
}

/** The file and line of the config that a position is about. */
export function whereOf(position: Position): { readonly file: string; readonly line?: number } | undefined {
  switch (position.kind) {
    case 'rule':
      return position.rule.location;
    case 'column':
      return position.column.location;
    case 'step':
    case 'end':
      return undefined;
    default:
      return position satisfies never;
  }
}

/** How many rows fail a rule or column: those that can be stepped into, where they can be told. */
async function hitsOf(position: Position, questions: Questions, signal: AbortSignal): Promise<number> {
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

/** Ids of the breakpoints that stop here. */
export async function stoppingAt(
  place: Place,
  position: Position,
  given: {
    readonly breakpoints: Breakpoints;
    readonly questions: Questions;
    readonly say: Say;
    readonly decide: Decide;
    readonly signal: AbortSignal;
  },
): Promise<readonly number[]> {
  const { questions, say, signal, decide } = given;
  const focus = focusOf(position);
  const stopping: number[] = [];
  for (const { id, condition, hitCondition, logMessage } of given.breakpoints.at(place, position)) {
    try {
      const title = condition ?? logMessage ?? 'the rows of a breakpoint';
      const found = await decide({ title, questions, signal }, async (one): Promise<string | boolean> => {
        if (condition !== undefined || hitCondition !== undefined) {
          const hits = await hitsOf(position, questions, one);
          // Rows of a rule that passes need not be looked for.
          const none = hits === 0 && position.kind !== 'end';
          const rows = condition === undefined || none ? hits : await questions.count(condition, focus, one);
          if (!meets(hitCondition ?? '1', rows)) return false;
        }
        return logMessage === undefined || (await filled(logMessage, place, position, questions, one));
      });
      if (typeof found === 'string') say(found, whereOf(position));
      else if (found) stopping.push(id);
    } catch (error) {
      if (signal.aborted) throw error;
      // Better a stop too many than one that is missed for a slip of the pen.
      const { message, remedy } = plainError(error);
      say(`The breakpoint could not be decided: ${message} ${remedy}`, whereOf(position));
      stopping.push(id);
    }
  }
  return stopping;
}

/** A log message with its {expressions} replaced: words about the rule, else SQL over the failing rows. */
async function filled(
  message: string,
  place: Place,
  position: Position,
  questions: Questions,
  signal: AbortSignal,
): Promise<string> {
  const words: Readonly<Record<string, string | number>> = {
    table: place.step.table,
    date: place.step.date,
    failing: await hitsOf(position, questions, signal),
    ...(position.kind === 'rule' ? { rule: position.rule.id, evaluated: position.finding.evaluated } : {}),
    ...(position.kind === 'column' ? { column: position.column.name } : {}),
  };
  let text = '';
  let from = 0;
  for (const match of message.matchAll(/\{([^{}]+)\}/g)) {
    const expression = (match[1] ?? '').trim();
    const value = words[expression] ?? (await valueOf(expression, position, questions, signal));
    text += message.slice(from, match.index) + String(value);
    from = match.index + match[0].length;
  }
  return text + message.slice(from);
}

async function valueOf(
  expression: string,
  position: Position,
  questions: Questions,
  signal: AbortSignal,
): Promise<string> {
  const focus = focusOf(position);
  const told = (await questions.failing(focus, signal)) === undefined ? 'rows' : 'failing';
  const answer = await questions.ask(`SELECT ${expression}\nFROM ${told}`, focus, signal);
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
