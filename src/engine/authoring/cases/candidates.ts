// Which failures of a date a case can be made of, worst first, and what each is called.
import { readLedger, rejectedFiles } from '../../lake';
import { defined, isInputFinding, type DateKey, type Finding, type Report } from '../../model';
import { type RejectCount, SURROUNDINGS, readReport, rejectCounts } from '../../report';
import { openFailures } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { CaseCandidate, CaseFailure } from './model';

export const failedFinding = ({ status, failing }: Finding): boolean =>
  status === 'failed' || status === 'error' || status === 'warned' || failing > 0;

/** A file that repeats another has no lines of its own. */
export const REPEATED_FILE = 'DUPLICATE_CONTENT';

/** What is known of a table and date that failures are read from. */
export interface TableFailures {
  readonly report: Report | undefined;
  readonly rejects: readonly RejectCount[];
  readonly files: readonly { readonly code: string }[];
  readonly steps: readonly FailedStep[];
}

export function tableFailures(
  workspace: OpenWorkspace,
  date: DateKey,
  table: string,
  counts: readonly RejectCount[],
): TableFailures {
  return {
    report: readReport(workspace, date, table),
    rejects: counts.filter((r) => r.table === table),
    files: rejectedFiles(workspace.lake, date).filter((f) => f.table === table),
    steps: openSteps(workspace, date, table),
  };
}

/**
 * What failed on a date and can be made a case of: table by table in the order of table_schemas.json, each worst first.
 * @throws PipelineError CANCELLED; PARQUET_INVALID for rejects that cannot be read.
 */
export async function caseFailures(
  workspace: OpenWorkspace,
  date: DateKey,
  signal: AbortSignal,
): Promise<readonly CaseCandidate[]> {
  const counts = await rejectCounts(workspace.lake, date, signal);
  const all: CaseCandidate[] = [];
  for (const { name } of workspace.config.tables)
    for (const one of candidates(tableFailures(workspace, date, name, counts)))
      all.push({ ...one, table: name, title: failureTitle(one.failure), name: caseName(name, one.failure) });
  return all;
}

/** Worst first. */
export function candidates({
  report,
  rejects,
  files,
  steps,
}: TableFailures): readonly Pick<CaseCandidate, 'failure' | 'kind' | 'rows'>[] {
  // What the input was like is shown by its rejects and conversions.
  const findings = (report?.findings ?? []).filter((one) => !isInputFinding(one));
  const ofStatus = (...statuses: readonly Finding['status'][]): readonly Finding[] =>
    statuses.flatMap((status) => findings.filter((one) => one.status === status));
  const step = (one: FailedStep): Candidate => ({ failure: one, kind: 'step', rows: null });
  const rule = (finding: Finding): Candidate => ({
    failure: { kind: 'rule', id: finding.id },
    kind: finding.status === 'warned' ? 'warned' : failedFinding(finding) ? 'failed' : 'passed',
    rows: finding.failing,
  });
  const within = findings.filter((one) => one.failing > 0 && ['passed', 'skipped'].includes(one.status));
  const codes = new Set(files.map(({ code }) => code));
  const kept = rejectsByReason(rejects).filter(
    ({ failure }) => failure.kind !== 'reject' || !codes.has(failure.code),
  );
  return [
    ...steps.filter(({ code }) => code !== 'VALIDATION_FAILED' && !SURROUNDINGS.includes(code)).map(step),
    ...[...codes]
      .filter((code) => code !== REPEATED_FILE)
      .map((code): Candidate => ({ failure: { kind: 'reject', code }, kind: 'file', rows: null })),
    ...ofStatus('failed', 'error', 'warned').map(rule),
    // A table refused by its rules is shown by these first.
    ...steps.filter(({ code }) => code === 'VALIDATION_FAILED').map(step),
    ...kept.filter((one) => !isRemoval(one.failure)),
    ...conversionsByColumn(report),
    ...within.map((finding): Candidate => ({ ...rule(finding), kind: 'passed' })),
    ...kept.filter((one) => isRemoval(one.failure)),
  ];
}

type Candidate = Pick<CaseCandidate, 'failure' | 'kind' | 'rows'>;

/** A duplicate that was removed as the table wants it: no failure, and nice to have as a case. */
const isRemoval = (failure: CaseFailure): boolean =>
  failure.kind === 'reject' && failure.code === 'DUPLICATE_REMOVED';

/** Rows kept out for one reason, over all stages and brands, in the order in which the reasons come. */
function rejectsByReason(rejects: readonly RejectCount[]): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { kind, what, columns, rows } of rejects) {
    if (kind !== 'code') continue;
    const [column] = columns;
    const key = JSON.stringify([what, column]);
    found.set(key, {
      failure: { kind: 'reject', code: what, ...defined({ column }) },
      kind: 'reject',
      rows: rows + (found.get(key)?.rows ?? 0),
    });
  }
  return [...found.values()];
}

function conversionsByColumn(report: Report | undefined): readonly Candidate[] {
  const sums = new Map<string, number>();
  for (const { column, failed, on_error } of report?.conversions ?? [])
    // Where the row was rejected, the reject tells it.
    if (failed > 0 && on_error === 'null') sums.set(column, failed + (sums.get(column) ?? 0));
  return [...sums].map(([column, rows]): Candidate => ({
    failure: { kind: 'conversion', column },
    kind: 'conversion',
    rows,
  }));
}

/** A name that is a folder's on every system. */
export const folderName = (text: string): string =>
  text.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^$/, '_');

/** The name a case gets where none is given: short enough for every file system. */
export const caseName = (table: string, failure: CaseFailure): string =>
  Array.from(folderName(`${table}_${failureName(failure)}`))
    .slice(0, 100)
    .join('');

/** The failure as a heading: "rule user_id_form fails". */
export function failureTitle(failure: CaseFailure): string {
  switch (failure.kind) {
    case 'rule':
      return `rule ${failure.id} fails`;
    case 'reject':
      return `rejected for ${failure.code}${failure.column === undefined ? '' : ` (${failure.column})`}`;
    case 'conversion':
      return `values of ${failure.column} do not convert`;
    case 'step':
      return `step ${failure.stage} fails${failure.code === undefined ? '' : ` with ${failure.code}`}`;
    default:
      return failure satisfies never;
  }
}

/** The failure as part of a folder's name. */
function failureName(failure: CaseFailure): string {
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

type FailedStep = Extract<CaseFailure, { kind: 'step' }> & { readonly code: string };

/**
 * Failed steps of the table that still have something to do. A table refused by its rules is told by these; a file
 * that was rejected whole is a failure of its own.
 */
function openSteps(workspace: OpenWorkspace, date: DateKey, table: string): readonly FailedStep[] {
  return openFailures(workspace, readLedger(workspace.lake.stateDir).entries, [date])
    .filter((failure) => failure.table === table && failure.rejected_file === undefined)
    .map(({ stage, error }) => ({ kind: 'step', stage, code: error.code }));
}
