// Where rows came from: the landing file and line of the row in focus, and of any row that bears its lineage.
import { isCancelled, landingFile, recordOrigin, type Cell } from '../engine';
import type { DebugRun } from './debugRun';
import type { RowOrigin } from './frames';
import { atRow, focusOf, rowOf } from './positions';
import type { StopState } from './stopState';

type NamedRow = Readonly<Record<string, Cell>>;

export interface Origins {
  /** Undefined where no row is in focus, or it bears no lineage. */
  inFocus(stop: StopState, signal?: AbortSignal): Promise<RowOrigin | undefined>;
  /** In words, of a row by the names of its columns. */
  text(row: NamedRow, signal?: AbortSignal): Promise<string | undefined>;
}

/** @param debuggee the one of stop. */
export function openOrigins(debuggee: () => DebugRun | undefined): Origins {
  /** Where a row that bears its lineage came from; undefined where it bears none, or its file is gone. */
  async function originOf(row: NamedRow, signal: AbortSignal | undefined): Promise<RowOrigin | undefined> {
    const stop = debuggee()?.stopState;
    const { _brand: brand, _source_file: file, _source_row: number } = row;
    if (stop === undefined || typeof file !== 'string') return undefined;
    const { step } = stop.point;
    if (typeof number !== 'number') return lineOf(stop, step, row, file);
    const values = Object.entries(row).flatMap(([name, cell]) => (name.startsWith('_') ? [] : [cell]));
    try {
      const origin = await recordOrigin(
        stop.workspace.lake,
        {
          date: step.date,
          table: step.table,
          file,
          row: number,
          values,
          ...(typeof brand === 'string' ? { brand } : {}),
        },
        signal,
      );
      const path = origin.original === null ? undefined : debuggee()?.original(origin.original, file);
      return { file, line: origin.line, text: origin.text, path: origin.packed ? undefined : path };
    } catch (error) {
      if (isCancelled(error)) throw error;
      return { file, line: null, text: null, path: undefined };
    }
  }
  /** Of a line of which no row was made, or of a rejected file. */
  function lineOf(stop: StopState, step: StopState['point']['step'], row: NamedRow, file: string): RowOrigin {
    const { _brand: brand, line, record } = row;
    const found = landingFile(stop.workspace.lake, {
      ...{ date: step.date, table: step.table, file },
      ...(typeof brand === 'string' ? { brand } : {}),
    });
    return {
      file,
      line: typeof line === 'number' ? line : null,
      text: typeof record === 'string' ? record : null,
      path: found === undefined || found.packed ? undefined : debuggee()?.original(found.path, file),
    };
  }
  return {
    inFocus: async ({ position, questions }, signal) => {
      const row = rowOf(position);
      if (row === undefined) return undefined;
      const failing = await questions.failing(focusOf(atRow(position, undefined)), signal);
      const [cells] = (await failing?.page(row, 1, signal)) ?? [];
      if (failing === undefined || cells === undefined) return undefined;
      return originOf(
        Object.fromEntries(failing.columns.map(({ name }, i) => [name, cells[i] ?? null])),
        signal,
      );
    },
    text: async (row, signal) => {
      const origin = await originOf(row, signal);
      return origin === undefined ? undefined : originInWords(origin);
    },
  };
}

export function originInWords({ file, line, text }: RowOrigin): string {
  return `${file}${line === null ? ' (line unknown)' : `:${line}`}${text === null ? '' : `  ${text}`}`;
}
