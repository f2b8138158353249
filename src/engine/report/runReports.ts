// What a build server is told of a run: its steps, and the reports that still hold after it.
import { maskingOf } from './masking';
import { type Report, type RunResult, plainError } from '../model';
import { type OpenWorkspace, redaction } from '../workspace';
import { readReport } from './stored';
import { renderRunJUnit, type RunOutcome } from './junit';

/**
 * JUnit XML of a run, however it ended.
 * @param workspace undefined: it could not be opened.
 * @param result undefined: the run broke off with `error`.
 */
export function junitOfRun(
  workspace: OpenWorkspace | undefined,
  result: RunResult | undefined,
  error: unknown,
): string {
  const outcome: RunOutcome = {
    runId: result?.steps[0]?.run_id,
    steps: result?.steps ?? [],
    reports: workspace === undefined || result === undefined ? [] : reportsAfter(workspace, result),
    rejectedFiles: result?.rejectedFiles ?? [],
    cancelled: result?.status === 'cancelled',
    error: result === undefined ? plainError(error) : undefined,
  };
  const told = workspace === undefined ? outcome : redaction(workspace.settings)(outcome);
  return renderRunJUnit(told, maskingOf(workspace?.config));
}

/** Reports of this run, and those of tables that it found up to date. One of a table that failed before it was validated is an old one. */
function reportsAfter(workspace: OpenWorkspace, result: RunResult): readonly Report[] {
  const written = new Map(
    result.reports.map((report) => [JSON.stringify([report.date, report.table]), report]),
  );
  const upToDate = result.steps.filter(
    (step) =>
      step.stage === 'gold-to-snowflake' &&
      step.status === 'skipped' &&
      step.reason?.startsWith('it needs ') !== true,
  );
  for (const { date, table } of upToDate) {
    const key = JSON.stringify([date, table]);
    const report = written.has(key) ? undefined : readReport(workspace, date, table);
    if (report !== undefined) written.set(key, report);
  }
  return [...written.values()];
}
