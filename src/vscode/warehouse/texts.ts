// Texts of the warehouse that are written without an editor: the SQL document of a load, and statements to copy.
import { isoDate } from '../../shared/dates';
import type { CheckProblem } from '../../engine';
import type { LoadStatements } from '../../shared/warehouseApi';

/** The statements that fix a problem; a warehouse that names none may name its GRANTs in the remedy. */
export function statementsOf({ statements, remedy }: CheckProblem): readonly string[] {
  const found = statements ?? remedy.match(/\bGRANT [^;\n]+(?:;|$)/g) ?? [];
  return found.map((text) => `${text.trim().replace(/;$/, '')};`);
}

/** A document of SQL: what a load says, with what it is and what it is not in comments. */
export function loadSqlText({ warehouse, date, table, statements }: LoadStatements): string {
  const where = warehouse.kind === 'embedded' ? 'the embedded warehouse' : 'Snowflake';
  return [
    `-- Statements of a load of ${oneLine(table)}, ${isoDate(date)}, into ${where}, in order:`,
    `-- ${oneLine(warehouse.place)}`,
    '--',
    '-- Generated from the current config. Nothing was executed.',
    '-- Values known only during a load (names of temporary tables and files, ids) are placeholders.',
    '',
    ...statements.flatMap((statement) => [`${statement.trim().replace(/;$/, '')};`, '']),
  ].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
