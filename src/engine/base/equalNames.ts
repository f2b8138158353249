// When two names are the same: for the warehouse and a disk, and for the headers of files.

/** Names with one fold are one name, for the warehouse or on a disk that ignores case: NFC, without case. */
export function foldName(name: string): string {
  // Upper case first: ß is SS and the dotless ı is I there; lower case alone would keep them apart.
  return name.normalize('NFC').toUpperCase().toLowerCase();
}

/** Blanks of every width, hyphens and dashes, underscores. */
const SEPARATORS = /[\s_\p{Dash_Punctuation}\u2212]+/gu;
/** Zero-width characters, soft hyphens, byte order marks, marks of writing direction: what nobody sees. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;

/**
 * Headers with one fold mean the same column: compared without case, blanks, hyphens, underscores and
 * invisible characters, accents composed or not. Compatibility forms (², ﬁ, full-width letters) are not
 * resolved: m² and m2 may be two columns.
 */
export function foldHeader(name: string): string {
  // Most names are plain, and files are judged by many of them.
  if (/^[ -~]*$/.test(name)) return name.replace(/[ _-]+/g, '').toLowerCase();
  // Removed first, so that they part neither a letter from its accent nor a final sigma from its word.
  const plain = name.replace(INVISIBLE, '').replace(SEPARATORS, '');
  // The dotted İ keeps its dot in lower case: in a Turkish file it is the capital of i.
  return foldName(plain).replaceAll('i\u0307', 'i');
}

/** The header of the first of `names` that is there: exactly as written, else the first that means the same. */
export function headerOf(names: readonly string[], headers: readonly string[]): string | undefined {
  for (const name of names) {
    if (headers.includes(name)) return name;
    const wanted = foldHeader(name);
    const same = headers.find((header) => foldHeader(header) === wanted);
    if (same !== undefined) return same;
  }
  return undefined;
}
