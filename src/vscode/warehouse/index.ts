// The part of the warehouse: its commands, its documents, and what this window knows of it.
import * as vscode from 'vscode';
import type { WarehouseCommand } from '../commands/ids';
import { WAREHOUSE_COMMANDS } from '../commands/ids';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import type { Secrets } from '../secrets';
import { chooseWarehouse } from './chooseWarehouse';
import { compareWarehouse, openComparisons } from './compare';
import type { WarehouseKnowledge } from './knowledge';
import { openLoadSql, showLoadSql } from './loadSql';
import { testAlert } from './testAlert';
import { copyStatements, testConnection } from './testConnection';

type Act = (argument: unknown) => unknown;

/** Registers the commands. */
export function registerWarehouse(
  parts: Parts,
  secrets: Secrets,
  knowledge: WarehouseKnowledge,
  touch: () => void,
): vscode.Disposable {
  const comparisons = openComparisons();
  const table: Readonly<Record<WarehouseCommand, Act>> = {
    'm7.testConnection': () => testConnection(parts, knowledge),
    'm7.testAlert': () => testAlert(parts),
    'm7.chooseWarehouse': () =>
      chooseWarehouse(parts, secrets, () => {
        knowledge.forget();
        touch();
      }),
    'm7.compareWarehouse': (argument) => compareWarehouse(parts, knowledge, comparisons, argument),
    'm7.showLoadSql': (argument) => showLoadSql(parts, argument),
    'm7.copyStatements': (argument) => copyStatements(copiesOf(argument)),
  };
  return vscode.Disposable.from(
    comparisons,
    openLoadSql(parts),
    ...WAREHOUSE_COMMANDS.map((id) => registerCommand(parts, id, table[id])),
  );
}

/** Statements of a node of the view. */
function copiesOf(argument: unknown): readonly string[] {
  const copies =
    typeof argument === 'object' && argument !== null && 'copies' in argument ? argument.copies : undefined;
  return Array.isArray(copies) ? copies.filter((one): one is string => typeof one === 'string') : [];
}
