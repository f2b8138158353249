// Lists of files and slots for people: what is alike is told once.
import {
  formatCount,
  plural,
  printable,
  tableLines,
  wrap,
  type DateSummary,
  type TextStyle,
} from '../engine';

type File = Pick<DateSummary['files'][number], 'path' | 'status' | 'reason'>;

/** So many files of one reason are listed; of more, the first stands for all. */
const MOST_ALIKE = 3;
const MOST_ROWS = 20;

/** "Ignored files" with the reason of each; nothing without any. */
export function fileLines(files: readonly File[], style: TextStyle, indent: number): string[] {
  if (files.length === 0) return [];
  const alike = new Map<string, File[]>();
  for (const file of files) {
    const key = `${file.status} ${file.reason}`;
    alike.set(key, [...(alike.get(key) ?? []), file]);
  }
  const rows = [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length <= MOST_ALIKE)
      return group.map((file) => [file.path, file.status, file.reason]);
    return [[`${first.path} and ${formatCount(group.length - 1)} more`, first.status, first.reason]];
  });
  const more = rows.length - MOST_ROWS;
  return [
    `${' '.repeat(indent)}${style.colours.bold('Ignored files')}`,
    ...tableLines(
      {
        indent: indent + 2,
        columns: [
          { title: 'FILE', shrinks: 'wrap' },
          { title: 'STATUS' },
          { title: 'REASON', shrinks: 'wrap' },
        ],
        rows: rows.slice(0, MOST_ROWS),
      },
      style,
    ),
    ...(more > 0 ? [style.colours.dim(`${' '.repeat(indent + 2)}and ${formatCount(more)} more`)] : []),
    '',
  ];
}

/** Expected files that have not come, as brand/table; nothing when all have. */
export function missingLines(
  missing: readonly { readonly brand: string; readonly table: string }[],
  style: TextStyle,
  indent: number,
): string[] {
  if (missing.length === 0) return [];
  const space = ' '.repeat(indent);
  const names = missing.map((one) => printable(`${one.brand}/${one.table}`)).join(' ');
  return [
    `${space}${style.colours.warn(`${plural(missing.length, 'expected file')} missing`)}`,
    ...wrap(names, style.width - indent - 2).map((line) => `${space}  ${line}`),
    '',
  ];
}
