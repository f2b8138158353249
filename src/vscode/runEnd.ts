// How a run ended, in one notification with the buttons that lead on.
import * as vscode from 'vscode';
import type { RunEnd } from '../shared/serverApi';
import { openAt, placeOf } from './failure';
import type { Parts, RunRequest } from './parts';
import type { RunState } from './runProgress';
import { count, dates, day } from './words';
import { showError, showInformation, showWarning } from './shown/notices';

export interface EndOptions extends Pick<Parts, 'log' | 'reportError'> {
  /** Runs it once more, also what is up to date. */
  readonly again: () => Promise<unknown>;
}

/** A notification is one line: so many further tables are named in it. */
const MOST_NAMES = 4;

type Choice = 'report' | 'debug' | 'log' | 'file' | 'again';

interface Button extends vscode.MessageItem {
  readonly choice: Choice;
}

/** Reports the end of a run; one without failures only where the setting `m7.notifyWhenDone` is on. */
export async function reportEnd(
  request: RunRequest,
  end: RunEnd,
  state: RunState,
  options: EndOptions,
): Promise<void> {
  const failure = end.failures[0]?.error;
  const place = failure === undefined ? undefined : placeOf(failure, undefined);
  switch (await ask(request, end, state)) {
    case 'report':
      await vscode.commands.executeCommand('m7.showReport', worst(end));
      break;
    case 'debug':
      await vscode.commands.executeCommand('m7.debugDate', worst(end));
      break;
    case 'log':
      options.log.show();
      break;
    case 'file':
      if (place !== undefined) await openAt(place.uri, place.line);
      break;
    case 'again':
      await options.again();
      break;
    case undefined:
      break;
  }
}

async function ask(request: RunRequest, end: RunEnd, state: RunState): Promise<Choice | undefined> {
  const report: Button = { title: vscode.l10n.t('Show Report'), choice: 'report' };
  const debug: Button = { title: vscode.l10n.t('Debug'), choice: 'debug' };
  const log: Button = { title: vscode.l10n.t('Show Log'), choice: 'log' };
  const again: Button = { title: vscode.l10n.t('Run Anyway'), choice: 'again' };
  const file: Button = { title: vscode.l10n.t('Open File'), choice: 'file' };
  const wanted = vscode.workspace.getConfiguration('m7').get<boolean>('notifyWhenDone', true);
  switch (kindOf(end, state)) {
    case 'failed': {
      const [first] = end.failures;
      const reports = worst(end) === undefined ? [] : [report, debug];
      const files = first?.error.file === undefined ? [] : [file];
      const text = `${vscode.l10n.t('{0} failed', request.title)}: ${failedText(end)}`;
      return (await showError(text, ...reports, ...files, log))?.choice;
    }
    case 'nothing':
      if (!wanted) return undefined;
      return (await showInformation(nothingText(request, state), ...(state.steps > 0 ? [again] : [])))
        ?.choice;
    case 'cancelled':
      return undefined;
    case 'warned': {
      if (!wanted) return undefined;
      const text = warnedText(request, end);
      return (await showWarning(text, report))?.choice;
    }
    case 'ok': {
      if (!wanted) return undefined;
      const text = [
        vscode.l10n.t('{0}: finished, {1} steps.', request.title, count(state.done)),
        ...(end.verdicts.length > 1 ? [] : end.verdicts.map((one) => one.text)),
      ].join(' ');
      return (await showInformation(text, ...(end.reports.length > 0 ? [report] : [])))?.choice;
    }
  }
}

function kindOf(end: RunEnd, state: RunState): 'failed' | 'cancelled' | 'nothing' | 'warned' | 'ok' {
  if (end.status === 'cancelled') return 'cancelled';
  if (end.status === 'failed') return 'failed';
  if (state.due === 0) return 'nothing';
  // What a run was not asked to mend is told all the same.
  return end.verdicts.some(({ status }) => status === 'failed' || status === 'warned') ? 'warned' : 'ok';
}

/** The date to look at first: that of a failed step, of a failed table, else the newest. */
export function worst({ failures, verdicts, dates }: RunEnd): string | undefined {
  // A step's name is "stage/date/table/brand".
  const failed = failures[0]?.step.split('/')[1];
  return failed ?? verdicts.find(({ status }) => status === 'failed')?.date ?? dates.at(-1);
}

function failedText(end: RunEnd): string {
  const [first] = end.failures;
  if (first === undefined) {
    const failed = [...new Set(end.verdicts.flatMap((one) => one.failed))];
    const names = vscode.l10n.t('{0} did not pass validation.', failed.join(', '));
    return [verdictText(end), names].join(' ');
  }
  return [verdictText(end), first.error.message, first.error.remedy, ...alsoFailedText(end)].join(' ');
}

/** How the date stands, in the words of its report; of several dates how many failed. */
function verdictText({ verdicts }: RunEnd): string {
  const [only] = verdicts;
  if (verdicts.length === 1 && only !== undefined) return only.text;
  const of = (wanted: string): readonly string[] =>
    verdicts.filter(({ status }) => status === wanted).map(({ date }) => day(date));
  const [failed, warned] = [of('failed'), of('warned')];
  const named = (some: readonly string[]): string =>
    some.length > MOST_NAMES ? `${some.slice(0, MOST_NAMES).join(', ')}, …` : some.join(', ');
  return [
    ...(failed.length === 0
      ? []
      : [
          vscode.l10n.t(
            '{0} of {1} failed: {2}.',
            count(failed.length),
            dates(verdicts.length),
            named(failed),
          ),
        ]),
    ...(warned.length === 0
      ? []
      : [
          vscode.l10n.t(
            '{0} of {1} with warnings: {2}.',
            count(warned.length),
            dates(verdicts.length),
            named(warned),
          ),
        ]),
  ].join(' ');
}

function alsoFailedText({ failures: [, ...others] }: RunEnd): readonly string[] {
  if (others.length === 0) return [];
  const names = [...new Set(others.map(({ step }) => step.split('/')[2] ?? step))];
  const more = names.length - MOST_NAMES;
  const listed = names.slice(0, MOST_NAMES).join(', ');
  return [
    more > 0
      ? vscode.l10n.t('Also failed: {0} and {1} more.', listed, count(more))
      : vscode.l10n.t('Also failed: {0}.', listed),
  ];
}

function warnedText(request: RunRequest, end: RunEnd): string {
  const names = [...new Set(end.verdicts.flatMap(({ failed, warned }) => [...failed, ...warned]))];
  const listed = names.slice(0, MOST_NAMES).join(', ');
  return [
    vscode.l10n.t('{0}: finished.', request.title),
    verdictText(end),
    ...(names.length === 0
      ? []
      : [
          names.length > MOST_NAMES
            ? vscode.l10n.t('Look at {0}, …', listed)
            : vscode.l10n.t('Look at {0}.', listed),
        ]),
  ].join(' ');
}

function nothingText(request: RunRequest, state: RunState): string {
  return state.steps === 0
    ? vscode.l10n.t('{0}: nothing to do. No new files in landing, and no unfinished work.', request.title)
    : vscode.l10n.t('{0}: everything is up to date.', request.title);
}
