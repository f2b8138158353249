// The common tree of the views: nodes are plain objects, children are read when they are opened.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DateKey, Drift } from '../../engine';
import type { Command } from '../commands/ids';
import { registerCommand } from '../commands/register';
import { errorOf, openAt, placeOf } from '../failure';
import type { Owned, Parts } from '../parts';
import { inert } from '../../shared/words';
import { factLines } from '../shown/markdown';

type ContextWord =
  | 'date'
  | 'report'
  | 'file'
  | 'folder'
  | 'preview'
  | 'gold'
  /** Files whose columns differ, and those of which one has another name now. */
  | 'drift'
  | 'renamed'
  /** A date, a table or a step that failed. */
  | 'failed'
  /** A date with loads, and a table of one. */
  | 'loads'
  | 'load'
  /** The warehouse itself, and what may be copied of its problems. */
  | 'connection'
  | 'statements';

export interface Node {
  /** The same thing has the same id after every refresh: what was opened stays open. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Lines of "name: value"; texts from files, shown as they are. */
  readonly tooltip?: readonly (readonly [string, string])[];
  readonly icon?: vscode.ThemeIcon;
  /** Words the menus look for. */
  readonly context?: readonly ContextWord[];
  readonly command?: { readonly id: Command | 'vscode.open'; readonly argument: unknown };
  readonly error?: ReturnType<typeof errorOf>;
  /** For commands of menus. */
  readonly date?: DateKey;
  readonly table?: string;
  readonly uri?: vscode.Uri;
  readonly drift?: readonly Drift[];
  /** Statements that may be copied. */
  readonly copies?: readonly string[];
  /** Absent: a leaf. */
  readonly children?: () => readonly Node[] | Promise<readonly Node[]>;
  /** Shown open at first. */
  readonly open?: boolean;
}

export interface TreeOptions {
  readonly view: 'm7.layers' | 'm7.runs' | 'm7.warehouse';
  /** Context key that is set once the view has been read, so that no welcome text flashes before. */
  readonly read: string;
  readonly roots: () => Promise<readonly Node[]>;
  /** Another reason to read again, beside the state on disk. */
  readonly onDidChange?: vscode.Event<void>;
}

/** Opens a view. It reads when it is visible, and again when the state has changed. */
export function openTree(parts: Parts, { view: id, read, roots, onDidChange }: TreeOptions): Owned {
  const changed = new vscode.EventEmitter<undefined>();
  let last: readonly Node[] = [];
  let stale = false;

  const readRoots = async (): Promise<readonly Node[]> => {
    if (!parts.workspace.isReady) return [];
    try {
      last = await roots();
    } catch (error) {
      const plain = errorOf(error);
      if (plain.code === 'CANCELLED') return last;
      // A crashed engine takes nothing from the view: it is read again from a new one.
      if (plain.code === 'DISCONNECTED' && last.length > 0) return last;
      parts.log.warn(`${id}: ${plain.message} (${plain.code})`);
      // What was known before stays in sight below it.
      return [problemNode(id, plain), ...last];
    } finally {
      void vscode.commands.executeCommand('setContext', read, true);
    }
    return last;
  };
  const childrenOf = async (node: Node): Promise<readonly Node[]> => {
    try {
      return (await node.children?.()) ?? [];
    } catch (error) {
      const plain = errorOf(error);
      return plain.code === 'CANCELLED' ? [] : [problemNode(node.id, plain)];
    }
  };
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => itemOf(node, parts.workspace.uri),
    getChildren: async (node) => [...(node === undefined ? await readRoots() : await childrenOf(node))],
  };
  const view = vscode.window.createTreeView(id, { treeDataProvider: provider, showCollapseAll: true });
  const refresh = (): void => {
    if (view.visible) changed.fire(undefined);
    else stale = true;
  };
  const listeners = [
    view,
    parts.onDidChangeState(refresh),
    ...(onDidChange === undefined ? [] : [onDidChange(refresh)]),
    view.onDidChangeVisibility(({ visible }) => {
      if (!visible || !stale) return;
      stale = false;
      changed.fire(undefined);
    }),
    changed,
  ];
  return { dispose: () => listeners.forEach((one) => void one.dispose()) };
}

/** An error in the place of what could not be read; a click leads to the file it is about. */
export function problemNode(parent: string, error: ReturnType<typeof errorOf>): Node {
  const { file, line, message, remedy } = error;
  return {
    id: `${parent}/problem`,
    ...(file === undefined || line === undefined
      ? { label: message, description: remedy }
      : {
          label: vscode.l10n.t('Error in {0}, line {1}', basename(file), line),
          description: `${message} ${remedy}`,
        }),
    tooltip: [
      ['', error.message],
      ['', error.remedy],
    ],
    icon: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
    error,
  };
}

function itemOf(node: Node, folder: vscode.Uri | undefined): vscode.TreeItem {
  const collapsed =
    node.children === undefined
      ? vscode.TreeItemCollapsibleState.None
      : node.open === true
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(inert(node.label), collapsed);
  item.id = node.id;
  item.accessibilityInformation = {
    label: inert([node.label, node.description].filter((text) => text !== undefined).join(', ')),
  };
  if (node.description !== undefined) item.description = inert(node.description);
  if (node.icon !== undefined) item.iconPath = node.icon;
  if (node.context !== undefined) item.contextValue = node.context.join(' ');
  if (node.tooltip !== undefined) item.tooltip = factLines(node.tooltip);
  const command = commandOf(node, folder);
  if (command !== undefined) item.command = command;
  return item;
}

function commandOf(node: Node, folder: vscode.Uri | undefined): vscode.Command | undefined {
  if (node.command !== undefined)
    return { command: node.command.id, title: node.label, arguments: [node.command.argument] };
  const place = node.error === undefined ? undefined : placeOf(node.error, folder);
  return place === undefined
    ? undefined
    : { command: OPEN_PLACE, title: node.label, arguments: [place.uri, place.line] };
}

/** Opens a file at a line; of the views alone, so it stands in no menu and no palette. */
const OPEN_PLACE = 'm7.internal.openPlace';

export function registerOpenPlace(parts: Pick<Parts, 'reportError'>): vscode.Disposable {
  return registerCommand(parts, OPEN_PLACE, (uri: vscode.Uri, line: number) => openAt(uri, line));
}
