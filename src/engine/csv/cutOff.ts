// Was a file cut off on its way? Its content ends within a record that lacks fields or a quote, and without a line end.
import { stat } from 'node:fs/promises';
import { bomLength, storedBytes } from './bytes';
import type { LastReject } from './csvRejects';
import type { ConvertRequest, Converted, FormatDoubt } from './format';
import { utf8Bytes } from './unpacked';

/** What a record is rejected for that was cut: in its fields, within a quote, or within a character. */
const CUT: readonly string[] = ['TOO_FEW_FIELDS', 'BAD_QUOTES', 'BAD_ENCODING'];

/** That a file looks cut off; undefined where it ends as files do. Reads its end, and of a packed file all of it. */
export async function cutOffDoubt(
  request: ConvertRequest,
  last: LastReject | undefined,
): Promise<FormatDoubt | undefined> {
  if (last === undefined || !CUT.includes(last.code)) return undefined;
  // With the line end before it: a record that only ends alike stands further up.
  const end = await endOf(request, last.record.length + 1);
  if (end.slice(1) !== last.record || !/^[\r\n]/.test(end)) return undefined;
  return {
    choice: 'end',
    message: `It ends within a record (line ${last.line}: ${last.reason.replace(/\.$/, '')}) and without a line end: it looks cut off, so that rows are missing. Ask for the whole file; a corrected one of the same name is loaded beside it.`,
  };
}

/** The last bytes of the content in UTF-8, as a byte string. */
async function endOf({ file, format, temporary, signal }: ConvertRequest, length: number): Promise<string> {
  const plain = format.compression === 'none' && format.encoding === 'utf-8';
  const { size } = await stat(file);
  const from = Math.max(size - length, bomLength(format.encoding, format.bom));
  const chunks = plain ? storedBytes(file, { from, signal }) : utf8Bytes(file, format, { temporary, signal });
  let end = '';
  for await (const chunk of chunks) end = (end + chunk.toString('latin1')).slice(-length);
  return end;
}

/** A converted file with one more doubt about it. */
export function withDoubt(converted: Converted, doubt: FormatDoubt | undefined): Converted {
  if (doubt === undefined) return converted;
  const { format } = converted;
  return { ...converted, format: { ...format, doubts: [...(format.doubts ?? []), doubt] } };
}
