// One file's header against the columns of its table: what is read from where, what is missing, what is unknown.
import { escapePattern, foldHeader, headerOf } from '../../base';
import type { Column, Table } from '../../model';

export interface HeaderComparison {
  /** Header by column name, of the columns that are there. */
  readonly read: ReadonlyMap<string, string>;
  readonly missing: readonly Column[];
  readonly unknown: readonly {
    readonly header: string;
    /** The column that a header of the same meaning is read for already. */
    readonly twin?: string;
  }[];
}

/** What is known of a table: files have few different headers, each is compared once, and asked for often. */
interface KnownHeaders {
  readonly lists: WeakMap<readonly string[], HeaderComparison>;
  readonly texts: Map<string, HeaderComparison>;
}

const known = new WeakMap<Table, KnownHeaders>();

/** Compares as silver is mapped (see silver/mapping.ts), without failing. */
export function compareHeader(table: Table, headers: readonly string[]): HeaderComparison {
  const { lists, texts } = known.get(table) ?? noHeaders(table);
  const met = lists.get(headers);
  if (met !== undefined) return met;
  const text = JSON.stringify(headers);
  const found = texts.get(text) ?? compare(table, headers);
  texts.set(text, found);
  lists.set(headers, found);
  return found;
}

function noHeaders(table: Table): KnownHeaders {
  const made: KnownHeaders = { lists: new WeakMap(), texts: new Map() };
  known.set(table, made);
  return made;
}

function compare(table: Table, headers: readonly string[]): HeaderComparison {
  const columns = table.columns.filter((column) => column.derived === undefined);
  const read = new Map<string, string>();
  const missing: Column[] = [];
  for (const column of columns) {
    const header = headerOf([column.name, ...column.source], headers);
    if (header !== undefined) read.set(column.name, header);
    else if (expectsHeader(column)) missing.push(column);
  }
  const taken = new Set(read.values());
  const owners = new Map([...read].map(([column, header]) => [foldHeader(header), column]));
  return {
    read,
    missing,
    unknown: headers
      .filter((header) => !taken.has(header))
      .map((header) => {
        const twin = owners.get(foldHeader(header));
        return twin === undefined ? { header } : { header, twin };
      }),
  };
}

/** A transform that does not mention its own column makes the value from others. */
function expectsHeader({ name, transform }: Column): boolean {
  return transform === undefined || mentions(transform, name);
}

/** Does a fragment name a column? A name inside a text literal counts too: such a transform is rare. */
export function mentions(fragment: string, name: string): boolean {
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])${escapePattern(name)}(?![\p{L}\p{N}_])`, 'iu').test(
    fragment,
  );
}
