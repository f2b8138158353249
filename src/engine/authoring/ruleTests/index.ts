// Rules as tests: listed with their lines, run on the gold of a date, and what ordinary runs made of them.
import { EditingContext } from '../editing/editingContext';
import type { Draft } from '../editing/model';
import { openRowsFiles } from '../editing/rowsFiles';
import type { Sketch } from '../editing/draftConfig';
import type { WorkspaceOptions } from '../../workspace';
import { testRules, type RuleTestContext } from './evaluateTests';
import type { PublishedResults, RuleTestsRequest, RuleTestsEnd, RuleTree } from './model';
import { publishedResults } from './results';
import { ruleTree } from './tree';

export type * from './model';

/** The tests of one workspace. Whoever opens it closes it. */
export interface RuleTests {
  /** The rules as the draft has them; without one as they are on disk. Never fails for what a text holds. */
  tree(draft?: Draft): Promise<RuleTree>;
  /** See evaluateTests.ts for what it throws. */
  test(draft: Draft | undefined, wanted: RuleTestsRequest, context: RuleTestContext): Promise<RuleTestsEnd>;
  /** What was validated since a mark that was given before; without one the newest date. */
  results(mark?: number): Promise<PublishedResults>;
  close(): void;
}

export function openRuleTests(options: WorkspaceOptions): RuleTests {
  const editing = new EditingContext(options);
  const rowsFiles = openRowsFiles();
  const sketchOf = (draft: Draft | undefined): Promise<Sketch> =>
    draft === undefined ? editing.saved() : editing.sketch(draft);
  return {
    tree: async (draft) => ruleTree(await sketchOf(draft)),
    test: async (draft, wanted, context) => {
      const { settings, lake } = await editing.workspace();
      return testRules({ settings, lake, rowsFiles }, await sketchOf(draft), wanted, context);
    },
    results: async (mark) => {
      const { lake } = await editing.workspace();
      return publishedResults({ lake, config: (await editing.saved()).config }, mark);
    },
    close: () => {
      editing.close();
      rowsFiles.close();
    },
  };
}
