// Raw of one date: each part is held against its original, by its manifest or without one.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, inWords, makeFolder, syncFolder } from '../../base';
import {
  type DamagedManifest,
  type Manifest,
  type UnlistedPart,
  archivedOriginal,
  holdsContent,
  partOfManifest,
  stepFolder,
  unlistedParts,
} from '../../lake';
import {
  type DateKey,
  type ErrorCode,
  PipelineError,
  type Table,
  brandsThere,
  defined,
  isCancelled,
  throwIfCancelled,
} from '../../model';
import { CONTINUE, type PartNotice, type StageContext, landingToRaw } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { RepairOptions, RepairedFile } from './model';

/** What the repair of all dates shares. */
interface RepairScope {
  readonly workspace: OpenWorkspace;
  readonly database: Database;
  readonly options: RepairOptions;
}

/** A slot of the date that is repaired. */
interface RepairedSlot {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: Table;
}

/** What lies there of a slot. */
interface SlotFiles {
  readonly manifests: readonly Manifest[];
  readonly unlisted: readonly UnlistedPart[];
  readonly damaged: readonly DamagedManifest[];
}

type Judged = Omit<RepairedFile, 'date' | 'brand' | 'table'>;

/** Repairs the raw parts of a date, slot by slot. */
export async function repairRaw(scope: RepairScope, date: DateKey): Promise<readonly RepairedFile[]> {
  const { config, lake, settings } = scope.workspace;
  const { manifests, damaged } = lake.readManifests('raw', date);
  const unlisted = unlistedParts(settings, config, date, manifests);
  const found: RepairedFile[] = damaged
    .filter((one) => partOfManifest(config, one) === undefined)
    .map(({ error }) => ({ date, ...unproven(scope, error) }));
  for (const { name: brand } of brandsThere(config))
    for (const table of config.tables) {
      throwIfCancelled(scope.options.signal);
      const own = (of: { readonly brand?: string; readonly table: string } | undefined): boolean =>
        of?.brand === brand && of.table === table.name;
      const judged = await repairSlot(
        scope,
        { date, brand, table },
        {
          manifests: manifests.filter(own).sort((a, b) => (a.part ?? 1) - (b.part ?? 1)),
          unlisted: unlisted.filter(own),
          damaged: damaged.filter((one) => own(partOfManifest(config, one))),
        },
      );
      found.push(...judged.map((one) => ({ date, brand, table: table.name, ...one })));
    }
  return found;
}

async function repairSlot(
  scope: RepairScope,
  slot: RepairedSlot,
  files: SlotFiles,
): Promise<readonly Judged[]> {
  const { lake } = scope.workspace;
  const found = [...(await repairUnlisted(scope, slot, files))];
  for (const manifest of files.manifests) found.push(...(await repairListed(scope, slot, manifest)));
  if (found.length > 0 || files.manifests.length === 0) return found;
  try {
    lake.parts(slot.date, slot.brand, slot.table.name);
    return [];
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return [unproven(scope, error)];
  }
}

/** Parts without a manifest that can be read. All are judged before the first is changed. */
async function repairUnlisted(
  scope: RepairScope,
  slot: RepairedSlot,
  files: SlotFiles,
): Promise<readonly Judged[]> {
  const { workspace, options } = scope;
  const { unlisted, damaged } = files;
  const found: Judged[] = [];
  const proven: number[] = [];
  for (const { part } of unlisted) {
    const { notices, error } = await attempt(scope, slot, { unlisted, only: part, trial: true });
    if (error !== undefined) found.push(unproven(scope, error));
    else if (notices.length > 0) proven.push(part);
    if (options.dryRun) found.push(...notices.map((notice) => judgedOf(scope, notice)));
  }
  for (const one of damaged) {
    const part = partOfManifest(workspace.config, one)?.part ?? 0;
    if (!unlisted.some((u) => u.part === part)) found.push(unproven(scope, one.error));
    else if (proven.includes(part) && !options.dryRun) await setAside(one);
  }
  if (options.dryRun) return found;
  for (const part of proven) {
    const { notices, error } = await attempt(scope, slot, { unlisted, only: part });
    found.push(...notices.map((notice) => judgedOf(scope, notice)));
    // Another part of the slot that is not proven is told for itself.
    if (error !== undefined && notices.length === 0) found.push(unproven(scope, error));
  }
  return found;
}

/** A part that has its manifest: are its files what it says? */
async function repairListed(
  scope: RepairScope,
  slot: RepairedSlot,
  manifest: Manifest,
): Promise<readonly Judged[]> {
  const { lake, settings } = scope.workspace;
  const { signal, verify, dryRun } = scope.options;
  const { source } = manifest;
  if (source === undefined) return [];
  const path = lake.absolute(source.original);
  const refused = (code: ErrorCode, message: string, remedy: string): readonly Judged[] => [
    unproven(scope, new PipelineError(code, message, remedy, { where: { file: path } })),
  ];
  if (!lake.exists(source.original)) {
    const archived = await archivedOriginal(settings, path, source, signal);
    if (archived !== undefined) return [await noteArchived(scope, manifest, archived)];
    // A crash between manifest and move: the next run ends the move.
    if (lake.exists(lake.relative(join(settings.landingDir, source.file)))) return [];
    return refused(
      'NOT_FOUND',
      `${source.original}, the original of ${source.file}, is missing.`,
      'Restore it from a backup, or deliver the file again.',
    );
  }
  const state = lake.originalState(source);
  const broken = manifest.removed !== true && !lake.intact(manifest);
  const other = state === 'same' && verify && !(await holdsContent(path, source.sha256, signal));
  if (other && !path.startsWith(settings.rawDir))
    return refused(
      'FILE_UNREADABLE',
      `${source.original} is not the file that was archived as ${source.file}.`,
      'Restore it from a backup.',
    );
  if (!other && !broken && state === 'same') return [];
  const { notices, error } = await attempt(scope, slot, {
    ...{ manifests: [manifest], unlisted: [], trial: dryRun, force: other },
  });
  const reason = 'its original has other content than was loaded';
  return [
    ...notices.map((notice) => ({ ...judgedOf(scope, notice), ...(other ? { reason } : {}) })),
    ...(error === undefined ? [] : [unproven(scope, error)]),
  ];
}

/** A manifest from before its original was archived learns where that is, and what left raw with it. */
async function noteArchived(
  { workspace, options }: RepairScope,
  manifest: Manifest,
  archived: string,
): Promise<Judged> {
  const { lake } = workspace;
  const { source } = manifest;
  if (source !== undefined && !options.dryRun)
    await lake.rewrite({
      ...manifest,
      ...(lake.intact(manifest) ? {} : { removed: true }),
      source: { ...source, original: lake.relative(archived) },
    });
  return {
    path: workspace.relative(archived),
    outcome: 'noted',
    reason: 'it was archived after its manifest was written',
  };
}

/** What the stage is asked to read of a slot. */
interface PartsToRead extends Pick<SlotFiles, 'unlisted'> {
  readonly manifests?: readonly Manifest[];
  readonly only?: number;
  readonly trial?: boolean;
  readonly force?: boolean;
}

let attempts = 0;

/** Has the stage read parts of a slot, in a folder and with a connection of their own. */
async function attempt(
  { workspace, database, options }: RepairScope,
  slot: RepairedSlot,
  { manifests = [], unlisted, only, trial = false, force = false }: PartsToRead,
): Promise<{ readonly notices: readonly PartNotice[]; readonly error?: PipelineError }> {
  const { settings, config, lake } = workspace;
  attempts += 1;
  const temporary = stepFolder(lake.temporaryDir, attempts);
  await makeFolder(temporary);
  const connection = await database.connect();
  const context: StageContext = {
    ...{ settings, config, lake, connection, temporary, runId: 'repair' },
    signal: options.signal ?? new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    inspect: () => Promise.resolve(CONTINUE),
  };
  const notices: PartNotice[] = [];
  try {
    await landingToRaw(context, {
      ...{ ...slot, files: [], parts: manifests, unlisted, trial, force },
      noticed: (notice) => notices.push(notice),
      ...defined({ only }),
    });
    return { notices };
  } catch (error) {
    if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
    return { notices, error };
  } finally {
    connection.close();
  }
}

/** A damaged manifest keeps its bytes under another name: whoever knows what was in it may still read them. */
async function setAside({ path }: DamagedManifest): Promise<void> {
  await inWords(path, () => rename(path, `${path}.damaged-${Date.now()}`));
  await syncFolder(join(path, '..'));
}

const judgedOf = ({ workspace }: RepairScope, { kind, original, reason }: PartNotice): Judged => ({
  path: workspace.relative(original),
  outcome: kind,
  reason,
});

const unproven = ({ workspace }: RepairScope, { message, remedy, where }: PipelineError): Judged => ({
  path: workspace.relative(where?.file ?? workspace.lake.stateDir),
  outcome: 'unproven',
  reason: message,
  remedy,
});
