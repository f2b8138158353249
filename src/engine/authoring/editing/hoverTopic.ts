// What a hover is about: a kind of rule, columns, or the keys of a file.
import { stringOf, memberMap } from '../../workspace';
import { COMMON_KEYS, ruleKind } from '../../rules';
import type { CursorContext } from './cursor';
import type { HoverTopic } from './model';
import type { Scene } from './suggestion';

/** The topic of a place that a hover has something to say of. */
export function topicOf({ file }: Scene, place: CursorContext): HoverTopic {
  const path = place.parentPath;
  if (file === 'validation_rules' && path[2] === 'rules' && path.length === 4) {
    const key = String(place.role === 'key' ? place.token?.value : place.segment);
    const kind = ruleKind(stringOf(memberMap(place.parent).get('rule')?.value) ?? '');
    if (kind !== undefined && !Object.hasOwn(COMMON_KEYS, key)) return { kind: 'rule', rule: kind.name };
  }
  if (file === 'table_schemas' && path[2] === 'columns') return { kind: 'column' };
  return { kind: 'file', file };
}
