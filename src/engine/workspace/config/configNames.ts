// Names that become folders, files, columns and warehouse tables: what they may be.
import { RESERVED_COLUMNS } from '../../model';
import { foldHeader, foldName, shown } from '../../base';

interface NameProblem {
  readonly message: string;
  readonly remedy: string;
}

/** Why a name of a brand or table cannot be the name of a folder or file, or undefined. */
export function folderNameProblem(kind: 'brand' | 'table', name: string): NameProblem | undefined {
  const problem = (why: string, remedy: string): NameProblem => ({
    message: `The ${kind} name ${shown(name)} ${why}.`,
    remedy,
  });
  const common = plainNameProblem(name);
  if (common !== undefined) return problem(common, 'Give it another name.');
  if (/[/\\]/.test(name)) return problem('has a slash', 'Names are used for folders: leave slashes out.');
  if (/[*?[\]<>|:{}]/.test(name))
    return problem(
      'has one of the characters * ? [ ] < > | : { }',
      'Leave it out: it means something in paths and patterns.',
    );
  if (name.startsWith('.') || name.endsWith('.'))
    return problem('begins or ends with a dot', 'Leave the dot out: such files are hidden or lost.');
  if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i.test(name))
    return problem('is a device name on Windows', 'Give it another name.');
  if (name.length > 100 || Buffer.byteLength(name) > 180)
    return problem('is too long', 'Use at most 100 characters (180 bytes of UTF-8).');
  if (kind === 'table' && /\.\d+$/.test(name))
    return problem('ends like the number of a further file of a table', 'Leave the dot and the number out.');
  if (kind === 'table' && foldName(name) === 'summary')
    return problem('is the name of the summary beside the reports', 'Give the table another name.');
  return undefined;
}

/** Why a name cannot be that of a column, or undefined. */
export function columnNameProblem(name: string): NameProblem | undefined {
  const problem = (why: string, remedy: string): NameProblem => ({
    message: `The column name ${shown(name)} ${why}.`,
    remedy,
  });
  const common = plainNameProblem(name);
  if (common !== undefined) return problem(common, 'Give it another name.');
  if (RESERVED_COLUMNS.some((reserved) => reserved === foldName(name)))
    return problem(
      'is used by the pipeline itself',
      'Rename the column; "source" can name the header of the file.',
    );
  if (foldHeader(name) === '')
    return problem('has only underscores, hyphens and blanks', 'Give it another name.');
  if (name.length > 250) return problem('is too long', 'Use at most 250 characters.');
  return undefined;
}

function plainNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (name !== name.trim()) return 'begins or ends with a blank';
  if (/\p{Cc}|\p{Surrogate}|[\u2028\u2029]/u.test(name)) return 'has a control character';
  return undefined;
}

/** The form Snowflake takes, after upper-casing. */
export function isSnowflakeName(name: string): boolean {
  return /^[A-Z_][A-Z0-9_$]{0,254}$/.test(name.toUpperCase());
}

/** By docs.snowflake.com, "Reserved & limited keywords": they cannot be a column's name. */
const SNOWFLAKE_RESERVED: ReadonlySet<string> = new Set([
  'CONSTRAINT',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'LOCALTIME',
  'LOCALTIMESTAMP',
]);

/** Does Snowflake refuse it as the name of a column, in any case? */
export function isReservedColumn(name: string): boolean {
  return SNOWFLAKE_RESERVED.has(name.toUpperCase());
}

let listedZones: ReadonlySet<string> | undefined;

/** A zone of the IANA database, by name: offsets such as "+01:00" are none. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  // The list is there at once; the first format of a process takes longer than all else of reading the config.
  listedZones ??= new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
  if (listedZones.has(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
