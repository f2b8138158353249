// Reads the statements of stages: COPY and PUT with their options, and paths within a stage.
import { notSpoken, SnowflakeError, syntax } from '../errors';
import type { CopyOptions, Statement, StagePath } from './statements';
import { Cursor, folded, tokens } from './tokens';

export function readCopy(c: Cursor): Statement {
  c.expect('COPY', 'INTO');
  const table = c.path();
  if (c.sees('(')) throw notSpoken('COPY INTO … (columns)');
  c.expect('FROM');
  if (c.sees('(')) throw notSpoken('COPY … FROM (SELECT …)');
  const from = stagePath(c);
  let files: string[] | undefined;
  const given = new Map<string, string>();
  let format: FormatList | undefined;
  while (c.peek().kind === 'word') {
    const name = c.name();
    c.expect('=');
    if (name === 'FILES') {
      files = [];
      c.expect('(');
      do files.push(c.text());
      while (c.takes(','));
      c.expect(')');
    } else if (name === 'FILE_FORMAT') {
      c.expect('(');
      format = formatList(c);
      c.expect(')');
    } else given.set(name, c.next().text.toUpperCase());
  }
  const options = parquetOptions(format);
  const match = given.get('MATCH_BY_COLUMN_NAME');
  given.delete('MATCH_BY_COLUMN_NAME');
  if (match !== 'CASE_INSENSITIVE' && match !== 'CASE_SENSITIVE')
    throw notSpoken('COPY of Parquet without MATCH_BY_COLUMN_NAME');
  const force = flagOf(given, 'FORCE', false);
  const purge = flagOf(given, 'PURGE', false);
  // Of these the peer knows the documented default alone.
  for (const [name, otherwise] of Object.entries(COPY_DEFAULTS)) {
    const value = given.get(name) ?? otherwise;
    given.delete(name);
    if (value !== otherwise) throw notSpoken(`${name} = ${value}`);
  }
  refuseOthers(given);
  return { kind: 'COPY', table, from, options: { files, match, force, purge, ...options } };
}

const COPY_DEFAULTS: Readonly<Record<string, string>> = {
  ON_ERROR: 'ABORT_STATEMENT',
  ENFORCE_LENGTH: 'TRUE',
  TRUNCATECOLUMNS: 'FALSE',
  RETURN_FAILED_ONLY: 'FALSE',
  LOAD_UNCERTAIN_FILES: 'FALSE',
  LOAD_MODE: 'FULL_INGEST',
};

interface FormatList {
  readonly options: Map<string, string>;
  readonly nullIf: readonly string[] | undefined;
}

/** Options of a file format; NULL_IF is a list. */
function formatList(c: Cursor): FormatList {
  const options = new Map<string, string>();
  let nullIf: string[] | undefined;
  while (c.peek().kind === 'word') {
    const name = c.name();
    c.expect('=');
    if (name === 'NULL_IF') {
      nullIf = [];
      c.expect('(');
      if (!c.sees(')'))
        do nullIf.push(c.text());
        while (c.takes(','));
      c.expect(')');
    } else options.set(name, c.next().text);
    c.takes(',');
  }
  return { options, nullIf };
}

function flagOf(options: Map<string, string>, name: string, otherwise: boolean): boolean {
  const value = options.get(name);
  options.delete(name);
  return value === undefined ? otherwise : truth(name, value.toUpperCase());
}

/** By the documented defaults; the vectorized scanner reads logical types and bytes as they are whatever is given. */
function parquetOptions(
  format: FormatList | undefined,
): Pick<CopyOptions, 'logicalTypes' | 'binaryAsText' | 'trimSpace' | 'nullIf'> {
  const options = new Map(format?.options ?? []);
  const type = options.get('TYPE')?.toUpperCase();
  if (type !== 'PARQUET') throw notSpoken(`FILE_FORMAT TYPE = ${type ?? 'CSV'}`);
  options.delete('TYPE');
  const compression = options.get('COMPRESSION')?.toUpperCase() ?? 'AUTO';
  options.delete('COMPRESSION');
  if (compression !== 'AUTO') throw notSpoken(`COMPRESSION = ${compression}`);
  const vectorized = flagOf(options, 'USE_VECTORIZED_SCANNER', false);
  const logicalTypes = flagOf(options, 'USE_LOGICAL_TYPE', false) || vectorized;
  const binaryAsText = flagOf(options, 'BINARY_AS_TEXT', true) && !vectorized;
  const trimSpace = flagOf(options, 'TRIM_SPACE', false);
  if (flagOf(options, 'REPLACE_INVALID_CHARACTERS', false))
    throw notSpoken('REPLACE_INVALID_CHARACTERS = TRUE');
  refuseOthers(options);
  return { logicalTypes, binaryAsText, trimSpace, nullIf: format?.nullIf ?? ['\\N'] };
}

/** PUT's file stands in quotes, or bare up to the next space; the cursor that goes on behind it. */
function putSource(c: Cursor): { readonly file: string; readonly rest: Cursor } {
  const first = c.peek();
  if (first.kind === 'text') {
    c.next();
    return { file: fileUrl(first.text), rest: c };
  }
  const bare = /^file:\/\/\S+/.exec(c.sql.slice(first.at));
  if (bare === null) throw c.unexpected(first);
  const left = c.sql.slice(first.at + bare[0].length);
  c.rest();
  return { file: fileUrl(bare[0]), rest: new Cursor(left, tokens(left)) };
}

function fileUrl(text: string): string {
  if (!text.startsWith('file://')) throw syntax(`invalid URL '${text}'`);
  return text.slice('file://'.length);
}

export function stagePath(c: Cursor): StagePath {
  const token = c.next();
  if (token.kind !== 'stage' && !(token.kind === 'text' && token.text.startsWith('@')))
    throw c.unexpected(token);
  const written = token.kind === 'text' ? token.text.slice(1) : token.text;
  if (/^[~%]/.test(written)) throw notSpoken(`@${written}`);
  const name =
    /^(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_$]*)(?:\.(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_$]*)){0,2}/.exec(
      written,
    );
  if (name === null) throw c.unexpected(token);
  const path = written.slice(name[0].length);
  if (path !== '' && !path.startsWith('/')) throw c.unexpected(token);
  const stage = tokens(name[0])
    .filter((t) => t.kind === 'word' || t.kind === 'quoted')
    .map(folded);
  const steps = path.split('/').filter((s) => s !== '');
  if (steps.includes('..') || steps.includes('.')) throw syntax(`invalid stage path '${path}'`);
  return { stage, path: path.replace(/^\/+/, '') };
}

/** NAME = value pairs up to a closing parenthesis or the end. */
function optionList(c: Cursor): Map<string, string> {
  const options = new Map<string, string>();
  while (c.peek().kind === 'word') {
    const name = c.name();
    c.expect('=');
    options.set(name, c.next().text);
    c.takes(',');
  }
  return options;
}

function truth(name: string, value: string): boolean {
  if (value === 'TRUE') return true;
  if (value === 'FALSE') return false;
  throw new SnowflakeError(
    '001008',
    '22023',
    `SQL compilation error:\ninvalid value [${value}] for parameter '${name}'`,
  );
}

function invalidParameter(name: string): SnowflakeError {
  return new SnowflakeError('001006', '22023', `SQL compilation error:\ninvalid parameter '${name}'`);
}

function refuseOthers(options: ReadonlyMap<string, string>): void {
  const [name] = options.keys();
  if (name !== undefined) throw invalidParameter(name);
}

export function readPut(c: Cursor): Statement {
  c.expect('PUT');
  const { file, rest } = putSource(c);
  const to = stagePath(rest);
  const options = optionList(rest);
  const given = (name: string, otherwise: string): string => {
    const value = options.get(name)?.toUpperCase();
    options.delete(name);
    return value ?? otherwise;
  };
  const autoCompress = truth('AUTO_COMPRESS', given('AUTO_COMPRESS', 'TRUE'));
  const overwrite = truth('OVERWRITE', given('OVERWRITE', 'FALSE'));
  const parallel = Number(given('PARALLEL', '4'));
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > 99)
    throw syntax('invalid value for parameter PARALLEL');
  refuseOthers(options);
  return { kind: 'PUT', file, to, autoCompress, overwrite, parallel };
}
