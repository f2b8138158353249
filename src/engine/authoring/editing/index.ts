// Help while the config files are edited: completion, hover, diagnostics, lenses, and trials of rules on real rows.
import type { DateKey } from '../../model';
import type { WorkspaceOptions } from '../../workspace';
import { complete } from './complete';
import { columnNameEdits } from './columnName';
import { diagnose } from './diagnose';
import { EditingContext, knowledgeFor } from './editingContext';
import { hover } from './hover';
import { lenses, locate } from './lenses';
import type {
  Completion,
  Diagnostic,
  Draft,
  DraftFile,
  Edit,
  Hover,
  Lenses,
  RowsFile,
  RuleChange,
  RuleTrial,
} from './model';
import { openRowsFiles } from './rowsFiles';
import type { Scene } from './suggestion';
import { failingRows, trialDates, tryRule, whatWouldChange, type RuleOnDate } from './trial';
import type { TrialContext, TrialWorkspace } from './trialGold';

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
  /** What makes a header of the files a name of a column in table_schemas.json; undefined without the column. */
  nameColumn(
    draft: Draft,
    wanted: { readonly table: string; readonly column: string; readonly header: string },
  ): Promise<readonly Edit[] | undefined>;
  /** Dates with gold of a table, or of any, newest first. */
  dates(table?: string): Promise<readonly DateKey[]>;
  /** See trial.ts for what these three throw. */
  tryRule(draft: Draft, wanted: RuleOnDate, context: TrialContext): Promise<RuleTrial>;
  failingRows(draft: Draft, wanted: RuleOnDate, context: TrialContext): Promise<RowsFile | undefined>;
  whatWouldChange(
    draft: Draft,
    wanted: { readonly date: DateKey; readonly tables?: readonly string[] },
    context: TrialContext,
  ): Promise<readonly RuleChange[]>;
  /** Lets everything go; rows written for readers are removed. */
  close(): void;
}

export function openEditing(options: WorkspaceOptions): Editing {
  const context = new EditingContext(options);
  const rowsFiles = openRowsFiles();
  const sceneOf = async (draft: Draft, signal: AbortSignal | undefined): Promise<Scene> => {
    const workspace = await context.workspace();
    const sketch = await context.sketch(draft);
    return {
      file: draft.file,
      sketch,
      config: sketch.config,
      knowledge: knowledgeFor(draft, workspace),
      expectedTables: draft.alone === true ? [] : workspace.settings.expectedTables,
      signal,
    };
  };
  const trialWorkspace = async (): Promise<TrialWorkspace> => {
    const { settings, lake } = await context.workspace();
    return { settings, lake, rowsFiles };
  };
  return {
    files: () => context.paths(),
    complete: async (draft, offset, signal) => complete(await sceneOf(draft, signal), offset),
    hover: async (draft, offset, signal) => hover(await sceneOf(draft, signal), offset),
    diagnose: async (draft, signal) => {
      const { settings } = await context.workspace();
      return diagnose(draft, {
        // Which tables a workspace expects says nothing about a file outside of it.
        settings: draft.alone === true ? { ...settings, expectedTables: [] } : settings,
        texts: await context.texts(draft),
        sketch: await context.sketch(draft),
        // Binding runs constants: without trust SQL is not judged.
        connection: settings.trusted ? await context.judge() : undefined,
        signal,
      });
    },
    lenses: async (draft) => {
      if (draft.file !== 'validation_rules') return { rules: [], tables: [] };
      return lenses(await context.sketch(draft), knowledgeFor(draft, await context.workspace()));
    },
    locate: async (wanted) => locate(await context.saved(), wanted),
    nameColumn: async (draft, wanted) => columnNameEdits(await context.sketch(draft), wanted),
    dates: async (table) => trialDates((await context.workspace()).lake, table),
    tryRule: async (draft, wanted, task) =>
      tryRule(await trialWorkspace(), await context.sketch(draft), wanted, task),
    failingRows: async (draft, wanted, task) =>
      failingRows(await trialWorkspace(), await context.sketch(draft), wanted, task),
    whatWouldChange: async (draft, wanted, task) =>
      whatWouldChange(await trialWorkspace(), await context.texts(draft), wanted, task),
    close: () => {
      context.close();
      rowsFiles.close();
    },
  };
}
