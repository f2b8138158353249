// Completion: what may be written at an offset of a config file, the likeliest first.
import { completeKeys } from './completeKeys';
import { completeSql, sqlScope } from './completeSql';
import { suggestValues } from './completeValues';
import type { Completion } from './model';
import { cursorContextAt } from './cursor';
import { shapeAt } from './shapes';
import { completionsOf, type Scene } from './suggestion';

/** An entry of a list or of the file that nothing can be said about gets none. */
export async function complete(scene: Scene, offset: number): Promise<readonly Completion[]> {
  const loose = scene.sketch.texts[scene.file];
  const place = cursorContextAt(loose, offset);
  if (place === undefined) return [];
  if (place.role === 'key') {
    const shape = shapeAt(scene.file, loose.root, place.parentPath);
    return shape === undefined ? [] : completeKeys(scene, place, shape, offset);
  }
  const scope = sqlScope(scene, place);
  const inside = place.token?.kind === 'string' && (place.token.open || offset < place.token.end);
  if (scope !== undefined) return inside ? completeSql(scene, place, scope, offset) : [];
  const shape = shapeAt(scene.file, loose.root, [...place.parentPath, place.segment ?? '']);
  return completionsOf(await suggestValues(scene, place, shape), place, offset);
}
