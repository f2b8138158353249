// How a step ends, and what became of it.
import type { PlainError, Report, Step, StepCounts } from '../model';
import type { Masking } from '../report';

/** How a step ends when nothing is thrown. */
export type StepEnd =
  | {
      readonly kind: 'done';
      readonly counts: StepCounts;
      readonly key?: string;
      /** Of a step that validates. */
      readonly report?: Report;
    }
  /** The rules of the table refuse it: it is validated and not loaded. */
  | { readonly kind: 'refused'; readonly report: Report; readonly error: PlainError }
  /** Its inputs turned out to be unchanged, or it has none. */
  | { readonly kind: 'skipped'; readonly reason: string };

/** What became of a step: its own end, or what kept it from one. */
export type StepOutcome = { readonly step: Step; readonly seconds: number } & (
  | StepEnd
  | {
      readonly kind: 'failed';
      readonly error: PlainError;
      /** For a bug: its stack, for the log. */
      readonly thrown?: string;
    }
  | { readonly kind: 'cancelled'; readonly reason: string }
);

/** What became of a step, without sensitive values in what a database or a bug says of it. */
export function maskedOutcome(outcome: StepOutcome, masking: Masking): StepOutcome {
  const { table } = outcome.step;
  switch (outcome.kind) {
    case 'refused':
      return { ...outcome, error: masking.error(table, outcome.error) };
    case 'failed': {
      const { thrown } = outcome;
      return {
        ...outcome,
        error: masking.error(table, outcome.error),
        ...(thrown === undefined ? {} : { thrown: masking.text(table, thrown) }),
      };
    }
    case 'done':
    case 'skipped':
    case 'cancelled':
      return outcome;
    default:
      return outcome satisfies never;
  }
}

/** The report that a step wrote. */
export function reportOf(outcome: StepOutcome): Report | undefined {
  switch (outcome.kind) {
    case 'done':
    case 'refused':
      return outcome.report;
    case 'skipped':
    case 'failed':
    case 'cancelled':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
