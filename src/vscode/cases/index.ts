// The part of small cases: the command that makes one of a failure.
import * as vscode from 'vscode';
import type { Parts } from '../parts';
import { createTestCase } from './create';

/** Registers command `m7.createTestCase` (nothing, a date, a tree item, an object with date, table and failure). */
export function registerCases(parts: Parts): vscode.Disposable {
  return vscode.commands.registerCommand('m7.createTestCase', (argument: unknown) =>
    createTestCase(parts, argument).catch((error: unknown) => parts.reportError(error)),
  );
}
