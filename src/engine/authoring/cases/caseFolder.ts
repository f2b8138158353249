// The folder of a case: its name and path are checked before the search, and written whole or not at all.
import { randomBytes } from 'node:crypto';
import { constants, existsSync, statSync } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inWords } from '../../base';
import { PipelineError } from '../../model';
import type { CaseFiles } from './caseAttempt';
import { folderName } from './candidates';
import type { CaseResult } from './model';

/** @throws PipelineError USAGE */
export function freeFolder(parent: string, name: string): string {
  if (name !== folderName(name) || name.length > 120)
    throw new PipelineError(
      'USAGE',
      `"${name}" is not a valid name for a case folder.`,
      'Use letters, digits, "-" and "_", at most 120 of them.',
    );
  const folder = join(parent, name);
  if (!existsSync(folder)) return folder;
  throw new PipelineError(
    'USAGE',
    `${folder} already exists.`,
    'Give the case another name, or remove the folder.',
    { where: { file: folder } },
  );
}

/** Checked before the search, which may take minutes. @throws PipelineError PERMISSION | USAGE */
export async function requireWritable(folder: string): Promise<void> {
  let there = dirname(folder);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (!statSync(there).isDirectory())
    throw new PipelineError('USAGE', `${there} is a file: a case needs a folder.`, 'Choose another folder.', {
      where: { file: there },
    });
  try {
    await access(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PipelineError(
      'PERMISSION',
      `Cannot create ${folder}: you have no permission to write to ${there}.`,
      'Choose another folder, or get write permission there.',
      { cause: error },
    );
  }
}

export function readme(result: CaseResult): string {
  const { table, date, title, files, lines, masked } = result;
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return [
    `# ${table}, ${date}: ${title}`,
    `${count(lines, 'data line')} in ${count(files.length, 'file')} of landing/ reproduce it, with the part of config/ they need; ${masked.length === 0 ? 'no value was replaced' : `the values of ${masked.join(', ')} are masked; values that config/ itself names are unchanged`}.`,
    '`m7 test .` in this folder runs it and compares with expected.json; after an intended change, `m7 test . --update`.',
    '',
  ].join('\n');
}

/** Writes the folder whole or not at all. */
export async function writeFolder(folder: string, files: CaseFiles): Promise<void> {
  await inWords(folder, async () => {
    // Ignored by a search for cases in the meantime.
    const draft = join(dirname(folder), `.case-${randomBytes(6).toString('hex')}`);
    try {
      for (const [path, content] of files) {
        const target = join(draft, path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, content);
      }
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
}
