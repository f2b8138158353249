// A date that a person gave.
import { type DateKey, PipelineError, readDate } from '../model';

/** Checks a date given by a person: 20241115 or 2024-11-15. @throws PipelineError USAGE */
export function requireDate(date: string): DateKey {
  const read = readDate(date);
  if (read !== undefined) return read;
  throw new PipelineError('USAGE', `"${date}" is not a date.`, 'Write it as YYYYMMDD, for example 20241115.');
}
