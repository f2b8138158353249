// From failing rows to findings: counts, rows to reject, samples, statuses.
import { quoteIdentifier } from '../base';
import { defined, type Finding } from '../model';
import { breaksAny, breaksSlot, mergedSelect, rejectsSelect, slotOf } from './brokenRows';
import { sampleRows } from './samples';
import { judgeError, judgeMetric, judgeRows, warnsTable, type RuleResult } from './verdict';
import type { Evaluation, EvaluationRequest, Slip, EvaluationTask } from './evaluation';

/** Ends an evaluation whose finders have run. @param total Rows of the relation. */
export async function conclude(work: EvaluationTask, total: number): Promise<Evaluation> {
  const { request, slips } = work;
  const broken = await merge(work);
  const verdicts = new Map<Slip, RuleResult>();
  const counts = await countBroken(work, broken);
  for (const slip of slips) verdicts.set(slip, verdictOf(slip, request.settings));
  const rejecting = slips.filter((slip) => slip.failing > 0 && rejectsRows(work, slip));
  const counting = request.everyRow === 'count';
  const rejects = broken === undefined || counting ? undefined : await rejectsOf(work, broken, rejecting);
  if (broken !== undefined) await sampleRows(work, broken);
  const rejected = counting ? Math.max(0, ...rejecting.map((slip) => slip.failing)) : (rejects?.rows ?? 0);
  return {
    findings: slips.map((slip) => findingOf(slip, verdicts.get(slip) ?? judgeError(slip.rule))),
    rejected,
    rejectsTable: rejects?.table,
    status: tableStatus(request.settings, verdicts, counts, { total, rejected }),
    brokenRows: { error: counts.error, warning: counts.warning },
  };
}

/** All failing rows in one table, each once; undefined where there are none. */
async function merge({ parts, words, create }: EvaluationTask): Promise<string | undefined> {
  const [first] = parts;
  return parts.length <= 1 ? first : create(mergedSelect(parts, words));
}

interface BrokenCounts {
  readonly error: number;
  readonly warning: number;
  /** Of the rules that ERROR_THRESHOLD and WARNING_THRESHOLD decide about. */
  readonly errorThreshold: number;
  readonly warningThreshold: number;
}

async function countBroken(work: EvaluationTask, broken: string | undefined): Promise<BrokenCounts> {
  const found = work.slips.filter((slip) => slip.canReject || slip.kind?.meaning.level === 'table');
  const of = (want: (slip: Slip) => boolean): string =>
    breaksAny(found.filter((slip) => slip.outcome === undefined && want(slip)).map(({ index }) => index));
  const groups = {
    error: of(({ rule }) => rule.severity === 'error'),
    warning: of(({ rule }) => rule.severity === 'warning'),
    errorThreshold: of(
      ({ rule, canReject }) =>
        rule.severity === 'error' && rule.error === undefined && rule.onFail !== 'report' && canReject,
    ),
    warningThreshold: of(({ rule }) => rule.severity === 'warning' && rule.warn === undefined),
  };
  if (broken === undefined) return { error: 0, warning: 0, errorThreshold: 0, warningThreshold: 0 };
  const counted = work.slips.filter((slip) => slip.outcome === undefined && isCounted(slip));
  const items = [
    ...Object.entries(groups).map(
      ([name, sql]) => `count(*) FILTER (WHERE ${sql}) AS ${quoteIdentifier(name)}`,
    ),
    ...counted.map(({ index }) => `count(*) FILTER (WHERE ${breaksSlot(slotOf(index))}) AS r${index}`),
  ];
  const [row] = await work.request.connection.rows(
    `SELECT ${items.join(',\n  ')}\nFROM ${quoteIdentifier(broken)}`,
    {
      signal: work.request.signal,
    },
  );
  for (const slip of counted) slip.failing = Number(row?.[`r${slip.index}`] ?? 0);
  return {
    error: Number(row?.['error'] ?? 0),
    warning: Number(row?.['warning'] ?? 0),
    errorThreshold: Number(row?.['errorThreshold'] ?? 0),
    warningThreshold: Number(row?.['warningThreshold'] ?? 0),
  };
}

/** Do its failing rows go into the table of rejects? */
function rejectsRows({ request }: EvaluationTask, slip: Slip): boolean {
  if (request.everyRow !== undefined) return slip.outcome === undefined && isCounted(slip);
  return slip.rule.onFail === 'reject' && slip.canReject;
}

/** Are its failing rows in the table of broken rows? */
function isCounted({ kind, canReject }: Slip): boolean {
  if (kind === undefined) return false;
  switch (kind.meaning.level) {
    case 'row':
    case 'measured':
    case 'table':
    case 'reference':
      return true;
    case 'query':
      return canReject;
    case 'metric':
      return false;
    default:
      return kind.meaning satisfies never;
  }
}

function verdictOf(slip: Slip, settings: EvaluationRequest['settings']): RuleResult {
  switch (slip.outcome) {
    case 'error':
      return judgeError(slip.rule);
    case 'passed':
    case 'failed':
    case 'skipped':
      return judgeMetric(slip.rule, {
        status: slip.outcome,
        ...defined({ limit: slip.limit }),
      });
    case undefined:
      return judgeRows(slip.rule, slip, settings, slip.canReject);
    default:
      return slip.outcome satisfies never;
  }
}

async function rejectsOf(
  work: EvaluationTask,
  broken: string,
  rejecting: readonly Slip[],
): Promise<{ readonly table: string; readonly rows: number } | undefined> {
  if (rejecting.length === 0) return undefined;
  const { connection, relation, signal } = work.request;
  const table = `${relation}_rejects`;
  const ids = rejecting.map(({ index, rule }) => ({ index, id: rule.id }));
  const query = rejectsSelect(broken, ids);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteIdentifier(table)} AS\n${query}`, { signal });
  const [row] = await connection.rows(`SELECT count(*) AS n FROM ${quoteIdentifier(table)}`, { signal });
  return { table, rows: Number(row?.['n'] ?? 0) };
}

function tableStatus(
  { errorThreshold, warningThreshold }: EvaluationRequest['settings'],
  verdicts: ReadonlyMap<Slip, RuleResult>,
  counts: BrokenCounts,
  { total, rejected }: { readonly total: number; readonly rejected: number },
): Evaluation['status'] {
  if ([...verdicts.values()].some((verdict) => verdict.blocks)) return 'failed';
  if (counts.errorThreshold * 100 > errorThreshold * total) return 'failed';
  const warned = [...verdicts].some(([slip, { status }]) =>
    warnsTable(slip.rule, status, slip.kind?.meaning.level === 'metric' || !isCounted(slip)),
  );
  return warned || rejected > 0 || counts.warningThreshold * 100 > warningThreshold * total
    ? 'warned'
    : 'passed';
}

function findingOf(slip: Slip, verdict: RuleResult): Finding {
  const { rule, evaluated, failing } = slip;
  const percent = evaluated === 0 ? (failing > 0 ? 100 : 0) : Math.min(100, (100 * failing) / evaluated);
  return {
    id: rule.id,
    rule: rule.kind,
    columns: rule.columns,
    severity: rule.severity,
    status: verdict.status,
    evaluated,
    failing,
    failing_pct: Number(percent.toFixed(4)),
    ...defined({ limit: verdict.limit, observed: slip.observed, message: slip.message }),
    ...(rule.description === '' ? {} : { description: rule.description }),
    samples: slip.samples,
    seconds: Number(slip.seconds.toFixed(3)),
    config_line: rule.location.line ?? 0,
  };
}
