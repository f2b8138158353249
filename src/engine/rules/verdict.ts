// From counts to statuses: limits, thresholds, and what a finding means for its table.
import { defined, type FindingStatus, type Limit, type Rule, type Settings } from '../model';
import type { Observation } from './ruleKind';

export type Thresholds = Pick<Settings, 'errorThreshold' | 'warningThreshold'>;

export interface RuleResult {
  readonly status: FindingStatus;
  /** The limit that decided, in words. */
  readonly limit?: string;
  /** The table must not be loaded. */
  readonly blocks: boolean;
}

/** Does a number of failing rows exceed a limit? Compared without division: 1% of 300 rows is 3 rows exactly. */
export function exceeds(limit: Limit, failing: number, evaluated: number): boolean {
  return 'count' in limit ? failing > limit.count : failing * 100 > limit.percent * evaluated;
}

/** "5 rows", "1%". */
export function limitInWords(limit: Limit): string {
  if ('percent' in limit) return `${limit.percent}%`;
  return limit.count === 1 ? '1 row' : `${limit.count} rows`;
}

/** Any failing row above the rule's own limit fails it: `fail`, and `reject` where no row can be rejected. */
function isStrict(rule: Rule, canReject: boolean): boolean {
  return rule.onFail === 'fail' || (rule.onFail === 'reject' && !canReject);
}

/**
 * The verdict on failing rows.
 * @param canReject Can the failing rows be rejected?
 */
export function judgeRows(
  rule: Rule,
  rows: { readonly evaluated: number; readonly failing: number },
  thresholds: Thresholds,
  canReject: boolean,
): RuleResult {
  const { evaluated, failing } = rows;
  const over = (limit: Limit): boolean => exceeds(limit, failing, evaluated);
  if (isStrict(rule, canReject)) {
    const limit = rule.error ?? { count: 0 };
    if (over(limit)) return { status: 'failed', limit: limitInWords(limit), blocks: true };
  }
  switch (rule.severity) {
    case 'error': {
      const limit = rule.error ?? { percent: thresholds.errorThreshold };
      const words =
        rule.error === undefined ? `${limitInWords(limit)} (ERROR_THRESHOLD)` : limitInWords(limit);
      if (over(limit)) return { status: 'failed', limit: words, blocks: rule.onFail !== 'report' };
      return warned(rule, over, words);
    }
    case 'warning':
      return warned(rule, over, undefined);
    case 'info':
      return { status: 'passed', blocks: false };
    default:
      return rule.severity satisfies never;
  }
}

function warned(rule: Rule, over: (limit: Limit) => boolean, error: string | undefined): RuleResult {
  const status = over(rule.warn ?? { count: 0 }) ? 'warned' : 'passed';
  const limit = rule.warn === undefined ? error : limitInWords(rule.warn);
  return { status, ...defined({ limit }), blocks: false };
}

/** The verdict on a metric. */
export function judgeMetric(
  rule: Rule,
  { status, limit }: Pick<Observation, 'status' | 'limit'>,
): RuleResult {
  const words = limit === undefined ? {} : { limit };
  if (status !== 'failed') return { status, ...words, blocks: false };
  if (isStrict(rule, false)) return { status: 'failed', ...words, blocks: true };
  switch (rule.severity) {
    case 'error':
      return { status: 'failed', ...words, blocks: false };
    case 'warning':
      return { status: 'warned', ...words, blocks: false };
    case 'info':
      return { status: 'passed', ...words, blocks: false };
    default:
      return rule.severity satisfies never;
  }
}

/** The verdict on a rule that could not be evaluated. */
export function judgeError(rule: Rule): RuleResult {
  return {
    status: 'error',
    blocks: rule.onFail === 'fail' || (rule.severity === 'error' && rule.onFail !== 'report'),
  };
}

/** Does this rule's finding alone make its table "warned"? */
export function warnsTable(rule: Rule, status: FindingStatus, metric: boolean): boolean {
  if (status === 'passed' || status === 'skipped' || rule.severity === 'info') return false;
  // A warning counts towards WARNING_THRESHOLD unless it has a limit of its own or no rows to count.
  return rule.severity === 'error' || status !== 'warned' || metric || rule.warn !== undefined;
}
