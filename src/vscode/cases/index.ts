// The part of small cases: the command that makes one of a failure.
import type * as vscode from 'vscode';
import { registerCommand } from '../commands/register';
import type { Parts } from '../parts';
import { createTestCase } from './create';

/** Registers command `m7.createTestCase` (nothing, a date, a tree item, an object with date, table and failure). */
export function registerCases(parts: Parts): vscode.Disposable {
  return registerCommand(parts, 'm7.createTestCase', (argument: unknown) => createTestCase(parts, argument));
}
