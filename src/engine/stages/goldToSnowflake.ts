// gold-to-snowflake: validate, then load what was accepted, then say in the report what the warehouse holds.
import { durable, shellWord } from '../base';
import { type Config, type Finding, PipelineError, type Report, isCancelled, plainError } from '../model';
import { tellsLoad } from '../lake';
import { failingOf, formatCount, formatFigure, maskingOf, plural } from '../report';
import { type Warehouse, loadIdOf } from '../warehouse';
import { observedOn } from './lookedAt';
import type { LoadInput, StageContext, ValidationOutcome } from './stage';
import { publishReport, validateGold, type Validated } from './validateGold';
import { withLoaded } from './validation/tableReport';

/**
 * The whole last stage for one table and date. Its report is on disk when it returns, refused or not.
 * @param options warehouse undefined: validation only. force: neither an earlier validation nor an earlier
 * load is taken as done.
 * @throws PipelineError whatever validateGold and the warehouse throw.
 */
export async function validateAndLoad(
  context: StageContext,
  input: LoadInput,
  options: { readonly warehouse: Warehouse | undefined; readonly force: boolean },
): Promise<ValidationOutcome> {
  const validated = await validateGold(context, input, { force: options.force });
  if (validated.report.status === 'failed') {
    const reportFile = context.lake.reportFile(input.date, input.table);
    const error = refusal(context.config, validated.report, reportFile);
    if (options.warehouse !== undefined)
      await noteRefusal(context, input, options.warehouse, { ...validated, error });
    return { kind: 'refused', report: validated.report, error };
  }
  const { warehouse, force } = options;
  const report =
    warehouse === undefined
      ? validated.report
      : await goldToSnowflake(context, input, validated, { warehouse, again: force });
  const { gold, accepted } = report.rows;
  return {
    kind: 'done',
    counts: { rowsIn: gold, rowsOut: accepted, rowsRejected: gold - accepted, duplicates: 0 },
    report,
  };
}

/** Loads the accepted rows of a validation and notes what the warehouse holds in report and manifest. */
async function goldToSnowflake(
  context: StageContext,
  input: LoadInput,
  validated: Validated,
  { warehouse, again }: { readonly warehouse: Warehouse; readonly again: boolean },
): Promise<Report> {
  const { accepted, gold } = validated.report.rows;
  const { loaded, deleted, repeated } = await warehouse.load({
    connection: context.connection,
    table: validated.table,
    date: input.date,
    loadId: loadIdOf(input.key, validated.table, context.settings),
    runId: context.runId,
    gold: context.lake.absolute(input.gold.output.path),
    source: validated.view,
    sourceRows: gold,
    rejects: validated.rejects,
    expectedRows: accepted,
    again,
    signal: context.signal,
  });
  context.log(
    'info',
    repeated
      ? `${input.table}, ${input.date}: already loaded (${loaded} rows)`
      : `${input.table}, ${input.date}: ${loaded} rows loaded, ${deleted} earlier rows replaced`,
  );
  if (loaded !== accepted)
    throw new PipelineError(
      'CONSERVATION',
      `${accepted} rows of ${input.table}, ${input.date}, were accepted and ${loaded} are in the warehouse.`,
      'Run again with --force: the date is loaded again.',
    );
  if (repeated && tellsLoad(validated.manifest)) return validated.report;
  const report = withLoaded(validated.report, loaded, context.runId, new Date().toISOString());
  const { rejects } = validated.manifest;
  const observed = observedOn(context.lake, input.table, input.date);
  await publishReport(context, input, { report, observed }, { kind: 'unchanged', rejects });
  durable('report.updated');
  return report;
}

/** The monitoring row of a table that did not pass; a warehouse out of reach must not hide why. */
async function noteRefusal(
  context: StageContext,
  input: LoadInput,
  warehouse: Warehouse,
  { table, report, error }: Pick<Validated, 'table' | 'report'> & { readonly error: PipelineError },
): Promise<void> {
  try {
    await warehouse.noteFailure({
      table,
      date: input.date,
      loadId: loadIdOf(input.key, table, context.settings),
      runId: context.runId,
      gold: context.lake.absolute(input.gold.output.path),
      sourceRows: report.rows.gold,
      error,
      startedAt: report.started_at,
    });
  } catch (failure) {
    if (isCancelled(failure)) throw failure;
    context.log(
      'warning',
      `The failed validation could not be written to the monitoring table of the warehouse: ${maskingOf(context.config).error(table.name, plainError(failure)).message}`,
    );
  }
}

/** Why a table is not loaded, with its worst findings and the place of the first rule that is broken. */
function refusal(config: Config, report: Report, path: string): PipelineError {
  const broken = report.findings.filter((f) => f.status === 'failed' || f.status === 'error');
  const shown = broken.slice(0, 3).map(inWords);
  const more = broken.length > shown.length ? ` and ${broken.length - shown.length} more` : '';
  const why =
    shown.length === 0
      ? `${formatCount(report.rows.gold - report.rows.accepted)} of ${plural(report.rows.gold, 'row was', 'rows were')} rejected`
      : `${shown.join('; ')}${more}`;
  const rule = config.rules.find((r) => r.table === report.table && r.id === broken[0]?.id);
  return new PipelineError(
    'VALIDATION_FAILED',
    `${report.table}, ${report.date}, is not loaded: ${why}.`,
    `See the failing rows with: m7 report --date ${report.date} --table ${shellWord(report.table)}. Correct the files or the rule, then run again.`,
    { where: rule?.location ?? { file: path } },
  );
}

function inWords(finding: Finding): string {
  if (finding.message !== undefined) return `${finding.id}: ${finding.message.replace(/\.$/, '')}`;
  const limit = finding.limit === undefined ? '' : ` (limit ${finding.limit})`;
  return finding.failing > 0
    ? `${finding.id}: ${failingOf(finding)}${limit}`
    : `${finding.id}: ${formatFigure(finding.observed ?? 'not met')}${limit}`;
}
