// An opened preview: pages, counts and all else that can be asked of it.
import { PipelineError, throwIfCancelled } from '../../model';
import type { Lake } from '../../lake';
import { printable } from '../../report';
import type { ColumnProfile, CopyFormat, Metadata, Page, PreviewOpened, RowOrigin, View } from './api';
import { fetchRows } from './previewCells';
import { CELL_CHARACTERS, type SourceColumn } from './previewColumns';
import { COPY_ROWS, copyRows } from './copyRows';
import { exportView, type ExportRequest } from './exportView';
import { findText, type FindRequest, type Found } from './find';
import { indentJson } from './indent';
import { readMetadata } from './metadata';
import { inOurWords } from './opening';
import { isOfPipeline, originOf } from './origin';
import { profileColumn } from './columnProfile';
import { openViewRows } from './previewRows';
import { MEMORY, type PageRow, type Source } from './source';
import { columnNamed, isPlain } from './viewSql';

export interface PageRequest {
  readonly view: View;
  readonly offset: number;
  readonly limit: number;
  readonly columns?: readonly string[];
}

export interface CopyRequest extends PageRequest {
  readonly columns: readonly string[];
  readonly format: CopyFormat;
  readonly header: boolean;
}

export interface CallOptions<Progress = never> {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (value: Progress) => void;
}

/** See shared/previewApi.ts for each. */
export interface Session {
  readonly source: Source;
  /** @param lake of the workspace; undefined where it cannot be opened. */
  describe(lake: Lake | undefined): Omit<PreviewOpened, 'handle'>;
  page(request: PageRequest, options: CallOptions<number>): Promise<Page>;
  count(view: View, options: CallOptions<number>): Promise<number>;
  find(request: FindRequest, options: CallOptions<number>): Promise<Found | null>;
  profile(
    request: { readonly view: View; readonly column: string },
    options: CallOptions,
  ): Promise<ColumnProfile>;
  metadata(options: CallOptions): Promise<Metadata>;
  cell(
    request: CellRequest,
    options: CallOptions,
  ): Promise<{ readonly text: string | null; readonly characters: number }>;
  export(
    request: ExportRequest,
    options: CallOptions<number>,
  ): Promise<{ readonly rows: number; readonly bytes: number }>;
  copy(request: CopyRequest, options: CallOptions): Promise<{ readonly text: string; readonly rows: number }>;
  origin(request: Omit<CellRequest, 'column'>, lake: Lake, options: CallOptions): Promise<RowOrigin>;
  /** Keeps the source open for another one that reads it; the result lets it go. */
  hold(): () => Promise<void>;
  /** Closes the source, or leaves that to the last one who holds it. */
  close(): Promise<void>;
}

export interface CellRequest {
  readonly view: View;
  readonly position: number;
  readonly column: string;
}

/** Rows of one page at most. */
const PAGE_ROWS = 10_000;
/** Characters of one whole cell at most. */
const WHOLE_CELL = 10_000_000;
const LINEAGE: readonly string[] = ['_source_file', '_source_row'];

export function openSession(source: Source, memoryLimit = MEMORY): Session {
  const rows = openViewRows(source);
  let holders = 0;
  let closed = false;
  const closeAll = async (): Promise<void> => {
    await rows.close();
    await source.close();
  };
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
  /** Rows at positions of a view. */
  const read = async (
    { view, offset, limit }: Omit<PageRequest, 'columns'>,
    columns: readonly SourceColumn[],
    characters: number,
    { signal, progress }: CallOptions<number>,
  ): Promise<readonly PageRow[]> => {
    requireNumber('offset', offset, Number.MAX_SAFE_INTEGER - PAGE_ROWS);
    requireNumber('limit', limit, PAGE_ROWS);
    if (!isPlain(view)) {
      const wanted = await rows.slice(view, offset, limit, signal, progress);
      const relation = await source.relation(signal, progress);
      return fetchRows(source, relation, { rows: wanted, columns, characters, signal });
    }
    const head = await source.head({ offset, limit, columns, characters }, signal);
    if (head !== undefined) return head;
    const relation = await source.relation(signal, progress);
    if (limit === 0) return [];
    const range = { from: offset, to: offset + limit - 1 };
    return fetchRows(source, relation, { rows: range, columns, characters, signal });
  };
  const readOne = async (
    { view, position }: Omit<CellRequest, 'column'>,
    columns: readonly SourceColumn[],
    characters: number,
    options: CallOptions,
  ): Promise<PageRow> => {
    const { signal } = options;
    const [row] = await read({ view, offset: position, limit: 1 }, columns, characters, { signal });
    if (row !== undefined) return row;
    throw new PipelineError(
      'NOT_FOUND',
      `There is no row ${position + 1} in this view.`,
      'Choose a row that is shown.',
    );
  };
  const named = (names: readonly string[] | undefined): readonly SourceColumn[] =>
    names?.map((name) => columnNamed(source.columns, name)) ?? source.columns;

  const traceable = (): boolean =>
    LINEAGE.every((name) => source.columns.some((column) => column.name === name));

  return {
    source,
    describe: (lake) => ({
      kind: source.kind,
      path: source.path,
      bytes: source.bytes,
      columns: source.columns.map(({ name, type, family }) => ({ name, type, family })),
      total: source.rows(),
      dialect: source.dialect,
      notes: source.notes,
      traceable: traceable(),
      follows: traceable() || (lake !== undefined && isOfPipeline(source, lake)),
    }),
    page: (request, options) =>
      checked(options.signal, async () => {
        const columns = named(request.columns);
        return {
          offset: request.offset,
          columns: columns.map((column) => column.name),
          rows: await read(request, columns, CELL_CHARACTERS, options),
        };
      }),
    count: (view, { signal, progress }) => checked(signal, () => rows.count(view, signal, progress)),
    find: (request, options) =>
      checked(options.signal, () => {
        requireNumber('position', request.from, Number.MAX_SAFE_INTEGER);
        return findText(source, rows, request, options);
      }),
    profile: (request, { signal }) => checked(signal, () => profileColumn(source, request, signal)),
    metadata: ({ signal }) => checked(signal, () => readMetadata(source, signal)),
    cell: (request, options) =>
      checked(options.signal, async () => {
        const column = columnNamed(source.columns, request.column);
        const { cells } = await readOne(request, [column], WHOLE_CELL, options);
        const [cell = null] = cells;
        if (cell === null) return { text: null, characters: 0 };
        if (typeof cell !== 'string') return { text: cell.text, characters: cell.cut };
        return {
          text: column.family === 'nested' ? indentJson(cell) : cell,
          characters: characterCount(cell),
        };
      }),
    export: (request, { signal, progress }) =>
      checked(signal, () => exportView(source, request, { memoryLimit, signal, progress })),
    copy: (request, { signal }) =>
      checked(signal, () => {
        const columns = named(request.columns);
        requireNumber('limit', request.limit, COPY_ROWS);
        return copyRows(request, columns, (offset, limit, characters) =>
          read({ view: request.view, offset, limit }, columns, characters, { signal }),
        );
      }),
    origin: (request, lake, options) =>
      checked(options.signal, async () => {
        const row = await readOne(request, source.columns, CELL_CHARACTERS, options);
        const values = new Map(
          source.columns.map((column, i): [string, string | null] => {
            const cell = row.cells[i] ?? null;
            return [column.name, cell === null || typeof cell === 'string' ? cell : cell.text];
          }),
        );
        return originOf(source, lake, { row: row.row, values }, options.signal);
      }),
    hold() {
      holders++;
      let held = true;
      return async () => {
        if (!held) return;
        held = false;
        holders--;
        if (closed && holders === 0) await closeAll();
      };
    },
    async close() {
      if (closed) return;
      closed = true;
      if (holders === 0) await closeAll();
    },
  };
}

/** Code points, as DuckDB counts them. */
function characterCount(text: string): number {
  let surrogates = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) surrogates++;
  return text.length - surrogates;
}

function requireNumber(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new PipelineError(
    'USAGE',
    `${printable(String(value))} is no ${name}.`,
    `Ask for a whole number from 0 to ${most}.`,
  );
}
