// Questions to a run that stands still: its rows, the rows that fail, and SQL over both and every table of the date.
import { type Cell, quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import { type Finding, PipelineError, type Rule } from '../../model';
import type { ColumnsPlace, Place, RuleLook, RulesPlace } from '../../stages';
import { type NamedColumn, checkExpression, checkQuery, inspectQuery } from '../../rules';
import type { OpenWorkspace } from '../../workspace';
import type { RejectedFile } from '../../lake';
import {
  countRows,
  numbered,
  numberedRows,
  relationOf,
  sourceOf,
  writeRows,
  type Relation,
  type Source,
} from './relation';
import { profileOf, type ColumnProfile } from './relationProfile';
import { layerNames, layersOf, rejectsFrom, rowsFrom } from './debugSources';

/** What a question is about: a rule, a column, or one row of those that fail. */
export interface Focus {
  readonly rule?: Rule;
  readonly column?: string;
  /** Position among the failing rows of the rule or column, from 0. */
  readonly row?: number;
}

/** An answer: one value, or rows. */
export type SqlAnswer =
  | { readonly kind: 'value'; readonly value: Cell; readonly type: string; readonly relation: Relation }
  | {
      readonly kind: 'rows';
      readonly relation: Relation;
      /** How many there are in all. */ readonly total: number;
    };

/** What can be asked of one place. All of it reads; what it keeps goes with the step's session. */
export interface Questions {
  /** Undefined where the place has no rows yet. */
  rows(signal?: AbortSignal): Promise<Relation | undefined>;
  /** The rows that break the rule, or that were kept out for the column; undefined where none can be told. */
  failing(focus: Focus, signal?: AbortSignal): Promise<Relation | undefined>;
  /**
   * A query, or an expression over `rows`, or over the one row in focus.
   * @throws PipelineError SQL_INVALID in plain words, CANCELLED.
   */
  ask(sql: string, focus: Focus, signal?: AbortSignal): Promise<SqlAnswer>;
  /** How many of the failing rows (where none can be told: of all rows) satisfy a condition. */
  count(condition: string, focus: Focus, signal?: AbortSignal): Promise<number>;
  /** A column of the rows; undefined where there is none of that name. */
  profile(
    column: string,
    signal?: AbortSignal,
    options?: { /** With bins and frequent values. */ readonly spread?: boolean },
  ): Promise<ColumnProfile | undefined>;
  /** Names that SQL may use here: columns of the rows, and tables. */
  names(
    signal?: AbortSignal,
  ): Promise<{ readonly columns: readonly NamedColumn[]; readonly tables: readonly string[] }>;
  /** Lets go of all answers: nobody looks at them any more. */
  forget(): Promise<void>;
  /** How far the question is that is being answered, 0 to 100, or -1 where that cannot be told. */
  progress(): number;
  /** Waits until nothing is asked any more and answers nothing from then on: the step goes on. */
  close(): Promise<void>;
}

/** An answer keeps at most so many rows. */
const MOST_ROWS = 100_000;
let answers = 0;

/** @param filesOut kept out whole by the step that ends at the place. */
export function openQuestions(
  place: Place,
  workspace: Pick<OpenWorkspace, 'config' | 'lake'>,
  filesOut: readonly RejectedFile[] = [],
): Questions {
  const { connection } = place;
  const looks = new Map<string, Promise<RuleLook>>();
  const kept = new Map<string, Promise<Source | undefined>>();
  /** Tables of answers. */
  const answered: string[] = [];
  const life = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  /** One question after another: the step's session answers one at a time. */
  function inTurn<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const one = signal === undefined ? life.signal : AbortSignal.any([life.signal, signal]);
    const turn = last.then(() => work(one));
    last = turn.catch(() => undefined);
    return turn;
  }
  function once(name: string, make: () => Promise<Source | undefined>): Promise<Source | undefined> {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = make();
    kept.set(name, made);
    // One that was cancelled is asked again.
    made.catch(() => kept.delete(name));
    return made;
  }
  const described = (
    name: string,
    from: string | undefined,
    signal: AbortSignal,
  ): Promise<Source | undefined> =>
    once(name, () => (from === undefined ? Promise.resolve(undefined) : sourceOf(connection, from, signal)));

  const rowsSource = (signal: AbortSignal): Promise<Source | undefined> =>
    described('rows', rowsFrom(place, workspace), signal);

  function look(at: RulesPlace, rule: Rule): Promise<RuleLook> {
    const known = looks.get(rule.id) ?? at.look(rule);
    looks.set(rule.id, known);
    known.catch(() => looks.delete(rule.id));
    return known;
  }
  /** Rows that a column stumbled over; they are looked for only where it is known that there are some. */
  async function stumbled(at: ColumnsPlace, name: string, signal: AbortSignal): Promise<Source | undefined> {
    const column = at.table.columns.find((one) => one.name === name);
    if (column === undefined) return undefined;
    const failed = at.conversions.some((one) => one.column === name && one.failed > 0);
    if (!failed && !(await isAmongRejects(at, name, signal))) return undefined;
    const { failing: table } = await at.look(column, signal);
    return table === undefined ? undefined : sourceOf(connection, quoteIdentifier(table), signal);
  }
  async function isAmongRejects(at: ColumnsPlace, column: string, signal: AbortSignal): Promise<boolean> {
    if (at.rejects === undefined) return false;
    const from = `(FROM read_parquet(${quotePath(at.rejects)}) WHERE list_contains("columns", ${quoteLiteral(column)}) LIMIT 1)`;
    return (await countRows(connection, from, signal)) > 0;
  }
  async function failingSource(focus: Focus, signal: AbortSignal): Promise<Source | undefined> {
    switch (place.kind) {
      case 'rules': {
        if (focus.rule === undefined) return undefined;
        const { failing } = await look(place, focus.rule);
        const rows = await rowsSource(signal);
        return failing === undefined || rows === undefined ? undefined : numbered(rows, failing);
      }
      case 'columns': {
        const { column } = focus;
        if (column === undefined) return undefined;
        return once(`column ${column}`, () => stumbled(place, column, signal));
      }
      case 'end':
        return described('rejects', rejectsFrom(place, workspace, filesOut), signal);
      case 'step':
        return undefined;
      default:
        return place satisfies never;
    }
  }
  async function failing(focus: Focus, signal: AbortSignal): Promise<Relation | undefined> {
    if (place.kind === 'rules' && focus.rule !== undefined) {
      const found = await look(place, focus.rule);
      const rows = await rowsSource(signal);
      if (found.failing === undefined || rows === undefined) return undefined;
      return numberedRows(connection, rows, found.failing, signal);
    }
    const source = await failingSource(focus, signal);
    return source === undefined ? undefined : relationOf(connection, source, signal);
  }
  /** All names in lower case with what stands behind them. */
  async function known(focus: Focus): Promise<ReadonlyMap<string, () => Promise<Source | undefined>>> {
    const signal = life.signal;
    const one = await rowInFocus(focus, signal);
    const rows = (): Promise<Source | undefined> =>
      one === undefined ? rowsSource(signal) : Promise.resolve(one);
    return new Map<string, () => Promise<Source | undefined>>([
      ['rows', rows],
      ['failing', () => failingSource(focus, signal)],
      ...workspace.config.tables.flatMap((table) =>
        Object.entries(layersOf(place, workspace, table)).map(
          ([name, from]) => [name, () => described(name, from, signal)] as const,
        ),
      ),
    ]);
  }
  async function rowInFocus(focus: Focus, signal: AbortSignal): Promise<Source | undefined> {
    if (focus.row === undefined) return undefined;
    const source = await failingSource(focus, signal);
    return source === undefined
      ? undefined
      : { ...source, from: `(SELECT * FROM ${source.from} LIMIT 1 OFFSET ${focus.row})` };
  }
  /** Is it the name of a table and nothing else? A column of that name goes before it. */
  async function isTable(
    text: string,
    names: ReadonlyMap<string, () => Promise<Source | undefined>>,
  ): Promise<boolean> {
    const name = text.replace(/^"(.*)"$/s, '$1').toLowerCase();
    if (!names.has(name)) return false;
    const rows = await names.get('rows')?.();
    return rows?.columns.every((column) => column.name.toLowerCase() !== name) ?? true;
  }
  async function prepared(
    sql: string,
    focus: Focus,
  ): Promise<{ readonly query: string; readonly text: string }> {
    const text = layerNames(sql.trim().replace(/(?:;\s*)+$/, ''), workspace.config.tables);
    const names = await known(focus);
    const query = (await isTable(text, names)) ? `FROM ${text}` : asQuery(text);
    const used = await inspectQuery(connection, query, [...names.keys()]);
    if ('message' in used) throw refused(used);
    const tables = new Map<string, readonly NamedColumn[]>();
    // Binding wants one table at least.
    if (used.length === 0) tables.set('m7_nothing', []);
    const ctes: string[] = [];
    for (const name of used) {
      const source = await names.get(name)?.();
      if (source === undefined) throw absent(name, place);
      tables.set(name, source.columns);
      // Written out where it is named: nothing is kept of a table of millions of rows.
      ctes.push(`${quoteIdentifier(name)} AS NOT MATERIALIZED (SELECT * FROM ${source.from})`);
    }
    const problem = await checkQuery(connection, query, tables);
    if (problem !== null) throw refused(problem);
    const head = ctes.length === 0 ? '' : `WITH ${ctes.join(',\n')}\n`;
    return { query: `${head}SELECT * FROM (${query}\n)`, text };
  }

  return {
    rows: (signal) =>
      inTurn(signal, async (one) => {
        const source = await rowsSource(one);
        return source === undefined ? undefined : turned(await relationOf(connection, source, one));
      }),
    failing: (focus, signal) =>
      inTurn(signal, async (one) => {
        const found = await failing(focus, one);
        return found === undefined ? undefined : turned(found);
      }),
    ask: (sql, focus, signal) =>
      inTurn(signal, async (one) => {
        const { query } = await prepared(sql, focus);
        const table = `m7_answer_${answers++}`;
        answered.push(table);
        const name = quoteIdentifier(table);
        await connection.run(`CREATE TEMP TABLE ${name} AS ${query} LIMIT ${MOST_ROWS + 1}`, { signal: one });
        const source = await sourceOf(connection, name, one);
        const relation = await relationOf(connection, source, one);
        const [column] = source.columns;
        if (relation.rows === 1 && source.columns.length === 1 && column !== undefined) {
          const [row] = await relation.page(0, 1, one);
          return { kind: 'value', value: row?.[0] ?? null, type: column.type, relation: turned(relation) };
        }
        if (relation.rows <= MOST_ROWS)
          return { kind: 'rows', relation: turned(relation), total: relation.rows };
        // Of a long answer the beginning is kept; written, it is asked once more.
        const names = source.columns.map(({ name: column }) => quoteIdentifier(column)).join(', ');
        const all = { columns: source.columns, from: `(${query}) AS m7_answer(${names})` };
        return {
          kind: 'rows',
          relation: turned({
            ...relation,
            rows: MOST_ROWS,
            write: (path, two) => writeRows(connection, all, path, two),
          }),
          total: await countRows(connection, all.from, one),
        };
      }),
    count: (condition, focus, signal) =>
      inTurn(signal, async (one) => {
        const source = (await failingSource(focus, one)) ?? (await rowsSource(one));
        if (source === undefined) return 0;
        const problem = await checkExpression(connection, condition, source.columns, { gives: 'boolean' });
        if (problem !== null) throw refused(problem);
        return countRows(connection, `${source.from} WHERE (${condition}\n)`, one);
      }),
    profile: (column, signal, { spread = false } = {}) =>
      inTurn(signal, async (one) => {
        const source = await rowsSource(one);
        return source === undefined ? undefined : profileOf(connection, source, column, spread, one);
      }),
    names: (signal) =>
      inTurn(signal, async (one) => {
        const rows = await rowsSource(one);
        const tables = workspace.config.tables.flatMap((table) =>
          Object.entries(layersOf(place, workspace, table)).flatMap(([name, from]) =>
            from === undefined ? [] : [name],
          ),
        );
        return { columns: rows?.columns ?? [], tables: ['rows', 'failing', ...tables] };
      }),
    forget: () =>
      inTurn(undefined, async () => {
        for (const table of answered.splice(0))
          await connection.run(`DROP TABLE IF EXISTS ${quoteIdentifier(table)}`);
      }),
    progress: () => connection.progress(),
    close: async () => {
      life.abort();
      await last;
    },
  };

  function turned(relation: Relation): Relation {
    return {
      ...relation,
      page: (start, count, signal) => inTurn(signal, (one) => relation.page(start, count, one)),
      write: (path, signal) => inTurn(signal, (one) => relation.write(path, one)),
    };
  }
}

/** A query as it is; an expression is one over the rows. */
const asQuery = (text: string): string =>
  /^\s*(?:select|with|from|values|table)\b/i.test(text) ? text : `SELECT ${text}\nFROM rows`;

function refused(problem: { readonly message: string; readonly remedy: string }): PipelineError {
  const bound = /^DuckDB refuses it: /;
  // What DuckDB says names the place itself; the remedy that goes with it speaks of rules.
  return new PipelineError(
    'SQL_INVALID',
    problem.message.replace(bound, ''),
    bound.test(problem.message) ? 'Correct the SQL; :help shows what can be asked.' : problem.remedy,
  );
}

function absent(name: string, place: Place): PipelineError {
  if (name === 'failing')
    return new PipelineError(
      'NOT_FOUND',
      'No failing rows can be told here.',
      'Stop at a rule that looks at single rows, or ask `rows`.',
    );
  if (name === 'rows')
    return new PipelineError('NOT_FOUND', 'There are no rows here yet.', 'Step on until they are read.');
  return new PipelineError(
    'NOT_FOUND',
    `There is no ${name} for ${place.step.date}.`,
    'Run its stages first, or ask a table that is there.',
  );
}

/** The finding of a rule at this place. */
export function findingOf(place: RulesPlace, rule: Rule): Finding | undefined {
  return place.findings.find((finding) => finding.id === rule.id);
}
