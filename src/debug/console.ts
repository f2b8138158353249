// The Debug Console, hovers and watches: SQL over what is stood at, names under the pointer, a few commands.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { consoleFunctions, PipelineError, type ColumnProfile, type Focus, type SqlAnswer } from '../engine';
import { whole } from './cells';
import type { Standing } from './standing';
import { findingInWords } from './filters';
import type { Level } from './frames';
import { focusOf } from './hits';
import { plain, type Variables } from './variables';

type Answer = DebugProtocol.EvaluateResponse['body'];

const HELP = `SQL over what the run stands at:
  count(*) FILTER (WHERE seconds < 0)    an expression over the rows (over the row, in its frame)
  SELECT brand_code, count(*) FROM failing GROUP BY 1
  SELECT * FROM silver.User              any table of the date: gold by its name, silver. and raw. before it
Commands:
  :failing N     the first N failing rows
  :profile C     a column: nulls, distinct values, smallest and largest
  :source        where the row in focus came from
  :help          this text`;

const focusIn = ({ position }: Standing, level: Level | undefined): Focus => {
  const { row, ...focus } = focusOf(position);
  return level === 'row' && row !== undefined ? { ...focus, row } : focus;
};

/** @throws PipelineError in plain words. */
export async function evaluate(
  standing: Standing,
  given: {
    readonly expression: string;
    readonly context: string | undefined;
    readonly level: Level | undefined;
    readonly origin: () => Promise<string | undefined>;
    readonly signal: AbortSignal;
  },
  variables: Variables,
): Promise<Answer> {
  const { questions } = standing;
  const { context, signal } = given;
  const text = given.expression.trim();
  const focus = focusIn(standing, given.level);
  if (context === 'hover') return hover(standing, text, focus, signal);
  const [, command, rest = ''] = /^:(\w*)\s*(.*)$/s.exec(text) ?? [];
  if (command === undefined) return shown(await questions.ask(text, focus, signal), variables, context);
  switch (command) {
    case 'help':
    case '':
      return { result: HELP, variablesReference: 0 };
    case 'failing': {
      const count = Number(rest === '' ? '10' : rest);
      if (!Number.isSafeInteger(count) || count < 1)
        throw new PipelineError('USAGE', `"${rest}" is no number of rows.`, 'Write for example :failing 20');
      const failing = await questions.failing(focusOf(standing.position), signal);
      if (failing === undefined)
        throw new PipelineError(
          'NOT_FOUND',
          'No failing rows can be told here.',
          'Stop at a rule that looks at single rows.',
        );
      const some = { ...failing, rows: Math.min(count, failing.rows) };
      return shown({ kind: 'rows', relation: some, total: failing.rows }, variables, context);
    }
    case 'profile': {
      const profile = await questions.profile(rest.replace(/^"|"$/g, ''), signal);
      if (profile === undefined)
        throw new PipelineError(
          'NOT_FOUND',
          `There is no column "${rest}" here.`,
          'See the scope Rows for those there are.',
        );
      return { result: profileInWords(profile), variablesReference: 0 };
    }
    case 'source':
      return {
        result: (await given.origin()) ?? 'No row is in focus: step into the failing rows first.',
        variablesReference: 0,
      };
    default:
      throw new PipelineError('USAGE', `There is no command ":${command}".`, ':help lists them.');
  }
}

/** A column's profile, or what was found of a rule; over one row, the column's value. */
async function hover(standing: Standing, text: string, focus: Focus, signal: AbortSignal): Promise<Answer> {
  const name = text.replace(/^"|"$/g, '');
  const { place, questions } = standing;
  if (place.kind === 'rules') {
    const finding = place.findings.find((one) => one.id === name);
    if (finding !== undefined)
      return {
        result: `${finding.id}: ${finding.status}, ${findingInWords(finding)}`,
        variablesReference: 0,
      };
  }
  const profile = await questions.profile(name, signal);
  if (profile === undefined)
    throw new PipelineError('NOT_FOUND', `"${name}" is no column here.`, 'Point at a column.');
  if (focus.row === undefined)
    return { result: profileInWords(profile), type: profile.type, variablesReference: 0 };
  const answer = await questions.ask(`"${name.replaceAll('"', '""')}"`, focus, signal);
  return {
    result: answer.kind === 'value' ? whole(answer.value, answer.type) : profileInWords(profile),
    type: profile.type,
    variablesReference: 0,
  };
}

function profileInWords({ name, type, rows, nulls, distinct, min, max }: ColumnProfile): string {
  const range = min === null ? '' : `, ${min} … ${max ?? ''}`;
  return `${name} ${type}: ${nulls} of ${rows} NULL, about ${distinct} distinct${range}`;
}

function shown(answer: SqlAnswer, variables: Variables, context: string | undefined): Answer {
  if (answer.kind === 'value') {
    const { value, variablesReference } = variables.value('', answer.value, answer.type);
    return {
      result: context === 'clipboard' ? whole(answer.value, answer.type) : value,
      type: answer.type,
      variablesReference: context === 'clipboard' ? 0 : variablesReference,
    };
  }
  const { relation, total } = answer;
  const cut = relation.rows < total ? `, the first ${relation.rows} are shown` : '';
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return {
    result: `${count(total, 'row')} × ${count(relation.columns.length, 'column')}${cut}`,
    type: 'table',
    variablesReference: relation.rows === 0 ? 0 : variables.rows(relation),
    indexedVariables: relation.rows,
  };
}

/** What may follow the text up to the cursor: columns, tables, functions, commands. */
export async function complete(
  standing: Standing,
  text: string,
  signal: AbortSignal,
): Promise<readonly DebugProtocol.CompletionItem[]> {
  const word = /:?[\p{L}\p{N}_.]*$/u.exec(text)?.[0] ?? '';
  const start = text.length - word.length;
  const fits = (label: string): boolean => label.toLowerCase().startsWith(word.toLowerCase());
  const item = (
    label: string,
    type: DebugProtocol.CompletionItemType,
    detail?: string,
  ): DebugProtocol.CompletionItem => ({
    label,
    type,
    start,
    length: word.length,
    ...(detail === undefined ? {} : { detail }),
  });
  if (word.startsWith(':'))
    return [':help', ':failing', ':profile', ':source'].filter(fits).map((label) => item(label, 'keyword'));
  const { columns, tables } = await standing.questions.names(signal);
  return [
    ...columns.filter(({ name }) => fits(name)).map(({ name, type }) => item(name, 'field', type)),
    ...tables.filter(fits).map((name) => item(name, 'class')),
    ...(word === ''
      ? []
      : consoleFunctions()
          .filter(fits)
          .map((name) => item(name, 'function'))),
  ];
}

/** A text that stands alone, for a client that asks in no frame. */
export const nowhere = (): Answer =>
  plainAnswer('The run does not stand still: pause it, or wait for the next stop.');
const plainAnswer = (result: string): Answer => ({ result: plain('', result).value, variablesReference: 0 });
