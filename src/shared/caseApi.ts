// What the engine process answers about small cases: which failures can become one, making it, running it.
import type {
  CaseCandidate,
  CaseFailure,
  CaseProgress,
  CaseResult,
  TestedCase,
} from '../engine/authoring/cases/model';
import type { DateKey } from '../engine/model';
import type { Method } from './channel';

export type {
  CaseCandidate,
  CaseDifference,
  CaseFailure,
  CaseProgress,
  CaseResult,
  TestedCase,
} from '../engine/authoring/cases/model';

export interface CaseApi {
  /** Failures of a date, table by table in the order of the config, each worst first; and where cases lie. */
  readonly 'case.failures': Method<
    { readonly date: DateKey },
    {
      /** Absolute: where `m7 test` looks, whether or not it is there. */
      readonly folder: string;
      readonly failures: readonly CaseCandidate[];
    }
  >;
  /**
   * Searches for the fewest lines and writes the folder. NOT_FOUND: nothing failed so, or its files are gone;
   * UNSUPPORTED: no landing line shows it; VALUES_NEEDED: only with `keepValues`, which its owner must want;
   * USAGE: the name is none, or is taken; PERMISSION, DISK_FULL. Progress: lines that are left, runs so far.
   */
  readonly 'case.create': Method<
    {
      readonly date: DateKey;
      readonly table: string;
      readonly failure: CaseFailure;
      /** Absolute; where `m7 test` looks without it. */
      readonly folder?: string;
      readonly name?: string;
      readonly keepValues?: boolean;
    },
    CaseResult,
    CaseProgress
  >;
  /** Runs the cases in some folders, absolute ones. Progress: each as it ends. NOT_FOUND: a folder holds none. */
  readonly 'case.test': Method<
    { readonly folders: readonly string[] },
    { readonly cases: readonly TestedCase[] },
    TestedCase
  >;
}
