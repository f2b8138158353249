// The words with which the guard refuses SQL.
import { AGGREGATE_FUNCTIONS, CHANCE, CLOCK, RECURSIVE, WINDOW_FUNCTIONS } from './functions';

/** Why a fragment is refused, and what to write instead. */
export interface SqlProblem {
  readonly message: string;
  readonly remedy: string;
  /** The part of the fragment that is meant, in UTF-16 code units; all that follows without `length`. */
  readonly at?: { readonly at: number; readonly length?: number } | undefined;
  /** A column that is not there, and those that are. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
}

export function refuseSyntax(
  parsed:
    { readonly message: string; readonly position?: number } | { readonly statements: unknown } | undefined,
): SqlProblem {
  if (parsed === undefined || !('message' in parsed)) return oneExpression();
  if (parsed.message.startsWith('Only SELECT'))
    return {
      message: 'Only a SELECT is allowed here.',
      remedy: 'Write a query or an expression that reads.',
    };
  return {
    message: `The SQL cannot be parsed: ${parsed.message.split('\n')[0] ?? ''}`,
    remedy: 'Correct the SQL.',
    ...(parsed.position === undefined ? {} : { at: { at: parsed.position } }),
  };
}

export function oneExpression(): SqlProblem {
  return {
    message: 'This is not one SQL expression.',
    remedy: 'Write a single expression with balanced brackets, without FROM, WHERE or semicolons.',
  };
}

const PARTS: Readonly<Record<string, string>> = {
  SUBQUERY: 'A subquery',
  WINDOW: 'A window function',
  STAR: '* or COLUMNS()',
  PARAMETER: 'A parameter ($1, ?)',
  DEFAULT: 'DEFAULT',
  POSITIONAL_REFERENCE: 'A column number (#1)',
  SHOW_REF: 'DESCRIBE, SHOW or SUMMARIZE',
  PIVOT: 'PIVOT',
};

export function refusePart(part: string): SqlProblem {
  return {
    message: `${PARTS[part] ?? `The SQL element ${part}`} is not allowed here.`,
    remedy: 'Write it over the columns of the row, or use a rule of kind sql.',
  };
}

export function refuseFunction(name: string): SqlProblem {
  if (CLOCK.has(name)) return clock(name);
  if (CHANCE.has(name)) return chance(name);
  if (RECURSIVE.has(name))
    return {
      message: `${name}() is not allowed: a value that is nested deeply enough ends the process.`,
      remedy: 'Use json_extract, json_exists or json_value with a path.',
    };
  if (AGGREGATE_FUNCTIONS.has(name) || WINDOW_FUNCTIONS.has(name))
    return {
      message: `${name}() looks at more than one row.`,
      remedy: 'Use the kind stat, outlier or sql for what needs several rows.',
    };
  return {
    message: `The function ${name}() is not known or not allowed here.`,
    remedy: 'Use functions of the values alone; files, settings, variables and catalogs are out of reach.',
  };
}

export function clock(name: string): SqlProblem {
  return {
    message: `${name} depends on the moment of the run: the same date would give other results tomorrow.`,
    remedy:
      'Compare with a fixed date or another column, or use the kind freshness, which measures from the end of the date.',
  };
}

export function chance(name: string): SqlProblem {
  return {
    message: `${name} gives another result at each run.`,
    remedy: 'Use something that depends on the values alone, e.g. hash(column).',
  };
}
