// The three views of the container M7 Pipeline.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import type { WarehouseKnowledge } from '../warehouse/knowledge';
import type { WorkspaceState } from '../workspaceState';
import { layerNodes } from './layers';
import { runNodes } from './runs';
import { openTree, registerOpenPlace } from './tree';
import { warehouseNodes } from './warehouse';

/** Registers the views. Each reads when it becomes visible; nothing is started before. */
export function registerViews(
  parts: Parts,
  state: WorkspaceState,
  knowledge: WarehouseKnowledge,
): vscode.Disposable {
  return vscode.Disposable.from(
    registerOpenPlace(parts),
    openTree(parts, { view: 'm7.layers', read: 'm7.layersRead', roots: () => layerNodes(parts, state) }),
    openTree(parts, { view: 'm7.runs', read: 'm7.runsRead', roots: () => runNodes(parts, state) }),
    openTree(parts, {
      view: 'm7.warehouse',
      read: 'm7.loadsRead',
      roots: () => warehouseNodes(parts, knowledge),
      onDidChange: knowledge.onDidChange,
    }),
  );
}
