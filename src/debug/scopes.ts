// The scopes of a frame: counts, the rule or column, failing rows, rows, schema, settings.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { limitInWords, shownSettings, type PagedRows, findTable } from '../engine';
import type { StopState } from './stopState';
import { anyProblem, findingInWords } from './filters';
import type { Level } from './frames';
import { atRow, focusOf, rowOf, tableInWords, type Position } from './positions';
import { plain, type Variable, type Variables } from './variables';

type Scope = DebugProtocol.Scope;

/** @throws PipelineError where the rows cannot be read. */
export async function scopesOf(
  stop: StopState,
  level: Level,
  variables: Variables,
  signal: AbortSignal | undefined,
): Promise<readonly Scope[]> {
  const { position, questions, workspace } = stop;
  const scopes: Scope[] = [];
  const add = (name: string, made: readonly Variable[], more: Partial<Scope> = {}): void => {
    if (made.length === 0) return;
    scopes.push({
      name,
      variablesReference: variables.lazy(() => Promise.resolve(made)),
      namedVariables: made.length,
      expensive: false,
      ...more,
    });
  };
  const rows = (name: string, relation: PagedRows | undefined): void => {
    if (relation === undefined) return;
    scopes.push({
      name: `${name} (${relation.rows})`,
      variablesReference: variables.rows(relation, `${name} of ${nameOf(stop)}`),
      indexedVariables: relation.rows,
      namedVariables: 0,
      // Not opened by itself: rows are read when somebody looks at them.
      expensive: true,
    });
  };
  const settings = (): void =>
    add(
      'Settings',
      shownSettings(workspace.settings).map(({ name, value }) => plain(name, value)),
      { expensive: true },
    );
  if (level === 'date' || level === 'run') {
    settings();
    return scopes;
  }
  if (level === 'row') {
    const failing = await questions.failing(focusOf(atRow(position, undefined)), signal);
    const at = rowOf(position);
    const [cells] = failing === undefined || at === undefined ? [] : await failing.page(at, 1, signal);
    if (failing !== undefined && cells !== undefined)
      scopes.push({
        name: 'Row',
        variablesReference: variables.row(failing.columns, cells),
        expensive: false,
      });
  }
  if (level === 'row' || level === 'rule') {
    const name = position.kind === 'column' ? 'Column' : 'Rule';
    add(name, ownVariables(position, variables), { presentationHint: 'locals' });
  }
  add('Counts', countsOf(stop));
  if (level === 'row' || level === 'rule' || position.kind === 'end') {
    const name = position.kind === 'end' ? 'Rejected lines' : 'Failing rows';
    rows(name, await questions.failing(focusOf(atRow(position, undefined)), signal));
  }
  rows('Rows', await questions.rows(signal));
  add('Schema', schemaOf(stop), { expensive: true });
  settings();
  return scopes;
}

/** Where it is paused, for a title: "playback_length", "Playback (Skylink)". */
function nameOf({ point, position }: StopState): string {
  switch (position.kind) {
    case 'rule':
      return position.rule.id;
    case 'column':
      return `${tableInWords(point)}.${position.column.name}`;
    case 'step':
    case 'end':
      return tableInWords(point);
    default:
      return position satisfies never;
  }
}

function countsOf({ point, position }: StopState): readonly Variable[] {
  const number = (name: string, value: number): Variable => plain(name, String(value), { type: 'BIGINT' });
  const problem = anyProblem(point, position);
  const problems = problem === undefined ? [] : [plain('problem', problem.message)];
  const counts = (of: {
    readonly rowsIn: number;
    readonly rowsOut: number;
    readonly rowsRejected: number;
    readonly duplicates: number;
  }): readonly Variable[] => [
    number('in', of.rowsIn),
    number('out', of.rowsOut),
    number('rejected', of.rowsRejected),
    number('duplicates', of.duplicates),
  ];
  switch (point.kind) {
    case 'step':
      return [];
    case 'columns':
      return [...counts(point.counts), ...problems];
    case 'rules': {
      const tally = (status: string): number => point.findings.filter((one) => one.status === status).length;
      const statuses = ['passed', 'warned', 'failed', 'error', 'skipped'];
      return [
        number('rejected', point.rejected),
        number('rules', point.rules.length),
        ...statuses
          .filter((status) => tally(status) > 0)
          .map((status) => number(`rules ${status}`, tally(status))),
        ...problems,
      ];
    }
    case 'end':
      switch (point.outcome.status) {
        case 'done':
          return [...counts(point.outcome.counts), ...problems];
        case 'skipped':
          return [plain('skipped', point.outcome.reason)];
        case 'failed':
          return [plain('failed', point.outcome.error.message), plain('remedy', point.outcome.error.remedy)];
        default:
          return point.outcome satisfies never;
      }
    default:
      return point satisfies never;
  }
}

const json = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What a rule or column is, and what was found of it. */
function ownVariables(position: Position, variables: Variables): readonly Variable[] {
  switch (position.kind) {
    case 'rule': {
      const { rule, finding } = position;
      return [
        plain('id', rule.id),
        plain('rule', rule.kind),
        plain('status', finding.status),
        plain('finding', findingInWords(finding)),
        plain('evaluated', String(finding.evaluated)),
        plain('failing', `${finding.failing} (${Number(finding.failing_pct.toFixed(1))}%)`),
        ...(finding.limit === undefined ? [] : [plain('limit', finding.limit)]),
        ...(finding.observed === undefined ? [] : [plain('observed', String(finding.observed))]),
        plain('severity', rule.severity),
        plain('on_fail', rule.onFail),
        ...(rule.error === undefined ? [] : [plain('error', limitInWords(rule.error))]),
        ...(rule.warn === undefined ? [] : [plain('warn', limitInWords(rule.warn))]),
        ...(rule.columns.length === 0 ? [] : [plain('columns', rule.columns.join(', '))]),
        ...(rule.filter === undefined ? [] : [plain('where', rule.filter)]),
        ...Object.entries(rule.parameters).map(([name, value]) => plain(name, json(value))),
        ...(rule.description === '' ? [] : [plain('description', rule.description)]),
      ];
    }
    case 'column': {
      const { column, conversion } = position;
      const samples = conversion?.samples ?? [];
      return [
        plain('name', column.name),
        plain('type', column.type),
        plain('not converted', String(conversion?.failed ?? 0)),
        ...(samples.length === 0
          ? []
          : [
              plain('samples', `${samples.length} of ${conversion?.failed ?? 0}`, {
                variablesReference: variables.lazy(() =>
                  Promise.resolve(
                    samples.map((one) => plain(`${one.file ?? ''} row ${one.row ?? '?'}`, json(one.values))),
                  ),
                ),
              }),
            ]),
        plain('on_error', column.onError),
        plain('required', String(column.required)),
        ...(column.source.length === 0 ? [] : [plain('source', column.source.join(', '))]),
        ...(column.formats.length === 0 ? [] : [plain('formats', column.formats.join(', '))]),
        ...(column.timezone === undefined ? [] : [plain('timezone', column.timezone)]),
        ...(column.transform === undefined ? [] : [plain('transform', column.transform)]),
        ...(column.derived === undefined ? [] : [plain('derived', column.derived)]),
        ...(column.default === undefined ? [] : [plain('default', String(column.default))]),
      ];
    }
    case 'step':
    case 'end':
      return [];
    default:
      return position satisfies never;
  }
}

function schemaOf({ point, workspace }: StopState): readonly Variable[] {
  const table = findTable(workspace.config, point.step.table);
  return (table?.columns ?? []).map((column) =>
    plain(
      column.name,
      column.type +
        (column.required ? ', required' : '') +
        (table?.primaryKey.includes(column.name) === true ? ', key' : ''),
    ),
  );
}
