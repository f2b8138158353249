// Files that more people may read than should: secrets, and the data of a workspace made before access was limited.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolders } from '../lake';
import type { CheckProblem, Settings } from '../model';

const OTHERS_READ = 0o044;
const OTHERS = 0o007;

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
        remedy: `Run: chmod 600 ${file}`,
      });
  for (const folder of [
    stateFolders(settings).stateDir,
    settings.logsDir,
    settings.rejectsDir,
    settings.rawDir,
  ])
    if (((await modeOf(folder)) & OTHERS) !== 0)
      problems.push({
        severity: 'warning',
        file: folder,
        message: `${folder} holds data about people and is open to every user of this machine.`,
        remedy: `Run: chmod o-rwx ${folder}`,
      });
  return problems;
}

const modeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mode }) => mode,
    () => 0,
  );
