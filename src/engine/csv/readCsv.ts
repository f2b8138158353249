// A page of any delimited file as it is, for people to look at: nothing is rejected, ragged rows are shown as they are.
import { type FormatHint, PipelineError, defined, throwIfCancelled } from '../model';
import type { EvidenceSource } from './codePages';
import { asPipelineError, Unreadable } from './bytes';
import { utf8Bytes } from './unpacked';
import { cutOf, topOfFile } from './top';
import { decide } from './decide';
import { isBlank } from './layout';
import {
  cutStream,
  fromBytes,
  lenientFields,
  literalFields,
  type RecordSyntax,
  type FileRecord,
} from './records';
import type { CsvFormat } from './format';

export interface ReadRequest {
  readonly file: string;
  /** Rows to leave out first; 0 without it. */
  readonly offset?: number;
  /** Rows to give; all of them without it. */
  readonly limit?: number;
  /** As for decideFormat; absent for a file of which nothing is known. */
  readonly knownColumns?: readonly (readonly string[])[] | undefined;
  readonly hint?: FormatHint | undefined;
  readonly evidence?: EvidenceSource | undefined;
  /** An existing folder for temporary files. */
  readonly temporary: string;
  readonly signal?: AbortSignal | undefined;
}

export interface CsvPage {
  /** Did the names come from the file? */
  readonly header: boolean;
  /** Unique names; numbered ones without a header. Empty for an empty file. */
  readonly columns: readonly string[];
  /** Rows of the page; a ragged row has as many cells as in the file. */
  readonly rows: readonly (readonly string[])[];
  /** Rows of the whole file. */
  readonly total: number;
  /** null for an empty file. */
  readonly format: CsvFormat | null;
}

/** A file opened for reading row by row. */
export interface CsvRows {
  readonly header: boolean;
  readonly columns: readonly string[];
  readonly format: CsvFormat | null;
  /** Why a run would reject the file; only for one of which something is known. */
  readonly refused?: string;
  /** All rows from the first, in batches; each call reads the file again. */
  batches(): AsyncGenerator<readonly (readonly string[])[]>;
}

/**
 * Opens a file for reading row by row, whatever its size.
 * @throws PipelineError NOT_CSV where it is no delimited text (or found not to be while it is read), CANCELLED
 */
export async function openCsv(request: Omit<ReadRequest, 'offset' | 'limit'>): Promise<CsvRows> {
  const { file, knownColumns, hint, evidence, temporary, signal } = request;
  const options = { knownColumns, hint, evidence, temporary, signal };
  const known = knownColumns !== undefined || hint !== undefined;
  const strict = known ? await decide(file, options, true) : undefined;
  const refused = strict?.kind === 'rejected' ? `${strict.code}: ${strict.reason}` : undefined;
  const decision =
    strict === undefined || strict.kind === 'rejected' ? await decide(file, options, false) : strict;
  if (decision.kind === 'rejected') throw notCsv(file, decision.reason);
  if (decision.kind === 'empty')
    return {
      header: false,
      columns: [],
      format: null,
      batches: async function* () {},
    };
  const { format } = decision;
  const cut = cutOf(format);
  return {
    header: format.header > 0,
    columns: format.columns,
    format,
    ...defined({ refused }),
    batches: async function* () {
      const kindOf = topOfFile(format);
      try {
        for await (const batch of cutStream(utf8Bytes(file, format, { temporary, signal }), cut)) {
          throwIfCancelled(signal);
          yield batch
            .filter((record) => kindOf(record) === 'rest' && !isBlank(record))
            .map((record) => shown(record, cut, format.columns.length));
        }
      } catch (error) {
        if (error instanceof Unreadable) throw notCsv(file, error.message);
        throw asPipelineError(error, file);
      }
    },
  };
}

/**
 * Reads a page of a file and counts its rows.
 * @throws PipelineError NOT_CSV where it is no delimited text, CANCELLED
 */
export async function readCsv(request: ReadRequest): Promise<CsvPage> {
  const opened = await openCsv(request);
  const { header, columns, format } = opened;
  const from = request.offset ?? 0;
  const to = request.limit === undefined ? Infinity : from + request.limit;
  const rows: (readonly string[])[] = [];
  let total = 0;
  for await (const batch of opened.batches()) {
    for (const row of batch) {
      if (total >= from && total < to) rows.push(row);
      total += 1;
    }
  }
  return { header, columns, rows, total, format };
}

function notCsv(file: string, reason: string): PipelineError {
  return new PipelineError(
    'NOT_CSV',
    reason,
    'Open a delimited text file (.csv, .tsv, .txt) or a Parquet file.',
    {
      where: { file },
    },
  );
}

/** The cells of a record; where its quotes are broken, by the reading that gives the table's number of cells. */
function shown(record: FileRecord, cut: RecordSyntax, width: number): readonly string[] {
  const text = (fields: readonly string[]): readonly string[] => fields.map((f) => fromBytes(f));
  switch (record.problem) {
    case undefined:
      return text(record.fields);
    case 'LINE_TOO_LONG':
      return [`${fromBytes(record.raw)}…`];
    case 'BAD_QUOTES': {
      const literal = literalFields(record.raw, cut);
      if (literal.length === width) return text(literal);
      const lenient = lenientFields(record.raw, cut);
      return text(lenient.length === width ? lenient : literal);
    }
    default:
      return record.problem satisfies never;
  }
}
