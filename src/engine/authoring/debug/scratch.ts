// A copy of a date's state to try things on: what a run reads is linked, what it appends to is copied, the rest stays away.
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { codeOf, makeTemporaryFolder, sweepTemporaryFolders, translateSystemError } from '../../base';
import { matcher, relativePath, ledgerFile, reportsFolder } from '../../lake';
import type { DateKey } from '../../model';
import { type OpenWorkspace, type WorkspaceOptions, openWorkspace } from '../../workspace';

/** A workspace with the config of another one and a data folder of its own, which may be spoilt. */
export interface ScratchWorkspace {
  readonly workspace: OpenWorkspace;
  /** Opens it again, with the config files as they are now. @throws PipelineError like openWorkspace. */
  reopen(): Promise<OpenWorkspace>;
  /** The workspace's own file of which a file of the copy was made; the same path where there is none. */
  original(path: string, landingFile?: string): string;
  /** Removes the copy. It goes with the process, or with the next scratch where that was killed. */
  close(): void;
}

/** Nothing outside of the copy is told of, or loaded by, what runs on it. */
const OVERRIDES = {
  MOCK_SNOWFLAKE: 'true',
  ENABLE_EMAIL_ALERTS: 'false',
  ALERT_WEBHOOK_URL: '',
  OPENLINEAGE: 'off',
  SETTLE: '0',
} as const;

/**
 * Copies the state that runs over one date need: the date's files of all layers, the gold and reports of dates before
 * it, the ledger. Files are hard links: a run replaces a file by renaming another one into its place, so that none
 * is written through. The warehouse is left out.
 * @throws PipelineError like openWorkspace; DISK_FULL, PERMISSION where the copy cannot be made.
 */
export async function openScratchWorkspace(
  options: WorkspaceOptions,
  date: DateKey,
): Promise<ScratchWorkspace> {
  const own = await openWorkspace(options);
  sweepTemporaryFolders('debug');
  const folder = makeTemporaryFolder('debug');
  const close = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // What cannot be removed now is by the next session; it must not hide how this one ended.
    }
  };
  try {
    fill(own, folder, date);
    const dataDir = join(folder, 'data');
    const reopen = (): Promise<OpenWorkspace> =>
      openWorkspace({
        ...options,
        overrides: { ...options.overrides, ...OVERRIDES, DATA_DIR: dataDir },
        lender: own.settings.dataDir,
      });
    return {
      workspace: await reopen(),
      reopen,
      original: (path, landingFile) => {
        if (!path.startsWith(dataDir)) return path;
        const there = join(own.settings.dataDir, relative(dataDir, path));
        if (existsSync(there)) return there;
        // Taken in on the copy alone: it still waits where it came.
        const waiting = landingFile === undefined ? there : join(own.settings.landingDir, landingFile);
        return existsSync(waiting) ? waiting : path;
      },
      close,
    };
  } catch (error) {
    close();
    throw translateSystemError(folder, error);
  }
}

function fill({ settings, config, lake }: OpenWorkspace, folder: string, date: DateKey): void {
  const data = join(folder, 'data');
  const made = new Set<string>();
  const placeOf = (path: string): string => {
    const to = join(data, relative(settings.dataDir, path));
    if (!made.has(dirname(to))) mkdirSync(dirname(to), { recursive: true });
    made.add(dirname(to));
    return to;
  };
  const all = (root: string): void => {
    for (const path of filesBelow(root)) borrow(path, placeOf(path), true);
  };
  mkdirSync(data, { recursive: true });
  const match = matcher(settings, config);
  for (const path of filesBelow(settings.landingDir)) {
    const name = match(relativePath(settings.landingDir, path));
    // A symbolic link would not be taken for a file that has arrived.
    if (name.kind === 'match' && name.date === date) borrow(path, placeOf(path), false);
  }
  for (const layer of [settings.rawDir, settings.silverDir, settings.rejectsDir, settings.archiveDir])
    all(join(layer, date));
  for (const layer of ['raw', 'silver', 'validated']) all(join(lake.manifestsDir, layer, date));
  const until = (root: string): readonly string[] =>
    namesIn(root).filter((name) => /^\d{8}$/.test(name) && name <= date);
  for (const root of [settings.goldDir, join(lake.manifestsDir, 'gold'), reportsFolder(settings)])
    for (const day of until(root)) all(join(root, day));
  const ledger = ledgerFile(lake.stateDir);
  if (existsSync(ledger)) copyFileSync(ledger, placeOf(ledger));
}

/** Gives a file a second name; a symbolic one, or its bytes, where the two lie on different disks. */
function borrow(from: string, to: string, symbolic: boolean): void {
  try {
    linkSync(from, to);
    return;
  } catch (error) {
    // Removed while we looked: as if it had never been there.
    if (codeOf(error) === 'ENOENT') return;
  }
  try {
    if (symbolic) symlinkSync(from, to, 'file');
    else copyFileSync(from, to);
  } catch (error) {
    if (!symbolic) throw error;
    copyFileSync(from, to);
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
  } catch {
    return [];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
