// Rules and cases as tests of the editor: computed in the engine process from the text as it stands.
import type { Draft } from '../engine/authoring/editing/model';
import type {
  PublishedResults,
  RuleTestsRequest,
  RuleTestNews,
  RuleTestsEnd,
  RuleTree,
} from '../engine/authoring/ruleTests';
import type { Method } from './channel';

export type { Finding } from '../engine/model';
export type {
  PublishedResults,
  RuleTestsRequest,
  RuleTest,
  RuleTestNews,
  RuleTree,
  TableTests,
  TextRange,
} from '../engine/authoring/ruleTests';

export interface TestsApi {
  /** The rules with their places in the draft; without one as they lie on disk. */
  readonly 'tests.rules': Method<{ readonly draft?: Draft }, RuleTree>;
  /**
   * Runs rules on the gold of a date; what came of each is the progress. Nothing of the workspace is written.
   */
  readonly 'tests.run': Method<RuleTestsRequest & { readonly draft?: Draft }, RuleTestsEnd, RuleTestNews>;
  /** Findings that runs have written since a mark; without one those of the newest date. */
  readonly 'tests.results': Method<{ readonly mark?: number }, PublishedResults>;
  /** The cases of the workspace, by name; none where it has none. Run by `case.test`. */
  readonly 'tests.cases': Method<
    Record<string, never>,
    {
      /** Absolute folder of all of them, whether or not it is there. */
      readonly folder: string;
      readonly cases: readonly FoundCase[];
    }
  >;
}

export interface FoundCase {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder of all cases. */
  readonly name: string;
  /** Absolute path of what it expects. */
  readonly expected: string;
}
