// Commands that run something: a date, a stage of it, its validation, and what is running now.
import * as vscode from 'vscode';
import type { DateKey, Stage } from '../../engine';
import { dateOf, type Parts } from '../parts';
import { worst } from '../runEnd';
import { day, stageName } from '../words';
import { pickDate, pickDateOrDue } from './pickDate';
import { showInformation } from '../shown/notices';
import { pickSome } from '../shown/pickers';

/** The stages in order. The engine's own list stays in the engine's process. */
const STAGES = [
  'landing-to-raw',
  'raw-to-silver',
  'silver-to-gold',
  'gold-to-snowflake',
] as const satisfies readonly Stage[];

export async function runDate(parts: Parts, argument: unknown): Promise<unknown> {
  const clicked = dateOf(argument);
  const choice =
    clicked === undefined
      ? await pickDateOrDue(parts, { title: vscode.l10n.t('Run a Date') })
      : ({ kind: 'date', date: clicked } as const);
  switch (choice?.kind) {
    case undefined:
      return undefined;
    case 'due':
      return parts.runs.start({ title: vscode.l10n.t('Run everything that is due'), selection: {} });
    case 'date':
      return parts.runs.start({
        title: vscode.l10n.t('Run {0}', day(choice.date)),
        selection: { dates: [choice.date] },
      });
  }
}

export async function runStage(parts: Parts, argument: unknown): Promise<unknown> {
  const title = vscode.l10n.t('Run a Stage of a Date');
  const date = dateOf(argument) ?? (await pickDate(parts, { title }));
  if (date === undefined) return undefined;
  const texts: Readonly<Record<Stage, string>> = {
    'landing-to-raw': vscode.l10n.t('finds, reads and moves new files'),
    'raw-to-silver': vscode.l10n.t('converts types, transforms, derives'),
    'silver-to-gold': vscode.l10n.t('consolidates the brands'),
    'gold-to-snowflake': vscode.l10n.t('validates against the rules and loads the warehouse'),
  };
  const picked = await pickSome(
    STAGES.map((stage) => ({ label: stageName(stage), description: texts[stage], detail: stage, stage })),
    {
      title: `${title}: ${day(date)}`,
      placeHolder: vscode.l10n.t('Select one or more stages'),
    },
  );
  if (picked === undefined || picked.length === 0) return undefined;
  const stages = picked.map((item) => item.stage);
  return parts.runs.start({
    title: vscode.l10n.t('{0} of {1}', stages.map(stageName).join(', '), day(date)),
    selection: { dates: [date], stages },
  });
}

export async function validateDate(parts: Parts, argument: unknown): Promise<unknown> {
  const date: DateKey | undefined =
    dateOf(argument) ??
    (await pickDate(parts, {
      title: vscode.l10n.t('Validate a Date'),
      only: (one) => one.tables.some((table) => table.layers.gold !== undefined),
      anyDate: false,
    }));
  if (date === undefined) return undefined;
  return parts.runs.start({
    title: vscode.l10n.t('Validate {0}', day(date)),
    selection: { dates: [date], stages: ['gold-to-snowflake'], validateOnly: true },
  });
}

/** What the status bar leads to: the current run, else the report of the last one, else the log. */
export async function showRun(parts: Parts): Promise<void> {
  const { current, last } = parts.runs;
  if (current !== undefined) {
    const cancel = vscode.l10n.t('Cancel the Run');
    const log = vscode.l10n.t('Show Log');
    const choice = await showInformation(
      vscode.l10n.t('{0}: {1}%, {2}', current.title, Math.floor(current.percent), current.step),
      cancel,
      log,
    );
    if (choice === cancel) parts.runs.cancel();
    else if (choice === log) parts.log.show();
    return;
  }
  const date = last === undefined ? undefined : worst(last.end);
  if (date === undefined) parts.log.show();
  else await vscode.commands.executeCommand('m7.showReport', date);
}
