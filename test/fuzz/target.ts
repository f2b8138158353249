// What is fuzzed: a part of the product that is given hostile input, and may refuse it, but no more than that.
import type { Seeded } from '../support/seeded';

/** One input, as a file: its name says what it is. */
export interface Input {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A part that is open for inputs, in a process of its own. */
export interface Subject {
  /** An input, the same for the same numbers. */
  make(random: Seeded): Input;
  /** Gives it to the part. A sentence where that did wrong; how long it takes and what it needs is watched from outside. */
  try(input: Input): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Opens a part; `folder` is its own. */
export type Open = (folder: string) => Promise<Subject>;

export interface Target {
  /** A word on the command line, and the folder of its inputs below test/cases/fuzz. */
  readonly name: string;
  /** At most so long one input may take, and so much memory each of its processes. */
  readonly bounds: { readonly seconds: number; readonly megabytes: number };
  readonly load: () => Promise<Open>;
}
