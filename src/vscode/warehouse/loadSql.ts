// The SQL of a load as a document: virtual, so that it can be read and copied, and not be taken for what runs.
import * as vscode from 'vscode';
import { pickDate } from '../commands/pickDate';
import { errorOf } from '../failure';
import { dateOf, tableOf, type Owned, type Parts } from '../parts';
import { day } from '../words';
import { loadSqlText } from './texts';
import { pickOne } from '../shown/pickers';

const SCHEME = 'm7-load-sql';

/** Answers for the documents, again when the config has changed. */
export function openLoadSql({ engine, onDidChangeState }: Parts): Owned {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri, token) => {
      const control = new AbortController();
      token.onCancellationRequested(() => control.abort());
      const { date, table } = named(uri);
      try {
        return loadSqlText(
          await engine.call('warehouse.statements', { date, table }, { signal: control.signal }),
        );
      } catch (error) {
        const { message, remedy } = errorOf(error);
        return `-- ${message.replace(/\s+/g, ' ')}\n-- ${remedy.replace(/\s+/g, ' ')}\n`;
      }
    },
  });
  const listener = onDidChangeState(() => {
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) changed.fire(uri);
  });
  return {
    dispose: () => {
      listener.dispose();
      registered.dispose();
      changed.dispose();
    },
  };
}

export async function showLoadSql(parts: Parts, argument: unknown): Promise<void> {
  const title = vscode.l10n.t('Show SQL of a Load');
  const date =
    dateOf(argument) ??
    (await pickDate(parts, {
      title,
      only: (one) => one.tables.some((t) => t.layers.gold !== undefined || t.loaded !== null),
      anyDate: false,
    }));
  if (date === undefined) return;
  const table = tableOf(argument) ?? (await pickTable(parts, date, title));
  if (table === undefined) return;
  // Refused before an editor is opened: an error belongs into the one place for errors.
  await parts.engine.call('warehouse.statements', { date, table });
  await vscode.window.showTextDocument(uriOf(date, table), { preview: true });
}

async function pickTable({ engine }: Parts, date: string, title: string): Promise<string | undefined> {
  const tables = engine.call('warehouse.dates', { dates: [date] }).then((dates) => dates[0]?.tables ?? []);
  const picked = await pickOne(
    tables.then((some) => some.map((one) => ({ label: one.table }))),
    { title: `${title}: ${day(date)}`, placeHolder: vscode.l10n.t('Which table?') },
  );
  return picked?.label;
}

function uriOf(date: string, table: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${table.replace(/[/\\]/g, ' ')} ${day(date)}.sql`,
    query: JSON.stringify({ date, table }),
  });
}

function named({ query }: vscode.Uri): { readonly date: string; readonly table: string } {
  const { date, table } = JSON.parse(query) as { readonly date?: unknown; readonly table?: unknown };
  return { date: String(date), table: String(table) };
}
