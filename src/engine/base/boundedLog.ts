// Logs that all runs share: no day in their name tells maintenance when they have had their time, so their size bounds them.
import { readRegularText } from './regularFile';
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that has grown past this is kept as the old one, in place of the one before: twice as much at most. */
const MOST_BYTES = 1_000_000;

const olderThan = (path: string): string => path.replace(/\.ndjson$/, '.old.ndjson');

/** Appends one JSON object as a line. What cannot be written is done without: nothing depends on such a log. */
export function noteInBounds(path: string, line: object): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MOST_BYTES) renameSync(path, olderThan(path));
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch {
    // A full disk, or a folder that may not be written.
  }
}

/**
 * The lines `wanted` picks out, oldest first, of the latest lines of a log.
 * @param wanted judges the text of a line. The old file is read only where the first line of the new one is wanted:
 * then the lines before it may be, too.
 */
export function latestLines(path: string, wanted: (line: string) => boolean): readonly string[] {
  const lines = linesOf(path);
  const all = wanted(lines[0] ?? '') ? [...linesOf(olderThan(path)), ...lines] : lines;
  return all.filter(wanted);
}

function linesOf(path: string): readonly string[] {
  try {
    return readRegularText(path).trimEnd().split('\n');
  } catch {
    return [];
  }
}
