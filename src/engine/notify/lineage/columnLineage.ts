// Which column is made of which: from the config and the headers of the files, without asking a database.
import { type Column, type Rule, type Settings, type Table, LINEAGE_COLUMNS } from '../../model';
import { nameOfToken, sqlTokens } from '../../rules';
import { type PartHeader, mapHeaders } from '../../stages';
import { targetOf } from '../../warehouse';
import { facet, type DatasetName, type Facets } from './facets';

interface Transformation {
  readonly type: 'DIRECT' | 'INDIRECT';
  readonly subtype: 'IDENTITY' | 'TRANSFORMATION' | 'WINDOW' | 'FILTER';
  readonly description: string;
  readonly masking: false;
}

interface InputField extends DatasetName {
  readonly field: string;
  readonly transformations: readonly Transformation[];
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
}

const transformation = (
  type: Transformation['type'],
  subtype: Transformation['subtype'],
  description = '',
): Transformation => ({ type, subtype, description, masking: false });
const IDENTITY = transformation('DIRECT', 'IDENTITY');

const from = (dataset: DatasetName, field: string, one: Transformation): InputField => ({
  namespace: dataset.namespace,
  name: dataset.name,
  field,
  transformations: [one],
});

const lineage = (
  fields: ReadonlyMap<string, readonly InputField[]>,
  dataset: readonly InputField[] = [],
): Facets =>
  facet('columnLineage', {
    fields: Object.fromEntries([...fields].map(([name, inputFields]) => [name, { inputFields }])),
    ...(dataset.length === 0 ? {} : { dataset }),
  });

const schemaOf = (fields: readonly Field[]): Facets => facet('schema', { fields });

/** The facets of raw: its columns are the file's, every one text. */
export function rawFacets(landing: DatasetName, headers: readonly string[]): Facets {
  return {
    ...schemaOf(headers.map((name) => ({ name, type: 'VARCHAR' }))),
    ...lineage(new Map(headers.map((name) => [name, [from(landing, name, IDENTITY)]]))),
  };
}

/** The facets of silver: each column from the headers that mean it, through its transform, or derived from others. */
export function silverFacets(raw: DatasetName, table: Table, parts: readonly PartHeader[]): Facets {
  const mapping = mapHeaders(table, parts);
  const present = (headers: readonly (string | undefined)[]): readonly string[] => [
    ...new Set(headers.filter((header) => header !== undefined)),
  ];
  const headersOf = new Map(
    [
      ...mapping.columns.map(({ column, headers }) => [column.name, present(headers)] as const),
      ...mapping.extras.map(({ name, headers }) => [name, present(headers)] as const),
    ].map(([name, headers]) => [name.toLowerCase(), headers]),
  );
  const byName = new Map(table.columns.map((column) => [column.name.toLowerCase(), column]));
  /** Headers a column is made of; `open` names the derived columns on the way, which must not meet themselves. */
  const madeOf = (name: string, open: ReadonlySet<string>): readonly string[] => {
    const { transform, derived } = byName.get(name) ?? {};
    if (derived !== undefined)
      return open.has(name)
        ? []
        : mentioned(derived, [...byName.keys(), ...headersOf.keys()]).flatMap((other) =>
            madeOf(other, new Set([...open, name])),
          );
    if (transform !== undefined)
      return mentioned(transform, [...headersOf.keys()]).flatMap((other) => headersOf.get(other) ?? []);
    return headersOf.get(name) ?? [];
  };
  const fields = table.columns.map((column): [string, readonly InputField[]] => [
    column.name,
    [...new Set(madeOf(column.name.toLowerCase(), new Set()))].map((header) =>
      from(raw, header, how(column)),
    ),
  ]);
  const extras = mapping.extras.map(({ name, headers }): [string, readonly InputField[]] => [
    name,
    present(headers).map((header) => from(raw, header, IDENTITY)),
  ]);
  return {
    ...schemaOf([
      ...table.columns.map(fieldOf),
      ...mapping.extras.map(({ name }) => ({ name, type: 'VARCHAR' })),
      ...LINEAGE_COLUMNS,
    ]),
    ...lineage(new Map([...fields, ...extras])),
  };
}

function how(column: Column): Transformation {
  const { derived, transform, type, map } = column;
  if (derived !== undefined) return transformation('DIRECT', 'TRANSFORMATION', derived);
  if (transform !== undefined) return transformation('DIRECT', 'TRANSFORMATION', transform);
  if (Object.keys(map).length > 0) return transformation('DIRECT', 'TRANSFORMATION', 'values are mapped');
  if (type === 'VARCHAR') return IDENTITY;
  return transformation('DIRECT', 'TRANSFORMATION', `read as ${type}`);
}

/** The facets of gold: the columns of every brand's silver, one row per primary key. */
export function goldFacets(silver: readonly DatasetName[], table: Table): Facets {
  const columns = [...table.columns.map(fieldOf), ...LINEAGE_COLUMNS];
  const key =
    table.deduplicate === 'none'
      ? []
      : table.primaryKey.flatMap((name) =>
          silver.map((dataset) =>
            from(dataset, name, transformation('INDIRECT', 'WINDOW', 'one row per primary key')),
          ),
        );
  return {
    ...schemaOf(columns),
    ...lineage(
      new Map(columns.map(({ name }) => [name, silver.map((dataset) => from(dataset, name, IDENTITY))])),
      key,
    ),
  };
}

/** The facets of a warehouse table: gold's columns, its rows filtered by the rules that reject. */
export function targetFacets(
  settings: Settings,
  gold: DatasetName,
  table: Table,
  rules: readonly Rule[],
): Facets {
  const { columns } = targetOf(settings, table);
  const sources = new Map(
    columns.map(({ name, source }): [string, readonly InputField[]] => {
      if (source === 'brand_code')
        return [
          name,
          [from(gold, '_brand', transformation('DIRECT', 'TRANSFORMATION', 'code of the brand'))],
        ];
      return [name, source === 'load_date' ? [] : [from(gold, source, IDENTITY)]];
    }),
  );
  const filters = rules.filter(
    (rule) => rule.table === table.name && rule.enabled && rule.onFail === 'reject',
  );
  return {
    ...schemaOf(columns.map(({ name, type }) => ({ name, type }))),
    ...lineage(
      sources,
      filters.flatMap(({ id, columns: names }) =>
        names.map((name) => from(gold, name, transformation('INDIRECT', 'FILTER', id))),
      ),
    ),
  };
}

const fieldOf = ({ name, type, description }: Column): Field => ({
  name,
  type,
  ...(description === '' ? {} : { description }),
});

/** Those of `names` (lower case) that a fragment of SQL mentions. A function of the same name counts as well. */
export function mentioned(sql: string, names: readonly string[]): readonly string[] {
  // Texts and comments name nothing.
  const words = new Set(
    sqlTokens(sql)
      .filter(({ kind }) => kind === 'word' || kind === 'name')
      .map((token) => nameOfToken(sql, token).toLowerCase()),
  );
  return [...new Set(names)].filter((name) => words.has(name));
}
