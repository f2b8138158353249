// The Warehouse view: which dates of which tables are loaded, and where newer gold waits.
import * as vscode from 'vscode';
import type { TableLoads } from '../../shared/serverApi';
import type { Parts } from '../parts';
import { ago, clock, count, dates as datesText, day, rows } from '../words';
import { datesByMonth } from './months';
import type { Node } from './tree';

type Load = TableLoads['loads'][number];

/** Roots of the view: the tables that have loads. */
export async function warehouseNodes({ engine }: Parts): Promise<readonly Node[]> {
  return (await engine.call('loads', {})).map(tableNode);
}

function tableNode({ table, loads }: TableLoads): Node {
  const id = `warehouse/${table}`;
  const total = loads.reduce((sum, load) => sum + load.rows, 0);
  const older = loads.filter((load) => !load.current).length;
  const byDate = new Map(loads.map((load) => [load.date, load]));
  return {
    id,
    label: table,
    description: [
      datesText(loads.length),
      rows(total),
      ...(older === 0 ? [] : [vscode.l10n.t('{0} older than gold', count(older))]),
    ].join(' · '),
    icon: new vscode.ThemeIcon(
      'database',
      older === 0 ? undefined : new vscode.ThemeColor('list.warningForeground'),
    ),
    table,
    children: () =>
      datesByMonth(
        id,
        loads.map((load) => load.date),
        (dates) =>
          Promise.resolve(
            dates.flatMap((date) => {
              const load = byDate.get(date);
              return load === undefined ? [] : [loadNode(id, table, load)];
            }),
          ),
      ),
  };
}

function loadNode(parent: string, table: string, load: Load): Node {
  const { date, current, loaded_at } = load;
  return {
    id: `${parent}/${date}`,
    label: day(date),
    description: [
      rows(load.rows),
      ago(loaded_at),
      ...(current ? [] : [vscode.l10n.t('older gold: not the one on disk')]),
    ].join(' · '),
    tooltip: [
      [vscode.l10n.t('Rows'), count(load.rows)],
      [vscode.l10n.t('Loaded'), clock(loaded_at)],
      [vscode.l10n.t('Load'), load.load_id],
      ...(current
        ? []
        : ([['', vscode.l10n.t('Gold was made anew since: run the date to load it.')]] as const)),
    ],
    icon: current
      ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
    context: ['date', 'report', 'gold'],
    date,
    table,
    command: { id: 'm7.showReport', argument: { date, table } },
  };
}
