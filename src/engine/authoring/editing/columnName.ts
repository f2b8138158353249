// "It is called FW_Stand now": a header of the files becomes a name of a column, as an edit of table_schemas.json.
import type { Node } from 'jsonc-parser';
import { foldHeader } from '../../base';
import { memberMap, stringOf } from '../../workspace';
import type { Sketch } from './draftConfig';
import { insertion, replacement } from './edits';
import type { Edit } from './model';

/** Edits that add a header to the "source" of a column; none where it is there, undefined without the column. */
export function columnNameEdits(
  { texts: { table_schemas: draft } }: Sketch,
  { table, column, header }: { readonly table: string; readonly column: string; readonly header: string },
): readonly Edit[] | undefined {
  const member = (node: Node | undefined, key: string): Node | undefined =>
    node === undefined ? undefined : memberMap(node).get(key)?.value;
  const found = member(member(member(member(draft.root, 'tables'), table), 'columns'), column);
  if (found?.type !== 'object') return undefined;
  const name = JSON.stringify(header);
  const source = member(found, 'source');
  if (source === undefined) return [insertion(draft.text, found, `"source": [${name}]`)];
  if (source.type !== 'array') return [replacement(source, `[${name}]`)];
  const known = (source.children ?? []).map((node) => foldHeader(stringOf(node) ?? ''));
  return known.includes(foldHeader(header)) ? [] : [insertion(draft.text, source, name)];
}
