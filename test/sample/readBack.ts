// Reads the sample's files with other programs' code than the engine's: csv-parse, iconv-lite, yauzl, DuckDB.
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import type { FileTruth } from '../../src/sample';

export interface ReadBack {
  /** Names as written, none for a file without a header. */
  readonly header: readonly string[];
  /** Records with the right number of fields. */
  readonly rows: readonly (readonly string[])[];
  readonly tooFew: number;
  readonly tooMany: number;
  readonly preamble: readonly string[];
  readonly footer: readonly string[] | undefined;
  readonly blank: number;
}

export async function readBack(landing: string, truth: FileTruth): Promise<ReadBack> {
  const { style } = truth;
  if (style === undefined) throw new Error(`${truth.file} is not to be read.`);
  const text = decoded(
    await unpacked(`${landing}/${truth.file}`, style.compression),
    style.encoding,
    style.bom,
  );
  const lines = text.split(style.newline);
  const preamble = lines.slice(0, truth.preamble);
  const body = lines.slice(truth.preamble).join(style.newline);
  const escape = style.escape === 'backslash' ? '\\' : '"';
  const records: string[][] = parse(body, {
    delimiter: style.delimiter,
    quote: '"',
    escape,
    record_delimiter: style.newline,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // One empty piece stands after the last line break.
  const blank = body.split(style.newline).filter((line) => line === '').length - 1;
  const header = truth.header === 1 ? (records.shift() ?? []) : [];
  const footer = truth.footer === 1 ? records.pop() : undefined;
  const width = style.columns.length;
  return {
    header,
    rows: records.filter((r) => r.length === width),
    tooFew: records.filter((r) => r.length < width).length,
    tooMany: records.filter((r) => r.length > width).length,
    preamble,
    footer,
    blank,
  };
}

function decoded(bytes: Buffer, encoding: string, bom: boolean): string {
  const text = iconv.decode(bytes, encoding, { stripBOM: false });
  if (text.startsWith('\ufeff') !== bom) throw new Error('The byte order mark is not as told.');
  return bom ? text.slice(1) : text;
}

async function unpacked(path: string, compression: string): Promise<Buffer> {
  switch (compression) {
    case 'gzip':
      return gunzipSync(await readFile(path));
    case 'zip':
      return unzipped(path);
    case 'zstd':
      return unzstd(path);
    default:
      return readFile(path);
  }
}

async function unzipped(path: string): Promise<Buffer> {
  const open = promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open);
  const zip = await open(path, { lazyEntries: true });
  const entry = await new Promise<yauzl.Entry>((resolve, reject) => {
    zip.once('entry', resolve).once('error', reject);
    zip.readEntry();
  });
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    zip.openReadStream(entry, (error, found) => (error === null ? resolve(found) : reject(error))),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  zip.close();
  return Buffer.concat(chunks);
}

/** One column with a delimiter that no line has gives the lines as they are. */
async function unzstd(path: string): Promise<Buffer> {
  const database = await openDatabase({ folders: [path.slice(0, path.lastIndexOf('/'))] });
  const connection = await database.connect();
  try {
    const rows = await connection.rows(
      `SELECT line FROM read_csv(${quoteLiteral(path)}, compression = 'zstd', columns = {'line': 'VARCHAR'},
         auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', null_padding = true)`,
    );
    return Buffer.from(
      rows.map((r) => `${typeof r['line'] === 'string' ? r['line'] : ''}\n`).join(''),
      'utf8',
    );
  } finally {
    connection.close();
    database.close();
  }
}
