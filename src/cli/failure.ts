// What went wrong, told on stderr (or as JSON on stdout), and the exit code it means.
import type { PlainError } from '../engine';
import { manualOfError } from '../shared/manual';
import { printableLines } from '../shared/words';
import type { ExitCode } from './session';
import type { Log, Output } from './terminal';
import { UsageError } from './usage';

export interface FailureStyle {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Tells an error that ended the command; the code of the exit comes back. */
export async function tellFailure(
  error: unknown,
  style: FailureStyle,
  out: Output,
  log: Log,
): Promise<ExitCode> {
  const plain = await plainOf(error);
  if (style.json) await out.line(JSON.stringify({ error: plain })).catch(() => undefined);
  const { bad, bold, dim } = log.style.colours;
  const place =
    plain.file === undefined ? '' : `${plain.file}${plain.line === undefined ? '' : `:${plain.line}`}`;
  if (plain.code === 'CANCELLED') log.line('Cancelled.');
  else {
    log.line(`${bad(bold('error'))} ${visible(plain.message)} ${dim(`(${plain.code})`)}`);
    if (place !== '' && !plain.message.includes(place)) log.line(`  at ${visible(place)}`);
    log.line(`  ${visible(plain.remedy)}`);
    const address = manualOfError(plain.code);
    if (address !== undefined) log.line(dim(`  See the manual: ${address}`));
  }
  // A stack is for whoever mends the program: always for a bug, on request for all else.
  const stack =
    error instanceof Error && (plain.code === 'BUG' || (style.verbose && plain.code !== 'USAGE'))
      ? error.stack
      : undefined;
  if (stack !== undefined) log.line(dim(printableLines(stack)));
  return exitCode(plain.code);
}

/** The engine is loaded only now, and may be the very thing that cannot be loaded. */
async function plainOf(error: unknown): Promise<PlainError> {
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, remedy: error.remedy };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED')
    return {
      code: 'UNSUPPORTED',
      message: `DuckDB's native files for ${process.platform}-${process.arch} cannot be loaded: ${firstLine(error)}`,
      remedy: 'Run `npm install` on this machine, with Node 20.19 or later.',
    };
  if (code === 'ENOSPC')
    return {
      code: 'DISK_FULL',
      message: `Writing failed: ${firstLine(error)}`,
      remedy: 'Free space on the disk.',
    };
  const { plainError } = await import('../engine');
  return plainError(error);
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/**
 * Messages quote file names and values: nothing of them acts, and no further line of theirs begins where a task of the
 * editor looks for a place.
 */
const visible = (text: string): string => printableLines(text).replaceAll('\n', '\n      ');

function exitCode(code: PlainError['code']): ExitCode {
  switch (code) {
    case 'USAGE':
    case 'SETTINGS_INVALID':
    case 'CONFIG_INVALID':
    case 'CONFIG_MISSING':
    case 'SQL_INVALID':
    case 'NOT_FOUND':
    case 'HOST_CHANGED':
      return 2;
    case 'LOCKED':
      return 3;
    case 'CANCELLED':
      return 130;
    default:
      return 1;
  }
}
