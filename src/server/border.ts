// What a method gets has crossed a border: dates are dates and paths can be paths, before either becomes part of a name
// of a file.
import { PipelineError, printable } from '../engine';

/** Members that name a date or several; "" stands for files whose name has none. */
const DATES: ReadonlySet<string> = new Set(['date', 'dates', 'until']);
/** Members that name files and folders, or are part of the names of some. */
const NAMES: ReadonlySet<string> = new Set([
  ...['path', 'target', 'file', 'folder', 'folders'],
  ...['table', 'tables', 'brand', 'brands', 'name'],
]);

/** @throws PipelineError USAGE */
export function checkParams(params: unknown): void {
  if (typeof params !== 'object' || params === null) return;
  for (const [name, value] of Object.entries(params)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (DATES.has(name)) values.forEach(checkDate);
    if (NAMES.has(name)) values.forEach(checkName);
    values.forEach(checkParams);
  }
}

function checkDate(value: unknown): void {
  if (typeof value !== 'string' || /^(?:\d{8})?$/.test(value)) return;
  throw new PipelineError(
    'USAGE',
    `"${printable(value.slice(0, 40))}" is not a date.`,
    'Write it as YYYYMMDD, for example 20241115.',
  );
}

function checkName(value: unknown): void {
  if (typeof value !== 'string' || !value.includes('\0')) return;
  throw new PipelineError(
    'USAGE',
    `"${printable(value.slice(0, 200))}" has a NUL character: no file has such a name.`,
    'Check the name.',
  );
}
