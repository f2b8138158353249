// The statements of a load before it happens, with stand-ins for what only the load knows.
import { quoteLiteral } from '../../base';
import { type DateKey, type Settings, type Table, isoDate } from '../../model';
import { createSnowflakeTable } from './ddl';
import { ensureLockRow, takeLock } from './loadLock';
import { snowflakeTarget } from './snowflakeNames';
import type { SchemaNames } from './snowflakeNames';
import {
  attemptPath,
  copyFiles,
  countRows,
  createTemporary,
  deleteDate,
  dropTemporary,
  insertRows,
  noteRow,
  putFile,
  removePath,
  type Statement,
} from './snowflakeStatements';

/** What a load of this date would run, in order; nothing is asked. */
export function plannedStatements(
  settings: Settings,
  place: SchemaNames,
  table: Table,
  date: DateKey,
): readonly string[] {
  const { database, monitoring } = place;
  const target = snowflakeTarget(settings, table);
  const attempt = 'attempt';
  const path = attemptPath(target.name, date, attempt);
  const file = `${attempt}_0.parquet`;
  const lock = { place, target, request: { date } };
  const statements: readonly Statement[] = [
    { sql: createSnowflakeTable(target, database) },
    putFile(database, target.schema, file, path),
    createTemporary(database, target, attempt),
    copyFiles(database, target, attempt, { path, files: [file] }),
    ensureLockRow(lock),
    { sql: 'BEGIN TRANSACTION' },
    takeLock(lock, { runId: '', loadId: '' }),
    deleteDate(database, target, date),
    insertRows(database, target, attempt),
    noteRow(database, monitoring, {}, 0),
    countRows(database, target, date),
    { sql: 'COMMIT' },
    dropTemporary(database, target, attempt),
    removePath(database, target.schema, path),
  ];
  const day = quoteLiteral(isoDate(date));
  return statements.map(({ sql }) =>
    sql.replaceAll("TO_DATE(?, 'YYYY-MM-DD')", `TO_DATE(${day}, 'YYYY-MM-DD')`),
  );
}
