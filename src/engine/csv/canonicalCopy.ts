// The copy of a file that DuckDB reads without doubt: RFC 4180, one line end, one delimiter, no header.
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { CsvFormat } from './format';
import type { FileRecord } from './records';

/** Rows are collected by `add` and go to the disk with `flush`. */
export class CanonicalCopy {
  readonly #output: WriteStream;
  /** A record without quotes is canonical as it is. */
  readonly #asIs: boolean;
  #lines: string[] = [];
  #rows = 0;
  #failure: Error | undefined;

  constructor(path: string, { delimiter, quote, escape }: CsvFormat) {
    this.#asIs = delimiter === ',' && quote !== "'" && (quote !== '' || escape === '');
    this.#output = createWriteStream(path, { highWaterMark: 1 << 20 });
    this.#output.on('error', (error) => (this.#failure = error));
  }

  get rows(): number {
    return this.#rows;
  }

  /** `fields`: what the row of the record has, fewer than the record where a delimiter without a column ends it. */
  add(record: FileRecord, fields: readonly string[]): void {
    this.#lines.push(
      this.#asIs && fields === record.fields && record.raw !== '' && !/["\r\n]/.test(record.raw)
        ? `${record.raw}\n`
        : canonical(fields),
    );
    this.#rows++;
  }

  /** Writes what was added; waits for the disk, so memory stays bounded. */
  async flush(): Promise<void> {
    if (
      this.#lines.length > 0 &&
      !this.#output.write(this.#lines.join(''), 'latin1') &&
      this.#output.writableNeedDrain
    )
      await once(this.#output, 'drain');
    this.#lines = [];
    this.#throwFailure();
  }

  /** Writes the rest; the file is whole then. */
  async close(): Promise<void> {
    await this.flush();
    this.#output.end();
    if (!this.#output.closed) await once(this.#output, 'close');
    this.#throwFailure();
  }

  /** Leaves the file as it is. */
  destroy(): void {
    this.#output.destroy();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** A record as RFC 4180 has it; a lone empty field is quoted, or its line would be blank. */
function canonical(fields: readonly string[]): string {
  let line = '';
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] ?? '';
    if (i > 0) line += ',';
    line += /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  }
  return line === '' ? '""\n' : `${line}\n`;
}
