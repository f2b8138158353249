// Which failure of a date a case is made of, in words, and whether a run shows it too.
import { PipelineError } from '../errors';
import { readLedger } from '../ledger';
import type { DateKey, Finding, Report, Rule } from '../model';
import type { RejectCount } from '../report/model';
import { didYouMean } from '../rules';
import { rejectedFiles } from '../stages/rejectedFile';
import { readReport } from '../summary';
import { rejectCounts } from '../sessions';
import type { OpenWorkspace } from '../workspace';
import type { Found } from './attempt';
import type { CaseFailure } from './model';

/** A failure as it stands in the workspace. */
export interface Chosen {
  readonly failure: CaseFailure;
  readonly report: Report | undefined;
  /** For a rule. */
  readonly finding: Finding | undefined;
  /** For a rule of the config. */
  readonly rule: Rule | undefined;
}

const failedFinding = ({ status, failing }: Finding): boolean =>
  status === 'failed' || status === 'error' || status === 'warned' || failing > 0;

/**
 * Finds the failure that is meant, or without one the worst of the table.
 * @throws PipelineError NOT_FOUND where the table did not fail so.
 */
export async function chooseFailure(
  workspace: OpenWorkspace,
  wanted: { readonly date: DateKey; readonly table: string; readonly failure?: CaseFailure },
  signal: AbortSignal,
): Promise<Chosen> {
  const { date, table } = wanted;
  const report = readReport(workspace, date, table);
  const rejects = (await rejectCounts(workspace.lake, date, signal)).filter((r) => r.table === table);
  const steps = openSteps(workspace, date, table);
  const files = rejectedFiles(workspace.lake, date).filter((f) => f.table === table);
  if (report === undefined && rejects.length === 0 && files.length === 0 && steps.length === 0)
    throw new PipelineError(
      'NOT_FOUND',
      `Nothing is known of ${table} on ${date}: it has no report, no rejects and no failed step.`,
      `Run the date first: m7 run --date ${date}`,
    );
  const failure = wanted.failure ?? worst(report, rejects, files, steps);
  if (failure === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `Nothing of ${table} failed on ${date}.`,
      'Choose a table and date with a failure: m7 status tells them.',
    );
  const chosen = (finding?: Finding): Chosen => ({
    failure,
    report,
    finding,
    rule: workspace.config.rules.find((r) => r.table === table && r.id === finding?.id),
  });
  const none = (what: string, known: readonly string[], named?: string): PipelineError =>
    new PipelineError(
      'NOT_FOUND',
      what,
      known.length === 0
        ? 'See what failed with: m7 report'
        : named === undefined
          ? `What failed: ${known.join(', ')}.`
          : didYouMean(named, known),
    );
  switch (failure.kind) {
    case 'rule': {
      const findings = report?.findings ?? [];
      const finding = findings.find(({ id }) => id === failure.id);
      const failed = findings.filter(failedFinding).map(({ id }) => id);
      if (finding === undefined)
        throw none(`The report of ${table}, ${date}, has no rule ${failure.id}.`, failed, failure.id);
      const removed = failure.id === PRIMARY_KEY && (report?.rows.duplicates ?? 0) > 0;
      if (!failedFinding(finding) && !removed)
        throw none(`Rule ${failure.id} did not fail on ${date}: it ${finding.status}.`, failed);
      if (finding.rule !== '' && !finding.id.startsWith('technical.') && chosen(finding).rule === undefined)
        throw new PipelineError(
          'NOT_FOUND',
          `Rule ${failure.id} stands in the report of ${table}, ${date}, and no longer in validation_rules.json.`,
          `Validate the date again: m7 validate --date ${date} --table ${table}`,
        );
      return chosen(finding);
    }
    case 'reject': {
      const reasons = [
        ...rejects.filter((r) => r.kind === 'code').map((r) => r.what),
        ...files.map((f) => f.code),
      ];
      if (!reasons.includes(failure.code))
        throw none(`No line, row or file of ${table} was kept out for ${failure.code} on ${date}.`, [
          ...new Set(reasons),
        ]);
      return chosen();
    }
    case 'conversion': {
      const columns = (report?.conversions ?? []).filter((c) => c.failed > 0).map((c) => c.column);
      if (!columns.includes(failure.column))
        throw none(`All values of ${table}.${failure.column} converted on ${date}.`, columns);
      return chosen();
    }
    case 'step': {
      const step = steps.find((s) => s.stage === failure.stage);
      if (step === undefined)
        throw none(
          `Step ${failure.stage} of ${table}, ${date}, did not fail.`,
          steps.map((s) => s.stage),
        );
      return { ...chosen(), failure: { ...failure, code: step.code } };
    }
    default:
      return failure satisfies never;
  }
}

export const PRIMARY_KEY = 'technical.primary_key';

type Step = Extract<CaseFailure, { kind: 'step' }> & { readonly code: string };

/** Steps of the table whose last end is a failure. A table refused by its rules is told by these. */
function openSteps({ lake }: OpenWorkspace, date: DateKey, table: string): readonly Step[] {
  const open = new Map<string, Step>();
  for (const entry of readLedger(lake.stateDir).entries) {
    if (entry.kind !== 'step' || entry.outcome.date !== date || entry.outcome.table !== table) continue;
    const { stage, brand, status, error } = entry.outcome;
    const key = `${stage} ${brand ?? ''}`;
    if (status === 'done') open.delete(key);
    if (status === 'failed') open.set(key, { kind: 'step', stage, code: error?.code ?? 'BUG' });
  }
  return [...open.values()];
}

function worst(
  report: Report | undefined,
  rejects: readonly RejectCount[],
  files: readonly { readonly code: string }[],
  steps: readonly Step[],
): CaseFailure | undefined {
  const step = steps.find(({ code }) => code !== 'VALIDATION_FAILED');
  if (step !== undefined) return step;
  const [file] = files;
  if (file !== undefined) return { kind: 'reject', code: file.code };
  const findings = report?.findings ?? [];
  const finding = (['failed', 'error', 'warned'] as const)
    .map((status) => findings.find((one) => one.status === status))
    .find((one) => one !== undefined);
  if (finding !== undefined) return { kind: 'rule', id: finding.id };
  const [refused] = steps;
  if (refused !== undefined) return refused;
  const reject = rejects.find(({ kind }) => kind === 'code');
  if (reject !== undefined) return rejectFailure(reject);
  const conversion = report?.conversions.find(({ failed }) => failed > 0);
  if (conversion !== undefined) return { kind: 'conversion', column: conversion.column };
  const failing = findings.find((one) => one.failing > 0);
  return failing === undefined ? undefined : { kind: 'rule', id: failing.id };
}

function rejectFailure({ what, columns }: RejectCount): CaseFailure {
  const [column] = columns;
  return { kind: 'reject', code: what, ...(column === undefined ? {} : { column }) };
}

/** The failure as a heading: "rule user_id_form fails". */
export function failureTitle(failure: CaseFailure): string {
  switch (failure.kind) {
    case 'rule':
      return `rule ${failure.id} fails`;
    case 'reject':
      return `kept out for ${failure.code}${failure.column === undefined ? '' : ` (${failure.column})`}`;
    case 'conversion':
      return `values of ${failure.column} do not convert`;
    case 'step':
      return `step ${failure.stage} fails${failure.code === undefined ? '' : ` with ${failure.code}`}`;
    default:
      return failure satisfies never;
  }
}

/** The failure as part of a folder's name. */
export function failureName(failure: CaseFailure): string {
  switch (failure.kind) {
    case 'rule':
      return failure.id;
    case 'reject':
      return [failure.code, failure.column ?? ''].filter((part) => part !== '').join('_');
    case 'conversion':
      return `conversion_${failure.column}`;
    case 'step':
      return failure.stage;
    default:
      return failure satisfies never;
  }
}

/** Does a run show the failure that was chosen? */
export function showsFailure(chosen: Chosen, found: Found): boolean {
  const { failure } = chosen;
  switch (failure.kind) {
    case 'rule':
      return showsFinding(chosen, found);
    case 'reject':
      return (
        found.files.some(({ code }) => code === failure.code) ||
        found.rejects.some(
          ({ kind, what, columns }) =>
            kind === 'code' &&
            what === failure.code &&
            (failure.column === undefined || columns.includes(failure.column)),
        )
      );
    case 'conversion':
      return (found.report?.conversions ?? []).some((c) => c.column === failure.column && c.failed > 0);
    case 'step':
      return found.steps.some(
        ({ stage, status, error }) =>
          stage === failure.stage && status === 'failed' && error?.code === failure.code,
      );
    default:
      return failure satisfies never;
  }
}

function showsFinding({ failure, finding, rule }: Chosen, { report }: Found): boolean {
  const now = failure.kind === 'rule' ? report?.findings.find(({ id }) => id === failure.id) : undefined;
  if (now === undefined || finding === undefined) return false;
  if (finding.status === 'error' || finding.status === 'skipped') return now.status === finding.status;
  if (now.status === 'error' || now.status === 'skipped') return false;
  if (finding.failing > 0) return now.failing > 0;
  if (finding.id === PRIMARY_KEY) return (report?.rows.duplicates ?? 0) > 0;
  // A measure of the whole table: the same verdict, from the same side of its bounds.
  return now.status === finding.status && sideOf(now, rule) === sideOf(finding, rule);
}

/** Below or above its bounds; 0 where that cannot be told. */
function sideOf({ observed, limit }: Finding, rule: Rule | undefined): -1 | 0 | 1 {
  if (typeof observed !== 'number') return 0;
  const words = limit ?? '';
  const range = /^(-?[\d.e+-]+) to (-?[\d.e+-]+)/i.exec(words);
  const least = Number(range?.[1] ?? /^at least (-?[\d.e+-]+)/i.exec(words)?.[1] ?? rule?.parameters['min']);
  const most = Number(range?.[2] ?? /^at most (-?[\d.e+-]+)/i.exec(words)?.[1] ?? rule?.parameters['max']);
  if (!Number.isNaN(least) && observed < least) return -1;
  return !Number.isNaN(most) && observed > most ? 1 : 0;
}
