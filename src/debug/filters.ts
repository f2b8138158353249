// Which problems stop a run by themselves, and how each is reported.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatCount, formatFigure, type PausePoint } from '../engine';
import { tableInWords, type Position } from './positions';

const FILTERS = ['failed', 'warned', 'conversions', 'rejects', 'steps'] as const;
type Filter = (typeof FILTERS)[number];

const condition = {
  supportsCondition: true,
  conditionDescription: 'Names of tables or rules, separated by commas: stop only there',
} as const;

/** The filters as the editor lists them. */
export const FILTER_WORDS: readonly DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: 'failed',
    label: 'Failed error rules',
    description: 'Stop at each rule that fails its table.',
    default: true,
    ...condition,
  },
  {
    filter: 'warned',
    label: 'Failed warning rules',
    description: 'Stop at each rule that warns.',
    default: false,
    ...condition,
  },
  {
    filter: 'conversions',
    label: 'Conversion errors',
    description: 'Stop at each column with values that did not convert to its type.',
    default: false,
    ...condition,
  },
  {
    filter: 'rejects',
    label: 'Rejected lines',
    description: 'Stop after a step that rejected lines, rows or files.',
    default: false,
    ...condition,
  },
  {
    filter: 'steps',
    label: 'Failed steps',
    description: 'Stop after a step that failed.',
    default: true,
    ...condition,
  },
];

/** A filter that is on, with the names it is bound to; none: all. */
export interface ActiveFilter {
  readonly filter: Filter;
  readonly names: readonly string[];
}

export interface StopProblem {
  readonly filter: Filter;
  /** Short: the code of an error, the id of a rule. */
  readonly id: string;
  readonly message: string;
  readonly remedy?: string;
}

export function activeFilters(args: DebugProtocol.SetExceptionBreakpointsArguments): readonly ActiveFilter[] {
  const options = [
    ...args.filters.map((filterId) => ({ filterId, condition: undefined })),
    ...(args.filterOptions ?? []),
  ];
  return options.flatMap((option) => {
    const filter = FILTERS.find((one) => one === option.filterId);
    const names = (option.condition ?? '').split(',').map((name) => name.trim().toLowerCase());
    return filter === undefined ? [] : [{ filter, names: names.filter((name) => name !== '') }];
  });
}

/** The problem at a position that one of the filters asks for. */
export function problemAt(
  point: PausePoint,
  position: Position,
  filters: readonly ActiveFilter[],
): StopProblem | undefined {
  const problem = anyProblem(point, position);
  if (problem === undefined) return undefined;
  const { table } = point.step;
  const words = [table, problem.id, `${table}.${problem.id}`].map((word) => word.toLowerCase());
  const wanted = filters.some(
    ({ filter, names }) =>
      filter === problem.filter && (names.length === 0 || names.some((name) => words.includes(name))),
  );
  return wanted ? problem : undefined;
}

/** Whatever is wrong at a position. */
export function anyProblem(point: PausePoint, position: Position): StopProblem | undefined {
  switch (position.kind) {
    case 'step':
      return undefined;
    case 'column': {
      const { conversion, column } = position;
      if (conversion === undefined || conversion.failed === 0) return undefined;
      const became = conversion.on_error === 'reject' ? 'rows rejected' : 'stored as NULL';
      return {
        filter: 'conversions',
        id: column.name,
        message: `${conversion.failed} ${conversion.failed === 1 ? 'value' : 'values'} of ${tableInWords(point)}.${column.name} did not convert to ${column.type} (${became}).`,
      };
    }
    case 'rule': {
      const { finding, rule } = position;
      const words = findingInWords(finding);
      switch (finding.status) {
        case 'failed':
        case 'error':
          return {
            filter: rule.severity === 'error' ? 'failed' : 'warned',
            id: rule.id,
            message: `${rule.id}: ${words}`,
          };
        case 'warned':
          return { filter: 'warned', id: rule.id, message: `${rule.id}: ${words}` };
        case 'passed':
        case 'skipped':
          return undefined;
        default:
          return finding.status satisfies never;
      }
    }
    case 'end': {
      if (point.kind !== 'end') return undefined;
      const { outcome, step } = point;
      if (outcome.status === 'failed')
        return {
          filter: 'steps',
          id: outcome.error.code,
          message: outcome.error.message,
          remedy: outcome.error.remedy,
        };
      const { filesOut } = position;
      const { rowsRejected, rowsIn } =
        outcome.status === 'done' ? outcome.counts : { rowsRejected: 0, rowsIn: 0 };
      if (rowsRejected === 0 && filesOut.length === 0) return undefined;
      const files = filesOut.map(({ file, code, reason }) => `file ${file} (${code}: ${reason})`);
      const rows = rowsRejected === 0 ? [] : [`${rowsRejected} of ${rowsIn} rows`];
      return {
        filter: 'rejects',
        id: step.stage,
        message: `${step.stage} of ${tableInWords(point)} rejected ${[...rows, ...files].join(' and ')}.`,
      };
    }
    default:
      return position satisfies never;
  }
}

/** "2 of 42 rows fail, limit 1%". */
export function findingInWords(finding: {
  readonly status: string;
  readonly failing: number;
  readonly evaluated: number;
  readonly limit?: string;
  readonly observed?: number | string | null;
  readonly message?: string;
}): string {
  if (finding.message !== undefined) return finding.message;
  const limit = finding.limit === undefined ? '' : `, limit ${finding.limit}`;
  if (finding.observed !== undefined && finding.failing === 0)
    return `${finding.status}, observed ${formatFigure(finding.observed)}${limit}`;
  const fail = finding.failing === 1 ? 'row fails' : 'rows fail';
  return `${formatCount(finding.failing)} of ${formatCount(finding.evaluated)} ${fail}${limit}`;
}
