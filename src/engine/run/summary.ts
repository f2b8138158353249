// The summary of a date: what arrived, what became of each table, what was left alone or kept out.

import { driftMessages, readReport, verdictOf } from '../report';
import { openFailures } from '../stages';
import { arrivalsOf } from './arrivals';
import { durable, writeWhole } from '../base';
import type { DateKey, DateSummary, Report, StepFinished } from '../model';
import type { Plan } from './plan';
import { rejectedFiles } from '../lake';
import type { OpenWorkspace } from '../workspace';

/** The date and the run that a summary is about. */
interface SummarySubject {
  readonly date: DateKey;
  readonly runId: string;
  readonly plan: Plan;
  /** Reports that the run made: those of other tables are on disk. */
  readonly reports: readonly Report[];
  /** The steps of the run: a table of which one failed is as its last report says no longer. */
  readonly steps: readonly StepFinished[];
}

/** Writes `summary.json` of a date from what is published now. */
export async function writeSummary(workspace: OpenWorkspace, subject: SummarySubject): Promise<DateSummary> {
  const { lake } = workspace;
  const { date } = subject;
  const summary = summarize(workspace, subject);
  await writeWhole(lake.summaryFile(date), `${JSON.stringify(summary, undefined, 2)}\n`, lake.temporaryDir);
  durable('summary.written');
  return summary;
}

function summarize(
  workspace: OpenWorkspace,
  { date, runId, plan, reports: own, steps }: SummarySubject,
): DateSummary {
  const { lake, config, settings } = workspace;
  const kept = rejectedFiles(lake, date);
  const gold = lake.manifests('gold', date);
  const arrivals = arrivalsOf(settings, config, {
    parts: (brand, table) => lake.readableParts(date, brand, table),
    refused: kept,
    waiting: [],
  });
  const made = new Map(own.filter((r) => r.date === date).map((r) => [r.table, r]));
  const reports = new Map(
    config.tables.map(({ name }) => [name, made.get(name) ?? readReport(workspace, date, name)]),
  );
  const files = openFailures(workspace, [], [date]);
  const failed = steps.filter((step) => step.status === 'failed' && step.date === date);
  const incomplete = new Set([...files, ...failed].map((one) => one.table));
  const tables = config.tables.flatMap(({ name }): DateSummary['tables'] => {
    const report = reports.get(name);
    const rows = gold.find((m) => m.table === name)?.output.rows;
    const failing = failed.some((step) => step.table === name);
    if (report === undefined && rows === undefined && !incomplete.has(name)) return [];
    return [
      {
        table: name,
        // Without gold all that came was rejected, or never became any.
        status:
          failing || (rows === undefined && incomplete.has(name))
            ? 'failed'
            : (report?.status ?? 'not validated'),
        rows: report?.rows.gold ?? rows ?? 0,
        rejected: report?.rows.rejected ?? 0,
        loaded: report?.rows.loaded ?? null,
        ...driftOf(report),
      },
    ];
  });
  const sum = (of: (report: Report) => number): number =>
    [...reports.values()].reduce((total, r) => total + (r === undefined ? 0 : of(r)), 0);
  const known = [...reports.values()].filter((report) => report !== undefined);
  // A table refused by its rules is told by its report.
  const failures = [...files, ...failed.filter((s) => s.error?.code !== 'VALIDATION_FAILED').map(() => ({}))];
  return {
    date,
    run_id: runId,
    status: verdictOf({ reports: known, failures, broken: [] }).status,
    arrivals,
    tables,
    totals: {
      landing: sum((r) => r.rows.landing),
      accepted: sum((r) => r.rows.accepted),
      rejected: sum((r) => r.rows.rejected),
      duplicates: sum((r) => r.rows.duplicates),
      loaded: sum((r) => r.rows.loaded ?? 0),
    },
    files: [
      ...plan.strays
        .filter((s) => s.date === undefined || s.date === date)
        .map(({ path, status, reason }) => ({ path, status, reason })),
      ...kept.map((f) => ({
        path: f.file,
        status: f.code === 'DUPLICATE_CONTENT' ? ('duplicate' as const) : ('rejected' as const),
        reason: f.reason,
      })),
    ],
  };
}

/** What a person still has to look at, as the report has it. */
function driftOf(report: Report | undefined): { readonly drift?: readonly string[] } {
  const drift = driftMessages(report?.findings ?? []);
  return drift.length === 0 ? {} : { drift };
}
