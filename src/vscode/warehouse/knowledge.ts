// What this window has been told by the warehouse itself: how it answered last, and how gold compared with it.
import * as vscode from 'vscode';
import type {
  ConnectionTest,
  ReconcileResult,
  TableComparison,
  TableLoad,
  WarehousePlace,
} from '../../shared/warehouseApi';
import type { Owned, Parts } from '../parts';

export interface Compared {
  readonly comparison: TableComparison;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Tested {
  readonly result: ConnectionTest;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface WarehouseKnowledge extends Owned {
  /** The last test of this warehouse, or of settings that named none. */
  test(warehouse: WarehousePlace): Tested | undefined;
  /** The last comparison of a table, while neither its gold nor its load has changed since. */
  compared(date: string, load: TableLoad): Compared | undefined;
  noteTest(result: ConnectionTest): void;
  /** Another warehouse is chosen: what one said is no answer of the other. */
  forget(): void;
  noteComparison(result: ReconcileResult): void;
  readonly onDidChange: vscode.Event<void>;
}

/** Kept for as long as the window shows the same folder: what another folder's warehouse said is of no use. */
export function openKnowledge({ workspace }: Pick<Parts, 'workspace'>): WarehouseKnowledge {
  const changed = new vscode.EventEmitter<void>();
  const comparisons = new Map<string, Compared>();
  let test: Tested | undefined;
  const forget = (): void => {
    test = undefined;
    comparisons.clear();
  };
  let folder = workspace.uri?.toString();
  const listener = workspace.onDidChange(() => {
    if (workspace.uri?.toString() === folder) return;
    folder = workspace.uri?.toString();
    forget();
  });
  return {
    test: ({ kind, place }) => {
      const tested = test?.result.warehouse;
      return tested === undefined || (tested.kind === kind && tested.place === place) ? test : undefined;
    },
    compared: (date, load) => {
      const known = comparisons.get(`${date}/${load.table}`);
      if (known === undefined) return undefined;
      const { comparison } = known;
      const same =
        comparison.load?.load_id === load.load?.load_id &&
        // The same load may be made again: what it found changed is fixed then.
        comparison.load?.run_id === load.load?.run_id &&
        (comparison.gold?.accepted ?? null) === load.accepted;
      return same ? known : undefined;
    },
    forget,
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
