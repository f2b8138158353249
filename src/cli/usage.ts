// What the user typed and cannot be done: told apart from the engine's errors, and cheap to load.

/** A command line that makes no sense: exit 2, with what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
