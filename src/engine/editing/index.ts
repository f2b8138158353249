// Help while the config files are edited: completion, hover, diagnostics, lenses, and trials of rules on real rows.
import type { WorkspaceOptions } from '../workspace';
import { complete } from './complete';
import { diagnose } from './diagnose';
import { knowledgeFor, openGround } from './ground';
import type { Completion, Diagnostic, Draft, DraftFile } from './model';
import type { Scene } from './suggestion';

export type * from './model';

/** The editing help of one workspace; it keeps a database and what it has read. Whoever opens it closes it. */
export interface Editing {
  /** Absolute paths of the config files, whether or not they are there. */
  files(): Promise<Readonly<Record<DraftFile, string>>>;
  complete(draft: Draft, offset: number, signal?: AbortSignal): Promise<readonly Completion[]>;
  diagnose(draft: Draft, signal?: AbortSignal): Promise<readonly Diagnostic[]>;
  close(): void;
}

export function openEditing(options: WorkspaceOptions): Editing {
  const ground = openGround(options);
  const sceneOf = async (draft: Draft, signal: AbortSignal | undefined): Promise<Scene> => {
    const standing = await ground.standing();
    const sketch = await ground.sketch(draft);
    return {
      file: draft.file,
      sketch,
      config: sketch.config,
      knowledge: knowledgeFor(draft, standing),
      expectedTables: draft.alone === true ? [] : standing.settings.expectedTables,
      signal,
    };
  };
  return {
    files: ground.paths,
    complete: async (draft, offset, signal) => complete(await sceneOf(draft, signal), offset),
    diagnose: async (draft, signal) => {
      const { settings } = await ground.standing();
      return diagnose(draft, {
        // Which tables a workspace expects says nothing about a file outside of it.
        settings: draft.alone === true ? { ...settings, expectedTables: [] } : settings,
        texts: await ground.texts(draft),
        sketch: await ground.sketch(draft),
        connection: await ground.judge(),
        signal,
      });
    },
    close: ground.close,
  };
}
