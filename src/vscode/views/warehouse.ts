// The Warehouse view: the warehouse itself, then by date and table what is loaded of what gold holds.
import { defined } from '../../shared/defined';
import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { DateLoads, TableLoad, WarehousePlace } from '../../shared/warehouseApi';
import type { Parts } from '../parts';
import { ago, clock, count, day, rows, tables as tablesText } from '../words';
import type { Compared, Tested, WarehouseKnowledge } from '../warehouse/knowledge';
import { statementsOf } from '../warehouse/texts';
import { datesByMonth } from './months';
import { problemNode, type Node } from './tree';

/** Roots of the view; none where nothing was loaded, can be loaded or has been tested. */
export async function warehouseNodes(parts: Parts, knowledge: WarehouseKnowledge): Promise<readonly Node[]> {
  const { warehouse, dates, problem } = await parts.engine.call('warehouse.calendar', {});
  const nodes = await datesByMonth('warehouse', dates, async (some) =>
    (await parts.engine.call('warehouse.dates', { dates: some })).map((date) => dateNode(date, knowledge)),
  );
  const tested = knowledge.test(warehouse);
  if (nodes.length === 0 && tested === undefined && problem === undefined) return [];
  return [
    placeNode(parts, warehouse, tested),
    ...(problem === undefined ? [] : [problemNode('warehouse', problem)]),
    ...nodes,
  ];
}

/** The warehouse itself, with what its last test has found. */
function placeNode(parts: Parts, { kind, place }: WarehousePlace, test: Tested | undefined): Node {
  const folder = parts.workspace.uri?.fsPath;
  const shown = kind === 'embedded' && folder !== undefined ? relative(folder, place) : place;
  const errors = test?.result.problems.filter((one) => one.severity === 'error').length ?? 0;
  const warnings = (test?.result.problems.length ?? 0) - errors;
  const outcome =
    test === undefined
      ? []
      : [
          errors + warnings === 0
            ? vscode.l10n.t('connected')
            : errors + warnings === 1
              ? vscode.l10n.t('1 problem')
              : vscode.l10n.t('{0} problems', count(errors + warnings)),
        ];
  return {
    id: 'warehouse/place',
    label: kind === 'embedded' ? vscode.l10n.t('Embedded warehouse') : vscode.l10n.t('Snowflake'),
    description: [...outcome, shown].join(' · '),
    tooltip: [
      ['', place],
      [vscode.l10n.t('Tested'), test === undefined ? vscode.l10n.t('not in this window') : clock(test.at)],
    ],
    icon: new vscode.ThemeIcon(
      kind === 'embedded' ? 'database' : 'cloud',
      errors > 0
        ? new vscode.ThemeColor('list.errorForeground')
        : warnings > 0
          ? new vscode.ThemeColor('list.warningForeground')
          : undefined,
    ),
    context: ['connection'],
    ...(test === undefined ? {} : { children: () => testNodes(test.result) }),
  };
}

function testNodes({ facts, problems }: Tested['result']): readonly Node[] {
  return [
    ...problems.map((problem, i): Node => {
      const { severity, message, remedy, file, line } = problem;
      const id = `warehouse/problem/${i}`;
      const copies = statementsOf(problem);
      return {
        id,
        label: message,
        description: remedy,
        tooltip: [
          ['', message],
          ['', remedy],
        ],
        icon:
          severity === 'error'
            ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
            : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
        error: {
          code: 'WAREHOUSE',
          message,
          remedy,
          ...defined({ file, line }),
        },
        ...(copies.length === 0
          ? {}
          : {
              context: ['statements'] as const,
              copies,
              open: true,
              children: () =>
                copies.map((text, k) => ({
                  id: `${id}/${k}`,
                  label: text,
                  tooltip: [['', text]] as const,
                  icon: new vscode.ThemeIcon('key'),
                  context: ['statements'] as const,
                  copies: [text],
                })),
            }),
      };
    }),
    ...facts.map(({ name, value }, i): Node => ({
      id: `warehouse/fact/${i}`,
      label: name,
      description: value,
      tooltip: [[name, value]],
      icon: new vscode.ThemeIcon('info'),
    })),
  ];
}

/** The state of a table: by what is confirmed, and where it was compared since, by what the warehouse holds. */
type LoadState = TableLoad['state'] | 'changed' | 'unaccounted' | 'removed';

function loadStateOf(load: TableLoad, compared: Compared | undefined): LoadState {
  const verdict = compared?.comparison.verdict;
  if (verdict === 'changed' || verdict === 'unaccounted') return verdict;
  return load.state === 'loaded' && load.gold === null ? 'removed' : load.state;
}

function dateNode({ date, tables }: DateLoads, knowledge: WarehouseKnowledge): Node {
  const id = `warehouse/${date}`;
  const states = tables.map((table) => loadStateOf(table, knowledge.compared(date, table)));
  const loaded = states.filter((one) => one === 'loaded' || one === 'removed').length;
  const total = tables.reduce((sum, table) => sum + (table.load?.rows ?? 0), 0);
  const those = (text: (n: string) => string, ...some: readonly LoadState[]): readonly string[] => {
    const n = states.filter((one) => some.includes(one)).length;
    return n === 0 ? [] : [text(count(n))];
  };
  return {
    id,
    label: day(date),
    description: [
      ...those((n) => vscode.l10n.t('{0} differ', n), 'changed', 'unaccounted', 'miscounted'),
      ...those((n) => vscode.l10n.t('{0} older than gold', n), 'older'),
      ...those((n) => vscode.l10n.t('{0} failed', n), 'refused', 'failed'),
      loaded === tables.length
        ? tablesText(loaded)
        : vscode.l10n.t('{0} of {1} loaded', count(loaded), tablesText(tables.length)),
      ...(total === 0 ? [] : [rows(total)]),
    ].join(' · '),
    icon: iconOf(worst(states)),
    context: ['date', 'report', 'loads'],
    date,
    children: () => tables.map((table) => tableNode(id, date, table, knowledge.compared(date, table))),
  };
}

function tableNode(parent: string, date: string, load: TableLoad, compared: Compared | undefined): Node {
  const state = loadStateOf(load, compared);
  const validated = load.accepted !== null;
  return {
    id: `${parent}/${load.table}`,
    label: load.table,
    description: [
      stateText(state, load, compared),
      ...(load.load === null || state === 'changed' ? [] : [ago(load.load.loaded_at)]),
    ].join(' · '),
    tooltip: tooltipOf(load, compared),
    icon: iconOf(state),
    context: [
      'load',
      ...(validated ? (['report'] as const) : []),
      ...(load.gold === null ? [] : (['gold'] as const)),
    ],
    date,
    table: load.table,
    ...(validated ? { command: { id: 'm7.showReport', argument: { date, table: load.table } } } : {}),
  };
}

function stateText(state: LoadState, load: TableLoad, compared: Compared | undefined): string {
  const confirmed = count(load.load?.rows ?? 0);
  const accepted = load.accepted ?? load.gold;
  const there = count(compared?.comparison.warehouse?.rows ?? 0);
  switch (state) {
    case 'loaded':
      return accepted === null
        ? vscode.l10n.t('loaded {0}', confirmed)
        : vscode.l10n.t('loaded {0} of {1}', confirmed, count(accepted));
    case 'removed':
      return vscode.l10n.t('loaded {0}, gold removed since', confirmed);
    case 'older':
      return accepted === null
        ? vscode.l10n.t('older gold: {0} loaded', confirmed)
        : vscode.l10n.t('older gold: {0} loaded, {1} in gold', confirmed, count(accepted));
    case 'miscounted':
      return vscode.l10n.t('differs: {0} loaded of {1}', confirmed, count(accepted ?? 0));
    case 'changed':
      return compared?.comparison.warehouse?.rows === load.load?.rows
        ? vscode.l10n.t('differs: values were changed in the warehouse')
        : vscode.l10n.t('differs: {0} in the warehouse of {1}', there, count(accepted ?? 0));
    case 'unaccounted':
      return vscode.l10n.t('differs: {0} in the warehouse from no known load', there);
    case 'not_loaded':
      return accepted === null
        ? vscode.l10n.t('not loaded')
        : vscode.l10n.t('not loaded: {0} in gold', rows(accepted));
    case 'failed':
      return vscode.l10n.t('not loaded: a step failed, there is no gold');
    case 'refused':
      return vscode.l10n.t('not loaded: failed validation, {0} in gold', rows(load.gold ?? 0));
    default:
      return state satisfies never;
  }
}

function tooltipOf(load: TableLoad, compared: Compared | undefined): readonly (readonly [string, string])[] {
  const { gold, accepted } = load;
  const confirmed = load.load;
  return [
    ...(gold === null ? [] : ([[vscode.l10n.t('In gold'), rows(gold)]] as const)),
    ...(accepted === null ? [] : ([[vscode.l10n.t('Accepted'), rows(accepted)]] as const)),
    ...(confirmed === null
      ? []
      : ([
          [vscode.l10n.t('Loaded'), `${rows(confirmed.rows)}, ${clock(confirmed.loaded_at)}`],
          [vscode.l10n.t('Run'), confirmed.run_id],
          [vscode.l10n.t('Load'), confirmed.load_id],
        ] as const)),
    ...(load.state === 'older'
      ? ([['', vscode.l10n.t('Gold was rebuilt since. Run the date to load it.')]] as const)
      : []),
    ...(compared === undefined
      ? ([
          ['', vscode.l10n.t('According to the load ledger. Compare to check the rows themselves.')],
        ] as const)
      : ([
          [vscode.l10n.t('Compared'), clock(compared.at)],
          ['', compared.comparison.explanation],
        ] as const)),
  ];
}

const ORDER: readonly LoadState[] = [
  'changed',
  'unaccounted',
  'miscounted',
  'failed',
  'refused',
  'older',
  'not_loaded',
  'loaded',
  'removed',
];

function worst(states: readonly LoadState[]): LoadState {
  return ORDER.find((one) => states.includes(one)) ?? 'loaded';
}

function iconOf(state: LoadState): vscode.ThemeIcon {
  switch (state) {
    case 'loaded':
    case 'removed':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    case 'older':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    case 'not_loaded':
      return new vscode.ThemeIcon('circle-large-outline');
    case 'failed':
    case 'refused':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'changed':
    case 'unaccounted':
    case 'miscounted':
      return new vscode.ThemeIcon('diff', new vscode.ThemeColor('list.errorForeground'));
    default:
      return state satisfies never;
  }
}
