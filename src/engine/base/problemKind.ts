// The kinds of problem a config can have, for callers that offer a fix: an editor, a script over `m7 check`.

/** What is wrong with a place of the config. The kinds are stable names. */
export type ProblemKind =
  | {
      /** A name that is not known, and those that are. */
      readonly kind:
        | 'unknown-key'
        | 'unknown-value'
        | 'unknown-kind'
        | 'unknown-table'
        | 'unknown-column'
        | 'unknown-reference'
        | 'unknown-type'
        | 'unknown-encoding'
        | 'unknown-timezone';
      readonly name: string;
      readonly known: readonly string[];
    }
  /** At least one of the keys is needed. */
  | { readonly kind: 'missing-key'; readonly keys: readonly string[] }
  /** Of these keys there may be one. */
  | { readonly kind: 'conflicting-keys'; readonly keys: readonly string[] }
  /** Another JSON type than these. */
  | { readonly kind: 'wrong-type'; readonly wanted: readonly string[] }
  | { readonly kind: PlainKind };

type PlainKind =
  | 'syntax'
  | 'too-deep'
  | 'duplicate-key'
  | 'duplicate-entry'
  | 'duplicate-id'
  | 'duplicate-name'
  | 'bad-name'
  | 'empty'
  | 'out-of-bounds'
  | 'wrong-form'
  /** A key that has no effect or no meaning beside the others. */
  | 'needless-key'
  | 'min-above-max'
  /** A value, or a kind of rule, that the type of the column does not fit. */
  | 'type-mismatch'
  | 'invalid-sql'
  | 'invalid-pattern'
  | 'invalid-format'
  | 'invalid-default'
  | 'settings';
