// Stated formats: "format" of a brand, of a table, and of a brand's table; each read, checked, and held against the rest.
import {
  type Brand,
  type FormatHint,
  type FormatKey,
  type Table,
  type Where,
  defined,
  formatHintOf,
} from '../../model';
import { foldHeader, isNumeric, shown, suggestion } from '../../base';
import { ENCODING_NAMES, ENCODING_SPELLINGS, encodingName } from '../../csv';
import {
  booleanOf,
  memberMap,
  members,
  numberOf,
  stringOf,
  textNodes,
  textsOf,
  type JsonDocument,
  type Node,
} from './jsonDocument';

/**
 * Reads a "format" object; what is wrong with it alone is reported.
 * @param place whose format it is, as a sentence begins: `Brand "A"`.
 */
export function readFormat(
  document: JsonDocument,
  node: Node | undefined,
  place: string,
): FormatHint | undefined {
  if (node?.type !== 'object') return undefined;
  const fields = memberMap(node);
  const at = (key: FormatKey): Node | undefined => fields.get(key)?.value;
  const written = stringOf(at('encoding'));
  const encoding = written === undefined ? undefined : encodingName(written);
  if (written !== undefined && written !== '' && encoding === undefined)
    document.report(
      at('encoding'),
      `${place} has the unknown encoding ${shown(written)}.`,
      suggestion(written, ENCODING_SPELLINGS, `Use one of ${ENCODING_NAMES.join(', ')}.`),
      { trouble: { kind: 'unknown-encoding', name: written, known: ENCODING_NAMES } },
    );
  const headerNode = at('header');
  if (headerNode?.type === 'array') checkNames(document, headerNode, place);
  const places: Partial<Record<FormatKey, Where>> = {};
  for (const { key, value } of members(node)) places[key as FormatKey] = document.where(value);
  const hint: FormatHint = defined({
    encoding,
    delimiter: stringOf(at('delimiter')),
    quote: stringOf(at('quote')),
    escape: stringOf(at('escape')),
    header: headerNode?.type === 'array' ? textsOf(headerNode) : booleanOf(headerNode),
    preamble: numberOf(at('preamble')),
    footer: numberOf(at('footer')),
    decimal: stringOf(at('decimal')),
    thousands: stringOf(at('thousands')),
    places,
  });
  if (!document.isBroken(node)) checkMarks(hint, place, (key, ...words) => report(document, at(key), words));
  return Object.keys(hint).length > 1 ? hint : undefined;
}

type Words = readonly [message: string, remedy: string];

function report(document: JsonDocument, node: Node | undefined, [message, remedy]: Words): void {
  document.report(node, message, remedy, { trouble: { kind: 'out-of-bounds' } });
}

/** Names that stand for a header: none empty, none twice. */
function checkNames(document: JsonDocument, list: Node, place: string): void {
  const seen = new Map<string, string>();
  for (const node of textNodes(list)) {
    const name = stringOf(node) ?? '';
    const same = seen.get(foldHeader(name));
    if (foldHeader(name) === '')
      document.report(
        node,
        `${place} has a header name of blanks only.`,
        'Write the name of the column there.',
        {
          trouble: { kind: 'empty' },
        },
      );
    else if (same !== undefined)
      document.report(
        node,
        `${place} has the header names ${shown(same)} and ${shown(name)}, which mean the same column.`,
        'Name each field of the file once.',
        { trouble: { kind: 'duplicate-entry' } },
      );
    seen.set(foldHeader(name), name);
  }
}

/** Characters that cannot stand beside each other, whichever places they are stated in. */
function checkMarks(
  hint: FormatHint,
  place: string,
  tell: (key: FormatKey, message: string, remedy: string) => void,
): void {
  const { delimiter, quote, escape, decimal, thousands } = hint;
  if (delimiter !== undefined && /[\r\n]/.test(delimiter))
    tell(
      'delimiter',
      `${place} has a line end as delimiter.`,
      'Write the text between two fields of a line.',
    );
  for (const [key, mark] of [['quote', quote] as const, ['escape', escape] as const])
    if (mark !== undefined && /[^\x21-\x7e]/.test(mark))
      tell(
        key,
        `${place} has the ${key} ${shown(mark)}, which is not a character of ASCII.`,
        `Write a character such as " or ', or "" where no quotes are used.`,
      );
    else if (mark !== undefined && mark !== '' && delimiter?.includes(mark) === true)
      tell(
        key,
        `${place} has ${shown(mark)} both as ${key} and in its delimiter.`,
        'State different characters; "" means: not used.',
      );
  if (decimal !== undefined && decimal === thousands)
    tell(
      'thousands',
      `${place} has the same mark ${shown(decimal)} for decimals and for thousands.`,
      'Set "decimal" and "thousands" to different marks.',
    );
  if (thousands !== undefined && /[\d+\-eE]/.test(thousands))
    tell(
      'thousands',
      `${place} has ${shown(thousands)} between groups of digits, which is part of a number.`,
      'Use a mark such as "." or a space.',
    );
}

/** The formats of a brand's tables, by table. */
export function readTableFormats(
  document: JsonDocument,
  node: Node | undefined,
  place: string,
): Readonly<Record<string, FormatHint>> | undefined {
  const found = members(node).flatMap(({ key, value }) => {
    const format = memberMap(value).get('format')?.value;
    const hint = readFormat(document, format, `Table ${shown(key)} of ${place}`);
    return hint === undefined ? [] : [[key, hint] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Two of the config's files, and what was read from them. */
interface Stated {
  readonly brandsFile: JsonDocument;
  readonly tablesFile: JsonDocument;
  readonly brands: readonly Brand[];
  readonly tables: readonly Table[];
}

/** What the formats say of tables and columns, and what the joined ones say of themselves. */
export function checkFormats(stated: Stated): void {
  const { brandsFile, brands, tables } = stated;
  if (tables.length === 0) return;
  const names = tables.map((table) => table.name);
  for (const { key: brand, value } of members(memberMap(brandsFile.root).get('brands')?.value))
    for (const { key, keyNode } of members(memberMap(value).get('tables')?.value))
      if (!names.includes(key))
        brandsFile.report(
          keyNode,
          `Brand ${shown(brand)} has a format for the unknown table ${shown(key)}.`,
          suggestion(key, names, `The tables are: ${names.join(', ')}.`),
          { trouble: { kind: 'unknown-table', name: key, known: names } },
        );
  const told = new Set<string>();
  for (const table of tables)
    for (const brand of brands) {
      const hint = formatHintOf({ brands, tables }, brand.name, table.name);
      if (hint === undefined) continue;
      const tell = (key: FormatKey, message: string, remedy: string): void => {
        const where = hint.places?.[key];
        const once = `${where?.file ?? ''}\n${where?.line ?? 0}\n${key}`;
        if (told.has(once)) return;
        told.add(once);
        const found = nodeOf(stated, { brand: brand.name, table: table.name, key });
        found?.document.report(found.node, message, remedy, { trouble: { kind: 'out-of-bounds' } });
      };
      checkJoined(table, brand, hint, tell);
    }
}

function checkJoined(
  table: Table,
  brand: Brand,
  hint: FormatHint,
  tell: (key: FormatKey, message: string, remedy: string) => void,
): void {
  const place = `The format of ${shown(brand.name)} and ${shown(table.name)}`;
  // Marks of one place have been told there.
  const files = new Set(Object.values(hint.places ?? {}).map((where) => `${where.file} ${where.line ?? 0}`));
  if (files.size > 1) checkMarks(hint, place, tell);
  const column = table.columns.find(
    (one) =>
      isNumeric(one.type) &&
      one.ownDecimal !== true &&
      one.thousands !== undefined &&
      one.thousands === hint.decimal,
  );
  if (column !== undefined)
    tell(
      'decimal',
      `${place} has the decimal mark ${shown(hint.decimal)}, which column ${shown(column.name)} has between groups of digits.`,
      'State "decimal" in the column, too.',
    );
  if (typeof hint.header !== 'object') return;
  const known = new Set(table.columns.flatMap((one) => [one.name, ...one.source]).map(foldHeader));
  const strange = hint.header.filter((name) => !known.has(foldHeader(name)));
  const all = table.columns.filter((one) => one.derived === undefined).map((one) => one.name);
  if (strange.length === hint.header.length)
    tell(
      'header',
      `${place} names no column of the table in "header".`,
      `Name the fields of the file in their order; the columns are: ${all.join(', ')}.`,
    );
  else if (strange.length > 0 && table.extraColumns === 'fail')
    tell(
      'header',
      `${place} names ${shown(strange[0])} in "header", which is no column of the table, and the table takes no extra columns.`,
      suggestion(strange[0] ?? '', all, `The columns are: ${all.join(', ')}.`),
    );
}

/** Where a key of the joined format stands: the most exact place that has it. */
function nodeOf(
  { brandsFile, tablesFile }: Stated,
  { brand, table, key }: { readonly brand: string; readonly table: string; readonly key: FormatKey },
): { readonly document: JsonDocument; readonly node: Node } | undefined {
  const inside = (node: Node | undefined, ...path: readonly string[]): Node | undefined =>
    path.reduce<Node | undefined>((at, step) => memberMap(at).get(step)?.value, node);
  const owner = inside(brandsFile.root, 'brands', brand);
  const found = [
    { document: brandsFile, node: inside(owner, 'tables', table, 'format', key) },
    { document: tablesFile, node: inside(tablesFile.root, 'tables', table, 'format', key) },
    { document: brandsFile, node: inside(owner, 'format', key) },
  ].find(({ node }) => node !== undefined);
  return found?.node === undefined ? undefined : { document: found.document, node: found.node };
}
