// From a line of a landing file to what became of it, step by step, as far as it came.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type CsvFormat, type Places, type RecordPlace, findPlaces } from '../../csv';
import {
  type Connection,
  makeTemporaryFolder,
  ofWorkspace,
  sizeOf,
  withSession,
  shellWord,
} from '../../base';
import { PipelineError, throwIfCancelled } from '../../model';
import { isArchived, formatOf, requireSubject, taken, type Subject, type RawSubject } from './subject';
import type { RecordName } from './recordNames';
import type { OpenWorkspace } from '../../workspace';
import { recordOrigin } from './goldToLine';
import type { FileReading, LineName, LineOutcome, LineStep, LineTrace } from './model';
import { rawRow, type RawRow } from './silver';
import { followRow } from './followRecord';

/** Where the record of a line stands, in its file. */
interface LocatedRecord {
  readonly subject: Subject;
  /** undefined: the file is gone, or cannot be cut into records. */
  readonly place: RecordPlace | undefined;
  /** Line that was asked for. */
  readonly line: number | undefined;
  readonly format?: CsvFormat | undefined;
}

/**
 * Tells what became of a line of a landing file, or of a record of one.
 * @throws PipelineError NOT_FOUND where the file is none of this workspace, or no raw data was made of it; USAGE for
 * a line or record that is none, or is not in the file; FILE_UNREADABLE; CANCELLED.
 */
export async function traceLine(
  workspace: OpenWorkspace,
  name: LineName,
  signal: AbortSignal = new AbortController().signal,
): Promise<LineTrace> {
  throwIfCancelled(signal);
  const standing = await standingOf(workspace, name, signal);
  return withSession(ofWorkspace(workspace.settings), (connection) =>
    follow(workspace, connection, standing, signal),
  );
}

// ---- where it stands -----------------------------------------------------------------------------

async function standingOf(
  workspace: OpenWorkspace,
  name: LineName,
  signal: AbortSignal,
): Promise<LocatedRecord> {
  switch (name.kind) {
    case 'line': {
      requireNumber('Line', name.line);
      const subject = requireSubject(workspace, name.path);
      const found = await placesOf(workspace, subject, { lines: [name.line] }, signal);
      if (found === undefined) return { subject, place: undefined, line: name.line };
      const place = found.lines.get(name.line) ?? behindTheEnd(found, name.line);
      if (place === undefined)
        throw new PipelineError(
          'USAGE',
          `${subject.file} has ${found.total ?? 0} lines: there is no line ${name.line}.`,
          'Give a line of the file, counted from 1 as editors do.',
          { where: { file: subject.path } },
        );
      return { subject, place, line: name.line, format: found.format };
    }
    case 'number': {
      requireNumber('Record', name.row);
      const subject = requireSubject(workspace, name.path);
      if (subject.kind !== 'taken')
        throw new PipelineError(
          'NOT_FOUND',
          `${subject.file} has not been loaded into raw: its records have no numbers yet.`,
          'Give a line number instead.',
          { where: { file: subject.path } },
        );
      return numbered(workspace, subject, name.row, signal);
    }
    case 'record':
      requireNumber('Record', name.name.row);
      return numbered(workspace, await named(workspace, name.name, signal), name.name.row, signal);
    default:
      return name satisfies never;
  }
}

/** The file that a record is of. @throws PipelineError NOT_FOUND */
async function named(workspace: OpenWorkspace, name: RecordName, signal: AbortSignal): Promise<RawSubject> {
  const { lake } = workspace;
  const { date, table, brand, file } = name;
  const parts = lake
    .manifests('raw', date)
    .filter((one) => one.table === table && one.source?.file === file && (brand ?? one.brand) === one.brand);
  let part = parts.length === 1 ? parts[0] : undefined;
  if (part === undefined) {
    // Several files of this name came: the values tell which. Or none, and who looks for it says so.
    const { original } = await recordOrigin(lake, name, signal);
    part = parts.find((one) => lake.absolute(one.source?.original ?? '') === original) ?? parts.at(-1);
  }
  const subject = part === undefined ? undefined : taken(workspace, part);
  if (subject !== undefined) return subject;
  throw new PipelineError(
    'NOT_FOUND',
    `No raw data of ${table}, ${date}, was made of ${file}.`,
    'It may have been removed. Run the date again.',
  );
}

/** A record by its number among the accepted ones. @throws PipelineError USAGE */
async function numbered(
  workspace: OpenWorkspace,
  subject: RawSubject,
  row: number,
  signal: AbortSignal,
): Promise<LocatedRecord> {
  const { rows } = subject.part.output;
  if (row > rows)
    throw new PipelineError(
      'USAGE',
      `${subject.file} has ${rows} accepted records: there is no record ${row}.`,
      'Give the record number from a report or from rejects, counted from 1.',
      { where: { file: subject.path } },
    );
  const found = await placesOf(workspace, subject, { records: [row] }, signal);
  return { subject, place: found?.records.get(row) ?? numberAlone(row), line: undefined };
}

function requireNumber(what: string, n: number): void {
  if (Number.isSafeInteger(n) && n >= 1) return;
  throw new PipelineError('USAGE', `${what} ${n} is not a valid number.`, 'Give 1 or more.');
}

/** An editor shows an empty line behind the last line end. */
function behindTheEnd({ total }: Places, line: number): RecordPlace | undefined {
  if (total === undefined || line !== total + 1) return undefined;
  return { what: { kind: 'blank' }, line, lines: 1, text: '', fields: [], cells: [] };
}

/** A record whose file is gone: its number is all that is known of it. */
function numberAlone(number: number): RecordPlace {
  return { what: { kind: 'row', number }, line: 0, lines: 0, text: '', fields: [], cells: [] };
}

async function placesOf(
  workspace: OpenWorkspace,
  subject: Subject,
  wanted: { readonly lines?: readonly number[]; readonly records?: readonly number[] },
  signal: AbortSignal,
): Promise<(Places & { readonly format: CsvFormat }) | undefined> {
  if (!existsSync(subject.path)) return undefined;
  const temporary = makeTemporaryFolder('preview');
  try {
    const format = await formatOf(workspace, subject, temporary, signal);
    if (format === undefined) return undefined;
    const places = await findPlaces({ file: subject.path, format, ...wanted, temporary, signal });
    return { ...places, format };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Unreadable') throw error;
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${subject.path} can no longer be read: ${error.message}`,
      'Restore the original from a backup, then try again.',
      { where: { file: subject.path }, cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

// ---- what became of it ---------------------------------------------------------------------------

async function follow(
  workspace: OpenWorkspace,
  connection: Connection,
  standing: LocatedRecord,
  signal: AbortSignal,
): Promise<LineTrace> {
  const { subject } = standing;
  switch (subject.kind) {
    case 'taken':
      return followTaken(workspace, connection, { ...standing, subject }, signal);
    case 'kept':
      return ended(standing, 'kept_out', {
        at: 'landing',
        state: 'out',
        words: `Rejected file: ${subject.note.reason}`,
        remedy: 'Fix the file or the config, then submit it again: m7 replay.',
        code: subject.note.code,
        path: subject.path,
      });
    case 'ignored':
      return ended(standing, 'due', {
        at: 'landing',
        state: 'due',
        words: `Ignored file: ${subject.reason}.`,
        remedy: 'Rename it as LANDING_PATTERN says, or add its brand or table to the config.',
        path: subject.path,
      });
    case 'waiting': {
      const { place } = standing;
      if (place !== undefined && place.what.kind !== 'row' && place.what.kind !== 'reject')
        return ended(standing, 'no_record', noRecord(subject, place));
      const reject = place?.what.kind === 'reject' ? ` It will be rejected: ${place.what.reason}` : '';
      const again = subject.again ? ' A file of this name was loaded before; this is another one.' : '';
      return ended(standing, 'due', {
        at: 'landing',
        state: 'due',
        words: `The file is waiting in landing.${again}${reject}`,
        remedy: `Run the date: m7 run --date ${subject.date} --table ${shellWord(subject.table)}`,
        path: subject.path,
      });
    }
    default:
      return subject satisfies never;
  }
}

async function followTaken(
  workspace: OpenWorkspace,
  connection: Connection,
  standing: LocatedRecord & { readonly subject: RawSubject },
  signal: AbortSignal,
): Promise<LineTrace> {
  const { subject, place } = standing;
  const { part, path } = subject;
  const bytes = await sizeOf(path);
  const gone = bytes === undefined;
  if (!gone && !isArchived(part) && bytes !== part.source?.bytes) return changed(standing);
  if (place === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `The original of ${subject.file} is no longer at ${workspace.relative(path)}: line ${standing.line ?? 0} cannot be shown.`,
      'Restore it from a backup, or give a record number.',
      { where: { file: path } },
    );
  const { what } = place;
  switch (what.kind) {
    case 'reject':
      return ended(standing, 'kept_out', {
        at: 'landing',
        state: 'out',
        words: `Rejected at landing: ${what.reason}`,
        code: what.code,
        ...(part.rejects === undefined ? {} : { path: workspace.lake.absolute(part.rejects.path) }),
      });
    case 'row': {
      const raw = await rawRow(workspace, connection, part, what.number, signal);
      if (!gone && raw !== undefined && !isSame(place, raw)) return changed(standing);
      const landing: LineStep = {
        at: 'landing',
        state: gone ? 'unknown' : 'through',
        words: gone ? `Record ${what.number}; the original is missing.` : `Record ${what.number}.`,
        ...(gone ? {} : { path }),
      };
      const told = await followRow(workspace, connection, { part, row: what.number, raw }, signal);
      const steps = [landing, ...told.steps];
      return { ...head(standing), outcome: told.outcome, summary: told.summary, steps };
    }
    case 'header':
    case 'repeated header':
    case 'blank':
    case 'preamble':
    case 'footer':
      return ended(standing, 'no_record', noRecord(subject, place));
    default:
      return what satisfies never;
  }
}

function changed(standing: LocatedRecord): LineTrace {
  const { subject } = standing;
  return ended(standing, 'changed', {
    at: 'landing',
    state: 'unknown',
    words: `${subject.file} has changed since it was read.`,
    remedy: 'Restore the original from a backup. Put a corrected file into landing.',
    path: subject.path,
  });
}

/** Holds the record what raw holds? Fields that are NULL in raw are empty in the file. */
function isSame(place: RecordPlace, raw: RawRow): boolean {
  let at = 0;
  for (const value of raw.values()) if ((place.fields[at++] ?? '') !== (value ?? '')) return false;
  return true;
}

const NO_RECORD = {
  header: 'the header of the file',
  'repeated header': 'the header again',
  blank: 'a blank line',
  preamble: 'before the header',
  footer: 'a footer',
} as const;

function noRecord(subject: Subject, { what }: RecordPlace): LineStep {
  const is = what.kind === 'row' || what.kind === 'reject' ? 'a record' : NO_RECORD[what.kind];
  return {
    at: 'landing',
    state: 'none',
    words: `It is ${is}: not loaded.`,
    path: subject.path,
  };
}

function ended(standing: LocatedRecord, outcome: LineOutcome, step: LineStep): LineTrace {
  return { ...head(standing), outcome, summary: step.words, steps: [step] };
}

function head({
  subject,
  place,
  line,
  format,
}: LocatedRecord): Omit<LineTrace, 'outcome' | 'summary' | 'steps'> {
  const found = place !== undefined && place.line > 0;
  const named = subject.kind === 'ignored' ? undefined : subject;
  return {
    file: subject.file,
    date: subject.date,
    brand: named?.brand ?? null,
    table: named?.table ?? null,
    original: existsSync(subject.path) ? subject.path : null,
    reading: readingOf(subject.kind === 'taken' ? subject.part.source?.format : format),
    packed: /\.(?:gz|zst|zip)$/i.test(subject.path) || isPacked(subject),
    line: found ? place.line : (line ?? null),
    lines: found ? place.lines : 1,
    row: place?.what.kind === 'row' ? place.what.number : null,
    text: found ? place.text : null,
  };
}

function readingOf(format: CsvFormat | undefined): FileReading | null {
  if (format === undefined) return null;
  const { encoding, confidence, delimiter, header, doubts = [] } = format;
  return {
    ...{ encoding, confidence: confidence.encoding, delimiter, header },
    doubts: doubts.map(({ message }) => message),
  };
}

function isPacked(subject: Subject): boolean {
  return subject.kind === 'taken' && (subject.part.source?.format.compression ?? 'none') !== 'none';
}
