// Rules of a draft on the real rows of a date: one rule alone, or all of them against the last validation.
import { performance } from 'node:perf_hooks';
import { checkConfig } from '../../workspace';
import { problemError, quoteIdentifier } from '../../base';
import {
  type Config,
  type DateKey,
  type Finding,
  PipelineError,
  type Report,
  type Rule,
  type Table,
  isInputFinding,
  throwIfCancelled,
  defined,
} from '../../model';
import { publishedOutputs, readRejects, statusWith, validationKey } from '../../stages';
import type { Lake, Manifest } from '../../lake';
import { readReport } from '../../report';
import type { Evaluation } from '../../rules';
import type { DraftFile, RowsFile, RuleChange, RuleOutcome, RuleTrial } from './model';
import type { RowsFiles } from './rowsFiles';
import type { Sketch } from './draftConfig';
import {
  evaluateOn,
  openGold,
  VIEW,
  type OpenedGold,
  type TrialContext,
  type TrialSession,
  type TrialWorkspace,
  withTrialSession,
} from './trialGold';

const BEFORE = 'm7_trial_before';

/** A rule of a draft, and the gold it is tried on. */
export interface RuleOnDate {
  readonly table: string;
  readonly rule: string;
  readonly date: DateKey;
}

/**
 * Evaluates one rule as the draft has it, switched off or not; what else is wrong in the draft does not matter.
 * Its failing rows are counted: writing them reads the whole width of gold, which takes several times as long.
 * @throws PipelineError NOT_FOUND: the draft has no such rule, the date no gold.
 */
export function tryRule(
  workspace: TrialWorkspace,
  sketch: Sketch,
  wanted: RuleOnDate,
  context: TrialContext,
): Promise<RuleTrial> {
  const start = performance.now();
  return onRule({ workspace, sketch, wanted, context }, 'count', ({ rule, finding, evaluation }) =>
    Promise.resolve({
      finding,
      severity: rule.severity,
      date: wanted.date,
      rows: evaluation.rejected,
      seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
    }),
  );
}

/** Writes the rows that break a rule of a draft, for a reader; undefined where there are none. Throws as tryRule. */
export function failingRows(
  workspace: TrialWorkspace,
  sketch: Sketch,
  wanted: RuleOnDate,
  context: TrialContext,
): Promise<RowsFile | undefined> {
  return onRule({ workspace, sketch, wanted, context }, 'write', (tried) => {
    const { rule, evaluation, session, opened } = tried;
    if (evaluation.rejectsTable === undefined) return Promise.resolve(undefined);
    return session.rowsFiles.write(session.connection, {
      name: `${rule.id} ${wanted.date}`,
      view: VIEW,
      rows: `SELECT _row, rules FROM ${quoteIdentifier(evaluation.rejectsTable)}`,
      columns: opened.columns,
      signal: context.signal,
    });
  });
}

interface TriedRule {
  readonly rule: Rule;
  readonly finding: Finding;
  readonly evaluation: Evaluation;
  readonly session: TrialSession;
  readonly opened: OpenedGold;
}

async function onRule<T>(
  {
    workspace,
    sketch: { config },
    wanted,
    context,
  }: {
    readonly workspace: TrialWorkspace;
    readonly sketch: Sketch;
    readonly wanted: RuleOnDate;
    readonly context: TrialContext;
  },
  everyRow: 'count' | 'write',
  work: (tried: TriedRule) => Promise<T>,
): Promise<T> {
  const rule = config.rules.find((one) => one.table === wanted.table && one.id === wanted.rule);
  if (rule === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `Table ${wanted.table} has no rule ${wanted.rule} here.`,
      'Fix the text of the rule, then run it again.',
    );
  return withTrialSession(workspace, async (session) => {
    const opened = await openGold(session, config, wanted, context.signal);
    const rules = [{ ...rule, enabled: true }];
    const evaluation = await evaluateOn(session, config, opened, {
      rules,
      everyRow,
      ...context,
    });
    const [finding] = evaluation.findings;
    if (finding === undefined) throw new Error('A rule was evaluated without a finding.');
    return work({ rule, finding, evaluation, session, opened });
  });
}

/**
 * What the draft's rules would change against the last validation of the date, for each table whose rules differ
 * from those it was validated with, in the order of the config.
 * @throws PipelineError CONFIG_INVALID | SQL_INVALID for the first error of the draft, CANCELLED.
 */
export async function whatWouldChange(
  workspace: TrialWorkspace,
  texts: Readonly<Record<DraftFile, string>>,
  wanted: { readonly date: DateKey; readonly tables?: readonly string[] },
  context: TrialContext,
): Promise<readonly RuleChange[]> {
  const { signal } = context;
  return withTrialSession(workspace, async (session) => {
    const { connection } = session;
    const { config, problems } = await checkConfig(workspace.settings, {
      connection,
      signal,
      contents: {
        'brand_configs.json': texts.brand_configs,
        'table_schemas.json': texts.table_schemas,
        'validation_rules.json': texts.validation_rules,
      },
    });
    const first = problems.find((problem) => problem.severity === 'error');
    if (first !== undefined) throw problemError(first);
    if (config === undefined) throw new Error('A config without a problem was not built.');
    const tables = config.tables.filter(
      (table) =>
        wanted.tables?.includes(table.name) !== false && differs(workspace, config, table, wanted.date),
    );
    const changes: RuleChange[] = [];
    for (const [index, { name }] of tables.entries()) {
      throwIfCancelled(signal);
      const progress = (percent: number): void => context.progress((100 * index + percent) / tables.length);
      const on = { table: name, date: wanted.date };
      changes.push(await changeOf(session, config, on, { signal, progress }));
    }
    context.progress(100);
    return changes;
  });
}

/** Was the table's gold validated by other rules than the draft's? Tables that were never validated have no before. */
function differs(workspace: TrialWorkspace, config: Config, table: Table, date: DateKey): boolean {
  const { lake, settings } = workspace;
  const gold = lake.manifest('gold', date, table.name);
  const validated = lake.manifest('validated', date, table.name);
  if (gold === undefined || validated === undefined) return false;
  const key = validationKey({ config, settings }, { table, date, gold: gold.key }, publishedOutputs(lake));
  return validated.key !== key;
}

async function changeOf(
  session: TrialSession,
  config: Config,
  on: { readonly table: string; readonly date: DateKey },
  context: TrialContext,
): Promise<RuleChange> {
  const { lake, rowsFiles, connection } = session;
  const { date } = on;
  const { signal } = context;
  const opened = await openGold(session, config, on, signal);
  const { table, gold } = opened;
  const validated = lake.manifest('validated', date, table.name);
  const report = validated && readReport({ lake, config }, date, table.name);
  if (validated === undefined || report === undefined || validated.inputs[0]?.key !== gold.key)
    throw new PipelineError(
      'NOT_FOUND',
      `Gold of ${table.name}, ${date}, is newer than its last validation: there is nothing to compare with.`,
      `Run the date first: m7 run --date ${date}`,
    );
  if (validated.rejects === undefined)
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${quoteIdentifier(BEFORE)} ("_row" BIGINT, "rules" VARCHAR[])`,
    );
  else await readRejects(connection, lake.absolute(validated.rejects.path), BEFORE);
  const rules = config.rules.filter((rule) => rule.table === table.name);
  const evaluation = await evaluateOn(session, config, opened, { rules, ...context });
  const after =
    evaluation.rejectsTable === undefined
      ? 'SELECT CAST(NULL AS BIGINT) AS _row, CAST(NULL AS VARCHAR[]) AS rules LIMIT 0'
      : `SELECT _row, rules FROM ${quoteIdentifier(evaluation.rejectsTable)}`;
  const before = `SELECT _row, rules FROM ${quoteIdentifier(BEFORE)}`;
  const only = (these: string, those: string): string =>
    `SELECT _row, rules FROM (${these}) ANTI JOIN (${those}) AS others USING (_row)`;
  const rows = (what: string, query: string): ReturnType<RowsFiles['write']> =>
    rowsFiles.write(connection, {
      name: `${table.name} ${date} ${what}`,
      view: VIEW,
      rows: query,
      columns: opened.columns,
      signal,
    });
  const rejectedRows = await rows('newly rejected', only(after, before));
  const acceptedRows = await rows('newly accepted', only(before, after));
  const newlyRejected = rejectedRows?.total ?? 0;
  const newlyAccepted = acceptedRows?.total ?? 0;
  const total = gold.output.rows;
  if (evaluation.rejectsTable !== undefined)
    await connection.run(`DROP TABLE temp.${quoteIdentifier(evaluation.rejectsTable)}`);
  return {
    table: table.name,
    date,
    before: { status: report.status, rejected: validated.rejects?.rows ?? 0 },
    after: { status: statusWith(evaluation.status, beside(report, gold)), rejected: evaluation.rejected },
    newlyRejected,
    newlyAccepted,
    unchanged: total - newlyRejected - newlyAccepted,
    rules: differences(report, gold, evaluation.findings),
    ...defined({ rejectedRows, acceptedRows }),
  };
}

/** Findings of a report that no rule changes: about the input, and the technical checks. */
function beside(report: Report, gold: Manifest): readonly Finding[] {
  return [...report.findings.filter(isInputFinding), ...(gold.findings ?? [])];
}

/** Rules whose outcome is another one, those of the draft first in their order. */
function differences(report: Report, gold: Manifest, after: readonly Finding[]): RuleChange['rules'] {
  const others = new Set(beside(report, gold).map((finding) => finding.id));
  const before = new Map(
    report.findings.filter(({ id }) => !others.has(id)).map((finding) => [finding.id, finding]),
  );
  const kept = after.flatMap((finding) => {
    const old = before.get(finding.id);
    const one = {
      id: finding.id,
      before: old === undefined ? null : outcomeOf(old),
      after: outcomeOf(finding),
    };
    return JSON.stringify(one.before) === JSON.stringify(one.after) ? [] : [one];
  });
  const ids = new Set(after.map((finding) => finding.id));
  const gone = [...before.values()].filter(({ id }) => !ids.has(id));
  return [...kept, ...gone.map((finding) => ({ id: finding.id, before: outcomeOf(finding), after: null }))];
}

function outcomeOf({ status, failing, observed, message }: Finding): RuleOutcome {
  return {
    status,
    failing,
    ...defined({ observed, message }),
  };
}

/** Dates with gold of a table, or of any, newest first. */
export function trialDates(lake: Lake, table: string | undefined): readonly DateKey[] {
  const dates = lake.dates('gold').toReversed();
  return table === undefined
    ? dates
    : dates.filter((date) => lake.manifest('gold', date, table) !== undefined);
}
