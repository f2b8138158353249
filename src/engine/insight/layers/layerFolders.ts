// A workspace as trees look at it: readable while a config file is being edited and is wrong.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, openData } from '../../workspace';
import { type Config, defined, PipelineError, type PlainError, type Settings, plainError } from '../../model';
import type { Lake } from '../../lake';

export interface LayerWorkspace {
  readonly settings: Settings;
  readonly lake: Lake;
  /** undefined: it cannot be read now, `configError` says why. */
  readonly config: Config | undefined;
  readonly configError: PlainError | undefined;
}

/** A question about the layers of a workspace. */
export interface LayerRequest {
  readonly directory: string;
  readonly signal?: AbortSignal;
  /** Is the folder trusted? As this process was told without it. */
  readonly trusted?: boolean;
}

/** Opens the folders of a workspace. @throws PipelineError SETTINGS_INVALID: without settings no folder is known. */
export async function openLayerWorkspace({ directory, trusted }: LayerRequest): Promise<LayerWorkspace> {
  const lake = await openData({ directory, ...defined({ trusted }) });
  const { settings } = lake;
  try {
    return { settings, lake, config: await loadConfig(settings), configError: undefined };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { settings, lake, config: undefined, configError: plainError(error) };
  }
}

/** Regular files below a folder by absolute path, with their bytes; hidden ones are passed over. */
export function filesByPath(folder: string): Map<string, number> {
  const found = new Map<string, number>();
  const walk = (path: string): void => {
    for (const entry of entriesOf(path)) {
      if (entry.name.startsWith('.')) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) walk(inner);
      else if (entry.isFile()) {
        const bytes = statSync(inner, { throwIfNoEntry: false })?.size;
        if (bytes !== undefined) found.set(inner, bytes);
      }
    }
  };
  walk(folder);
  return found;
}

/** Names of the date folders of a layer. */
export function dateFolders(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((e) => e.isDirectory() && /^\d{8}$/.test(e.name))
    .map((e) => e.name);
}

function entriesOf(folder: string): readonly {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
}[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not there (yet), or gone since its parent was listed.
    return [];
  }
}
