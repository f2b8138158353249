// What kind of file is this, and its records as text Parquet: the door of the CSV reader.
import { convert } from './convert';
import type { CsvConversion, ConvertRequest } from './format';
import { decide, type DecideOptions, type Decision } from './decide';

export { utf8Bytes } from './unpacked';
export type { EncodingEvidence, EvidenceSource } from './codePages';
export type { Converted, CsvFormat } from './format';
export { judgeOf, judgeRecord } from './judge';
export { ENCODING_NAMES, ENCODING_SPELLINGS, encodingName } from './encodingNames';
export { SOURCE_FILE_KEY } from './csvSql';
export { compressionOf } from './fileKind';
export { isBlank } from './layout';
export { type Located, locateRecords } from './locate';
export { type Places, type RecordPlace, findPlaces } from './recordPlaces';
export { type CsvRows, openCsv } from './readCsv';
export { type FileRecord, cutStream, fromBytes, toBytes } from './records';
export { cutOf, topOfFile } from './top';

/**
 * Looks at magic bytes and a sample (256 KB of head, spots between, 64 KB of tail) and decides everything.
 * Rejection codes: NOT_CSV, NOT_TEXT, BAD_ARCHIVE, ARCHIVE_BOMB, AMBIGUOUS_ENCODING, AMBIGUOUS_DIALECT,
 * AMBIGUOUS_HEADER, UNKNOWN_COLUMNS, HEADER_MISMATCH, FORMAT_MISMATCH, LINE_TOO_LONG, TOO_MANY_COLUMNS.
 */
export async function decideFormat(file: string, options: DecideOptions): Promise<Decision> {
  return decide(file, options, true);
}

/**
 * Converts the whole file to text Parquet (all VARCHAR, file order, NULL for empty), rejects kept aside.
 * Reject codes: TOO_FEW_FIELDS, TOO_MANY_FIELDS, BAD_QUOTES, BAD_ENCODING, NUL_BYTE, LINE_TOO_LONG.
 * @throws PipelineError CONSERVATION where records cannot be accounted for; CANCELLED, DISK_FULL, OUT_OF_MEMORY
 */
export async function convertCsv(request: ConvertRequest): Promise<CsvConversion> {
  return convert(request);
}
