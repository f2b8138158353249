// The Runs view: dates with their state, failed steps with their reason, and the history of runs.
import * as vscode from 'vscode';
import type { DateStatus, RunRecord, Status, TableStatus } from '../../engine';
import { dateFacts } from '../commands/dateFacts';
import { factText, iconOf } from '../commands/pickDate';
import type { Parts } from '../parts';
import { runElsewhere, type WorkspaceState } from '../workspaceState';
import { ago, clock, count, dates as datesText, day, duration, files, rows, stageName } from '../words';
import { datesByMonth } from './months';
import type { Node } from './tree';

/** Roots of the view: the current run, the dates, the history. */
export async function runNodes(parts: Parts, state: WorkspaceState): Promise<readonly Node[]> {
  const { engine } = parts;
  const tree = await engine.call('layers', {});
  state.follow(tree);
  const { dates } = tree;
  // Of no dates at all: the history alone.
  const [history, nodes] = await Promise.all([
    engine.call('status', { dates: [] }),
    datesByMonth('runs', dates, async (some) =>
      (await engine.call('status', { dates: some })).dates.map((date) => dateNode(date)),
    ),
  ]);
  if (history.runs.length > 0) void vscode.commands.executeCommand('setContext', 'm7.hasRun', true);
  return [
    ...runningNodes(parts, state, history),
    ...nodes,
    ...(history.runs.length === 0 ? [] : [historyNode(history.runs)]),
  ];
}

function runningNodes(parts: Parts, state: WorkspaceState, status: Status): readonly Node[] {
  const { current } = parts.runs;
  const icon = new vscode.ThemeIcon('sync~spin');
  if (current !== undefined)
    return [
      {
        id: 'runs/current',
        label: current.title,
        description: vscode.l10n.t('running'),
        icon,
        command: { id: 'm7.showRun', argument: undefined },
      },
    ];
  const holder = runElsewhere(parts, state);
  if (holder === undefined) return [];
  const since = status.running?.since;
  return [
    {
      id: 'runs/current',
      label: vscode.l10n.t('Run in another window or terminal'),
      description:
        since === undefined
          ? vscode.l10n.t('process {0}', String(holder))
          : vscode.l10n.t('started {0} (process {1})', ago(since), String(holder)),
      icon,
    },
  ];
}

function dateNode(status: DateStatus): Node {
  const { date, tables, missing } = status;
  const id = `runs/${date}`;
  const hasReport = tables.some((table) => table.report !== undefined);
  const facts = dateFacts(status, []);
  return {
    id,
    label: day(date),
    description: facts.map(factText).join(' · '),
    icon: iconOf(status),
    context: [
      'date',
      ...(hasReport ? (['report'] as const) : []),
      ...(tables.some(isBad) ? (['failed'] as const) : []),
    ],
    date,
    children: () => [
      ...tables.filter(isBad).map((table) => tableNode(id, date, table)),
      ...tables.filter((table) => !isBad(table)).map((table) => tableNode(id, date, table)),
      ...(missing.length === 0 ? [] : [missingNode(id, missing)]),
    ],
  };
}

const isBroken = ({ failure, damaged }: TableStatus): boolean =>
  failure !== undefined || damaged !== undefined;
const isBad = (table: TableStatus): boolean => table.status === 'failed';

function tableNode(parent: string, date: string, table: TableStatus): Node {
  const { failure, damaged = [], report, layers, loaded } = table;
  const id = `${parent}/${table.table}`;
  const gold = layers.gold?.rows;
  const facts = [
    ...(gold === undefined || gold === null ? [] : [rows(gold)]),
    ...(layers.landing === undefined ? [] : [vscode.l10n.t('{0} in landing', files(layers.landing.files))]),
    ...(report === undefined || report.rejected === 0
      ? []
      : [vscode.l10n.t('{0} rejected', count(report.rejected))]),
    ...(layers.gold === undefined
      ? []
      : [loaded === null ? vscode.l10n.t('not loaded') : vscode.l10n.t('loaded')]),
  ];
  return {
    id,
    label: table.table,
    description: facts.join(' · '),
    icon: tableIcon(table),
    date,
    table: table.table,
    context: [
      ...(report === undefined ? [] : (['report'] as const)),
      ...(layers.gold === undefined ? [] : (['gold'] as const)),
      ...(isBad(table) ? (['failed'] as const) : []),
    ],
    ...(report === undefined
      ? {}
      : { command: { id: 'm7.showReport', argument: { date, table: table.table } } }),
    ...(isBroken(table)
      ? {
          open: true,
          children: () => [
            ...damaged.map((one) => damagedNode(id, date, table.table, one)),
            ...(failure === undefined ? [] : [stepNode(id, date, table.table, failure)]),
          ],
        }
      : {}),
  };
}

function damagedNode(
  parent: string,
  date: string,
  table: string,
  { brand, error }: NonNullable<TableStatus['damaged']>[number],
): Node {
  return {
    id: `${parent}/damaged/${brand}`,
    label: [stageName('landing-to-raw'), brand].join(' · '),
    description: error.message,
    tooltip: [
      ['', error.message],
      ['', error.remedy],
    ],
    icon: new vscode.ThemeIcon('debug-stackframe-dot', new vscode.ThemeColor('list.errorForeground')),
    date,
    table,
    error,
  };
}

function stepNode(
  parent: string,
  date: string,
  table: string,
  { stage, brand, error, time, run_id }: NonNullable<TableStatus['failure']>,
): Node {
  return {
    id: `${parent}/${stage}/${brand ?? ''}`,
    label: [stageName(stage), brand].filter((part) => part !== undefined).join(' · '),
    description: error.message,
    tooltip: [
      ['', error.message],
      ['', error.remedy],
      [vscode.l10n.t('Failed'), clock(time)],
      [vscode.l10n.t('Run'), run_id],
    ],
    icon: new vscode.ThemeIcon('debug-stackframe-dot', new vscode.ThemeColor('list.errorForeground')),
    context: ['failed'],
    date,
    table,
    error,
  };
}

function tableIcon(table: TableStatus): vscode.ThemeIcon {
  const { status, loaded, layers } = table;
  if (isBad(table)) return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (status === 'warned')
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  if (loaded !== null && layers.landing === undefined)
    return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  return new vscode.ThemeIcon('circle-large-outline');
}

function missingNode(parent: string, missing: DateStatus['missing']): Node {
  const id = `${parent}/missing`;
  return {
    id,
    label: vscode.l10n.t('{0} missing', files(missing.length)),
    tooltip: [['', vscode.l10n.t('Expected (EXPECTED_TABLES) but not received.')]],
    icon: new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground')),
    children: () =>
      missing.map(({ brand, table }) => ({
        id: `${id}/${brand}/${table}`,
        label: table,
        description: brand,
        icon: new vscode.ThemeIcon('dash'),
      })),
  };
}

function historyNode(runs: readonly RunRecord[]): Node {
  return {
    id: 'runs/history',
    label: vscode.l10n.t('History'),
    description:
      runs.length === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('the last {0} runs', count(runs.length)),
    icon: new vscode.ThemeIcon('history'),
    children: () => runs.map(recordNode),
  };
}

function recordNode({ run_id, status, started_at, finished_at, dates }: RunRecord): Node {
  const seconds =
    finished_at === undefined ? undefined : (Date.parse(finished_at) - Date.parse(started_at)) / 1000;
  const some = dates.length > 2 ? datesText(dates.length) : dates.map(day).join(', ');
  return {
    id: `runs/history/${run_id}`,
    label: ago(started_at),
    description: [statusText(status), some, ...(seconds === undefined ? [] : [duration(seconds)])]
      .filter((part) => part !== '')
      .join(' · '),
    tooltip: [
      [vscode.l10n.t('Run'), run_id],
      [vscode.l10n.t('Started'), clock(started_at)],
      ...(finished_at === undefined ? [] : ([[vscode.l10n.t('Ended'), clock(finished_at)]] as const)),
      ...(dates.length === 0 ? [] : ([[vscode.l10n.t('Dates'), dates.map(day).join(', ')]] as const)),
    ],
    icon: recordIcon(status),
  };
}

function statusText(status: RunRecord['status']): string {
  switch (status) {
    case 'ok':
      return vscode.l10n.t('succeeded');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
    default:
      return status satisfies never;
  }
}

function recordIcon(status: RunRecord['status']): vscode.ThemeIcon {
  switch (status) {
    case 'ok':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'cancelled':
    case 'interrupted':
      return new vscode.ThemeIcon('circle-slash');
    default:
      return status satisfies never;
  }
}
