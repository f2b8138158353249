// The summary of a date: what arrived, what became of each table, what was left alone or kept out.

import { readReport } from '../report';
import { arrivalsOf } from './arrivals';
import { durable, writeWhole } from '../base';
import type { DateKey, DateSummary, Report } from '../model';
import type { Plan } from './plan';
import { rejectedFiles } from '../lake';
import type { OpenWorkspace } from '../workspace';

/** Writes `summary.json` of a date from what is published now. */
export async function writeSummary(
  workspace: OpenWorkspace,
  plan: Plan,
  date: DateKey,
  runId: string,
): Promise<DateSummary> {
  const { lake } = workspace;
  const summary = summarize(workspace, plan, date, runId);
  await writeWhole(lake.summaryFile(date), `${JSON.stringify(summary, undefined, 2)}\n`, lake.temporaryDir);
  durable('summary.written');
  return summary;
}

function summarize(workspace: OpenWorkspace, plan: Plan, date: DateKey, runId: string): DateSummary {
  const { lake, config, settings } = workspace;
  const kept = rejectedFiles(lake, date);
  const gold = lake.manifests('gold', date);
  const arrivals = arrivalsOf(settings, config, {
    parts: (brand, table) => lake.parts(date, brand, table),
    refused: kept,
    waiting: [],
  });
  const reports = new Map(config.tables.map((t) => [t.name, readReport(workspace, date, t.name)]));
  const tables = config.tables.flatMap(({ name }): DateSummary['tables'] => {
    const report = reports.get(name);
    const rows = gold.find((m) => m.table === name)?.output.rows;
    if (report === undefined && rows === undefined) return [];
    return [
      {
        table: name,
        status: report?.status ?? 'not validated',
        rows: report?.rows.gold ?? rows ?? 0,
        rejected: report?.rows.rejected ?? 0,
        loaded: report?.rows.loaded ?? null,
      },
    ];
  });
  const sum = (of: (report: Report) => number): number =>
    [...reports.values()].reduce((total, r) => total + (r === undefined ? 0 : of(r)), 0);
  return {
    date,
    run_id: runId,
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
