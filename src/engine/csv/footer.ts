// The footer of a table: totals, counts and end marks behind its rows.
import { cellKind } from './cells';
import { isBlank } from './layout';
import { fromBytes, type FileRecord } from './records';

const TOTALS =
  /^["'\s#*=-]*((grand|sub|sum)?\s*-?\s*totals?|sum|sums|summary|(total|number|nr|no|count)\s+(of|rows|records|lines)\b.*|records?|rows?(\s*count)?|row_count|lines?|count|trailer|trl|eof|end\s+of\s+(file|report|data|export)|end|celkem|spolu|soucet|součet|razem|összesen|ossz|totaal|aantal|gesamt|summe|итого|\d+\s+(rows?|records?|lines?)\b.*)(["'\s:;=,.|*-]|$)/i;

/** How many of the last records are no rows: totals, counts, end marks. Blank ones not counted. */
export function footerOf(tail: readonly FileRecord[], width: number): number {
  const rows = tail.filter((r) => !isBlank(r));
  let n = 0;
  for (let i = rows.length - 1; i >= 0 && n < 10; i--) {
    const record = rows[i];
    if (record === undefined || !isFooter(record, width)) break;
    n++;
  }
  return n;
}

function isFooter(record: FileRecord, width: number): boolean {
  const cells = record.fields.map((f) => fromBytes(f));
  const filled = cells.filter((c) => c.trim() !== '');
  const head = filled[0] ?? '';
  if (/^\s*[-=*_]{3,}[\s\-=*_,;|\t]*$/.test(record.raw)) return true;
  if (width === 1)
    return /^\s*(-+\s*)?(end of (file|report|data|export)|eof|\(?\d+ (rows?|records?)\b.*|(rows?|records?|total|count)\s*[:=]\s*\d+)\s*$/i.test(
      head,
    );
  const named = TOTALS.test(head) || /^\(\d+ rows?( affected)?\)$/i.test(head.trim());
  if (cells.length !== width)
    return (
      (named || /^\s*#/.test(record.raw)) && filled.length <= Math.max(2, width - 1) && cells.length < width
    );
  return (
    /^["'\s#*=-]*((grand|sub)?\s*-?\s*totals?|sum|celkem|spolu|součet|razem|összesen|totaal|gesamt|summe|trailer|eof)[\s:=]*$/i.test(
      head,
    ) &&
    filled.length < width &&
    filled.slice(1).every((c) => cellKind(c) === 'number')
  );
}
