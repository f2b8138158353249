// Which line is meant: by a caller, by the editor and its cursor, or by who is asked.
import * as vscode from 'vscode';
import type { LineName } from '../../shared/traceApi';
import { dateOf, tableOf, uriOf } from '../parts';

/**
 * The line a command's argument names: `{uri, line}` (from 1), `{date, table, brand?, file, row}`, or a LineName;
 * without one that of the cursor in the active editor. undefined where none is named.
 */
export function lineOf(argument: unknown): LineName | undefined {
  const fields = fieldsOf(argument);
  const record = recordOf(argument, fields);
  if (record !== undefined) return record;
  const { kind, path, row } = fields;
  if (kind === 'number' && typeof path === 'string' && typeof row === 'number') return { kind, path, row };
  if (kind === 'line' && typeof path === 'string' && typeof fields['line'] === 'number')
    return { kind, path, line: fields['line'] };
  if (kind === 'record') return lineOf(fields['name']);
  const uri = uriOf(argument);
  const line = fields['line'];
  if (uri !== undefined && typeof line === 'number') return { kind: 'line', path: uri.fsPath, line };
  const editor = vscode.window.activeTextEditor;
  // A menu of the editor names its file; where the cursor is, the editor knows.
  if (editor === undefined || (uri !== undefined && uri.toString() !== editor.document.uri.toString()))
    return undefined;
  if (editor.document.uri.scheme !== 'file') return undefined;
  return { kind: 'line', path: editor.document.uri.fsPath, line: editor.selection.active.line + 1 };
}

function recordOf(argument: unknown, { file, row, brand, values }: Fields): LineName | undefined {
  const date = dateOf(argument);
  const table = tableOf(argument);
  if (date === undefined || table === undefined || typeof file !== 'string' || typeof row !== 'number')
    return undefined;
  return {
    kind: 'record',
    name: {
      ...{ date, table, file, row },
      ...(typeof brand === 'string' ? { brand } : {}),
      ...(Array.isArray(values) ? { values } : {}),
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(argument: unknown): Fields {
  return typeof argument === 'object' && argument !== null ? (argument as Fields) : {};
}
