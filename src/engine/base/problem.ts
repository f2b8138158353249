// One problem found in settings or config before a run: where it is and how to fix it.
import { readFile, stat } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { isAbsolute, relative, sep } from 'node:path';
import { type CheckProblem, type ErrorCode, PipelineError, isCancelled, plainError, defined } from '../model';
import type { ProblemKind } from './problemKind';

/** A problem of a setting; without a file it came from the environment or the command line. */
export interface SettingsProblem {
  readonly severity: 'error' | 'warning';
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  /** Absolute. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A problem in one of the three config files; a missing file is reported at its line 1. */
export interface ConfigProblem extends SettingsProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters of the line that are meant, from `column` on: what an editor underlines. */
  readonly length: number;
  /** Its kind, for callers that offer a fix. */
  readonly trouble?: ProblemKind;
}

/** The error that stops a run for this problem. */
export function problemError(problem: SettingsProblem, more: { cause?: unknown } = {}): PipelineError {
  const where =
    problem.file === undefined ? undefined : { file: problem.file, ...defined({ line: problem.line }) };
  return new PipelineError(problem.code, problem.message, problem.remedy, {
    ...defined({ where }),
    ...more,
  });
}

/** An error as a problem among others, for callers that go on looking. @throws `error` itself: CANCELLED, and what is a bug. */
export function problemOf(error: unknown): CheckProblem {
  if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
  const { message, remedy, file, line } = plainError(error);
  return {
    severity: 'error',
    ...defined({ file, line }),
    message,
    remedy,
  };
}

/** The path as messages show it: relative to the workspace with "/" where it lies inside, else absolute. */
export function shownPath(workspace: string, path: string): string {
  const inside = relative(workspace, path);
  const outside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? path : inside.split(sep).join('/');
}

/** A value of a file as messages show it: quoted, on one line, cut after 60 characters. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 61) : value) as string | undefined;
  if (text === undefined) return 'nothing';
  return typeof value === 'string' && value.length > 60 ? `${text.slice(0, 61)}…"` : text;
}

/** What became of reading a text file: its text without byte order mark, or why there is none. */
export type TextFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string; readonly remedy: string; readonly line: number };

/** Reads a small UTF-8 file; never throws for what the file is or holds. */
export async function readTextFile(path: string, name: string, maximumBytes: number): Promise<TextFile> {
  const unreadable = (message: string, remedy: string, line = 1): TextFile => ({
    kind: 'unreadable',
    message,
    remedy,
    line,
  });
  let bytes: Buffer;
  try {
    const found = await stat(path);
    // A pipe or device would block for ever, a huge file fill the memory.
    if (!found.isFile()) return unreadable(`${name} is not a file.`, 'Put a text file in its place.');
    if (found.size > maximumBytes)
      return unreadable(
        `${name} is ${found.size} bytes; more than ${maximumBytes} are not read.`,
        'Make the file smaller.',
      );
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return unreadable(`${name} cannot be read (${code}).`, 'Give this user permission to read it.');
  }
  if (!isUtf8(bytes))
    return unreadable(`${name} is not UTF-8 text.`, 'Save the file as UTF-8.', firstBadLine(bytes));
  const text = bytes.toString('utf8');
  return { kind: 'text', text: text.startsWith('\uFEFF') ? text.slice(1) : text };
}

/** The line of the first byte that is not UTF-8: a newline byte is never part of a longer character. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}

/** Freezes a tree of plain objects and arrays in place. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
