// The date picker: every date with what is known about it, newest first; another one may be typed.
import * as vscode from 'vscode';
import type { DateKey, DateStatus } from '../../engine';
import type { TableLoads } from '../../shared/serverApi';
import type { Parts } from '../parts';
import { ago, day, files, tables } from '../words';
import { dateFacts, typedDate, type DateFact } from './dateFacts';

export interface DatePick {
  /** "Run a Date". */
  readonly title: string;
  /** Dates that can be meant; all without it. */
  readonly only?: (date: DateStatus) => boolean;
  /** May a date be typed of which nothing is known? True without it. */
  readonly anyDate?: boolean;
}

interface DateItem extends vscode.QuickPickItem {
  readonly date: DateKey;
}

/**
 * Asks for a date.
 * @returns undefined where the user went away, or the dates could not be read (which has been told).
 */
export async function pickDate(
  parts: Pick<Parts, 'engine' | 'tellError'>,
  options: DatePick,
): Promise<DateKey | undefined> {
  const control = new AbortController();
  const { signal } = control;
  const picker = vscode.window.createQuickPick<DateItem>();
  picker.title = options.title;
  picker.placeholder =
    options.anyDate === false
      ? vscode.l10n.t('Choose a date')
      : vscode.l10n.t('Choose a date, or type one: YYYYMMDD or YYYY-MM-DD');
  picker.matchOnDescription = true;
  picker.busy = true;
  let known: readonly DateItem[] = [];
  const show = (): void => {
    const typed = options.anyDate === false ? undefined : typedDate(picker.value);
    const more =
      typed === undefined || known.some((item) => item.date === typed)
        ? []
        : [
            {
              date: typed,
              label: day(typed),
              description: vscode.l10n.t('nothing is known'),
              alwaysShow: true,
            },
          ];
    // "2024-11-15" is typed, "20241115" is meant: either finds the item.
    picker.items = [...more, ...known.map((i) => (i.date === typed ? { ...i, alwaysShow: true } : i))];
  };
  try {
    return await new Promise<DateKey | undefined>((resolve) => {
      picker.onDidChangeValue(show);
      picker.onDidAccept(() => {
        const [item] = picker.selectedItems;
        if (item !== undefined) resolve(item.date);
      });
      picker.onDidHide(() => resolve(undefined));
      picker.show();
      Promise.all([
        parts.engine.call('status', {}, { signal }),
        // Times are pleasant to know, and not worth failing for.
        parts.engine.call('loads', {}, { signal }).catch(() => []),
      ])
        .then(([status, loads]) => {
          const dates = status.dates.filter((date) => options.only?.(date) ?? true);
          known = dates.map((date) => itemOf(date, loads));
          picker.busy = false;
          if (known.length === 0) picker.placeholder = nothingText(options);
          show();
        })
        .catch((error: unknown) => {
          resolve(undefined);
          void parts.tellError(error);
        });
    });
  } finally {
    control.abort();
    picker.dispose();
  }
}

function nothingText(options: DatePick): string {
  return options.anyDate === false
    ? vscode.l10n.t('There is no date yet')
    : vscode.l10n.t('No date is known yet: type one as YYYYMMDD or YYYY-MM-DD');
}

function itemOf(date: DateStatus, loads: readonly TableLoads[]): DateItem {
  const facts = dateFacts(date, loads);
  const [failed] = facts.flatMap((fact) => (fact.kind === 'failed' ? [fact.tables.join(', ')] : []));
  return {
    date: date.date,
    label: day(date.date),
    iconPath: iconOf(date),
    description: facts.map(factText).join(' · '),
    ...(failed === undefined ? {} : { detail: failed }),
  };
}

/** The state of a date as a picture: the same in the picker and the views. */
export function iconOf(date: Pick<DateStatus, 'state'>): vscode.ThemeIcon {
  switch (date.state) {
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'unfinished':
      return new vscode.ThemeIcon('circle-large-outline', new vscode.ThemeColor('list.warningForeground'));
    case 'loaded':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    default:
      return date.state satisfies never;
  }
}

/** A fact in words: "3 tables failed". */
export function factText(fact: DateFact): string {
  switch (fact.kind) {
    case 'failed':
      return vscode.l10n.t('{0} failed', tables(fact.tables.length));
    case 'arrived':
      return vscode.l10n.t('{0} new in landing', files(fact.files));
    case 'missing':
      return vscode.l10n.t('{0} missing', files(fact.files));
    case 'unloaded':
      return vscode.l10n.t('{0} not loaded', tables(fact.tables));
    case 'unfinished':
      return vscode.l10n.t('not loaded');
    case 'warned':
      return vscode.l10n.t('{0} with warnings', tables(fact.tables));
    case 'loaded':
      return fact.at === undefined ? vscode.l10n.t('loaded') : vscode.l10n.t('loaded {0}', ago(fact.at));
    default:
      return fact satisfies never;
  }
}
