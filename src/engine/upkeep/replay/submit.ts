// Corrected records as a further landing file of their slot: nothing is edited in place, and each is submitted once.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Connection,
  inWords,
  makeFolder,
  moveFile,
  quoteIdentifier,
  quotePath,
  syncFile,
} from '../../base';
import { PipelineError, type Stage, throwIfCancelled } from '../../model';
import { type Manifest, answered, matcher, noteSubmitted, recordKey } from '../../lake';
import { numberedFile } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { RejectSelection } from './model';
import { columnsOf, csvLine, LINE_COLUMN, partOf } from './parts';
import type { Correction } from './readCorrections';
import { rejectsOf, rejectRowsSql } from './replayRejects';

/** Folder in landing in which corrected records are submitted. */
export const CORRECTED_FOLDER = 'replay';

/** Corrections of the records of one landing file, as they will be in landing. */
interface CorrectionFile {
  readonly table: string;
  readonly brand: string;
  /** Relative to the landing folder. */
  readonly path: string;
  readonly content: string;
  readonly id: string;
  readonly corrections: readonly Correction[];
}

/** Which rejects are corrected, and on what session. */
export interface CorrectionSession extends Pick<RejectSelection, 'date' | 'stage'> {
  readonly workspace: OpenWorkspace;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
}

export interface Submission {
  readonly unchanged: number;
  readonly submittedBefore: number;
  readonly files: readonly Pick<CorrectionFile, 'table' | 'brand' | 'path' | 'corrections'>[];
}

/**
 * Writes corrected records into landing, one file for each file they came in: under the run's lock. All is checked
 * before anything is written; after a crash between two files the same corrections are submitted again.
 * @throws PipelineError USAGE for a record that is no reject of this stage, or that is given twice; what `partOf` throws.
 */
export async function submitCorrections(
  session: CorrectionSession,
  source: string,
  given: { readonly columns: readonly string[]; readonly corrections: readonly Correction[] },
): Promise<Submission> {
  const { workspace, connection, date, stage, signal } = session;
  const { lake, settings } = workspace;
  const { corrections } = given;
  requireDistinct(source, corrections);
  await keep(connection, corrections);
  await requireRejects(session, source, corrections);
  const before = answered(lake, date, stage);
  const fresh = corrections.filter((one) => !before.has(recordKey(one.id)));
  const files: CorrectionFile[] = [];
  let unchanged = 0;
  for (const group of byFile(fresh)) {
    throwIfCancelled(signal);
    const [first] = group;
    if (first === undefined) continue;
    const { table, brand, file } = first.id;
    const part = partOf(lake, { date, table, brand, file });
    const columns = stage === 'landing-to-raw' ? [LINE_COLUMN] : columnsOf(part);
    requireColumns(source, given.columns, columns, group);
    const originals = await originalsOf(session, part, group);
    const changed = group.filter(
      (one) =>
        JSON.stringify(columns.map((c) => one.values.get(c) ?? '')) !== JSON.stringify(originals.get(one.at)),
    );
    unchanged += group.length - changed.length;
    if (changed.length > 0) {
      const known = lake.manifests('raw', date).map((m) => m.source?.sha256);
      const taken = new Set([...known, ...files.map((file) => sha256(file.content))]);
      files.push(correctionFileOf(session, part, changed, taken));
    }
  }
  for (const file of files) {
    await noteSubmitted(lake, date, file.id, {
      stage,
      path: file.path,
      records: file.corrections.map((one) => one.id),
    });
    const draft = join(lake.temporaryDir, `corrected-${file.id}`);
    await makeFolder(lake.temporaryDir);
    await inWords(draft, () => writeFile(draft, file.content, 'utf8'));
    await syncFile(draft);
    await moveFile(draft, join(settings.landingDir, file.path), lake.movesDir);
  }
  return { unchanged, submittedBefore: corrections.length - fresh.length, files };
}

function requireDistinct(source: string, corrections: readonly Correction[]): void {
  const seen = new Map<string, number>();
  for (const { id, at } of corrections) {
    const key = recordKey(id);
    const earlier = seen.get(key);
    if (earlier !== undefined)
      throw usage(
        source,
        `Records ${earlier - 1} and ${at - 1} of ${source} are the same reject.`,
        'Leave one of them out.',
      );
    seen.set(key, at);
  }
}

const CORRECTED = 'm7_corrected';
const BATCH = 200;

async function keep(connection: Connection, corrections: readonly Correction[]): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${CORRECTED} ("n" BIGINT, "table" VARCHAR, "_brand" VARCHAR, "_source_file" VARCHAR, "_source_row" BIGINT, "line" BIGINT)`,
  );
  for (let i = 0; i < corrections.length; i += BATCH) {
    const some = corrections.slice(i, i + BATCH);
    const marks = some.map((_, n) => `(${[1, 2, 3, 4, 5, 6].map((c) => `$${n * 6 + c}`).join(', ')})`);
    await connection.run(`INSERT INTO ${CORRECTED} VALUES ${marks.join(', ')}`, {
      values: some.flatMap(({ at, id }) => [at, id.table, id.brand, id.file, id.row, id.line]),
    });
  }
}

const NAMES = ['table', '_brand', '_source_file', '_source_row', 'line'];
const SAME = NAMES.map((n) => `c.${quoteIdentifier(n)} IS NOT DISTINCT FROM a.${quoteIdentifier(n)}`).join(
  ' AND ',
);

async function requireRejects(
  { workspace: { lake }, connection, date, stage, signal }: CorrectionSession,
  source: string,
  corrections: readonly Correction[],
): Promise<void> {
  const before = answered(lake, date, stage);
  const rejects = rejectRowsSql(await rejectsOf(lake, date, stage, undefined));
  const foreign = await connection.rows<{ n: number }>(
    `SELECT c."n" FROM ${CORRECTED} AS c ANTI JOIN (\n${rejects}\n) AS a ON ${SAME} ORDER BY c."n"`,
    { signal },
  );
  const byLine = new Map(corrections.map((one) => [one.at, one]));
  for (const { n: at } of foreign) {
    const one = byLine.get(at);
    // A corrected record may have taken the place of its reject: that is what it was submitted for.
    if (one === undefined || before.has(recordKey(one.id))) continue;
    const { table, brand, file, row, line } = one.id;
    throw usage(
      source,
      `Record ${at - 1} of ${source} (${brand}/${table}, ${file}, ${row === null ? `line ${String(line)}` : `row ${row}`}) is not among the rejects of ${stage} of ${date}.`,
      'Leave the columns that begin with m7_ as they were, or export the rejects again.',
    );
  }
}

function byFile(corrections: readonly Correction[]): readonly (readonly Correction[])[] {
  const groups = new Map<string, Correction[]>();
  for (const one of corrections) {
    const key = JSON.stringify([one.id.table, one.id.brand, one.id.file]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) =>
    group.toSorted((a, b) => (a.id.row ?? a.id.line ?? 0) - (b.id.row ?? b.id.line ?? 0)),
  );
}

function requireColumns(
  source: string,
  there: readonly string[],
  wanted: readonly string[],
  group: readonly Correction[],
): void {
  const lacks = wanted.find((name) => !there.includes(name));
  if (lacks !== undefined)
    throw usage(source, `${source} lacks the column ${lacks}.`, 'Leave the columns as they were exported.');
  for (const one of group)
    for (const name of there)
      if (!wanted.includes(name) && (one.values.get(name) ?? '') !== '')
        throw usage(
          source,
          `Record ${one.at - 1} of ${source} has a value for ${name}, which ${one.id.file} has no column for.`,
          'Leave it empty.',
        );
}

/** The records as they came, by the line of their correction. */
async function originalsOf(
  { workspace: { lake }, connection, date, stage, signal }: CorrectionSession,
  part: Manifest,
  group: readonly Correction[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const columns = columnsOf(part);
  const { from, row } = numberedFile(lake.absolute(part.output.path), columns);
  const first = group[0]?.id;
  const values = [part.table, part.brand ?? '', first?.file ?? ''];
  const mine = `c."table" = $1 AND c."_brand" = $2 AND c."_source_file" = $3`;
  const query =
    stage === 'landing-to-raw'
      ? `SELECT c."n", a."record" FROM ${CORRECTED} AS c JOIN (\n${rejectRowsSql(await rejectsOf(lake, date, stage, [part.table]))}\n) AS a ON ${SAME} WHERE ${mine}`
      : [
          `SELECT c."n", ${columns.map((name) => `raw.${quoteIdentifier(name)}`).join(', ')}`,
          `FROM (SELECT *, ${row} + 1 AS "m7_number" ${from}) AS raw`,
          `JOIN ${CORRECTED} AS c ON c."_source_row" = raw."m7_number"`,
          `WHERE ${mine}`,
        ].join('\n');
  const { rows } = await connection.table(query, { values, signal });
  return new Map(
    rows.map(([at, ...cells]) => [Number(at), cells.map((cell) => (typeof cell === 'string' ? cell : ''))]),
  );
}

function correctionFileOf(
  { workspace, date, stage }: CorrectionSession,
  part: Manifest,
  corrections: readonly Correction[],
  taken: ReadonlySet<string | undefined>,
): CorrectionFile {
  const { table, brand = '' } = part;
  const columns = columnsOf(part);
  const format = part.source?.format;
  // Lines keep the dialect of their file, since they were corrected as text; records get plain CSV.
  const asLines = stage === 'landing-to-raw';
  const delimiter = asLines ? (format?.delimiter ?? ',') : ',';
  const quote = asLines ? (format?.quote ?? '"') : '"';
  const end = asLines && format?.trailingDelimiter === true ? delimiter : '';
  const lines = [
    `${csvLine(columns, delimiter, quote)}${end}`,
    ...corrections.map((one) =>
      asLines
        ? (one.values.get(LINE_COLUMN) ?? '')
        : csvLine(
            columns.map((name) => one.values.get(name) ?? ''),
            delimiter,
            quote,
          ),
    ),
  ];
  let content = `${lines.join('\n')}\n`;
  // A file that repeats the bytes of another is kept out, and two records may be alike once they are corrected: a
  // blank line more is no record.
  while (taken.has(sha256(content))) content += '\n';
  const id = createHash('sha256')
    .update(JSON.stringify([stage, table, brand, corrections.map((one) => one.id), content]))
    .digest('hex')
    .slice(0, 12);
  return {
    table,
    brand,
    content,
    id,
    corrections,
    path: pathOf(workspace, { date, stage, table, brand, id }),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A landing name that says slot and origin; LANDING_PATTERN is held against the end of a path. */
function pathOf(
  { settings, config }: OpenWorkspace,
  of: {
    readonly date: string;
    readonly stage: Stage;
    readonly table: string;
    readonly brand: string;
    readonly id: string;
  },
): string {
  const names = [of.brand, ...(config.brands.find((b) => b.name === of.brand)?.aliases ?? [])];
  const match = matcher(settings, config);
  for (const brand of names) {
    const name = settings.landingPattern
      .replaceAll('{brand}', brand)
      .replaceAll('{table}', of.table)
      .replaceAll('{date}', of.date)
      .replaceAll('*', '');
    const path = `${CORRECTED_FOLDER}/${of.stage}-${of.id}/${name}.csv`;
    const found = match(path);
    if (
      found.kind === 'match' &&
      found.brand === of.brand &&
      found.table === of.table &&
      found.date === of.date
    )
      return path;
  }
  throw new PipelineError(
    'UNSUPPORTED',
    `No file name for ${of.brand}/${of.table} of ${of.date} matches LANDING_PATTERN ${settings.landingPattern}.`,
    'Deliver the corrected records in landing under a name of your own.',
  );
}

/** How many rows of a corrected file are rejected, in whatever stage. */
export async function rejectedOf(
  { lake }: OpenWorkspace,
  connection: Connection,
  date: string,
  file: Pick<CorrectionFile, 'table' | 'path'>,
): Promise<number> {
  const files = lake
    .manifests('raw', date)
    .concat(lake.manifests('silver', date), lake.manifests('gold', date), lake.manifests('validated', date))
    .filter((m) => m.table === file.table && m.rejects !== undefined)
    .map((m) => lake.absolute(m.rejects?.path ?? ''));
  if (files.length === 0) return 0;
  const [row] = await connection.rows<{ n: number }>(
    `SELECT count(*) AS n FROM (\n${files.map((path) => `SELECT "_source_file" AS f FROM read_parquet(${quotePath(path)})`).join('\nUNION ALL\n')}\n) WHERE f = $1`,
    { values: [file.path] },
  );
  return row?.n ?? 0;
}

const usage = (source: string, message: string, remedy: string): PipelineError =>
  new PipelineError('USAGE', message, remedy, { where: { file: source } });
