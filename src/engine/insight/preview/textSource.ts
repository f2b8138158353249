// A delimited text file behind a preview: its first rows at once, all of it as Parquet where more is wanted.
import { join } from 'node:path';
import { type CsvFormat, type CsvRows, openCsv } from '../../csv';
import type { SubjectKnowledge } from '../trace/subject';
import { plural } from '../../report';
import type { PreviewOpened } from './api';
import { cutCell, sourceColumns } from './previewColumns';
import { inOurWords } from './opening';
import { shareWork, type SharedWork } from './shared';
import {
  checkStamp,
  openRoom,
  stampOf,
  type PageRow,
  type PreviewRelation,
  type RelationProgress,
  type PreviewSource,
} from './source';
import { textRelation } from './textRelation';
import { fieldCount, raggedNote, readingNotes } from './previewWords';

/** Rows read ahead and kept: so many, or so many characters, whichever comes first. */
const HEAD_ROWS = 5_000;
const HEAD_CHARACTERS = 4_000_000;
/** Rows read while it is opened: a smaller file is known whole. */
const OPENING_ROWS = 1_000;

interface TextSourceOptions {
  readonly memoryLimit?: string | undefined;
  /** What a run would know of the file. */
  readonly known?: SubjectKnowledge;
}

/**
 * Opens a text file of any size. Empty fields are NULL, as the pipeline reads them; rows that are not as wide as
 * the header are shown with a note.
 * @throws PipelineError NOT_CSV | CANCELLED
 */
export async function openTextSource(
  path: string,
  signal: AbortSignal | undefined,
  { memoryLimit, known }: TextSourceOptions = {},
): Promise<PreviewSource> {
  const stamp = await stampOf(path);
  const room = await openRoom([path], memoryLimit);
  const life = new AbortController();
  try {
    const deciding = new AbortController();
    const stopDeciding = (): void => deciding.abort();
    signal?.addEventListener('abort', stopDeciding);
    life.signal.addEventListener('abort', stopDeciding);
    const csv = await openCsv({
      ...known,
      file: path,
      temporary: room.folder,
      signal: deciding.signal,
    });
    const head = readHead(csv);
    await head.upTo(OPENING_ROWS);
    signal?.removeEventListener('abort', stopDeciding);
    const columns = sourceColumns(csv.columns.map((name) => ({ name, type: 'VARCHAR' })));
    let work: SharedWork<PreviewRelation> | undefined;
    let relation: PreviewRelation | undefined;
    const told = new Set<RelationProgress>();
    return {
      kind: 'text',
      path,
      bytes: stamp.bytes,
      columns,
      dialect: csv.format === null ? [] : dialectOf(csv.format),
      notes: csv.format === null ? ['The file is empty.'] : [...readingNotes(csv), ...csv.format.notes],
      pool: room.pool,
      folder: room.folder,
      rows: () => relation?.rows ?? (head.ended() ? head.rows.length : null),
      async head({ offset, limit, columns: wanted, characters }) {
        if (relation !== undefined) return undefined;
        await head.upTo(offset + limit);
        if (!head.ended() && head.rows.length < offset + limit) return undefined;
        const places = wanted.map((column) => columns.indexOf(column));
        return head.rows.slice(offset, offset + limit).map((fields, i): PageRow => {
          const cells = places.map((place) => cutCell(fields[place], characters));
          const count = fieldCount(fields);
          return count === columns.length
            ? { row: offset + i, cells }
            : { row: offset + i, cells, note: raggedNote(count, columns.length) };
        });
      },
      async relation(one, progress) {
        if (relation !== undefined) return relation;
        if (progress !== undefined) told.add(progress);
        try {
          if (work === undefined || work.failed)
            work = shareWork((stop) =>
              room.pool.use((connection) =>
                textRelation({
                  path,
                  csv,
                  columns,
                  connection,
                  output: join(room.folder, 'file.parquet'),
                  temporary: room.folder,
                  bytes: stamp.bytes,
                  signal: AbortSignal.any([stop, life.signal]),
                  progress: (percent, rows) => {
                    const guess = head.guess(stamp.bytes);
                    const known = rows ?? (guess === undefined ? undefined : (guess * percent) / 100);
                    for (const tell of told)
                      tell(percent, known === undefined ? undefined : Math.round(known));
                  },
                }),
              ),
            );
          relation = await work.wait(one);
          return relation;
        } catch (error) {
          throw inOurWords(path, error);
        } finally {
          if (progress !== undefined) told.delete(progress);
        }
      },
      check: () => checkStamp(path, stamp),
      async close() {
        life.abort();
        await head.close();
        await work?.result.catch(() => undefined);
        await room.close();
      },
    };
  } catch (error) {
    life.abort();
    await room.close();
    throw error;
  }
}

interface FirstRecords {
  readonly rows: readonly (readonly string[])[];
  /** Are these all rows of the file? */
  ended(): boolean;
  /** Rows that a file of so many bytes may have, by those read so far. */
  guess(bytes: number): number | undefined;
  /** Reads on until so many rows are there, the file ends, or enough is kept. */
  upTo(rows: number): Promise<void>;
  close(): Promise<void>;
}

function readHead(csv: CsvRows): FirstRecords {
  const batches = csv.batches();
  const rows: (readonly string[])[] = [];
  let characters = 0;
  let ended = false;
  let turn = Promise.resolve();
  const readOn = async (wanted: number): Promise<void> => {
    while (!ended && rows.length < Math.min(wanted, HEAD_ROWS) && characters < HEAD_CHARACTERS) {
      const next = await batches.next();
      if (next.done === true) {
        ended = true;
        return;
      }
      for (const row of next.value) {
        rows.push(row);
        characters += row.reduce((sum, cell) => sum + cell.length + 1, 0);
      }
    }
  };
  return {
    rows,
    ended: () => ended,
    guess: (bytes) =>
      csv.format?.compression === 'none' && characters > 0 ? (rows.length * bytes) / characters : undefined,
    upTo(wanted) {
      // One reader of the file at a time; a failure is the caller's and every later caller's.
      turn = turn.then(() => readOn(wanted));
      return turn;
    },
    async close() {
      await turn.catch(() => undefined);
      await batches.return(undefined);
    },
  };
}

const VISIBLE: Readonly<Record<string, string>> = {
  '\t': 'tab',
  ' ': 'space',
  ',': 'comma',
  ';': 'semicolon',
  '|': 'pipe',
  '\n': 'LF',
  '\r\n': 'CR LF',
  '\r': 'CR',
  '"': 'double quote "',
  "'": "single quote '",
};
const visible = (text: string): string => VISIBLE[text] ?? text;

function dialectOf(format: CsvFormat): PreviewOpened['dialect'] {
  const { confidence } = format;
  return [
    ...(format.compression === 'none' ? [] : [{ name: 'Compression', value: format.compression }]),
    {
      name: 'Encoding',
      value: `${format.encoding}${format.bom ? ' with byte order mark' : ''}`,
      confidence: confidence.encoding,
    },
    { name: 'Delimiter', value: visible(format.delimiter), confidence: confidence.delimiter },
    {
      name: 'Quote',
      value: format.quote === '' ? 'none' : visible(format.quote),
      confidence: confidence.quote,
    },
    ...(format.escape === '' || format.escape === format.quote
      ? []
      : [{ name: 'Escape', value: visible(format.escape) }]),
    { name: 'Line end', value: visible(format.newline) },
    ...(format.preamble === 0 ? [] : [{ name: 'Lines before the header', value: String(format.preamble) }]),
    {
      name: 'Header',
      value: format.header === 0 ? 'none: columns are numbered' : plural(format.header, 'line'),
      confidence: confidence.header,
    },
    ...(format.footer === 0
      ? []
      : [{ name: 'Footer', value: plural(format.footer, 'line'), confidence: confidence.footer }]),
  ];
}
