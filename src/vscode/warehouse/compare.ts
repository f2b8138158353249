// Compares gold of a date with the warehouse: the answer goes into the view and into a document.
import * as vscode from 'vscode';
import type { ReconcileResult } from '../../shared/warehouseApi';
import { pickDate } from '../commands/pickDate';
import { hostsAgreed } from '../hosts';
import { dateOf, tableOf, type Owned, type Parts } from '../parts';
import { count, day, tables } from '../words';
import { comparisonText } from './comparisonText';
import type { WarehouseKnowledge } from './knowledge';
import { showInformation } from '../shown/notices';
import { withCancel } from '../shown/progress';

const SCHEME = 'm7-comparison';

/** The documents of this window's comparisons. */
export interface Comparisons extends Owned {
  /** Shows the last comparison of this title. */
  show(title: string, text: string): Promise<void>;
}

export function openComparisons(): Comparisons {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const texts = new Map<string, string>();
  const registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    // An editor of an earlier window is restored, and its text is gone with that window.
    provideTextDocumentContent: (uri) =>
      texts.get(uri.path) ??
      `# ${vscode.l10n.t('This comparison was made before the window was reloaded')}\n\n${vscode.l10n.t('Compare again to see it.')}\n`,
  });
  return {
    show: async (title, text) => {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replace(/[/\\]/g, ' ')}.md` });
      texts.set(uri.path, text);
      changed.fire(uri);
      try {
        await vscode.commands.executeCommand('markdown.showPreview', uri);
      } catch {
        // Without VS Code's own Markdown extension it is read as text.
        await vscode.window.showTextDocument(uri, { preview: true });
      }
    },
    dispose: () => {
      registered.dispose();
      changed.dispose();
    },
  };
}

export async function compareWarehouse(
  parts: Parts,
  knowledge: WarehouseKnowledge,
  comparisons: Comparisons,
  argument: unknown,
): Promise<void> {
  if (!(await hostsAgreed(parts))) return;
  const table = tableOf(argument);
  const date =
    dateOf(argument) ??
    (await pickDate(parts, {
      title: vscode.l10n.t('Compare with the Warehouse'),
      only: (one) => one.tables.some((t) => t.layers.gold !== undefined || t.loaded !== null),
      anyDate: false,
    }));
  if (date === undefined) return;
  const title = table === undefined ? day(date) : `${table}, ${day(date)}`;
  const result = await withCancel(vscode.l10n.t('Comparing gold with the warehouse: {0}', title), (signal) =>
    parts.engine.call(
      'warehouse.compare',
      { dates: [date], ...(table === undefined ? {} : { tables: [table] }) },
      { signal },
    ),
  );
  knowledge.noteComparison(result);
  parts.log.info(`Compared ${title}: ${result.same} tables agree, ${result.different} differ.`);
  const open = (): Promise<void> =>
    comparisons.show(
      vscode.l10n.t('Comparison {0}', title),
      comparisonText(result, new Date().toISOString()),
    );
  // What differs is to be read; what agrees needs no document that nobody asked for.
  if (result.different > 0) await open();
  else await reportSame(result, title, open);
}

async function reportSame(result: ReconcileResult, title: string, open: () => Promise<void>): Promise<void> {
  const show = vscode.l10n.t('Show Comparison');
  if (result.tables.length === 0) {
    void showInformation(
      vscode.l10n.t('{0}: there is nothing to compare, neither in gold nor in the warehouse.', title),
    );
    return;
  }
  const total = result.tables.reduce((sum, one) => sum + (one.warehouse?.rows ?? 0), 0);
  const choice = await showInformation(
    vscode.l10n.t(
      '{0}: gold and the warehouse agree ({1}, {2} rows).',
      title,
      tables(result.same),
      count(total),
    ),
    show,
  );
  if (choice === show) await open();
}
