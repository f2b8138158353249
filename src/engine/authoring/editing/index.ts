// Help while the config files are edited: completion, hover, diagnostics, lenses, and trials of rules on real rows.
import type { DateKey } from '../../model';
import type { WorkspaceOptions } from '../../workspace';
import { complete } from './complete';
import { diagnose } from './diagnose';
import { knowledgeFor, openGround } from './editingContext';
import { hover } from './hover';
import { lenses, locate } from './lenses';
import type {
  Completion,
  Diagnostic,
  Draft,
  DraftFile,
  Hover,
  Lenses,
  RowsFile,
  RuleChange,
  RuleTrial,
} from './model';
import { openRowsFiles } from './rowsFiles';
import type { Scene } from './suggestion';
import { failingRows, trialDates, tryRule, whatWouldChange, type TrialWanted } from './trial';
import type { TrialContext, TrialGround } from './trialGold';

export type * from './model';

/** The editing help of one workspace; it keeps a database and what it has read. Whoever opens it closes it. */
export interface Editing {
  /** Absolute paths of the config files, whether or not they are there. */
  files(): Promise<Readonly<Record<DraftFile, string>>>;
  complete(draft: Draft, offset: number, signal?: AbortSignal): Promise<readonly Completion[]>;
  hover(draft: Draft, offset: number, signal?: AbortSignal): Promise<Hover | undefined>;
  diagnose(draft: Draft, signal?: AbortSignal): Promise<readonly Diagnostic[]>;
  /** For a draft of the rules; of the other files none. */
  lenses(draft: Draft): Promise<Lenses>;
  /** Where a rule, a column or a table is written on disk. */
  locate(wanted: {
    readonly table: string;
    readonly rule?: string;
    readonly column?: string;
  }): Promise<{ readonly path: string; readonly line: number } | undefined>;
  /** Dates with gold of a table, or of any, newest first. */
  dates(table?: string): Promise<readonly DateKey[]>;
  /** See trial.ts for what these three throw. */
  tryRule(draft: Draft, wanted: TrialWanted, context: TrialContext): Promise<RuleTrial>;
  failingRows(draft: Draft, wanted: TrialWanted, context: TrialContext): Promise<RowsFile | undefined>;
  whatWouldChange(
    draft: Draft,
    wanted: { readonly date: DateKey; readonly tables?: readonly string[] },
    context: TrialContext,
  ): Promise<readonly RuleChange[]>;
  /** Lets everything go; rows written for readers are removed. */
  close(): void;
}

export function openEditing(options: WorkspaceOptions): Editing {
  const ground = openGround(options);
  const rowsFiles = openRowsFiles();
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
  const trialGround = async (): Promise<TrialGround> => {
    const { settings, lake } = await ground.standing();
    return { settings, lake, rowsFiles };
  };
  return {
    files: ground.paths,
    complete: async (draft, offset, signal) => complete(await sceneOf(draft, signal), offset),
    hover: async (draft, offset, signal) => hover(await sceneOf(draft, signal), offset),
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
    lenses: async (draft) => {
      if (draft.file !== 'validation_rules') return { rules: [], tables: [] };
      return lenses(await ground.sketch(draft), knowledgeFor(draft, await ground.standing()));
    },
    locate: async (wanted) => locate(await ground.saved(), wanted),
    dates: async (table) => trialDates((await ground.standing()).lake, table),
    tryRule: async (draft, wanted, context) =>
      tryRule(await trialGround(), await ground.sketch(draft), wanted, context),
    failingRows: async (draft, wanted, context) =>
      failingRows(await trialGround(), await ground.sketch(draft), wanted, context),
    whatWouldChange: async (draft, wanted, context) =>
      whatWouldChange(await trialGround(), await ground.texts(draft), wanted, context),
    close: () => {
      ground.close();
      rowsFiles.close();
    },
  };
}
