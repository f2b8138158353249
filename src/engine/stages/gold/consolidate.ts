// The main statement of silver-to-gold: the rows of all brands in order, without those found to be left out.
import { quoteIdentifier, quoteLiteral } from '../../base';
import { type Table, LINEAGE } from '../../model';
import { internalNames } from '../freeNames';
import { recordObject, selectRejects, textsWhere, type RejectExpressions } from '../stageRejects';
import { numberedFile, selectFrom, type NumberedFile } from '../select';

/** One brand's silver. */
export interface BrandSilver {
  readonly brand: string;
  /** Absolute path of the Parquet file. */
  readonly path: string;
  readonly rows: number;
  /** Its columns in order. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface GoldQuery {
  readonly table: Table;
  readonly sources: readonly BrandSilver[];
  /** Gold's columns before lineage: those of the config, then the extra ones of any brand. */
  readonly columns: readonly string[];
  /** Quoted name of the row's order over all sources, from 0. */
  readonly position: string;
}

/** What is left out of gold. */
export interface LeftOut {
  /** Is a NULL possible in a column of the primary key? */
  readonly missingKeys: boolean;
  /** For each source the session variable with a bit per row, 1 for a duplicate; undefined: none there. */
  readonly duplicates: readonly (string | undefined)[];
}

export function goldQuery(table: Table, sources: readonly BrandSilver[]): GoldQuery {
  const known = new Set([...LINEAGE, ...table.columns.map((c) => c.name.toLowerCase())]);
  const extras: string[] = [];
  for (const { name } of sources.flatMap((s) => s.columns)) {
    if (known.has(name.toLowerCase())) continue;
    known.add(name.toLowerCase());
    extras.push(name);
  }
  const columns = [...table.columns.map((c) => c.name), ...extras];
  return { table, sources, columns, position: quoteIdentifier(internalNames(columns)('position')) };
}

/** All rows of all brands with their position; columns that are not used cost nothing. */
export function allRows(query: GoldQuery): string {
  let before = 0;
  const selects = query.sources.map((source) => {
    const position = `${numbered(source).row} + ${before} AS ${query.position}`;
    before += source.rows;
    return selectFrom([...sourceColumns(query, source), position], numbered(source).from);
  });
  return selects.join('\nUNION ALL\n');
}

/**
 * The rows of gold. Duplicates are left out by a bit per row and not by a join: a join would cut the row
 * groups of the file elsewhere on every run.
 */
export function goldSelect(query: GoldQuery, leftOut: LeftOut): string {
  const selects = query.sources.map((source, i) => {
    const duplicate = isDuplicate(source, leftOut.duplicates[i]);
    const conditions = [
      ...(leftOut.missingKeys ? [`NOT (${keyMissing(query.table)})`] : []),
      ...(duplicate === undefined ? [] : [`NOT (${duplicate})`]),
    ];
    const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
    return selectFrom(sourceColumns(query, source), `${numbered(source).from}${where}`);
  });
  return selects.join('\nUNION ALL\n');
}

/** The rows that gold leaves out, in order, as rejects; undefined where there are none. */
export function leftOutSelect(query: GoldQuery, leftOut: LeftOut): string | undefined {
  const missing = keyMissing(query.table);
  const selects = query.sources.flatMap((source, i) => {
    const duplicate = isDuplicate(source, leftOut.duplicates[i]);
    const conditions = [
      ...(leftOut.missingKeys ? [missing] : []),
      ...(duplicate === undefined ? [] : [duplicate]),
    ];
    if (conditions.length === 0) return [];
    const inner = selectFrom(
      sourceColumns(query, source),
      `${numbered(source).from}\nWHERE ${conditions.join(' OR ')}`,
    );
    return [selectRejects(leftOutColumns(query), `FROM (\n${inner}\n)`)];
  });
  return selects.length === 0 ? undefined : selects.join('\nUNION ALL\n');
}

function leftOutColumns({ table, columns }: GoldQuery): RejectExpressions {
  const missing = keyMissing(table);
  const keys = table.primaryKey.map((name) => ({
    condition: `${quoteIdentifier(name)} IS NULL`,
    text: quoteLiteral(name),
  }));
  const all = `[${table.primaryKey.map(quoteLiteral).join(', ')}]`;
  const names = table.primaryKey.join(', ');
  const kept =
    typeof table.deduplicate === 'string' ? table.deduplicate : `first by ${table.deduplicate.orderBy}`;
  const [code, reason] =
    table.deduplicate === 'error'
      ? [LEFT_OUT_CODES.duplicate, `another row has the same ${names}`]
      : [LEFT_OUT_CODES.duplicateRemoved, `another row has the same ${names}; the ${kept} one was kept`];
  return {
    _brand: '"_brand"',
    _source_file: '"_source_file"',
    _source_row: '"_source_row"',
    code: `CASE WHEN ${missing} THEN '${LEFT_OUT_CODES.keyMissing}' ELSE '${code}' END`,
    columns: `CASE WHEN ${missing} THEN ${textsWhere(keys)} ELSE ${all} END`,
    reason: `CASE WHEN ${missing} THEN array_to_string(${textsWhere(keys)}, ', ') || ': missing in the primary key' ELSE ${quoteLiteral(reason)} END`,
    record: recordObject(columns.map((name) => ({ name, sql: `CAST(${quoteIdentifier(name)} AS VARCHAR)` }))),
  };
}

/** SQL: is a column of the primary key NULL? Never NULL itself. */
export function keyMissing(table: Table): string {
  return table.primaryKey.map((name) => `${quoteIdentifier(name)} IS NULL`).join(' OR ');
}

export const LEFT_OUT_CODES = {
  keyMissing: 'KEY_MISSING',
  duplicate: 'DUPLICATE',
  duplicateRemoved: 'DUPLICATE_REMOVED',
} as const;

/** A file's columns as gold has them: what this brand lacks is NULL. */
function sourceColumns(query: GoldQuery, source: BrandSilver): readonly string[] {
  const own = new Map(source.columns.map((c) => [c.name.toLowerCase(), c.name]));
  return [...query.columns, ...LINEAGE].map((name) => {
    const quoted = quoteIdentifier(name);
    const there = own.get(name.toLowerCase());
    if (there === undefined) return `CAST(NULL AS VARCHAR) AS ${quoted}`;
    // DuckDB takes only the letters of ASCII for the same in another case.
    return there === name ? quoted : `${quoteIdentifier(there)} AS ${quoted}`;
  });
}

function numbered(source: BrandSilver): NumberedFile {
  return numberedFile(
    source.path,
    source.columns.map((c) => c.name),
  );
}

function isDuplicate(source: BrandSilver, variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  return `get_bit(getvariable(${quoteLiteral(variable)}), CAST(${numbered(source).row} AS INTEGER)) = 1`;
}
