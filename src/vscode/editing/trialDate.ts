// The date rules are tried on: the newest with gold, or the one that was chosen last.
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import type { Parts } from '../parts';
import { day } from '../words';
import { showInformation } from '../shown/notices';
import { pickOne } from '../shown/pickers';

const KEY = 'm7.trialDate';

export interface TrialDate {
  /** The date for a table (for all without one); undefined where there is no gold, which has been reported. */
  for(table: string | undefined): Promise<DateKey | undefined>;
  /** Lets a date be chosen; undefined where the user went away. */
  choose(): Promise<DateKey | undefined>;
  /** The one that was chosen. */
  readonly chosen: DateKey | undefined;
}

export function trialDate({ engine, context, workspace }: Parts): TrialDate {
  const chosen = (): DateKey | undefined => context.workspaceState.get<DateKey>(KEY);
  const reportNoGold = (table: string | undefined): void => {
    void showInformation(
      table === undefined
        ? vscode.l10n.t('No gold yet. Run a date first.')
        : vscode.l10n.t('No gold for {0} yet. Run a date first.', table),
    );
  };
  return {
    get chosen() {
      return chosen();
    },
    for: async (table) => {
      if (workspace.uri === undefined) return undefined;
      const dates = await engine.call('editing.dates', table === undefined ? {} : { table });
      const wanted = chosen();
      const found = wanted !== undefined && dates.includes(wanted) ? wanted : dates[0];
      if (found === undefined) reportNoGold(table);
      return found;
    },
    choose: async () => {
      const dates = await engine.call('editing.dates', {});
      if (dates.length === 0) {
        reportNoGold(undefined);
        return undefined;
      }
      const newest = vscode.l10n.t('The newest date with gold');
      const picked = await pickOne(
        [
          { label: newest, date: undefined },
          ...dates.map((date) => ({ label: day(date), ...mark(date === chosen()), date })),
        ],
        { title: vscode.l10n.t('Choose the Test Date for Rules') },
      );
      if (picked === undefined) return undefined;
      await context.workspaceState.update(KEY, picked.date);
      return picked.date ?? dates[0];
    },
  };
}

function mark(current: boolean): { readonly description?: string } {
  return current ? { description: vscode.l10n.t('current') } : {};
}
