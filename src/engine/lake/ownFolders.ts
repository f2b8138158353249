// Folders that the pipeline writes and empties are its own: a link in place of one leads to somebody else's files.
import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { PipelineError, type Settings } from '../model';
import { stateFolders } from './dataFolder';

type Folders = Pick<
  Settings,
  'dataDir' | 'rawDir' | 'silverDir' | 'goldDir' | 'rejectsDir' | 'archiveDir' | 'logsDir'
>;

/** What a layer holds: folders of dates, and what is on its way there. */
const OF_LAYER = /^(?:\d{8}$|\.)/;
const OF_LOGS = /^(?:runs|reports|watch|openlineage|[\w-]+\.ndjson(?:\.\d+)?|\..*)$/;

/**
 * Refuses a workspace whose state, or a folder in it, is a link: it is emptied by every run. A layer may be a link to
 * another disk, where all that lies there can be of a layer: a clone may bring a link to any folder of its reader.
 * @throws PipelineError UNSUPPORTED
 */
export function requireOwnFolders(settings: Folders): void {
  const { stateDir } = stateFolders(settings);
  const inState = isLink(stateDir) ? stateDir : linkIn(stateDir);
  if (inState !== undefined)
    throw new PipelineError(
      'UNSUPPORTED',
      `${nameOf(settings, inState)} is a link to ${readlinkSync(inState)}: every run writes and empties folders of the state, which would be others there.`,
      'Remove the link. To keep all data elsewhere, set DATA_DIR to the folder.',
      { where: { file: inState } },
    );
  const { rawDir, silverDir, goldDir, rejectsDir, archiveDir, logsDir } = settings;
  for (const folder of [rawDir, silverDir, goldDir, rejectsDir, archiveDir, logsDir]) {
    if (!isLink(folder)) continue;
    const pattern = folder === logsDir ? OF_LOGS : OF_LAYER;
    const other = namesIn(folder).find((name) => !pattern.test(name));
    if (other !== undefined)
      throw new PipelineError(
        'UNSUPPORTED',
        `${nameOf(settings, folder)} is a link to ${readlinkSync(folder)}, which holds ${JSON.stringify(other)}: that is no folder of a pipeline, and files in it are written and removed.`,
        'Remove the link, or lead it to a folder that holds nothing else.',
        { where: { file: folder } },
      );
  }
}

/**
 * Refuses to write into a folder that lies elsewhere by a link amid its path; the first folders below the data folder
 * may be links, see requireOwnFolders.
 * @param folder that is there.
 * @throws PipelineError UNSUPPORTED
 */
export function requireOwnFolder(settings: Folders, folder: string): void {
  const { rawDir, silverDir, goldDir, rejectsDir, archiveDir, logsDir, dataDir } = settings;
  const root = [rawDir, silverDir, goldDir, rejectsDir, archiveDir, logsDir, dataDir].find((one) =>
    folder.startsWith(`${one}${sep}`),
  );
  if (root === undefined || realpathSync(folder) === join(realpathSync(root), relative(root, folder))) return;
  let path = folder;
  while (path !== root && !isLink(path)) path = dirname(path);
  throw new PipelineError(
    'UNSUPPORTED',
    `${nameOf(settings, path)} is a link: what is written there would be another folder's.`,
    'Remove the link.',
    { where: { file: path } },
  );
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function linkIn(folder: string): string | undefined {
  try {
    const found = readdirSync(folder, { withFileTypes: true }).find((entry) => entry.isSymbolicLink());
    return found && join(folder, found.name);
  } catch {
    // There is none yet, or it cannot be read: who reads it says so.
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const nameOf = ({ dataDir }: Pick<Settings, 'dataDir'>, path: string): string =>
  relative(dirname(dataDir), path).split(sep).join('/');
