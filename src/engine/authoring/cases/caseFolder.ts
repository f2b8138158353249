// The folder of a case: its name and place told before the search, and written whole or not at all.
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
      `"${name}" is no name for the folder of a case.`,
      'Use letters, digits, "-" and "_", at most 120 of them.',
    );
  const folder = join(parent, name);
  if (!existsSync(folder)) return folder;
  throw new PipelineError(
    'USAGE',
    `${folder} is there already.`,
    'Give the case another name, or remove the folder.',
    { where: { file: folder } },
  );
}

/** Told before the search, which may take minutes. @throws PipelineError PERMISSION | USAGE */
export async function requireWritable(folder: string): Promise<void> {
  let there = dirname(folder);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (!statSync(there).isDirectory())
    throw new PipelineError('USAGE', `${there} is a file: no case can lie in it.`, 'Choose another folder.', {
      where: { file: there },
    });
  try {
    await access(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PipelineError(
      'PERMISSION',
      `${folder} cannot be made: this user may not write into ${there}.`,
      'Choose another folder, or give this user the right to write there.',
      { cause: error },
    );
  }
}

export function readme(result: CaseResult): string {
  const { table, date, title, files, lines, masked } = result;
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return [
    `# ${table}, ${date}: ${title}`,
    `${count(lines, 'data line')} in ${count(files.length, 'file')} of landing/ that show it, with the part of config/ they need; ${masked.length === 0 ? 'no value was replaced' : `stand-ins replace the values of ${masked.join(', ')}; values that config/ itself names stand as they are`}.`,
    '`m7 test .` in this folder runs it and compares with expected.json; after a change that is meant, `m7 test . --update`.',
    '',
  ].join('\n');
}

/** Writes the folder whole or not at all. */
export async function writeFolder(folder: string, files: CaseFiles): Promise<void> {
  await inWords(folder, async () => {
    // Passed over by whoever looks for cases in the meantime.
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
