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

/** Files of a table have few different headers: each is compared once. */
const known = new WeakMap<Table, Map<string, HeaderComparison>>();

/** Compares as silver is mapped (see silver/mapping.ts), without failing. */
export function compareHeader(table: Table, headers: readonly string[]): HeaderComparison {
  const ofTable = known.get(table) ?? new Map<string, HeaderComparison>();
  known.set(table, ofTable);
  const name = JSON.stringify(headers);
  const found = ofTable.get(name) ?? compare(table, headers);
  ofTable.set(name, found);
  return found;
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
