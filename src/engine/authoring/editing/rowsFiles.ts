// Rows of gold for a reader: Parquet files in the system's temporary folder, gone with the process.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Connection,
  makeTemporaryFolder,
  quoteIdentifier,
  quoteLiteral,
  sweepTemporaryFolders,
} from '../../base';
import type { RowsFile } from './model';

/** More rows than a reader looks at; all of them would take as long as the gold itself. */
const MAXIMUM_ROWS = 100_000;
/** Up to so many rows are named in the query: Parquet is then decoded where they lie, a third of a join's time. */
const MOST_NAMED = 5_000;
/** Files kept: an older one that is still open in a view goes all the same. */
const MOST_FILES = 40;

export interface RowsFiles {
  /** The folder the files lie in; made on first use. */
  folder(): string;
  /**
   * Writes the first rows of `view` whose `_row` is in `rows` (`_row`, and "rules" to show beside), in the order of
   * gold. @param name of the file, for the title of its view.
   */
  write(connection: Connection, given: Writing): Promise<RowsFile | undefined>;
  close(): void;
}

interface Writing {
  readonly name: string;
  readonly view: string;
  /** A query of `_row` BIGINT and `rules` VARCHAR[]. */
  readonly rows: string;
  /** Columns of the view that are shown, in order. */
  readonly columns: readonly string[];
  readonly signal: AbortSignal;
}

export function openRowsFiles(): RowsFiles {
  let made: string | undefined;
  const files: string[] = [];
  let next = 1;
  const folder = (): string => {
    if (made === undefined) {
      sweepTemporaryFolders('rows');
      made = makeTemporaryFolder('rows');
    }
    return made;
  };
  return {
    folder,
    write: async (connection, { name, view, rows, columns, signal }) => {
      const first = `SELECT _row, rules FROM (${rows}) ORDER BY _row LIMIT ${MAXIMUM_ROWS}`;
      const [counted] = await connection.rows<{ n: number; least: number; most: number }>(
        `SELECT count(*) AS n, min(_row) AS least, max(_row) AS most FROM (${first})`,
        { signal },
      );
      if (counted === undefined || counted.n === 0) return undefined;
      // The bounds let Parquet skip row groups.
      let which = `_row BETWEEN ${counted.least} AND ${counted.most}`;
      if (counted.n <= MOST_NAMED) {
        const named = await connection.rows<{ _row: number }>(`SELECT _row FROM (${first})`, { signal });
        which += ` AND _row IN (${named.map((row) => row._row).join(', ')})`;
      }
      const [all] = await connection.rows<{ n: number }>(`SELECT count(*) AS n FROM (${rows})`, { signal });
      // Each in a folder of its own: the file's name is what a reader sees.
      const place = join(folder(), String(next++));
      mkdirSync(place);
      const path = join(place, `${name.replace(/[^\p{L}\p{N}_. -]+/gu, '_').slice(0, 100)}.parquet`);
      await connection.run(
        [
          'COPY (',
          `  SELECT found.rules AS ${quoteIdentifier(beside(columns))}, ${columns.map((c) => `gold.${quoteIdentifier(c)}`).join(', ')}`,
          `  FROM (SELECT * FROM ${quoteIdentifier(view)} WHERE ${which}) AS gold`,
          `  JOIN (${first}) AS found ON found._row = gold._row`,
          '  ORDER BY gold._row',
          `) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`,
        ].join('\n'),
        { signal },
      );
      files.push(place);
      if (files.length > MOST_FILES) rmSync(files.shift() ?? '', { recursive: true, force: true });
      return { path, rows: counted.n, total: all?.n ?? counted.n };
    },
    close: () => {
      if (made !== undefined) rmSync(made, { recursive: true, force: true });
      made = undefined;
    },
  };
}

/** A name for the rules beside the columns of the table, none of which it is. */
function beside(columns: readonly string[]): string {
  const taken = new Set(columns.map((column) => column.toLowerCase()));
  let name = 'broken_rules';
  while (taken.has(name)) name += '_';
  return name;
}
