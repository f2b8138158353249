// How a file was read, for those who are told of it.

/** How a file was read, as far as people want to know it at a glance. */
export interface FileFormat {
  readonly file: string;
  readonly encoding: string;
  /** Of the encoding, 0 to 1. */
  readonly confidence: number;
  readonly delimiter: string;
  /** Records that the header takes; 0: none. */
  readonly header: number;
  /** Records in the file, and how many of them were rejected. */
  readonly records: number;
  readonly rejected: number;
}
