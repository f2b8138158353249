// From a failure to a small case: chosen, searched with progress, written, opened, and run once more on request.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DateKey } from '../../engine';
import type { CaseApi, CaseCandidate, CaseProgress, CaseResult } from '../../shared/caseApi';
import { ChannelError } from '../../shared/channel';
import { pickDate } from '../commands/pickDate';
import { dateOf, tableOf, type Parts } from '../parts';
import { count, day } from '../words';
import { failureOf, isSameFailure } from './argument';
import { askLocation, shortened } from './caseLocation';
import { pickFailure } from './pickFailure';
import { runCase } from './run';
import { agreesTo, showInformation } from '../shown/notices';
import { withCancel, withNotice } from '../shown/progress';

/** Makes a case of what the argument means, asking for the rest. */
export async function createTestCase(parts: Parts, argument: unknown): Promise<void> {
  const date =
    dateOf(argument) ??
    (await pickDate(parts, {
      title: vscode.l10n.t('Create a Test Case from a Failure'),
      only: (one) => one.tables.length > 0,
      anyDate: false,
    }));
  if (date === undefined) return;
  const known = await withCancel(vscode.l10n.t('Finding failures of {0}', day(date)), (signal) =>
    parts.engine.call('case.failures', { date }, { signal }),
  );
  const candidate = await candidateOf(known.failures, date, argument);
  if (candidate === undefined) return;
  const root = parts.workspace.uri;
  const place = await askLocation(
    { folder: known.folder, name: candidate.name },
    root,
    vscode.l10n.t('Create a Test Case: {0}, {1}', candidate.table, candidate.title),
  );
  if (place === undefined) return;
  const { table, failure } = candidate;
  const made = await searchWithConsent(parts, { date, table, failure, ...place });
  if (made === undefined) return;
  parts.log.info(`${made.folder}: ${made.lines} lines after ${made.runs} runs, ${made.seconds} s.`);
  await openCase(made);
  await reportCreated(parts, made);
}

/** The failure the argument names, or the one that is picked; says so where nothing failed. */
async function candidateOf(
  all: readonly CaseCandidate[],
  date: DateKey,
  argument: unknown,
): Promise<CaseCandidate | undefined> {
  const [table, failure] = [tableOf(argument), failureOf(argument)];
  const own = table === undefined ? all : all.filter((one) => one.table === table);
  if (own.length === 0) {
    void showInformation(
      table === undefined
        ? vscode.l10n.t('{0} has no failure that landing lines can reproduce.', day(date))
        : vscode.l10n.t('{0} has no failure on {1} that landing lines can reproduce.', table, day(date)),
    );
    return undefined;
  }
  const named = failure === undefined ? undefined : own.find((one) => isSameFailure(one.failure, failure));
  if (failure !== undefined && named === undefined)
    // Taken back or fixed since it was drawn, or of the surroundings: what is there is offered.
    void showInformation(
      vscode.l10n.t(
        'This failure of {0} no longer exists or cannot be reproduced from landing lines.',
        day(date),
      ),
    );
  return named ?? pickFailure(own, date);
}

type CaseRequest = CaseApi['case.create']['params'];

/** Searches; where it takes values that are called sensitive, asks first. */
async function searchWithConsent(parts: Parts, wanted: CaseRequest): Promise<CaseResult | undefined> {
  try {
    return await search(parts, wanted);
  } catch (error) {
    if (!(error instanceof ChannelError) || error.code !== 'VALUES_NEEDED') throw error;
    const keep = await agreesTo(
      vscode.l10n.t('Write the values of sensitive columns into the test case?'),
      vscode.l10n.t('Keep the Values'),
      `${error.plain.message}\n\n${vscode.l10n.t('Keep them only if this folder may contain them: test cases are often committed.')}`,
    );
    return keep ? search(parts, { ...wanted, keepValues: true }) : undefined;
  }
}

function search(parts: Parts, wanted: CaseRequest): Thenable<CaseResult> {
  const title = vscode.l10n.t('Creating test case {0}', wanted.name ?? wanted.table);
  return withNotice({ title, cancellable: true }, (signal, tell) =>
    parts.engine.call('case.create', wanted, {
      signal,
      onProgress: (progress) => tell({ message: progressText(progress) }),
    }),
  );
}

function progressText({ doing, lines, runs }: CaseProgress): string {
  const tries = runs === 1 ? vscode.l10n.t('1 try') : vscode.l10n.t('{0} tries', count(runs));
  switch (doing) {
    case 'looking':
      return vscode.l10n.t('running the lines of the failure');
    case 'shrinking':
      return vscode.l10n.t('reducing: {0} left, {1}', linesText(lines ?? 0), tries);
    case 'masking':
      return vscode.l10n.t('masking sensitive values');
    case 'writing':
      return vscode.l10n.t('writing the folder');
    default:
      return doing satisfies never;
  }
}

const linesText = (n: number): string =>
  n === 1 ? vscode.l10n.t('1 line') : vscode.l10n.t('{0} lines', count(n));

/** What it expects, and beside it the lines that show the failure. */
async function openCase({ folder, files }: CaseResult): Promise<void> {
  const open = (path: string, viewColumn: vscode.ViewColumn): Thenable<unknown> =>
    vscode.commands.executeCommand('vscode.open', vscode.Uri.file(join(folder, path)), {
      viewColumn,
      preview: false,
      preserveFocus: viewColumn === vscode.ViewColumn.Beside,
    });
  await open('expected.json', vscode.ViewColumn.Active);
  const landing = files.find(({ lines }) => lines > 0) ?? files[0];
  if (landing !== undefined) await open(landing.path, vscode.ViewColumn.Beside);
}

async function reportCreated(parts: Parts, made: CaseResult): Promise<void> {
  const run = vscode.l10n.t('Run It');
  const open = vscode.l10n.t('Open');
  const folder =
    parts.workspace.uri === undefined ? made.folder : shortened(parts.workspace.uri.fsPath, made.folder);
  const sentences = [
    made.lines === 0
      ? vscode.l10n.t('{0}: reproduced without any data line.', folder)
      : made.fewest
        ? vscode.l10n.t('{0}: reduced to {1}.', folder, linesText(made.lines))
        : vscode.l10n.t('{0}: {1}.', folder, linesText(made.lines)),
    made.masked.length === 0 ? '' : vscode.l10n.t('Masked: {0}.', made.masked.join(', ')),
    ...made.remarks,
    vscode.l10n.t('Run it with: m7 test "{0}"', folder),
  ];
  const choice = await showInformation(sentences.filter((one) => one !== '').join(' '), run, open);
  if (choice === open) await openCase(made);
  else if (choice === run) await runCase(parts, made.folder);
}
