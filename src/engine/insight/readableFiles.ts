// Files that more people may read than should: secrets, and the data of a workspace made before access was limited.
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shellWord } from '../base';
import { reportsFolder, stateFolders, warehouseFile } from '../lake';
import type { CheckProblem, Settings } from '../model';

const OTHERS_READ = 0o044;
const OTHERS = 0o007;
const GROUP = 0o070;

/** Warnings for `m7 check`; none on Windows, whose rights are no modes. */
export async function readableFiles(settings: Settings): Promise<readonly CheckProblem[]> {
  if (process.platform === 'win32') return [];
  const problems: CheckProblem[] = [];
  const environment = join(settings.workspace, '.env');
  const secret = Object.keys(settings.origins).some((name) =>
    /PASSWORD|PASSPHRASE|TOKEN|SECRET|PRIVATE_KEY$/.test(name),
  );
  const keys = [...(secret ? [environment] : []), settings.snowflake.privateKeyPath];
  for (const file of keys)
    if (file !== undefined && ((await modeOf(file)) & OTHERS_READ) !== 0)
      problems.push({
        severity: 'warning',
        file,
        message: `${file} holds a secret and may be read by others than its owner.`,
        remedy: `Run: chmod 600 ${shellWord(file)}`,
      });
  for (const path of withPeople(settings)) {
    const problem = openTo(await reachable(path, settings), settings.fileAccess);
    if (problem !== undefined)
      problems.push({
        severity: 'warning',
        file: path,
        message: `${path} holds data about people and is open to ${problem.whom}.`,
        remedy: `Run: chmod ${problem.change} ${shellWord(path)}${problem.else}`,
      });
  }
  return problems;
}

/** Folders and files whose rows, samples and messages may be about people. Landing is for those who deliver. */
function withPeople(settings: Settings): readonly string[] {
  return [
    stateFolders(settings).stateDir,
    settings.logsDir,
    reportsFolder(settings),
    settings.rejectsDir,
    settings.rawDir,
    settings.silverDir,
    settings.goldDir,
    settings.archiveDir,
    warehouseFile(settings),
  ];
}

interface Opening {
  readonly whom: string;
  readonly change: string;
  readonly else: string;
}

function openTo(mode: number, access: Settings['fileAccess']): Opening | undefined {
  const change = access === 'group' ? 'o-rwx' : 'go-rwx';
  if ((mode & OTHERS) !== 0) return { whom: 'every user of this machine', change, else: '' };
  if (access === 'group' || (mode & GROUP) === 0) return undefined;
  return { whom: 'its group, but FILE_ACCESS is private', change, else: ', or set FILE_ACCESS=group.' };
}

/** The mode of a path of the data folder without what closed folders above it take away. */
async function reachable(path: string, { dataDir }: Settings): Promise<number> {
  let mode = await modeOf(path);
  for (let above = dirname(path); above.startsWith(dataDir); above = dirname(above)) {
    const open = await modeOf(above);
    if ((open & 0o010) === 0) mode &= ~GROUP;
    if ((open & 0o001) === 0) mode &= ~OTHERS;
  }
  return mode;
}

const modeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mode }) => mode,
    () => 0,
  );
