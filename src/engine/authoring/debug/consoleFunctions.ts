// Names of the functions that SQL at a console may call.
import { AGGREGATE_FUNCTIONS, SCALAR_FUNCTIONS } from '../../rules';

/** In alphabetical order; operators are left out. */
export const consoleFunctions = (): readonly string[] =>
  [...SCALAR_FUNCTIONS, ...AGGREGATE_FUNCTIONS].filter((name) => /^[a-z]/.test(name)).sort();
