// How tests inside the extension host tell the run outside how they ended: one JSON object a line.

interface Named {
  /** Titles of the surrounding `describe`s, outermost first. */
  readonly suite: readonly string[];
  readonly title: string;
}

export type Outcome =
  | ({ readonly kind: 'passed'; readonly milliseconds: number } & Named)
  | ({ readonly kind: 'skipped' } & Named)
  | ({ readonly kind: 'failed'; readonly message: string; readonly stack: string } & Named)
  /** A figure that a test has found: shown by the run outside, held against its floor by `npm run bench -- editor`. */
  | { readonly kind: 'measured'; readonly what: string; readonly milliseconds: number }
  /** Written last: without it the run has not come to its end. */
  | { readonly kind: 'ended'; readonly failures: number };

export type TestOutcome = Exclude<Outcome, { readonly kind: 'ended' | 'measured' }>;
export type Measured = Extract<Outcome, { readonly kind: 'measured' }>;

/** Reads what the inside has written. */
export function readOutcomes(text: string): readonly Outcome[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Outcome => JSON.parse(line));
}
