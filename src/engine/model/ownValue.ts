// Objects as maps of names that others choose. Imports nothing, so that pages may use it too.

/**
 * The value under a name; undefined where there is none. A plain `record[name]` has one under "constructor" and
 * "__proto__" of every object.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
