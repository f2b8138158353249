// The main statement of raw-to-silver: a chain of SELECTs, one per kind of work, from headers to typed columns.
import { quoteIdentifier, quoteLiteral } from '../../base';
import type { Brand, Column, Table } from '../../model';
import { internalNames } from '../freeNames';
import { recordObject } from '../stageRejects';
import { numberedFile, selectFrom } from '../select';
import { conversion, isText, needsDigits, type ConversionSql } from './conversions';
import type { Mapping } from './mapping';
import type { Zone } from './zone';
import { isHiddenColumn } from '../../report';

/** One raw part as SQL reads it. */
export interface Part {
  /** Absolute path of the Parquet file. */
  readonly path: string;
  /** Landing file, the value of `_source_file`. */
  readonly file: string;
  readonly headers: readonly string[];
  readonly rows: number;
}

export interface SilverQuery {
  readonly table: Table;
  readonly brand: Brand;
  readonly parts: readonly Part[];
  readonly mapping: Mapping;
  /** Offsets of the zones that columns are in, by zone name. */
  readonly zones: ReadonlyMap<string, Zone>;
}

/** Which rows a statement is about, part by part. */
export type RowChoice = 'all' | readonly PartRows[];

/** All rows of a part, none, or those whose bit in a session variable is the wanted one. */
export type PartRows = 'all' | 'none' | { readonly bits: string; readonly wanted: 0 | 1 };

/** One column of the table on its way to silver; names are quoted columns of the last layer. */
export interface ColumnWork {
  readonly column: Column;
  /** The column's place in config order. */
  readonly index: number;
  /** Value in silver. */
  readonly value: string;
  /** Text (or derived value as text) before its conversion. */
  readonly text: string;
  /** SQL over the layer: the text, NULL where it means so. */
  readonly present: string;
  /** True where the transform or conversion of a value failed. */
  readonly failed: string;
  /** Can a value fail at all? */
  readonly fallible: boolean;
  /** Its value is sensitive: no sentence quotes it. */
  readonly hidden: boolean;
  readonly conversion: ConversionSql;
}

export interface Layers {
  readonly brand: string;
  readonly work: readonly ColumnWork[];
  /** WITH clause; the last of its names is `last`. */
  readonly chain: string;
  readonly last: string;
  /** Quoted columns of `last`, but for all rows: order over all parts from 0, JSON text of the raw row. */
  readonly position: string;
  readonly record: string;
  /** Conditions, each true or false, that a row of silver meets all of. */
  readonly kept: readonly string[];
  /** Expressions of silver's columns, in order. */
  readonly output: readonly string[];
}

/** Builds the chain; columns that a statement does not use cost nothing, DuckDB leaves them out. */
export function buildLayers(query: SilverQuery, rows: RowChoice = 'all'): Layers {
  const internal = internalNames([...query.table.columns, ...query.mapping.extras].map((c) => c.name));
  const work = query.table.columns.map((column, index): ColumnWork => {
    const text = quoteIdentifier(internal(`text_${index + 1}`));
    return {
      column,
      index,
      value: quoteIdentifier(column.name),
      text,
      present: lateNulls(query.table, column) ? withoutNulls(query.table, text) : text,
      failed: quoteIdentifier(internal(`failed_${index + 1}`)),
      fallible: !isText(column) || column.transform !== undefined || column.derived !== undefined,
      hidden: isHiddenColumn(query.table, column.name),
      conversion: conversion(column, text, query.zones.get(zoneName(column, query.brand) ?? '')),
    };
  });
  const position = quoteIdentifier(internal('position'));
  const record = quoteIdentifier(internal('record'));
  const extras = query.mapping.extras.map((e) => quoteIdentifier(e.name));
  const steps: Steps = {
    query,
    work,
    carried: [...extras, '"_source_file"', '"_source_row"', ...(rows === 'all' ? [] : [position, record])],
    asked: (w) => ({ text: rows !== 'all', failed: rows !== 'all' || failureDecides(w) }),
    attempt: ({ index }) => quoteIdentifier(internal(`try_${index + 1}`)),
    read: ({ index }, k) => quoteIdentifier(internal(`read_${index + 1}_${k + 1}`)),
  };

  const chain = [
    `${internal('source')} AS NOT MATERIALIZED (\n${sourceSelect(query, rows, position, record)}\n)`,
  ];
  let last = internal('source');
  for (const [name, columns] of layerColumns(steps)) {
    if (columns === undefined) continue;
    const select = selectFrom([...columns, ...steps.carried], `FROM ${last}`);
    last = internal(name);
    chain.push(`${last} AS NOT MATERIALIZED (\n${select}\n)`);
  }
  return {
    brand: query.brand.name,
    work,
    chain: `WITH ${chain.join(',\n')}`,
    last,
    position,
    record,
    kept: conditions(work),
    output: [
      ...work.map((w) => w.value),
      ...extras,
      `${quoteLiteral(query.brand.name)} AS "_brand"`,
      '"_source_file"',
      '"_source_row"',
    ],
  };
}

/** The rows of silver, in the order of the parts. */
export function silverSelect(layers: Layers): string {
  const where = layers.kept.length === 0 ? '' : `\nWHERE ${layers.kept.join(' AND ')}`;
  return `${layers.chain}\n${selectFrom(layers.output, `FROM ${layers.last}${where}`)}`;
}

/** The zone a column's local times are in; undefined for UTC. */
export function zoneName(column: Column, brand: Brand): string | undefined {
  const name = column.timezone === 'brand' ? brand.timezone : column.timezone;
  return name === undefined || name.toUpperCase() === 'UTC' ? undefined : name;
}

/** Does a value that fails keep its row out? */
export function rejects(column: Column): boolean {
  if (column.onError === 'fail') return false;
  return column.onError === 'reject' || (column.required && column.default === undefined);
}

// ---- layers --------------------------------------------------------------------------------------

interface Steps {
  readonly query: SilverQuery;
  readonly work: readonly ColumnWork[];
  /** Quoted columns that every layer hands on. */
  readonly carried: readonly string[];
  /** Which of a column's text and mark of failure the last layer has: all statements but silver's need both. */
  readonly asked: (work: ColumnWork) => { readonly text: boolean; readonly failed: boolean };
  /** Quoted names of what a fragment gave, and of the results of a conversion's first step. */
  readonly attempt: (work: ColumnWork) => string;
  readonly read: (work: ColumnWork, k: number) => string;
}

function layerColumns(steps: Steps): readonly (readonly [string, readonly string[] | undefined])[] {
  const { columns } = steps.query.table;
  const transforms = columns.some((c) => c.transform !== undefined);
  const derives = columns.some((c) => c.derived !== undefined);
  return [
    ['texts', steps.query.table.nullValues.length > 0 ? texts(steps) : undefined],
    ['transformed', transforms ? transformed(steps) : undefined],
    ['mapped', mapped(steps)],
    ['converted', converted(steps)],
    ['typed', typed(steps)],
    ['derived', derives ? derived(steps) : undefined],
    ['complete', derives ? complete(steps) : undefined],
  ];
}

/** Columns of the table under their config names, from each part's own headers. */
function sourceSelect(query: SilverQuery, rows: RowChoice, position: string, record: string): string {
  let before = 0;
  const selects: string[] = [];
  for (const [i, part] of query.parts.entries()) {
    const { from, row } = numberedFile(part.path, part.headers);
    const named = [
      ...query.mapping.columns.map(({ column, headers }) => ({ name: column.name, header: headers[i] })),
      ...query.mapping.extras.map(({ name, headers }) => ({ name, header: headers[i] })),
    ];
    const columns = named.map(({ name, header }) => {
      const text = header === undefined ? 'CAST(NULL AS VARCHAR)' : quoteIdentifier(header);
      return `${text} AS ${quoteIdentifier(name)}`;
    });
    columns.push(`${quoteLiteral(part.file)} AS "_source_file"`, `${row} + 1 AS "_source_row"`);
    if (rows !== 'all') {
      const whole = recordObject(part.headers.map((h) => ({ name: h, sql: quoteIdentifier(h) })));
      columns.push(`${row} + ${before} AS ${position}`, `${whole} AS ${record}`);
    }
    before += part.rows;
    const where = rowFilter(rows, i, row);
    if (where !== undefined) selects.push(selectFrom(columns, `${from}${where}`));
  }
  return selects.join('\nUNION ALL\n');
}

/** WHERE clause for a part's chosen rows, empty for all of them; undefined for none. */
function rowFilter(rows: RowChoice, part: number, row: string): string | undefined {
  const chosen = rows === 'all' ? 'all' : (rows[part] ?? 'none');
  if (chosen === 'all') return '';
  if (chosen === 'none') return undefined;
  return `\nWHERE get_bit(getvariable(${quoteLiteral(chosen.bits)}), CAST(${row} AS INTEGER)) = ${chosen.wanted}`;
}

/** Columns read from the file. */
function fromFile({ work }: Steps): readonly ColumnWork[] {
  return work.filter((w) => w.column.derived === undefined);
}

/** Texts that mean NULL become it, for fragments at least; of some columns the plain text goes on beside. */
function texts(steps: Steps): readonly string[] {
  const { table } = steps.query;
  const fragments = table.columns.some((c) => c.transform !== undefined);
  return fromFile(steps).flatMap(({ column, value, text }) => {
    const late = lateNulls(table, column);
    return [
      ...(late && !fragments ? [] : [`${withoutNulls(table, value)} AS ${value}`]),
      ...(late ? [`${value} AS ${text}`] : []),
    ];
  });
}

function withoutNulls(table: Table, text: string): string {
  const list = table.nullValues.map(quoteLiteral).join(', ');
  return `CASE WHEN ${text} IN (${list}) THEN NULL ELSE ${text} END`;
}

/**
 * Need the column's texts not be compared with the ones that mean NULL, because none of these converts
 * anyway? Only where one failed it is asked which of the two it was.
 */
function lateNulls(table: Table, column: Column): boolean {
  return (
    table.nullValues.length > 0 &&
    table.nullValues.every((text) => !/\p{N}/u.test(text)) &&
    column.transform === undefined &&
    column.derived === undefined &&
    Object.keys(column.map).length === 0 &&
    needsDigits(column)
  );
}

/** Transforms see all texts of the row under their config names. */
function transformed(steps: Steps): readonly string[] {
  return fromFile(steps).flatMap((w) =>
    w.column.transform === undefined
      ? [lateNulls(steps.query.table, w.column) ? w.text : w.value]
      : [`${attempted(`CAST((${w.column.transform}\n) AS VARCHAR)`)} AS ${steps.attempt(w)}`],
  );
}

/** The text to convert, mapped, under its internal name: from here on config names are free for values. */
function mapped(steps: Steps): readonly string[] {
  return fromFile(steps).flatMap((w) => {
    const attempt = steps.attempt(w);
    if (lateNulls(steps.query.table, w.column)) return [w.text];
    if (w.column.transform === undefined) return [`${mapText(w.column, w.value)} AS ${w.text}`];
    return [`${mapText(w.column, `${attempt}.v`)} AS ${w.text}`, `${attempt} IS NULL AS ${attempt}`];
  });
}

function mapText(column: Column, text: string): string {
  const pairs = Object.entries(column.map);
  if (pairs.length === 0) return text;
  const whens = pairs.map(([from, to]) => `WHEN ${quoteLiteral(from)} THEN ${quoteLiteral(to)}`);
  return `CASE ${text} ${whens.join(' ')} ELSE ${text} END`;
}

/** First step of each conversion. */
function converted(steps: Steps): readonly string[] {
  return fromFile(steps).flatMap((w) => [
    w.text,
    ...(w.column.transform === undefined ? [] : [steps.attempt(w)]),
    ...(isText(w.column) ? [] : w.conversion.read.map((sql, k) => `${sql} AS ${steps.read(w, k)}`)),
  ]);
}

/** Values under the config names, and marks of the ones that failed. */
function typed(steps: Steps): readonly string[] {
  return fromFile(steps).flatMap((w) => {
    const { column, text } = w;
    const broken = column.transform === undefined ? [] : [steps.attempt(w)];
    if (isText(column))
      return withMarks(steps, w, { value: withDefault(column, text), text, failed: broken[0] ?? 'false' });
    const value = w.conversion.finish(w.conversion.read.map((_, k) => steps.read(w, k)));
    // Blank text is no value that failed, but none: padded files are full of it.
    const unread = `CASE WHEN ${text} IS NULL OR (${value}) IS NOT NULL THEN false ELSE coalesce(NOT regexp_full_match(${w.present}, '\\s*'), false) END`;
    return withMarks(steps, w, {
      value: withDefault(column, value),
      text,
      failed: [...broken, unread].join(' OR '),
    });
  });
}

/** Derived values see the typed columns. */
function derived(steps: Steps): readonly string[] {
  return steps.work.flatMap((w) =>
    w.column.derived === undefined
      ? handedOn(steps, w)
      : [`${attempted(`(${w.column.derived}\n)`)} AS ${steps.attempt(w)}`],
  );
}

/** Derived values in their types. */
function complete(steps: Steps): readonly string[] {
  return steps.work.flatMap((w) => {
    if (w.column.derived === undefined) return handedOn(steps, w);
    const attempt = steps.attempt(w);
    const value = `TRY_CAST(${attempt}.v AS ${w.column.type})`;
    const failed = `${attempt} IS NULL OR (${attempt}.v IS NOT NULL AND ${value} IS NULL)`;
    return withMarks(steps, w, {
      value: withDefault(w.column, value),
      text: `CAST(${attempt}.v AS VARCHAR)`,
      failed,
    });
  });
}

/** A column's value, and what is asked of its text and failure, each under its name. */
function withMarks(
  steps: Steps,
  work: ColumnWork,
  { value, text, failed }: { readonly value: string; readonly text: string; readonly failed: string },
): readonly string[] {
  const asked = steps.asked(work);
  return [
    `${value} AS ${work.value}`,
    ...(asked.text ? [`${text} AS ${work.text}`] : []),
    ...(asked.failed ? [`${failed} AS ${work.failed}`] : []),
  ];
}

function handedOn(steps: Steps, work: ColumnWork): readonly string[] {
  const asked = steps.asked(work);
  return [work.value, ...(asked.text ? [work.text] : []), ...(asked.failed ? [work.failed] : [])];
}

/**
 * A fragment's value in a struct: TRY, so that an error is the row's and not the table's; a struct, so that
 * the error is told from a NULL the fragment gave. Fragments were checked when the config was loaded; their
 * line break ends a comment at their end.
 */
function attempted(sql: string): string {
  return `TRY(struct_pack(v := ${sql}))`;
}

function withDefault(column: Column, value: string): string {
  if (column.default === undefined) return value;
  return `coalesce(${value}, CAST(${quoteLiteral(String(column.default))} AS ${column.type}))`;
}

/** Conditions of the rows of silver. */
function conditions(work: readonly ColumnWork[]): readonly string[] {
  return work.flatMap((w) => [
    ...(failureDecides(w) ? [`NOT ${w.failed}`] : []),
    ...(w.column.required ? [`${w.value} IS NOT NULL`] : []),
  ]);
}

/** Is it the failure that keeps a row out? Failed values of a required column are NULL: that is asked anyway. */
function failureDecides({ column, fallible }: ColumnWork): boolean {
  return fallible && rejects(column) && !(column.required && column.default === undefined);
}
