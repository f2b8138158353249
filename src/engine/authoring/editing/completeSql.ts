// Inside SQL of the config: the columns it may name, functions it may call, values it may compare with.
import { typeFamily } from '../../base';
import { ruleColumns } from '../../rules';
import type { Table } from '../../model';
import { markdownText } from '../../report';
import type { Completion } from './model';
import { stringMap, type CursorContext, type StringMap } from './cursor';
import { sqlName } from './ruleSnippets';
import { escapeSnippet, rowsInWords, tableNamed, type Scene } from './suggestion';

interface SqlColumn {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
}

/** A key whose text is SQL, with what it may name. */
interface SqlScope {
  readonly columns: readonly SqlColumn[];
  /** Other tables of a query. */
  readonly tables: readonly Table[];
  readonly table: Table | undefined;
  readonly form: 'condition' | 'value' | 'query' | 'order';
}

/** The functions a writer of rules reaches for, with their arguments. All of them pass the guard of SQL. */
export const FUNCTIONS: readonly (readonly [call: string, words: string])[] = [
  ['abs(x)', 'Absolute value.'],
  ['coalesce(x, otherwise)', 'The first of its arguments that is not NULL.'],
  ['concat(a, b)', 'Texts joined; NULL counts as empty.'],
  ['contains(text, part)', 'Is the part somewhere in the text?'],
  ['date_diff(part, from, to)', "Borders of a part of time between two dates: `date_diff('day', a, b)`."],
  ['date_part(part, time)', "A part of a date or time as a number: `date_part('hour', t)`."],
  ['date_trunc(part, time)', "The beginning of the hour, day, month: `date_trunc('day', t)`."],
  ['ends_with(text, part)', 'Does the text end with the part?'],
  ['epoch(time)', 'Seconds since 1970.'],
  ['floor(x)', 'The whole number below.'],
  ['greatest(a, b)', 'The largest of its arguments.'],
  ['ifnull(x, otherwise)', 'x, or otherwise where it is NULL.'],
  ['least(a, b)', 'The smallest of its arguments.'],
  ['left(text, count)', 'The first characters.'],
  ['length(text)', 'Number of characters.'],
  ['lower(text)', 'In lower case.'],
  ['lpad(text, length, fill)', 'Padded on the left to a length.'],
  ['nullif(x, value)', 'NULL where x equals the value, else x.'],
  ['regexp_extract(text, pattern, group)', 'What a group of the pattern matches.'],
  ['regexp_full_match(text, pattern)', 'Does the whole text match? RE2 syntax.'],
  ['regexp_matches(text, pattern)', 'Does the pattern occur in the text? RE2 syntax.'],
  ['regexp_replace(text, pattern, by)', 'The first match replaced; `g` as fourth argument: all.'],
  ['replace(text, part, by)', 'Every occurrence of the part replaced.'],
  ['right(text, count)', 'The last characters.'],
  ['round(x, digits)', 'Rounded.'],
  ['split_part(text, separator, index)', 'One part of a text, counted from 1.'],
  ['starts_with(text, part)', 'Does the text begin with the part?'],
  ['strftime(time, format)', 'A date or time as text.'],
  ['strptime(text, format)', 'A text as a time; fails if it is not a time.'],
  ['substring(text, start, length)', 'Part of a text; the first character is 1.'],
  ['trim(text)', 'Without blanks at both ends.'],
  ['try_strptime(text, format)', 'A text as a time; NULL if it is not a time.'],
  ['upper(text)', 'In upper case.'],
];

const AGGREGATES: readonly (readonly [call: string, words: string])[] = [
  ['avg(x)', 'The average.'],
  ['count(*)', 'Number of rows.'],
  ['max(x)', 'The largest value.'],
  ['min(x)', 'The smallest value.'],
  ['sum(x)', 'The sum.'],
];

const WORDS: Readonly<Record<SqlScope['form'], readonly string[]>> = {
  condition: [
    'AND',
    'OR',
    'NOT',
    'IN',
    'IS NULL',
    'IS NOT NULL',
    'LIKE',
    'BETWEEN',
    'CASE WHEN',
    'true',
    'false',
  ],
  value: ['CASE WHEN', 'THEN', 'ELSE', 'END', 'NULL'],
  query: [
    ...['SELECT', 'FROM', 'WHERE', 'GROUP BY', 'HAVING', 'QUALIFY', 'ORDER BY', 'JOIN', 'LEFT JOIN', 'ON'],
    ...['AND', 'OR', 'NOT', 'IN', 'IS NULL', 'IS NOT NULL', 'OVER', 'PARTITION BY', 'AS', 'WITH'],
  ],
  order: ['ASC', 'DESC', 'NULLS FIRST', 'NULLS LAST'],
};

const LINEAGE_WORDS = 'Added by the pipeline to every row.';

/** What the SQL at a place may name; undefined where no SQL stands there. */
export function sqlScope(scene: Scene, place: CursorContext): SqlScope | undefined {
  const path = place.parentPath;
  const key = place.segment;
  const table = tableNamed(scene.config, path[1]);
  const columns = table?.columns ?? [];
  if (scene.file === 'validation_rules' && path.length === 4 && path[2] === 'rules') {
    if (key !== 'where' && key !== 'expression' && key !== 'query') return undefined;
    const own: readonly SqlColumn[] =
      table === undefined
        ? []
        : ruleColumns(table).map((c) => ({
            ...c,
            description: columns.find((known) => known.name === c.name)?.description ?? LINEAGE_WORDS,
          }));
    const query = key === 'query';
    return {
      columns: query ? [{ name: '_row', type: 'BIGINT', description: 'Row number in gold.' }, ...own] : own,
      tables: query ? scene.config.tables : [],
      table,
      form: query ? 'query' : 'condition',
    };
  }
  if (scene.file !== 'table_schemas') return undefined;
  const read = columns.filter((column) => column.derived === undefined && column.name !== path[3]);
  if (path.length === 4 && path[2] === 'columns') {
    if (key === 'transform') {
      const all = columns.filter((column) => column.derived === undefined);
      return { columns: all.map((c) => ({ ...c, type: 'VARCHAR' })), tables: [], table, form: 'value' };
    }
    if (key === 'derived') return { columns: read, tables: [], table, form: 'value' };
  }
  if (path.length === 3 && path[2] === 'deduplicate' && key === 'order_by')
    return { columns, tables: [], table, form: 'order' };
  return undefined;
}

/** Completions inside the string of a fragment, for the word at the cursor. */
export async function completeSql(
  scene: Scene,
  place: CursorContext,
  scope: SqlScope,
  offset: number,
): Promise<readonly Completion[]> {
  const { token } = place;
  if (token?.kind !== 'string') return [];
  const { text } = scene.sketch.texts[scene.file];
  const map = stringMap(text, token.offset);
  const sql = String(token.value);
  const cursor = map.decoded(offset);
  const before = sql.slice(0, cursor);
  const literal = /(?<!')'(?:[^']|'')*$/.exec(withoutClosedTexts(before));
  if (literal !== null) return comparedValues(scene, scope, { map, sql, cursor });
  const word = /(?<![\p{L}\p{N}_])[\p{L}\p{N}_]*$/u.exec(before)?.[0] ?? '';
  const rest = /^[\p{L}\p{N}_]*/u.exec(sql.slice(cursor))?.[0] ?? '';
  const range = { start: map.raw(cursor - word.length), end: map.raw(cursor + rest.length) };
  const called = sql
    .slice(cursor + rest.length)
    .trimStart()
    .startsWith('(');
  const items: Omit<Completion, 'range' | 'sort' | 'filter'>[] = [];
  const qualifier = /(?<![\p{L}\p{N}_])([\p{L}\p{N}_]+)\.[\p{L}\p{N}_]*$/u.exec(before)?.[1];
  const columnsOf = (columns: readonly SqlColumn[]): void => {
    for (const { name, type, description } of columns)
      items.push({
        label: name,
        kind: 'column',
        detail: type,
        ...(description === undefined || description === ''
          ? {}
          : { documentation: markdownText(description) }),
        insert: escapeSnippet(inString(sqlName(name))),
      });
  };
  const other = scope.tables.find((t) => t.name.toLowerCase() === qualifier?.toLowerCase());
  if (qualifier !== undefined) columnsOf(other === undefined ? scope.columns : ruleColumns(other));
  else {
    const wantsTable = scope.form === 'query' && /\b(?:FROM|JOIN)\s+[\p{L}\p{N}_]*$/iu.test(before);
    const tables = (): void => {
      if (scope.form !== 'query') return;
      items.push({ label: 'rows', kind: 'table', detail: 'this table, after "where"', insert: 'rows' });
      for (const table of scope.tables)
        items.push({
          label: table.name,
          kind: 'table',
          detail: table.name === scope.table?.name ? 'this table' : 'same date',
          insert: escapeSnippet(inString(sqlName(table.name))),
        });
    };
    if (wantsTable) tables();
    else {
      columnsOf(scope.columns);
      const functions =
        scope.form === 'order' ? [] : [...FUNCTIONS, ...(scope.form === 'query' ? AGGREGATES : [])];
      for (const [call, words] of functions) {
        const name = call.slice(0, call.indexOf('('));
        const parts = call.slice(name.length + 1, -1).split(', ');
        const stops = parts.map((part, i) => `\${${i + 1}:${escapeSnippet(part)}}`).join(', ');
        items.push({
          label: name,
          kind: 'function',
          detail: call,
          documentation: words,
          insert: called ? name : `${name}(${stops})`,
        });
      }
      tables();
      for (const keyword of WORDS[scope.form]) items.push({ label: keyword, kind: 'value', insert: keyword });
    }
  }
  return items.map((item, i) => ({ ...item, range, filter: item.label, sort: String(i).padStart(4, '0') }));
}

/** Text for the inside of a JSON string. */
function inString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Blanks for texts in single quotes that are closed, so that what is left over is open. */
function withoutClosedTexts(sql: string): string {
  return sql.replace(/'(?:[^']|'')*('|$)/g, (text, end) => (end === '' ? text : ' '.repeat(text.length)));
}

/** After `status = '`: values the column has. */
async function comparedValues(
  scene: Scene,
  { table, columns }: SqlScope,
  { map, sql, cursor }: { readonly map: StringMap; readonly sql: string; readonly cursor: number },
): Promise<readonly Completion[]> {
  const before = sql.slice(0, cursor);
  const compared =
    /(?<![\p{L}\p{N}_"])([\p{L}_][\p{L}\p{N}_]*|"(?:[^"]|"")+")\s*(?:=|==|<>|!=|(?:NOT\s+)?IN\s*\((?:\s*'(?:[^']|'')*'\s*,)*)\s*'((?:[^']|'')*)$/iu.exec(
      before,
    );
  const name = compared?.[1]?.replace(/^"|"$/g, '').replaceAll('""', '"');
  const column = columns.find((c) => c.name.toLowerCase() === name?.toLowerCase());
  if (
    compared === null ||
    table === undefined ||
    column === undefined ||
    typeFamily(column.type) === 'number'
  )
    return [];
  const start = cursor - (compared[2]?.length ?? 0);
  const closing = /^(?:[^']|'')*/.exec(sql.slice(cursor))?.[0] ?? '';
  // What follows an open text up to the end is not its rest.
  const end = sql[cursor + closing.length] === "'" ? cursor + closing.length : cursor;
  const range = { start: map.raw(start), end: map.raw(end) };
  const values = await scene.knowledge.values(table, column.name, scene.signal);
  return values.map(({ value, rows }, i) => ({
    label: value,
    kind: 'value',
    detail: rowsInWords(rows),
    insert: escapeSnippet(inString(value.replaceAll("'", "''"))),
    range,
    filter: value,
    sort: String(i).padStart(4, '0'),
  }));
}
