// A case run from the editor: as expected, or where it differs.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CaseDifference, TestedCase } from '../../shared/caseApi';
import { openAt, placeOf } from '../failure';
import type { Parts } from '../parts';
import { count } from '../words';
import { showError, showInformation, showWarning } from '../shown/notices';
import { withCancel } from '../shown/progress';

/** Runs the case in a folder and reports the result. @param folder absolute */
export async function runCase(parts: Parts, folder: string): Promise<void> {
  const { cases } = await withCancel(vscode.l10n.t('Running the test case'), (signal) =>
    parts.engine.call('case.test', { folders: [folder] }, { signal }),
  );
  for (const one of cases) await reportCase(parts, one);
}

async function reportCase({ log, workspace }: Parts, { name, folder, outcome }: TestedCase): Promise<void> {
  const expected = vscode.l10n.t('Open expected.json');
  const showLog = vscode.l10n.t('Show Log');
  const openExpected = (): Promise<void> => openAt(vscode.Uri.file(join(folder, 'expected.json')), 1);
  switch (outcome.kind) {
    case 'passed':
      void showInformation(vscode.l10n.t('{0}: as expected.', name));
      return;
    case 'updated':
    case 'differs': {
      const [first] = outcome.differences;
      for (const one of outcome.differences) log.warn(`${name}: ${differenceText(one)}`);
      const more = outcome.differences.length - 1;
      const others =
        more === 0
          ? ''
          : ` ${more === 1 ? vscode.l10n.t('One more differs.') : vscode.l10n.t('{0} more differ.', count(more))}`;
      const choice = await showWarning(
        `${vscode.l10n.t('{0} differs.', name)} ${first === undefined ? '' : differenceText(first)}${others}`,
        expected,
        showLog,
      );
      if (choice === expected) await openExpected();
      else if (choice === showLog) log.show();
      return;
    }
    case 'broken': {
      const { message, remedy } = outcome.error;
      const place = placeOf(outcome.error, workspace.uri);
      const openFile = vscode.l10n.t('Open File');
      log.error(`${name}: ${message} ${remedy}`);
      const choice = await showError(
        vscode.l10n.t('{0} cannot be run: {1} {2}', name, message, remedy),
        ...(place === undefined ? [] : [openFile]),
      );
      if (choice === openFile && place !== undefined) await openAt(place.uri, place.line);
      return;
    }
    default:
      outcome satisfies never;
  }
}

function differenceText({ what, expected, found }: CaseDifference): string {
  return vscode.l10n.t('{0}: expected {1}; found {2}.', what, expected, found);
}
