// Values that may stand at a place: those the schema lists, and those this workspace knows.
import { memberMap, stringOf, textsOf } from '../../workspace';
import { TYPE_EXAMPLES, foldHeader, typeFamily } from '../../base';
import { type Column, isoDate, LAYERS, type Table } from '../../model';
import { isHiddenColumn, markdownText } from '../../report';
import { GIVEN_COLUMNS, derivedRuleId, kindMarkdown, ruleKind, ruleKinds } from '../../rules';
import type { CursorContext } from './cursor';
import { fittingColumns, referenced, ruleSnippets } from './ruleSnippets';
import { choicesOf, typesOf, wordsOf, type Shape } from './shapes';
import { rowsInWords, tableNamed, type Scene, type Suggestion } from './suggestion';

/** Values for a place, best first. */
export async function suggestValues(
  scene: Scene,
  place: CursorContext,
  shape: Shape | undefined,
): Promise<readonly Suggestion[]> {
  const known = await knownValues(scene, place);
  return [...known, ...(shape === undefined ? [] : schemaValues(shape))];
}

function schemaValues({ schema }: Shape): readonly Suggestion[] {
  const given = choicesOf(schema).map(({ value, words }): Suggestion => ({
    label: String(value),
    value,
    kind: 'value',
    documentation: words ?? wordsOf(schema),
  }));
  const types = typesOf(schema);
  const booleans =
    types.length === 1 && types[0] === 'boolean'
      ? [true, false].map((value): Suggestion => ({
          label: String(value),
          value,
          kind: 'value',
          documentation: wordsOf(schema),
        }))
      : [];
  const examples = Array.isArray(schema['examples'])
    ? schema['examples']
        .filter((value) => ['string', 'number'].includes(typeof value))
        .map((value: unknown): Suggestion => ({ label: String(value), value, kind: 'value', rank: 6 }))
    : [];
  return [...given, ...booleans, ...examples];
}

const text = (value: string, more: Partial<Suggestion> = {}): Suggestion => ({
  label: value,
  value,
  kind: 'value',
  ...more,
});

async function knownValues(scene: Scene, place: CursorContext): Promise<readonly Suggestion[]> {
  const path = [...place.parentPath, place.segment ?? ''];
  switch (scene.file) {
    case 'brand_configs':
      return path.at(-1) === 'timezone' ? zones() : [];
    case 'table_schemas':
      return path[0] === 'tables' ? tableValues(scene, place, path) : [];
    case 'validation_rules':
      return path[0] === 'tables' && path[2] === 'rules' ? ruleValues(scene, place, path) : [];
    default:
      return scene.file satisfies never;
  }
}

function zones(): readonly Suggestion[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
  return all.map((zone) => text(zone, { rank: zone === 'UTC' || zone === own ? 1 : 2 }));
}

/** Notations of dates and times as files have them, with an example each. */
const DATE_FORMATS: readonly (readonly [format: string, example: string])[] = [
  ['%Y-%m-%d', '2024-11-15'],
  ['%d/%m/%Y', '15/11/2024'],
  ['%d.%m.%Y', '15.11.2024'],
  ['%m/%d/%Y', '11/15/2024'],
  ['%Y%m%d', '20241115'],
];
const TIME_FORMATS: readonly (readonly [format: string, example: string])[] = [
  ['%H:%M:%S', '20:15:00'],
  ['%H:%M', '20:15'],
  ['%I:%M %p', '08:15 PM'],
];
const STAMP_FORMATS: readonly (readonly [format: string, example: string])[] = [
  ['%Y-%m-%d %H:%M:%S', '2024-11-15 20:15:00'],
  ['%Y-%m-%dT%H:%M:%S', '2024-11-15T20:15:00'],
  ['%Y-%m-%dT%H:%M:%S%z', '2024-11-15T20:15:00+01:00'],
  ['%Y-%m-%d %H:%M:%S.%f', '2024-11-15 20:15:00.250000'],
  ['%d/%m/%Y %H:%M', '15/11/2024 20:15'],
  ['%d.%m.%Y %H:%M:%S', '15.11.2024 20:15:00'],
  ['%d.%m.%Y %H:%M', '15.11.2024 20:15'],
  ['%Y%m%d%H%M%S', '20241115201500'],
];

const TYPE_WORDS: Readonly<Partial<Record<(typeof TYPE_EXAMPLES)[number], string>>> = {
  VARCHAR: 'text of any length',
  BIGINT: 'whole numbers up to 19 digits',
  INTEGER: 'whole numbers up to 2,147,483,647',
  DOUBLE: 'numbers with about 15 digits',
  'DECIMAL(10,2)': 'exact, 10 digits, 2 of them decimals',
  TIMESTAMP: 'date and time, stored in UTC',
  TIMESTAMPTZ: 'date and time that carries its zone',
};

async function tableValues(
  scene: Scene,
  place: CursorContext,
  path: readonly (string | number)[],
): Promise<readonly Suggestion[]> {
  const table = tableNamed(scene.config, path[1]);
  if (path[2] === 'primary_key' && path.length === 4) return keyColumns(table, place);
  if (path[2] === 'null_values' && path.length === 4)
    return ['', 'NULL', '\\N', 'N/A', '-', 'null'].map((value) =>
      text(value, { label: value === '' ? '(empty)' : value }),
    );
  if (path[2] !== 'columns' || path.length < 5) return [];
  const name = String(path[3]);
  const column = table?.columns.find((c) => c.name === name);
  const { knowledge, signal } = scene;
  const counted = (values: readonly { value: string; rows: number }[]): readonly Suggestion[] =>
    values.map(({ value, rows }) => text(value, { detail: rowsInWords(rows), rank: 1 }));
  switch (path[4]) {
    case 'type':
      return TYPE_EXAMPLES.map((type) => text(type, { detail: TYPE_WORDS[type] }));
    case 'timezone':
      return [text('brand', { detail: "the brand's own", rank: 0 }), ...zones()];
    case 'formats': {
      const type = column?.type ?? 'TIMESTAMP';
      const fitting = type === 'DATE' ? DATE_FORMATS : type === 'TIME' ? TIME_FORMATS : STAMP_FORMATS;
      const all = [...fitting, ...DATE_FORMATS, ...TIME_FORMATS, ...STAMP_FORMATS];
      return all.map(([format, example]) => text(format, { detail: example }));
    }
    case 'source': {
      if (table === undefined) return [];
      const claimed = new Set(table.columns.flatMap((c) => [c.name, ...c.source]).map(foldHeader));
      const headers = await knowledge.headers(table.name);
      return headers
        .filter((header) => !claimed.has(foldHeader(header)))
        .map((header) => text(header, { detail: 'header of the newest files' }));
    }
    case 'map':
      return table === undefined ? [] : counted(await knowledge.values(table, name, signal));
    case 'true_values':
    case 'false_values': {
      if (table === undefined) return [];
      const taken = new Set([...(column?.trueValues ?? []), ...(column?.falseValues ?? [])]);
      const found = await knowledge.texts(table, name, signal);
      return counted(found.filter(({ value }) => !taken.has(value)));
    }
    case 'default': {
      if (table === undefined || column === undefined) return [];
      const found = await knowledge.values(table, name, signal);
      return found.map(({ value, rows }) => typed(value, column.type, { detail: rowsInWords(rows) }));
    }
    default:
      return [];
  }
}

function keyColumns(table: Table | undefined, place: CursorContext): readonly Suggestion[] {
  const present = new Set(textsOf(place.parent));
  return [
    ...(table?.columns ?? []).map(({ name, type, description, required }) =>
      text(name, {
        kind: 'column',
        detail: type,
        documentation: markdownText(description),
        rank: required ? 1 : 2,
      }),
    ),
    text('_brand', { kind: 'column', detail: 'for a key within each brand', rank: 3 }),
  ].filter(({ label }) => !present.has(label));
}

/** A value of a column as JSON: numbers and booleans bare where they keep their digits. */
function typed(value: string, type: string, more: Partial<Suggestion>): Suggestion {
  const family = typeFamily(type);
  const number = Number(value);
  const bare =
    family === 'number' && value.trim() !== '' && Number.isFinite(number) && Math.abs(number) < 2 ** 53
      ? number
      : family === 'boolean' && (value === 'true' || value === 'false')
        ? value === 'true'
        : value;
  return { label: value, value: bare, kind: 'value', ...more };
}

async function ruleValues(
  scene: Scene,
  place: CursorContext,
  path: readonly (string | number)[],
): Promise<readonly Suggestion[]> {
  const { config, knowledge, signal } = scene;
  const table = tableNamed(config, path[1]);
  // An entry of the list: a whole rule.
  if (path.length === 4) return place.token === undefined ? ruleSnippets(config, table) : [];
  const owner = path.length === 5 ? place.parent : place.parent.parent?.parent;
  const fields = memberMap(owner);
  const kind = ruleKind(stringOf(fields.get('rule')?.value) ?? '');
  const about = stringOf(fields.get('column')?.value);
  const column = table?.columns.find((c) => c.name === about);
  const key = String(path[4]);
  if (key === 'rule') return kinds(column, table);
  if (key === 'column' || key === 'columns' || kind?.columnParameters?.includes(key) === true) {
    const present = new Set(path.length > 5 ? textsOf(place.parent) : []);
    const own = table === undefined ? [] : table.columns;
    const wanted = key === 'other_column' && column !== undefined ? [typeFamily(column.type)] : kind?.types;
    const offered: readonly (Pick<Column, 'name' | 'type'> & { readonly description?: string })[] = [
      ...own,
      ...GIVEN_COLUMNS,
    ];
    return offered
      .filter(({ name }) => !present.has(name) && !(key === 'other_column' && name === about))
      .map(({ name, type, description }) => {
        const fits = wanted?.includes(typeFamily(type)) !== false;
        const lineage = !own.some((c) => c.name === name);
        return text(name, {
          kind: 'column',
          detail: fits ? type : `${type}: does not fit ${kind?.name ?? 'the rule'}`,
          documentation:
            description === undefined ? 'Added by the pipeline to every row.' : markdownText(description),
          rank: fits ? (lineage ? 2 : 1) : 3,
        });
      });
  }
  if (key === 'id') return ids(scene, String(path[1]), fields, kind?.name);
  if (key === 'tags') {
    const present = new Set(textsOf(place.parent));
    return [...new Set(config.rules.flatMap((rule) => rule.tags))]
      .filter((tag) => !present.has(tag))
      .map((tag) => text(tag, { detail: 'used by other rules' }));
  }
  if (table === undefined || kind === undefined) return [];
  if (key === 'to') {
    if (kind.name === 'references')
      return referenced(config, table, about === undefined ? [] : [about]).map((name) =>
        text(name, { kind: 'column', detail: typeOf(scene, name) }),
      );
    if (about !== undefined)
      return referenced(config, table, [about]).map((name) =>
        text(name, { kind: 'column', detail: typeOf(scene, name) }),
      );
    return [
      ...LAYERS.map((layer) => text(layer, { detail: 'layer' })),
      ...config.tables
        .filter((t) => t.name !== table.name)
        .map((t) => text(t.name, { kind: 'table', detail: 'rows of the same date' })),
    ];
  }
  if (key === 'values' && column !== undefined) {
    const present = new Set((place.parent.children ?? []).map((child) => String(child.value as unknown)));
    const found = await knowledge.values(table, column.name, signal);
    return found
      .filter(({ value }) => !present.has(value))
      .map(({ value, rows }) => typed(value, column.type, { detail: rowsInWords(rows), rank: 1 }));
  }
  if (key === 'min' || key === 'max') return bounds(scene, table, column, kind.name, key);
  if (key === 'types') return TYPE_EXAMPLES.map((type) => text(type));
  if (key === 'step' && column !== undefined && typeFamily(column.type) === 'date')
    return ['1 day', '1 hour', '15 minutes', '1 minute'].map((value) => text(value));
  return [];
}

function typeOf({ config }: Scene, name: string): string {
  const table = config.tables.find((t) => name.startsWith(`${t.name}.`));
  return table?.columns.find((c) => `${table.name}.${c.name}` === name)?.type ?? '';
}

/** Kinds, those first that the column at hand fits. */
function kinds(column: Column | undefined, table: Table | undefined): readonly Suggestion[] {
  return ruleKinds.map((kind) => {
    const fits =
      column === undefined
        ? kind.columns.min === 0 || table === undefined || fittingColumns(kind, table).length > 0
        : kind.columns.max > 0 && kind.types?.includes(typeFamily(column.type)) !== false;
    return text(kind.name, {
      kind: 'rule',
      detail: fits ? kind.summary : `does not fit ${column === undefined ? 'this table' : column.type}`,
      documentation: kindMarkdown(kind),
      rank: fits ? 1 : 2,
    });
  });
}

/** An id made from the rule, and ids with results that no rule has any more: their history would go on. */
async function ids(
  { config, knowledge }: Scene,
  table: string,
  fields: ReturnType<typeof memberMap>,
  kind: string | undefined,
): Promise<readonly Suggestion[]> {
  const taken = new Set(config.rules.filter((rule) => rule.table === table).map((rule) => rule.id));
  const columns = stringOf(fields.get('column')?.value);
  const parameters = Object.fromEntries(
    [...fields.values()].map(({ key, value }) => [key, value.value as unknown]),
  );
  const derived = derivedRuleId(
    kind ?? 'rule',
    columns === undefined ? textsOf(fields.get('columns')?.value) : [columns],
    parameters,
  );
  let free = derived;
  for (let number = 2; taken.has(free); number++) free = `${derived}_${number}`;
  const reports = await knowledge.reports(table);
  const gone = new Map<string, string>();
  for (const { date, findings } of reports)
    for (const { id, rule } of findings)
      if (!taken.has(id) && !gone.has(id) && (kind === undefined || rule === kind)) gone.set(id, date);
  return [
    text(free, { detail: 'from kind and column', rank: 1 }),
    ...[...gone].map(([id, date]) => text(id, { detail: `had results until ${isoDate(date)}`, rank: 2 })),
  ];
}

/** What was observed, as a bound. */
async function bounds(
  scene: Scene,
  table: Table,
  column: Column | undefined,
  kind: string,
  key: 'min' | 'max',
): Promise<readonly Suggestion[]> {
  const { knowledge, signal } = scene;
  const reports = await knowledge.reports(table.name);
  const [latest] = reports;
  switch (kind) {
    case 'row_count':
      return reports.map(({ date, gold }) => ({
        label: String(gold),
        value: gold,
        kind: 'value',
        detail: `rows on ${isoDate(date)}`,
      }));
    case 'length': {
      if (column === undefined) return [];
      const [least, most] = (await knowledge.lengths(table, column.name, signal)) ?? [];
      return [
        { end: 'min', value: least, words: 'shortest observed' },
        { end: 'max', value: most, words: 'longest observed' },
      ].flatMap(({ end, value, words }) =>
        value === undefined
          ? []
          : [{ label: String(value), value, kind: 'value', detail: words, rank: end === key ? 1 : 2 }],
      );
    }
    case 'range':
    case 'stat': {
      if (column === undefined) return [];
      const found = latest?.profile.find((p) => p.column === column.name);
      const gold = isHiddenColumn(table, column.name) ? undefined : found;
      if (latest === undefined || gold === undefined) return [];
      return (['min', 'max'] as const).flatMap((end) => {
        const value = gold[end];
        if (value === null) return [];
        const detail = `${end === 'min' ? 'least' : 'greatest'} on ${isoDate(latest.date)}`;
        return [typed(value, column.type, { detail, rank: end === key ? 1 : 2 })];
      });
    }
    default:
      return [];
  }
}
