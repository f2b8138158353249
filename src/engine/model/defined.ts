// Members of objects that may not be there. Imports nothing, so that pages may use it too.

/** The members that may be undefined become optional ones, which are never undefined. */
export type Defined<T extends object> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A copy of `members` without those that are undefined, in their order: for optional properties that may be absent. */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/**
 * The value under a name; undefined where there is none. A plain `record[name]` has one under "constructor" and
 * "__proto__" of every object.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
