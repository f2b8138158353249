// Whole rules to start from: one per kind, with columns of this table that fit it.
import { typeFamily } from '../../base';
import { type RuleKind, kindMarkdown, ruleKinds } from '../../rules';
import type { Config, Table } from '../../model';
import { choice, escapeSnippet, type Suggestion } from './suggestion';

/** More columns than a menu should hold. */
const MOST_CHOICES = 40;

/** Names of the table's columns that a kind takes; of tables without a schema none. */
export function fittingColumns(kind: RuleKind, table: Table | undefined): readonly string[] {
  return (table?.columns ?? [])
    .filter(({ type }) => kind.types === undefined || kind.types.includes(typeFamily(type)))
    .map(({ name }) => name);
}

/** A rule of each kind that some column of the table fits, in the order of the catalogue. */
export function ruleSnippets(config: Config, table: Table | undefined): readonly Suggestion[] {
  return ruleKinds.flatMap((kind) => {
    const columns = fittingColumns(kind, table);
    if (kind.columns.min > 0 && columns.length === 0 && table !== undefined) return [];
    return [
      {
        label: kind.name,
        value: kind.example,
        snippet: ruleSnippet(kind, config, table, columns),
        kind: 'snippet' as const,
        detail: kind.summary,
        documentation: kindMarkdown(kind),
      },
    ];
  });
}

function ruleSnippet(
  kind: RuleKind,
  config: Config,
  table: Table | undefined,
  columns: readonly string[],
): string {
  let number = 0;
  const next = (): number => ++number;
  const name = (of: readonly string[], fallback: unknown): string =>
    `"${choice(next(), of.length === 0 ? [String(fallback)] : of.slice(0, MOST_CHOICES).map(inJson))}"`;
  const value = (key: string, given: unknown): string => {
    if (key === 'rule') return JSON.stringify(given);
    if (key === 'column') return name(columns, given);
    if (key === 'columns') return `[${name(columns, 'column')}]`;
    if (kind.columnParameters?.includes(key) === true) {
      const all = (table?.columns ?? []).map((c) => c.name);
      return Array.isArray(given) ? `[${name(all, 'column')}]` : name(all, given);
    }
    if (key === 'to' && kind.name === 'references') return name(referenced(config, table, columns), given);
    if (key === 'query') return `"${placeholder(next(), 'SELECT * FROM rows WHERE false')}"`;
    if (key === 'expression') return `"${placeholder(next(), anyCondition(table))}"`;
    if (typeof given === 'string') return `"${placeholder(next(), inJson(given))}"`;
    return placeholder(next(), JSON.stringify(given));
  };
  const members = Object.entries(kind.example)
    // Types by name of column: nothing of the example holds here.
    .filter(([key]) => key !== 'types' && !(kind.name === 'schema' && key === 'columns'))
    .map(([key, given]) => `${JSON.stringify(key)}: ${value(key, given)}`);
  return `{ ${members.join(', ')} }`;
}

const placeholder = (number: number, text: string): string => `\${${number}:${escapeSnippet(text)}}`;
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function anyCondition(table: Table | undefined): string {
  const first = table?.columns[0]?.name;
  return first === undefined ? 'true' : inJson(`${sqlName(first)} IS NOT NULL`);
}

/** A column as SQL takes it: quoted only where it must be. */
export function sqlName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase())
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/** Words DuckDB takes for itself. */
const RESERVED: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
  default deferrable desc describe distinct do else end except false fetch for foreign from group having in
  initially intersect into lambda lateral leading limit not null offset on only or order pivot placing primary
  qualify references returning select show some summarize symmetric table then to trailing true union unique
  unpivot using variadic when where window with`.split(/\s+/),
);

/** "Table.column" of other tables that a column of this one may refer to: keys first. */
export function referenced(
  config: Config,
  table: Table | undefined,
  columns: readonly string[],
): readonly string[] {
  const types = new Set(
    (table?.columns ?? []).filter((c) => columns.includes(c.name)).map((c) => typeFamily(c.type)),
  );
  const others = config.tables.filter((other) => other.name !== table?.name);
  const all = others.flatMap((other) =>
    other.columns
      .filter((column) => types.size === 0 || types.has(typeFamily(column.type)))
      .map((column) => ({
        name: `${other.name}.${column.name}`,
        rank:
          (columns.length === 1 && column.name === columns[0] ? 0 : 2) +
          (other.primaryKey.includes(column.name) ? 0 : 1),
      })),
  );
  return all.sort((a, b) => a.rank - b.rank).map(({ name }) => name);
}
