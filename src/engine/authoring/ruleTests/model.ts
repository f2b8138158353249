// Rules as tests: what a tree of tests shows of them, and what becomes of each when it is run on a date.
import type { DateKey, Finding, PlainError, Severity } from '../../model';

/** Places of a text as an editor counts them: lines and UTF-16 code units, both from 0. */
export interface TextRange {
  readonly from: readonly [line: number, character: number];
  readonly to: readonly [line: number, character: number];
}

export interface RuleTest {
  readonly id: string;
  /** The key of its kind in the catalogue; empty where none is written yet. */
  readonly kind: string;
  readonly columns: readonly string[];
  readonly severity: Severity;
  readonly enabled: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  /** The rule object. */
  readonly range: TextRange;
}

export interface TableTests {
  readonly table: string;
  /** The name of the table in the rules file. */
  readonly range: TextRange;
  /** The name of the table in the schemas, which technical checks are about. */
  readonly schemaRange: TextRange;
  /** In the order of the file, each id once: the first that has it. */
  readonly rules: readonly RuleTest[];
}

/** The rules of a draft. */
export interface RuleTree {
  /** Absolute path of the rules file, whether or not it is there. */
  readonly path: string;
  /** Absolute path of the schemas. */
  readonly schemaPath: string;
  readonly tables: readonly TableTests[];
  /** Why the text cannot be read; what is listed is then only what could be. */
  readonly broken?: { readonly message: string; readonly line: number };
}

/** Tables in the order in which they are to be tested. */
export interface RuleTestsRequest {
  readonly date: DateKey;
  readonly tables: readonly {
    readonly table: string;
    /**
     * Ids of rules, which are evaluated switched off or not, and of technical checks, which are told as they were
     * found when gold was made. Undefined: all rules of the file; those switched off are told as skipped.
     */
    readonly rules?: readonly string[];
  }[];
}

/** What is told while rules are tested. */
export type RuleTestNews =
  /** Its rules are being evaluated. */
  | { readonly kind: 'started'; readonly table: string; readonly rules: readonly string[] }
  | {
      readonly kind: 'tested';
      readonly table: string;
      readonly date: DateKey;
      /** With a few samples at most. */
      readonly finding: Finding;
    }
  /** There is nothing to test them on, or nothing could be evaluated, for a reason they share. */
  | {
      readonly kind: 'untested';
      readonly table: string;
      /** Undefined: all of the table. */
      readonly rules?: readonly string[];
      readonly because: 'no gold' | 'no rule' | 'failed';
      readonly error: PlainError;
    };

export interface RuleTestsEnd {
  readonly tested: number;
  readonly seconds: number;
}

/** Findings of validations that a run has written. */
export interface PublishedResults {
  /** Ascending by when they were written. */
  readonly dates: readonly {
    readonly date: DateKey;
    readonly tables: readonly { readonly table: string; readonly findings: readonly Finding[] }[];
  }[];
  /** To be given to ask for what comes after; results of a run that goes on are told when it has ended. */
  readonly mark: number;
}
