// The date picker: every date with what is known about it, newest first; another one may be typed.
import { defined } from '../../shared/defined';
import * as vscode from 'vscode';
import type { DateKey, DateStatus } from '../../engine';
import type { TableLoads } from '../../shared/serverApi';
import type { Parts } from '../parts';
import { ago, day, files, tables } from '../words';
import { dateFacts, type DateFact } from './dateFacts';
import { typedDate } from '../../shared/dates';
import { openPicker } from '../shown/pickers';

export interface DatePick {
  /** "Run a Date". */
  readonly title: string;
  /** Dates that can be meant; all without it. */
  readonly only?: (date: DateStatus) => boolean;
  /** May a date be typed of which nothing is known? True without it. */
  readonly anyDate?: boolean;
  /** Dates that have failed come first, the newest of them before the others. */
  readonly failedFirst?: boolean;
}

/** What was chosen: a date, or what a run without a date takes. */
export type DateChoice = { readonly kind: 'date'; readonly date: DateKey } | { readonly kind: 'due' };

interface DateItem extends vscode.QuickPickItem {
  readonly choice: DateChoice;
}

/** Of so many dates the state is read; older ones are listed without. */
const KNOWN_DATES = 60;

/**
 * Asks for a date.
 * @returns undefined where the user went away, or the dates could not be read (which has been reported).
 */
export async function pickDate(
  parts: Pick<Parts, 'engine' | 'reportError'>,
  options: DatePick,
): Promise<DateKey | undefined> {
  const picked = await pick(parts, options, []);
  return picked?.kind === 'date' ? picked.date : undefined;
}

/** As pickDate, with "everything that is due" as a first choice: what a run without a date takes. */
export function pickDateOrDue(
  parts: Pick<Parts, 'engine' | 'reportError'>,
  options: DatePick,
): Promise<DateChoice | undefined> {
  return pick(parts, options, [
    {
      choice: { kind: 'due' },
      label: vscode.l10n.t('Everything that is due'),
      description: vscode.l10n.t('new and unfinished dates'),
      iconPath: new vscode.ThemeIcon('run-all'),
    },
  ]);
}

async function pick(
  parts: Pick<Parts, 'engine' | 'reportError'>,
  options: DatePick,
  first: readonly DateItem[],
): Promise<DateChoice | undefined> {
  const control = new AbortController();
  const { picker, offer } = openPicker<DateItem>(options.title);
  picker.placeholder =
    options.anyDate === false
      ? vscode.l10n.t('Select a date')
      : vscode.l10n.t('Select a date, or type one: 2024-11-15, 15.11.2024, yesterday');
  picker.matchOnDescription = true;
  picker.busy = true;
  let known: readonly DateItem[] = [];
  const typed = (): DateKey | undefined => {
    const date = typedDate(picker.value);
    const may = options.anyDate !== false || known.some((item) => dateOf(item) === date);
    return may ? date : undefined;
  };
  const show = (): void => {
    const date = typed();
    // "20241115" is typed, "2024-11-15" is shown: either finds the item.
    const dates = known.map((item) =>
      date !== undefined && dateOf(item) === date ? { ...item, alwaysShow: true } : item,
    );
    const more: readonly DateItem[] =
      date === undefined || known.some((item) => dateOf(item) === date)
        ? []
        : [{ ...plainItem(date), description: vscode.l10n.t('as typed'), alwaysShow: true }];
    // Rows are chosen by their number: those that were there keep theirs.
    offer([...first, ...dates, ...more]);
  };
  try {
    return await new Promise<DateChoice | undefined>((resolve) => {
      picker.onDidChangeValue(show);
      picker.onDidAccept(() => {
        // Rows may have come between the key and here: what was typed in full is what is meant.
        const date = typed();
        const choice =
          date === undefined ? picker.selectedItems[0]?.given.choice : ({ kind: 'date', date } as const);
        if (choice !== undefined) resolve(choice);
      });
      picker.onDidHide(() => resolve(undefined));
      show();
      picker.show();
      readDates(parts, options, control.signal)
        .then((items) => {
          known = items;
          picker.busy = false;
          if (known.length === 0) picker.placeholder = nothingText(options);
          show();
        })
        .catch((error: unknown) => {
          resolve(undefined);
          void parts.reportError(error);
        });
    });
  } finally {
    control.abort();
    picker.dispose();
  }
}

/** The newest dates with what is known about them. */
async function readDates(
  { engine }: Pick<Parts, 'engine'>,
  options: DatePick,
  signal: AbortSignal,
): Promise<readonly DateItem[]> {
  const { dates } = await engine.call('layers', {}, { signal });
  const [status, loads] = await Promise.all([
    engine.call('status', { dates: dates.slice(0, KNOWN_DATES) }, { signal }),
    // Times are pleasant to know, and not worth failing for.
    engine.call('loads', {}, { signal }).catch(() => []),
  ]);
  const wanted = status.dates.filter((date) => options.only?.(date) ?? true);
  const isFirst = (date: DateStatus): boolean => options.failedFirst === true && date.state === 'failed';
  return [
    ...[...wanted.filter(isFirst), ...wanted.filter((date) => !isFirst(date))].map((date) =>
      itemOf(date, loads),
    ),
    ...dates.slice(KNOWN_DATES).map(plainItem),
  ];
}

function dateOf({ choice }: DateItem): DateKey | undefined {
  return choice.kind === 'date' ? choice.date : undefined;
}

function plainItem(date: DateKey): DateItem {
  return { choice: { kind: 'date', date }, label: day(date) };
}

function nothingText(options: DatePick): string {
  return options.anyDate === false
    ? vscode.l10n.t('No dates yet')
    : vscode.l10n.t('No dates yet. Type one: 2024-11-15, 15.11.2024, yesterday');
}

function itemOf(date: DateStatus, loads: readonly TableLoads[]): DateItem {
  const facts = dateFacts(date, loads);
  const [failed] = facts.flatMap((fact) => (fact.kind === 'failed' ? [fact.tables.join(', ')] : []));
  return {
    ...plainItem(date.date),
    iconPath: iconOf(date),
    description: facts.map(factText).join(' · '),
    ...defined({ detail: failed }),
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
    case 'rejected':
      return vscode.l10n.t('{0} rejected', files(fact.files));
    case 'missing':
      return vscode.l10n.t('{0} missing', files(fact.files));
    case 'unloaded':
      return vscode.l10n.t('{0} not loaded', tables(fact.tables));
    case 'unfinished':
      return vscode.l10n.t('not loaded');
    case 'outdated':
      return vscode.l10n.t('needs to run again');
    case 'warned':
      return vscode.l10n.t('{0} with warnings', tables(fact.tables));
    case 'loaded':
      return fact.at === undefined ? vscode.l10n.t('loaded') : vscode.l10n.t('loaded {0}', ago(fact.at));
    default:
      return fact satisfies never;
  }
}
