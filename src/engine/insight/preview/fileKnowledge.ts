// What a run would know of a file that is looked at: the columns of its table, its stated format, earlier files.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OpenWorkspace, openWorkspace } from '../../workspace';
import { type SubjectKnowledge, subjectAt, subjectKnowledge } from '../trace/subject';

/**
 * Finds the workspace that a file belongs to, and what it says of it: nothing for a file of no workspace, or where
 * settings or config are being edited.
 * @param path absolute.
 * @param directory of the workspace that is looked into first.
 */
export async function knowledgeAt(path: string, directory: string | undefined): Promise<SubjectKnowledge> {
  for (const folder of new Set([directory, ...workspacesAbove(path)])) {
    if (folder === undefined) continue;
    const workspace = await openWorkspace({ directory: folder }).catch((): undefined => undefined);
    const found = workspace === undefined ? undefined : knowledgeIn(workspace, path);
    if (found !== undefined) return found;
  }
  return {};
}

function knowledgeIn(workspace: OpenWorkspace, path: string): SubjectKnowledge | undefined {
  const subject = subjectAt(workspace, path);
  return subject === undefined || subject.kind === 'ignored'
    ? undefined
    : subjectKnowledge(workspace, subject);
}

function workspacesAbove(path: string): readonly string[] {
  const found: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'config', 'table_schemas.json'))) found.push(folder);
    if (dirname(folder) === folder) return found;
  }
}
