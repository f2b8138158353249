// What a check of a workspace found before a run: facts, and problems with their remedy.

/** Everything that can be known before a run. A problem of severity "error" would stop or spoil a run. */
export interface CheckResult {
  readonly problems: readonly CheckProblem[];
  /** What was found in order, for people: "brands" → "4: Skylink, …". */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export interface CheckProblem {
  readonly severity: 'error' | 'warning';
  readonly file?: string;
  readonly line?: number;
  readonly message: string;
  readonly remedy: string;
  /** SQL that whoever may run it can mend it by: missing GRANTs. */
  readonly statements?: readonly string[];
}
