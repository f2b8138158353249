// The monitoring table of the embedded warehouse: one row per attempt, and what they confirm.
import { basename } from 'node:path';
import { version } from '../../../package.json';
import { type Connection, type SqlValue, quoteIdentifier } from '../base';
import { type Settings, isoDate } from '../model';
import type { FailedLoad, LoadRecord } from './contract';
import { ATTACHED } from './statements';
import { MONITORING_COLUMNS, qualified, type Target } from './target';

type MonitoringRow = Record<keyof typeof MONITORING_COLUMNS, SqlValue>;

/** What is known of a load before it is tried. */
export function attemptRow(
  attempt: Pick<FailedLoad, 'table' | 'date' | 'loadId' | 'runId' | 'gold' | 'sourceRows'>,
): Partial<MonitoringRow> {
  return {
    RUN_ID: attempt.runId,
    TABLE_NAME: attempt.table.name.toUpperCase(),
    LOAD_DATE: isoDate(attempt.date),
    ROWS_SOURCE: attempt.sourceRows,
    FILE_NAME: basename(attempt.gold),
    LOAD_ID: attempt.loadId,
  };
}

/** Adds a row; columns that are not given are NULL. */
export async function note(
  connection: Connection,
  monitoring: Target,
  values: Partial<MonitoringRow>,
): Promise<void> {
  const row: Partial<MonitoringRow> = { ...values, LOADER_VERSION: version };
  const names = Object.keys(MONITORING_COLUMNS) as (keyof MonitoringRow)[];
  await connection.run(
    `INSERT INTO ${qualified(monitoring, ATTACHED)} (${names.map(quoteIdentifier).join(', ')})\n` +
      `VALUES (${names.map((name, i) => `CAST($${i + 1} AS ${MONITORING_COLUMNS[name]})`).join(', ')})`,
    { values: names.map((name) => row[name] ?? null) },
  );
}

/**
 * The latest LOADED row per date and table, by order of insertion: a clock may go back. A row whose target
 * table is gone confirms nothing.
 */
export async function confirmed(
  connection: Connection,
  settings: Settings,
  monitoring: Target,
): Promise<Map<string, LoadRecord>> {
  const rows = await connection.rows<{
    key: string;
    load_id: string;
    run_id: string | null;
    rows: number;
    sha256: string | null;
    finished: string | null;
  }>(
    `SELECT
  strftime(LOAD_DATE, '%Y%m%d') || '/' || TABLE_NAME AS key,
  LOAD_ID AS load_id,
  RUN_ID AS run_id,
  ROWS_LOADED AS rows,
  FILE_SHA256 AS sha256,
  strftime(FINISHED_AT, '%Y-%m-%dT%H:%M:%S.%gZ') AS finished
FROM ${qualified(monitoring, ATTACHED)} AS loads
WHERE STATUS = 'LOADED'
  AND LOAD_ID IS NOT NULL
  AND TABLE_NAME IN (
    SELECT upper(table_name)
    FROM duckdb_tables()
    WHERE database_name = $1 AND upper(schema_name) = upper($2)
  )
QUALIFY row_number() OVER (PARTITION BY LOAD_DATE, TABLE_NAME ORDER BY loads.rowid DESC) = 1`,
    { values: [ATTACHED, settings.snowflake.schema] },
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        loadId: row.load_id,
        runId: row.run_id ?? '',
        rows: row.rows,
        goldSha256: row.sha256 ?? '',
        finishedAt: row.finished ?? '',
      },
    ]),
  );
}
