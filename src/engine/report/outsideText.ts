// Text of others (headers, values, names, answers of servers) as it is shown where something would act on it.
import { printable, UNSAFE, visibleEscape } from './words';

// A line ends with LF or CR LF; a tab only moves on.
const UNSAFE_IN_LINES = new RegExp(`(?!\\n|\\t|\\r\\n)(?:${UNSAFE.source})`, 'gu');
// Bold and dim, red, green and yellow, and their ends: picocolors writes no others here.
const COLOUR_OR_UNSAFE = new RegExp(`(\\u001b\\[(?:[12]|22|3[1-39])m)|${UNSAFE_IN_LINES.source}`, 'gu');

/** Lines as they are; everything else that would act on a terminal or reorder text is shown as its escape. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE_IN_LINES, visibleEscape);
}

/** As printableLines, but for the colours that the command line itself writes. */
export function colouredLines(text: string): string {
  return text.replace(COLOUR_OR_UNSAFE, (found: string, colour?: string) => colour ?? visibleEscape(found));
}

/**
 * Text that a notification, label or prompt of an editor shows as it is. VS Code makes a link of `[text](command:…)`
 * and a picture of `$(name)` there: a blank parts what would act. One that is seen, since a mark without width
 * would be copied along with a name, and nobody could say why it is not found.
 */
export function inert(text: string): string {
  return printableLines(text).replace(/\](?=\()|\$(?=\()/g, '$& ');
}

/** What means something wherever it stands; a colon or slash where a reader would make a link of an address. */
const MARKUP = /[\\`*_[\]<>|#&~$@]|:(?=\/)|\/(?=\/)|(?<=\/)\/|(?<=www)\./gi;
/** What begins a list, a rule or an underlined title where it stands first. */
const LEADING = /^( *(?:\d{1,9}(?=[.)](?: |$)))?)([-+=.)])/;

/**
 * Text as Markdown that reads as the text does, on one line: no link, image, HTML, emphasis, table, formula or list
 * of its own, and no address that a reader would make a link of.
 */
export function markdownText(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).replace(MARKUP, '\\$&').replace(LEADING, '$1\\$2');
}

/** Text as code in Markdown; backticks of its own do not end it, and a bar is no border of a table. */
export function markdownCode(text: string): string {
  const line = printable(text.replace(/\s+/g, ' ')).replaceAll('|', '∣');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
