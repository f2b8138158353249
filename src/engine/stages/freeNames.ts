// Names for what only a statement itself needs, kept apart from every name a file or config may bring.

/** Gives names that none of `taken` has, whatever these are: SQL names are equal without case. */
export function internalNames(taken: readonly string[]): (name: string) => string {
  const lower = taken.map((name) => name.toLowerCase());
  let prefix = 'm7_';
  while (lower.some((name) => name.startsWith(prefix))) prefix = `m7${prefix}`;
  return (name) => prefix + name;
}
