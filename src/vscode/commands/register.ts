// The one place where commands are registered: what needs trust is refused here, and what one throws is reported.
import * as vscode from 'vscode';
import { COMMAND_NEEDS, type Command } from '../../shared/needs';
import { requireTrust } from '../failure';
import type { Parts } from '../parts';

/** What is done; the editor and other extensions hand it whatever they like. */
type Act = Parameters<typeof vscode.commands.registerCommand>[1];

/**
 * Registers a command. In Restricted Mode one that needs trust says so instead, with the way to it.
 * @param act whose failure is reported; the command then gives undefined.
 */
export function registerCommand(
  { reportError }: Pick<Parts, 'reportError'>,
  id: Command,
  act: Act,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...given: unknown[]): Promise<unknown> => {
    try {
      const { restricted, uses } = COMMAND_NEEDS[id];
      if (restricted === 'refused' && !(await requireTrust(uses))) return undefined;
      const done: unknown = await act(...given);
      return done;
    } catch (error) {
      void reportError(error);
      return undefined;
    }
  });
}
