// The reports of a date as they lie on disk, with what the ledger and the manifests tell besides.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, readRegularText } from '../base';
import {
  type Lake,
  type LedgerEntry,
  type LockHolder,
  type Manifest,
  type ManifestLayer,
  compareText,
  isRunning,
  lockHolder,
  readLedger,
  SUMMARY_NAME,
  reportsFolder,
  runLogFile,
} from '../lake';
import { type Config, type DateKey, type DateSummary, type Report, type Stage, defined } from '../model';
import { maskingOf } from './masking';
import type { BrokenReport, DateDocument, DateRun, RejectsFile } from './model';
import {
  type Observations,
  isObservations,
  isReport,
  isSummary,
  observationsFault,
  reportFault,
  summaryFault,
} from './reportShape';
import { lastFailures, rejectionFailures } from './stepFailures';

/**
 * Reads everything the report of a date shows. Needs no config: a report stays readable while its rules are
 * being edited. A file that cannot be read as a report is told in `broken`, never thrown.
 * @param entries of the ledger, for callers that read several dates.
 */
export function readDateDocument(
  lake: Lake,
  date: DateKey,
  entries: readonly LedgerEntry[] = readLedger(lake.stateDir).entries,
): Promise<DateDocument> {
  const { settings } = lake;
  const { reports, broken } = readReports(lake, date);
  const summary = readStored(lake.summaryFile(date), isSummary, summaryFault);
  const run = lastRun(entries, date, lockHolder(lake.stateDir));
  return Promise.resolve({
    date,
    ...(summary.kind === 'read' ? { summary: summary.value } : {}),
    reports: inOrder(reports, summary.kind === 'read' ? summary.value : undefined),
    broken: [...(summary.kind === 'broken' ? [summary.broken] : []), ...broken],
    failures: [...rejectionFailures(lake, date), ...lastFailures(entries, [date])],
    ...defined({ run }),
    rejects: rejectsFiles(lake, date),
    files: {
      summary: lake.summaryFile(date),
      rules: join(settings.configDir, 'validation_rules.json'),
      schemas: join(settings.configDir, 'table_schemas.json'),
      ...defined({ log: run && runLogFile(settings, run.run_id) }),
    },
  });
}

/** The validation reports in the folder of a date, by file name. */
export function readReports(
  lake: Lake,
  date: DateKey,
): { readonly reports: readonly Report[]; readonly broken: readonly BrokenReport[] } {
  const folder = dirname(lake.summaryFile(date));
  const reports: Report[] = [];
  const broken: BrokenReport[] = [];
  for (const name of namesIn(folder)) {
    if (!name.endsWith('.json') || name === SUMMARY_NAME) continue;
    const table = name.slice(0, -'.json'.length);
    const stored = readStored(join(folder, name), isReport, reportFault);
    if (stored.kind === 'read') reports.push(stored.value);
    if (stored.kind === 'broken') broken.push({ table, ...stored.broken });
  }
  return { reports, broken };
}

/** Dates that have a folder of reports, ascending. */
export function reportDates(lake: Lake): readonly DateKey[] {
  return namesIn(reportsFolder(lake.settings)).filter((name) => /^\d{8}$/.test(name));
}

type Stored<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly broken: Omit<BrokenReport, 'table'> };

function readStored<T>(
  path: string,
  is: (value: unknown) => value is T,
  faultOf: (value: unknown) => string | undefined,
): Stored<T> {
  const broken = (message: string, remedy: string): Stored<T> => ({
    kind: 'broken',
    broken: { path, message, remedy },
  });
  const again = 'Validate the date again: this writes the report again.';
  let value: unknown;
  try {
    value = JSON.parse(readRegularText(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'none' };
    const reason = error instanceof Error ? error.message : String(error);
    return error instanceof SyntaxError
      ? broken(`It is not a complete JSON document: ${reason}`, again)
      : broken(`It cannot be read: ${reason}`, 'Give this user permission to read it, then open it again.');
  }
  if (is(value)) return { kind: 'read', value };
  return broken(`It is JSON, but not a report of this version: ${faultOf(value) ?? ''}.`, again);
}

function inOrder(reports: readonly Report[], summary: DateSummary | undefined): readonly Report[] {
  const order = new Map(summary?.tables.map(({ table }, i) => [table, i]));
  const rank = ({ table }: Report): number => order.get(table) ?? order.size;
  return reports.toSorted((a, b) => rank(a) - rank(b) || compareText(a.table, b.table));
}

/** The last run that took a date; undefined where the ledger knows none. */
export function lastRun(
  entries: readonly LedgerEntry[],
  date: DateKey,
  holder: LockHolder | undefined,
): DateRun | undefined {
  let last: DateRun | undefined;
  for (const entry of entries) {
    if (entry.kind !== 'run') continue;
    if (entry.status === 'started') {
      if (entry.dates.includes(date))
        last = { run_id: entry.run_id, status: 'interrupted', started_at: entry.time };
    } else if (last?.run_id === entry.run_id)
      last = { ...last, status: entry.status, finished_at: entry.time };
  }
  return last?.status === 'interrupted' && isRunning(last.started_at, holder)
    ? { ...last, status: 'running' }
    : last;
}

const STAGE_OF: Readonly<Record<ManifestLayer, Stage>> = {
  raw: 'landing-to-raw',
  silver: 'raw-to-silver',
  gold: 'silver-to-gold',
  validated: 'gold-to-snowflake',
};

/** Files of rejected rows that are there, in the order of the stages. */
function rejectsFiles(lake: Lake, date: DateKey): readonly RejectsFile[] {
  return (['raw', 'silver', 'gold', 'validated'] as const).flatMap((layer) =>
    manifestsOf(lake, layer, date).flatMap(({ table, brand, rejects }) => {
      if (rejects === undefined || rejects.rows === 0 || !lake.exists(rejects.path)) return [];
      return [
        {
          stage: STAGE_OF[layer],
          table,
          ...defined({ brand }),
          path: lake.absolute(rejects.path),
          rows: rejects.rows,
        },
      ];
    }),
  );
}

function manifestsOf(lake: Lake, layer: ManifestLayer, date: DateKey): readonly Manifest[] {
  try {
    return lake
      .manifests(layer, date)
      .toSorted(
        (a, b) =>
          compareText(a.table, b.table) ||
          compareText(a.brand ?? '', b.brand ?? '') ||
          (a.part ?? 1) - (b.part ?? 1),
      );
  } catch {
    // A damaged manifest stops runs, which tell it; what was reported before can still be read.
    return [];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/**
 * A report that was written before; undefined where there is none, or none that this version can read.
 * @param workspace with a config: what that calls sensitive is hidden, whatever was when it was written.
 */
export function readReport(
  { lake, config }: { readonly lake: Lake; readonly config?: Config | undefined },
  date: DateKey,
  table: string,
): Report | undefined {
  const stored = valueAt(lake.reportFile(date, table), isReport, reportFault);
  return stored === undefined || config === undefined ? stored : maskingOf(config).report(stored);
}

/** The summary of a date; undefined where there is none, or none that this version can read. */
export function readSummary({ lake }: { readonly lake: Lake }, date: DateKey): DateSummary | undefined {
  return valueAt(lake.summaryFile(date), isSummary, summaryFault);
}

/**
 * What the rules of a table observed on a date. A test case keeps no more of an earlier date's report than that, so
 * that no more is asked for.
 */
export function readObservations(
  { lake }: { readonly lake: Lake },
  date: DateKey,
  table: string,
): Observations | undefined {
  return valueAt(lake.reportFile(date, table), isObservations, observationsFault);
}

function valueAt<T>(
  path: string,
  is: (value: unknown) => value is T,
  faultOf: (value: unknown) => string | undefined,
): T | undefined {
  const stored = readStored(path, is, faultOf);
  return stored.kind === 'read' ? stored.value : undefined;
}
