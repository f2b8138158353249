// The config: three JSON files read, held against their schemas and against each other, and frozen.
import { join } from 'node:path';
import { formerBrands } from './formerBrands';
import { readBrands } from './brands';
import { checkFormats } from './formatHints';
import { describeBrands, describeRules, describeTables } from './describe';
import { memberMap, parseDocument, type JsonDocument } from './jsonDocument';
import { isReservedColumn, isSnowflakeName } from './configNames';
import {
  type ConfigProblem,
  type Connection,
  deepFreeze,
  problemError,
  readTextFile,
  shown,
  shownPath,
  suggestion,
} from '../../base';
import { checkRules, readRules } from './rules';
import { brandConfigsSchema, tableSchemasSchema, validationRulesSchema } from './schemas';
import { knownShapes, readFrom, shapeKey } from './knownShapes';
import { checkShape, type JsonSchema } from './configShape';
import { checkColumnSql, checkRuleSql } from './configSql';
import { brokenColumns, readTables } from './tables';
import { type Config, type Settings, type Table, throwIfCancelled } from '../../model';

export { schemaFiles } from './schemas';
export { configSha, goldConfigSha, rawConfigSha, rulesConfigSha, silverConfigSha } from './shas';

export const CONFIG_FILES = ['brand_configs.json', 'table_schemas.json', 'validation_rules.json'] as const;
export type ConfigFile = (typeof CONFIG_FILES)[number];

export interface CheckOptions {
  /** With it, SQL fragments are parsed and bound as well. */
  readonly connection?: Connection;
  readonly signal?: AbortSignal;
  /** Text to check instead of what lies on disk: unsaved files of an editor. */
  readonly contents?: Partial<Record<ConfigFile, string>>;
  /** Files whose key is known are not held against their schema again; `read` is told the key of each. */
  readonly shapes?: { readonly known: ReadonlySet<unknown>; readonly read: (key: string) => void };
}

const MAXIMUM_BYTES = 10_000_000;

/**
 * Reads the config of a workspace, without a database.
 * @throws PipelineError CONFIG_MISSING | CONFIG_INVALID for the first problem, with file and line.
 */
export async function loadConfig(settings: Settings): Promise<Config> {
  const keys: string[] = [];
  const known = knownShapes(settings);
  const { config, problems } = await checkConfig(settings, {
    shapes: { known, read: (key) => void keys.push(key) },
  });
  const first = problems.find((problem) => problem.severity === 'error');
  if (first !== undefined) throw problemError(first);
  if (config === undefined) throw new Error('A config without a problem was not built.');
  const former = formerBrands(settings, config.brands);
  const whole = former.length === 0 ? config : deepFreeze({ ...config, formerBrands: former });
  readFrom(whole, keys, known);
  return whole;
}

/**
 * Like loadConfig, but tells all problems, by file and line; `config` is there when no problem is an error.
 * With a connection, SQL fragments are held against the columns they may name.
 * @throws PipelineError CANCELLED only.
 */
export async function checkConfig(
  settings: Settings,
  options: CheckOptions = {},
): Promise<{ readonly config: Config | undefined; readonly problems: readonly ConfigProblem[] }> {
  const brandsFile = await open(settings, BRANDS, options);
  const tablesFile = await open(settings, TABLES, options);
  const rulesFile = await open(settings, RULES, options);
  throwIfCancelled(options.signal);

  const brands = readBrands(brandsFile);
  const tables = readTables(tablesFile);
  checkFormats({ brandsFile, tablesFile, brands, tables });
  // Without tables every rule would be told to be about an unknown one.
  const placed = tablesFile.root === undefined ? [] : readRules(rulesFile, tables);
  const config: Config = { brands, tables, rules: placed.map(({ rule }) => rule) };
  const broken = brokenColumns(tablesFile);
  checkRules(rulesFile, placed, config, broken);
  warnOfNames(settings, tablesFile, tables);
  if (options.connection !== undefined) {
    const scope = { connection: options.connection, signal: options.signal, broken };
    await checkColumnSql(tablesFile, tables, scope);
    await checkRuleSql(rulesFile, placed, config, scope);
  }
  const expected = checkExpected(settings, tablesFile, tables);
  const files = [brandsFile, tablesFile, rulesFile];
  const problems = [...files.flatMap((file) => [...file.problems].sort(byPlace)), ...expected];
  const failed = problems.some((problem) => problem.severity === 'error');
  return { config: failed ? undefined : deepFreeze(config), problems };
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column;
}

/** A file of the config: its schema, made when it is first needed, and the names of what is in it. */
interface ConfigFileKind {
  readonly name: ConfigFile;
  readonly schemaOf: () => JsonSchema;
  readonly describe: (path: readonly string[]) => string;
}

const BRANDS: ConfigFileKind = {
  name: 'brand_configs.json',
  schemaOf: brandConfigsSchema,
  describe: describeBrands,
};
const TABLES: ConfigFileKind = {
  name: 'table_schemas.json',
  schemaOf: tableSchemasSchema,
  describe: describeTables,
};
const RULES: ConfigFileKind = {
  name: 'validation_rules.json',
  schemaOf: validationRulesSchema,
  describe: describeRules,
};

const schemas = new Map<ConfigFile, JsonSchema>();

/** Reads, parses and shape-checks one file; whatever is wrong becomes a problem of the document. */
async function open(
  settings: Settings,
  { name, schemaOf, describe }: ConfigFileKind,
  options: CheckOptions,
): Promise<JsonDocument> {
  const file = join(settings.configDir, name);
  const shownName = shownPath(settings.workspace, file);
  const content = options.contents?.[name];
  const read =
    content === undefined
      ? await readTextFile(file, shownName, MAXIMUM_BYTES)
      : { kind: 'text' as const, text: content.startsWith('\uFEFF') ? content.slice(1) : content };
  switch (read.kind) {
    case 'text': {
      const document = parseDocument(file, shownName, read.text);
      const schema = schemas.get(name) ?? schemaOf();
      schemas.set(name, schema);
      const key = options.shapes === undefined ? undefined : shapeKey(schema, read.text);
      if (key !== undefined) options.shapes?.read(key);
      if (key === undefined || options.shapes?.known.has(key) !== true)
        checkShape(document, schema, describe);
      return document;
    }
    case 'missing':
      return unread(file, shownName, {
        code: 'CONFIG_MISSING',
        message: `There is no ${shownName}.`,
        remedy: 'Create it, or run `m7 init` for a new workspace; CONFIG_DIR names its folder.',
        line: 1,
      });
    case 'unreadable':
      return unread(file, shownName, { code: 'CONFIG_INVALID', ...read });
    default:
      return read satisfies never;
  }
}

/** A document without content, whose only problem is why. */
function unread(
  file: string,
  name: string,
  problem: Pick<ConfigProblem, 'code' | 'message' | 'remedy' | 'line'>,
): JsonDocument {
  const { code, message, remedy, line } = problem;
  return {
    file,
    name,
    root: undefined,
    value: undefined,
    problems: [{ severity: 'error', code, message, remedy, file, line, column: 1, length: 0 }],
    where: () => ({ file, line }),
    report: () => undefined,
    isBroken: () => true,
  };
}

/** EXPECTED_TABLES is held against the tables: an error where someone wrote it, a warning where it is the default. */
function checkExpected(
  settings: Settings,
  document: JsonDocument,
  tables: readonly Table[],
): readonly ConfigProblem[] {
  if (tables.length === 0) return [];
  const names = tables.map((table) => table.name);
  const origin = settings.origins['EXPECTED_TABLES'];
  const missing = settings.expectedTables.filter((name) => !names.includes(name));
  if (origin === undefined || origin === 'environment') {
    if (missing.length > 0)
      document.report(
        memberMap(document.root).get('tables')?.keyNode,
        `EXPECTED_TABLES${origin === undefined ? ' (by default)' : ' (of the environment)'} has tables without a schema: ${missing.join(', ')}.`,
        'Set EXPECTED_TABLES in .env to tables of this file.',
        {
          severity: origin === undefined ? 'warning' : 'error',
          code: 'SETTINGS_INVALID',
          trouble: { kind: 'settings' },
        },
      );
    return [];
  }
  return missing.map((name) => ({
    severity: 'error',
    code: 'SETTINGS_INVALID',
    message: `EXPECTED_TABLES names the unknown table ${shown(name)}.`,
    remedy: suggestion(name, names, `The tables of ${document.name} are: ${names.join(', ')}.`),
    file: origin.file,
    line: origin.line ?? 1,
    column: 1,
    length: 0,
  }));
}

/**
 * Snowflake takes fewer names than the embedded warehouse: told before a load finds out. A reserved one is told in any
 * case: it is a trap for who moves there later, and no other name is as easily changed before there is data.
 */
function warnOfNames(settings: Settings, document: JsonDocument, tables: readonly Table[]): void {
  const nodes = memberMap(memberMap(document.root).get('tables')?.value);
  for (const table of tables) {
    const node = nodes.get(table.name);
    const columns = memberMap(memberMap(node?.value).get('columns')?.value);
    const named = [{ name: table.name, node: node?.keyNode }];
    for (const column of table.columns)
      named.push({ name: column.name, node: columns.get(column.name)?.keyNode });
    for (const column of table.columns)
      if (isReservedColumn(column.name))
        document.report(
          columns.get(column.name)?.keyNode,
          `Snowflake reserves ${shown(column.name)}: it cannot be the name of a column there.`,
          'Give the column another name, and the old one in "source".',
          { severity: 'warning', trouble: { kind: 'bad-name' } },
        );
    // The embedded warehouse takes them, and who stays with it is not bothered.
    for (const { name, node: at } of settings.mockSnowflake ? [] : named)
      if (!isSnowflakeName(name))
        document.report(
          at,
          `Snowflake takes no identifier ${shown(name)}.`,
          'Use letters, digits, _ and $, beginning with a letter or _.',
          { severity: 'warning', trouble: { kind: 'bad-name' } },
        );
  }
}
