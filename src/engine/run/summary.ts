// The summary of a date: what arrived, what became of each table, what was left alone or kept out.

import { type DateVerdict, dateVerdict, driftMessages, readReport, totalsOf } from '../report';
import { openFailures } from '../stages';
import { type Arrival, type Arrived, arrivalsOf } from './arrivals';
import { durable, writeWhole } from '../base';
import { brandsThere, type DateKey, type DateSummary, type Report, type StepFinished } from '../model';
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
  const partsOf: Arrived['parts'] = (brand, table) => lake.readableParts(date, brand, table);
  const arrivals = arrivalsOf(settings, config, { parts: partsOf, refused: kept, waiting: [] }).map(
    (arrival) => stillInLanding(arrival, date, plan) ?? arrival,
  );
  const made = new Map(own.filter((r) => r.date === date).map((r) => [r.table, r]));
  const reports = new Map(
    config.tables.map(({ name }) => [name, made.get(name) ?? readReport(workspace, date, name)]),
  );
  const failed = steps.filter((step) => step.status === 'failed' && step.date === date);
  const failures = [
    ...openFailures(workspace, [], [date]),
    // A table refused by its rules is told by its report.
    ...failed.filter(
      ({ table, error }) => error?.code !== 'VALIDATION_FAILED' || reports.get(table)?.status !== 'failed',
    ),
  ];
  const tables = config.tables.flatMap(({ name }): DateSummary['tables'] => {
    const report = reports.get(name);
    const rows = gold.find((m) => m.table === name)?.output.rows;
    const there =
      report !== undefined ||
      rows !== undefined ||
      failures.some(({ table }) => table === name) ||
      brandsThere(config).some((brand) => partsOf(brand.name, name).length > 0);
    if (!there) return [];
    return [
      {
        table: name,
        status: report?.status ?? 'not validated',
        rows: report?.rows.gold ?? rows ?? 0,
        rejected: report?.rows.rejected ?? 0,
        loaded: report?.rows.loaded ?? null,
        ...driftOf(report),
      },
    ];
  });
  const verdict = dateVerdict({
    reports: [...reports.values()].filter((report) => report !== undefined),
    failures,
    broken: [],
    summary: { arrivals, tables },
  });
  return {
    date,
    run_id: runId,
    status: verdict.status,
    arrivals,
    tables: tables.map((one) => ({ ...one, ...statusIn(verdict, one.table) })),
    totals: totalsOf(verdict),
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

/** A slot whose files this run was not asked to take: they are not missing. */
function stillInLanding({ brand, table, status }: Arrival, date: DateKey, plan: Plan): Arrival | undefined {
  const planned = plan.arrivals.find(
    (one) => one.date === date && one.brand === brand && one.table === table,
  );
  if (status !== 'missing' || planned?.status !== 'arrived') return undefined;
  return { brand, table, status: 'arrived', files: planned.files, rows: 0 };
}

function statusIn(verdict: DateVerdict, table: string): Partial<DateSummary['tables'][number]> {
  const status = verdict.tables.find((one) => one.table === table)?.status;
  return status === undefined || status === 'missing' ? {} : { status };
}

/** What a person still has to look at, as the report has it. */
function driftOf(report: Report | undefined): { readonly drift?: readonly string[] } {
  const drift = driftMessages(report?.findings ?? []);
  return drift.length === 0 ? {} : { drift };
}
