// What lies behind the names that SQL may use at a pause point; each is described once and kept while it is paused.
import { quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import type { Rule } from '../../model';
import type { ColumnsConverted, PausePoint, RuleLook, RulesEvaluated } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { RejectedFile } from '../../lake';
import {
  countRows,
  describedSource,
  numbered,
  numberedRows,
  pagedRowsOf,
  type PagedRows,
  type SqlSource,
} from './pagedRows';
import { layersSqlAt, rejectsSqlAt, rowsSqlAt } from './debugSources';

/** What a question is about: a rule, a column, or one row of those that fail. */
export interface Focus {
  readonly rule?: Rule;
  readonly column?: string;
  /** Position among the failing rows of the rule or column, from 0. */
  readonly row?: number;
}

/** Sources by name in lower case; undefined: there are no rows of it here. */
export type NamedSources = ReadonlyMap<string, () => Promise<SqlSource | undefined>>;

export class PointSources {
  readonly #point: PausePoint;
  readonly #workspace: Pick<OpenWorkspace, 'config' | 'lake'>;
  readonly #rejectedFiles: readonly RejectedFile[];
  readonly #looks = new Map<string, Promise<RuleLook>>();
  readonly #described = new Map<string, Promise<SqlSource | undefined>>();

  /** @param rejectedFiles by the step that ends at the point. */
  constructor(
    point: PausePoint,
    workspace: Pick<OpenWorkspace, 'config' | 'lake'>,
    rejectedFiles: readonly RejectedFile[],
  ) {
    this.#point = point;
    this.#workspace = workspace;
    this.#rejectedFiles = rejectedFiles;
  }

  /** Undefined where the point has no rows yet. */
  rows(signal: AbortSignal): Promise<SqlSource | undefined> {
    return this.#describe('rows', rowsSqlAt(this.#point, this.#workspace), signal);
  }

  /** The rows that break the rule, or that were rejected for the column; undefined where none are known. */
  async failing(focus: Focus, signal: AbortSignal): Promise<SqlSource | undefined> {
    const point = this.#point;
    switch (point.kind) {
      case 'rules': {
        if (focus.rule === undefined) return undefined;
        const { failing } = await this.#look(point, focus.rule);
        const rows = await this.rows(signal);
        return failing === undefined || rows === undefined ? undefined : numbered(rows, failing);
      }
      case 'columns': {
        const { column } = focus;
        if (column === undefined) return undefined;
        return this.#once(`column ${column}`, () => this.#failingColumn(point, column, signal));
      }
      case 'end': {
        const rejects = rejectsSqlAt(point, this.#workspace, this.#rejectedFiles);
        return this.#describe('rejects', rejects, signal);
      }
      case 'step':
        return undefined;
      default:
        return point satisfies never;
    }
  }

  /** The failing rows page by page: those of a rule are found by their numbers, so that a page reads few rows. */
  async failingRows(focus: Focus, signal: AbortSignal): Promise<PagedRows | undefined> {
    const { connection } = this.#point;
    if (this.#point.kind === 'rules' && focus.rule !== undefined) {
      const { failing } = await this.#look(this.#point, focus.rule);
      const rows = await this.rows(signal);
      if (failing === undefined || rows === undefined) return undefined;
      return numberedRows(connection, rows, failing, signal);
    }
    const source = await this.failing(focus, signal);
    return source === undefined ? undefined : pagedRowsOf(connection, source, signal);
  }

  /** Names of the layers of all tables that have files. */
  layerNames(): readonly string[] {
    return this.#layers().flatMap(([name, from]) => (from === undefined ? [] : [name]));
  }

  /** Everything that SQL may name; with a row in focus `rows` is this row. */
  async named(focus: Focus, signal: AbortSignal): Promise<NamedSources> {
    const one = await this.#rowInFocus(focus, signal);
    return new Map<string, () => Promise<SqlSource | undefined>>([
      ['rows', () => (one === undefined ? this.rows(signal) : Promise.resolve(one))],
      ['failing', () => this.failing(focus, signal)],
      ...this.#layers().map(([name, from]) => [name, () => this.#describe(name, from, signal)] as const),
    ]);
  }

  #layers(): readonly (readonly [name: string, from: string | undefined])[] {
    return this.#workspace.config.tables.flatMap((table) =>
      Object.entries(layersSqlAt(this.#point, this.#workspace, table)),
    );
  }

  async #rowInFocus(focus: Focus, signal: AbortSignal): Promise<SqlSource | undefined> {
    if (focus.row === undefined) return undefined;
    const source = await this.failing(focus, signal);
    return source === undefined
      ? undefined
      : { ...source, from: `(SELECT * FROM ${source.from} LIMIT 1 OFFSET ${focus.row})` };
  }

  #look(point: RulesEvaluated, rule: Rule): Promise<RuleLook> {
    const look = this.#looks.get(rule.id) ?? point.look(rule);
    this.#looks.set(rule.id, look);
    look.catch(() => this.#looks.delete(rule.id));
    return look;
  }

  /** Rows that fail in a column; they are looked for only where it is known that there are some. */
  async #failingColumn(
    point: ColumnsConverted,
    name: string,
    signal: AbortSignal,
  ): Promise<SqlSource | undefined> {
    const column = point.table.columns.find((one) => one.name === name);
    if (column === undefined) return undefined;
    const failed = point.conversions.some((one) => one.column === name && one.failed > 0);
    if (!failed && !(await isAmongRejects(point, name, signal))) return undefined;
    const { failing } = await point.look(column, signal);
    return failing === undefined
      ? undefined
      : describedSource(point.connection, quoteIdentifier(failing), signal);
  }

  #describe(name: string, from: string | undefined, signal: AbortSignal): Promise<SqlSource | undefined> {
    return this.#once(name, () =>
      from === undefined ? Promise.resolve(undefined) : describedSource(this.#point.connection, from, signal),
    );
  }

  #once(name: string, make: () => Promise<SqlSource | undefined>): Promise<SqlSource | undefined> {
    const before = this.#described.get(name);
    if (before !== undefined) return before;
    const made = make();
    this.#described.set(name, made);
    // One that was cancelled is asked again.
    made.catch(() => this.#described.delete(name));
    return made;
  }
}

async function isAmongRejects(
  { rejects, connection }: ColumnsConverted,
  column: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (rejects === undefined) return false;
  const from = `(FROM read_parquet(${quotePath(rejects)}) WHERE list_contains("columns", ${quoteLiteral(column)}) LIMIT 1)`;
  return (await countRows(connection, from, signal)) > 0;
}
