// The ledger of loads as Snowflake has it: the latest confirmed load of each date and table.
import type { LoadRecord } from '../contract';
import type { LentSession } from './sessionPool';
import { readColumns, tableKey } from './setup';
import type { SchemaNames } from './snowflakeNames';
import { latestLoads } from './snowflakeStatements';

/** By `loadKey`; undefined where there is no ledger yet. A row whose target is gone confirms nothing. */
export async function ledgerLoads(
  session: LentSession,
  place: SchemaNames,
  signal: AbortSignal | undefined,
): Promise<Map<string, LoadRecord> | undefined> {
  const tables = await readColumns(session, place, signal);
  if (!tables.has(tableKey(place.monitoring))) return undefined;
  const { rows } = await session.run(latestLoads(place.database, place.monitoring), {
    doing: 'reading the ledger of loads',
    signal,
  });
  return new Map(
    rows
      .filter((row) => tables.has(`${place.schema}.${String(row['TABLE_NAME'])}`))
      .map((row) => [`${String(row['DATE'])}/${String(row['TABLE_NAME'])}`, recordOf(row)]),
  );
}

function recordOf(row: Readonly<Record<string, unknown>>): LoadRecord {
  const text = (name: string): string => (typeof row[name] === 'string' ? row[name] : '');
  const finished = text('FINISHED');
  return {
    loadId: text('LOAD_ID'),
    runId: text('RUN_ID'),
    rows: Number(row['ROWS_LOADED'] ?? 0),
    goldSha256: text('FILE_SHA256'),
    finishedAt: finished === '' ? '' : `${finished.replace(' ', 'T')}Z`,
  };
}
