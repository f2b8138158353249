// How an input may be refused: by an error of ours, in words; config and .env by one that leads to a line there is.
import { readFile } from 'node:fs/promises';
import { PipelineError } from '../../src/engine/model';

/** DuckDB's words for a defect of its own, after which that database answers nothing more. */
export const INTERNAL = /INTERNAL Error|invalidated because of a previous fatal error/;

/** A sentence where an error of ours hides a defect; another kind of error is thrown again. */
export function refused(error: unknown): string | undefined {
  if (!(error instanceof PipelineError)) throw error;
  const words = `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`;
  return INTERNAL.test(words) ? `${error.code}: ${words}` : undefined;
}

const CODES: readonly string[] = ['CONFIG_INVALID', 'CONFIG_MISSING', 'SETTINGS_INVALID'];

/** A sentence where an error is no such refusal; another kind of error is thrown again. */
export async function refusedRightly(error: unknown): Promise<string | undefined> {
  if (!(error instanceof PipelineError)) throw error;
  const { code, message, remedy, where } = error;
  if (!CODES.includes(code)) return `It is refused with ${code}: ${message}`;
  if (message === '' || remedy === '') return `${code} without words.`;
  if (message.length >= 2_000 || remedy.length >= 5_000)
    return `A message without end: ${message.slice(0, 200)}`;
  if (code === 'CONFIG_MISSING') return undefined;
  if (where?.line === undefined) return `No place: ${message}`;
  const lines = (await readFile(where.file, 'utf8')).split(/\r\n|\n|\r/).length;
  return where.line >= 1 && where.line <= lines ? undefined : `Line ${where.line} of ${lines}: ${message}`;
}
