// The Debug Console, hovers and watches: SQL over the data at a stop, names under the pointer, a few commands.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PipelineError, type ValueProfile, type Focus, type SqlAnswer } from '../engine';
import type { Asker } from './asker';
import { brief, whole } from './cells';
import { findingInWords } from './filters';
import type { Level } from './frames';
import { originInWords, type Origins } from './origins';
import { atRow, focusOf } from './positions';
import { noRows, type Previews } from './previews';
import type { StopState } from './stopState';
import type { Variables } from './variables';

type EvaluateBody = DebugProtocol.EvaluateResponse['body'];

const HELP = `SQL on the data where the run is paused:
  count(*) FILTER (WHERE seconds < 0)    an expression over the rows (over the one row, in its frame)
  SELECT brand_code, count(*) FROM failing GROUP BY 1
  SELECT * FROM silver.User              any table of the date: gold by its name, with silver. or raw. before it
Commands:
  :failing N        the first N failing rows, or rejected lines
  :profile C        a column: nulls, distinct values, minimum, maximum, distribution
  :preview          opens the last result, with all its rows, in the preview
  :preview SELECT   opens the result of a query in the preview
  :source           the file and line that the current row came from
  :help             this text`;

export const COMMANDS: readonly string[] = [':help', ':failing', ':profile', ':preview', ':source'];

/** What an editor asks, in which frame. */
interface Expression {
  /** Of the request. */
  readonly id: number;
  readonly text: string;
  /** "repl", "watch", "hover", "clipboard", … */
  readonly context: string | undefined;
  readonly level: Level | undefined;
}

/** What the console uses of the session. */
interface ConsoleParts {
  readonly asker: Asker;
  readonly variables: Variables;
  readonly previews: Previews;
  readonly origins: Origins;
  /** Opens a file that was written. */
  readonly open: (path: string, title: string) => void;
}

export class DebugConsole {
  readonly #given: ConsoleParts;

  constructor(given: ConsoleParts) {
    this.#given = given;
  }

  /** @throws PipelineError in plain words. */
  evaluate(
    stop: StopState,
    { id, text, context, level }: Expression,
    signal: AbortSignal,
  ): Promise<EvaluateBody> {
    return this.#given.asker.request({ id, title: text, at: stop, signal }, (bounded) =>
      this.#answer(text.trim(), { stop, focus: focusIn(stop, level), context, signal: bounded }),
    );
  }

  async #answer(text: string, at: ConsoleQuery): Promise<EvaluateBody> {
    if (at.context === 'hover') return hover(text, at);
    const name = /^:(\w*)/.exec(text)?.[1];
    if (name !== undefined) return this.#command(name, text.slice(1 + name.length).trimStart(), at);
    return this.#result(await at.stop.questions.ask(text, at.focus, at.signal), text, at);
  }

  async #command(name: string, rest: string, at: ConsoleQuery): Promise<EvaluateBody> {
    const { stop, focus, signal } = at;
    const { questions, position } = stop;
    switch (name) {
      case 'help':
      case '':
        return { result: HELP, variablesReference: 0 };
      case 'failing': {
        const count = Number(rest === '' ? '10' : rest);
        if (!Number.isSafeInteger(count) || count < 1)
          throw new PipelineError(
            'USAGE',
            `"${rest}" is not a number of rows.`,
            'Write for example :failing 20',
          );
        const failing = await questions.failing(focusOf(atRow(position, undefined)), signal);
        if (failing === undefined)
          throw new PipelineError(
            'NOT_FOUND',
            'There are no failing rows here.',
            'Stop at a rule that checks single rows, or after a step that rejected lines.',
          );
        const some = { ...failing, rows: Math.min(count, failing.rows) };
        return this.#result({ kind: 'rows', relation: some, total: failing.rows }, 'Failing rows', at);
      }
      case 'profile': {
        const profile = await questions.profile(bare(rest), signal, { spread: true });
        if (profile === undefined)
          throw new PipelineError(
            'NOT_FOUND',
            `There is no column "${rest}" here.`,
            'The scope Rows lists the columns.',
          );
        return { result: profileInWords(profile), variablesReference: 0 };
      }
      case 'preview': {
        const table =
          rest === ''
            ? this.#given.previews.last
            : { relation: (await questions.ask(rest, focus, signal)).relation, title: rest };
        if (table === undefined) throw noRows();
        this.#given.open(await this.#given.previews.write(table, stop, signal), table.title);
        return { result: 'Opened in the preview.', variablesReference: 0 };
      }
      case 'source': {
        const origin = await this.#given.origins.inFocus(stop, signal);
        return {
          result:
            origin === undefined
              ? 'No row is selected: step into the failing rows first.'
              : originInWords(origin),
          variablesReference: 0,
        };
      }
      default:
        throw new PipelineError('USAGE', `There is no command ":${name}".`, ':help lists the commands.');
    }
  }

  #result(answer: SqlAnswer, title: string, { context }: ConsoleQuery): EvaluateBody {
    if (answer.kind === 'value') {
      const { value, variablesReference } = this.#given.variables.value('', answer.value, answer.type);
      return {
        result: context === 'clipboard' ? whole(answer.value, answer.type) : value,
        type: answer.type,
        variablesReference: context === 'clipboard' ? 0 : variablesReference,
      };
    }
    const { relation, total } = answer;
    // What a watch shows again and again is not what was answered last.
    if (context === 'repl') this.#given.previews.last = { relation, title };
    const first = relation.rows < total ? `, the first ${relation.rows} are shown` : '';
    const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
    return {
      result: `${count(total, 'row')} × ${count(relation.columns.length, 'column')}${first}`,
      type: 'table',
      variablesReference: relation.rows === 0 ? 0 : this.#given.variables.rows(relation, title),
      indexedVariables: relation.rows,
    };
  }
}

/** What an expression is asked of. */
interface ConsoleQuery {
  readonly stop: StopState;
  readonly focus: Focus;
  readonly context: string | undefined;
  readonly signal: AbortSignal;
}

const focusIn = ({ position }: StopState, level: Level | undefined): Focus => {
  const { row, ...focus } = focusOf(position);
  return level === 'row' && row !== undefined ? { ...focus, row } : focus;
};

/** A name without the quotes of SQL. */
const bare = (name: string): string => name.trim().replace(/^"|"$/g, '').replaceAll('""', '"');

/** A column's profile, or what was found of a rule; over one row, the column's value. */
async function hover(text: string, { stop, focus, signal }: ConsoleQuery): Promise<EvaluateBody> {
  const name = bare(text);
  const { point, questions } = stop;
  if (point.kind === 'rules') {
    const finding = point.findings.find((one) => one.id === name);
    if (finding !== undefined)
      return {
        result: `${finding.id}: ${finding.status}, ${findingInWords(finding)}`,
        variablesReference: 0,
      };
  }
  const profile = await questions.profile(name, signal);
  if (profile === undefined)
    throw new PipelineError('NOT_FOUND', `"${name}" is not a column here.`, 'Hover over a column.');
  if (focus.row === undefined)
    return { result: profileInWords(profile), type: profile.type, variablesReference: 0 };
  const answer = await questions.ask(`"${name.replaceAll('"', '""')}"`, focus, signal);
  return {
    result: answer.kind === 'value' ? whole(answer.value, answer.type) : profileInWords(profile),
    type: profile.type,
    variablesReference: 0,
  };
}

function profileInWords(profile: ValueProfile): string {
  const { name, type, rows, nulls, distinct, min, max, bins, frequent } = profile;
  const range = min === null ? '' : `, ${min} … ${max ?? ''}`;
  const head = `${name} ${type}: ${nulls} of ${rows} NULL, about ${distinct} distinct${range}`;
  const most = Math.max(1, ...bins.map((bin) => bin.rows));
  const width = Math.max(0, ...bins.map((bin) => bin.from.length));
  const bars = bins.map(
    (bin) => `  ${bin.from.padStart(width)}  ${'█'.repeat(Math.ceil((20 * bin.rows) / most))} ${bin.rows}`,
  );
  const often = frequent.map(({ value, rows: n }) => `${brief(value, 'VARCHAR').text} ${n}`);
  return [
    head,
    ...(bars.length === 0 ? [] : ['rows in each range, from its lowest value:', ...bars]),
    ...(often.length === 0 ? [] : [`most frequent: ${often.join(', ')}`]),
  ].join('\n');
}

/** For a client that asks while nothing is paused. */
export const notPaused = (): EvaluateBody => ({
  result: 'The run is not paused: pause it, or wait for the next stop.',
  variablesReference: 0,
});
