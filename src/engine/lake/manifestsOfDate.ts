// The manifests of one date and layer: those that can be read, and what is wrong with the others.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../model';
import { type Manifest, type ManifestLayer, damagedManifest, readManifest } from './manifest';

/** A manifest of raw that cannot be read: what it told of stays as it is until it is made again. */
export interface DamagedManifest {
  /** Absolute. */
  readonly path: string;
  readonly error: PipelineError;
}

export interface ManifestsOfDate {
  readonly manifests: readonly Manifest[];
  readonly damaged: readonly DamagedManifest[];
  /** Damaged ones whose output the next run makes again: absolute paths. */
  readonly remade: readonly string[];
}

/**
 * Reads all manifests below a folder.
 * @param pathOf where a manifest belongs: a copy under another name is no manifest of what that name means.
 * @throws PipelineError STATE_NEWER
 */
export function readManifestsBelow(
  root: string,
  layer: ManifestLayer,
  pathOf: (manifest: Manifest) => string,
): ManifestsOfDate {
  const manifests: Manifest[] = [];
  const damaged: DamagedManifest[] = [];
  const remade: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of folderEntries(folder)) {
      const path = join(folder, entry.name);
      if (!entry.name.endsWith('.json')) {
        if (entry.isDirectory()) walk(path);
        continue;
      }
      try {
        const manifest = readManifest(path);
        if (manifest !== undefined && pathOf(manifest) === path) manifests.push(manifest);
        else if (layer === 'raw') throw damagedManifest(path);
        else remade.push(path);
      } catch (error) {
        if (!(error instanceof PipelineError) || error.code === 'STATE_NEWER') throw error;
        damaged.push({ path, error });
      }
    }
  };
  walk(root);
  return { manifests, damaged, remade };
}

/**
 * A part without a manifest before one that has one: as if it had never come, its rows would leave the warehouse.
 * @throws PipelineError STATE_CORRUPT
 */
export function requireNoneAfter(missing: string, folder: string, stem: string, part: number): void {
  const later = folderEntries(folder)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${stem}.`) && /^\d+\.json$/.test(name.slice(stem.length + 1)))
    .find((name) => Number.parseInt(name.slice(stem.length + 1), 10) > part);
  if (later === undefined) return;
  throw new PipelineError(
    'STATE_CORRUPT',
    `${missing} is missing, though ${later} is there: it shows where the rows of part ${part} came from.`,
    'Run "m7 repair": it makes the manifest again where the original file is there. Or restore it from a backup.',
    { where: { file: missing } },
  );
}

/** What a folder holds; nothing where it is not there. */
export function folderEntries(
  folder: string,
): readonly { readonly name: string; isDirectory(): boolean; isFile(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
