// Text of others (headers, values, names, answers of servers) as it is shown where something would act on it.
import { printable } from './words';

/** Lines as they are; everything else that would act on a terminal or reorder text is shown as its escape. */
export function printableLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.split('\t').map(printable).join('\t'))
    .join('\n');
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
