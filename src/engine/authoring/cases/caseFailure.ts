// Which failure of a date a case is made of, in words, and whether a run shows it too.
import { didYouMean, shellWord } from '../../base';
import {
  type DateKey,
  type Finding,
  PipelineError,
  type Report,
  type Rule,
  isInputFinding,
} from '../../model';

import { rejectCounts } from '../../report';
import type { OpenWorkspace } from '../../workspace';
import type { AttemptResult } from './caseAttempt';
import { candidates, failedFinding, tableFailures } from './candidates';
import type { CaseFailure } from './model';

/** A failure as it is in the workspace. */
export interface Chosen {
  readonly failure: CaseFailure;
  readonly report: Report | undefined;
  /** For a rule. */
  readonly finding: Finding | undefined;
  /** For a rule of the config. */
  readonly rule: Rule | undefined;
}

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
  const known = tableFailures(workspace, date, table, await rejectCounts(workspace.lake, date, signal));
  const { report, rejects, files, steps } = known;
  if (report === undefined && rejects.length === 0 && files.length === 0 && steps.length === 0)
    throw new PipelineError(
      'NOT_FOUND',
      `There are no results for ${table} on ${date}: no report, no rejects, no failed step.`,
      `Run the date first: m7 run --date ${date}`,
    );
  const failure = wanted.failure ?? candidates(known)[0]?.failure;
  if (failure === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `Nothing of ${table} failed on ${date}.`,
      'Choose a table and date with a failure: m7 status lists them.',
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
      const findings = (report?.findings ?? []).filter((one) => !isInputFinding(one));
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
          `Rule ${failure.id} is in the report of ${table}, ${date}, but no longer in validation_rules.json.`,
          `Validate the date again: m7 validate --date ${date} --table ${shellWord(table)}`,
        );
      return chosen(finding);
    }
    case 'reject': {
      const { code, column } = failure;
      const reasons = rejects.filter((r) => r.kind === 'code');
      const codes = [...new Set([...reasons.map((r) => r.what), ...files.map((f) => f.code)])];
      if (!codes.includes(code))
        throw none(`No line, row or file of ${table} was rejected for ${code} on ${date}.`, codes);
      const columns = reasons.filter((r) => r.what === code).flatMap((r) => r.columns);
      if (column !== undefined && !columns.includes(column))
        throw none(
          `No row of ${table} was rejected for ${code} of ${column} on ${date}.`,
          [...new Set(columns)],
          column,
        );
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

/** Does a run show the failure that was chosen? */
export function showsFailure(chosen: Chosen, found: AttemptResult): boolean {
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

const SEVERITIES = { skipped: 0, error: 0, passed: 0, warned: 1, failed: 2 } as const;

function showsFinding({ failure, finding, rule }: Chosen, { report }: AttemptResult): boolean {
  const now = failure.kind === 'rule' ? report?.findings.find(({ id }) => id === failure.id) : undefined;
  if (now === undefined || finding === undefined) return false;
  if (finding.status === 'error' || finding.status === 'skipped') return now.status === finding.status;
  if (now.status === 'error' || now.status === 'skipped') return false;
  // One row of one is over every percentage; of a limit that counts rows, as many are needed.
  if (finding.failing > 0) return now.failing > 0 && SEVERITIES[now.status] >= SEVERITIES[finding.status];
  if (finding.id === PRIMARY_KEY) return (report?.rows.duplicates ?? 0) > 0;
  // A measure of the whole table: the same status, from the same side of its bounds.
  return now.status === finding.status && sideOf(now, rule) === sideOf(finding, rule);
}

/** Below or above its bounds; 0 where that is not known. */
function sideOf({ observed, limit }: Finding, rule: Rule | undefined): -1 | 0 | 1 {
  if (typeof observed !== 'number') return 0;
  const words = limit ?? '';
  const range = /^(-?[\d.e+-]+) to (-?[\d.e+-]+)/i.exec(words);
  const least = Number(range?.[1] ?? /^at least (-?[\d.e+-]+)/i.exec(words)?.[1] ?? rule?.parameters['min']);
  const most = Number(range?.[2] ?? /^at most (-?[\d.e+-]+)/i.exec(words)?.[1] ?? rule?.parameters['max']);
  if (!Number.isNaN(least) && observed < least) return -1;
  return !Number.isNaN(most) && observed > most ? 1 : 0;
}
