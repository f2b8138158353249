// Keys that an object may still have: the needed ones first, each with a value to start from.
import { defined } from '../../model';
import { foldHeader, typeFamily } from '../../base';
import { type JsonSchema, memberMap, stringOf } from '../../workspace';
import { markdownText } from '../../report';

import type { Completion } from './model';
import type { CursorContext } from './cursor';
import { choicesOf, typesOf, wordsOf, type Shape } from './shapes';
import { escapeSnippet, replaced, rowsInWords, tableNamed, type Scene } from './suggestion';

interface KeyOffer {
  readonly key: string;
  readonly kind: Completion['kind'];
  readonly rank: number;
  /** Snippet of the value. */
  readonly value: string;
  readonly detail?: string | undefined;
  readonly documentation?: string | undefined;
  readonly suggest?: boolean;
}

/** Keys for the object at a place, those it has left out. */
export async function completeKeys(
  scene: Scene,
  place: CursorContext,
  shape: Shape,
  offset: number,
): Promise<readonly Completion[]> {
  const own = place.colon && place.token?.kind === 'string' ? String(place.token.value) : undefined;
  const present = new Set(memberMap(place.parent).keys());
  if (own !== undefined) present.delete(own);
  // A key that is being typed, without a colon, is no key yet.
  else if (place.token?.kind === 'string') present.delete(String(place.token.value));
  const offers = [...schemaKeys(scene, place, shape, present), ...(await namedKeys(scene, place, present))];
  const range = replaced(place, offset);
  return offers
    .filter(({ key }) => !present.has(key))
    .map((offer, index) => ({ offer, index }))
    .sort((a, b) => a.offer.rank - b.offer.rank || a.index - b.index)
    .map(({ offer }, index): Completion => {
      const key = JSON.stringify(offer.key);
      return {
        label: offer.key,
        kind: offer.kind,
        ...defined({ detail: offer.detail, documentation: offer.documentation }),
        insert: place.colon
          ? escapeSnippet(key)
          : `${escapeSnippet(key)}: ${offer.value}${place.commaAfter ? ',' : ''}`,
        range,
        filter: key,
        sort: String(index).padStart(4, '0'),
        ...(place.commaBefore.length === 0 ? {} : { also: place.commaBefore }),
        ...(offer.suggest === true && !place.colon ? { suggest: true } : {}),
      };
    });
}

function schemaKeys(
  scene: Scene,
  place: CursorContext,
  shape: Shape,
  present: ReadonlySet<string>,
): readonly KeyOffer[] {
  return [...shape.properties]
    .filter(([key]) => key !== '$schema')
    .filter(([key]) => !(key === 'columns' && present.has('column') && shape.properties.has('rule')))
    .filter(([key]) => !(key === 'column' && present.has('columns')))
    .map(([key, schema], index): KeyOffer => {
      const needed = shape.required.has(key);
      const demanded = shape.demanded.has(key);
      // Of "column" and "columns" the one is enough.
      const answered =
        (key === 'column' && present.has('columns')) || (key === 'columns' && present.has('column'));
      const { snippet, open } = startValue(scene, place, key, schema);
      return {
        key,
        kind: 'key',
        rank: (needed ? 0 : demanded && !answered ? 100 : 200) + index,
        value: snippet,
        detail: needed ? 'required' : undefined,
        documentation: wordsOf(schema),
        suggest: open,
      };
    });
}

/** Values that say more than the type alone would. */
const STARTS: ReadonlyMap<string, string> = new Map([
  ['error', '"${1:1%}"'],
  ['warn', '"${1:1%}"'],
  ['tolerance', '"${1:1%}"'],
  ['max_change', '"${1:30%}"'],
  ['max_age', '"${1:26h}"'],
  ['order_by', '"${1}"'],
  ['samples', '${1:20}'],
]);

/** A value to start from, as a snippet; `open`: suggestions for it are wanted at once. */
function startValue(
  scene: Scene,
  place: CursorContext,
  key: string,
  schema: JsonSchema,
): { readonly snippet: string; readonly open: boolean } {
  const inRule = scene.file === 'validation_rules' && place.parentPath[2] === 'rules';
  const given = STARTS.get(key);
  if (given !== undefined) return { snippet: given, open: key === 'order_by' };
  const types = typesOf(schema);
  if (inRule && ['min', 'max', 'step'].includes(key)) {
    const family = columnFamily(scene, place);
    const text = types.includes('string') && family !== undefined && family !== 'number';
    return text ? { snippet: '"${1}"', open: true } : { snippet: '${1:0}', open: true };
  }
  if (inRule && key === 'values') {
    const bare = ['number', 'boolean'].includes(columnFamily(scene, place) ?? 'text');
    return { snippet: bare ? '[${1}]' : '["${1}"]', open: true };
  }
  const choices = choicesOf(schema);
  if (choices.length > 0 && choices.every(({ value }) => typeof value === 'string'))
    return { snippet: '"${1}"', open: true };
  if (types[0] === 'boolean') return { snippet: schema['default'] === true ? 'false' : 'true', open: false };
  if (types.includes('string') || types.length === 0) return { snippet: '"${1}"', open: !FREE.has(key) };
  if (types.includes('number') || types.includes('integer'))
    return { snippet: `\${1:${JSON.stringify(schema['default'] ?? schema['minimum'] ?? 0)}}`, open: false };
  if (types.includes('array')) {
    const item = schema['items'];
    const objects = typeof item === 'object' && item !== null && 'type' in item && item.type === 'object';
    return objects ? { snippet: '[\n\t${1}\n]', open: true } : { snippet: '["${1}"]', open: !FREE.has(key) };
  }
  return { snippet: '{${1}}', open: true };
}

/** Keys whose text is the writer's own. */
const FREE: ReadonlySet<string> = new Set([
  'description',
  'name',
  'code',
  'aliases',
  'pattern',
  'expression',
  'transform',
  'derived',
  'where',
  'query',
]);

/** Family of the type of the column that the rule at a place is about. */
function columnFamily(scene: Scene, place: CursorContext): string | undefined {
  const table = tableNamed(scene.config, place.parentPath[1]);
  const fields = memberMap(place.parent);
  const name = stringOf(fields.get('column')?.value);
  const kind = stringOf(fields.get('rule')?.value);
  if (kind === 'length' || kind === 'row_count') return 'number';
  const type = table?.columns.find((column) => column.name === name)?.type;
  return type === undefined ? undefined : typeFamily(type);
}

/** Keys that are names: of tables, columns, values. */
async function namedKeys(
  scene: Scene,
  place: CursorContext,
  present: ReadonlySet<string>,
): Promise<readonly KeyOffer[]> {
  const path = place.parentPath;
  const { config, knowledge, signal } = scene;
  if (scene.file === 'validation_rules') {
    if (path.length === 1 && path[0] === 'tables')
      return config.tables.map((table, rank) => ({
        key: table.name,
        kind: 'table',
        rank,
        value: '{\n\t"rules": [\n\t\t${1}\n\t]\n}',
        detail: `${table.columns.length} columns`,
        documentation: markdownText(table.description),
        suggest: true,
      }));
    if (path[2] === 'rules' && path.at(-1) === 'types')
      return (tableNamed(config, path[1])?.columns ?? []).map((column, rank) => ({
        key: column.name,
        kind: 'column',
        rank,
        value: JSON.stringify(column.type),
        detail: column.type,
        documentation: markdownText(column.description),
      }));
    return [];
  }
  if (scene.file !== 'table_schemas' || path[0] !== 'tables') return [];
  if (path.length === 1)
    return scene.expectedTables.map((name, rank) => ({
      key: name,
      kind: 'table',
      rank,
      value: '{\n\t"columns": {\n\t\t${1}\n\t}\n}',
      detail: 'in EXPECTED_TABLES',
    }));
  const table = tableNamed(config, path[1]);
  if (table === undefined) return [];
  if (path.length === 3 && path[2] === 'columns') {
    const claimed = new Set(table.columns.flatMap((c) => [c.name, ...c.source]).map(foldHeader));
    const headers = await knowledge.headers(table.name);
    return headers
      .filter((header) => !claimed.has(foldHeader(header)) || present.has(header))
      .map((header, rank) => {
        const key = columnNameOf(header);
        const source =
          foldHeader(key) === foldHeader(header) ? '' : `, "source": [${JSON.stringify(header)}]`;
        return {
          key,
          kind: 'column',
          rank,
          value: `{ "type": "\${1:VARCHAR}"${escapeSnippet(source)} }`,
          detail: 'header of the newest files',
          suggest: true,
        };
      });
  }
  if (path.length === 5 && path[2] === 'columns' && path[4] === 'map') {
    const values = await knowledge.texts(table, String(path[3]), signal);
    return values.map(({ value, rows }, rank) => ({
      key: value,
      kind: 'value',
      rank,
      value: '"${1}"',
      detail: rowsInWords(rows),
      suggest: true,
    }));
  }
  return [];
}

/** A header as a name of a column: `UpdatedAt` is updated_at. */
function columnNameOf(header: string): string {
  return header
    .trim()
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|(?<!_)_+$/g, '')
    .toLowerCase();
}
