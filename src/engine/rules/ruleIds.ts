// The id of a rule whose owner gave it none.
import { ownValue } from '../model';

const LONGEST = 100;

/**
 * An id from kind, columns and the parameters that tell two rules of a kind apart: `not_null_user_id`,
 * `stat_mean_price`, `references_user_id_User_user_id`. Deterministic; two equal rules get equal ids.
 */
export function derivedRuleId(
  kind: string,
  columns: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
): string {
  const telling = ['fn', 'q', 'metric'].map((key) => parameters[key]);
  const targets = ['format', 'operator', 'other_column', 'from', 'to'].map((key) => parameters[key]);
  return [kind, ...telling, ...columns, ...targets]
    .filter((part): part is string | number => typeof part === 'string' || typeof part === 'number')
    .map((part) => words(String(part)))
    .filter((part) => part !== '')
    .join('_')
    .slice(0, LONGEST)
    .replace(/(?<!_)_+$/, '');
}

const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  '=': 'eq',
  '==': 'eq',
  '!=': 'ne',
  '<>': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

function words(part: string): string {
  // Letters and digits of any script; the rest would have to be escaped in file names and query strings.
  return (
    ownValue(OPERATOR_WORDS, part) ??
    part.replaceAll(/[^\p{L}\p{N}]+/gu, '_').replaceAll(/^_+|(?<!_)_+$/g, '')
  );
}
