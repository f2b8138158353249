// An opened preview: pages, counts and all else that can be asked of it.
import { PipelineError, throwIfCancelled } from '../../model';
import type { Lake } from '../../lake';
import { printable } from '../../report';
import type {
  ColumnProfile,
  CopiedRows,
  CopyFormat,
  ExportedRows,
  Metadata,
  Page,
  PreviewOpened,
  RowOrigin,
  View,
} from './api';
import { fetchRows } from './previewCells';
import { CELL_CHARACTERS, type SourceColumn } from './previewColumns';
import { COPY_ROWS, copyRows } from './copyRows';
import { exportView, type ExportRequest } from './exportView';
import { findText, type FindRequest, type FindResult } from './find';
import { indentJson } from './indent';
import { readMetadata } from './metadata';
import { inOurWords } from './opening';
import { isOfPipeline, originOf } from './origin';
import { profileColumn } from './columnProfile';
import { openViewRows, type ViewRows } from './previewRows';
import { MEMORY, type PageRow, type PreviewSource } from './source';
import { columnNamed, isPlain } from './viewSql';

interface PageRequest {
  readonly view: View;
  readonly offset: number;
  readonly limit: number;
  readonly columns?: readonly string[];
}

interface CopyRequest extends PageRequest {
  readonly columns: readonly string[];
  readonly format: CopyFormat;
  readonly header: boolean;
  readonly exact?: boolean;
}

export interface CallOptions<Progress = never> {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (value: Progress) => void;
}

/** See shared/previewApi.ts for each. */
export interface Session {
  readonly source: PreviewSource;
  /** @param lake of the workspace; undefined where it cannot be opened. */
  describe(lake: Lake | undefined): Omit<PreviewOpened, 'handle'>;
  page(request: PageRequest, options: CallOptions<number>): Promise<Page>;
  count(view: View, options: CallOptions<number>): Promise<number>;
  find(request: FindRequest, options: CallOptions<number>): Promise<FindResult | null>;
  profile(
    request: { readonly view: View; readonly column: string },
    options: CallOptions,
  ): Promise<ColumnProfile>;
  metadata(options: CallOptions): Promise<Metadata>;
  cell(
    request: CellRequest,
    options: CallOptions,
  ): Promise<{ readonly text: string | null; readonly characters: number }>;
  export(request: ExportRequest, options: CallOptions<number>): Promise<ExportedRows>;
  copy(request: CopyRequest, options: CallOptions): Promise<CopiedRows>;
  origin(request: Omit<CellRequest, 'column'>, lake: Lake, options: CallOptions): Promise<RowOrigin>;
  /** Keeps the source open for another one that reads it; the result lets it go. */
  hold(): () => Promise<void>;
  /** Closes the source, or leaves that to the last one who holds it. */
  close(): Promise<void>;
}

interface CellRequest {
  readonly view: View;
  readonly position: number;
  readonly column: string;
}

/** Rows of one page at most. */
const PAGE_ROWS = 10_000;
/** Characters of one whole cell at most. */
const WHOLE_CELL = 10_000_000;
const LINEAGE: readonly string[] = ['_source_file', '_source_row'];

export function openPreviewSession(source: PreviewSource, memoryLimit = MEMORY): Session {
  return new OpenPreview(source, memoryLimit);
}

class OpenPreview implements Session {
  readonly source: PreviewSource;
  readonly #rows: ViewRows;
  readonly #memoryLimit: string;
  /** Others that read the source: it stays open for them. */
  #holders = 0;
  #closed = false;

  constructor(source: PreviewSource, memoryLimit: string) {
    this.source = source;
    this.#memoryLimit = memoryLimit;
    this.#rows = openViewRows(source);
  }

  describe(lake: Lake | undefined): Omit<PreviewOpened, 'handle'> {
    const { source } = this;
    const traceable = LINEAGE.every((name) => source.columns.some((column) => column.name === name));
    return {
      kind: source.kind,
      path: source.path,
      bytes: source.bytes,
      columns: source.columns.map(({ name, type, family }) => ({ name, type, family })),
      total: source.rows(),
      dialect: source.dialect,
      notes: source.notes,
      traceable,
      follows: traceable || (lake !== undefined && isOfPipeline(source, lake)),
    };
  }

  page(request: PageRequest, options: CallOptions<number>): Promise<Page> {
    return this.#checked(options.signal, async () => {
      const columns = this.#columns(request.columns);
      return {
        offset: request.offset,
        columns: columns.map((column) => column.name),
        rows: await this.#read(request, { columns, characters: CELL_CHARACTERS }, options),
      };
    });
  }

  count(view: View, { signal, progress }: CallOptions<number>): Promise<number> {
    return this.#checked(signal, () => this.#rows.count(view, signal, progress));
  }

  find(request: FindRequest, options: CallOptions<number>): Promise<FindResult | null> {
    return this.#checked(options.signal, () => {
      requireNumber('position', request.from, Number.MAX_SAFE_INTEGER);
      return findText(this.source, this.#rows, request, options);
    });
  }

  profile(
    request: { readonly view: View; readonly column: string },
    { signal }: CallOptions,
  ): Promise<ColumnProfile> {
    return this.#checked(signal, () => profileColumn(this.source, request, signal));
  }

  metadata({ signal }: CallOptions): Promise<Metadata> {
    return this.#checked(signal, () => readMetadata(this.source, signal));
  }

  cell(
    request: CellRequest,
    options: CallOptions,
  ): Promise<{ readonly text: string | null; readonly characters: number }> {
    return this.#checked(options.signal, async () => {
      const column = columnNamed(this.source.columns, request.column);
      const { cells } = await this.#readOne(request, { columns: [column], characters: WHOLE_CELL }, options);
      const [cell = null] = cells;
      if (cell === null) return { text: null, characters: 0 };
      if (typeof cell !== 'string') return { text: cell.text, characters: cell.cut };
      return {
        text: column.family === 'nested' ? indentJson(cell) : cell,
        characters: characterCount(cell),
      };
    });
  }

  export(request: ExportRequest, { signal, progress }: CallOptions<number>): Promise<ExportedRows> {
    return this.#checked(signal, () =>
      exportView(this.source, request, { memoryLimit: this.#memoryLimit, signal, progress }),
    );
  }

  copy(request: CopyRequest, { signal }: CallOptions): Promise<CopiedRows> {
    return this.#checked(signal, () => {
      const columns = this.#columns(request.columns);
      requireNumber('limit', request.limit, COPY_ROWS);
      return copyRows(request, columns, (offset, limit, characters) =>
        this.#read({ view: request.view, offset, limit }, { columns, characters }, { signal }),
      );
    });
  }

  origin(request: Omit<CellRequest, 'column'>, lake: Lake, options: CallOptions): Promise<RowOrigin> {
    return this.#checked(options.signal, async () => {
      const { columns } = this.source;
      const row = await this.#readOne(request, { columns, characters: CELL_CHARACTERS }, options);
      const values = new Map(
        columns.map((column, i): [string, string | null] => {
          const cell = row.cells[i] ?? null;
          return [column.name, cell === null || typeof cell === 'string' ? cell : cell.text];
        }),
      );
      return originOf(this.source, lake, { row: row.row, values }, options.signal);
    });
  }

  hold(): () => Promise<void> {
    this.#holders++;
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#closed && this.#holders === 0) await this.#closeAll();
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#holders === 0) await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    await this.#rows.close();
    await this.source.close();
  }

  /** Fails in our words, and for a file that is no longer what was opened, before or during the work. */
  async #checked<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    throwIfCancelled(signal);
    await this.source.check();
    try {
      const result = await work();
      await this.source.check();
      return result;
    } catch (error) {
      await this.source.check();
      throw inOurWords(this.source.path, error);
    }
  }

  #columns(names: readonly string[] | undefined): readonly SourceColumn[] {
    const { columns } = this.source;
    return names?.map((name) => columnNamed(columns, name)) ?? columns;
  }

  /** Rows at positions of a view. */
  async #read(
    { view, offset, limit }: Omit<PageRequest, 'columns'>,
    cells: CellSelection,
    { signal, progress }: CallOptions<number>,
  ): Promise<readonly PageRow[]> {
    const { source } = this;
    requireNumber('offset', offset, Number.MAX_SAFE_INTEGER - PAGE_ROWS);
    requireNumber('limit', limit, PAGE_ROWS);
    if (!isPlain(view)) {
      const rows = await this.#rows.slice(view, offset, limit, signal, progress);
      const relation = await source.relation(signal, progress);
      return fetchRows(source, relation, { rows, ...cells, signal });
    }
    const head = await source.head({ offset, limit, ...cells }, signal);
    if (head !== undefined) return head;
    const relation = await source.relation(signal, progress);
    if (limit === 0) return [];
    const rows = { from: offset, to: offset + limit - 1 };
    return fetchRows(source, relation, { rows, ...cells, signal });
  }

  async #readOne(
    { view, position }: Omit<CellRequest, 'column'>,
    cells: CellSelection,
    { signal }: CallOptions,
  ): Promise<PageRow> {
    const [row] = await this.#read({ view, offset: position, limit: 1 }, cells, { signal });
    if (row !== undefined) return row;
    throw new PipelineError(
      'NOT_FOUND',
      `There is no row ${position + 1} in this view.`,
      'Choose a row that is shown.',
    );
  }
}

/** What of each row is read. */
interface CellSelection {
  readonly columns: readonly SourceColumn[];
  /** Of one cell at most. */
  readonly characters: number;
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
    `${printable(String(value))} is not a valid ${name}.`,
    `Give a whole number from 0 to ${most}.`,
  );
}
