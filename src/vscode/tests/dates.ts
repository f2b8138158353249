// The dates that rules are tested on: a profile for each of the newest with gold, and one that asks.
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import type { Parts } from '../parts';
import { day } from '../words';
import { pickOne } from '../shown/pickers';

/** What a profile runs on. */
type DateChoice =
  | { readonly kind: 'newest' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'date'; readonly date: DateKey };

/** A date with gold, or none where no date has any. */
export type TestDate = { readonly kind: 'date'; readonly date: DateKey } | { readonly kind: 'none' };

export type ProfileHandler = (
  choice: DateChoice,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
) => Promise<void>;

export interface Dates {
  /** Reads which dates have gold, and offers the newest. */
  refresh(): Promise<void>;
  /** The date that is meant; undefined: the user went away. */
  resolve(choice: DateChoice): Promise<TestDate | undefined>;
  dispose(): void;
}

/** With the newest date, which has a profile of its own. */
const MOST_DATES = 5;

export function openDates(
  { engine }: Pick<Parts, 'engine'>,
  controller: vscode.TestController,
  handlers: { readonly run: ProfileHandler; readonly debug: ProfileHandler },
): Dates {
  const { Run, Debug } = vscode.TestRunProfileKind;
  const profile = (
    label: string,
    kind: vscode.TestRunProfileKind,
    choice: DateChoice,
    isDefault = false,
  ): vscode.TestRunProfile =>
    controller.createRunProfile(
      label,
      kind,
      (request, token) => handlers[kind === Run ? 'run' : 'debug'](choice, request, token),
      isDefault,
      undefined,
      // On every save, rules run on the newest date: others do not change.
      kind === Run && choice.kind === 'newest',
    );
  const both = (label: string, choice: DateChoice, isDefault = false): readonly vscode.TestRunProfile[] =>
    [Run, Debug].map((kind) => profile(label, kind, choice, isDefault));
  // Known by their first label: the editor remembers by it which one its user has made the default.
  const newest = both(vscode.l10n.t('Newest Date'), { kind: 'newest' }, true);
  const asked = both(vscode.l10n.t('Choose a Date…'), { kind: 'asked' });
  const older = new Map<DateKey, readonly vscode.TestRunProfile[]>();
  const read = (): Promise<readonly DateKey[]> => engine.call('editing.dates', {});
  return {
    refresh: async () => {
      const dates = await read();
      const [first, ...more] = dates.slice(0, MOST_DATES);
      for (const one of newest)
        one.label =
          first === undefined ? vscode.l10n.t('Newest Date') : vscode.l10n.t('Newest Date ({0})', day(first));
      for (const [date, profiles] of older)
        if (!more.includes(date)) {
          for (const one of profiles) one.dispose();
          older.delete(date);
        }
      for (const date of more) if (!older.has(date)) older.set(date, both(day(date), { kind: 'date', date }));
    },
    resolve: async (choice) => {
      switch (choice.kind) {
        case 'date':
          return choice;
        case 'newest':
          return testDateOf((await read())[0]);
        case 'asked': {
          const dates = await read();
          if (dates.length === 0) return { kind: 'none' };
          const picked = await pickOne(
            dates.map((date) => ({ label: day(date), date })),
            { title: vscode.l10n.t('Test Rules on a Date') },
          );
          return picked === undefined ? undefined : testDateOf(picked.date);
        }
        default:
          return choice satisfies never;
      }
    },
    dispose: () => {
      for (const one of [...newest, ...asked, ...[...older.values()].flat()]) one.dispose();
    },
  };
}

const testDateOf = (date: DateKey | undefined): TestDate =>
  date === undefined ? { kind: 'none' } : { kind: 'date', date };
