// What is wrong in a landing file, each at its line and cell.
import { rm } from 'node:fs/promises';
import { type Places, type RecordPlace, findPlaces } from '../../csv';
import { makeTemporaryFolder, ofWorkspace, sizeOf, withSession } from '../../base';
import { PipelineError, type Severity, throwIfCancelled, defined, findTable } from '../../model';
import { type Mapping, mapHeaders } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { LandingMark, LandingMarks } from './model';
import { MOST_MARKS, recordOf, remarksOf, type Remark } from './remarks';
import { formatOf, isArchived, subjectAt, type RawSubject } from './subject';

/**
 * What the state of now says of a landing file or an original; null for a file of which the pipeline knows nothing.
 * @throws PipelineError CANCELLED, and what reading a file may come to.
 */
export async function landingMarks(
  workspace: OpenWorkspace,
  path: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<LandingMarks | null> {
  throwIfCancelled(signal);
  const subject = subjectAt(workspace, path);
  if (subject === undefined) return null;
  const table = subject.kind === 'ignored' ? null : subject.table;
  const marks = (list: readonly LandingMark[], more = 0): LandingMarks => ({
    file: subject.file,
    date: subject.date,
    table,
    marks: list,
    more,
  });
  switch (subject.kind) {
    case 'waiting':
      return marks([]);
    case 'ignored':
      return marks([wholeLine(0, 'info', `Ignored file: ${subject.reason}.`, 'IGNORED')]);
    case 'kept': {
      const { reason, code } = subject.note;
      return marks([wholeLine(0, 'error', `Rejected file: ${reason}`, code)]);
    }
    case 'taken': {
      const { part } = subject;
      const bytes = await sizeOf(subject.path);
      if (bytes === undefined) return marks([]);
      if (!isArchived(part) && bytes !== part.source?.bytes) {
        const words = 'The file has changed since it was read: its problems cannot be shown here.';
        return marks([wholeLine(0, 'warning', words, 'CHANGED')]);
      }
      const { remarks, total } = await withSession(ofWorkspace(workspace.settings), (connection) =>
        remarksOf(workspace, connection, subject, signal),
      );
      if (remarks.length === 0) return marks([]);
      const found = await located(workspace, subject, remarks, signal);
      const shown = found
        .toSorted((a, b) => a.line - b.line || a.character - b.character)
        .slice(0, MOST_MARKS);
      return marks(shown, Math.max(0, total - shown.length));
    }
    default:
      return subject satisfies never;
  }
}

function wholeLine(line: number, severity: Severity, message: string, code: string): LandingMark {
  return { line, character: 0, endLine: line, endCharacter: null, severity, message, code };
}

// ---- where it stands -----------------------------------------------------------------------------

async function located(
  workspace: OpenWorkspace,
  subject: RawSubject,
  remarks: readonly Remark[],
  signal: AbortSignal,
): Promise<readonly LandingMark[]> {
  const headers = subject.part.source?.format.columns ?? [];
  const placeOf = columnPlaces(workspace, subject);
  const temporary = makeTemporaryFolder('preview');
  let places: Places;
  try {
    const format = await formatOf(workspace, subject, temporary, signal);
    if (format === undefined) return [];
    places = await findPlaces({
      file: subject.path,
      format,
      records: remarks.flatMap(({ row }) => row ?? []),
      lines: remarks.flatMap(({ line }) => line ?? []),
      temporary,
      signal,
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Unreadable') throw error;
    throw new PipelineError(
      'FILE_UNREADABLE',
      `${subject.path} can no longer be read: ${error.message}`,
      'Restore the original from a backup.',
      { where: { file: subject.path }, cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return remarks.flatMap((remark): readonly LandingMark[] => {
    const place =
      remark.row === undefined ? places.lines.get(remark.line ?? 0) : places.records.get(remark.row);
    if (place === undefined || !isOf(remark, place, headers)) return [];
    const { severity, message, code, link, column } = remark;
    const range = rangeOf(place, column === undefined ? undefined : placeOf(column));
    return [{ ...range, severity, message, code, ...defined({ link }) }];
  });
}

/** Is the record the one that is meant, where two files have one name? */
function isOf(remark: Remark, place: RecordPlace, headers: readonly string[]): boolean {
  if (remark.record === undefined) return true;
  const record = recordOf(remark.record);
  return headers.every((header, i) => valueOrEmpty(record[header]) === (place.fields[i] ?? ''));
}

const valueOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

function rangeOf(
  place: RecordPlace,
  field: number | undefined,
): Pick<LandingMark, 'line' | 'character' | 'endLine' | 'endCharacter'> {
  const first = place.line - 1;
  const cell = field === undefined ? undefined : place.cells[field];
  if (cell === undefined) return { line: first, character: 0, endLine: first, endCharacter: null };
  // An empty cell is shown by the delimiter beside it, where there is one.
  const empty = cell.line === cell.endLine && cell.character === cell.endCharacter;
  return {
    line: first + cell.line,
    character: empty ? Math.max(0, cell.character - 1) : cell.character,
    endLine: first + cell.endLine,
    endCharacter: empty && cell.character === 0 ? 1 : cell.endCharacter,
  };
}

/** The field of the file that a column of the config is read from. */
function columnPlaces(
  { lake, config }: OpenWorkspace,
  subject: RawSubject,
): (column: string) => number | undefined {
  const table = findTable(config, subject.table);
  if (table === undefined) return () => undefined;
  const parts = lake.parts(subject.date, subject.brand, subject.table).map(({ source }) => ({
    file: source?.file ?? '',
    headers: source?.format.columns ?? [],
  }));
  const part = (subject.part.part ?? 1) - 1;
  let mapping: Mapping;
  try {
    mapping = mapHeaders(table, parts);
  } catch (error) {
    // The config is another one by now: lines are marked as a whole.
    if (error instanceof PipelineError) return () => undefined;
    throw error;
  }
  const headers = parts[part]?.headers ?? [];
  return (name) => {
    const header = mapping.columns.find(({ column }) => column.name === name)?.headers[part];
    const place = header === undefined ? -1 : headers.indexOf(header);
    return place === -1 ? undefined : place;
  };
}
