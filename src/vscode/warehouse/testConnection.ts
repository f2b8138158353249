// Tests the connection to the warehouse, and leads from what is wrong to where it is fixed.
import * as vscode from 'vscode';
import type { CheckProblem } from '../../engine';
import type { ConnectionTest } from '../../shared/warehouseApi';
import { openAt, placeOf } from '../failure';
import { hostsAgreed } from '../hosts';
import type { Parts } from '../parts';
import { duration } from '../words';
import type { WarehouseKnowledge } from './knowledge';
import { statementsOf } from './texts';
import { showBriefly, showError, showInformation, showWarning } from '../shown/notices';
import { withCancel } from '../shown/progress';

export async function testConnection(parts: Parts, knowledge: WarehouseKnowledge): Promise<void> {
  if (!(await hostsAgreed(parts))) return;
  const result = await withCancel(vscode.l10n.t('Testing the warehouse connection'), (signal) =>
    parts.engine.call('warehouse.test', {}, { signal }),
  );
  knowledge.noteTest(result);
  for (const { name, value } of result.facts) parts.log.info(`Warehouse: ${name}: ${value}`);
  for (const { message, remedy, severity } of result.problems)
    parts.log[severity === 'error' ? 'error' : 'warn'](`Warehouse: ${message} ${remedy}`);
  await report(parts, result);
}

type Choice = 'file' | 'copy' | 'choose' | 'details' | 'log';

interface Button extends vscode.MessageItem {
  readonly choice: Choice;
}

async function report(parts: Parts, result: ConnectionTest): Promise<void> {
  const [first] = worstFirst(result.problems);
  const place = first === undefined ? undefined : placeOf(first, parts.workspace.uri);
  const grants = [...new Set(result.problems.flatMap(statementsOf))];
  const buttons: readonly Button[] = [
    ...(grants.length === 0
      ? []
      : [{ title: vscode.l10n.t('Copy GRANTs'), choice: 'copy' } as const satisfies Button]),
    ...(place === undefined
      ? []
      : [{ title: vscode.l10n.t('Open File'), choice: 'file' } as const satisfies Button]),
    ...(first !== undefined && result.warehouse === undefined
      ? [{ title: vscode.l10n.t('Choose the Warehouse'), choice: 'choose' } as const satisfies Button]
      : []),
    { title: vscode.l10n.t('Show Details'), choice: 'details' },
    ...(first === undefined
      ? []
      : [{ title: vscode.l10n.t('Show Log'), choice: 'log' } as const satisfies Button]),
  ];
  const choice = (await ask(result, buttons))?.choice;
  switch (choice) {
    case undefined:
      return;
    case 'copy':
      await copyStatements(grants);
      return;
    case 'file':
      if (place !== undefined) await openAt(place.uri, place.line);
      return;
    case 'choose':
      await vscode.commands.executeCommand('m7.chooseWarehouse');
      return;
    case 'details':
      await vscode.commands.executeCommand('m7.warehouse.focus');
      return;
    case 'log':
      parts.log.show();
      return;
    default:
      choice satisfies never;
  }
}

function ask(
  { warehouse, problems, facts, seconds }: ConnectionTest,
  buttons: readonly Button[],
): Thenable<Button | undefined> {
  const name = warehouse === undefined ? vscode.l10n.t('Warehouse') : nameOf(warehouse);
  const [first] = worstFirst(problems);
  if (first === undefined)
    return showInformation(
      [
        vscode.l10n.t(
          '{0}: connected. All required permissions are in place ({1}).',
          name,
          duration(Math.max(0.1, seconds)),
        ),
        // The rest stands in the view: a notification is one line.
        ...facts.slice(0, 3).map((fact) => `${fact.name}: ${fact.value}.`),
      ].join(' '),
      ...buttons,
    );
  const more = problems.length - 1;
  const text = [
    `${name}: ${first.message} ${first.remedy}`,
    ...(more === 0
      ? []
      : [
          more === 1
            ? vscode.l10n.t('There is one more problem.')
            : vscode.l10n.t('There are {0} more problems.', more),
        ]),
  ].join(' ');
  return first.severity === 'error' ? showError(text, ...buttons) : showWarning(text, ...buttons);
}

/** "Embedded warehouse", "Snowflake, myorg-myaccount". */
function nameOf({ kind, place }: NonNullable<ConnectionTest['warehouse']>): string {
  return kind === 'embedded' ? vscode.l10n.t('Embedded warehouse') : vscode.l10n.t('Snowflake, {0}', place);
}

const worstFirst = (problems: readonly CheckProblem[]): readonly CheckProblem[] => [
  ...problems.filter((one) => one.severity === 'error'),
  ...problems.filter((one) => one.severity !== 'error'),
];

/** Puts statements on the clipboard, and says so. */
export async function copyStatements(statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return;
  await vscode.env.clipboard.writeText(`${statements.join('\n')}\n`);
  showBriefly(
    statements.length === 1
      ? vscode.l10n.t('1 statement copied')
      : vscode.l10n.t('{0} statements copied', statements.length),
  );
}
