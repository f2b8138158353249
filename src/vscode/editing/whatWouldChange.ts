// "What would change": the draft's rules against the last validation, by table and rule, before anything is saved.
import * as vscode from 'vscode';
import type { RuleChange } from '../../shared/editingApi';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import { day, rows } from '../words';
import type { Documents } from './documents';
import { changeInWords, changesMarkdown, outcomeInWords } from './results';
import type { TrialDate } from './trialDate';
import { openRows, withPercent } from './tryRule';
import { showInformation } from '../shown/notices';
import { pickOne } from '../shown/pickers';

const SCHEME = 'm7-changes';

interface ChangeItem extends vscode.QuickPickItem {
  readonly open?: () => Promise<unknown>;
}

export function registerWhatWouldChange(
  parts: Parts,
  documents: Documents,
  dates: TrialDate,
): vscode.Disposable {
  const pages = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();

  const compare = async (argument: unknown): Promise<readonly RuleChange[] | undefined> => {
    const { uri, table } = wantedOf(argument);
    const document =
      uri === undefined
        ? await documents.open('validation_rules')
        : await vscode.workspace.openTextDocument(uri);
    const draft = document === undefined ? undefined : await documents.draft(document);
    const date = draft === undefined ? undefined : await dates.for(table);
    if (draft === undefined || date === undefined) return undefined;
    const changes = await withPercent(vscode.l10n.t('Comparing rules on {0}', day(date)), (options) =>
      parts.engine.call(
        'editing.whatWouldChange',
        { draft, date, ...(table === undefined ? {} : { tables: [table] }) },
        options,
      ),
    );
    // Shown without being waited for: it stays until something is chosen.
    show(changes, date).catch(parts.reportError);
    return changes;
  };
  const showPage = async (changes: readonly RuleChange[], date: string): Promise<void> => {
    const page = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${vscode.l10n.t('What would change')} ${date}.md`,
    });
    pages.set(page.toString(), changesMarkdown(changes, date));
    changed.fire(page);
    await vscode.commands.executeCommand('markdown.showPreview', page);
  };
  const show = async (changes: readonly RuleChange[], date: string): Promise<void> => {
    if (changes.length === 0) {
      void showInformation(
        vscode.l10n.t('Nothing would change on {0}: its tables were validated with these rules.', day(date)),
      );
      return;
    }
    const items: ChangeItem[] = [
      {
        label: vscode.l10n.t('Show all as text'),
        iconPath: new vscode.ThemeIcon('file-text'),
        open: () => showPage(changes, date),
      },
      ...changes.flatMap(itemsOf),
    ];
    const picked = await pickOne(items, {
      title: vscode.l10n.t('What the rules would change on {0}', day(date)),
      matchOnDescription: true,
    });
    await picked?.open?.();
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => pages.get(uri.toString()) ?? '',
    }),
    registerCommand(parts, 'm7.whatWouldChange', compare),
  );
}

function itemsOf(change: RuleChange): readonly ChangeItem[] {
  const { rejectedRows, acceptedRows, before, after } = change;
  return [
    { label: change.table, kind: vscode.QuickPickItemKind.Separator },
    {
      label: change.table,
      description: changeInWords(change),
      ...(before.status === after.status ? {} : { detail: `${before.status} → ${after.status}` }),
    },
    ...(rejectedRows === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('Newly rejected'),
            iconPath: new vscode.ThemeIcon('open-preview'),
            description: rows(rejectedRows.total),
            open: () => openRows(rejectedRows.path),
          },
        ]),
    ...(acceptedRows === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('Newly accepted'),
            iconPath: new vscode.ThemeIcon('open-preview'),
            description: rows(acceptedRows.total),
            open: () => openRows(acceptedRows.path),
          },
        ]),
    ...change.rules.map((rule): ChangeItem => ({
      label: rule.id,
      description: `${outcomeInWords(rule.before)} → ${outcomeInWords(rule.after)}`,
    })),
  ];
}

function wantedOf(argument: unknown): { readonly uri?: vscode.Uri; readonly table?: string } {
  if (typeof argument !== 'object' || argument === null) return {};
  const { uri, table } = argument as { readonly uri?: unknown; readonly table?: unknown };
  return {
    ...(uri instanceof vscode.Uri ? { uri } : {}),
    ...(typeof table === 'string' ? { table } : {}),
  };
}
