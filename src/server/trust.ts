// The wall of Restricted Mode: told at the start, before anything is read of the folder, and asked before each call.
import { restrictProcess, untrusted } from '../engine';
import { METHOD_NEEDS, type Use } from '../shared/needs';
import type { ServerApi } from '../shared/serverApi';

/** What the process is started with for a folder that is trusted; anything else means that it is not. */
const TRUSTED = 'trusted';

/** What is refused, the first that a method uses. */
const WORDS = {
  sql: 'Running the SQL of a folder',
  network: 'Asking hosts that a folder names',
  secrets: 'Using secrets for a folder',
  changes: 'Changing the files of a folder',
} as const satisfies Readonly<Record<Use, string>>;
const ORDER: readonly Use[] = ['sql', 'network', 'secrets', 'changes'];

/**
 * Restricts this process unless it was started as trusted.
 * @param word the argument after the folder.
 * @returns asked before each call: throws PipelineError RESTRICTED for a method that needs trust.
 */
export function takeTrust(word: string | undefined): (method: keyof ServerApi) => void {
  if (word === TRUSTED) return () => undefined;
  restrictProcess();
  return (method) => {
    const { restricted, uses } = METHOD_NEEDS[method];
    if (restricted !== 'refused') return;
    const use = ORDER.find((one) => uses.includes(one)) ?? 'changes';
    throw untrusted(WORDS[use]);
  };
}
