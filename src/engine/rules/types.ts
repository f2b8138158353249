// Columns as rules see them: those they may name, and values of the config as SQL literals of a type.
import { quoteIdentifier, quoteLiteral, typeFamily } from '../base';
import { type Column, type Rule, type Table, LINEAGE_COLUMNS, PipelineError, defined } from '../model';

/** Columns that every gold row has besides those of the config, and that rules may name. */
export const GIVEN_COLUMNS: readonly { readonly name: string; readonly type: string }[] =
  LINEAGE_COLUMNS.flatMap((column) =>
    column.name === '_brand' ? [column, { name: 'brand_code', type: 'VARCHAR' }] : [column],
  );

/** All columns a rule or a fragment of a table may name: those of the config, then the lineage. */
export function ruleColumns(table: Table): readonly { readonly name: string; readonly type: string }[] {
  return [...table.columns.map(({ name, type }: Column) => ({ name, type })), ...GIVEN_COLUMNS];
}

/** The type of a column of a table, VARCHAR where it is unknown (checkRule tells about that). */
export function columnType(table: Table, name: string): string {
  return ruleColumns(table).find((c) => c.name === name)?.type ?? 'VARCHAR';
}

/** The first column of a rule, quoted. */
export function column(rule: Rule): string {
  return quoteIdentifier(firstColumn(rule));
}

/** The name of the first column of a rule. */
export function firstColumn(rule: Rule): string {
  const name = rule.columns[0];
  if (name === undefined) throw malformed(rule, 'column');
  return name;
}

/**
 * A JSON scalar as a SQL value to compare with a column of `type`: numbers stay numbers beside numbers,
 * all else is read as the column's type, so that "1" and 1 mean the same on BIGINT and "2024-01-31" is a date.
 */
export function literal(value: string | number | boolean, type: string): string {
  const family = typeFamily(type);
  if (family === 'number' && typeof value === 'number') return numberLiteral(value);
  if (family === 'boolean' && typeof value === 'boolean') return value ? 'true' : 'false';
  if (family === 'text') return quoteLiteral(String(value));
  return `CAST(${quoteLiteral(String(value))} AS ${type})`;
}

/** A number in SQL: whole ones as integers, so that no comparison of BIGINT goes through DOUBLE. */
export function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) return `CAST(${quoteLiteral(String(value))} AS DOUBLE)`;
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : String(value);
}

// ---- parameters ----------------------------------------------------------------------------------

/** A text parameter; undefined where it is not given. */
export function optionalText(rule: Rule, key: string): string | undefined {
  const value = rule.parameters[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw malformed(rule, key);
  return value;
}

/** A text parameter that the kind's schema requires. */
export function requiredText(rule: Rule, key: string): string {
  const value = optionalText(rule, key);
  if (value === undefined) throw malformed(rule, key);
  return value;
}

/** A number parameter; undefined where it is not given. */
export function optionalNumber(rule: Rule, key: string): number | undefined {
  const value = rule.parameters[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || Number.isNaN(value)) throw malformed(rule, key);
  return value;
}

/** A scalar parameter: a number, a text or a boolean; undefined where it is not given. */
export function optionalScalar(rule: Rule, key: string): string | number | undefined {
  const value = rule.parameters[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') throw malformed(rule, key);
  return value;
}

/** A list of texts; empty where it is not given. One text counts as a list of one. */
export function textList(rule: Rule, key: string): readonly string[] {
  const value = rule.parameters[key];
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw malformed(rule, key);
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw malformed(rule, key);
    return item;
  });
}

/** A list of JSON scalars that the kind's schema requires. */
export function scalarList(rule: Rule, key: string): readonly (string | number | boolean)[] {
  const value = rule.parameters[key];
  if (!Array.isArray(value)) throw malformed(rule, key);
  return value.map((item: unknown) => {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return item;
    throw malformed(rule, key);
  });
}

/** A switch; false where it is not given. */
export function flag(rule: Rule, key: string): boolean {
  return rule.parameters[key] === true;
}

/** The config's schema checks parameters before; a malformed one here came past it. */
export function malformed(rule: Rule, key: string): PipelineError {
  return new PipelineError(
    'CONFIG_INVALID',
    `Rule ${rule.id}: "${key}" is missing or not what the kind ${rule.kind} takes.`,
    `See the kind ${rule.kind} in the documentation of rules.`,
    { where: { ...rule.location, ...defined({ line: rule.lines[key] }) } },
  );
}
