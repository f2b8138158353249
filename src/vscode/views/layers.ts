// The Layers view: what lies in landing, raw, silver, gold, rejects and archive.
import { defined } from '../../shared/defined';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import type { LayerDate, LayerFile, LayerTree, TreeLayer } from '../../shared/serverApi';
import type { Parts } from '../parts';
import type { WorkspaceState } from '../workspaceState';
import { bytes, count, dates as datesText, day, files, rows } from '../words';
import { datesByMonth } from './months';
import type { Node } from './tree';

type Layer = LayerTree['layers'][number];

/** Roots of the view: the layers; none where nothing lies in any of them. */
export async function layerNodes(parts: Parts, state: WorkspaceState): Promise<readonly Node[]> {
  const tree = await parts.engine.call('layers', {});
  state.follow(tree);
  if (tree.layers.every((layer) => layer.dates.length === 0)) return [];
  return tree.layers.map((layer) => layerNode(parts, layer));
}

function layerNode(parts: Parts, { layer, folder, dates }: Layer): Node {
  const known = dates.filter((date) => date !== '').length;
  return {
    id: `layers/${layer}`,
    label: layerName(layer),
    description: known === 0 ? emptyText(dates) : datesText(known),
    tooltip: [
      ['', layerText(layer)],
      [vscode.l10n.t('Folder'), folder],
    ],
    icon: new vscode.ThemeIcon(ICONS[layer]),
    context: ['folder'],
    uri: vscode.Uri.file(folder),
    children: () =>
      datesByMonth(`layers/${layer}`, dates, async (some) => {
        const sums = await parts.engine.call('layerDates', { layer, dates: some });
        return sums.map((sum) => dateNode(parts, layer, folder, sum));
      }),
  };
}

function emptyText(dates: readonly DateKey[]): string {
  // Files whose name has no date lie there all the same.
  return dates.length === 0 ? vscode.l10n.t('empty') : vscode.l10n.t('no new files');
}

function dateNode(parts: Parts, layer: TreeLayer, folder: string, sum: LayerDate): Node {
  const { date } = sum;
  const facts = [
    files(sum.files),
    ...(sum.rows === null ? [] : [rows(sum.rows)]),
    bytes(sum.bytes),
    ...(sum.broken === 0 || date === '' ? [] : [vscode.l10n.t('{0} with problems', count(sum.broken))]),
    ...(sum.drift === undefined ? [] : [driftText(sum.drift)]),
  ];
  const id = `layers/${layer}/${date === '' ? 'none' : date}`;
  return {
    id,
    label: date === '' ? vscode.l10n.t('Ignored files') : day(date),
    description: facts.join(' · '),
    icon: dateIcon(sum),
    ...(date === ''
      ? { tooltip: [['', vscode.l10n.t('Files that runs ignore, with the reason.')]] as const }
      : {
          date,
          // Landing has no folder of its own for a date.
          ...(layer === 'landing'
            ? { context: ['date'] as const }
            : {
                context: ['date', 'folder', 'report'] as const,
                uri: vscode.Uri.joinPath(vscode.Uri.file(folder), date),
              }),
        }),
    children: async () => groups({ id, layer, date }, await parts.engine.call('layerFiles', { layer, date })),
  };
}

/** "drift: 2 differences". */
function driftText(differences: number): string {
  return differences === 1
    ? vscode.l10n.t('drift: 1 difference')
    : vscode.l10n.t('drift: {0} differences', count(differences));
}

function dateIcon({ date, broken, drift }: LayerDate): vscode.ThemeIcon {
  if (date === '') return new vscode.ThemeIcon('question');
  if (broken > 0 || drift !== undefined)
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon('calendar');
}

/** Where files of a layer stand in the tree. */
interface FileParent {
  readonly id: string;
  readonly layer: TreeLayer;
  readonly date: DateKey;
}

type GroupKey = 'stage' | 'brand';

/** Files of a date: by stage (rejects) and brand where they have one, else as they are. */
function groups(
  parent: FileParent,
  some: readonly LayerFile[],
  [key, ...rest]: readonly GroupKey[] = ['stage', 'brand'],
): readonly Node[] {
  if (key === undefined) return some.map((file) => fileNode(parent, file));
  if (some.every((file) => file[key] === undefined)) return groups(parent, some, rest);
  const named = new Map<string, LayerFile[]>();
  const others: LayerFile[] = [];
  for (const file of some) {
    const name = file[key];
    if (name === undefined) others.push(file);
    else named.set(name, [...(named.get(name) ?? []), file]);
  }
  return [
    ...[...named].map(([name, own]): Node => {
      const id = `${parent.id}/${name}`;
      return { ...groupNode(key, name, own), id, children: () => groups({ ...parent, id }, own, rest) };
    }),
    ...groups(parent, others, rest),
  ];
}

function groupNode(key: GroupKey, name: string, own: readonly LayerFile[]): Omit<Node, 'id'> {
  const size = own.reduce((sum, file) => sum + file.bytes, 0);
  return {
    label: name,
    description: [files(own.length), bytes(size)].join(' · '),
    icon: own.some((file) => file.state !== 'ok' || file.drift !== undefined)
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : new vscode.ThemeIcon(key === 'stage' ? 'arrow-right' : 'broadcast'),
  };
}

function fileNode({ id, layer, date }: FileParent, file: LayerFile): Node {
  const uri = vscode.Uri.file(file.path);
  const name = basename(file.path);
  const canPreview =
    file.state !== 'broken' && /\.(parquet|parq|pq|pqt|csv|tsv|txt)(\.(gz|zst))?$/i.test(name);
  const gone = file.state === 'broken' && file.bytes === 0;
  return {
    id: `${id}/${file.path}`,
    label: name,
    description: [
      ...(file.rows === null ? [] : [rows(file.rows)]),
      ...(gone ? [] : [bytes(file.bytes)]),
      ...(file.state === 'ok' && file.reason === undefined ? [] : [file.reason ?? '']),
      ...(file.drift === undefined ? [] : [driftText(file.drift.length)]),
    ].join(' · '),
    tooltip: tooltipOf(file),
    icon: fileIcon(file),
    context: [
      'file',
      ...(canPreview ? (['preview'] as const) : []),
      ...(layer === 'gold' ? (['gold'] as const) : []),
      ...(file.drift === undefined ? [] : (['drift'] as const)),
      ...(file.drift?.some((one) => one.kind === 'renamed') === true ? (['renamed'] as const) : []),
    ],
    uri,
    date,
    ...defined({ table: file.table, drift: file.drift }),
    ...(gone
      ? {}
      : {
          command: canPreview
            ? { id: 'm7.openPreview', argument: uri }
            : { id: 'vscode.open', argument: uri },
        }),
  };
}

function fileIcon({ path, state, drift }: LayerFile): vscode.ThemeIcon {
  if (state === 'ok' && drift !== undefined)
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  switch (state) {
    case 'broken':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'ignored':
      return new vscode.ThemeIcon('circle-slash');
    case 'waiting':
      return new vscode.ThemeIcon('loading~spin');
    case 'ok':
      return new vscode.ThemeIcon(path.endsWith('.parquet') ? 'table' : 'file');
    default:
      return state satisfies never;
  }
}

function tooltipOf(file: LayerFile): readonly (readonly [string, string])[] {
  const line = (name: string, value: string | undefined): readonly (readonly [string, string])[] =>
    value === undefined ? [] : [[name, value]];
  return [
    ...line('', file.path),
    ...line(vscode.l10n.t('Brand'), file.brand),
    ...line(vscode.l10n.t('Table'), file.table),
    ...line(vscode.l10n.t('Rows'), file.rows === null ? undefined : count(file.rows)),
    ...line(vscode.l10n.t('Size'), `${bytes(file.bytes)} (${count(file.bytes)} B)`),
    ...line(vscode.l10n.t('State'), stateText(file.state)),
    ...line(vscode.l10n.t('Reason'), file.reason),
    ...(file.drift ?? []).flatMap(({ message }) => line(vscode.l10n.t('Drift'), message)),
  ];
}

function stateText(state: LayerFile['state']): string | undefined {
  switch (state) {
    case 'ok':
      return undefined;
    case 'broken':
      return vscode.l10n.t('changed since it was written');
    case 'ignored':
      return vscode.l10n.t('ignored');
    case 'waiting':
      return vscode.l10n.t('still being written');
    default:
      return state satisfies never;
  }
}

const ICONS: Readonly<Record<TreeLayer, string>> = {
  landing: 'inbox',
  raw: 'package',
  silver: 'filter',
  gold: 'star-full',
  rejects: 'circle-slash',
  archive: 'archive',
};

function layerName(layer: TreeLayer): string {
  switch (layer) {
    case 'landing':
      return vscode.l10n.t('Landing');
    case 'raw':
      return vscode.l10n.t('Raw');
    case 'silver':
      return vscode.l10n.t('Silver');
    case 'gold':
      return vscode.l10n.t('Gold');
    case 'rejects':
      return vscode.l10n.t('Rejects');
    case 'archive':
      return vscode.l10n.t('Archive');
    default:
      return layer satisfies never;
  }
}

function layerText(layer: TreeLayer): string {
  switch (layer) {
    case 'landing':
      return vscode.l10n.t('New files, as delivered.');
    case 'raw':
      return vscode.l10n.t('The original files, and the same records as Parquet with every column as text.');
    case 'silver':
      return vscode.l10n.t('Typed and cleaned tables, one per brand.');
    case 'gold':
      return vscode.l10n.t('Tables of all brands.');
    case 'rejects':
      return vscode.l10n.t('Rejected rows and files, with the reason.');
    case 'archive':
      return vscode.l10n.t('Originals past their retention, compressed.');
    default:
      return layer satisfies never;
  }
}
