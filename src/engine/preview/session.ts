// An opened preview: pages, counts and all else that can be asked of it.
import { PipelineError, throwIfCancelled } from '../errors';
import { printable } from '../report/layout';
import type { Page, PreviewOpened, View } from './api';
import type { SourceColumn } from './columns';
import { inOurWords } from './opening';
import { fetchRows, openViewRows } from './rows';
import type { PageRow, Source } from './source';
import { columnNamed, isPlain } from './viewSql';

export interface PageRequest {
  readonly view: View;
  readonly offset: number;
  readonly limit: number;
  readonly columns?: readonly string[];
}

export interface Session {
  readonly source: Source;
  describe(): Omit<PreviewOpened, 'handle'>;
  page(request: PageRequest, options: CallOptions<number>): Promise<Page>;
  count(view: View, options: CallOptions<number>): Promise<number>;
  close(): Promise<void>;
}

export interface CallOptions<Progress = never> {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (value: Progress) => void;
}

/** Rows of one page at most. */
const PAGE_ROWS = 10_000;
const LINEAGE: readonly string[] = ['_source_file', '_source_row'];

export function openSession(source: Source): Session {
  const rows = openViewRows(source);
  /** Fails in our words, and for a file that is no longer what was opened, before or during the work. */
  const checked = async <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    throwIfCancelled(signal);
    await source.check();
    try {
      const result = await work();
      await source.check();
      return result;
    } catch (error) {
      await source.check();
      throw inOurWords(source.path, error);
    }
  };
  return {
    source,
    describe: () => ({
      kind: source.kind,
      path: source.path,
      bytes: source.bytes,
      columns: source.columns.map(({ name, type, family }) => ({ name, type, family })),
      total: source.rows(),
      dialect: source.dialect,
      notes: source.notes,
      traceable: LINEAGE.every((name) => source.columns.some((column) => column.name === name)),
    }),
    page: ({ view, offset, limit, columns: names }, { signal, progress }) =>
      checked(signal, async () => {
        requireNumber('offset', offset, Number.MAX_SAFE_INTEGER);
        requireNumber('limit', limit, PAGE_ROWS);
        const columns = names?.map((name) => columnNamed(source.columns, name)) ?? source.columns;
        const page = (found: readonly PageRow[]): Page => ({
          offset,
          columns: columns.map((column) => column.name),
          rows: found,
        });
        if (!isPlain(view)) {
          const wanted = await rows.slice(view, offset, limit, signal);
          return page(await fetchRows(source, await source.relation(signal), wanted, columns, { signal }));
        }
        const head = await source.head(offset, limit);
        if (head !== undefined) return page(narrow(head, source.columns, columns));
        const relation = await source.relation(signal, progress);
        const range = { from: offset, to: offset + limit - 1 };
        return page(limit === 0 ? [] : await fetchRows(source, relation, range, columns, { signal }));
      }),
    count: (view, { signal, progress }) => checked(signal, () => rows.count(view, signal, progress)),
    async close() {
      await rows.close();
      await source.close();
    },
  };
}

function narrow(
  rows: readonly PageRow[],
  all: readonly SourceColumn[],
  columns: readonly SourceColumn[],
): readonly PageRow[] {
  if (columns === all) return rows;
  const places = columns.map((column) => all.indexOf(column));
  return rows.map((row) => ({ ...row, cells: places.map((place) => row.cells[place] ?? null) }));
}

function requireNumber(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new PipelineError(
    'USAGE',
    `${printable(String(value))} is no ${name} of a page.`,
    `Ask for a whole number from 0 to ${most}.`,
  );
}
