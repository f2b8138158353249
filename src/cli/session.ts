// What every command is given: where to work, how to speak, and when to stop.
import type { Log, Output } from './terminal';

/** Options that every command knows. */
export interface CommonOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface Session {
  /** Absolute. */
  readonly directory: string;
  /** The answer is JSON, and stdout holds nothing else. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly out: Output;
  readonly log: Log;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Exit codes: 0 done, 1 a step or validation failed, 2 usage or config, 3 locked, 130 cancelled. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

export type Run<O> = (session: Session, options: O) => Promise<ExitCode>;

/** One JSON document on stdout. */
export async function writeDocument(session: Session, document: unknown): Promise<void> {
  await session.out.write(`${JSON.stringify(document, undefined, session.out.terminal ? 2 : undefined)}\n`);
}

/** A remark beside the answer, for people. */
export function note(session: Session, text: string): void {
  if (!session.quiet) session.log.line(text);
}
