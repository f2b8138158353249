// What can be opened while a run is paused: containers of variables by number, paged where they hold rows.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { defined, type Cell, type PagedRows } from '../engine';
import type { PreviewTable } from './previews';
import { brief, isList, recordOf, rowInWords, whole } from './cells';

export type Variable = DebugProtocol.Variable;

/** What is behind a number: variables made when they are asked for. */
interface Container {
  readonly page: (
    start: number,
    count: number | undefined,
    signal: AbortSignal | undefined,
  ) => Promise<readonly Variable[]>;
}

/** Where a row came from, if that is known. */
export type OriginOf = (
  row: Readonly<Record<string, Cell>>,
  signal: AbortSignal | undefined,
) => Promise<string | undefined>;

export interface Variables {
  /** A number for variables that are made once they are asked for. */
  lazy(make: (signal: AbortSignal | undefined) => Promise<readonly Variable[]>): number;
  /** A number for the rows of a relation, each of which opens into its columns. @param title for people. */
  rows(relation: PagedRows, title: string): number;
  /** The rows that a number stands for; undefined: it is something else. */
  table(reference: number): PreviewTable | undefined;
  /** Columns of one row. */
  row(columns: PagedRows['columns'], row: readonly Cell[]): number;
  /** A value that opens where it is nested or long. */
  value(name: string, cell: Cell, type: string, evaluateName?: string): Variable;
  read(
    reference: number,
    start: number,
    count: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<readonly Variable[]>;
  /** Forgets everything: the run continues. */
  clear(): void;
}

/** Entries of VS Code's context menu that are for rows alone ask for this: `debugProtocolVariableMenuContext`. */
const ROW_MENU = { __vscodeVariableMenuContext: 'rows' } as const;

/** A page of rows that a client asked for without saying how many. */
const PAGE = 100;

export const plain = (name: string, value: string, more: Partial<Variable> = {}): Variable => ({
  name,
  value,
  variablesReference: 0,
  ...more,
});

export function openVariables(originOf: OriginOf): Variables {
  const containers = new Map<number, Container>();
  const tables = new Map<number, PreviewTable>();
  let next = 1;
  const keep = (container: Container): number => {
    containers.set(next, container);
    return next++;
  };
  const lazy: Variables['lazy'] = (make) => {
    let made: Promise<readonly Variable[]> | undefined;
    return keep({
      page: async (start, count, signal) => {
        made ??= make(signal);
        made.catch(() => (made = undefined));
        return (await made).slice(start, count === undefined ? undefined : start + count);
      },
    });
  };
  const value: Variables['value'] = (name, cell, type, evaluateName) => {
    const { text, long } = brief(cell, type);
    const inner = childrenOf(recordOf(name, cell) ?? cell, type, evaluateName);
    const reference =
      inner !== undefined
        ? lazy(() => Promise.resolve(inner()))
        : long
          ? lazy(() => Promise.resolve([plain('whole', whole(cell, type), { type })]))
          : 0;
    return plain(name, text, {
      type,
      variablesReference: reference,
      ...defined({ evaluateName }),
    });
  };
  /** Members of a list or struct. */
  function childrenOf(
    cell: Cell,
    type: string,
    from: string | undefined,
  ): (() => readonly Variable[]) | undefined {
    if (cell === null || typeof cell !== 'object') return undefined;
    const inner = type.endsWith('[]') ? type.slice(0, -2) : '';
    const asked = (key: string, is: boolean): string | undefined =>
      from === undefined || !is ? undefined : `${from}[${key}]`;
    return () =>
      isList(cell)
        ? cell.map((one, i) => value(String(i), one, inner, asked(String(i + 1), inner !== '')))
        : Object.entries(cell as Readonly<Record<string, Cell>>).map(([key, one]) =>
            value(key, one, inner, asked(`'${key.replaceAll("'", "''")}'`, type.startsWith('STRUCT'))),
          );
  }
  const row: Variables['row'] = (columns, cells) =>
    lazy(async (signal) => {
      const named = Object.fromEntries(columns.map(({ name }, i) => [name, cells[i] ?? null]));
      const origin = await originOf(named, signal);
      return [
        ...(origin === undefined ? [] : [plain('landing line', origin)]),
        ...columns.map(({ name, type }, i) =>
          value(name, cells[i] ?? null, type, `"${name.replaceAll('"', '""')}"`),
        ),
      ];
    });
  return {
    lazy,
    value,
    row,
    table: (reference) => tables.get(reference),
    rows: (relation, title) => {
      const reference = keep({
        page: async (start, count, signal) => {
          const found = await relation.page(start, Math.min(count ?? PAGE, relation.rows - start), signal);
          return found.map((cells, i) =>
            plain(`[${start + i}]`, rowInWords(relation.columns, cells), {
              variablesReference: row(relation.columns, cells),
              ...ROW_MENU,
            }),
          );
        },
      });
      tables.set(reference, { relation, title });
      return reference;
    },
    read: async (reference, start, count, signal) =>
      (await containers.get(reference)?.page(start, count, signal)) ?? [],
    clear: () => {
      containers.clear();
      tables.clear();
    },
  };
}
