// Commands that messages suggest are copied into a shell: a name in them must be a word there, and nothing more.

/** A name or path as a shell takes it. */
export const shellWord = (name: string): string =>
  /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
