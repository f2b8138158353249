// Copies what is chosen: one cell as it is, more as text in a format.
import type { Host } from './source';
import type { Layout } from './layout';
import type { Block } from './selection';
import type { Table } from './table';
import { number, t } from './words';

export type CopyFormat = 'tsv' | 'csv' | 'markdown' | 'json';

/** The engine copies no more rows than this. */
const MOST = 100_000;

export type CopyOutcome =
  | {
      readonly kind: 'copied';
      readonly words: string;
      /** Cells are not as they are in the file: who copies has to see it. */
      readonly changed?: boolean;
    }
  | { readonly kind: 'too_many'; readonly words: string; readonly changed?: false };

/** What is to be copied, and how. */
export interface CopyRequest {
  readonly table: Table;
  readonly layout: Layout;
  readonly block: Block;
  readonly format: CopyFormat;
  readonly header: boolean;
  /** Nothing stands before what a spreadsheet would compute. */
  readonly exact?: boolean;
}

/** That cells were changed for spreadsheets; nothing where none was. */
export function neutralizedWords(cells: number): readonly string[] {
  if (cells === 0) return [];
  return [
    cells === 1
      ? t("1 cell begins like a formula: it has a ' before it.")
      : t("{0} cells begin like formulas: they have a ' before them.", number(cells)),
  ];
}

/** Copies a block. Without a header, a single cell is copied whole and unquoted. */
export async function copyBlock(
  host: Host,
  { table, layout, block, format, header, exact = false }: CopyRequest,
  signal: AbortSignal,
): Promise<CopyOutcome> {
  const columns = layout.columns.slice(block.column, block.column + block.columns);
  const [first] = columns;
  if (block.rows > MOST)
    return {
      kind: 'too_many',
      words: t(
        '{0} rows are selected, but at most {1} can be copied. Export them to a file instead.',
        number(block.rows),
        number(MOST),
      ),
    };
  if (block.rows === 1 && columns.length === 1 && first !== undefined && format === 'tsv' && !header) {
    const cell = table.cell(block.row, first.index);
    const text =
      cell === null || typeof cell === 'string'
        ? cell
        : (
            await host.call(
              'preview.cell',
              {
                handle: await table.source.handle(),
                view: table.view,
                position: block.row,
                column: first.column.name,
              },
              { signal },
            )
          ).text;
    await host.call('host.copy', { text: text ?? '' });
    return { kind: 'copied', words: t('Cell copied.') };
  }
  const { text, rows, neutralized } = await host.call(
    'preview.copy',
    {
      handle: await table.source.handle(),
      view: table.view,
      offset: block.row,
      limit: block.rows,
      columns: columns.map(({ column }) => column.name),
      format,
      header,
      exact,
    },
    { signal },
  );
  await host.call('host.copy', { text });
  const words = rows === 1 ? t('1 row copied.') : t('{0} rows copied.', number(rows));
  return {
    kind: 'copied',
    words: [words, ...neutralizedWords(neutralized)].join(' '),
    changed: neutralized > 0,
  };
}
