// Enrichment and business rules over the gold of one table and date: the half of the last stage that loads nothing.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configSha, redaction } from '../workspace';
import { inWords, quoteIdentifier, sizeOf, type Redact } from '../base';
import {
  brandsThere,
  defined,
  type Finding,
  PipelineError,
  type Report,
  type Rule,
  type Table,
  throwIfCancelled,
} from '../model';
import { configuredTable } from './configured';
import { judgedFindings } from './gold/findings';
import type { RuleLook } from './inspector';
import { driftFindings } from './drift/driftFindings';
import { tableDrift } from './drift/tableDrift';
import { type Manifest, type ObservedValues, openRejections } from '../lake';
import { maskingOf, readReport } from '../report';
import { numbersOf } from './lookedAt';
import { type Evaluation, type EvaluationRequest, evaluateRules, ruleKind } from '../rules';
import { type OutputRejects, publishOutput, outputRejects } from './publishOutput';
import type { LoadInput, StageContext } from './stage';
import { layerRows } from './validation/ruleInputs';
import { lostRows } from './validation/lostRows';
import { inputFindings } from './validation/inputFindings';
import { checkGold, goldColumns, goldView } from './validation/goldView';
import { otherTables, ruleHistory } from './validation/history';
import { profileOf } from './validation/tableProfile';
import { readRejects, ruleRejectsSelect, writeRejects } from './validation/ruleRejects';
import { buildReport } from './validation/tableReport';

/** Temporary view of gold in the step's own session, and the table of its rejected rows of an earlier validation. */
const GOLD_VIEW = 'm7_gold';
const REJECTS_TABLE = 'm7_rejects';
/** Views of it for looks at single rules. */
const LOOK_VIEW = 'm7_look';
let looks = 0;

/** A validation, new or found: what may be loaded, as it lies in the step's session. */
export interface Validated {
  readonly manifest: Manifest;
  readonly report: Report;
  readonly table: Table;
  /** View of gold with `brand_code` and `_row`. */
  readonly view: string;
  /** Table of the rejected rows (`_row`, `rules`); undefined where there are none. */
  readonly rejects: string | undefined;
}

/**
 * Checks gold against config and rules, writes the report and the rejected rows, and publishes both. A
 * validation of the same key that is published already is taken as it is, unless `force` or a rule could not
 * be evaluated.
 * A report of status "failed" is published like any other: the caller decides what follows.
 * @throws PipelineError TABLE_FAILED when gold is not what the config says, CONSERVATION when records are missing.
 */
export async function validateGold(
  context: StageContext,
  given: LoadInput,
  options: { readonly force: boolean },
): Promise<Validated> {
  const findings = judgedFindings(given.gold.findings ?? [], context.settings.errorThreshold);
  const input = { ...given, gold: { ...given.gold, findings } };
  const { connection, lake, signal } = context;
  throwIfCancelled(signal);
  const table = configuredTable(context.config, input.table);
  const path = lake.absolute(input.gold.output.path);
  const columns = await goldColumns(connection, path);
  await connection.run(goldView(GOLD_VIEW, path, columns, brandsThere(context.config)));
  const found = options.force ? undefined : await published(context, input, table);
  if (found !== undefined) return found;

  const startedAt = new Date().toISOString();
  await checkGold(connection, { view: GOLD_VIEW, table, date: input.date, columns }, signal);
  const drift = driftFindings(table, await tableDrift(context, table, input));
  const about = inputFindings({
    ...{ ...input, table, settings: context.settings, drift },
    lost: await lostRows(context, input),
    rejectedFiles: openRejections(lake, input.date).filter((file) => file.table === table.name),
  });
  const { rules, evaluated } = await evaluate(context, input, table);
  const rejects = evaluated.rejectsTable;
  const rejected = rejects === undefined ? 0 : await countRejected(context, table, rejects);

  const told = buildReport(input, {
    runId: context.runId,
    startedAt,
    finishedAt: new Date().toISOString(),
    configSha: configSha(context.config),
    status: statusWith(evaluated.status, [...about, ...findings]),
    input: about.map(withoutSecrets(redaction(context.settings))),
    findings: evaluated.findings.map(withoutSecrets(redaction(context.settings))),
    rejected,
    profile: await profileOf(connection, path, columns, table),
  });
  const report = maskingOf(context.config).report(told);
  throwIfCancelled(signal);
  const draft = join(context.temporary, 'rejects.parquet');
  if (rejects !== undefined && rejected > 0)
    await writeRejects(connection, draft, ruleRejectsSelect(GOLD_VIEW, rejects, columns, rules), signal);
  const final = lake.rejectsFile('gold-to-snowflake', { date: input.date, table: table.name });
  const files = outputRejects({ temporary: draft, final, rows: rejected });
  const observed = observedBy(told);
  const manifest = await publishReport(context, input, { report, observed }, files);
  return { manifest, report, table, view: GOLD_VIEW, rejects: rejected > 0 ? rejects : undefined };
}

/** What the database says of a rule's SQL may quote what the SQL holds; the rows themselves are nobody's secret. */
const withoutSecrets =
  (redact: Redact) =>
  (finding: Finding): Finding =>
    finding.message === undefined ? finding : { ...finding, message: redact(finding.message) };

/** Evaluates the rules, and again as often as whoever looks into the run brings others. */
async function evaluate(
  context: StageContext,
  input: LoadInput,
  table: Table,
): Promise<{ readonly rules: readonly Rule[]; readonly evaluated: Evaluation }> {
  const { connection, lake, signal } = context;
  for (let config = context.config; ;) {
    // Of a table that was emptied on purpose there is nothing to judge.
    const rules = input.gold.withdrawn === true ? [] : config.rules.filter((r) => r.table === table.name);
    const request: EvaluationRequest = {
      connection,
      table,
      rules,
      config,
      settings: context.settings,
      date: input.date,
      relation: GOLD_VIEW,
      others: otherTables(lake, input.date),
      history: ruleHistory(lake, table.name, input.date),
      layers: layerRows(input),
      signal,
      progress: context.progress,
    };
    const evaluated = await evaluateRules(request);
    const answer = await context.inspect({
      kind: 'rules',
      table,
      rows: GOLD_VIEW,
      rules,
      findings: evaluated.findings,
      rejected: evaluated.rejected,
      look: (rule) => lookAt(request, rule),
    });
    if (answer.kind === 'continue') return { rules, evaluated };
    config = answer.config;
  }
}

/** All rows that break one rule, beside the evaluation of all rules, whose tables stay as they are. */
async function lookAt(request: EvaluationRequest, rule: Rule): Promise<RuleLook> {
  const { connection } = request;
  const view = `${LOOK_VIEW}_${looks++}`;
  await connection.run(
    `CREATE TEMP VIEW ${quoteIdentifier(view)} AS SELECT * FROM ${quoteIdentifier(request.relation)}`,
  );
  const { findings, rejectsTable } = await evaluateRules({
    ...request,
    relation: view,
    rules: [{ ...rule, enabled: true }],
    everyRow: 'write',
    progress: () => undefined,
  });
  const [finding] = findings;
  if (finding === undefined) throw new Error('A rule was evaluated without a finding.');
  return { finding, failing: rejectsTable };
}

/** A report without sensitive values, and the figures that later validations compare with: those stay in the state. */
interface PublishedReport {
  readonly report: Report;
  readonly observed: ObservedValues | undefined;
}

/** The figures of the rules with a history, before they are masked. */
function observedBy({ rows, findings }: Report): ObservedValues {
  const compared = findings.filter(({ rule }) => ruleKind(rule)?.daysBack !== undefined);
  return { rows: rows.gold, values: numbersOf(compared) };
}

/** Writes the report and publishes it with the rejected rows. */
export async function publishReport(
  context: StageContext,
  input: LoadInput,
  { report, observed }: PublishedReport,
  rejects: OutputRejects,
): Promise<Manifest> {
  const final = context.lake.reportFile(input.date, input.table);
  const temporary = join(context.temporary, 'report.json');
  await inWords(final, () => writeFile(temporary, `${JSON.stringify(report, undefined, 2)}\n`, 'utf8'));
  return publishOutput(context, {
    of: { layer: 'validated', date: input.date, table: input.table, key: input.key },
    file: { temporary, final, rows: report.rows.accepted },
    rejects,
    facts: {
      inputs: [{ path: input.gold.output.path, key: input.gold.key, rows: input.gold.output.rows }],
      edges: report.edges.filter((e) => e.to === 'accepted' || e.to === 'loaded'),
      ...defined({ observed }),
    },
  });
}

/** The published validation of the same key, where its report and rejects are whole. */
async function published(
  context: StageContext,
  input: LoadInput,
  table: Table,
): Promise<Validated | undefined> {
  const { connection, lake } = context;
  const manifest = lake.manifest('validated', input.date, input.table);
  if (manifest?.key !== input.key) return undefined;
  // Masked as the config says now, whatever it said when it was written.
  const report = readReport(context, input.date, input.table);
  if (report?.rows.accepted !== manifest.output.rows) return undefined;
  // A rule that could not be evaluated (damaged file, no memory) says nothing of the rows: it is tried again.
  if (report.findings.some((finding) => finding.status === 'error')) return undefined;
  if (manifest.rejects === undefined) return { manifest, report, table, view: GOLD_VIEW, rejects: undefined };
  const path = lake.absolute(manifest.rejects.path);
  if ((await sizeOf(path)) !== manifest.rejects.bytes) return undefined;
  await readRejects(connection, path, REJECTS_TABLE);
  const rejected = await countRejected(context, table, REJECTS_TABLE);
  if (rejected !== manifest.rejects.rows) return undefined;
  return { manifest, report, table, view: GOLD_VIEW, rejects: REJECTS_TABLE };
}

/** Rows of the table of rejected rows; a row in it twice would be counted twice as rejected. */
async function countRejected(context: StageContext, table: Table, rejects: string): Promise<number> {
  const [counted] = await context.connection.rows<{ rows: number; distinct_rows: number }>(
    `SELECT count(*) AS rows, count(DISTINCT "_row") AS distinct_rows FROM ${quoteIdentifier(rejects)}`,
    { signal: context.signal },
  );
  if (counted?.rows !== counted?.distinct_rows)
    throw new PipelineError(
      'CONSERVATION',
      `The rejected rows of ${table.name} hold ${String(counted?.rows)} entries for ${String(counted?.distinct_rows)} rows.`,
      'Report this with the log of the run.',
    );
  return counted?.rows ?? 0;
}

/** The status of a table by its rules, and by the findings about its input and the technical checks of its gold. */
export function statusWith(rules: Report['status'], findings: readonly Finding[]): Report['status'] {
  const statuses = findings.map((f) => f.status);
  if (statuses.some((s) => s === 'failed' || s === 'error')) return 'failed';
  return worst([rules, statuses.includes('warned') ? 'warned' : 'passed']);
}

function worst(statuses: readonly Report['status'][]): Report['status'] {
  return (['failed', 'warned'] as const).find((s) => statuses.includes(s)) ?? 'passed';
}
