// Restricted Mode: a folder that nobody has trusted has no SQL run, reaches no network and is lent no secret.
import { PipelineError } from '../model';

let restricted = false;

/** Says of this whole process that its folder is not trusted; there is no way back but another process. */
export function restrictProcess(): void {
  restricted = true;
}

/** May this process trust the folders that it opens? */
export function processTrusts(): boolean {
  return !restricted;
}

/** The one error of Restricted Mode. @param what is refused, for people: "Running the SQL of a folder". */
export function untrusted(what: string): PipelineError {
  return new PipelineError(
    'RESTRICTED',
    `${what} needs its trust: the folder is open in Restricted Mode.`,
    'If you know who wrote it, trust it: Workspaces: Manage Workspace Trust.',
  );
}
