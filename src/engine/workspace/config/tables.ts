// Builds the tables from table_schemas.json and checks their columns, keys and order.
import { type Column, type Deduplicate, type Table, LINEAGE, defined } from '../../model';
import { checkZone } from './brands';
import { readFormat } from './formatHints';
import {
  booleanOf,
  limitOf,
  memberMap,
  members,
  textNodes,
  stringOf,
  textsOf,
  type JsonDocument,
  type Member,
  type Node,
} from './jsonDocument';
import { columnNameProblem, folderNameProblem } from './configNames';
import { parseOrderBy } from './orderBy';
import {
  TYPE_NAMES,
  checkType,
  foldHeader,
  foldName,
  formatFault,
  holds,
  isNumeric,
  isTemporal,
  isTimestamp,
  shown,
  suggestion,
  unknownSpecifier,
} from '../../base';

type Fields = ReadonlyMap<string, Member>;

/** The tables in the order of the file; problems go to the document. What is malformed is left out. */
export function readTables(document: JsonDocument): readonly Table[] {
  const names = new Map<string, string>();
  const tables: Table[] = [];
  for (const { key: name, keyNode, value } of members(memberMap(document.root).get('tables')?.value)) {
    const problem = folderNameProblem('table', name);
    if (problem !== undefined)
      document.report(keyNode, problem.message, problem.remedy, { trouble: { kind: 'bad-name' } });
    const same = names.get(foldName(name));
    if (same !== undefined)
      document.report(
        keyNode,
        `The tables ${shown(same)} and ${shown(name)} have the same name.`,
        'Give each table a name of its own; names that differ only in case count as the same.',
        { trouble: { kind: 'duplicate-name' } },
      );
    names.set(foldName(name), name);
    tables.push(readTable(document, name, keyNode, value));
  }
  return tables;
}

function readTable(document: JsonDocument, name: string, keyNode: Node, value: Node): Table {
  const fields = memberMap(value);
  const columns = members(fields.get('columns')?.value).map((member) => readColumn(document, name, member));
  checkColumnNames(document, name, fields);
  const primaryKey = textsOf(fields.get('primary_key')?.value).map((key) => ownName(key, columns));
  checkPrimaryKey(document, name, fields, columns);
  const extra = stringOf(fields.get('extra_columns')?.value);
  const drift = stringOf(fields.get('drift')?.value);
  return {
    name,
    description: stringOf(fields.get('description')?.value) ?? '',
    primaryKey,
    deduplicate: readDeduplicate(document, fields, { name, primaryKey, columns }),
    nullValues: fields.has('null_values') ? textsOf(fields.get('null_values')?.value) : [''],
    extraColumns: extra === 'drop' || extra === 'fail' ? extra : 'keep',
    ...defined({
      format: readFormat(document, fields.get('format')?.value, `Table ${shown(name)}`),
      maxRejected: limitOf(fields.get('max_rejected')?.value),
    }),
    drift: drift === 'fail' || drift === 'ignore' ? drift : 'report',
    columns,
    location: document.where(keyNode),
  };
}

/** No two columns may have one name, nor claim one header of a file. */
function checkColumnNames(document: JsonDocument, table: string, fields: Fields): void {
  const names = new Map<string, string>();
  const headers = new Map<string, string>();
  const all = members(fields.get('columns')?.value);
  for (const { key, keyNode } of all) {
    const problem = columnNameProblem(key);
    if (problem !== undefined)
      document.report(keyNode, problem.message, problem.remedy, { trouble: { kind: 'bad-name' } });
    const same = names.get(foldName(key));
    if (same !== undefined)
      document.report(
        keyNode,
        `The columns ${shown(same)} and ${shown(key)} of table ${shown(table)} have the same name.`,
        'Give each column a name of its own; names that differ only in case count as the same.',
        { trouble: { kind: 'duplicate-name' } },
      );
    names.set(foldName(key), key);
  }
  // Own names first: where a source name repeats one, the source name is to blame.
  const read = all.filter(({ value }) => !memberMap(value).has('derived'));
  const claims = [
    ...read.map(({ key, keyNode }) => ({ column: key, text: key, node: keyNode })),
    ...read.flatMap(({ key, value }) =>
      textNodes(memberMap(value).get('source')?.value).map((node) => ({
        column: key,
        text: stringOf(node) ?? '',
        node,
      })),
    ),
  ];
  for (const { column, text, node } of claims) {
    const header = foldHeader(text);
    const owner = headers.get(header);
    if (header === '' && text !== column)
      document.report(
        node,
        'A source name has only blanks, hyphens or underscores.',
        'Remove it or write the header of the file.',
        {
          trouble: { kind: 'empty' },
        },
      );
    else if (owner === undefined) headers.set(header, column);
    else if (foldName(owner) !== foldName(column))
      document.report(
        node,
        `The header ${shown(text)} means both column ${shown(owner)} and column ${shown(column)}.`,
        'Let one column claim it; headers are compared without case, blanks, hyphens, underscores and invisible characters.',
        { trouble: { kind: 'duplicate-name' } },
      );
  }
}

/** A name as its column is written, where the two differ in nothing but how accents are composed. */
function ownName(name: string, columns: readonly Column[]): string {
  const composed = name.normalize('NFC');
  return columns.find((column) => column.name.normalize('NFC') === composed)?.name ?? name;
}

function checkPrimaryKey(
  document: JsonDocument,
  table: string,
  fields: Fields,
  columns: readonly Column[],
): void {
  const known = [...columns.map((column) => column.name), '_brand'];
  // Without columns that could be read every name would be told to be unknown.
  if (columns.length === 0) return;
  for (const node of textNodes(fields.get('primary_key')?.value)) {
    const name = ownName(stringOf(node) ?? '', columns);
    if (!known.includes(name))
      document.report(
        node,
        `The primary_key of table ${shown(table)} names the unknown column ${shown(name)}.`,
        suggestion(name, known, `The columns are: ${known.join(', ')}.`),
        { trouble: { kind: 'unknown-column', name, known } },
      );
    else if (name === '_brand' && textsOf(fields.get('primary_key')?.value).length === 1)
      document.report(
        node,
        `The primary_key of table ${shown(table)} is the brand alone.`,
        'Name a column that identifies the rows of a brand.',
        { trouble: { kind: 'out-of-bounds' } },
      );
  }
}

function readDeduplicate(
  document: JsonDocument,
  fields: Fields,
  { name: table, primaryKey, columns }: Pick<Table, 'name' | 'primaryKey' | 'columns'>,
): Deduplicate {
  const member = fields.get('deduplicate');
  if (member === undefined) return primaryKey.length === 0 ? 'none' : 'last';
  const text = stringOf(member.value);
  if (text !== 'none' && !fields.has('primary_key'))
    document.report(
      member.keyNode,
      `Table ${shown(table)} has "deduplicate" but no "primary_key".`,
      'Add "primary_key": the columns that identify a row.',
      { trouble: { kind: 'needless-key' } },
    );
  if (text === 'last' || text === 'first' || text === 'none' || text === 'error') return text;
  const node = memberMap(member.value).get('order_by')?.value;
  const written = stringOf(node);
  if (node === undefined || written === undefined || written === '' || columns.length === 0) return 'last';
  const names = [...columns.map((column) => column.name), ...LINEAGE];
  const order = parseOrderBy(written, names);
  if (order.ok) return { orderBy: order.sql };
  document.report(node, `Table ${shown(table)}: ${order.message}`, order.remedy, {
    trouble: { kind: 'invalid-sql' },
  });
  return 'last';
}

function readColumn(document: JsonDocument, table: string, { key: name, keyNode, value }: Member): Column {
  const fields = memberMap(value);
  const node = (key: string): Node | undefined => fields.get(key)?.value;
  const required = booleanOf(node('required')) ?? false;
  const onError = stringOf(node('on_error'));
  const transform = fields.get('transform');
  const derived = fields.get('derived');
  const column: Column = {
    name,
    type: readType(document, table, name, node('type')),
    description: stringOf(node('description')) ?? '',
    source: textsOf(node('source')),
    required,
    formats: textsOf(node('formats')),
    timezone: stringOf(node('timezone')),
    ...ambiguousOf(stringOf(node('ambiguous'))),
    decimal: stringOf(node('decimal')) ?? '.',
    thousands: stringOf(node('thousands')),
    ...(fields.has('decimal') ? { ownDecimal: true } : {}),
    transform: stringOf(transform?.value),
    map: Object.fromEntries(
      members(node('map')).flatMap((entry) => {
        const to = stringOf(entry.value);
        return to === undefined ? [] : [[entry.key, to]];
      }),
    ),
    trueValues: textsOf(node('true_values')),
    falseValues: textsOf(node('false_values')),
    default: defaultOf(node('default')),
    onError:
      onError === 'reject' || onError === 'null' || onError === 'fail'
        ? onError
        : required
          ? 'reject'
          : 'null',
    ...defined({ maxFailed: limitOf(node('max_failed')) }),
    derived: stringOf(derived?.value),
    sensitive: booleanOf(node('sensitive')) ?? false,
    location: document.where(keyNode),
    locations: {
      ...(transform === undefined ? {} : { transform: document.where(transform.value) }),
      ...(derived === undefined ? {} : { derived: document.where(derived.value) }),
    },
  };
  // A value of the wrong kind has been told; what follows from it would be noise.
  if (!document.isBroken(value)) checkColumn(document, table, column, fields);
  return column;
}

const ambiguousOf = (written: string | undefined): Pick<Column, 'ambiguous'> =>
  written === 'later' || written === 'null' ? { ambiguous: written } : {};

function defaultOf(node: Node | undefined): string | number | boolean | undefined {
  const value: unknown = node?.value;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

function readType(document: JsonDocument, table: string, column: string, node: Node | undefined): string {
  const written = stringOf(node);
  if (node === undefined || written === undefined || written === '') return 'VARCHAR';
  const check = checkType(written);
  if (check.ok) return check.type;
  document.report(
    node,
    `The type ${shown(written)} of column ${shown(column)} of table ${shown(table)} ${check.message}.`,
    check.remedy ??
      suggestion(
        written,
        TYPE_NAMES,
        'Use a type such as VARCHAR, BIGINT, DECIMAL(10,2), DATE or TIMESTAMP.',
      ),
    { trouble: { kind: 'unknown-type', name: written, known: TYPE_NAMES } },
  );
  return 'VARCHAR';
}

/** What the keys of a column say about each other and about its type. */
function checkColumn(document: JsonDocument, table: string, column: Column, fields: Fields): void {
  const place = `Column ${shown(column.name)} of table ${shown(table)}`;
  const { type } = column;
  const misplaced = (keys: readonly string[], fits: boolean, because: string, remedy: string): void => {
    for (const key of keys) {
      const member = fields.get(key);
      if (member !== undefined && !fits)
        document.report(member.keyNode, `${place} has ${shown(key)}, but ${because}.`, remedy, {
          trouble: { kind: 'needless-key' },
        });
    }
  };
  if (column.derived !== undefined) {
    misplaced(FROM_FILE, false, 'it is derived and not read from a file', 'Remove one of the two keys.');
  } else {
    const not = (what: string): string => `its type ${type} is ${what}`;
    misplaced(
      ['formats'],
      isTemporal(type),
      not('no date or time'),
      'Remove it, or use DATE, TIME or TIMESTAMP.',
    );
    misplaced(['timezone'], isTimestamp(type), not('no TIMESTAMP'), 'Remove it, or use TIMESTAMP.');
    misplaced(
      ['ambiguous'],
      column.timezone !== undefined,
      'it has no "timezone": no time of UTC comes twice',
      'Remove it, or state the "timezone" of the column.',
    );
    misplaced(['decimal'], isNumeric(type), not('no number'), 'Remove it, or use a number type.');
    misplaced(['thousands'], isNumeric(type), not('no number'), 'Remove it, or use a number type.');
    misplaced(
      ['true_values', 'false_values'],
      type === 'BOOLEAN',
      not('not BOOLEAN'),
      'Remove it, or use BOOLEAN.',
    );
  }
  misplaced(
    ['max_failed'],
    column.onError !== 'fail',
    'any value that does not convert fails the table by its "on_error"',
    'Remove one of the two keys.',
  );
  checkZone(document, fields.get('timezone')?.value, place, 'brand');
  checkMarks(document, place, column, fields);
  for (const node of textNodes(fields.get('formats')?.value)) {
    const format = stringOf(node) ?? '';
    const unknown = unknownSpecifier(format);
    if (unknown !== undefined)
      document.report(
        node,
        `${place} has a format with the unknown part ${shown(unknown)}.`,
        'Use %Y %m %d %H %M %S %f and the like; a percent sign itself is %%.',
        { trouble: { kind: 'invalid-format' } },
      );
    else if (format.includes('%') && isTemporal(type)) {
      const fault = formatFault(format, type);
      if (fault !== undefined)
        document.report(node, `${place} has the format ${shown(format)} ${fault.message}.`, fault.remedy, {
          trouble: { kind: 'invalid-format' },
        });
    } else if (!format.includes('%'))
      document.report(
        node,
        `${place} has a format without %.`,
        'Write it such as "%d/%m/%Y" for 31/01/2024.',
        { trouble: { kind: 'invalid-format' } },
      );
  }
  const value = column.default;
  const node = fields.get('default')?.value;
  if (node !== undefined && value !== undefined && !holds(type, value))
    document.report(
      node,
      `${place} has the default ${shown(value)}, which is no ${type}.`,
      `Write a value of type ${type}.`,
      { trouble: { kind: 'invalid-default' } },
    );
}

const FROM_FILE = [
  'source',
  'formats',
  'timezone',
  'ambiguous',
  'decimal',
  'thousands',
  'transform',
  'map',
  'true_values',
  'false_values',
] as const;

function checkMarks(document: JsonDocument, place: string, column: Column, fields: Fields): void {
  const thousands = fields.get('thousands')?.value;
  if (thousands !== undefined && column.thousands === column.decimal)
    document.report(
      thousands,
      `${place} has the same mark ${shown(column.decimal)} for decimals and for thousands.`,
      'Set "decimal" and "thousands" to different marks.',
      { trouble: { kind: 'out-of-bounds' } },
    );
  else if (thousands !== undefined && /[\d+\-eE]/.test(column.thousands ?? ''))
    document.report(
      thousands,
      `${place} has ${shown(column.thousands)} between groups of digits, which is part of a number.`,
      'Use a mark such as "." or a space.',
      { trouble: { kind: 'out-of-bounds' } },
    );
  const trues = new Set(column.trueValues);
  for (const node of textNodes(fields.get('false_values')?.value))
    if (trues.has(stringOf(node) ?? ''))
      document.report(
        node,
        `${place} has ${shown(stringOf(node))} for both true and false.`,
        'Keep one of the two.',
        { trouble: { kind: 'duplicate-entry' } },
      );
}

/**
 * Columns with an error in them, by table: what rules and SQL say about them would only repeat it.
 */
export function brokenColumns(document: JsonDocument): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    members(memberMap(document.root).get('tables')?.value).map(({ key, value }) => {
      const columns = members(memberMap(value).get('columns')?.value);
      return [key, new Set(columns.filter((c) => document.isBroken(c.value)).map((c) => c.key))];
    }),
  );
}
