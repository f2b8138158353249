// The rules as they stand now: of an open document, saved or not, else as they lie on disk.
import * as vscode from 'vscode';
import type { Draft } from '../../shared/editingApi';
import type { Documents } from '../editing/documents';

/** The draft that tests are about; undefined where no config file is being edited: then the disk counts. */
export async function draftNow(documents: Documents): Promise<Draft | undefined> {
  const open = vscode.workspace.textDocuments.filter((document) => documents.isConfig(document));
  const drafts = await Promise.all(
    open.map(async (document) => ({ isDirty: document.isDirty, draft: await documents.draft(document) })),
  );
  const own = drafts.flatMap(({ isDirty, draft }) =>
    draft === undefined || draft.alone === true ? [] : [{ isDirty, draft }],
  );
  // Each carries the unsaved texts of the others: any that is edited has them all.
  const rules = own.find(({ draft }) => draft.file === 'validation_rules');
  return (rules ?? own.find(({ isDirty }) => isDirty))?.draft;
}

/** Is it a rules file by its name? Which one counts is decided where it is read. */
export function isRules({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && uri.path.endsWith('/validation_rules.json');
}
