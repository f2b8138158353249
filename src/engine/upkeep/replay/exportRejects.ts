// Rejected records as a file to correct by hand: the text they came with, which reject each one is, and why.
import { answered, recordKey } from '../../lake';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { type Cell, type Connection, inWords, quoteIdentifier, quoteLiteral, shellWord } from '../../base';
import { PipelineError } from '../../model';
import { isFormula } from '../../report';
import { numberedFile } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { ExportResult, RejectSelection } from './model';
import { columnsOf, csvLine, LINE_COLUMN, OWN_COLUMNS, partOf } from './parts';
import { BEFORE, chosenTables, keepChosen, checkedWhere, rejectsOf, rejectRowsSql } from './replayRejects';

/**
 * Writes the chosen rejects of one table to a CSV file (UTF-8): the columns of OWN_COLUMNS, then the record as it came
 * in. Records that were corrected and submitted before are left out.
 * @throws PipelineError USAGE where several tables are meant; what `partOf` throws; PERMISSION | DISK_FULL.
 */
export async function exportTo(
  workspace: OpenWorkspace,
  connection: Connection,
  selection: RejectSelection & { readonly signal?: AbortSignal },
  path: string,
): Promise<ExportResult> {
  const { lake } = workspace;
  const { date, stage, signal } = selection;
  const files = await rejectsOf(lake, date, stage, selection.tables);
  const total = await keepChosen(connection, files, selection, signal);
  const tables = await chosenTables(connection);
  const [table] = tables;
  if (tables.length > 1)
    throw new PipelineError(
      'USAGE',
      `The selection has rejects of ${tables.length} tables, whose columns differ: ${tables.join(', ')}.`,
      `Export one table at a time: --table ${shellWord(table ?? '')}`,
    );
  if (table === undefined) return { path, table: null, rows: 0, handed_in_before: 0, formulas: 0 };
  const before = answered(lake, date, stage);
  const sources =
    stage === 'landing-to-raw'
      ? { columns: [LINE_COLUMN], queries: [await linesSql(connection, files, selection)] }
      : await recordsSql(workspace, connection, selection, table);
  const draft = `${path}.part`;
  const written = { rows: 0, left: 0, formulas: 0 };
  await inWords(path, async () => {
    const out = createWriteStream(draft, { flags: 'w' });
    const failed = once(out, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => undefined);
    const line = async (text: string): Promise<void> => {
      if (!out.write(`${text}\n`)) await Promise.race([once(out, 'drain'), failed]);
    };
    try {
      await line(csvLine([...OWN_COLUMNS, ...sources.columns]));
      for (const query of sources.queries)
        for await (const batch of connection.batches(query, { signal }))
          for (const cells of batch) {
            const [brand, file, row, lineNumber] = cells;
            const id = {
              table,
              brand: text(brand) ?? '',
              file: text(file) ?? '',
              row: count(row),
              line: count(lineNumber),
            };
            if (before.has(recordKey(id))) written.left += 1;
            else {
              const record = [table, ...cells.map(text)];
              await line(csvLine(record));
              written.formulas += record.filter((one) => one !== null && isFormula(one)).length;
              written.rows += 1;
            }
          }
      out.end();
      await Promise.race([once(out, 'finish'), failed]);
      await rename(draft, path);
    } catch (error) {
      out.destroy();
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  });
  if (written.rows + written.left !== total)
    throw new PipelineError(
      'CONSERVATION',
      `Only ${written.rows + written.left} of the ${total} selected rejects were found.`,
      'Report this with the log of the run that rejected them.',
      { where: { file: path } },
    );
  return { path, table, rows: written.rows, handed_in_before: written.left, formulas: written.formulas };
}

const text = (cell: Cell | undefined): string | null =>
  cell === null || cell === undefined ? null : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
const count = (cell: Cell | undefined): number | null =>
  cell === null || cell === undefined ? null : Number(cell);

/** Lines that never became records, as they came. */
async function linesSql(
  connection: Connection,
  files: Parameters<typeof rejectRowsSql>[0],
  selection: RejectSelection,
): Promise<string> {
  const brands = (selection.brands ?? []).map(quoteLiteral).join(', ');
  return [
    'SELECT "_brand", "_source_file", "_source_row", "line", "code", "reason", "record"',
    `FROM (\n${rejectRowsSql(files)}\n)`,
    `WHERE ${brands === '' ? 'true' : `"_brand" IN (${brands})`}`,
    `  AND ${await checkedWhere(connection, selection.where)}`,
    'ORDER BY "_brand", "_source_file", "line"',
  ].join('\n');
}

/** Rows of raw, under the columns of all the files they came in. */
async function recordsSql(
  { lake }: OpenWorkspace,
  connection: Connection,
  { date }: RejectSelection,
  table: string,
): Promise<{ readonly columns: readonly string[]; readonly queries: readonly string[] }> {
  const named = await connection.rows<{ brand: string; file: string }>(
    `SELECT DISTINCT "_brand" AS brand, "_source_file" AS file FROM ${BEFORE} ORDER BY ALL`,
  );
  const parts = named.map(({ brand, file }) => ({
    brand,
    file,
    part: partOf(lake, { date, table, brand, file }),
  }));
  const columns = [...new Set(parts.flatMap(({ part }) => columnsOf(part)))];
  const clash = columns.find((name) => name.toLowerCase().startsWith('m7_'));
  if (clash !== undefined)
    throw new PipelineError(
      'UNSUPPORTED',
      `The files have a column ${clash}: names that begin with m7_ are reserved: they identify the reject.`,
      'Correct the records at their source, and deliver the file again.',
    );
  return {
    columns,
    queries: parts.map(({ brand, file, part }) => {
      const own = columnsOf(part);
      const { from, row } = numberedFile(lake.absolute(part.output.path), own);
      return [
        'SELECT b."_brand", b."_source_file", b."_source_row", b."line", b."code", b."reason",',
        columns
          .map((c) => `  ${own.includes(c) ? `raw.${quoteIdentifier(c)}` : 'CAST(NULL AS VARCHAR)'}`)
          .join(',\n'),
        `FROM (SELECT *, ${row} + 1 AS "m7_number" ${from}) AS raw`,
        `JOIN ${BEFORE} AS b ON b."_source_row" = raw."m7_number"`,
        `WHERE b."_brand" = ${quoteLiteral(brand)} AND b."_source_file" = ${quoteLiteral(file)}`,
        'ORDER BY b."_source_row"',
      ].join('\n');
    }),
  };
}
