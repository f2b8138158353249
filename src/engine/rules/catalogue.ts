// All rule kinds, in the order in which documentation and completion list them.
import type { RuleKind } from './ruleKind';
import { metricKinds } from './kinds/metrics';
import { rowKinds } from './kinds/rows';
import { setKinds } from './kinds/sets';
import { structureKinds } from './kinds/structure';
import { textKinds } from './kinds/text';
import { valueKinds } from './kinds/values';

/** The catalogue of rule kinds. */
export const ruleKinds: readonly RuleKind[] = [
  ...valueKinds,
  ...textKinds,
  ...rowKinds,
  ...setKinds,
  ...metricKinds,
  ...structureKinds,
];

const byName: ReadonlyMap<string, RuleKind> = new Map(ruleKinds.map((kind) => [kind.name, kind]));

/** The kind of a name as in the key `rule`. */
export function ruleKind(name: string): RuleKind | undefined {
  return byName.get(name);
}
