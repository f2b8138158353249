// The Debug Console, hovers and watches: SQL over what is stood at, names under the pointer, a few commands.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PipelineError, type ColumnProfile, type Focus, type SqlAnswer } from '../engine';
import { brief, whole } from './cells';
import { findingInWords } from './filters';
import type { Level } from './frames';
import { focusOf } from './hits';
import { atRow } from './positions';
import { noRows, type Previews } from './previews';
import type { Standing } from './standing';
import { plain, type Variables } from './variables';

type Answer = DebugProtocol.EvaluateResponse['body'];

const HELP = `SQL over what the run stands at:
  count(*) FILTER (WHERE seconds < 0)    an expression over the rows (over the row, in its frame)
  SELECT brand_code, count(*) FROM failing GROUP BY 1
  SELECT * FROM silver.User              any table of the date: gold by its name, silver. and raw. before it
Commands:
  :failing N        the first N failing rows, or rejected lines
  :profile C        a column: nulls, distinct values, smallest and largest, how they are spread
  :preview          the table answered last, all of its rows, as a file in the preview
  :preview SELECT   the same of a query
  :source           where the row in focus came from
  :help             this text`;

export const COMMANDS: readonly string[] = [':help', ':failing', ':profile', ':preview', ':source'];

const focusIn = ({ position }: Standing, level: Level | undefined): Focus => {
  const { row, ...focus } = focusOf(position);
  return level === 'row' && row !== undefined ? { ...focus, row } : focus;
};

/** What is asked, and what it needs of the session. */
export interface Asked {
  readonly expression: string;
  readonly context: string | undefined;
  readonly level: Level | undefined;
  readonly signal: AbortSignal;
  readonly variables: Variables;
  readonly previews: Previews;
  /** Where the row in focus came from, in words. */
  readonly origin: () => Promise<string | undefined>;
  /** Opens a file that was written. */
  readonly open: (path: string, title: string) => void;
}

/** @throws PipelineError in plain words. */
export async function evaluate(standing: Standing, asked: Asked): Promise<Answer> {
  const { questions } = standing;
  const { context, signal } = asked;
  const text = asked.expression.trim();
  const focus = focusIn(standing, asked.level);
  if (context === 'hover') return hover(standing, text, focus, signal);
  const [, command, rest = ''] = /^:(\w*)\s*(.*)$/s.exec(text) ?? [];
  if (command === undefined) return shown(await questions.ask(text, focus, signal), text, asked);
  switch (command) {
    case 'help':
    case '':
      return { result: HELP, variablesReference: 0 };
    case 'failing': {
      const count = Number(rest === '' ? '10' : rest);
      if (!Number.isSafeInteger(count) || count < 1)
        throw new PipelineError('USAGE', `"${rest}" is no number of rows.`, 'Write for example :failing 20');
      const failing = await questions.failing(focusOf(atRow(standing.position, undefined)), signal);
      if (failing === undefined)
        throw new PipelineError(
          'NOT_FOUND',
          'No failing rows can be told here.',
          'Stop at a rule that looks at single rows, or at a step that kept lines out.',
        );
      const some = { ...failing, rows: Math.min(count, failing.rows) };
      return shown({ kind: 'rows', relation: some, total: failing.rows }, 'Failing rows', asked);
    }
    case 'profile': {
      const profile = await questions.profile(bare(rest), signal, { spread: true });
      if (profile === undefined)
        throw new PipelineError(
          'NOT_FOUND',
          `There is no column "${rest}" here.`,
          'See the scope Rows for those there are.',
        );
      return { result: profileInWords(profile), variablesReference: 0 };
    }
    case 'preview': {
      const table =
        rest === ''
          ? asked.previews.last
          : { relation: (await questions.ask(rest, focus, signal)).relation, title: rest };
      if (table === undefined) throw noRows();
      asked.open(await asked.previews.write(table, standing, signal), table.title);
      return { result: 'It is opened in the preview.', variablesReference: 0 };
    }
    case 'source':
      return {
        result: (await asked.origin()) ?? 'No row is in focus: step into the failing rows first.',
        variablesReference: 0,
      };
    default:
      throw new PipelineError('USAGE', `There is no command ":${command}".`, ':help lists them.');
  }
}

/** A name without the quotes of SQL. */
const bare = (name: string): string => name.trim().replace(/^"|"$/g, '').replaceAll('""', '"');

/** A column's profile, or what was found of a rule; over one row, the column's value. */
async function hover(standing: Standing, text: string, focus: Focus, signal: AbortSignal): Promise<Answer> {
  const name = bare(text);
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

function profileInWords(profile: ColumnProfile): string {
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
    ...(bars.length === 0 ? [] : ['rows from each value on:', ...bars]),
    ...(often.length === 0 ? [] : [`most frequent: ${often.join(', ')}`]),
  ].join('\n');
}

function shown(answer: SqlAnswer, title: string, { variables, context, previews }: Asked): Answer {
  if (answer.kind === 'value') {
    const { value, variablesReference } = variables.value('', answer.value, answer.type);
    return {
      result: context === 'clipboard' ? whole(answer.value, answer.type) : value,
      type: answer.type,
      variablesReference: context === 'clipboard' ? 0 : variablesReference,
    };
  }
  const { relation, total } = answer;
  // What a watch shows again and again is not what was answered last.
  if (context === 'repl') previews.last = { relation, title };
  const cut = relation.rows < total ? `, the first ${relation.rows} are shown` : '';
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return {
    result: `${count(total, 'row')} × ${count(relation.columns.length, 'column')}${cut}`,
    type: 'table',
    variablesReference: relation.rows === 0 ? 0 : variables.rows(relation, title),
    indexedVariables: relation.rows,
  };
}

/** A text that stands alone, for a client that asks in no frame. */
export const nowhere = (): Answer =>
  plainAnswer('The run does not stand still: pause it, or wait for the next stop.');
const plainAnswer = (result: string): Answer => ({ result: plain('', result).value, variablesReference: 0 });
