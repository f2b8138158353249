// Rows of a view as text for the clipboard.
import { PipelineError } from '../../model';
import { formatCount } from '../../report';
import type { CopiedRows, CopyFormat, PreviewCell } from './api';
import type { SourceColumn } from './previewColumns';
import { rowWriter } from './formats';
import type { PageRow } from './source';

/** Rows read at a time. */
const BATCH = 5_000;
export const COPY_ROWS = 100_000;
/** A clipboard with more text than this holds up every program that looks at it. */
const COPY_CHARACTERS = 64_000_000;

/**
 * @param read Rows at positions of the view, cells whole up to so many characters.
 * @throws PipelineError USAGE where it is too much for a clipboard.
 */
export async function copyRows(
  request: {
    readonly offset: number;
    readonly limit: number;
    readonly format: CopyFormat;
    readonly header: boolean;
    readonly exact?: boolean;
  },
  columns: readonly SourceColumn[],
  read: (offset: number, limit: number, characters: number) => Promise<readonly PageRow[]>,
): Promise<CopiedRows> {
  const writer = rowWriter(request.format, columns, request);
  const pieces: string[] = [writer.head];
  let characters = writer.head.length;
  let rows = 0;
  while (rows < request.limit) {
    const wanted = Math.min(BATCH, request.limit - rows);
    const batch = await read(request.offset + rows, wanted, COPY_CHARACTERS);
    for (const row of batch) {
      const piece = writer.row(row.cells.map(whole), rows === 0);
      rows++;
      characters += piece.length;
      if (characters > COPY_CHARACTERS) throw tooMuch();
      pieces.push(piece);
    }
    if (batch.length < wanted) break;
  }
  return { text: pieces.join('') + writer.foot, rows, neutralized: writer.neutralized() };
}

function whole(cell: PreviewCell): string | null {
  if (cell === null || typeof cell === 'string') return cell;
  throw tooMuch();
}

function tooMuch(): PipelineError {
  return new PipelineError(
    'USAGE',
    `The selection is too large to copy: it has more than ${formatCount(COPY_CHARACTERS)} characters.`,
    'Choose fewer rows or columns, or export to a file.',
  );
}
