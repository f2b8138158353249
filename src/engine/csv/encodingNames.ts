// The encodings that a config may name, by the name that a format has them under.

/** Names by which people know them, besides the first. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'utf-8': ['utf8'],
  'utf-16le': ['utf-16', 'utf16', 'utf16le', 'ucs-2'],
  'utf-16be': ['utf16be'],
  'utf-32le': ['utf-32', 'utf32', 'utf32le'],
  'utf-32be': ['utf32be'],
  'windows-1250': ['cp1250', 'win1250'],
  'windows-1251': ['cp1251', 'win1251'],
  'windows-1252': ['cp1252', 'win1252', 'ansi'],
  'windows-1253': ['cp1253', 'win1253'],
  'windows-1254': ['cp1254', 'win1254'],
  'windows-1255': ['cp1255', 'win1255'],
  'windows-1257': ['cp1257', 'win1257'],
  'iso-8859-1': ['latin1', 'latin-1', 'iso8859-1'],
  'iso-8859-2': ['latin2', 'latin-2', 'iso8859-2'],
  'iso-8859-5': ['iso8859-5'],
  'iso-8859-7': ['iso8859-7'],
  'iso-8859-15': ['latin9', 'latin-9', 'iso8859-15'],
  'iso-8859-16': ['latin10', 'iso8859-16'],
  cp437: ['ibm437'],
  cp850: ['ibm850'],
  cp852: ['ibm852'],
  cp866: ['ibm866'],
  'koi8-r': ['koi8r'],
  macroman: ['mac-roman', 'macintosh'],
};

const KNOWN: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([name, others]) => [name, ...others].map((one) => [one, name] as const)),
);

/** Names of all encodings, for schema and messages. */
export const ENCODING_NAMES: readonly string[] = Object.keys(NAMES);
/** All that may be written. */
export const ENCODING_SPELLINGS: readonly string[] = [...KNOWN.keys()];

/** An encoding under its own name, however it is written; undefined for one that is not known. */
export function encodingName(written: string): string | undefined {
  return KNOWN.get(written.trim().toLowerCase().replaceAll('_', '-'));
}
