// What a case must bring forth: taken from a run, and held against another one in plain words.
import { defined } from '../../model';
import { formatCount, formatFigure, plural } from '../../report';
import type { AttemptResult } from './caseAttempt';
import {
  CASE_LAYERS,
  type CaseDifference,
  type CaseExpectation,
  type CaseFailure,
  type CaseFinding,
  type CaseReject,
} from './model';

/** What a run brought forth that the failure is about. Nothing of it depends on time, machine or run. */
export function expectationOf(found: AttemptResult, failure: CaseFailure): CaseExpectation {
  const { report } = found;
  const findings = (report?.findings ?? []).filter(
    ({ id, status }) =>
      (failure.kind === 'rule' && id === failure.id) ||
      (failure.kind === 'step' && (status === 'failed' || status === 'error')),
  );
  return {
    status: report?.status ?? null,
    ...(report === undefined
      ? {}
      : { rows: Object.fromEntries(CASE_LAYERS.map((layer) => [layer, report.rows[layer]])) }),
    findings: findings.map((finding): CaseFinding => ({
      id: finding.id,
      status: finding.status,
      evaluated: finding.evaluated,
      failing: finding.failing,
      ...defined({ observed: finding.observed }),
    })),
    rejects: rejectsOf(found),
    conversions: conversionsOf(found),
    files: found.files.map(({ file, code }) => ({ file, code })).sort((a, b) => (a.file < b.file ? -1 : 1)),
    steps: found.steps.flatMap(({ stage, brand, status, error }) =>
      status !== 'failed' ? [] : [{ stage, ...defined({ brand }), code: error?.code ?? 'BUG' }],
    ),
  };
}

/** Rejects by stage and reason, over all brands. */
function rejectsOf({ rejects }: AttemptResult): readonly CaseReject[] {
  const sums = new Map<string, CaseReject>();
  for (const { stage, what, columns, rows } of rejects) {
    const key = JSON.stringify([stage, what, columns]);
    sums.set(key, { stage, reason: what, columns, rows: rows + (sums.get(key)?.rows ?? 0) });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reject]) => reject);
}

function conversionsOf({ report }: AttemptResult): NonNullable<CaseExpectation['conversions']> {
  const sums = new Map<string, number>();
  for (const { column, failed } of report?.conversions ?? [])
    sums.set(column, failed + (sums.get(column) ?? 0));
  return [...sums].flatMap(([column, failed]) => (failed === 0 ? [] : [{ column, failed }]));
}

/** Where a run differs from what was expected; keys that are not expected are not looked at. */
export function differences(expected: CaseExpectation, found: CaseExpectation): readonly CaseDifference[] {
  const all: CaseDifference[] = [];
  const compare = (what: string, wanted: string, got: string): void => {
    if (wanted !== got) all.push({ what, expected: wanted, found: got });
  };
  if (expected.status !== undefined)
    compare('status of the table', expected.status ?? 'no report', found.status ?? 'no report');
  for (const layer of CASE_LAYERS) {
    const wanted = expected.rows?.[layer];
    if (wanted !== undefined)
      compare(
        layer === 'rejected' || layer === 'duplicates' ? `rows ${layer}` : `rows of ${layer}`,
        formatCount(wanted),
        found.rows?.[layer] === undefined ? 'none: there is no report' : formatCount(found.rows[layer]),
      );
  }
  each(expected.findings, found.findings, {
    keyOf: ({ id }) => id,
    nameOf: ({ id }) => `rule ${id}`,
    words: findingWords,
    // Other rules of the table are not what the case is about.
    closed: false,
    absent: 'not evaluated',
    compare,
  });
  each(expected.rejects, found.rejects, {
    keyOf: ({ stage, reason, columns }) => JSON.stringify([stage, reason, columns]),
    nameOf: ({ stage, reason, columns }) =>
      `rejects for ${reason}${columns.length === 0 ? '' : ` (${columns.join(', ')})`} in ${stage}`,
    words: ({ rows }) => plural(rows, 'row'),
    closed: true,
    absent: 'none',
    compare,
  });
  each(expected.conversions, found.conversions, {
    keyOf: ({ column }) => column,
    nameOf: ({ column }) => `values of ${column} that did not convert`,
    words: ({ failed }) => formatCount(failed),
    closed: true,
    absent: 'none',
    compare,
  });
  each(expected.files, found.files, {
    keyOf: ({ file }) => file,
    nameOf: ({ file }) => `file ${file}`,
    words: ({ code }) => `rejected for ${code}`,
    closed: true,
    absent: 'not rejected',
    compare,
  });
  each(expected.steps, found.steps, {
    keyOf: ({ stage, brand }) => `${stage} ${brand ?? ''}`,
    nameOf: ({ stage, brand }) => `step ${stage}${brand === undefined ? '' : ` of ${brand}`}`,
    words: ({ code }) => `failed with ${code}`,
    closed: true,
    absent: 'not failed',
    compare,
  });
  return all;
}

interface Comparison<T> {
  readonly keyOf: (one: T) => string;
  readonly nameOf: (one: T) => string;
  readonly words: (one: T) => string;
  /** Is what was not expected a difference too? */
  readonly closed: boolean;
  readonly absent: string;
  readonly compare: (what: string, expected: string, found: string) => void;
}

function each<T>(
  expected: readonly T[] | undefined,
  found: readonly T[] | undefined,
  { keyOf, nameOf, words, closed, absent, compare }: Comparison<T>,
): void {
  if (expected === undefined) return;
  const others = new Map((found ?? []).map((one) => [keyOf(one), one]));
  for (const one of expected) {
    const other = others.get(keyOf(one));
    compare(nameOf(one), words(one), other === undefined ? absent : words(other));
    others.delete(keyOf(one));
  }
  if (closed) for (const one of others.values()) compare(nameOf(one), absent, words(one));
}

function findingWords({ status, evaluated, failing, observed }: CaseFinding): string {
  const seen = observed === undefined ? '' : `, observed ${formatFigure(observed)}`;
  return `${status}, ${formatCount(failing)} of ${plural(evaluated, 'row')} failing${seen}`;
}
