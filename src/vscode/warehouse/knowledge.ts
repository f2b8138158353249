// What this window has been told by the warehouse itself: how it answered last, and how gold compared with it.
import * as vscode from 'vscode';
import type { ConnectionTest, ReconcileResult, TableComparison, TableLoad } from '../../shared/warehouseApi';
import type { Owned, Parts } from '../parts';

export interface Compared {
  readonly comparison: TableComparison;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface WarehouseKnowledge extends Owned {
  readonly test: { readonly result: ConnectionTest; readonly at: string } | undefined;
  /** The last comparison of a table, while neither its gold nor its load has changed since. */
  compared(date: string, load: TableLoad): Compared | undefined;
  noteTest(result: ConnectionTest): void;
  noteComparison(result: ReconcileResult): void;
  readonly onDidChange: vscode.Event<void>;
}

/** Kept for as long as the window shows the same folder: what another folder's warehouse said is of no use. */
export function openKnowledge({ workspace }: Pick<Parts, 'workspace'>): WarehouseKnowledge {
  const changed = new vscode.EventEmitter<void>();
  const comparisons = new Map<string, Compared>();
  let test: WarehouseKnowledge['test'];
  let folder = workspace.uri?.toString();
  const listener = workspace.onDidChange(() => {
    if (workspace.uri?.toString() === folder) return;
    folder = workspace.uri?.toString();
    test = undefined;
    comparisons.clear();
  });
  return {
    get test() {
      return test;
    },
    compared: (date, load) => {
      const known = comparisons.get(`${date}/${load.table}`);
      if (known === undefined) return undefined;
      const { comparison } = known;
      const same =
        comparison.load?.load_id === load.load?.load_id &&
        (comparison.gold?.accepted ?? null) === load.accepted;
      return same ? known : undefined;
    },
    noteTest: (result) => {
      test = { result, at: new Date().toISOString() };
      changed.fire();
    },
    noteComparison: (result) => {
      const at = new Date().toISOString();
      for (const comparison of result.tables)
        comparisons.set(`${comparison.date}/${comparison.table}`, { comparison, at });
      changed.fire();
    },
    onDidChange: changed.event,
    dispose: () => {
      listener.dispose();
      changed.dispose();
    },
  };
}
