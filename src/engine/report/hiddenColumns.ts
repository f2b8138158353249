// Which columns of a table are sensitive: those marked so, and those that are made of them.
import type { Table } from '../model';

const known = new WeakMap<Table, ReadonlySet<string>>();

/** Lower-case names of the sensitive columns of a table, of their headers, and of columns made of them. */
export function hiddenColumns(table: Table): ReadonlySet<string> {
  const found = known.get(table) ?? sensitiveNames(table);
  known.set(table, found);
  return found;
}

/** Are the values of a column of a table sensitive, by its own mark or by what it is made of? */
export function isHiddenColumn(table: Table | undefined, column: string): boolean {
  return table !== undefined && hiddenColumns(table).has(column.toLowerCase());
}

function sensitiveNames(table: Table): ReadonlySet<string> {
  const found = new Set(
    table.columns
      .filter((c) => c.sensitive)
      .flatMap((c) => [c.name, ...c.source].map((n) => n.toLowerCase())),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { name, derived, transform } of table.columns)
      if (namesAnyOf(`${derived ?? ''} ${transform ?? ''}`, found)) found.add(name.toLowerCase());
  }
  return found;
}

/** Does SQL name one of these (lower case), as a whole word? */
export function namesAnyOf(sql: string, names: ReadonlySet<string>): boolean {
  const text = sql.toLowerCase();
  return (
    text.split(/[^\p{L}\p{N}_]+/u).some((word) => names.has(word)) ||
    [...names].some((name) => /[^\p{L}\p{N}_]/u.test(name) && text.includes(name))
  );
}
