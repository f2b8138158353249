// Questions to a paused run: its rows, the rows that fail, and SQL over both and every table of the date.
import { type Cell, quoteIdentifier } from '../../base';
import type { Finding, Rule } from '../../model';
import type { PausePoint, RulesEvaluated } from '../../stages';
import { type NamedColumn, checkExpression } from '../../rules';
import type { OpenWorkspace } from '../../workspace';
import type { RejectedFile } from '../../lake';
import { consoleQuery, refused } from './consoleQuery';
import { countRows, describedSource, pagedRowsOf, writeRows, type PagedRows } from './pagedRows';
import { PointSources, type Focus } from './pointSources';
import { QuestionTurns } from './questionTurns';
import { valueProfileOf, type ValueProfile } from './valueProfile';

export type { Focus };

/** An answer: one value, or rows. */
export type SqlAnswer =
  | { readonly kind: 'value'; readonly value: Cell; readonly type: string; readonly relation: PagedRows }
  | {
      readonly kind: 'rows';
      readonly relation: PagedRows;
      /** How many there are in all. */ readonly total: number;
    };

/** What can be asked at one pause point. All of it reads; what it keeps goes with the step's session. */
export interface Questions {
  /** Undefined where the point has no rows yet. */
  rows(signal?: AbortSignal): Promise<PagedRows | undefined>;
  /** The rows that break the rule, or that were rejected for the column; undefined where none are known. */
  failing(focus: Focus, signal?: AbortSignal): Promise<PagedRows | undefined>;
  /**
   * A query, or an expression over `rows`, or over the one row in focus.
   * @throws PipelineError SQL_INVALID in plain words, CANCELLED.
   */
  ask(sql: string, focus: Focus, signal?: AbortSignal): Promise<SqlAnswer>;
  /** How many of the failing rows (where none are known: of all rows) satisfy a condition. */
  count(condition: string, focus: Focus, signal?: AbortSignal): Promise<number>;
  /** A column of the rows; undefined where there is none of that name. */
  profile(
    column: string,
    signal?: AbortSignal,
    options?: { /** With bins and frequent values. */ readonly spread?: boolean },
  ): Promise<ValueProfile | undefined>;
  /** Names that SQL may use here: columns of the rows, and tables. */
  names(
    signal?: AbortSignal,
  ): Promise<{ readonly columns: readonly NamedColumn[]; readonly tables: readonly string[] }>;
  /** Lets go of all answers: nobody looks at them any more. */
  forget(): Promise<void>;
  /** How far the question is that is being answered, 0 to 100, or -1 where that is not known. */
  progress(): number;
  /** Waits until nothing is asked any more and answers nothing from then on: the step continues. */
  close(): Promise<void>;
}

/** An answer keeps at most so many rows. */
const MOST_ROWS = 100_000;
let answers = 0;

/** @param rejectedFiles by the step that ends at the point. */
export function openQuestions(
  point: PausePoint,
  workspace: Pick<OpenWorkspace, 'config' | 'lake'>,
  rejectedFiles: readonly RejectedFile[] = [],
): Questions {
  const { connection } = point;
  const { tables } = workspace.config;
  const { date } = point.step;
  const turns = new QuestionTurns();
  const sources = new PointSources(point, workspace, rejectedFiles);
  /** Tables of answers. */
  const answered: string[] = [];

  async function answerOf(query: string, signal: AbortSignal): Promise<SqlAnswer> {
    const table = `m7_answer_${answers++}`;
    answered.push(table);
    const name = quoteIdentifier(table);
    await connection.run(`CREATE TEMP TABLE ${name} AS ${query} LIMIT ${MOST_ROWS + 1}`, { signal });
    const source = await describedSource(connection, name, signal);
    const rows = await pagedRowsOf(connection, source, signal);
    const [column] = source.columns;
    if (rows.rows === 1 && source.columns.length === 1 && column !== undefined) {
      const [row] = await rows.page(0, 1, signal);
      return { kind: 'value', value: row?.[0] ?? null, type: column.type, relation: turns.rows(rows) };
    }
    if (rows.rows <= MOST_ROWS) return { kind: 'rows', relation: turns.rows(rows), total: rows.rows };
    // Of a long answer the beginning is kept; written, it is asked once more.
    const names = source.columns.map(({ name: one }) => quoteIdentifier(one)).join(', ');
    const all = { columns: source.columns, from: `(${query}) AS m7_answer(${names})` };
    return {
      kind: 'rows',
      relation: turns.rows({
        ...rows,
        rows: MOST_ROWS,
        write: (path, two) => writeRows(connection, all, path, two),
      }),
      total: await countRows(connection, all.from, signal),
    };
  }

  return {
    rows: (signal) =>
      turns.take(signal, async (one) => {
        const source = await sources.rows(one);
        return source === undefined ? undefined : turns.rows(await pagedRowsOf(connection, source, one));
      }),
    failing: (focus, signal) =>
      turns.take(signal, async (one) => {
        const failing = await sources.failingRows(focus, one);
        return failing === undefined ? undefined : turns.rows(failing);
      }),
    ask: (sql, focus, signal) =>
      turns.take(signal, async (one) => {
        const named = await sources.named(focus, turns.signal);
        return answerOf(await consoleQuery(connection, sql, { tables, sources: named, date }), one);
      }),
    count: (condition, focus, signal) =>
      turns.take(signal, async (one) => {
        const source = (await sources.failing(focus, one)) ?? (await sources.rows(one));
        if (source === undefined) return 0;
        const problem = await checkExpression(connection, condition, source.columns, { gives: 'boolean' });
        if (problem !== null) throw refused(problem);
        return countRows(connection, `${source.from} WHERE (${condition}\n)`, one);
      }),
    profile: (column, signal, { spread = false } = {}) =>
      turns.take(signal, async (one) => {
        const source = await sources.rows(one);
        return source === undefined ? undefined : valueProfileOf(connection, source, { column, spread }, one);
      }),
    names: (signal) =>
      turns.take(signal, async (one) => {
        const rows = await sources.rows(one);
        return { columns: rows?.columns ?? [], tables: ['rows', 'failing', ...sources.layerNames()] };
      }),
    forget: () =>
      turns.take(undefined, async () => {
        for (const table of answered.splice(0))
          await connection.run(`DROP TABLE IF EXISTS ${quoteIdentifier(table)}`);
      }),
    progress: () => connection.progress(),
    close: () => turns.close(),
  };
}

/** The finding of a rule at this point. */
export function findingOf(point: RulesEvaluated, rule: Rule): Finding | undefined {
  return point.findings.find((finding) => finding.id === rule.id);
}
